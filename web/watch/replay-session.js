// SPDX-License-Identifier: MIT
// A replay in the watch worker: reads ahead by a bounded amount, feeds the playback, does seeks, and tells the
// page. Wires source and playback; decides nothing about time.
//
//   RangeReader → ReplaySource ─packets→ ReplayPlayback ─→ sinks

import { localNow } from '../wire/connection.js';
import { ReadError, RangeReader } from './range-reader.js';
import { NO_PARTS } from './latency-split.js';
import { RateMeter } from './rate-meter.js';
import { ReplayPlayback } from './replay-playback.js';
import { ReplaySource } from './replay-source.js';

/** @typedef {import('./watch-messages.js').PostToPage} PostToPage */
/** @typedef {import('./watch-messages.js').Status} Status */
/** @typedef {import('./watch-messages.js').OpenReplay} OpenReplay */
/** @typedef {import('./audio-stage.js').AudioStage} AudioStage */
/** @typedef {import('./video-stage.js').VideoStage} VideoStage */

/** Reading stops with this much in hand: some 4 MB of 2 Mbit/s. */
const READ_AHEAD_MS = 15_000;

export class ReplaySession {
    #video;
    #audio;
    #post;
    #wake;
    #onError;
    #source;
    #playback;
    #signal;
    #meter = new RateMeter();
    #frameMeter = new RateMeter();
    #bytes = 0;
    #isOpen = false;
    #isRetrying = false;
    #hasFailed = false;
    /** a seek whose picture is not on show yet */
    #isSeeking = false;
    #beginMs = 0;
    /** @type {(() => void)|null} wakes the reading loop */
    #resume = null;

    /**
     * @param {object} parts
     * @param {OpenReplay} parts.options
     * @param {VideoStage} parts.video
     * @param {AudioStage} parts.audio
     * @param {() => import('../codec/demuxer.js').Demuxer} parts.createDemuxer
     * @param {() => import('../codec/replay-index.js').ReplayIndex} parts.createIndex
     * @param {PostToPage} parts.post
     * @param {() => void} parts.wake something happened: a turn is due
     * @param {(error: unknown) => void} parts.onError our own fault, not the network's
     * @param {AbortSignal} parts.signal
     */
    constructor({ options, video, audio, createDemuxer, createIndex, post, wake, onError, signal }) {
        this.#video = video;
        this.#audio = audio;
        this.#post = post;
        this.#wake = wake;
        this.#onError = onError;
        this.#signal = signal;
        this.#playback = new ReplayPlayback({ video, audio });
        if (options.isPlaying) this.#playback.play();
        const reader = new RangeReader(options.url, {
            signal,
            onRetry: (attempt) => {
                this.#isRetrying = attempt > 0;
                wake();
            },
        });
        this.#source = new ReplaySource({ reader, createDemuxer, createIndex });
    }

    /**
     * Reads the front, then goes on reading until closed.
     * @param {Promise<void>} codec
     */
    async open(codec) {
        try {
            await codec;
            await this.#source.open();
            this.#isOpen = true;
            const { durationMs } = this.#source;
            if (durationMs > 0) this.#playback.setDuration(durationMs);
            this.#post({ type: 'metadata', durationMs: durationMs > 0 ? durationMs : NaN, isSeekable: true });
            this.#playback.begin(0, localNow());
            await this.#readOn();
        } catch (error) {
            if (this.#signal.aborted) return;
            this.#fail(error);
        }
    }

    async #readOn() {
        while (!this.#signal.aborted) {
            const nowMs = localNow();
            if (this.#source.isAtEnd || this.#playback.bufferedMs(nowMs) > READ_AHEAD_MS) {
                await new Promise((resolve) => (this.#resume = () => resolve(undefined)));
                continue;
            }
            const packets = await this.#source.read();
            this.#takePackets(packets);
            this.#wake();
        }
    }

    /** @param {import('./packet.js').Packet[]} packets */
    #takePackets(packets) {
        if (this.#source.tracks !== null) this.#audio.setTrack(this.#source.tracks.audio);
        for (const packet of packets) {
            this.#bytes += packet.data.length;
            this.#playback.push(packet);
        }
        if (!this.#source.isAtEnd) return;
        this.#playback.setAtEnd();
        if (!(this.#source.durationMs > 0)) {
            this.#playback.setDuration(this.#playback.newestMs);
            this.#post({ type: 'metadata', durationMs: this.#playback.newestMs, isSeekable: true });
        }
    }

    /** @param {unknown} error */
    #fail(error) {
        if (error instanceof ReadError) {
            this.#hasFailed = true;
            this.#post({ type: 'failed', code: error.code, message: error.message });
            this.#wake();
        } else {
            this.#onError(error);
        }
    }

    play() {
        if (this.#playback.state === 'ended') this.seek(0);
        this.#playback.play();
    }

    pause() {
        this.#playback.pause(localNow());
    }

    /** @param {number} timeMs */
    seek(timeMs) {
        if (!this.#isOpen) return;
        const { durationMs } = this.#source;
        const placeMs = Math.max(0, durationMs > 0 ? Math.min(durationMs, timeMs) : timeMs);
        this.#isSeeking = true;
        this.#source.seek(placeMs);
        this.#playback.begin(placeMs, localNow());
        this.#beginMs = placeMs;
        this.#resume?.();
    }

    /** @param {boolean} isHidden */
    setHidden(isHidden) {
        this.#playback.setHidden(isHidden);
    }

    /** @param {number} nowMs @returns {number} local time of the next turn */
    tick(nowMs) {
        if (!this.#isOpen) return Infinity;
        const next = this.#playback.tick(nowMs);
        if (this.#isSeeking && this.#playback.state !== 'landing') {
            this.#isSeeking = false;
            this.#post({ type: 'seeked', timeMs: this.#beginMs });
        }
        if (this.#playback.bufferedMs(nowMs) < READ_AHEAD_MS) this.#resume?.();
        return next;
    }

    /** @returns {Status} */
    status() {
        if (this.#hasFailed) return 'failed';
        if (!this.#isOpen) return 'connecting';
        if (this.#playback.state === 'ended') return 'ended';
        if (!this.#playback.isPlaying) return 'paused';
        if (!this.#playback.isWaiting) return 'playing';
        return this.#isRetrying ? 'reconnecting' : 'waiting';
    }

    /** @param {number} nowMs @returns {import('./watch-messages.js').Progress} */
    progress(nowMs) {
        const timeMs = this.#playback.positionMs(nowMs);
        const endMs = Math.min(this.#playback.newestMs, this.#source.durationMs || Infinity);
        return {
            type: 'progress',
            timeMs,
            localMs: nowMs,
            rate: this.#playback.rate,
            liveEdgeMs: NaN,
            buffered: endMs > timeMs ? [[timeMs, endMs]] : [],
            stats: this.#stats(nowMs),
        };
    }

    /** @param {number} nowMs @returns {import('./watch-messages.js').Stats} */
    #stats(nowMs) {
        const { counts, decodeMs, rendition, sinkKind } = this.#video;
        return {
            latencyMs: NaN,
            bufferedMs: this.#playback.bufferedMs(nowMs),
            framesDecoded: counts.decoded,
            framesDropped: counts.dropped,
            framesShown: counts.shown,
            framesCorrupted: counts.corrupted + this.#audio.corrupted,
            rendition,
            decoder: 'wasm',
            sink: sinkKind,
            setting: 'normal',
            parts: NO_PARTS,
            framesPerSecond: this.#frameMeter.rateOf(counts.shown, nowMs),
            jitterMs: NaN,
            soundJitterMs: NaN,
            soundLeadMs: this.#audio.leadMs,
            offsetMs: NaN,
            bitrateBps: this.#meter.rateOf(this.#bytes * 8, nowMs),
            decodeMs,
            rate: this.#playback.rate,
            isSoundMaster: this.#playback.isSoundMaster,
            stalls: this.#playback.stalls,
            jumps: 0,
        };
    }

    /** Idempotent. */
    close() {
        this.#resume?.();
        this.#source.close();
        this.#playback.close();
    }
}
