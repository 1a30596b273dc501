// SPDX-License-Identifier: MIT
// How far the relay is behind what was sent, from its acks: the socket's bufferedAmount does not tell (the system takes
// megabytes before it rises). Pure: times are arguments.

/** Throughput is looked at over this span. */
const WINDOW_MS = 2000;
const LEAST_SPAN_MS = 1500;

export class AckTracker {
    /** @type {{endBytes: number, sentMs: number}[]} messages not yet acknowledged, oldest first */
    #waiting = [];
    /** @type {{bytes: number, atMs: number}[]} */
    #acks = [];
    #sentBytes = 0;
    #ackedBytes = 0;
    #ackDelayMs = 0;

    /** From the newest message the last ack covers, until that ack; includes what the relay waits with an ack (≤ 100 ms). */
    get ackDelayMs() {
        return this.#ackDelayMs;
    }

    get unackedBytes() {
        return this.#sentBytes - this.#ackedBytes;
    }

    /** A new connection counts from zero. */
    reset() {
        this.#waiting = [];
        this.#acks = [];
        this.#sentBytes = 0;
        this.#ackedBytes = 0;
        this.#ackDelayMs = 0;
    }

    /**
     * @param {number} bytes of one media message
     * @param {number} nowMs
     */
    sent(bytes, nowMs) {
        this.#sentBytes += bytes;
        this.#waiting.push({ endBytes: this.#sentBytes, sentMs: nowMs });
    }

    /**
     * @param {number} totalBytes received by the relay on this connection
     * @param {number} nowMs
     */
    acked(totalBytes, nowMs) {
        if (totalBytes <= this.#ackedBytes || totalBytes > this.#sentBytes) return;
        this.#ackedBytes = totalBytes;
        let covered = 0;
        while (covered < this.#waiting.length && this.#waiting[covered].endBytes <= totalBytes) covered++;
        if (covered > 0) {
            this.#ackDelayMs = nowMs - this.#waiting[covered - 1].sentMs;
            this.#waiting.splice(0, covered);
        }
        this.#acks.push({ bytes: totalBytes, atMs: nowMs });
        while (this.#acks.length > 2 && this.#acks[0].atMs < nowMs - WINDOW_MS) this.#acks.shift();
    }

    /** Age of the oldest message without an ack, 0 when all are acknowledged. @param {number} nowMs */
    queueMs(nowMs) {
        return this.#waiting.length === 0 ? 0 : nowMs - this.#waiting[0].sentMs;
    }

    /** What got through lately; null while acks span too little time: the first second of a connection says nothing. */
    get throughputBps() {
        if (this.#acks.length < 2) return null;
        const first = this.#acks[0];
        const last = this.#acks[this.#acks.length - 1];
        const ms = last.atMs - first.atMs;
        return ms < LEAST_SPAN_MS ? null : ((last.bytes - first.bytes) * 8000) / ms;
    }
}
