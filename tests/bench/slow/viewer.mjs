// SPDX-License-Identifier: MIT
// One viewer over a plain socket that reads as fast as it is told, and looks at each message when it has read it.
import { createWriteStream } from 'node:fs';
import net from 'node:net';
import { WIRE_INIT, WIRE_VIDEO, readHeader } from '../../../web/wire/header.js';

const PIECE_BYTES = 16 * 1024;
const HEADER_LEN = 16;

export class RawViewer {
    delays = []; // ms from a message's place on the show's clock to when it was read
    pictures = 0;
    stages = [];
    error = null;
    closed = false;
    #bytes = Buffer.alloc(0);
    #isOpen = false;
    #allowance = Infinity;
    #file;

    /** @param {{ port: number, show: string, file?: string, allowance?: number, delayOf: (timestampUs: number) => number }} options
     *   file: what came, as WebM; allowance: bytes it may read before it is given more */
    constructor({ port, show, file, delayOf, allowance = Infinity }) {
        this.delayOf = delayOf;
        this.#allowance = allowance;
        this.#file = file ? createWriteStream(file) : null;
        this.socket = net.connect({ port, host: '127.0.0.1', onread: { buffer: Buffer.alloc(PIECE_BYTES), callback: (count, buffer) => this.#take(buffer.subarray(0, count)) } });
        this.socket.write(`GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: tabcast.v1\r\n\r\n`);
        this.say({ type: 'hello', version: 1, role: 'watch', show });
        this.socket.on('error', (error) => (this.error = error));
        this.socket.on('close', () => (this.closed = true));
    }

    say(message) {
        this.#frame(1, Buffer.from(JSON.stringify(message)));
    }

    /** It may read so many bytes more; of what it does not use, little is kept. */
    give(bytes) {
        this.#allowance = Math.min(this.#allowance + bytes, 4 * bytes);
        if (this.#allowance > 0) this.socket.resume();
    }

    /** Resolves when all that came is in the file. */
    end() {
        this.socket.destroy();
        return new Promise((resolve) => (this.#file ? this.#file.end(resolve) : resolve()));
    }

    #frame(opcode, payload) {
        const length = payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255];
        this.socket.write(Buffer.concat([Buffer.from([0x80 | opcode, ...length, 0, 0, 0, 0]), payload]));
    }

    #take(piece) {
        this.#allowance -= piece.length;
        this.#bytes = this.#bytes.length ? Buffer.concat([this.#bytes, piece]) : Buffer.from(piece);
        if (!this.#isOpen) {
            const end = this.#bytes.indexOf('\r\n\r\n');
            if (end < 0) return true;
            this.#isOpen = true;
            this.#bytes = this.#bytes.subarray(end + 4);
        }
        let at = 0;
        for (;;) {
            const used = this.#message(at);
            if (used === 0) break;
            at += used;
        }
        this.#bytes = Buffer.from(this.#bytes.subarray(at));
        return this.#allowance > 0;
    }

    /** Takes one frame at `at`; how many bytes it was, 0 when it is not there whole. */
    #message(at) {
        const bytes = this.#bytes;
        if (bytes.length - at < 2) return 0;
        const short = bytes[at + 1] & 0x7f;
        const head = short < 126 ? 2 : short === 126 ? 4 : 10;
        if (bytes.length - at < head) return 0;
        const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
        if (bytes.length - at < head + length) return 0;
        const payload = bytes.subarray(at + head, at + head + length);
        const opcode = bytes[at] & 15;
        if (opcode === 9) this.#frame(10, Buffer.from(payload));
        else if (opcode === 2) this.#media(payload);
        else if (opcode === 1) this.#text(JSON.parse(payload.toString()));
        else if (opcode !== 8 && opcode !== 10) this.error = new Error(`frame with opcode ${opcode}`);
        return head + length;
    }

    #media(message) {
        const header = readHeader(new Uint8Array(message));
        this.#file?.write(Buffer.from(message.subarray(HEADER_LEN)));
        if (header.kind === WIRE_INIT) return;
        this.pictures += header.kind === WIRE_VIDEO;
        this.delays.push(this.delayOf(Number(header.timestampUs)));
    }

    #text(message) {
        if (message.type === 'quality') this.stages.push(message.stage);
    }
}
