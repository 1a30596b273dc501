// SPDX-License-Identifier: MIT
// A live show in the watch worker: the connection, the playback, and what the page is told of both. Wires them,
// reports lag to the relay each second, passes the room's events on. Decides nothing about time.
//
//   Connection ─media→ LivePlayback ─→ sinks
//        └─ room events, state ─→ post() ─→ page

import { chooseMessage, keyframeMessage, lagMessage, chatMessage, nameMessage } from '../wire/messages.js';
import { Connection, localNow } from '../wire/connection.js';
import { LivePlayback } from './live-playback.js';
import { LatencySplit } from './latency-split.js';
import { RateMeter } from './rate-meter.js';

/** @typedef {import('./watch-messages.js').PostToPage} PostToPage */
/** @typedef {import('./watch-messages.js').Status} Status */
/** @typedef {import('./watch-messages.js').OpenLive} OpenLive */
/** @typedef {import('./audio-stage.js').AudioStage} AudioStage */
/** @typedef {import('./video-stage.js').VideoStage} VideoStage */

/** The relay takes one lag report a second (docs/protocol.md). */
const LAG_INTERVAL_MS = 1000;
/** After the end of the show what is on its way is still presented. */
const OUTRO_MS = 800;
const ROOM_EVENTS = ['welcome', 'history', 'chat', 'presence', 'you', 'face', 'state', 'reconnecting', 'error', 'renditions', 'quality'];

export class LiveSession {
    #video;
    #audio;
    #post;
    #wake;
    #connection;
    #playback;
    #meter = new RateMeter();
    #frameMeter = new RateMeter();
    #split = new LatencySplit();
    /** @type {import('../wire/messages.js').ShowState|'unknown'} */
    #show = 'unknown';
    #isConnected = false;
    #hasFailed = false;
    #isHidden = false;
    /** @type {import('../wire/messages.js').Choice} */
    #choice = 'auto';
    #best = 0;
    #endedMs = NaN;
    #lagMs = -Infinity;
    #latencyMs = NaN;
    /** @type {VideoStage['shown']} the picture measured last */
    #measured = null;
    /** @type {{header: import('../wire/header.js').Header, bytes: Uint8Array, atMs: number}[]|null} came before the codec */
    #early = [];

    /**
     * @param {object} parts
     * @param {OpenLive} parts.options
     * @param {VideoStage} parts.video
     * @param {AudioStage} parts.audio
     * @param {() => import('../codec/demuxer.js').Demuxer} parts.createDemuxer
     * @param {PostToPage} parts.post
     * @param {() => void} parts.wake something happened: a turn is due
     * @param {(error: unknown) => void} parts.onError our own fault, not the network's
     * @param {AbortSignal} parts.signal
     */
    constructor({ options, video, audio, createDemuxer, post, wake, onError, signal }) {
        this.#video = video;
        this.#audio = audio;
        this.#post = post;
        this.#wake = wake;
        this.#playback = new LivePlayback({ video, audio, createDemuxer, onWish: () => this.#connection.send(keyframeMessage()) });
        this.#connection = new Connection({
            url: options.url,
            role: 'watch',
            show: options.showId,
            name: options.name,
            reconnect: true,
            signal,
        });
        this.#playback.setSetting(options.setting, localNow());
        this.#listen(onError);
    }

    /** @param {(error: unknown) => void} onError */
    #listen(onError) {
        const connection = this.#connection;
        /** @type {(type: string, take: (detail: any) => void) => void} */
        const on = (type, take) => connection.addEventListener(type, (event) => {
            try {
                take(/** @type {any} */ (event).detail);
            } catch (error) {
                onError(error);
            }
            this.#wake();
        });
        on('media', ({ header, bytes }) => {
            if (this.#early === null) this.#playback.receive(header, bytes, localNow());
            else this.#early.push({ header, bytes, atMs: localNow() });
        });
        on('welcome', (welcome) => this.#takeWelcome(welcome));
        on('state', ({ state }) => this.#takeState(state));
        on('quality', ({ stage }) => this.#playback.setSoundAlone(stage === 'audio'));
        on('timing', (timing) => this.#split.setTiming(timing));
        on('reconnecting', () => (this.#isConnected = false));
        on('close', (reason) => this.#takeClose(reason));
        for (const type of ROOM_EVENTS) on(type, (detail) => this.#post({ type: 'room', event: type, detail: plain(detail) }));
    }

    /**
     * Connects while the codec is being loaded; what comes of the connection arrives as events.
     * @param {Promise<void>} codec
     * @throws what the codec's loading threw
     */
    async open(codec) {
        this.#post({ type: 'metadata', durationMs: null, isSeekable: false });
        // The rejection says what the `close` event says too.
        this.#connection.open().catch(() => {});
        await codec;
        const early = this.#early ?? [];
        this.#early = null;
        for (const { header, bytes, atMs } of early) this.#playback.receive(header, bytes, atMs);
        this.#wake();
    }

    /** @param {import('../wire/messages.js').WelcomeMessage} welcome */
    #takeWelcome(welcome) {
        this.#isConnected = true;
        this.#split.forgetPath();
        this.#playback.setSoundAlone(false);
        if (this.#choice !== 'auto' || this.#best > 0) this.#connection.send(chooseMessage(this.#choice, this.#best));
        this.#takeState(welcome.show.state);
        this.#playback.welcome(welcome.epochMs === null ? null : welcome.mediaTimeMs, localNow());
    }

    /** @param {import('../wire/messages.js').ShowState} state */
    #takeState(state) {
        if (state === 'live' && this.#show === 'scheduled') this.#playback.welcome(0, localNow());
        if (state === 'ended' && this.#show !== 'ended') this.#endedMs = localNow();
        this.#show = state;
    }

    /** @param {import('../wire/close-codes.js').CloseReason} reason */
    #takeClose(reason) {
        this.#isConnected = false;
        this.#post({ type: 'room', event: 'close', detail: reason });
        if (reason.code === 1000) {
            if (this.#show !== 'ended') this.#takeState('ended');
            return;
        }
        this.#hasFailed = true;
        this.#post({ type: 'failed', code: reason.name, message: reason.message });
    }

    play() {
        this.#playback.play(localNow());
    }

    pause() {
        this.#playback.pause(localNow());
    }

    /** There is nothing to go back to: every place means the live edge. */
    seek() {
        const nowMs = localNow();
        this.#playback.jumpToLive(nowMs);
        this.#post({ type: 'seeked', timeMs: this.#playback.positionMs(nowMs) });
    }

    /** @param {boolean} isHidden */
    setHidden(isHidden) {
        this.#isHidden = isHidden;
        this.#playback.setHidden(isHidden);
    }

    /** @param {import('./watch-messages.js').Seen} message */
    see({ timestampUs, localMs }) {
        const delayMs = this.#split.see(timestampUs, localMs);
        if (!Number.isNaN(delayMs)) this.#video.setSinkDelay(delayMs);
    }

    /** @param {import('./live-timing.js').Setting} setting */
    setSetting(setting) {
        this.#playback.setSetting(setting, localNow());
    }

    /**
     * Which rendition is wanted; kept through new connections.
     * @param {import('../wire/messages.js').Choice} choice
     * @param {number} best in auto, nothing better than this one
     */
    choose(choice, best) {
        this.#choice = choice;
        this.#best = best;
        this.#connection.send(chooseMessage(choice, best));
    }

    /** @param {string} text */
    say(text) {
        this.#connection.send(chatMessage(text));
    }

    /** @param {string} name */
    setName(name) {
        this.#connection.send(nameMessage(name));
    }

    /** @param {number} nowMs @returns {number} local time of the next turn */
    tick(nowMs) {
        if (this.#early !== null || nowMs - this.#endedMs > OUTRO_MS) return Infinity;
        const next = this.#playback.tick(nowMs);
        this.#measureLatency(nowMs);
        this.#reportLag(nowMs);
        return next;
    }

    /** Taken when a picture comes on show: later it only ages. @param {number} nowMs */
    #measureLatency(nowMs) {
        const { shown, shownMs, sinkDelayMs, isCatchingUp } = this.#video;
        const showNowMs = this.#connection.showNow();
        if (shown === null || shown === this.#measured || showNowMs === null || isCatchingUp) return;
        this.#measured = shown;
        const { arrivedMs, beganMs, decodedMs, atMs, picture } = shown;
        this.#split.show({
            timestampUs: picture.timestampUs,
            transitMs: showNowMs - nowMs + arrivedMs - shownMs,
            waitMs: beganMs - arrivedMs + atMs - decodedMs,
            decodeMs: decodedMs - beganMs,
            atMs,
        });
        const latencyMs = showNowMs - nowMs + atMs + sinkDelayMs - shownMs;
        this.#latencyMs = Number.isNaN(this.#latencyMs) ? latencyMs : this.#latencyMs + (latencyMs - this.#latencyMs) * 0.1;
    }

    /** @param {number} nowMs */
    #reportLag(nowMs) {
        if (nowMs - this.#lagMs < LAG_INTERVAL_MS || this.#show !== 'live') return;
        const isUnwatched = this.#isHidden || this.#playback.isPaused;
        const { newestMs } = this.#playback;
        const { shownMs, queue, counts } = this.#video;
        const behindMs = isUnwatched || Number.isNaN(shownMs) ? 0 : Math.max(0, queue.newestMs - shownMs);
        const sent = this.#connection.send(lagMessage({
            behindMs,
            bufferedMs: this.#bufferedMs(nowMs),
            framesDropped: counts.dropped,
            framesDecoded: counts.decoded,
            hidden: isUnwatched,
            ...(Number.isFinite(newestMs) ? { newestMs: Math.max(0, newestMs) } : {}),
        }));
        if (sent) this.#lagMs = nowMs;
    }

    /** @param {number} nowMs */
    #bufferedMs(nowMs) {
        const bufferedMs = this.#playback.newestMs - this.#playback.positionMs(nowMs);
        return Number.isFinite(bufferedMs) ? Math.max(0, bufferedMs) : 0;
    }

    /** @param {number} nowMs @returns {Status} */
    status(nowMs) {
        if (this.#hasFailed) return 'failed';
        if (this.#show === 'ended') return nowMs - this.#endedMs > OUTRO_MS ? 'ended' : 'playing';
        if (!this.#isConnected) return this.#show === 'unknown' ? 'connecting' : 'reconnecting';
        if (this.#show === 'scheduled') return 'scheduled';
        if (this.#playback.isPaused) return 'paused';
        if (!this.#playback.isStalled(nowMs)) return 'playing';
        return this.#show === 'reconnecting' ? 'away' : 'waiting';
    }

    /** @param {number} nowMs @returns {import('./watch-messages.js').Progress} */
    progress(nowMs) {
        const timeMs = this.#playback.positionMs(nowMs);
        const bufferedMs = this.#bufferedMs(nowMs);
        const isMoving = this.status(nowMs) === 'playing';
        return {
            type: 'progress',
            timeMs,
            localMs: nowMs,
            rate: isMoving ? this.#playback.rate : 0,
            liveEdgeMs: this.#playback.liveEdgeMs,
            buffered: bufferedMs > 0 ? [[timeMs, timeMs + bufferedMs]] : [],
            stats: this.#stats(nowMs, bufferedMs),
        };
    }

    /** @param {number} nowMs @param {number} bufferedMs @returns {import('./watch-messages.js').Stats} */
    #stats(nowMs, bufferedMs) {
        const { counts, decodeMs, rendition, sinkKind, queue } = this.#video;
        const { stalls, jumps, bytes } = this.#playback.counts;
        return {
            latencyMs: this.#latencyMs,
            bufferedMs,
            framesDecoded: counts.decoded,
            framesDropped: counts.dropped,
            framesShown: counts.shown,
            framesCorrupted: counts.corrupted + this.#audio.corrupted,
            rendition,
            decoder: 'wasm',
            sink: sinkKind,
            setting: this.#playback.setting,
            parts: this.#split.parts,
            framesPerSecond: this.#frameMeter.rateOf(counts.shown, nowMs),
            jitterMs: queue.jitterMs,
            soundJitterMs: this.#audio.queue.jitterMs,
            soundLeadMs: this.#audio.leadMs,
            offsetMs: this.#playback.offsetMs(nowMs),
            bitrateBps: this.#meter.rateOf(bytes * 8, nowMs),
            decodeMs,
            rate: this.#playback.rate,
            isSoundMaster: this.#playback.isSoundMaster,
            stalls,
            jumps,
        };
    }

    /** Idempotent. */
    close() {
        this.#connection.close();
        this.#playback.close();
    }
}

/**
 * An event's detail as it can cross to the page: errors as code and message.
 * @param {any} detail
 */
function plain(detail) {
    return detail instanceof Error ? { code: /** @type {any} */ (detail).code, message: detail.message } : detail;
}
