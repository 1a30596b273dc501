// SPDX-License-Identifier: MIT
// The page's half of showing pictures: a <video> fed by a MediaStreamTrackGenerator where there is one
// (Chromium), else a <canvas> on which what the worker sends is drawn. Puts its element into the given place and
// takes it out again.

/** @typedef {import('./watch-messages.js').SinkSpec} SinkSpec */

/** How often a picture is looked for on the screen: soon at first, then seldom, for it costs. */
const FIRST_LOOKS = 8;
const FIRST_LOOK_MS = 100;
const LATER_LOOK_MS = 1000;

export class VideoSurface {
    #element;
    #onSeen;
    #looks = 0;
    #lookedMs = -Infinity;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    #lookTimer;
    /** @type {MediaStreamTrackGenerator|null} */
    #generator = null;
    /** @type {CanvasRenderingContext2D|null} */
    #context = null;
    // What waits for the page's next frame. The newest wins: on a busy page pictures must not queue up before the
    // page's own work, or it never gets to anything else.
    /** @type {{draw: () => void, drop: () => void}|null} */
    #waiting = null;
    #request = 0;

    /**
     * @param {Node} place
     * @param {(timestampUs: number, localMs: number) => void} onSeen this picture comes on the screen with this frame of the page
     */
    constructor(place, onSeen) {
        this.#onSeen = onSeen;
        if (typeof MediaStreamTrackGenerator === 'function') {
            this.#generator = new MediaStreamTrackGenerator({ kind: 'video' });
            const video = document.createElement('video');
            video.muted = true;
            video.autoplay = true;
            video.playsInline = true;
            video.disablePictureInPicture = true;
            video.srcObject = new MediaStream([this.#generator]);
            this.#element = video;
            this.#look(video);
        } else {
            const canvas = document.createElement('canvas');
            canvas.width = 0;
            canvas.height = 0;
            this.#context = canvas.getContext('2d', { alpha: false });
            this.#element = canvas;
        }
        // The player around it is what has a name; this is its picture.
        this.#element.setAttribute('aria-hidden', 'true');
        this.#element.tabIndex = -1;
        place.appendChild(this.#element);
    }

    /** For the worker; once. @returns {{sink: SinkSpec, transfer: Transferable[]}} */
    takeSink() {
        if (this.#generator === null) return { sink: { kind: 'canvas' }, transfer: [] };
        const { writable } = this.#generator;
        return { sink: { kind: 'generator', writable }, transfer: [writable] };
    }

    /** Draws it with the page's next frame, unless a newer one comes first, and closes it. @param {VideoFrame} frame */
    drawFrame(frame) {
        const draw = () => {
            this.#fit(frame.displayWidth, frame.displayHeight);
            this.#context?.drawImage(frame, 0, 0);
            this.#see(frame.timestamp);
            frame.close();
        };
        this.#await({ draw, drop: () => frame.close() });
    }

    /** @param {number} width @param {number} height @param {ArrayBuffer} rgba */
    drawPixels(width, height, rgba) {
        const draw = () => {
            this.#fit(width, height);
            this.#context?.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
        };
        this.#await({ draw, drop() {} });
    }

    /** @param {{draw: () => void, drop: () => void}} picture */
    #await(picture) {
        this.#waiting?.drop();
        this.#waiting = picture;
        this.#request ||= requestAnimationFrame(() => {
            this.#request = 0;
            this.#waiting?.draw();
            this.#waiting = null;
        });
    }

    /** @param {HTMLVideoElement} video */
    #look(video) {
        video.requestVideoFrameCallback((_, { mediaTime }) => {
            this.#see(mediaTime * 1e6);
            this.#lookTimer = setTimeout(() => this.#look(video), this.#looks < FIRST_LOOKS ? FIRST_LOOK_MS : LATER_LOOK_MS);
        });
    }

    /** @param {number} timestampUs */
    #see(timestampUs) {
        const nowMs = performance.now();
        if (nowMs - this.#lookedMs < (this.#looks < FIRST_LOOKS ? FIRST_LOOK_MS : LATER_LOOK_MS)) return;
        this.#looks += 1;
        this.#lookedMs = nowMs;
        this.#onSeen(timestampUs, performance.timeOrigin + nowMs);
    }

    /** @param {number} width @param {number} height */
    #fit(width, height) {
        const canvas = this.#element;
        if (!(canvas instanceof HTMLCanvasElement) || (canvas.width === width && canvas.height === height)) return;
        canvas.width = width;
        canvas.height = height;
    }

    /** Idempotent. */
    close() {
        cancelAnimationFrame(this.#request);
        clearTimeout(this.#lookTimer);
        this.#waiting?.drop();
        this.#waiting = null;
        this.#generator?.stop();
        if (this.#element instanceof HTMLVideoElement) this.#element.srcObject = null;
        this.#element.remove();
    }
}
