// SPDX-License-Identifier: MIT
// Pictures to a <video> through a MediaStreamTrackGenerator whose writable was sent here: the cheapest way there
// is in Chromium (1.3 ms of CPU per picture of 720p without a GPU). Runs in the worker. A picture that
// comes while one is being written replaces the one that waits.

/** @typedef {import('../codec/video-decoder.js').DecodedFrame} DecodedFrame */
/** @typedef {import('./video-stage.js').PictureSink} PictureSink */

/** The one matrix of the stream; libvpx, camera and screen all mean it, whatever they say. */
export const COLOR_SPACE = /** @type {VideoColorSpaceInit} */ ({
    matrix: 'smpte170m',
    primaries: 'bt709',
    transfer: 'bt709',
    fullRange: false,
});

/**
 * Copies a picture out of the decoder.
 * @param {DecodedFrame} frame
 */
export function videoFrameOf(frame) {
    return new VideoFrame(/** @type {BufferSource} */ (frame.buffer), {
        format: frame.format,
        codedWidth: frame.width,
        codedHeight: frame.height,
        layout: frame.layout,
        timestamp: frame.timestampUs,
        colorSpace: COLOR_SPACE,
    });
}

/** A VideoFrame as the stage's picture. @param {VideoFrame} frame */
export const pictureOf = (frame) => ({
    frame,
    timestampUs: frame.timestamp,
    width: frame.displayWidth,
    height: frame.displayHeight,
    close: () => frame.close(),
});

/** @implements {PictureSink} */
export class GeneratorSink {
    kind = 'video';
    /**
     * From show() to the <video>'s frame callback: the next refresh and the compositor's own frame. 25 ms were measured
     * without a GPU.
     */
    delayMs = 20;
    #writer;
    /** One is being written; or the <video> has not begun to take any, and the track would lose it. */
    #isBusy = true;
    /** @type {VideoFrame|null} */
    #next = null;

    /** @param {WritableStream<VideoFrame>} writable */
    constructor(writable) {
        this.#writer = writable.getWriter();
    }

    /** @param {DecodedFrame} frame */
    take(frame) {
        return pictureOf(videoFrameOf(frame));
    }

    /** @param {ReturnType<typeof pictureOf>} picture */
    show({ frame }) {
        this.#next?.close();
        this.#next = frame;
        if (!this.#isBusy) this.#write();
    }

    /** The <video> takes pictures from now on; what was shown before is what it gets first. Once. */
    open() {
        this.#write();
    }

    async #write() {
        this.#isBusy = true;
        while (this.#next !== null) {
            const frame = this.#next;
            this.#next = null;
            try {
                await this.#writer.write(frame);
            } catch {
                // The <video> is gone; so is this worker soon.
            }
            frame.close();
        }
        this.#isBusy = false;
    }

    /** Idempotent. */
    close() {
        this.#next?.close();
        this.#next = null;
        this.#writer.close().catch(() => {});
    }
}
