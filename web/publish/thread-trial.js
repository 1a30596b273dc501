// SPDX-License-Identifier: MIT
// Whether a second thread is worth having, found out by trying: which of two encoders gets the next picture of the camera,
// and what their times say in the end. Pictures come at live pace, for only then it shows where the system puts the
// threads (at 30 pictures a second often both on one core, where two gain nothing). Pure: no encoder, no clock.

/** The first pictures of an encoder are slow, while the browser compiles what this source needs. */
const WARM_FIRST = 30;
const WARM_SECOND = 20;
/** Then both in turns, so that other work on the machine falls on both alike. */
const BLOCK = 10;
const BLOCKS_EACH = 2;
/** Of a block the first pictures are not counted: caches hold the other encoder's pictures still. */
const BLOCK_SKIP = 2;
/** It must take this much off, or it is not worth the CPU it costs. */
const WORTH = 0.75;

/** @typedef {{threads: number, oneMs: number, manyMs: number}} ThreadVerdict threads: to be used; medians of a picture's time, NaN when not tried */

/**
 * How many threads to try beside one. Browsers tell more cores than there are, or fewer, so this is only the question.
 * @param {{width: number, height: number}} size
 * @param {number} cores as the browser says
 */
export function threadsToTry({ width, height }, cores) {
    if (cores < 2 || width * height < 640 * 360) return 1;
    return width * height >= 1920 * 1080 && cores >= 6 ? 3 : 2;
}

/** @param {number[]} values @param {number} share */
const quantile = (values, share) => values.slice().sort((a, b) => a - b)[Math.floor((values.length - 1) * share)];

export class ThreadTrial {
    #threads;
    /** Pictures still to come, by encoder: 0 has one thread. @type {{who: 0|1, left: number, skip: number}[]} */
    #plan;
    /** @type {[number[], number[]]} */
    #times = [[], []];

    /** @param {number} threads of the second encoder; 1: there is none, and one is warmed up alone */
    constructor(threads) {
        this.#threads = threads;
        const blocks = Array.from({ length: BLOCKS_EACH * 2 }, (_, i) => ({ who: /** @type {0|1} */ (i % 2), left: BLOCK, skip: BLOCK_SKIP }));
        const second = [{ who: /** @type {1} */ (1), left: WARM_SECOND, skip: WARM_SECOND }, ...blocks];
        this.#plan = [{ who: 0, left: WARM_FIRST, skip: WARM_FIRST }, ...(threads > 1 ? second : [])];
    }

    /** Whose turn the next picture is, or null when it is over. @returns {0|1|null} */
    get turn() {
        return this.#plan[0]?.who ?? null;
    }

    /** The next picture was encoded. @param {number} encodeMs */
    add(encodeMs) {
        const step = this.#plan[0];
        if (step === undefined) return;
        if (step.skip > 0) step.skip -= 1;
        else this.#times[step.who].push(encodeMs);
        step.left -= 1;
        if (step.left === 0) this.#plan.shift();
    }

    /** The second encoder cannot be had. */
    giveUp() {
        this.#plan = this.#plan.slice(0, 1).filter(({ who }) => who === 0);
        this.#times = [[], []];
    }

    /** @returns {ThreadVerdict} one thread until there is proof of more */
    get verdict() {
        const [one, many] = this.#times;
        if (this.#plan.length > 0 || one.length === 0 || many.length === 0) return { threads: 1, oneMs: NaN, manyMs: NaN };
        const [oneMs, manyMs] = [quantile(one, 0.5), quantile(many, 0.5)];
        // Slow pictures count, too: threads that wait for a busy core are quick most of the time.
        const isWorth = manyMs <= WORTH * oneMs && quantile(many, 0.9) <= quantile(one, 0.9);
        return { threads: isWorth ? this.#threads : 1, oneMs, manyMs };
    }
}

/** A thread that waits for a busy core makes each picture slower than one thread was. */
const COLLAPSE = 1.5;
const COLLAPSE_SECONDS = 3;

/** Watches a show with threads: tells when the cores have become too busy for them. Pure. */
export class ThreadGuard {
    #limitMs;
    #seconds = 0;

    /** @param {ThreadVerdict} verdict */
    constructor({ oneMs }) {
        this.#limitMs = oneMs * COLLAPSE;
    }

    /** Once a second. @param {number} encodeMs mean of a picture, 0 when none was encoded @returns {boolean} true: go back to one thread */
    update(encodeMs) {
        this.#seconds = encodeMs > this.#limitMs ? this.#seconds + 1 : 0;
        return this.#seconds >= COLLAPSE_SECONDS;
    }
}
