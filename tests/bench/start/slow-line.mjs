// SPDX-License-Identifier: MIT
// A line of a given rate and round trip in front of a relay: what all connections get through together is limited both ways,
// every byte comes half a round trip later, and a connection's first bytes a whole one more, as TCP's own greeting costs. The rate
// may change on the way; what waits for the line is as much as asked for, then the sender is no longer read.
import net from 'node:net';

/** Bytes that cross this line one after the other. */
class Lane {
    #bytesPerMs;
    #delayMs;
    #freeMs = 0;

    constructor(rateBps, delayMs) {
        this.setRate(rateBps);
        this.#delayMs = delayMs;
    }

    /** For what comes from now on. */
    setRate(rateBps) {
        this.#bytesPerMs = rateBps / 8000;
    }

    /** @returns {number} the time at which the last of these bytes is across */
    take(bytes, fromMs) {
        this.#freeMs = Math.max(this.#freeMs, fromMs) + bytes / this.#bytesPerMs;
        return this.#freeMs + this.#delayMs;
    }
}

const PIECE_BYTES = 1448; // what one packet carries

function carry(from, to, lane, greetingMs, queueBytes) {
    const startMs = performance.now() + greetingMs;
    /** @type {{atMs: number, piece: Buffer}[]} */
    const under = [];
    let timer = null;
    let hasEnded = false;
    let waitingBytes = 0;
    const deliver = () => {
        timer = null;
        while (under.length > 0 && under[0].atMs <= performance.now()) {
            const { piece } = under.shift();
            waitingBytes -= piece.length;
            to.write(piece);
        }
        if (waitingBytes <= queueBytes / 2 && from.isPaused()) from.resume();
        if (under.length > 0) timer = setTimeout(deliver, Math.max(1, under[0].atMs - performance.now()));
        else if (hasEnded) to.end();
    };
    from.on('data', (chunk) => {
        for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
            const piece = chunk.subarray(at, at + PIECE_BYTES);
            under.push({ atMs: lane.take(piece.length, Math.max(startMs, performance.now())), piece });
            waitingBytes += piece.length;
        }
        if (waitingBytes > queueBytes) from.pause();
        timer ??= setTimeout(deliver, 1);
    });
    from.on('end', () => {
        hasEnded = true;
        timer ??= setTimeout(deliver, 1);
    });
    from.on('error', () => {});
    from.on('close', () => {
        if (!hasEnded) to.destroy();
    });
}

/**
 * @param {string} relayUrl
 * @param {{rateBps: number, roundTripMs: number, queueBytes?: number}} line queueBytes: what may wait for the line, each way and connection
 */
export async function startSlowLine(relayUrl, { rateBps, roundTripMs, queueBytes = Infinity }) {
    const target = new URL(relayUrl);
    const sockets = new Set();
    const up = new Lane(rateBps, roundTripMs / 2);
    const down = new Lane(rateBps, roundTripMs / 2);
    const server = net.createServer({ allowHalfOpen: true }, (client) => {
        const upstream = net.connect({ port: Number(target.port), host: target.hostname, allowHalfOpen: true });
        for (const socket of [client, upstream]) {
            socket.setNoDelay(true);
            sockets.add(socket);
            socket.on('close', () => sockets.delete(socket));
        }
        carry(client, upstream, up, roundTripMs, queueBytes);
        carry(upstream, client, down, 0, queueBytes);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        /** Both ways, for what comes from now on. @param {number} bps */
        setRate(bps) {
            for (const lane of [up, down]) lane.setRate(bps);
        },
        close() {
            for (const socket of sockets) socket.destroy();
            server.close();
        },
    };
}
