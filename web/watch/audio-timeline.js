// SPDX-License-Identifier: MIT
// Which moment of the show lies at which frame of the audio ring. Packets bring a timestamp and a
// count of samples; the two disagree a little for ever (the microphone's clock is not the show's) and
// sometimes a lot (packets left out). Small differences bend the line, large ones break it. Pure.

import { SAMPLE_RATE } from './audio-ring.js';

const FRAMES_PER_MS = SAMPLE_RATE / 1000;
/** A stamp this far from where its samples continue is a break, not jitter. */
const BREAK_MS = 60;
/** Up to here a hole is filled with silence, so that what follows stays in step without a stop. */
const FILL_LIMIT_MS = 1000;
/** Share of a small difference taken over per packet: 200 ppm of drift leave 0.1 ms of error. */
const BEND = 0.05;
/** Anchors kept: 4 s of 10 ms packets, more than the ring holds. */
const ANCHOR_COUNT = 400;

/** @typedef {{index: number, timeMs: number}} Anchor */

export class AudioTimeline {
    /** @type {Anchor[]} oldest first */
    #anchors = [];
    /** frame index and time at which the newest packet ends */
    #endIndex = 0;
    #endMs = 0;

    get isEmpty() {
        return this.#anchors.length === 0;
    }

    /** Show's time right behind the newest sample. */
    get endMs() {
        return this.#endMs;
    }

    reset() {
        this.#anchors = [];
    }

    /**
     * Enters a packet that is about to be written at ring frame `index`.
     * @param {number} timeMs of its first sample
     * @param {number} frames
     * @param {number} index
     * @returns {number} frames of silence to write first; the packet then begins that much later
     */
    append(timeMs, frames, index) {
        let silence = 0;
        let startMs = timeMs;
        if (!this.isEmpty) {
            const expectedMs = this.#endMs + (index - this.#endIndex) / FRAMES_PER_MS;
            const error = timeMs - expectedMs;
            if (Math.abs(error) < BREAK_MS) {
                startMs = expectedMs + error * BEND;
            } else if (error > 0 && error <= FILL_LIMIT_MS) {
                silence = Math.round(error * FRAMES_PER_MS);
            }
        }
        this.#anchors.push({ index: index + silence, timeMs: startMs });
        if (this.#anchors.length > ANCHOR_COUNT) this.#anchors.shift();
        this.#endIndex = index + silence + frames;
        this.#endMs = startMs + frames / FRAMES_PER_MS;
        return silence;
    }

    /**
     * Show's time at a ring frame; frames before the oldest anchor or behind the newest are extrapolated.
     * @param {number} index
     * @returns {number} NaN when nothing was appended yet
     */
    timeAt(index) {
        const anchor = this.#findAnchor((a) => a.index <= index);
        return anchor === undefined ? NaN : anchor.timeMs + (index - anchor.index) / FRAMES_PER_MS;
    }

    /**
     * Ring frame at a time of the show.
     * @param {number} timeMs
     * @returns {number} NaN when nothing was appended yet
     */
    indexAt(timeMs) {
        const anchor = this.#findAnchor((a) => a.timeMs <= timeMs);
        return anchor === undefined ? NaN : anchor.index + (timeMs - anchor.timeMs) * FRAMES_PER_MS;
    }

    /**
     * The newest anchor that fits, else the oldest.
     * @param {(anchor: Anchor) => boolean} fits
     */
    #findAnchor(fits) {
        for (let i = this.#anchors.length - 1; i >= 0; i--) {
            if (fits(this.#anchors[i])) return this.#anchors[i];
        }
        return this.#anchors[0];
    }
}
