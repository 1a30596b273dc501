// SPDX-License-Identifier: MIT
// Lets through as many pictures a second as wanted, evenly, whatever pace the camera has. Pure.

/** A picture may come this part of an interval before it is due: cameras jitter by ±6 ms at 30 a second. */
const EARLY = 0.3;

export class FramePacer {
    #intervalMs;
    #dueMs = -Infinity;

    /** @param {number} framesPerSecond */
    constructor(framesPerSecond) {
        this.#intervalMs = 1000 / framesPerSecond;
    }

    /** @param {number} framesPerSecond */
    setFramesPerSecond(framesPerSecond) {
        this.#intervalMs = 1000 / framesPerSecond;
    }

    /**
     * True when the picture taken at `atMs` is to be encoded.
     * @param {number} atMs
     */
    accepts(atMs) {
        const interval = this.#intervalMs;
        // After a pause (or a step of the clock) the beat starts anew with this picture.
        if (Math.abs(atMs - this.#dueMs) > 2 * interval) this.#dueMs = atMs;
        if (atMs < this.#dueMs - EARLY * interval) return false;
        this.#dueMs += interval;
        if (this.#dueMs < atMs) this.#dueMs = atMs + interval / 2;
        return true;
    }
}
