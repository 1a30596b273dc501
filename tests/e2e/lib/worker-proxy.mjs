// SPDX-License-Identifier: MIT
// A relay as it is, but for one script to which some lines are added on the way: a worker that is busy with something else.
import http from 'node:http';
import net from 'node:net';

/**
 * @param {string} relayUrl
 * @param {{file: RegExp, lines: string}} patch file: of the path
 * @returns {Promise<{url: string, patched: () => number, close: () => void}>} patched: how often it was asked for
 */
export async function startWorkerProxy(relayUrl, { file, lines }) {
    const target = new URL(relayUrl);
    const sockets = new Set();
    let patchedCount = 0;
    const server = http.createServer((request, response) => {
        const isPatched = file.test(request.url);
        const headers = { ...request.headers };
        if (isPatched) delete headers['accept-encoding'];
        const upstream = http.request({ host: target.hostname, port: target.port, path: request.url, method: request.method, headers }, (answer) => {
            if (!isPatched || answer.statusCode !== 200) {
                response.writeHead(answer.statusCode, answer.headers);
                answer.pipe(response);
                return;
            }
            const chunks = [];
            answer.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
                const { 'content-length': _, etag: __, ...kept } = answer.headers;
                patchedCount++;
                response.writeHead(200, kept);
                response.end(Buffer.concat([...chunks, Buffer.from(`\n${lines}\n`)]));
            });
        });
        upstream.on('error', () => response.destroy());
        request.pipe(upstream);
    });
    server.on('connection', (socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
    });
    // WebSockets: the request as it came, then bytes both ways.
    server.on('upgrade', (request, near, head) => {
        const far = net.connect({ port: Number(target.port), host: target.hostname, noDelay: true });
        const named = [];
        for (let i = 0; i < request.rawHeaders.length; i += 2) named.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}\r\n`);
        far.write(`${request.method} ${request.url} HTTP/1.1\r\n${named.join('')}\r\n`);
        far.write(head);
        near.setNoDelay(true);
        sockets.add(far);
        near.pipe(far);
        far.pipe(near);
        near.on('error', () => far.destroy()).on('close', () => far.destroy());
        far.on('error', () => near.destroy()).on('close', () => {
            sockets.delete(far);
            near.destroy();
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        patched: () => patchedCount,
        close() {
            for (const socket of sockets) socket.destroy();
            server.close();
        },
    };
}
