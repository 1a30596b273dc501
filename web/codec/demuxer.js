// SPDX-License-Identifier: MIT
// WebM in, packets out: the page's side of wasm/demuxer.c (FFmpeg behind it). Bytes are pushed in pieces of any
// length; each packet comes out as soon as its last byte is in. Owns the queue of bytes that the module has
// no room for yet. After a CodecError close it and push a new stream from its init segment into a new one.

import { CodecError, checkStatus } from './codec-error.js';

/** Track numbers of every Tabcast stream. */
export const TRACK_VIDEO = 1;
export const TRACK_AUDIO = 2;

/** What may wait here for room in the module, beside the module's own 2 MiB. */
const LIMIT_WAITING_BYTES = 32 * 1024 * 1024;

/**
 * Valid until the next call of next(), push() or close(): `data` is a view on the module's heap.
 * @typedef {object} Packet
 * @property {number} track        TRACK_VIDEO or TRACK_AUDIO
 * @property {number} timestampUs  the block's timestamp: whole milliseconds on the show's clock, in µs
 * @property {boolean} isKeyframe
 * @property {number} pointer      of the frame's first byte in the module's heap
 * @property {number} length
 * @property {Uint8Array} data     the same bytes as a view
 */

/**
 * @typedef {object} Tracks
 * @property {{ width: number, height: number } | null} video as the init segment says; frames carry their true size
 * @property {{ channels: number, preSkip: number } | null} audio preSkip in samples at 48 kHz
 */

export class Demuxer {
    #module;
    #handle;
    /** @type {Uint8Array[]} */
    #waiting = [];
    #waitingBytes = 0;
    /** @type {Tracks | null} */
    #tracks = null;

    /** @param {import('./player-module.js').PlayerModule} module */
    constructor(module) {
        this.#module = module;
        this.#handle = checkStatus(module.call('player_demuxer_create'), 'cannot make a demuxer');
    }

    /**
     * What the stream carries; null until the first packet came out.
     * @returns {Tracks | null}
     */
    get tracks() {
        return this.#tracks;
    }

    /**
     * Adds the stream's next bytes. What the module has no room for is kept by reference until next() makes some: do
     * not write into `bytes` afterwards. Throws `overflow` when far more is pushed than taken out.
     * @param {Uint8Array} bytes
     */
    push(bytes) {
        this.#alive();
        if (bytes.length === 0) return;
        if (this.#waitingBytes + bytes.length > LIMIT_WAITING_BYTES) {
            throw new CodecError('overflow', 'pushed more than the demuxer may hold', bytes.length);
        }
        this.#waiting.push(bytes);
        this.#waitingBytes += bytes.length;
        this.#fill();
    }

    /**
     * The next packet, or null: push more. Throws `bad-stream`, `demux-failed`, `too-large`, `out-of-memory`.
     * @returns {Packet | null}
     */
    next() {
        const handle = this.#alive();
        const module = this.#module;
        for (;;) {
            const status = checkStatus(module.call('player_demuxer_next', handle), 'cannot demux the stream');
            if (status > 0) break;
            if (this.#fill() === 0) return null;
        }
        this.#tracks ??= this.#readTracks();
        const pointer = module.call('player_demuxer_packet_data', handle);
        const length = module.call('player_demuxer_packet_length', handle);
        return {
            track: module.call('player_demuxer_packet_track', handle),
            timestampUs: module.call('player_demuxer_packet_timestamp_us', handle),
            isKeyframe: module.call('player_demuxer_packet_is_keyframe', handle) !== 0,
            pointer,
            length,
            data: module.bytes(pointer, length),
        };
    }

    /** Idempotent. */
    close() {
        if (this.#handle !== 0) this.#module.release('player_demuxer_destroy', this.#handle);
        this.#handle = 0;
        this.#waiting = [];
        this.#waitingBytes = 0;
    }

    /** Moves waiting bytes into the module. @returns {number} how many */
    #fill() {
        let moved = 0;
        while (this.#waiting.length > 0) {
            const room = this.#module.call('player_demuxer_write_room', this.#handle);
            if (room === 0) break;
            const first = this.#waiting[0];
            const part = first.length > room ? first.subarray(0, room) : first;
            this.#module.u8.set(part, this.#module.call('player_demuxer_write_pointer', this.#handle));
            this.#module.call('player_demuxer_did_write', this.#handle, part.length);
            moved += part.length;
            if (part === first) this.#waiting.shift();
            else this.#waiting[0] = first.subarray(part.length);
        }
        this.#waitingBytes -= moved;
        return moved;
    }

    /** @returns {Tracks} */
    #readTracks() {
        const read = (/** @type {string} */ name) => this.#module.call(name, this.#handle);
        const width = read('player_demuxer_track_width');
        const channels = read('player_demuxer_track_channels');
        return {
            video: width ? { width, height: read('player_demuxer_track_height') } : null,
            audio: channels ? { channels, preSkip: read('player_demuxer_track_pre_skip') } : null,
        };
    }

    #alive() {
        if (this.#handle === 0) throw new CodecError('closed', 'the demuxer was closed');
        return this.#handle;
    }
}
