// SPDX-License-Identifier: MIT
// A proxy in front of a relay, as sites have them: may take the isolation headers away (then browsers give the page no
// SharedArrayBuffer) and may put a test's script into every page, before the page's own. WebSockets pass as they are.
import http from 'node:http';
import net from 'node:net';

const ISOLATION = ['cross-origin-opener-policy', 'cross-origin-embedder-policy', 'cross-origin-resource-policy'];

/**
 * @param {string} relayUrl
 * @param {{isIsolated?: boolean, script?: string, files?: Record<string, {type: string, bytes: Buffer}>}} [options] script: runs first in every page;
 *   then pages have no content security policy either, which would refuse it; files: by path, handed out by the proxy itself
 * @returns {Promise<{url: string, close: () => void}>}
 */
export async function startFront(relayUrl, { isIsolated = true, script = '', files = {} } = {}) {
    const target = new URL(relayUrl);
    const sockets = new Set();
    const server = http.createServer((request, answer) => {
        const file = files[request.url];
        if (file) {
            answer.writeHead(200, { 'content-type': file.type, 'content-length': file.bytes.length, 'cross-origin-resource-policy': 'same-origin' }).end(file.bytes);
            return;
        }
        const isPage = (request.headers.accept ?? '').includes('text/html');
        const headers = { ...request.headers };
        if (isPage) delete headers['accept-encoding'];
        const onward = http.request({ host: target.hostname, port: target.port, method: request.method, path: request.url, headers }, (response) => {
            const out = { ...response.headers };
            if (!isIsolated) for (const name of ISOLATION) delete out[name];
            if (!script || !/^text\/html/.test(out['content-type'] ?? '')) {
                answer.writeHead(response.statusCode, out);
                response.pipe(answer);
                return;
            }
            for (const name of ['content-security-policy', 'content-length', 'etag']) delete out[name];
            answer.writeHead(response.statusCode, out);
            let page = '';
            response.setEncoding('utf8').on('data', (chunk) => (page += chunk));
            response.on('end', () => answer.end(page.replace(/<head[^>]*>/, (head) => `${head}<script>${script}</script>`)));
        });
        onward.on('error', () => answer.destroy());
        answer.on('close', () => onward.destroy());
        request.pipe(onward);
    });
    server.on('upgrade', (request, client, head) => {
        const upstream = net.connect(Number(target.port), target.hostname);
        const lines = [`${request.method} ${request.url} HTTP/1.1`];
        for (let i = 0; i < request.rawHeaders.length; i += 2) lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
        upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
        upstream.write(head);
        for (const [from, to] of [[client, upstream], [upstream, client]]) {
            from.setNoDelay(true);
            from.pipe(to);
            from.on('error', () => {});
            from.on('close', () => to.destroy());
        }
    });
    server.on('connection', (socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        close() {
            for (const socket of sockets) socket.destroy();
            server.close();
        },
    };
}
