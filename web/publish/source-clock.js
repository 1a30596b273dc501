// SPDX-License-Identifier: MIT
// Puts what a device delivers onto this tab's clock. A device counts on a clock of its own (a camera's timestamps,
// a sound card's samples) that is even but starts anywhere; arrivals are told on our clock but are late by
// a varying wait. The least wait seen lately is the constant part; added to the device's time it gives an even time of
// capture. Pure: takes both times as arguments.

/** The least wait is looked for in the last ten seconds: long enough to meet a quiet moment, short enough that
 *  a clock that runs 100 ppm off moves us by 1 ms only. */
const BUCKET_MS = 1000;
const BUCKET_COUNT = 10;
/** A difference that a wait cannot explain: the device was restarted or its clock was set. */
const JUMP_MS = 1000;
/** How fast a device with a buffer may be found slow while its pace is not known: clocks differ by less. */
const DRIFT = 100e-6;
/** The same beyond its pace when that is known. */
const CREEP = 5e-6;

/** The pace is the median slope between least waits a minute apart, of ten minutes: a fetch that came late makes few of them
 *  steeper. In simulated shows of half an hour with waits that wander by 8 ms it keeps sound within 9 ms, with four fetches 25 ms late
 *  within 20 at the end, where guessing alone was off by up to 85. */
const PACE_SPAN_MS = 10_000;
const PACE_LAG = 6;
const PACE_LEAST_COUNT = 18;
const PACE_MOST_COUNT = 60;
/** No sound card is worse. */
const PACE_LIMIT = 500e-6;

/** How much faster or slower than ours a device's clock runs, from the least waits of spans of ten seconds. Pure. */
class DevicePace {
    /** @type {{atMs: number, offsetMs: number}[]} */
    #spans = [];
    /** Change of (local minus device time) per time; null while it is not known. @type {number|null} */
    slope = null;

    /** Local minus device time at `atMs`, when all waits of the spans are to lie on or above that pace's line. @param {number} atMs */
    lineAt(atMs) {
        const slope = this.slope ?? 0;
        return Math.min(...this.#spans.map((span) => span.offsetMs + slope * (atMs - span.atMs)));
    }

    /** @param {number} atMs @param {number} offsetMs */
    observe(atMs, offsetMs) {
        const newest = this.#spans[this.#spans.length - 1];
        if (newest !== undefined && atMs < newest.atMs + PACE_SPAN_MS) {
            newest.offsetMs = Math.min(newest.offsetMs, offsetMs);
            return;
        }
        if (this.#spans.length === PACE_MOST_COUNT) this.#spans.shift();
        this.#measure(); // before the span that has only just begun
        this.#spans.push({ atMs, offsetMs });
    }

    #measure() {
        const slopes = this.#spans.slice(PACE_LAG).map((span, i) => (span.offsetMs - this.#spans[i].offsetMs) / (span.atMs - this.#spans[i].atMs));
        if (slopes.length < PACE_LEAST_COUNT) return;
        const median = slopes.sort((a, b) => a - b)[slopes.length >> 1];
        this.slope = Math.max(-PACE_LIMIT, Math.min(PACE_LIMIT, median));
    }
}

export class SourceClock {
    #bufferMs;
    #pace = new DevicePace();
    /** @type {{untilMs: number, offsetMs: number}[]} */
    #buckets = [];
    #offsetMs = NaN;
    #lastMs = NaN;

    /**
     * @param {number} [bufferMs] what the browser keeps of a device's samples while it does not fetch them. A fetch that
     *   comes late makes all later waits longer by as much, but the samples stand for the times they were taken at: so
     *   a wait that has grown for good moves nothing, but for what went over this buffer's rim; the device's pace, as far as
     *   it is known, goes on as before.
     */
    constructor(bufferMs = 0) {
        this.#bufferMs = bufferMs;
    }

    /**
     * Tells the local time at which something of device time `sourceMs` happened that arrived at `arrivedMs`.
     * @param {number} sourceMs
     * @param {number} arrivedMs
     */
    observe(sourceMs, arrivedMs) {
        const offsetMs = arrivedMs - sourceMs;
        if (this.#buckets.length > 0 && Math.abs(offsetMs - this.#offsetMs) > JUMP_MS + this.#bufferMs) this.reset();
        const newest = this.#buckets[this.#buckets.length - 1];
        if (newest !== undefined && arrivedMs < newest.untilMs) {
            newest.offsetMs = Math.min(newest.offsetMs, offsetMs);
        } else {
            this.#buckets.push({ untilMs: arrivedMs + BUCKET_MS, offsetMs });
            if (this.#buckets.length > BUCKET_COUNT) this.#buckets.shift();
        }
        this.#follow(arrivedMs);
        if (this.#bufferMs > 0) this.#learnPace(arrivedMs, offsetMs);
        return sourceMs + this.#offsetMs;
    }

    /** Local minus device time; NaN before the first observation. */
    get offsetMs() {
        return this.#offsetMs;
    }

    reset() {
        this.#buckets = [];
        this.#pace = new DevicePace();
        this.#offsetMs = NaN;
        this.#lastMs = NaN;
    }

    /** @param {number} arrivedMs @param {number} offsetMs */
    #learnPace(arrivedMs, offsetMs) {
        const wasKnown = this.#pace.slope !== null;
        this.#pace.observe(arrivedMs, offsetMs);
        // What was guessed wrongly until now.
        if (!wasKnown && this.#pace.slope !== null) this.#offsetMs = this.#pace.lineAt(arrivedMs);
    }

    /** @param {number} nowMs */
    #follow(nowMs) {
        const least = Math.min(...this.#buckets.map((bucket) => bucket.offsetMs));
        if (Number.isNaN(this.#offsetMs)) {
            this.#offsetMs = least;
        } else {
            const { slope } = this.#pace;
            const drifted = this.#offsetMs + Math.max(0, nowMs - this.#lastMs) * (slope === null ? DRIFT : slope + CREEP);
            this.#offsetMs = Math.max(Math.min(drifted, least), least - this.#bufferMs);
        }
        this.#lastMs = nowMs;
    }
}

/** A longer pause than this begins anew. */
const PAUSE_MS = 500;
/** Expected and seen arrival differ by a screen's beat at most; more is a step of the source, taken as it comes. */
const STEP_MS = 25;
/** How much of a difference is believed at once, and how much goes into the pace. */
const FOLLOW = 0.15;
const FOLLOW_PACE = 0.02;
/** How far the true pace may lie from the one the source names. */
const PACE_LEAST = 0.7;
const PACE_MOST = 1.4;

/**
 * For a camera without any clock (a <video> in Firefox, whose pictures are seen at the screen's beat of 17 ms): evens the
 * times of arrival out, as a camera of steady pace must have had them.
 */
export class ArrivalClock {
    #namedMs;
    #paceMs;
    #lastMs = NaN;
    #lastArrivedMs = NaN;

    /** @param {number} framesPerSecond as the source names it */
    constructor(framesPerSecond) {
        this.#namedMs = 1000 / framesPerSecond;
        this.#paceMs = this.#namedMs;
    }

    /** The local time of capture of what arrived now. @param {number} arrivedMs */
    observe(arrivedMs) {
        const isPause = !(arrivedMs - this.#lastArrivedMs < PAUSE_MS);
        this.#lastArrivedMs = arrivedMs;
        if (isPause) {
            this.#lastMs = arrivedMs;
            return arrivedMs;
        }
        // One and a half is a picture that slipped to the screen's next beat, not one left out.
        const steps = Math.max(1, Math.round((arrivedMs - this.#lastMs) / this.#paceMs - 0.1));
        const expectedMs = this.#lastMs + steps * this.#paceMs;
        const errorMs = arrivedMs - expectedMs;
        if (Math.abs(errorMs) > STEP_MS) {
            this.#lastMs = Math.max(arrivedMs, this.#lastMs + 1);
            return this.#lastMs;
        }
        const paceMs = this.#paceMs + (FOLLOW_PACE * errorMs) / steps;
        this.#paceMs = Math.min(PACE_MOST * this.#namedMs, Math.max(PACE_LEAST * this.#namedMs, paceMs));
        this.#lastMs = expectedMs + FOLLOW * errorMs;
        return this.#lastMs;
    }
}

/**
 * The show's clock: 0 when the show first went live, µs on the wire. Goes on through a loss of the connection,
 * and through a reload of the tab, from where the relay says it stands.
 */
export class ShowClock {
    #originMs = NaN;

    get isRunning() {
        return !Number.isNaN(this.#originMs);
    }

    /** Local time of its zero; NaN before it runs. */
    get originMs() {
        return this.#originMs;
    }

    /**
     * Starts the clock, or after a loss moves it forward if the relay's has run ahead of ours; never back.
     * @param {number} localMs now
     * @param {number} relayMediaMs the show's clock as the relay tells it (welcome.mediaTimeMs)
     */
    startAt(localMs, relayMediaMs) {
        const originMs = localMs - relayMediaMs;
        this.#originMs = this.isRunning ? Math.min(this.#originMs, originMs) : originMs;
    }

    /** @param {number} localMs */
    toShowMs(localMs) {
        return localMs - this.#originMs;
    }

    /** Whole µs; negative for what was captured before the start. @param {number} localMs */
    toShowUs(localMs) {
        return Math.round(this.toShowMs(localMs) * 1000);
    }
}
