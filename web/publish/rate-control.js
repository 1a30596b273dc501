// SPDX-License-Identifier: MIT
// Decides once a second what the encoder shall do, from two measurements: how long a picture takes to encode, and
// how far the relay's acks are behind. Gives up, in this order, effort (cpuUsed), the smaller renditions from the smallest up,
// size, pictures a second; and on the network's side the smaller renditions, bitrate, then size; takes them back slowly.
// Pure: no encoder, no clock.

/**
 * @typedef {object} RateLimits
 * @property {number} framesPerSecond wanted
 * @property {number} bitrateBps      wanted for the best rendition
 * @property {number} cpuUsed         to begin with
 */

/**
 * What was measured since the last second.
 * @typedef {object} RateMeasure
 * @property {number} nowMs
 * @property {number} encodeMs          mean time per encoded picture of the best rendition, copying included; 0 when none was encoded
 * @property {number[]} [lesserMs]      the same of each smaller one, 0 while it is not encoded
 * @property {number} [lesserBps]       wanted for those that are encoded now
 * @property {number} queueMs           age of the oldest message that the relay has not acknowledged
 * @property {number|null} throughputBps what the relay received of pictures lately
 */

/**
 * @typedef {object} RateDecision
 * @property {number} bitrateBps
 * @property {number} cpuUsed
 * @property {number} scale            of both sides of the picture
 * @property {number} framesPerSecond
 * @property {number} lesser           how many smaller renditions may be made, the largest first
 */

const LEAST_BITRATE_BPS = 150_000;
/** Acks come each 100 ms at most and need a round trip: younger queues are normal. */
const QUEUE_CUT_MS = 450;
const QUEUE_CALM_MS = 250;
/** Behind this nothing new is encoded until the queue has gone down again: late pictures help nobody. */
const QUEUE_SKIP_MS = 900;
const QUEUE_RESUME_MS = 400;
const CUT = 0.8;
const RAISE = 1.06;
const RAISE_AFTER_MS = 6000;
/** Share of a picture's interval that encoding may take; beyond the most, pictures are left out at once. */
const LOAD_MOST = 1;
const LOAD_HIGH = 0.8;
const LOAD_LOW = 0.55;
const STEP_DOWN_SECONDS = 2;
const STEP_UP_SECONDS = 10;
const STEP_UP_SECONDS_MAX = 160;

/**
 * Relief for a slow machine; `cost` is what a picture of the best rendition costs against the first row (measured at 720p,
 * copying included), `frames` a share of what is wanted, `lesser` how many smaller renditions there may be.
 */
const STEPS = Object.freeze([
    { effort: 0, lesser: 2, scale: 1, frames: 1, cost: 1 },
    { effort: -2, lesser: 2, scale: 1, frames: 1, cost: 0.89 },
    { effort: -4, lesser: 2, scale: 1, frames: 1, cost: 0.84 },
    { effort: -4, lesser: 1, scale: 1, frames: 1, cost: 0.84 },
    { effort: -4, lesser: 0, scale: 1, frames: 1, cost: 0.84 },
    { effort: -4, lesser: 0, scale: 0.75, frames: 1, cost: 0.54 },
    { effort: -4, lesser: 0, scale: 0.5, frames: 1, cost: 0.31 },
    { effort: -4, lesser: 0, scale: 0.5, frames: 2 / 3, cost: 0.31 },
    { effort: -4, lesser: 0, scale: 0.5, frames: 0.5, cost: 0.31 },
]);

/** A size is kept while the bitrate is at least this share of what the full size is meant to have. */
const NETWORK_SCALES = Object.freeze([
    { scale: 1, share: 0.35, back: 0.6 },
    { scale: 0.75, share: 0.16, back: 0.3 },
    { scale: 0.5, share: 0, back: 0 },
]);

/**
 * Smaller renditions are offered while the best one beside all of them would have this share of its bitrate, and again from
 * the second share on.
 */
const LESSER_LEAST_SHARE = 0.5;
const LESSER_BACK_SHARE = 0.7;
const THIN_SECONDS = 3;

/** @param {number[]} values */
const sum = (values) => values.reduce((a, b) => a + b, 0);

export class RateControl {
    #limits;
    /** What the line is believed to carry of pictures; Infinity: no end of it has been met. */
    #lineBps = Infinity;
    /** Wanted for each smaller rendition. @type {number[]} */
    #ladderBps = [];
    /** Of those that were encoded during the last second. */
    #lesserBps = 0;
    /** How many of the ladder the line carries. */
    #networkLesser = Infinity;
    #lesserSeconds = 0;
    /** What each of the ladder took when it was encoded last. @type {number[]} */
    #lesserMs = [];
    #step = 0;
    #networkStep = 0;
    #highSeconds = 0;
    #lowSeconds = 0;
    #patience = STEP_UP_SECONDS;
    #steppedUpMs = -Infinity;
    #cutMs = -Infinity;
    #thinSeconds = 0;
    #isSkipping = false;

    /** @param {RateLimits} limits */
    constructor(limits) {
        this.#limits = limits;
    }

    /** The smaller renditions that could be made, the largest first: bitrates. @param {number[]} ladderBps */
    setLadder(ladderBps) {
        this.#ladderBps = ladderBps;
    }

    /** What all would take that could be made. */
    get #ceilingBps() {
        return this.#limits.bitrateBps + sum(this.#ladderBps);
    }

    /** What is left for the best one. */
    get #bitrateBps() {
        const leftBps = Math.min(this.#lineBps, this.#ceilingBps) - this.#lesserBps;
        return Math.min(this.#limits.bitrateBps, Math.max(LEAST_BITRATE_BPS, leftBps));
    }

    /** @returns {RateDecision} */
    get decision() {
        const step = STEPS[this.#step];
        return {
            bitrateBps: Math.round(this.#bitrateBps),
            cpuUsed: Math.max(-16, this.#limits.cpuUsed + step.effort),
            scale: Math.min(step.scale, NETWORK_SCALES[this.#networkStep].scale),
            framesPerSecond: Math.max(5, Math.round(this.#limits.framesPerSecond * step.frames)),
            lesser: Math.min(step.lesser, this.#networkLesser, this.#networkStep > 0 ? 0 : Infinity, this.#ladderBps.length),
        };
    }

    /** Who keeps smaller renditions from being offered. @returns {'machine'|'network'|null} */
    get lesserGivenUpBy() {
        const { lesser } = this.decision;
        if (lesser >= this.#ladderBps.length) return null;
        return lesser === STEPS[this.#step].lesser ? 'machine' : 'network';
    }

    /** The machine does not manage all that was asked for, though it may not show yet. */
    get isStrained() {
        return this.#step > 0;
    }

    /** Who does not manage what was asked for, if it shows in the picture. @returns {'machine'|'network'|null} */
    get reducedBy() {
        if (this.#networkStep > 0 || this.#bitrateBps < this.#limits.bitrateBps * 0.7) return 'network';
        return STEPS[this.#step].scale < 1 ? 'machine' : null;
    }

    /**
     * Asked before each picture: true when it had better not be encoded, because what was sent is still under way.
     * @param {number} queueMs
     */
    shouldSkip(queueMs) {
        if (queueMs > QUEUE_SKIP_MS) this.#isSkipping = true;
        else if (queueMs < QUEUE_RESUME_MS) this.#isSkipping = false;
        return this.#isSkipping;
    }

    /**
     * Once a second.
     * @param {RateMeasure} measure
     * @returns {RateDecision}
     */
    update(measure) {
        this.#lesserBps = measure.lesserBps ?? 0;
        this.#followNetwork(measure);
        if (measure.encodeMs > 0) this.#followMachine(measure);
        return this.decision;
    }

    /** A new connection: the queue of the old one says nothing any more. */
    forgetNetwork() {
        this.#isSkipping = false;
        this.#cutMs = -Infinity;
    }

    /** @param {RateMeasure} measure */
    #followNetwork({ nowMs, queueMs, throughputBps }) {
        if (queueMs > QUEUE_CUT_MS) {
            const passes = throughputBps === null ? Infinity : throughputBps * 0.85;
            const askedBps = this.#bitrateBps + this.#lesserBps;
            // Who asks for less than passes has cut enough: what is under way has to go first.
            // Never to less than half at once: the first acks of a connection can be few.
            if (askedBps > passes || throughputBps === null) this.#lineBps = Math.max(LEAST_BITRATE_BPS, askedBps / 2, Math.min(askedBps * CUT, passes));
            this.#cutMs = nowMs;
        } else if (queueMs < QUEUE_CALM_MS && nowMs - this.#cutMs >= RAISE_AFTER_MS) {
            this.#lineBps *= RAISE;
            if (this.#lineBps >= this.#ceilingBps) this.#lineBps = Infinity;
        }
        this.#fitLesserToLine();
        this.#fitSizeToBitrate(this.#bitrateBps / this.#limits.bitrateBps);
    }

    /** The best one's share of its bitrate beside the first `count` of the ladder. @param {number} count */
    #shareBeside(count) {
        return (Math.min(this.#lineBps, this.#ceilingBps) - sum(this.#ladderBps.slice(0, count))) / this.#limits.bitrateBps;
    }

    #fitLesserToLine() {
        const before = Math.min(this.#networkLesser, this.#ladderBps.length);
        const isRich = before < this.#ladderBps.length && this.#shareBeside(before + 1) >= LESSER_BACK_SHARE;
        this.#lesserSeconds = isRich ? this.#lesserSeconds + 1 : 0;
        let count = this.#lesserSeconds >= STEP_UP_SECONDS ? before + 1 : before;
        // At once: each second of waiting is the best one's.
        while (count > 0 && this.#shareBeside(count) < LESSER_LEAST_SHARE) count -= 1;
        if (count === before) return;
        this.#lesserSeconds = 0;
        this.#networkLesser = count < this.#ladderBps.length ? count : Infinity;
        this.#lesserBps = Math.min(this.#lesserBps, sum(this.#ladderBps.slice(0, count)));
    }

    /** @param {number} share of the wanted bitrate that there is */
    #fitSizeToBitrate(share) {
        const isThin = share < NETWORK_SCALES[this.#networkStep].share;
        const isRich = this.#networkStep > 0 && share > NETWORK_SCALES[this.#networkStep - 1].back;
        if (!isThin && !isRich) {
            this.#thinSeconds = 0;
            return;
        }
        this.#thinSeconds += 1;
        if (isThin && this.#thinSeconds >= THIN_SECONDS) this.#networkStep += 1;
        else if (isRich && this.#thinSeconds >= STEP_UP_SECONDS) this.#networkStep -= 1;
        else return;
        this.#thinSeconds = 0;
    }

    /** @param {RateMeasure} measure */
    #followMachine({ nowMs, encodeMs, lesserMs = [] }) {
        const { framesPerSecond } = this.decision;
        const load = ((encodeMs + sum(lesserMs)) * framesPerSecond) / 1000;
        lesserMs.forEach((ms, i) => ms > 0 && (this.#lesserMs[i] = ms));
        this.#highSeconds = load > LOAD_HIGH ? this.#highSeconds + 1 : 0;
        if (this.#highSeconds >= STEP_DOWN_SECONDS && this.#step < STEPS.length - 1) {
            // Taken back at once what was just tried: wait longer before the next try.
            const isRelapse = nowMs - this.#steppedUpMs < 10_000;
            this.#patience = isRelapse ? Math.min(STEP_UP_SECONDS_MAX, this.#patience * 2) : STEP_UP_SECONDS;
            // Steps that would still leave pictures out are not worth two seconds each.
            const first = this.#step;
            const before = this.#loadAt(first, first, encodeMs, lesserMs);
            do this.#step += 1;
            while (this.#step < STEPS.length - 1 && this.#loadAt(this.#step, first, encodeMs, lesserMs) > Math.min(LOAD_MOST, before * 0.999));
            this.#highSeconds = 0;
            this.#lowSeconds = 0;
            return;
        }
        const above = this.#stepAbove();
        this.#lowSeconds = this.#step > 0 && this.#loadAt(above, this.#step, encodeMs, this.#lesserMs) < LOAD_LOW ? this.#lowSeconds + 1 : 0;
        if (this.#lowSeconds >= this.#patience) {
            this.#step = above;
            this.#steppedUpMs = nowMs;
            this.#lowSeconds = 0;
        }
    }

    /** The next step upwards that makes a difference: renditions that nobody watched cost nothing and come back together. */
    #stepAbove() {
        let step = Math.max(0, this.#step - 1);
        const isFree = () => STEPS[step].lesser !== STEPS[step - 1].lesser && !this.#lesserMs[STEPS[step].lesser];
        while (step > 0 && isFree()) step -= 1;
        return step;
    }

    /**
     * What the load would be at a step, from what a picture takes at another.
     * @param {number} step
     * @param {number} now
     * @param {number} encodeMs
     * @param {number[]} lesserMs
     */
    #loadAt(step, now, encodeMs, lesserMs) {
        const { cost, frames, lesser } = STEPS[step];
        const pictureMs = encodeMs * (cost / STEPS[now].cost) + sum(lesserMs.slice(0, lesser));
        return (pictureMs * this.#limits.framesPerSecond * frames) / 1000;
    }
}

/**
 * The effort to begin with: at 720p and above −12, which takes a sixth less time than −8, and so nearer to live, for 0.03 to
 * 0.07 dB of film and webcam at 2.5 Mbit/s (−14: 0.09 to 0.12 dB; −16: 0.6 dB).
 * @param {{width: number, height: number}} size
 */
export function firstCpuUsed({ width, height }) {
    return width * height > 640 * 480 ? -12 : -6;
}
