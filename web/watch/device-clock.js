// SPDX-License-Identifier: MIT
// The sound device's clock as the worker sees it: which frame of the AudioContext leaves the speaker now,
// and how far ahead of that the worklet runs. Fed with pairs from AudioContext.getOutputTimestamp() (or
// currentTime less outputLatency where that is missing), a few each second, jittering by
// milliseconds; the median of the last ones is believed. Pure: times are arguments.

import { SAMPLE_RATE } from './audio-ring.js';

/** Two to four seconds of pairs: at 200 ppm of drift that is below 1 ms. */
const PAIR_COUNT = 9;
/** Two pairs this far from the others, agreeing with each other, mean that the device stopped, slept or was changed. */
const BREAK_MS = 60;
const AGREE_MS = 25;
/** More than any device asks for, wireless ones included: a misreport. */
const LEAD_LIMIT_MS = 600;
/** The lead's maximum is kept over one to two of these spans. */
const LEAD_SPAN_MS = 3000;

export class DeviceClock {
    /** @type {number[]} local time minus context time, ms, oldest first */
    #offsets = [];
    #offsetMs = NaN;
    /** offset of a pair that did not fit, NaN if the last one did */
    #strayMs = NaN;
    #lostMs = 0;
    #leadMs = 0;
    #lastLeadMs = 0;
    #spanStartMs = -Infinity;

    get isKnown() {
        return this.#offsets.length > 0;
    }

    reset() {
        this.#offsets = [];
        this.#offsetMs = NaN;
        this.#strayMs = NaN;
        this.#lostMs = 0;
        this.#leadMs = 0;
        this.#lastLeadMs = 0;
        this.#spanStartMs = -Infinity;
    }

    /**
     * @param {number} contextTimeS what leaves the speaker, on the context's clock
     * @param {number} localMs when
     */
    observe(contextTimeS, localMs) {
        const offset = localMs - contextTimeS * 1000;
        const error = this.isKnown ? offset - this.#offsetMs : 0;
        if (Math.abs(error) > BREAK_MS) {
            const isConfirmed = Math.abs(offset - this.#strayMs) < AGREE_MS;
            this.#strayMs = offset;
            if (!isConfirmed) return;
            this.#offsets = [];
            if (error > 0) this.#lostMs += error;
        }
        this.#strayMs = NaN;
        this.#offsets.push(offset);
        if (this.#offsets.length > PAIR_COUNT) this.#offsets.shift();
        const sorted = Float64Array.from(this.#offsets).sort();
        this.#offsetMs = sorted[sorted.length >> 1];
    }

    /** How long the device stood still since the last call: so much less sound was heard than time went by. */
    takeLostMs() {
        const lostMs = this.#lostMs;
        this.#lostMs = 0;
        return lostMs;
    }

    /**
     * Context frame that leaves the speaker at `nowMs`; NaN while unknown.
     * @param {number} nowMs
     */
    frameAt(nowMs) {
        return ((nowMs - this.#offsetMs) / 1000) * SAMPLE_RATE;
    }

    /**
     * Notes how far ahead of the speaker the worklet has read.
     * @param {number} readContextFrame end of the newest block it made
     * @param {number} nowMs
     */
    observeLead(readContextFrame, nowMs) {
        const lead = ((readContextFrame - this.frameAt(nowMs)) / SAMPLE_RATE) * 1000;
        if (!(lead < LEAD_LIMIT_MS)) return;
        if (nowMs - this.#spanStartMs > LEAD_SPAN_MS) {
            this.#lastLeadMs = this.#leadMs;
            this.#leadMs = 0;
            this.#spanStartMs = nowMs;
        }
        this.#leadMs = Math.max(this.#leadMs, lead);
    }

    /** The largest lead seen lately: sound must be there this long before it is heard. */
    get leadMs() {
        return Math.max(this.#leadMs, this.#lastLeadMs);
    }
}
