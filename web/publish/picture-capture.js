// SPDX-License-Identifier: MIT
// How pictures of a track get to the publish worker, by the cheapest of three ways that this browser has:
//
//   stream    MediaStreamTrackProcessor on the page (Chromium): its stream is handed over
//   track     the track itself is handed over, for the processor that workers have (Safari, WebKitGTK)
//   mailbox   a <video> plays it and the page makes a frame when the worker is free (Firefox, and all others)
//
// Which, is found out by trying: a browser refuses to transfer a track, or the worker says it cannot read it. Owns the
// mailbox and the copy of the track that is handed over; the track itself belongs to who opened it.

import { CaptureMailbox } from './capture-mailbox.js';
import { hasProcessor, startProcessor } from './capture-processor.js';

/** @typedef {import('./publish-messages.js').ToWorker} ToWorker */
/** @typedef {import('./publish-messages.js').SourceKind} SourceKind */
/** @typedef {'stream'|'track'|'mailbox'|'none'} CapturePath */

export class PictureCapture {
    #post;
    #generation = 0;
    /** @type {CaptureMailbox|null} */
    #mailbox = null;
    /** @type {{track: MediaStreamTrack, kind: SourceKind}|null} */
    #source = null;
    /** @type {CapturePath} */
    #path = 'none';
    /** False once a track was refused here or there. */
    #mayHandTrackOver = true;

    /** @param {(message: ToWorker, transfer: Transferable[]) => void} post */
    constructor(post) {
        this.#post = post;
    }

    get path() {
        return this.#path;
    }

    /** Pictures come from this track from now on, or from none. @param {MediaStreamTrack|null} track @param {SourceKind} kind */
    show(track, kind) {
        this.#mailbox?.close();
        this.#mailbox = null;
        this.#generation += 1;
        this.#source = track === null ? null : { track, kind };
        if (track === null) {
            this.#path = 'none';
            this.#post({ type: 'video-none', generation: this.#generation }, []);
            return;
        }
        const options = { track, kind, generation: this.#generation, post: this.#post };
        if (hasProcessor()) {
            this.#path = 'stream';
            startProcessor(options);
        } else if (this.#mayHandTrackOver && this.#handOver(track, kind)) {
            this.#path = 'track';
        } else {
            this.#path = 'mailbox';
            this.#mailbox = new CaptureMailbox(options);
        }
    }

    /** The worker has room. @param {number} generation */
    onFree(generation) {
        if (generation === this.#mailbox?.generation) this.#mailbox.onFree();
    }

    /** The worker's beat while the tab is hidden. */
    onTick() {
        this.#mailbox?.onTick();
    }

    /** The worker has no processor for the track it was given. @param {number} generation */
    onTrackRefused(generation) {
        this.#mayHandTrackOver = false;
        if (generation === this.#generation && this.#source !== null) this.show(this.#source.track, this.#source.kind);
    }

    close() {
        this.#mailbox?.close();
        this.#mailbox = null;
    }

    /** @param {MediaStreamTrack} track @param {SourceKind} kind */
    #handOver(track, kind) {
        // What is transferred is gone here, and the preview needs it: the worker gets a copy, which it stops.
        const copy = track.clone();
        const framesPerSecond = track.getSettings().frameRate || 30;
        try {
            const transfer = /** @type {Transferable[]} */ (/** @type {unknown} */ ([copy]));
            this.#post({ type: 'video-track', generation: this.#generation, kind, track: copy, framesPerSecond }, transfer);
            return true;
        } catch {
            copy.stop();
            this.#mayHandTrackOver = false;
            return false;
        }
    }
}
