// SPDX-License-Identifier: MIT
// Packets of one track that have arrived and are not decoded yet, and how late such packets come. From
// the arrivals of the last seconds it says how far behind the show's clock this track must be used so that
// hardly any packet misses its moment: the adaptive part of the player's delay. Pure: times are arguments.
//
// transit = arrival − timestamp. Its minimum is the path at its best (and holds the unknown difference of
// two clocks, which cancels out); what lies above the minimum is jitter.

/** @typedef {import('./packet.js').Packet} Packet */
/**
 * How careful the delay is.
 * @typedef {object} JitterCare
 * @property {number} leastMs    of the jitter part, however even the arrivals are
 * @property {number} inTimeShare of packets that shall come in time
 */

/** For smooth playing: with 50 audio packets a second the worst five of 10 s are let go. @type {JitterCare} */
export const CAREFUL = Object.freeze({ leastMs: 30, inTimeShare: 0.99 });
/** For pictures: one that comes too late is shown when it comes, which is no hole. @type {JitterCare} */
export const PICTURES = Object.freeze({ leastMs: 30, inTimeShare: 0.95 });
/** For nearness: no reserve beyond what was needed lately, so nearly all of that counts. @type {JitterCare} */
export const NEAR = Object.freeze({ leastMs: 4, inTimeShare: 0.996 });

/** Long enough to hold a periodic hiccup a few times, short enough to forget a bad moment soon. */
const WINDOW_MS = 10_000;
/** At first only the younger half of what was seen counts: a player's own start delays its first arrivals. */
const FIRST_WINDOW_MS = 500;
/** Limit of the jitter part (design: 30–300 ms). */
const MAX_DELAY_MS = 300;
/** The sort is repeated at most this often. */
const REFRESH_MS = 100;

export class JitterBuffer {
    /** @type {Packet[]} in order of arrival, which is the order of decoding */
    #packets = [];
    /** @type {{arrivalMs: number, transitMs: number}[]} */
    #arrivals = [];
    #firstMs = NaN;
    #computedMs = -Infinity;
    /** @type {number|null} */
    #offsetMs = null;
    #jitterMs = 0;
    #bestMs = NaN;
    /** @type {JitterCare} */
    #care = CAREFUL;
    #newestMs = -Infinity;

    get length() {
        return this.#packets.length;
    }

    /** Timestamp of the newest packet ever pushed since the last reset; -Infinity before. */
    get newestMs() {
        return this.#newestMs;
    }

    /** From the first packet held to the last. */
    get spanMs() {
        if (this.#packets.length === 0) return 0;
        return this.#packets[this.#packets.length - 1].timeMs - this.#packets[0].timeMs;
    }

    /** What the last call of delayBehindMs() found above the best transit. */
    get jitterMs() {
        return this.#jitterMs;
    }

    /** The best transit seen lately, as the last call of delayBehindMs() found it; NaN before. */
    get bestMs() {
        return this.#bestMs;
    }

    /** @param {JitterCare} care */
    setCare(care) {
        if (care === this.#care) return;
        this.#care = care;
        this.#computedMs = -Infinity;
    }

    /**
     * @param {Packet} packet
     */
    push(packet) {
        this.#packets.push(packet);
        if (packet.timeMs > this.#newestMs) this.#newestMs = packet.timeMs;
    }

    /**
     * Notes when a packet came that was sent as soon as it was made. Packets which the relay held for
     * joiners say nothing about the path: leave them out.
     * @param {number} timeMs
     * @param {number} arrivalMs
     */
    observe(timeMs, arrivalMs) {
        if (Number.isNaN(this.#firstMs)) this.#firstMs = arrivalMs;
        this.#arrivals.push({ arrivalMs, transitMs: arrivalMs - timeMs });
    }

    /** @returns {Packet|undefined} */
    peek(index = 0) {
        return this.#packets[index];
    }

    /** @returns {Packet|undefined} */
    shift() {
        return this.#packets.shift();
    }

    /** Drops what lies before the newest key frame held; returns how many packets went. */
    dropToNewestKey() {
        for (let i = this.#packets.length - 1; i > 0; i--) {
            if (this.#packets[i].isKey) return this.#packets.splice(0, i).length;
        }
        return 0;
    }

    /**
     * Drops packets from the front while `fits` says so; returns how many went.
     * @param {(packet: Packet) => boolean} fits
     */
    dropWhile(fits) {
        let count = 0;
        while (count < this.#packets.length && fits(this.#packets[count])) count++;
        this.#packets.splice(0, count);
        return count;
    }

    /** Forgets the packets; keeps what was learnt about the path. */
    clear() {
        this.#packets = [];
        this.#newestMs = -Infinity;
    }

    /** Forgets the path too: for a new connection. */
    forgetArrivals() {
        this.#arrivals = [];
        this.#firstMs = NaN;
        this.#offsetMs = null;
        this.#computedMs = -Infinity;
    }

    /**
     * How far behind the local clock this track is to be used: at local time t the packet with timestamp
     * t − delayBehindMs(t) is due.
     * @param {number} nowMs
     * @param {number} [aheadMs] what is used that much before its time needs so much more
     * @returns {number|null} null until something was observed
     */
    delayBehindMs(nowMs, aheadMs = 0) {
        if (nowMs - this.#computedMs >= REFRESH_MS) this.#compute(nowMs, aheadMs);
        return this.#offsetMs;
    }

    /** @param {number} nowMs @param {number} aheadMs */
    #compute(nowMs, aheadMs) {
        const windowMs = Math.min(WINDOW_MS, Math.max(FIRST_WINDOW_MS, (nowMs - this.#firstMs) / 2));
        const fresh = this.#arrivals.findIndex((a) => nowMs - a.arrivalMs <= windowMs);
        // An empty window (a long stall) tells nothing new: keep the last word.
        if (fresh === -1) return;
        if (fresh > 0) this.#arrivals.splice(0, fresh);
        this.#computedMs = nowMs;
        const sorted = Float64Array.from(this.#arrivals, (a) => a.transitMs).sort();
        const { leastMs, inTimeShare } = this.#care;
        const best = sorted[0];
        const worst = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * inTimeShare))];
        this.#bestMs = best;
        this.#jitterMs = worst - best;
        this.#offsetMs = best + Math.min(MAX_DELAY_MS, Math.max(leastMs, this.#jitterMs + aheadMs));
    }
}
