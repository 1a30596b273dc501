// SPDX-License-Identifier: MIT
// A TCP pass-through in front of a relay that keeps what clients sent, and the WebSocket messages in it.
import net from 'node:net';

/** @returns {Promise<{url: string, connections: Buffer[][], cut: () => void, close: () => void}>} */
export async function startTap(relayUrl) {
    const target = new URL(relayUrl);
    const connections = [];
    const sockets = new Set();
    const server = net.createServer((client) => {
        const kept = [];
        connections.push(kept);
        const upstream = net.connect(Number(target.port), target.hostname);
        for (const s of [client, upstream]) {
            s.setNoDelay(true);
            sockets.add(s);
            s.on('error', () => {});
        }
        client.on('data', (chunk) => {
            kept.push(chunk);
            upstream.write(chunk);
        });
        upstream.on('data', (chunk) => client.write(chunk));
        client.on('close', () => upstream.destroy());
        upstream.on('close', () => client.destroy());
    });
    await new Promise((r) => server.listen(0, '127.0.0.1', r));
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        connections,
        /** Ends what is open, as a lost network does; new connections go through. */
        cut() {
            for (const s of sockets) s.destroy();
            sockets.clear();
        },
        close() {
            for (const s of sockets) s.destroy();
            server.close();
        },
    };
}

/**
 * The WebSocket messages a client sent on one tapped connection (RFC 6455 5.2), unmasked.
 * @param {Buffer[]} chunks @returns {{binary: boolean, body: Buffer}[]} empty when it never was a WebSocket
 */
export function clientMessages(chunks) {
    const bytes = Buffer.concat(chunks);
    const upgrade = bytes.indexOf(/* lower case in some browsers */ 'Upgrade: websocket');
    if (upgrade < 0) return [];
    let at = bytes.indexOf('\r\n\r\n', upgrade) + 4;
    const out = [];
    let parts = [];
    let binary = false;
    while (at + 6 <= bytes.length) {
        const fin = bytes[at] & 0x80;
        const opcode = bytes[at] & 0x0f;
        let length = bytes[at + 1] & 0x7f;
        let head = 2;
        if (length === 126) {
            length = bytes.readUInt16BE(at + 2);
            head = 4;
        } else if (length === 127) {
            length = Number(bytes.readBigUInt64BE(at + 2));
            head = 10;
        }
        if (at + head + 4 + length > bytes.length) break;
        const mask = bytes.subarray(at + head, at + head + 4);
        const body = Buffer.from(bytes.subarray(at + head + 4, at + head + 4 + length));
        for (let i = 0; i < body.length; i++) body[i] ^= mask[i & 3];
        at += head + 4 + length;
        if (opcode >= 8) continue;
        if (opcode) binary = opcode === 2;
        parts.push(body);
        if (fin) {
            out.push({ binary, body: Buffer.concat(parts) });
            parts = [];
        }
    }
    return out;
}
