// SPDX-License-Identifier: MIT
// Whether a sound device that was asked for the least latency misses its own deadlines: each time it does, its clock falls
// behind ours by a buffer. Fed with the pairs of AudioContext.getOutputTimestamp(), a few a second. Pure.

/** Looked back so far. */
const WINDOW_MS = 10_000;
/** Falling behind by so much, in several steps, is heard; clocks that differ by 300 ppm make 3 ms in that time. */
const LOST_LIMIT_MS = 40;
const LEAST_STEPS = 4;
/** Pairs jitter by less than this at the buffers it is about. */
const STEP_MS = 4;

export class DeviceStrain {
    /** @type {{localMs: number, offsetMs: number}[]} oldest first */
    #pairs = [];

    /**
     * @param {number} contextTimeS what leaves the speaker, on the context's clock
     * @param {number} localMs when
     * @returns {boolean} it cannot keep up
     */
    observe(contextTimeS, localMs) {
        this.#pairs.push({ localMs, offsetMs: localMs - contextTimeS * 1000 });
        while (localMs - this.#pairs[0].localMs > WINDOW_MS) this.#pairs.shift();
        let bestMs = Infinity;
        let highestMs = -Infinity;
        let steps = 0;
        for (const { offsetMs } of this.#pairs) {
            bestMs = Math.min(bestMs, offsetMs);
            if (highestMs > -Infinity && offsetMs - highestMs > STEP_MS) steps += 1;
            highestMs = Math.max(highestMs, offsetMs);
        }
        const { offsetMs } = this.#pairs[this.#pairs.length - 1];
        return steps >= LEAST_STEPS && offsetMs - bestMs > LOST_LIMIT_MS;
    }

    /** It stood still, or is another one. */
    reset() {
        this.#pairs = [];
    }
}
