// SPDX-License-Identifier: MIT
// The fixed 16-byte header of every binary message (docs/protocol.md, section 3; the C twin is
// shared/wire.h). Owns the layout and its checks; refuses anything it cannot name. Pure.

import {
    LIMIT_AUDIO_MESSAGE_BYTES,
    LIMIT_INIT_BYTES,
    LIMIT_MEDIA_MESSAGE_BYTES,
    LIMIT_POSTER_BYTES,
    LIMIT_RENDITIONS_COUNT,
    LIMIT_TEMPORAL_LAYERS_COUNT,
    LIMIT_TIMESTAMP_US,
} from './limits.js';

export const WIRE_VERSION = 1;
export const WIRE_SUBPROTOCOL = 'tabcast.v1';
/** The same, asked for first by who is going to publish: the relay reads in larger pieces. */
export const WIRE_SUBPROTOCOL_PUBLISH = 'tabcast.publish.v1';
export const WIRE_HEADER_LEN = 16;

/** Kinds of media message. */
export const WIRE_INIT = 1;
export const WIRE_VIDEO = 2;
export const WIRE_AUDIO = 3;
export const WIRE_POSTER = 4;

/** Flag bits. KEY: decoding may start here. SYNC: references only layer 0. GAP: set by the relay. */
export const WIRE_KEY = 1;
export const WIRE_SYNC = 2;
export const WIRE_GAP = 4;
const ALL_FLAGS = WIRE_KEY | WIRE_SYNC | WIRE_GAP;

/**
 * @typedef {object} Header
 * @property {number} kind        WIRE_INIT … WIRE_POSTER
 * @property {number} flags       bits WIRE_KEY, WIRE_SYNC, WIRE_GAP
 * @property {number} rendition   0 is the best
 * @property {number} temporalId  0 is the base layer
 * @property {number} sequence    unsigned 32 bits, per kind and rendition, wraps
 * @property {number} timestampUs show's clock
 */

/** A header this file refuses; `code` is the name wire_status_name() gives it, `value` the offending number. */
export class WireError extends Error {
    /**
     * @param {string} code
     * @param {number} value
     */
    constructor(code, value) {
        super(`media message refused: ${code} (${value})`);
        this.name = 'WireError';
        this.code = code;
        this.value = value;
    }
}

/**
 * What each kind may carry.
 * @typedef {object} KindRule
 * @property {number} messageMaxLen  the header included
 * @property {number} flagsAllowed
 * @property {number} flagsRequired
 * @property {number} renditionMax
 * @property {number} temporalIdMax
 */

/** @type {Record<number, KindRule>} */
const KIND_RULES = {
    [WIRE_INIT]: {
        messageMaxLen: WIRE_HEADER_LEN + LIMIT_INIT_BYTES,
        flagsAllowed: 0,
        flagsRequired: 0,
        renditionMax: LIMIT_RENDITIONS_COUNT - 1,
        temporalIdMax: 0,
    },
    [WIRE_VIDEO]: {
        messageMaxLen: LIMIT_MEDIA_MESSAGE_BYTES,
        flagsAllowed: WIRE_KEY | WIRE_SYNC | WIRE_GAP,
        flagsRequired: 0,
        renditionMax: LIMIT_RENDITIONS_COUNT - 1,
        temporalIdMax: LIMIT_TEMPORAL_LAYERS_COUNT - 1,
    },
    [WIRE_AUDIO]: {
        messageMaxLen: LIMIT_AUDIO_MESSAGE_BYTES,
        flagsAllowed: WIRE_KEY | WIRE_GAP,
        flagsRequired: WIRE_KEY,
        renditionMax: 0,
        temporalIdMax: 0,
    },
    [WIRE_POSTER]: {
        messageMaxLen: WIRE_HEADER_LEN + LIMIT_POSTER_BYTES,
        flagsAllowed: 0,
        flagsRequired: 0,
        renditionMax: 0,
        temporalIdMax: 0,
    },
};

/**
 * Throws unless every field is one that may stand on the wire; the same checks in the same order as
 * in shared/wire.c.
 * @param {Header} h
 */
function checkHeader(h) {
    const rule = KIND_RULES[h.kind];
    if (rule === undefined) throw new WireError('unknown-kind', h.kind);
    if ((h.flags & ~rule.flagsAllowed) !== 0 || (h.flags & rule.flagsRequired) !== rule.flagsRequired) {
        throw new WireError('bad-flags', h.flags);
    }
    if (!(h.rendition <= rule.renditionMax)) throw new WireError('bad-rendition', h.rendition);
    if (!(h.temporalId <= rule.temporalIdMax)) throw new WireError('bad-temporal-id', h.temporalId);
    // A key frame in a droppable layer would be left out by who skips that layer.
    if (h.kind === WIRE_VIDEO && (h.flags & WIRE_KEY) !== 0 && h.temporalId !== 0) {
        throw new WireError('bad-temporal-id', h.temporalId);
    }
    if (!(h.timestampUs >= 0 && h.timestampUs <= LIMIT_TIMESTAMP_US)) {
        throw new WireError('bad-timestamp', h.timestampUs);
    }
}

/**
 * Reads and checks the header of a whole binary message (header and payload).
 * @param {Uint8Array} message
 * @returns {Header}
 * @throws {WireError}
 */
export function readHeader(message) {
    const len = message.byteLength;
    if (len < WIRE_HEADER_LEN) throw new WireError('too-short', len);
    const view = new DataView(message.buffer, message.byteOffset, len);
    const header = {
        kind: view.getUint8(0),
        flags: view.getUint8(1),
        rendition: view.getUint8(2),
        temporalId: view.getUint8(3),
        sequence: view.getUint32(4),
        // Exact up to LIMIT_TIMESTAMP_US; larger values lose bits in a double, but are refused.
        timestampUs: view.getUint32(8) * 0x1_0000_0000 + view.getUint32(12),
    };
    checkHeader(header);
    if (len > KIND_RULES[header.kind].messageMaxLen) throw new WireError('too-long', len);
    if (len === WIRE_HEADER_LEN) throw new WireError('empty-payload', len);
    return header;
}

/**
 * Writes the header into the first WIRE_HEADER_LEN bytes of `out`. A fraction of a microsecond is cut.
 * @param {Uint8Array} out
 * @param {Header} header
 * @throws {WireError}
 */
export function writeHeader(out, header) {
    checkHeader(header);
    const timestampUs = Math.floor(header.timestampUs);
    const view = new DataView(out.buffer, out.byteOffset, WIRE_HEADER_LEN);
    view.setUint8(0, header.kind);
    view.setUint8(1, header.flags);
    view.setUint8(2, header.rendition);
    view.setUint8(3, header.temporalId);
    view.setUint32(4, header.sequence >>> 0);
    view.setUint32(8, Math.floor(timestampUs / 0x1_0000_0000));
    view.setUint32(12, timestampUs % 0x1_0000_0000);
}

/**
 * A whole message: header and payload in one buffer of its own.
 * @param {Header} header
 * @param {Uint8Array} payload
 */
export function frameMessage(header, payload) {
    const out = new Uint8Array(WIRE_HEADER_LEN + payload.byteLength);
    writeHeader(out, header);
    out.set(payload, WIRE_HEADER_LEN);
    return out;
}

/**
 * WebM (or JPEG) bytes behind the header, without copying.
 * @param {Uint8Array} message
 */
export function payloadOf(message) {
    return message.subarray(WIRE_HEADER_LEN);
}
