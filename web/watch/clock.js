// SPDX-License-Identifier: MIT
// The player's clock: which moment of the show is presented now. It runs on the local clock at a rate
// near 1; measurements of what is really audible pull it to the truth (sound is the master), and steer()
// decides the rate that brings it to where it should be. One clock for both kinds of playing: a replay never
// steers. Pure: local times are arguments, in milliseconds.

/** The pitch is kept (time-stretch.js): faster or slower speech by so much is hardly noticed. */
const MAX_RATE_CHANGE = 0.08;
/** Without sound nothing is heard of the rate. */
const MAX_SILENT_RATE_CHANGE = 0.1;
/** Correcting begins beyond START and ends within STOP: at rest the rate is exactly 1. */
const START_BAND_MS = 15;
/** The same where every millisecond counts. */
const NEAR_BAND_MS = 6;
const STOP_BAND_MS = 3;
/** An error is worked off in about this time, as far as the largest rate allows. */
const SETTLE_MS = 1000;
/** Further behind than this is not made up by rate. */
export const JUMP_MS = 1500;
/** A measurement this far off is the truth, a nearer one is averaged. */
const TRUST_MS = 40;
/** Time constant of the averaging. */
const SMOOTH_MS = 150;

/** @typedef {'steady'|'catching-up'|'slowing'|'far'} Steering */

export class PlayoutClock {
    #timeMs = 0;
    #atMs = 0;
    #rate = 1;
    #isRunning = false;
    #isCorrecting = false;
    #observedMs = -Infinity;

    get rate() {
        return this.#rate;
    }

    get isRunning() {
        return this.#isRunning;
    }

    /**
     * Show's time presented at local time `nowMs`.
     * @param {number} nowMs
     */
    timeAt(nowMs) {
        return this.#isRunning ? this.#timeMs + (nowMs - this.#atMs) * this.#rate : this.#timeMs;
    }

    /**
     * Local time at which `timeMs` will be presented; Infinity while it stands still.
     * @param {number} timeMs
     */
    localAt(timeMs) {
        return this.#isRunning ? this.#atMs + (timeMs - this.#timeMs) / this.#rate : Infinity;
    }

    /**
     * @param {number} timeMs
     * @param {number} nowMs
     */
    set(timeMs, nowMs) {
        this.#timeMs = timeMs;
        this.#atMs = nowMs;
        this.#observedMs = -Infinity;
    }

    /** @param {number} nowMs */
    run(nowMs) {
        if (this.#isRunning) return;
        this.#atMs = nowMs;
        this.#observedMs = -Infinity;
        this.#isRunning = true;
    }

    /** @param {number} nowMs */
    hold(nowMs) {
        if (!this.#isRunning) return;
        this.#timeMs = this.timeAt(nowMs);
        this.#atMs = nowMs;
        this.#isRunning = false;
        this.#isCorrecting = false;
        this.#rate = 1;
    }

    /**
     * What is truly audible at `nowMs`.
     * @param {number} timeMs
     * @param {number} nowMs
     */
    observe(timeMs, nowMs) {
        const error = timeMs - this.timeAt(nowMs);
        const isFirst = this.#observedMs === -Infinity;
        const weight = isFirst || Math.abs(error) > TRUST_MS ? 1 : 1 - Math.exp(-(nowMs - this.#observedMs) / SMOOTH_MS);
        this.#timeMs = this.timeAt(nowMs) + error * weight;
        this.#atMs = nowMs;
        this.#observedMs = nowMs;
    }

    /**
     * Chooses the rate that brings the clock to `wantedMs`. At 'far' it does nothing: the caller jumps by set().
     * @param {number} wantedMs show's time that should be presented at `nowMs`
     * @param {number} nowMs
     * @param {{isSilent?: boolean, isNear?: boolean}} [options] without sound larger changes are allowed; near: smaller errors count
     * @returns {Steering}
     */
    steer(wantedMs, nowMs, { isSilent = false, isNear = false } = {}) {
        const behind = wantedMs - this.timeAt(nowMs);
        if (Math.abs(behind) > JUMP_MS) return 'far';
        if (Math.abs(behind) > (isNear ? NEAR_BAND_MS : START_BAND_MS)) this.#isCorrecting = true;
        else if (Math.abs(behind) < STOP_BAND_MS) this.#isCorrecting = false;
        const limit = isSilent ? MAX_SILENT_RATE_CHANGE : MAX_RATE_CHANGE;
        const change = this.#isCorrecting ? Math.max(-limit, Math.min(limit, behind / SETTLE_MS)) : 0;
        this.#setRate(1 + change, nowMs);
        if (change === 0) return 'steady';
        return change > 0 ? 'catching-up' : 'slowing';
    }

    /** Back to real time, for playing that is not steered. @param {number} nowMs */
    relax(nowMs) {
        this.#isCorrecting = false;
        this.#setRate(1, nowMs);
    }

    /**
     * @param {number} rate
     * @param {number} nowMs
     */
    #setRate(rate, nowMs) {
        if (rate === this.#rate) return;
        this.#timeMs = this.timeAt(nowMs);
        this.#atMs = nowMs;
        this.#rate = rate;
    }
}
