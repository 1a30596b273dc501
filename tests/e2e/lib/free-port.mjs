// SPDX-License-Identifier: MIT
// A port that nobody has just now, for servers that do not take 0.
import net from 'node:net';

export async function freePort() {
    const server = net.createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return port;
}
