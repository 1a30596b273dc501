// SPDX-License-Identifier: MIT
// How fast a total grows, over about the last second. Pure.

const WINDOW_MS = 1000;

export class RateMeter {
    /** @type {{atMs: number, total: number}[]} */
    #samples = [];

    /**
     * @param {number} total so far
     * @param {number} nowMs
     * @returns {number} per second; 0 until there are two samples
     */
    rateOf(total, nowMs) {
        this.#samples.push({ atMs: nowMs, total });
        while (this.#samples.length > 2 && nowMs - this.#samples[1].atMs >= WINDOW_MS) this.#samples.shift();
        const first = this.#samples[0];
        return nowMs > first.atMs ? ((total - first.total) / (nowMs - first.atMs)) * 1000 : 0;
    }
}
