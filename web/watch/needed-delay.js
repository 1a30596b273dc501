// SPDX-License-Identifier: MIT
// How near to live sound could have been played lately: what was left in the ring when the device had taken its share
// was not needed. Knows nothing of packets, bursts or phases; it sees what comes of them together. Pure: times are arguments.

/** A need is remembered for so long, in buckets. */
const BUCKET_MS = 1000;
const BUCKET_COUNT = 10;
/** Nothing is concluded from less. */
const LEAST_SEEN_MS = 1500;

export class NeededDelay {
    /** @type {{untilMs: number, neededMs: number}[]} oldest first */
    #buckets = [];
    #sinceMs = NaN;

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
        if (this.#buckets.length > BUCKET_COUNT) this.#buckets.shift();
    }

    /** The least delay that would have sufficed all the time; null while too little was seen. @param {number} nowMs */
    valueMs(nowMs) {
        if (!(nowMs - this.#sinceMs >= LEAST_SEEN_MS)) return null;
        return Math.max(...this.#buckets.map((bucket) => bucket.neededMs));
    }

    /** Another device, another connection, another beginning. */
    reset() {
        this.#buckets = [];
        this.#sinceMs = NaN;
    }
}
