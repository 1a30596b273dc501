// SPDX-License-Identifier: MIT
// A TCP proxy between a creator and the relay: a line that can break, be away, stand still, or move to another address.
import net from 'node:net';

/** @param {() => number} relayPort asked for each connection, since a relay may come back on another one */
export async function startLine(relayPort) {
    const pairs = new Set();
    /** @type {Set<net.Socket>} came while the line stood still */
    const waiting = new Set();
    let localAddress = '127.0.0.1';
    let isShut = false;
    let isStill = false;

    function join(near) {
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
        near.resume();
    }

    const server = net.createServer({ pauseOnConnect: true }, (near) => {
        if (isShut) {
            near.resetAndDestroy();
        } else if (isStill) {
            waiting.add(near);
            near.on('error', () => {}).on('close', () => waiting.delete(near));
        } else {
            join(near);
        }
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
        /** No new connection is taken, until open(). */
        shut() {
            isShut = true;
        },
        open() {
            isShut = false;
        },
        /** Nothing moves and nobody is told, as under a closed lid, until thaw(); then what waited goes on its way. */
        freeze() {
            isStill = true;
            for (const { near, far } of pairs) {
                near.pause();
                far.pause();
            }
        },
        thaw() {
            isStill = false;
            for (const { near, far } of pairs) {
                near.resume();
                far.resume();
            }
            for (const near of waiting) join(near);
            waiting.clear();
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
            for (const near of waiting) near.destroy();
            server.close();
        },
    };
}
