// SPDX-License-Identifier: MIT
// Copies a VideoFrame into an encoder's input, whatever format and size the browser delivers: straight into the heap
// when it fits, through the encoder's conversion when not, through a canvas when the browser keeps the pixels to itself.
// Runs in the publish worker. Never closes the frame: its owner does.

/** @typedef {import('../codec/encoder-module.js').VideoEncoder} VideoEncoder */
/** @typedef {import('../codec/video-encoder.js').PixelFormat} PixelFormat */

/** Formats that the encoder converts by itself. @type {readonly string[]} */
const CONVERTIBLE = ['I420', 'NV12', 'BGRA', 'BGRX', 'RGBA', 'RGBX'];

/**
 * True when the camera was held another way up than its pixels lie (phones): only drawing turns them.
 * @param {VideoFrame} frame
 */
function isTurned(frame) {
    const { rotation = 0, flip = false } = /** @type {{rotation?: number, flip?: boolean}} */ (/** @type {unknown} */ (frame));
    return rotation !== 0 || flip;
}

/**
 * Size of the picture as it is to be seen.
 * @param {VideoFrame} frame
 * @returns {{width: number, height: number}}
 */
export function visibleSize(frame) {
    const { visibleRect, displayWidth: width, displayHeight: height } = frame;
    return visibleRect === null || isTurned(frame) ? { width, height } : visibleRect;
}

export class FrameReader {
    /** @type {OffscreenCanvasRenderingContext2D|null} */
    #pen = null;

    /**
     * @param {VideoFrame} frame
     * @param {VideoEncoder} encoder
     */
    async read(frame, encoder) {
        if (isTurned(frame)) {
            this.#readByCanvas(frame, encoder);
            return;
        }
        const { width, height } = visibleSize(frame);
        const isSameSize = width === encoder.width && height === encoder.height;
        if (frame.format === 'I420' && isSameSize) {
            const { buffer, layout } = encoder.input;
            await frame.copyTo(buffer, { layout });
            return;
        }
        if (frame.format !== null && CONVERTIBLE.includes(frame.format)) {
            const format = /** @type {PixelFormat} */ (frame.format);
            const { buffer, layout } = encoder.source(format, width, height);
            await frame.copyTo(buffer, { layout });
            encoder.convertSource();
            return;
        }
        this.#readByCanvas(frame, encoder);
    }

    /**
     * @param {VideoFrame} frame
     * @param {VideoEncoder} encoder
     */
    #readByCanvas(frame, encoder) {
        const { width, height } = encoder;
        if (this.#pen === null || this.#pen.canvas.width !== width || this.#pen.canvas.height !== height) {
            const canvas = new OffscreenCanvas(width, height);
            this.#pen = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
            if (this.#pen === null) throw new Error('no 2D canvas in this worker');
        }
        this.#pen.drawImage(frame, 0, 0, width, height);
        const pixels = this.#pen.getImageData(0, 0, width, height).data;
        encoder.convert('RGBA', new Uint8Array(pixels.buffer), width * 4, width, height);
    }
}
