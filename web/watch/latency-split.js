// SPDX-License-Identifier: MIT
// Where a picture's way from glass to glass takes its time: capture and encoding (told by the creator), network, waiting
// here, decoding, rendering. Means over about the last second of pictures. Pure: all times are arguments, in ms of one clock.

/** Weight of one picture in the means: about the last twenty count. */
const PICTURE_WEIGHT = 0.05;
/** The page samples rendering about once a second. */
const RENDER_WEIGHT = 0.25;
/** Pictures kept to be recognised when the page has seen them. */
const KEPT_COUNT = 64;
/** No screen takes longer; the page itself was busy, or hidden. */
const RENDER_LIMIT_MS = 250;

/**
 * A picture that was handed to its sink.
 * @typedef {object} ShownPicture
 * @property {number} timestampUs
 * @property {number} transitMs captured → received; NaN while the relay's clock is not known
 * @property {number} waitMs    received → decoding began, and decoded → handed over
 * @property {number} decodeMs
 * @property {number} atMs      local time when it was handed over
 */

/**
 * NaN is not known.
 * @typedef {object} LatencyParts
 * @property {number} captureMs
 * @property {number} encodeMs
 * @property {number} networkMs all from the creator's encoder to us
 * @property {number} bufferMs
 * @property {number} decodeMs
 * @property {number} renderMs  handed over → on the screen
 */

/** @type {LatencyParts} */
export const NO_PARTS = Object.freeze({ captureMs: NaN, encodeMs: NaN, networkMs: NaN, bufferMs: NaN, decodeMs: NaN, renderMs: NaN });

export class LatencySplit {
    #transit = new Mean(PICTURE_WEIGHT);
    #wait = new Mean(PICTURE_WEIGHT);
    #decode = new Mean(PICTURE_WEIGHT);
    #render = new Mean(RENDER_WEIGHT);
    #captureMs = NaN;
    #encodeMs = NaN;
    /** @type {{timestampUs: number, atMs: number}[]} */
    #shown = [];

    /** What the creator says. @param {{captureMs: number, encodeMs: number}} timing */
    setTiming({ captureMs, encodeMs }) {
        this.#captureMs = captureMs;
        this.#encodeMs = encodeMs;
    }

    /** @param {ShownPicture} picture */
    show({ timestampUs, transitMs, waitMs, decodeMs, atMs }) {
        this.#transit.add(transitMs);
        this.#wait.add(waitMs);
        this.#decode.add(decodeMs);
        this.#shown.push({ timestampUs, atMs });
        if (this.#shown.length > KEPT_COUNT) this.#shown.shift();
    }

    /**
     * The page has seen this picture on the screen.
     * @param {number} timestampUs
     * @param {number} atMs local time
     * @returns {number} what rendering takes, NaN: the picture is not one of the last
     */
    see(timestampUs, atMs) {
        // Half a millisecond: a <video> counts in seconds, as floating point.
        const picture = this.#shown.find((p) => Math.abs(p.timestampUs - timestampUs) < 500);
        if (picture === undefined || !(atMs - picture.atMs < RENDER_LIMIT_MS)) return NaN;
        this.#render.add(Math.max(0, atMs - picture.atMs));
        return this.#render.value;
    }

    /** A new connection: another path. */
    forgetPath() {
        this.#transit = new Mean(PICTURE_WEIGHT);
    }

    /** @returns {LatencyParts} */
    get parts() {
        const madeMs = this.#captureMs + this.#encodeMs;
        const transitMs = this.#transit.value;
        return {
            captureMs: this.#captureMs,
            encodeMs: this.#encodeMs,
            networkMs: Number.isNaN(madeMs) ? transitMs : Math.max(0, transitMs - madeMs),
            bufferMs: this.#wait.value,
            decodeMs: this.#decode.value,
            renderMs: this.#render.value,
        };
    }
}

/** A mean that forgets; NaN until the first value, and deaf to NaN. */
class Mean {
    #weight;
    value = NaN;

    /** @param {number} weight of one value */
    constructor(weight) {
        this.#weight = weight;
    }

    /** @param {number} value */
    add(value) {
        if (Number.isNaN(value)) return;
        this.value = Number.isNaN(this.value) ? value : this.value + (value - this.value) * this.#weight;
    }
}
