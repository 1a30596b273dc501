// SPDX-License-Identifier: MIT
// The page's half of showing pictures: a <video> fed by a MediaStreamTrackGenerator where there is one
// (Chromium), else a <canvas> on which what the worker sends is drawn, in the way that costs least (picture-painter.js).
// Puts its element into the given place and takes it out again.

import { Painter2d, PainterGl, PainterTrial } from './picture-painter.js';

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
    /** @type {import('./picture-painter.js').Painter|null} */
    #painter = null;
    #trial = new PainterTrial();
    /** @type {Painter2d|null} the painter that always works, while another one is tried */
    #plain = null;
    // What waits for the page's next frame. The newest wins: on a busy page pictures must not queue up before the
    // page's own work, or it never gets to anything else.
    /** @type {{draw: () => void, drop: () => void}|null} */
    #waiting = null;
    #request = 0;

    /**
     * @param {Node} place
     * @param {object} on
     * @param {(timestampUs: number, localMs: number) => void} on.seen this picture comes on the screen with this frame of the page
     * @param {() => void} on.ready the <video> takes what the generator's sink writes; not called for a canvas, which always does
     */
    constructor(place, { seen, ready }) {
        this.#onSeen = seen;
        if (typeof MediaStreamTrackGenerator === 'function') {
            this.#generator = new MediaStreamTrackGenerator({ kind: 'video' });
            const video = document.createElement('video');
            video.muted = true;
            video.autoplay = true;
            video.playsInline = true;
            video.disablePictureInPicture = true;
            // It connects to its track in a later task of the page, which may be busy: a worker can be faster.
            video.addEventListener('loadstart', ready, { once: true });
            video.srcObject = new MediaStream([this.#generator]);
            this.#element = video;
            this.#look(video);
        } else {
            const canvas = document.createElement('canvas');
            canvas.width = 0;
            canvas.height = 0;
            this.#plain = new Painter2d(canvas);
            this.#painter = this.#plain;
            this.#element = canvas;
        }
        hide(this.#element);
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
            this.#paint(frame);
            this.#see(frame.timestamp, performance.now());
            frame.close();
        };
        this.#await({ draw, drop: () => frame.close() });
    }

    /** @param {VideoFrame} frame */
    #paint(frame) {
        if (!this.#trial.isOver && this.#trial.next !== this.#painter?.kind) this.#tryWebGl();
        const startMs = performance.now();
        try {
            this.#painter?.paint(frame);
            if (this.#trial.isOver || this.#painter === null) return;
            if (this.#painter instanceof PainterGl) this.#painter.finish();
            this.#trial.add(this.#painter.kind, performance.now() - startMs);
            if (this.#trial.isOver && this.#trial.next === '2d') this.#goPlain(frame);
        } catch {
            this.#goPlain(frame);
        }
    }

    #tryWebGl() {
        const canvas = document.createElement('canvas');
        try {
            this.#painter = new PainterGl(canvas);
            hide(canvas);
            this.#element.replaceWith(canvas);
            this.#element = canvas;
        } catch {
            // No graphics card: the answer is known.
            while (!this.#trial.isOver) this.#trial.add('webgl', Infinity);
        }
    }

    /** Back to what always works, with this picture. @param {VideoFrame} frame */
    #goPlain(frame) {
        if (this.#plain === null || this.#painter === this.#plain) return;
        if (this.#painter instanceof PainterGl) this.#painter.close();
        while (!this.#trial.isOver) this.#trial.add('webgl', Infinity);
        this.#painter = this.#plain;
        this.#plain.paint(frame);
        this.#element.replaceWith(this.#plain.canvas);
        this.#element = this.#plain.canvas;
    }

    /** @param {number} width @param {number} height @param {ArrayBuffer} rgba */
    drawPixels(width, height, rgba) {
        const draw = () => {
            this.#plain?.put(new ImageData(new Uint8ClampedArray(rgba), width, height));
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
        // The frame's own time: others' callbacks may have run in it before this one.
        video.requestVideoFrameCallback((nowMs, { mediaTime }) => {
            this.#see(mediaTime * 1e6, nowMs);
            this.#lookTimer = setTimeout(() => this.#look(video), this.#looks < FIRST_LOOKS ? FIRST_LOOK_MS : LATER_LOOK_MS);
        });
    }

    /** @param {number} timestampUs @param {number} nowMs when it came on the screen */
    #see(timestampUs, nowMs) {
        if (nowMs - this.#lookedMs < (this.#looks < FIRST_LOOKS ? FIRST_LOOK_MS : LATER_LOOK_MS)) return;
        this.#looks += 1;
        this.#lookedMs = nowMs;
        this.#onSeen(timestampUs, performance.timeOrigin + nowMs);
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

/** The player around it is what has a name; this is its picture. @param {HTMLElement} element */
function hide(element) {
    element.setAttribute('aria-hidden', 'true');
    element.tabIndex = -1;
}
