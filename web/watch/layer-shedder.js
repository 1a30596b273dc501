// SPDX-License-Identifier: MIT
// What the decoder leaves out when it cannot keep up: whole temporal layers, highest first, taken up again only
// where that is clean (a SYNC picture, or a key frame) and only when it has been calm for a while. Pure.

import { LIMIT_TEMPORAL_LAYERS_COUNT } from '../wire/limits.js';

const TOP_LAYER = LIMIT_TEMPORAL_LAYERS_COUNT - 1;
/** How late a picture comes to its decoding before one layer goes, and before all go. */
const SHED_ONE_MS = 60;
const SHED_ALL_MS = 200;
/** Calm needed before a layer returns; doubles each time that proves too early. */
const FIRST_CALM_MS = 1000;
const LONGEST_CALM_MS = 8000;

export class LayerShedder {
    /** highest layer that should be decoded */
    #allowed = TOP_LAYER;
    /** highest layer whose references are whole */
    #intact = TOP_LAYER;
    #lateMs = -Infinity;
    #loweredMs = -Infinity;
    #raisedMs = -Infinity;
    #calmMs = FIRST_CALM_MS;

    get allowedLayer() {
        return this.#allowed;
    }

    /** A new stream. */
    reset() {
        this.#allowed = TOP_LAYER;
        this.#intact = TOP_LAYER;
        this.#lateMs = -Infinity;
        this.#loweredMs = -Infinity;
        this.#raisedMs = -Infinity;
        this.#calmMs = FIRST_CALM_MS;
    }

    /** The backlog of joining or returning is worked off: it said nothing about the decoder's speed. */
    forgive() {
        this.#allowed = TOP_LAYER;
        this.#loweredMs = -Infinity;
        this.#raisedMs = -Infinity;
        this.#calmMs = FIRST_CALM_MS;
    }

    /**
     * @param {number} lateMs how long ago the picture that is decoded next was due; negative: in time
     * @param {number} nowMs
     */
    observe(lateMs, nowMs) {
        if (lateMs > 0) this.#lateMs = nowMs;
        if (lateMs > SHED_ALL_MS) this.#lower(0, nowMs);
        else if (lateMs > SHED_ONE_MS && nowMs - this.#loweredMs > SHED_ALL_MS) this.#lower(this.#allowed - 1, nowMs);
        else if (this.#allowed < TOP_LAYER && nowMs - Math.max(this.#lateMs, this.#loweredMs, this.#raisedMs) > this.#calmMs) {
            this.#allowed += 1;
            this.#raisedMs = nowMs;
        }
    }

    /** @param {number} layer @param {number} nowMs */
    #lower(layer, nowMs) {
        if (layer >= this.#allowed || layer < 0) return;
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
        if (temporalId > this.#allowed) {
            this.#intact = Math.min(this.#intact, temporalId - 1);
            return false;
        }
        if (temporalId <= this.#intact) return true;
        // A layer is taken up again right above the whole ones, at a picture that references only layer 0.
        if (!isSync || temporalId !== this.#intact + 1) return false;
        this.#intact = temporalId;
        return true;
    }
}
