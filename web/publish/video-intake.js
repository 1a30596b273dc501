// SPDX-License-Identifier: MIT
// Where pictures come into the publish worker, from a stream (the browser's, one frame long), a track or the page's mailbox, one
// at a time: the next is asked for when the last is done, so a slow encoder meets the newest picture and not a queue.
// Owns each frame from its arrival and closes it. Puts the time of capture on this tab's clock.

import { localNow } from '../wire/connection.js';
import { ArrivalClock, SourceClock } from './source-clock.js';

/** @typedef {import('./publish-messages.js').SourceKind} SourceKind */
/**
 * @callback FrameTaker
 * @param {VideoFrame} frame  valid until the promise settles
 * @param {number} capturedMs local Unix time
 * @param {SourceKind} kind
 * @returns {Promise<void>}
 */

/** A track that gives no picture for so long gives none. */
const SILENT_MS = 2500;

export class VideoIntake {
    #take;
    #onFree;
    #onRefused;
    #onFault;
    #clock = new SourceClock();
    /** @type {ArrivalClock|null} */
    #arrivals = null;
    #generation = 0;
    /** @type {ReadableStreamDefaultReader<VideoFrame>|null} */
    #reader = null;
    /** @type {MediaStreamTrack|null} one that was handed over to this worker */
    #track = null;
    /** @type {any} until its first picture */
    #silence = null;
    #isTaking = false;
    /** The mailbox sent a frame while there was no room, and waits to hear that there is. */
    #isRoomOwed = false;

    /**
     * @param {object} calls
     * @param {FrameTaker} calls.take
     * @param {(generation: number) => void} calls.onFree  the mailbox may send its next frame
     * @param {(generation: number) => void} calls.onRefused a track cannot be read here
     * @param {(error: unknown) => void} calls.onFault     `take` failed
     */
    constructor({ take, onFree, onRefused, onFault }) {
        this.#take = take;
        this.#onFree = onFree;
        this.#onRefused = onRefused;
        this.#onFault = onFault;
    }

    /**
     * Pictures come from here from now on; the last source is let go.
     * @param {import('./publish-messages.js').VideoStreamMessage} message
     */
    async useStream({ generation, kind, readable }) {
        this.#begin(generation);
        const reader = readable.getReader();
        this.#reader = reader;
        for (;;) {
            const { value: frame, done } = await reader.read().catch(() => ({ value: undefined, done: true }));
            if (done || frame === undefined) return;
            if (generation === this.#generation) clearTimeout(this.#silence);
            await this.#offer(frame, generation, kind, frame.timestamp / 1000, localNow());
        }
    }

    /**
     * Pictures of a track that was handed over, by the processor which workers have. Where there is none, or where it
     * gives nothing (WebKitGTK's of a canvas), the track is stopped and refused.
     * @param {import('./publish-messages.js').VideoTrackMessage} message
     */
    useTrack({ generation, kind, track }) {
        if (typeof MediaStreamTrackProcessor !== 'function') {
            track.stop();
            this.#onRefused(generation);
            return;
        }
        const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
        this.useStream({ type: 'video-stream', generation, kind, readable });
        this.#track = track;
        this.#silence = setTimeout(() => {
            this.stop(generation);
            this.#onRefused(generation);
        }, SILENT_MS);
    }

    /** @param {import('./publish-messages.js').VideoMailboxMessage} message */
    useMailbox({ generation, kind, framesPerSecond }) {
        this.#begin(generation);
        // A screen has no pace: its pictures come when something moves.
        this.#arrivals = kind === 'camera' ? new ArrivalClock(framesPerSecond) : null;
        this.#onFree(generation);
    }

    /**
     * @param {import('./publish-messages.js').VideoFrameMessage} message
     * @param {SourceKind} kind
     */
    async offerFromMailbox({ frame, generation, sourceMs, arrivedMs }, kind) {
        const isTaken = await this.#offer(frame, generation, kind, sourceMs, arrivedMs);
        if (generation !== this.#generation) return;
        if (isTaken) this.#onFree(generation);
        else this.#isRoomOwed = true;
    }

    /** No source any more. @param {number} generation */
    stop(generation) {
        this.#begin(generation);
    }

    /** @param {number} generation */
    #begin(generation) {
        this.#generation = generation;
        this.#reader?.cancel().catch(() => {});
        this.#reader = null;
        this.#track?.stop();
        this.#track = null;
        clearTimeout(this.#silence);
        this.#clock.reset();
        this.#arrivals = null;
    }

    /**
     * @param {VideoFrame} frame
     * @param {number} generation
     * @param {SourceKind} kind
     * @param {number} sourceMs  NaN when the source has no clock: then the arrival counts
     * @param {number} arrivedMs
     * @returns {Promise<boolean>} false: there was no room, or it is of a source that is gone
     */
    async #offer(frame, generation, kind, sourceMs, arrivedMs) {
        // A new source may begin while the last picture of the old one is being encoded.
        if (generation !== this.#generation || this.#isTaking) {
            frame.close();
            return false;
        }
        this.#isTaking = true;
        try {
            await this.#take(frame, this.#capturedMs(sourceMs, arrivedMs), kind);
        } catch (error) {
            this.#onFault(error);
        } finally {
            frame.close();
            this.#isTaking = false;
            // Room for the mailbox of a new source, whose first frame came while this one was inside.
            if (this.#isRoomOwed && generation !== this.#generation) this.#onFree(this.#generation);
            this.#isRoomOwed = false;
        }
        return true;
    }

    /** @param {number} sourceMs @param {number} arrivedMs */
    #capturedMs(sourceMs, arrivedMs) {
        if (!Number.isNaN(sourceMs)) return this.#clock.observe(sourceMs, arrivedMs);
        return this.#arrivals?.observe(arrivedMs) ?? arrivedMs;
    }
}
