// SPDX-License-Identifier: MIT
// Microphone level for the eye: peaks show at once and fall slowly, on a scale of decibels. Pure.

/** What the meter's left end stands for; below lies a quiet room. */
const FLOOR_DB = -60;
/** A full bar empties in a bit more than a second. */
const FALL_PER_SECOND = 0.8;

/**
 * 0…1 for a peak of 0…1.
 * @param {number} peak
 */
export function levelOfPeak(peak) {
    if (!(peak > 0)) return 0;
    const db = 20 * Math.log10(peak);
    return Math.max(0, Math.min(1, 1 - db / FLOOR_DB));
}

export class LevelMeter {
    #level = 0;
    #atMs = 0;

    /**
     * @param {number} peak of the samples since the last call, 0…1
     * @param {number} nowMs
     */
    push(peak, nowMs) {
        this.#level = Math.max(levelOfPeak(peak), this.at(nowMs));
        this.#atMs = nowMs;
    }

    /** 0…1 @param {number} nowMs */
    at(nowMs) {
        return Math.max(0, this.#level - (Math.max(0, nowMs - this.#atMs) / 1000) * FALL_PER_SECOND);
    }

    reset() {
        this.#level = 0;
    }
}
