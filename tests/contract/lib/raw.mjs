// SPDX-License-Identifier: MIT
// Bytes over a plain socket: for requests no client library would send.
import net from 'node:net';

/** Sends `bytes`, resolves with all that came back (latin1) once the relay closed or `enough(text)` holds. */
export function exchange(url, bytes, enough = () => false, timeoutMs = 15_000) {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
        const socket = net.connect(Number(port), hostname, () => socket.write(bytes));
        let text = '';
        const timer = setTimeout(() => {
            socket.destroy();
            reject(new Error(`no end within ${timeoutMs} ms; got ${JSON.stringify(text.slice(0, 400))}`));
        }, timeoutMs);
        const done = () => {
            clearTimeout(timer);
            socket.destroy();
            resolve(text);
        };
        socket.setEncoding('latin1');
        socket.on('data', (chunk) => {
            text += chunk;
            if (enough(text)) done();
        });
        socket.on('close', done);
        socket.on('error', done);
    });
}
