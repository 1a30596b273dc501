// SPDX-License-Identifier: MIT
// Pictures to a canvas of the page, for browsers without MediaStreamTrackGenerator: sent as VideoFrame, which the
// page draws, or as RGBA where there is no VideoFrame. A canvas on the page shows about 10 ms earlier than
// an OffscreenCanvas without a GPU. Runs in the worker; the page's half is video-surface.js.

import { pictureOf, videoFrameOf } from './video-sink-generator.js';
import { convertToRgba } from './yuv-to-rgba.js';

/** @typedef {import('../codec/video-decoder.js').DecodedFrame} DecodedFrame */
/** @typedef {import('./video-stage.js').PictureSink} PictureSink */
/** @typedef {import('./watch-messages.js').PostToPage} PostToPage */

/** To the page's next frame and from there to the screen; 18 to 25 were measured in Firefox. */
const CANVAS_DELAY_MS = 18;

/** @implements {PictureSink} */
export class CanvasSink {
    kind = 'canvas';
    delayMs = CANVAS_DELAY_MS;
    #post;

    /** @param {PostToPage} post */
    constructor(post) {
        this.#post = post;
    }

    /** @param {DecodedFrame} frame */
    take(frame) {
        return pictureOf(videoFrameOf(frame));
    }

    /** @param {ReturnType<typeof pictureOf>} picture */
    show({ frame }) {
        this.#post({ type: 'picture', frame }, [frame]);
        // The page owns a clone by now; this half is detached already and close() is a formality.
        frame.close();
    }

    close() {}
}

/** @implements {PictureSink} */
export class PixelSink {
    kind = 'canvas';
    delayMs = CANVAS_DELAY_MS;
    #post;

    /** @param {PostToPage} post */
    constructor(post) {
        this.#post = post;
    }

    /** @param {DecodedFrame} frame */
    take(frame) {
        const { timestampUs, width, height } = frame;
        return { timestampUs, width, height, rgba: convertToRgba(frame), close() {} };
    }

    /** @param {ReturnType<PixelSink['take']>} picture */
    show({ width, height, rgba }) {
        this.#post({ type: 'pixels', width, height, rgba }, [rgba]);
    }

    close() {}
}
