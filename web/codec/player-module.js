// SPDX-License-Identifier: MIT
// The viewer's codec: FFmpeg's WebM demuxer, libvpx and libopus decoders, in one module without threads.
// Used only in the watch worker and by Node tools; one instance serves as many decoders as one likes.
// Every class here must be close()d, which gives its memory back to the module; a dropped module needs nothing.

import { wantsPackedPlanes } from './plane-layout.js';
import { WasmModule, compileWasm } from './wasm-loader.js';

export { AudioDecoder } from './audio-decoder.js';
export { CodecError } from './codec-error.js';
export { Demuxer, TRACK_AUDIO, TRACK_VIDEO } from './demuxer.js';
export { ReplayIndex } from './replay-index.js';
export { VideoDecoder } from './video-decoder.js';

/** @typedef {WasmModule & { wantsPackedPlanes: boolean }} PlayerModule */

/**
 * Fetches (streaming) and starts player.wasm. Throws CodecError `load-failed`.
 * @param {import('./wasm-loader.js').WasmSource} [source] default: player.wasm of this build
 * @returns {Promise<PlayerModule>}
 */
export async function loadPlayerModule(source = {}) {
    const isGiven = source.wasmUrl || source.wasmBytes || source.wasmModule;
    const wasmUrl = new URL('../../build/wasm/player.wasm', import.meta.url);
    const [wasm, isPacked] = await Promise.all([compileWasm(isGiven ? source : { wasmUrl }), wantsPackedPlanes()]);
    const module = new WasmModule(wasm);
    module.call('_initialize');
    return Object.assign(module, { wantsPackedPlanes: isPacked });
}
