// SPDX-License-Identifier: MIT
// What was sent, packet by packet, as lines of JSON: for tests that compare a recording or a viewer with it.
//   {"kind":"video","timestampUs":0,"isKey":true,"temporalId":0,"sequence":0,"length":1234,"sha256":"…"}
// The hash is over the frame alone (VP8 or Opus), as `ffmpeg -f framehash -hash sha256` counts it.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { WIRE_AUDIO, WIRE_KEY, WIRE_VIDEO, payloadOf, readHeader } from '../web/wire/header.js';

const CLUSTER = 0x1f43b675;
const TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
/** Track number, relative timestamp, flags. */
const BLOCK_HEAD_BYTES = 4;

/** Reads an EBML size at `at`: its value and where it ends. */
function readSize(bytes, at) {
    const width = Math.clz32(bytes[at]) - 23;
    let value = bytes[at] & (0xff >> width);
    for (let i = 1; i < width; i++) value = value * 256 + bytes[at + i];
    return { value, end: at + width };
}

/** The frame inside one Cluster as docs/protocol.md has it: a Timestamp, then a SimpleBlock. */
export function frameOf(cluster) {
    const id = new DataView(cluster.buffer, cluster.byteOffset).getUint32(0);
    if (id !== CLUSTER) throw new Error(`no Cluster: 0x${id.toString(16)}`);
    for (let at = readSize(cluster, 4).end; at < cluster.length; ) {
        const element = cluster[at];
        const { value, end } = readSize(cluster, at + 1);
        if (element === SIMPLE_BLOCK) return cluster.subarray(end + BLOCK_HEAD_BYTES, end + value);
        if (element !== TIMESTAMP) throw new Error(`unexpected element 0x${element.toString(16)}`);
        at = end + value;
    }
    throw new Error('no SimpleBlock');
}

export class SentLog {
    #file;

    constructor(path) {
        this.#file = createWriteStream(path);
    }

    /** One whole media message that went out; INIT and posters are not packets. */
    add(message) {
        const header = readHeader(message);
        if (header.kind !== WIRE_VIDEO && header.kind !== WIRE_AUDIO) return;
        const frame = frameOf(payloadOf(message));
        this.#line({
            kind: header.kind === WIRE_VIDEO ? 'video' : 'audio',
            timestampUs: header.timestampUs,
            isKey: (header.flags & WIRE_KEY) !== 0,
            temporalId: header.temporalId,
            sequence: header.sequence,
            length: frame.length,
            sha256: createHash('sha256').update(frame).digest('hex'),
        });
    }

    /** The last line: `summary` and all of its members. */
    async close(summary) {
        this.#line({ summary });
        this.#file.end();
        await once(this.#file, 'finish');
    }

    #line(object) {
        this.#file.write(`${JSON.stringify(object)}\n`);
    }
}
