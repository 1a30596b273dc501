// SPDX-License-Identifier: MIT
// How many of something a second, and how much, over the last two seconds. Pure.

const WINDOW_MS = 2000;

export class RateMeter {
    /** @type {{atMs: number, amount: number}[]} */
    #events = [];
    #firstMs = NaN;

    /**
     * @param {number} nowMs
     * @param {number} [amount]
     */
    add(nowMs, amount = 0) {
        if (Number.isNaN(this.#firstMs)) this.#firstMs = nowMs;
        this.#events.push({ atMs: nowMs, amount });
        this.#forget(nowMs);
    }

    /** Events a second. @param {number} nowMs */
    perSecond(nowMs) {
        this.#forget(nowMs);
        return (this.#events.length * 1000) / this.#spanMs(nowMs);
    }

    /** Amount a second. @param {number} nowMs */
    amountPerSecond(nowMs) {
        this.#forget(nowMs);
        return (this.#events.reduce((sum, e) => sum + e.amount, 0) * 1000) / this.#spanMs(nowMs);
    }

    /** Mean amount of an event in the window, 0 without events. @param {number} nowMs */
    mean(nowMs) {
        this.#forget(nowMs);
        if (this.#events.length === 0) return 0;
        return this.#events.reduce((sum, e) => sum + e.amount, 0) / this.#events.length;
    }

    reset() {
        this.#events = [];
        this.#firstMs = NaN;
    }

    /** @param {number} nowMs */
    #spanMs(nowMs) {
        return Number.isNaN(this.#firstMs) ? WINDOW_MS : Math.min(WINDOW_MS, Math.max(500, nowMs - this.#firstMs));
    }

    /** @param {number} nowMs */
    #forget(nowMs) {
        let old = 0;
        while (old < this.#events.length && this.#events[old].atMs <= nowMs - WINDOW_MS) old++;
        if (old > 0) this.#events.splice(0, old);
    }
}
