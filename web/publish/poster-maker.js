// SPDX-License-Identifier: MIT
// Makes the show's card for the home page, a JPEG, from a frame that is at hand, every few seconds. Runs in the publish
// worker. Draws at once (the frame is closed soon after) and compresses beside the show.

import { LIMIT_POSTER_BYTES } from '../wire/limits.js';

const INTERVAL_MS = 10_000;
/** The first comes early, so that a new show has a face, but not before the camera has found its exposure. */
const FIRST_AFTER_MS = 1500;
const WIDTH = 640;
const HEIGHT = 360;
/** Tried in turn until the picture is under its cap; noise at the first one can be too large. */
const JPEG_QUALITIES = [0.8, 0.6, 0.35];

export class PosterMaker {
    #dueMs = Infinity;
    #isBusy = false;

    /** The show went live. @param {number} nowMs */
    start(nowMs) {
        this.#dueMs = nowMs + FIRST_AFTER_MS;
    }

    stop() {
        this.#dueMs = Infinity;
    }

    /** @param {number} nowMs */
    isDue(nowMs) {
        return nowMs >= this.#dueMs && !this.#isBusy;
    }

    /**
     * Draws `frame` now; resolves with the JPEG, or null when the browser cannot make one.
     * @param {VideoFrame} frame
     * @param {number} nowMs
     * @returns {Promise<Uint8Array|null>}
     */
    make(frame, nowMs) {
        this.#dueMs = nowMs + INTERVAL_MS;
        if (typeof OffscreenCanvas === 'undefined') return Promise.resolve(null);
        const fit = Math.min(1, WIDTH / frame.displayWidth, HEIGHT / frame.displayHeight);
        const canvas = new OffscreenCanvas(
            Math.max(1, Math.round(frame.displayWidth * fit)),
            Math.max(1, Math.round(frame.displayHeight * fit)),
        );
        const pen = canvas.getContext('2d', { alpha: false });
        if (pen === null) return Promise.resolve(null);
        pen.drawImage(frame, 0, 0, canvas.width, canvas.height);
        this.#isBusy = true;
        return this.#compress(canvas).finally(() => {
            this.#isBusy = false;
        });
    }

    /** @param {OffscreenCanvas} canvas */
    async #compress(canvas) {
        for (const quality of JPEG_QUALITIES) {
            const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
            if (blob.type === 'image/jpeg' && blob.size <= LIMIT_POSTER_BYTES) {
                return new Uint8Array(await blob.arrayBuffer());
            }
        }
        return null;
    }
}
