// SPDX-License-Identifier: MIT
// A TCP proxy between a creator and the relay: a line that can break, or move to another address.
import net from 'node:net';

/** @param {() => number} relayPort asked for each connection, since a relay may come back on another one */
export async function startLine(relayPort) {
    const pairs = new Set();
    let localAddress = '127.0.0.1';
    const server = net.createServer((near) => {
        const far = net.connect({ port: relayPort(), host: '127.0.0.1', localAddress });
        const pair = { near, far };
        pairs.add(pair);
        const end = () => {
            if (pair.isHung) return;
            pairs.delete(pair);
            near.destroy();
            far.destroy();
        };
        near.on('data', (bytes) => pair.isHung || far.write(bytes));
        far.on('data', (bytes) => pair.isHung || near.write(bytes));
        for (const socket of [near, far]) socket.on('error', end).on('close', end);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        /** Every connection breaks at once, as when a router restarts. */
        break() {
            for (const { near, far } of pairs) {
                near.resetAndDestroy();
                far.resetAndDestroy();
            }
        },
        /** The creator's end breaks and comes back from `address`; the relay hears nothing of it. */
        moveTo(address) {
            localAddress = address;
            for (const pair of pairs) {
                pair.isHung = true;
                pair.near.resetAndDestroy();
            }
        },
        stop() {
            for (const { near, far } of pairs) {
                near.destroy();
                far.destroy();
            }
            server.close();
        },
    };
}
