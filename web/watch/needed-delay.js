// SPDX-License-Identifier: MIT
// How near to live sound could have been played lately: what was left in the ring when the device had taken its share
// was not needed. Knows nothing of packets, bursts or phases; it sees what comes of them together. Pure: times are arguments.

/** A need is remembered for so long, in buckets; at first only what the younger half saw counts, for a player's own start
 *  delays it. */
const BUCKET_MS = 500;
const BUCKET_COUNT = 20;
/** Share of the buckets, the worst ones, that is let go: a late packet is bridged (time-stretch.js), lateness is for good. */
const FORGIVEN_SHARE = 0.5;
/** Nothing is concluded from less. */
const LEAST_SEEN_MS = 1500;

export class NeededDelay {
    /** @type {{untilMs: number, neededMs: number}[]} oldest first */
    #buckets = [];
    #sinceMs = NaN;
    #seen = 0;

    /**
     * @param {number} delayMs  with which it was played just now
     * @param {number} spareMs  what was left at the least; negative: so much was missing
     * @param {number} nowMs
     */
    observe(delayMs, spareMs, nowMs) {
        const neededMs = delayMs - spareMs;
        if (Number.isNaN(this.#sinceMs)) this.#sinceMs = nowMs;
        const newest = this.#buckets[this.#buckets.length - 1];
        if (newest !== undefined && nowMs < newest.untilMs) {
            newest.neededMs = Math.max(newest.neededMs, neededMs);
            return;
        }
        this.#buckets.push({ untilMs: nowMs + BUCKET_MS, neededMs });
        this.#seen += 1;
        while (this.#buckets.length > Math.min(BUCKET_COUNT, Math.max(2, this.#seen / 2))) this.#buckets.shift();
    }

    /** The least delay that would have sufficed, but for the worst moments; null while too little was seen. @param {number} nowMs */
    valueMs(nowMs) {
        if (!(nowMs - this.#sinceMs >= LEAST_SEEN_MS)) return null;
        const needs = this.#buckets.map((bucket) => bucket.neededMs).sort((a, b) => b - a);
        return needs[Math.floor((needs.length - 1) * FORGIVEN_SHARE)];
    }

    /** Another device, another connection, another beginning. */
    reset() {
        this.#buckets = [];
        this.#sinceMs = NaN;
        this.#seen = 0;
    }
}
