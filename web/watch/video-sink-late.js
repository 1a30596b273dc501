// SPDX-License-Identifier: MIT
// A sink before there is one: the page still builds the place of its picture, and the show has begun to play already. Keeps the
// newest picture, hands it to the true sink when that comes, and everything after it. Runs in the worker.

import { pictureOf, videoFrameOf } from './video-sink-generator.js';

/** @typedef {import('../codec/video-decoder.js').DecodedFrame} DecodedFrame */
/** @typedef {import('./video-stage.js').PictureSink} PictureSink */

/** @implements {PictureSink} */
export class LateSink {
    /** @type {PictureSink|null} */
    #sink = null;
    /** @type {ReturnType<typeof pictureOf>|null} */
    #newest = null;

    get kind() {
        return this.#sink?.kind ?? 'none';
    }

    get delayMs() {
        return this.#sink?.delayMs ?? 0;
    }

    set delayMs(delayMs) {
        if (this.#sink !== null) this.#sink.delayMs = delayMs;
    }

    /** @param {PictureSink} sink that takes VideoFrames */
    attach(sink) {
        this.#sink = sink;
        if (this.#newest !== null) sink.show(this.#newest);
        this.#newest = null;
    }

    /** @param {DecodedFrame} frame */
    take(frame) {
        return pictureOf(videoFrameOf(frame));
    }

    /** @param {ReturnType<typeof pictureOf>} picture */
    show(picture) {
        if (this.#sink !== null) {
            this.#sink.show(picture);
            return;
        }
        this.#newest?.close();
        this.#newest = picture;
    }

    /** Idempotent. */
    close() {
        this.#newest?.close();
        this.#newest = null;
        this.#sink?.close();
    }
}
