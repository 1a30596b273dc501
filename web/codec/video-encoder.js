// SPDX-License-Identifier: MIT
// Pictures in, wire messages out: the page's side of wasm/video_encoder.c (libvpx behind it). Owns one rendition:
// its input picture in the module's heap, its rate control, temporal layers and key frames, its sequence numbers.
// A new size needs a new encoder (and a new INIT).

import { CodecError, checkStatus } from './codec-error.js';

/** enum video_profile and enum pixel_format of the C side. */
const PROFILES = Object.freeze({ camera: 0, screen: 1 });
const FORMATS = Object.freeze({ I420: 0, NV12: 1, BGRA: 2, BGRX: 3, RGBA: 4, RGBX: 5 });

/** @typedef {keyof typeof FORMATS} PixelFormat a VideoFrame's `format` that convert() takes; alpha is ignored */

/**
 * @typedef {object} VideoEncoderOptions
 * @property {number} width           16…4096, even
 * @property {number} height          16…4096, even
 * @property {number} framesPerSecond nominal, 1…120
 * @property {number} bitrateBps
 * @property {'camera'|'screen'} [profile]
 * @property {number} [cpuUsed]       from −16 (fastest) to −1; default −6
 * @property {number} [temporalLayers] 1…3, default 3
 * @property {number} [keyIntervalMs] longest time from key frame to key frame, default 3000
 * @property {number} [threads]       at most the module's; default all of them from 640×360 on
 * @property {number} [rendition]     0 (best) … 2
 * @property {number} [sequence]      of the first message; a successor in the same rendition goes on where `sequence` of the last stood
 */

/** @typedef {{ buffer: Uint8Array, layout: { offset: number, stride: number }[] }} Planes `buffer` is a view on the heap, for VideoFrame.copyTo(buffer, { layout }) */

export class VideoEncoder {
    #module;
    #handle;

    /**
     * @param {import('./encoder-module.js').EncoderModule} module
     * @param {VideoEncoderOptions} options
     */
    constructor(module, options) {
        const { width, height, framesPerSecond, bitrateBps, profile = 'camera', cpuUsed = -6, temporalLayers = 3 } = options;
        const { keyIntervalMs = 3000, rendition = 0, sequence = 0 } = options;
        const { threads = width * height >= 640 * 360 ? module.threads : 1 } = options;
        if (threads > module.threads) throw new CodecError('bad-argument', 'more threads than the module has', threads);
        this.#module = module;
        const handle = module.call('encoder_video_create', width, height, framesPerSecond, bitrateBps, PROFILES[profile],
            cpuUsed, temporalLayers, keyIntervalMs, threads, rendition, sequence);
        this.#handle = checkStatus(handle, `cannot make a ${width}×${height} video encoder`);
        this.width = width;
        this.height = height;
        this.rendition = rendition;
        this.threads = threads;
        /**
         * The picture that encode() takes: write into it (VideoFrame.copyTo) or let convert() do so. Valid until close().
         * @type {Planes}
         */
        this.input = this.#planes('encoder_video_plane', 'encoder_video_stride', [height, height >> 1, height >> 1]);
    }

    /** The sequence number of the next message. */
    get sequence() {
        return this.#module.call('encoder_video_sequence', this.#alive()) >>> 0;
    }

    /**
     * Room in the heap for a picture of another format or size, so that VideoFrame.copyTo writes it where convertSource()
     * reads it. Valid until the next source(), convert() or close().
     * @param {PixelFormat} format
     * @param {number} width
     * @param {number} height
     * @returns {Planes}
     */
    source(format, width, height) {
        const status = this.#module.call('encoder_video_source', this.#alive(), FORMATS[format] ?? -1, width, height);
        const count = checkStatus(status, `cannot take a ${width}×${height} ${format} picture`);
        const chromaRows = (height + 1) >> 1;
        const rows = [height, chromaRows, chromaRows].slice(0, count);
        return this.#planes('encoder_video_source_plane', 'encoder_video_source_stride', rows);
    }

    /** Scales and converts what was written into source() into the input: aspect kept, black beside it. */
    convertSource() {
        checkStatus(this.#module.call('encoder_video_convert', this.#alive()), 'cannot convert the picture');
    }

    /**
     * The same from another encoder's input: one rendition from the next larger one. What source() gave is void afterwards.
     * @param {VideoEncoder} other of the same module
     */
    convertFrom(other) {
        const status = this.#module.call('encoder_video_convert_from', this.#alive(), other.#alive());
        checkStatus(status, 'cannot scale the picture');
    }

    /**
     * The same for a picture outside the heap (one copy more). Rows of the planes follow one another: NV12's UV and
     * I420's U and V behind Y, with `stride` (I420 chroma: half of it).
     * @param {PixelFormat} format
     * @param {Uint8Array} bytes
     * @param {number} stride bytes from row to row of the first plane
     * @param {number} width
     * @param {number} height
     */
    convert(format, bytes, stride, width, height) {
        const { buffer, layout } = this.source(format, width, height);
        const chromaRows = (height + 1) >> 1;
        let from = 0;
        layout.forEach(({ offset, stride: heapStride }, plane) => {
            const planeStride = format === 'I420' && plane > 0 ? (stride + 1) >> 1 : stride;
            const rows = plane === 0 ? height : chromaRows;
            const length = Math.min(planeStride, heapStride);
            for (let y = 0; y < rows; y++, from += planeStride) {
                buffer.set(bytes.subarray(from, from + length), offset + y * heapStride);
            }
        });
        this.convertSource();
    }

    /**
     * Encodes the input. Timestamps must ascend.
     * @param {{ timestampUs: number, forceKey?: boolean }} options timestampUs: when the picture was taken, on the show's clock
     * @returns {Uint8Array<ArrayBuffer> | null} the wire message (header and Cluster), a copy that may be sent; null when rate control
     *   dropped the picture
     */
    encode({ timestampUs, forceKey = false }) {
        const handle = this.#alive();
        const status = this.#module.call('encoder_video_encode', handle, timestampUs, forceKey ? 1 : 0);
        if (checkStatus(status, 'cannot encode the picture') === 0) return null;
        const pointer = this.#module.call('encoder_video_message', handle);
        return this.#module.copy(pointer, this.#module.call('encoder_video_message_length', handle));
    }

    /** From the next picture on. @param {number} bitrateBps of all layers together */
    setBitrate(bitrateBps) {
        checkStatus(this.#module.call('encoder_video_set_bitrate', this.#alive(), bitrateBps), 'cannot set the bitrate');
    }

    /** @param {number} cpuUsed −16 (fastest) … −1 */
    setCpuUsed(cpuUsed) {
        checkStatus(this.#module.call('encoder_video_set_cpu_used', this.#alive(), cpuUsed), 'cannot set cpuUsed');
    }

    /** What rate control shall reckon with when pictures come at another pace than planned. @param {number} framesPerSecond */
    setFramesPerSecond(framesPerSecond) {
        const status = this.#module.call('encoder_video_set_frame_rate', this.#alive(), framesPerSecond);
        checkStatus(status, 'cannot set the frame rate');
    }

    /** Idempotent. */
    close() {
        if (this.#handle !== 0) this.#module.release('encoder_video_destroy', this.#handle);
        this.#handle = 0;
    }

    /** @param {string} planeName @param {string} strideName @param {number[]} rows per plane @returns {Planes} */
    #planes(planeName, strideName, rows) {
        const pointers = rows.map((_, i) => this.#module.call(planeName, this.#handle, i));
        const layout = pointers.map((pointer, i) => ({
            offset: pointer - pointers[0],
            stride: this.#module.call(strideName, this.#handle, i),
        }));
        const last = layout[layout.length - 1];
        return { buffer: this.#module.bytes(pointers[0], last.offset + last.stride * rows[rows.length - 1]), layout };
    }

    #alive() {
        if (this.#handle === 0) throw new CodecError('closed', 'the video encoder was closed');
        return this.#handle;
    }
}
