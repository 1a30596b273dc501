// SPDX-License-Identifier: MIT
// A replay over HTTP: reads the front of the file for its length and cues, then packets from any place on.
// Owns the index and one demuxer, a new one for each place. Reads only when asked, so that the caller bounds
// what is held. Decodes nothing and knows no clock.

import { CodecError } from '../codec/codec-error.js';
import { TRACK_VIDEO } from '../codec/demuxer.js';
import { makePacket } from './packet.js';

/** @typedef {import('./packet.js').Packet} Packet */
/** @typedef {import('../codec/demuxer.js').Demuxer} Demuxer */
/** @typedef {import('../codec/replay-index.js').ReplayIndex} ReplayIndex */
/** @typedef {import('./range-reader.js').RangeReader} RangeReader */

/** A file whose front is longer has no place for cues in it that we would read. */
const LIMIT_FRONT_BYTES = 8 * 1024 * 1024;

export class ReplaySource {
    #reader;
    #createDemuxer;
    #createIndex;
    /** @type {ReplayIndex|null} */
    #index = null;
    /** @type {Uint8Array[]} pieces of the front, read but not demuxed yet */
    #front = [];
    #init = new Uint8Array(0);
    /** @type {Demuxer|null} */
    #demuxer = null;
    #isAtEnd = false;
    /** counts places, so that a read begun for an old one is thrown away */
    #place = 0;

    /**
     * @param {object} parts
     * @param {RangeReader} parts.reader
     * @param {() => Demuxer} parts.createDemuxer
     * @param {() => ReplayIndex} parts.createIndex
     */
    constructor({ reader, createDemuxer, createIndex }) {
        this.#reader = reader;
        this.#createDemuxer = createDemuxer;
        this.#createIndex = createIndex;
    }

    /** 0: the file does not say. */
    get durationMs() {
        return this.#index?.durationMs ?? 0;
    }

    /** What the init segment says; null until the first packet came. */
    get tracks() {
        return this.#demuxer?.tracks ?? null;
    }

    get isAtEnd() {
        return this.#isAtEnd;
    }

    get bytesRead() {
        return this.#reader.offset;
    }

    /** Reads the front. @throws {ReadError|CodecError} */
    async open() {
        const index = this.#createIndex();
        this.#index = index;
        let len = 0;
        while (!index.isComplete) {
            const bytes = await this.#reader.read();
            if (bytes === null) break;
            len += bytes.length;
            if (len > LIMIT_FRONT_BYTES) throw new CodecError('bad-stream', 'the front of the file never ends', len);
            this.#front.push(bytes);
            index.push(bytes);
        }
        if (index.initLength === 0) throw new CodecError('bad-stream', 'no init segment', len);
        this.#init = joined(this.#front).slice(0, index.initLength);
        // The first place is the beginning, whose bytes are here already.
        this.#demuxer = this.#createDemuxer();
        for (const bytes of this.#front) this.#demuxer.push(bytes);
        this.#front = [];
    }

    /**
     * The next packets come from the last key frame at or before this time.
     * @param {number} timeMs
     */
    seek(timeMs) {
        this.#place += 1;
        this.#isAtEnd = false;
        this.#demuxer?.close();
        this.#demuxer = this.#createDemuxer();
        const cue = this.#cueBefore(timeMs);
        if (cue === undefined) {
            this.#reader.seek(0);
            return;
        }
        this.#demuxer.push(this.#init);
        this.#reader.seek(cue.offset);
    }

    /** @param {number} timeMs */
    #cueBefore(timeMs) {
        const cues = this.#index?.cues ?? [];
        let low = 0;
        let high = cues.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (cues[middle].timestampMs <= timeMs) low = middle + 1;
            else high = middle;
        }
        return cues[Math.max(0, low - 1)];
    }

    /**
     * Packets of the next bytes, in the file's order; none when the bytes end inside a packet. At the end of the
     * file isAtEnd is set. What was read for a place left by seek() meanwhile is dropped.
     * @returns {Promise<Packet[]>}
     * @throws {ReadError|CodecError}
     */
    async read() {
        const place = this.#place;
        const held = this.#takePackets();
        if (held.length > 0) return held;
        const bytes = await this.#reader.read();
        if (place !== this.#place) return [];
        if (bytes === null) {
            this.#isAtEnd = true;
            return [];
        }
        this.#demuxer?.push(bytes);
        return this.#takePackets();
    }

    #takePackets() {
        /** @type {Packet[]} */
        const packets = [];
        for (let p = this.#demuxer?.next(); p; p = this.#demuxer?.next()) {
            packets.push(makePacket({
                track: p.track === TRACK_VIDEO ? 'video' : 'audio',
                timestampUs: p.timestampUs,
                isKey: p.isKeyframe,
                data: p.data.slice(),
            }));
        }
        return packets;
    }

    /** Idempotent. */
    close() {
        this.#place += 1;
        this.#reader.close();
        this.#demuxer?.close();
        this.#demuxer = null;
        this.#index?.close();
        this.#index = null;
    }
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
        out.set(part, at);
        at += part.length;
    }
    return out;
}
