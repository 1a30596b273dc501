// SPDX-License-Identifier: MIT
// VP8 packets in, I420 pictures out: the page's side of wasm/video_decoder.c (libvpx behind it). Owns one
// decoder with its reference pictures. A damaged packet throws and the decoder waits for the next key frame.

import { CodecError, checkStatus } from './codec-error.js';

/**
 * A picture that lies in the module's heap, valid until the next decode() or close(). Ready for
 * `new VideoFrame(frame.buffer, { format: frame.format, codedWidth: frame.width, codedHeight: frame.height, layout: frame.layout, timestamp })`.
 * BT.601, limited range.
 * @typedef {object} DecodedFrame
 * @property {number} timestampUs the packet's
 * @property {number} width
 * @property {number} height
 * @property {'I420'} format
 * @property {Uint8Array} buffer   view on the heap from the first byte of Y to the last of V
 * @property {{ offset: number, stride: number }[]} layout Y, U, V within `buffer`
 */

export class VideoDecoder {
    #module;
    #handle;

    /**
     * @param {import('./player-module.js').PlayerModule} module
     * @param {{ isPacked?: boolean }} [options] isPacked: planes follow one another without gaps (a copy more); default: only where
     *   this browser's VideoFrame needs it
     */
    constructor(module, { isPacked = module.wantsPackedPlanes } = {}) {
        this.#module = module;
        this.#handle = checkStatus(module.call('player_video_create', isPacked ? 1 : 0), 'cannot make a video decoder');
    }

    /**
     * Decodes one packet. null: it is a frame that is not shown, or stands between an error (or the start) and the next
     * key frame. Throws `decode-failed`, `too-large`, `out-of-memory`.
     * @param {{ data: Uint8Array, timestampUs: number }} packet of the demuxer of the same module, or any bytes
     * @returns {DecodedFrame | null}
     */
    decode({ data, timestampUs }) {
        if (this.#handle === 0) throw new CodecError('closed', 'the video decoder was closed');
        const module = this.#module;
        const pointer = checkStatus(
            data.buffer === module.memory.buffer
                ? data.byteOffset
                : module.call('player_video_write_pointer', this.#handle, data.length),
            'cannot take the packet',
        );
        if (data.buffer !== module.memory.buffer) module.u8.set(data, pointer);
        const status = module.call('player_video_decode', this.#handle, pointer, data.length);
        if (checkStatus(status, 'cannot decode the picture') === 0) return null;
        return this.#frame(timestampUs);
    }

    /** Idempotent. */
    close() {
        if (this.#handle !== 0) this.#module.release('player_video_destroy', this.#handle);
        this.#handle = 0;
    }

    /** @param {number} timestampUs @returns {DecodedFrame} */
    #frame(timestampUs) {
        const module = this.#module;
        const width = module.call('player_video_width', this.#handle);
        const height = module.call('player_video_height', this.#handle);
        const pointers = [0, 1, 2].map((plane) => module.call('player_video_plane', this.#handle, plane));
        const layout = pointers.map((pointer, plane) => ({
            offset: pointer - pointers[0],
            stride: module.call('player_video_stride', this.#handle, plane),
        }));
        const end = layout[2].offset + layout[2].stride * ((height + 1) >> 1);
        return { timestampUs, width, height, format: 'I420', buffer: module.bytes(pointers[0], end), layout };
    }
}
