// SPDX-License-Identifier: MIT
// The creator's codec: libvpx and libopus encoders and our WebM writer; its output is whole wire messages.
// Used only in the publish worker and by Node tools. One instance serves all renditions and the sound.
// Two builds of the same C: encoder.wasm (one thread, the default) and encoder-threads.wasm.

import { checkStatus } from './codec-error.js';
import { startThreads } from './encoder-threads.js';
import { VideoEncoder } from './video-encoder.js';
import { WasmModule, compileWasm } from './wasm-loader.js';

export { AUDIO_FRAME_SAMPLES, AudioEncoder } from './audio-encoder.js';
export { CodecError } from './codec-error.js';
export { VideoEncoder };

/** @typedef {WasmModule & { threads: number, close: () => void }} EncoderModule */

/** An init segment is at most LIMIT_INIT_BYTES (shared/limits.h), in front of it 16 bytes of header. */
const INIT_MESSAGE_MAX_BYTES = 16 + 4096;

/**
 * Fetches (streaming) and starts the encoder. Throws CodecError `load-failed`.
 * @param {import('./wasm-loader.js').WasmSource & { threads?: number, createWorker?: import('./encoder-threads.js').CreateWorker }} [options]
 *   threads: 1 needs nothing; 2…4 wants cross-origin isolation and a worker to call it in (a page's main thread may
 *   not wait), and close() to stop its workers. wasmUrl: default this build's file for that number of threads.
 *   createWorker: for Node
 * @returns {Promise<EncoderModule>}
 */
export async function loadEncoderModule({ threads = 1, createWorker, ...source } = {}) {
    const isGiven = source.wasmUrl || source.wasmBytes || source.wasmModule;
    if (threads > 1) {
        const wasmUrl = new URL('../../build/wasm/encoder-threads.wasm', import.meta.url);
        return startThreads(await compileWasm(isGiven ? source : { wasmUrl }), threads, createWorker);
    }
    const wasmUrl = new URL('../../build/wasm/encoder.wasm', import.meta.url);
    const module = new WasmModule(await compileWasm(isGiven ? source : { wasmUrl }));
    module.call('_initialize');
    return Object.assign(module, { threads: 1, close: () => {} });
}

/**
 * The wire message INIT of one rendition: a WebM init segment for the given tracks.
 * @param {EncoderModule} module
 * @param {object} tracks
 * @param {{ width: number, height: number }} [tracks.video] a VideoEncoder
 * @param {{ channels: number, preSkip: number }} [tracks.audio] an AudioEncoder
 * @param {number} [tracks.rendition] default: the video encoder's
 * @param {number} [tracks.sequence] how many INITs of this rendition were sent before
 * @param {number} [tracks.timestampUs]
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function initMessage(module, { video, audio, rendition, sequence = 0, timestampUs = 0 }) {
    const number = rendition ?? (video instanceof VideoEncoder ? video.rendition : 0);
    const pointer = checkStatus(module.call('encoder_scratch_create', INIT_MESSAGE_MAX_BYTES), 'cannot write INIT');
    try {
        const length = module.call('encoder_write_init', pointer, INIT_MESSAGE_MAX_BYTES, video?.width ?? 0,
            video?.height ?? 0, audio?.channels ?? 0, audio?.preSkip ?? 0, number, sequence, timestampUs);
        return module.copy(pointer, checkStatus(length, 'cannot write INIT'));
    } finally {
        module.release('encoder_scratch_destroy', pointer);
    }
}

/**
 * Encodes a few made-up pictures with a throw-away encoder of these settings: the browser compiles hot code only while
 * it runs, so the first real picture would otherwise take several times as long. Takes about a quarter of a second at 720p.
 * @param {EncoderModule} module
 * @param {import('./video-encoder.js').VideoEncoderOptions} options
 * @param {number} [frames]
 */
export function warmUpEncoder(module, options, frames = 12) {
    const encoder = new VideoEncoder(module, options);
    try {
        const { buffer, layout } = encoder.input;
        for (let i = 0; i < frames; i++) {
            // Texture that moves a little: motion search, transform and prediction all have work.
            for (let at = 0; at < layout[1].offset; at++) buffer[at] = ((at + i * 3) * 2654435761) >>> 25;
            encoder.encode({ timestampUs: Math.round((i * 1e6) / options.framesPerSecond) });
        }
    } finally {
        encoder.close();
    }
}
