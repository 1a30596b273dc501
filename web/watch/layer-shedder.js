// SPDX-License-Identifier: MIT
// What the decoder leaves out when it cannot keep up: whole temporal layers, taken up again only where that is
// clean (a SYNC picture, or a key frame). A hiccup is made up by leaving out all but the base for a moment; being late
// again and again takes one layer after the other away, until it has been calm for a while. Pure.

import { LIMIT_TEMPORAL_LAYERS_COUNT } from '../wire/limits.js';

/** Nothing refers to a picture of this layer (docs/protocol.md). */
export const TOP_LAYER = LIMIT_TEMPORAL_LAYERS_COUNT - 1;
const LATE_FOR_MS = 300;
/**
 * @typedef {object} ShedderLimits
 * @property {number} backlogMs a picture that is this late at its decoding is one of a backlog: only the base is decoded until
 *   it is worked off
 * @property {number} lateMs    later than this for LATE_FOR_MS: the decoder is too slow for what it has to do
 * @property {number} calmMs    less than this is not late
 */
/** Late against the clock; pictures are shown ahead of their time by what the screen needs. @type {ShedderLimits} */
export const TIMED_LIMITS = Object.freeze({ backlogMs: 200, lateMs: 60, calmMs: 20 });
/** Late against the arrival, where pictures are shown as they come: then they wait for nothing but the decoder. @type {ShedderLimits} */
export const EAGER_LIMITS = Object.freeze({ backlogMs: 80, lateMs: 30, calmMs: 15 });
/** Calm needed before a layer returns; doubles each time that proves too early. */
const FIRST_CALM_MS = 1000;
const LONGEST_CALM_MS = 8000;

export class LayerShedder {
    #limits = TIMED_LIMITS;
    /** highest layer that should be decoded */
    #allowed = TOP_LAYER;
    /** highest layer whose references are whole */
    #intact = TOP_LAYER;
    #isBacklog = false;
    /** local times: since when it is late all the time, NaN: it is not; last late, last lowered, last raised */
    #lateSinceMs = NaN;
    #lateMs = -Infinity;
    #loweredMs = -Infinity;
    #raisedMs = -Infinity;
    #calmMs = FIRST_CALM_MS;

    get allowedLayer() {
        return this.#allowed;
    }

    /** @param {ShedderLimits} limits */
    setLimits(limits) {
        this.#limits = limits;
    }

    /** A new stream. */
    reset() {
        this.#intact = TOP_LAYER;
        this.forgive();
    }

    /** The backlog of joining or returning is worked off: it said nothing about the decoder's speed. */
    forgive() {
        this.#allowed = TOP_LAYER;
        this.#isBacklog = false;
        this.#lateSinceMs = NaN;
        this.#lateMs = -Infinity;
        this.#loweredMs = -Infinity;
        this.#raisedMs = -Infinity;
        this.#calmMs = FIRST_CALM_MS;
    }

    /**
     * @param {number} lateMs how long ago the picture that is decoded next was due; negative: in time
     * @param {number} nowMs
     */
    observe(lateMs, nowMs) {
        this.#isBacklog = lateMs > this.#limits.backlogMs;
        if (lateMs > this.#limits.calmMs) this.#lateMs = nowMs;
        if (!(lateMs > this.#limits.lateMs)) this.#lateSinceMs = NaN;
        else if (Number.isNaN(this.#lateSinceMs)) this.#lateSinceMs = nowMs;
        else if (nowMs - this.#lateSinceMs > LATE_FOR_MS) this.#lower(this.#allowed - 1, nowMs);
        const quietSinceMs = Math.max(this.#lateMs, this.#loweredMs, this.#raisedMs);
        if (this.#allowed < TOP_LAYER && nowMs - quietSinceMs > this.#calmMs) {
            this.#allowed += 1;
            this.#raisedMs = nowMs;
        }
    }

    /** @param {number} layer @param {number} nowMs */
    #lower(layer, nowMs) {
        this.#lateSinceMs = nowMs;
        if (layer < 0) return;
        if (nowMs - this.#raisedMs < 2 * this.#calmMs) this.#calmMs = Math.min(LONGEST_CALM_MS, this.#calmMs * 2);
        this.#allowed = layer;
        this.#loweredMs = nowMs;
    }

    /**
     * Looks at each picture in the order of decoding.
     * @param {{isKey: boolean, isSync: boolean, temporalId: number}} packet
     * @returns {boolean} true: decode it
     */
    admit({ isKey, isSync, temporalId }) {
        if (isKey) {
            this.#intact = TOP_LAYER;
            return true;
        }
        if (temporalId > (this.#isBacklog ? 0 : this.#allowed)) {
            // What was left out of the top layer is missed by nothing.
            if (temporalId < TOP_LAYER) this.#intact = Math.min(this.#intact, temporalId - 1);
            return false;
        }
        if (temporalId <= this.#intact) return true;
        // Above a whole layer it can go on anywhere.
        if (temporalId === TOP_LAYER && this.#intact === TOP_LAYER - 1) return true;
        // A layer is taken up again right above the whole ones, at a picture that references only layer 0.
        if (!isSync || temporalId !== this.#intact + 1) return false;
        this.#intact = temporalId;
        return true;
    }
}
