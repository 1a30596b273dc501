// SPDX-License-Identifier: MIT
// Pictures of a track where there is no MediaStreamTrackProcessor (Firefox, Safari): a <video> plays the track and each new
// picture becomes a VideoFrame for the worker, but only when the worker is free: a mailbox with one slot, newest wins.
// While the tab is hidden the browser announces no pictures, and where a page is drawn without a GPU (WebKitGTK) too few; then the
// worker's beat asks for them (onTick), twice as often as they come, so that none waits long.

import { localNow } from '../wire/connection.js';

/** @typedef {import('./publish-messages.js').ToWorker} ToWorker */

/** Of a picture's interval, when the beat may ask again: every second one does. */
const TICK_SHARE = 0.7;
/** Of a picture's interval, after which one that was not announced is late. */
const LATE_SHARE = 1.6;
/** A clock of pictures moves at least this much from one to the next. */
const LEAST_STEP_US = 1000;

export class CaptureMailbox {
    #video;
    #kind;
    #generation;
    #post;
    #isWorkerFree = false;
    #hasNew = false;
    #newAtMs = 0;
    #lastTimestampUs = -1;
    #isClocked = false;
    #sentMs = -Infinity;
    #intervalMs;
    #isClosed = false;
    /** When this browser last told of a picture. */
    #announcedMs = -Infinity;

    /**
     * @param {object} options
     * @param {MediaStreamTrack} options.track
     * @param {import('./publish-messages.js').SourceKind} options.kind
     * @param {number} options.generation
     * @param {(message: ToWorker, transfer: Transferable[]) => void} options.post
     */
    constructor({ track, kind, generation, post }) {
        this.#kind = kind;
        this.#generation = generation;
        this.#post = post;
        this.#video = document.createElement('video');
        this.#video.muted = true;
        this.#video.playsInline = true;
        this.#video.srcObject = new MediaStream([track]);
        this.#play();
        // WebKitGTK pauses it when the page is hidden; nobody else does, and it lets itself be played again.
        this.#video.onpause = () => this.#play();
        this.#listen();
        const framesPerSecond = track.getSettings().frameRate || 30;
        this.#intervalMs = 1000 / framesPerSecond;
        this.#post({ type: 'video-mailbox', generation, kind, framesPerSecond }, []);
    }

    get generation() {
        return this.#generation;
    }

    /** The worker has room. */
    onFree() {
        this.#isWorkerFree = true;
        if (this.#hasNew) this.#send(this.#newAtMs);
    }

    /** The worker's beat. */
    onTick() {
        const nowMs = localNow();
        if (document.visibilityState === 'visible' && this.#isAnnouncing(nowMs)) return;
        // Without times one picture cannot be told from the next: then as many as there should be.
        if (!this.#isClocked && nowMs - this.#sentMs < TICK_SHARE * this.#intervalMs) return;
        this.#send(nowMs);
    }

    close() {
        this.#isClosed = true;
        this.#video.onpause = null;
        this.#video.srcObject = null;
    }

    #play() {
        this.#video.play().catch(() => {}); // rejected only when closed meanwhile
    }

    #listen() {
        this.#video.requestVideoFrameCallback((_, metadata) => {
            if (this.#isClosed) return;
            this.#listen();
            this.#announcedMs = localNow();
            this.#hasNew = true;
            this.#newAtMs = performance.timeOrigin + (metadata.captureTime ?? metadata.presentationTime);
            if (this.#isWorkerFree) this.#send(this.#newAtMs);
        });
    }

    /**
     * A camera's pictures come evenly: a browser that is late to tell of one draws the page more slowly than that. Without times
     * the late one could not be told from the last.
     * @param {number} nowMs
     */
    #isAnnouncing(nowMs) {
        if (this.#kind === 'screen' || !this.#isClocked) return this.#announcedMs > 0;
        return nowMs - this.#announcedMs < LATE_SHARE * this.#intervalMs;
    }

    /** @param {number} arrivedMs */
    #send(arrivedMs) {
        if (!this.#isWorkerFree || this.#isClosed || this.#video.readyState < 2) return;
        const frame = new VideoFrame(this.#video);
        // Firefox gives a camera's frames no time: 0, or a few µs.
        this.#isClocked = frame.timestamp - this.#lastTimestampUs >= LEAST_STEP_US && frame.timestamp >= LEAST_STEP_US;
        if (frame.timestamp === this.#lastTimestampUs && frame.timestamp >= LEAST_STEP_US) {
            this.#isClocked = true;
            frame.close(); // the beat came before the next picture
            return;
        }
        this.#sentMs = localNow();
        this.#lastTimestampUs = frame.timestamp;
        this.#isWorkerFree = false;
        this.#hasNew = false;
        const sourceMs = this.#isClocked ? frame.timestamp / 1000 : NaN;
        const message = { type: /** @type {const} */ ('video-frame'), generation: this.#generation, frame, sourceMs, arrivedMs };
        this.#post(message, [frame]);
    }
}
