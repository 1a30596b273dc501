// SPDX-License-Identifier: MIT
// Media messages for contract tests: real headers and real WebM around frames of any bytes. The relay never looks
// into a frame, so none has to decode.
import { readFileSync } from 'node:fs';
import {
    WIRE_AUDIO,
    WIRE_HEADER_LEN,
    WIRE_INIT,
    WIRE_KEY,
    WIRE_POSTER,
    WIRE_SYNC,
    WIRE_VIDEO,
    writeHeader,
} from '../../../web/wire/header.js';

const golden = new URL('../../golden/init.txt', import.meta.url);

/** The init segment of that name in tests/golden/init.txt. */
export function initSegment(name = 'video-and-audio') {
    const line = readFileSync(golden, 'utf8').split('\n').find((l) => l.startsWith(`${name} `));
    return Buffer.from(line.split(' ')[1], 'hex');
}

function size(n) {
    if (n < 0x7f) return Buffer.from([0x80 | n]);
    if (n < 0x3fff) return Buffer.from([0x40 | (n >> 8), n & 255]);
    return Buffer.from([0x10 | (n >>> 24), (n >> 16) & 255, (n >> 8) & 255, n & 255]);
}

function element(id, payload) {
    return Buffer.concat([Buffer.from(id), size(payload.length), payload]);
}

/** One Cluster with one SimpleBlock. */
export function cluster({ track, timestampMs, isKey, frame }) {
    const time = Buffer.alloc(4);
    time.writeUInt32BE(timestampMs);
    const block = Buffer.concat([Buffer.from([0x80 | track, 0, 0, isKey ? 0x80 : 0]), frame]);
    return element([0x1f, 0x43, 0xb6, 0x75], Buffer.concat([element([0xe7], time), element([0xa3], block)]));
}

export function message(header, payload) {
    const bytes = Buffer.alloc(WIRE_HEADER_LEN + payload.length);
    writeHeader(bytes, { flags: 0, rendition: 0, temporalId: 0, sequence: 0, timestampUs: 0, ...header });
    payload.copy(bytes, WIRE_HEADER_LEN);
    return bytes;
}

/** Messages of one publisher, with sequences kept. */
export class Source {
    #sequences = new Map();

    #next(kind, rendition) {
        const key = `${kind}/${rendition}`;
        const sequence = this.#sequences.get(key) ?? 0;
        this.#sequences.set(key, sequence + 1);
        return sequence;
    }

    init({ rendition = 0, segment = initSegment() } = {}) {
        return message({ kind: WIRE_INIT, rendition, sequence: this.#next(WIRE_INIT, rendition) }, segment);
    }

    video(timestampMs, { isKey = false, isSync = false, temporalId = 0, rendition = 0, bytes = 400, frame } = {}) {
        const flags = (isKey ? WIRE_KEY : 0) | (isSync ? WIRE_SYNC : 0);
        const payload = cluster({ track: 1, timestampMs, isKey, frame: frame ?? Buffer.alloc(bytes, timestampMs & 255) });
        const sequence = this.#next(WIRE_VIDEO, rendition);
        return message({ kind: WIRE_VIDEO, flags, rendition, temporalId, sequence, timestampUs: timestampMs * 1000 }, payload);
    }

    audio(timestampMs, { bytes = 80 } = {}) {
        const payload = cluster({ track: 2, timestampMs, isKey: true, frame: Buffer.alloc(bytes, 7) });
        const sequence = this.#next(WIRE_AUDIO, 0);
        return message({ kind: WIRE_AUDIO, flags: WIRE_KEY, sequence, timestampUs: timestampMs * 1000 }, payload);
    }

    poster(timestampMs, jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9])) {
        return message({ kind: WIRE_POSTER, sequence: this.#next(WIRE_POSTER, 0), timestampUs: timestampMs * 1000 }, jpeg);
    }
}
