// SPDX-License-Identifier: MIT
// A recording from packets to picture and sound: lands on the asked picture exactly, starts when enough is there,
// stops when it is not, ends. Sound is the master while a device plays, the local clock when not. Knows no
// network and no timers: push() brings packets, tick() is told the time and says when it wants to be called next.
//
//   begin(t) → landing ─picture of t shown─► landed ─enough in hand─► running ─dry─► landed … ─all played─► ended

import { PREROLL_MS } from './audio-stage.js';
import { PlayoutClock } from './clock.js';

/** @typedef {import('./packet.js').Packet} Packet */
/** @typedef {import('./audio-stage.js').AudioStage} AudioStage */
/** @typedef {import('./video-stage.js').VideoStage} VideoStage */
/** @typedef {'landing'|'landed'|'running'|'ended'} ReplayState */

/** Decoded sound in hand. */
const SOUND_AHEAD_MS = 1000;
/** What must be in hand to begin; after it ran dry more, so that it does not at once again. */
const START_MS = 150;
const RESTART_MS = 1500;
const TURN_MS = 10;
const SILENT_TURN_MS = 100;
/** A device that just began to run is listened to this long before its read-ahead is believed. */
const DEVICE_SETTLE_MS = 120;
/** Coded sound kept behind the position while no device plays. */
const SOUND_KEPT_MS = 300;
const DRY_MS = 5;
const SOUND_MISSING_MS = 1500;
/** Nearer than this to the end is the end. */
const END_MS = 20;

export class ReplayPlayback {
    #video;
    #audio;
    #clock = new PlayoutClock();
    /** @type {ReplayState} */
    #state = 'landing';
    #isPlaying = false;
    #isHidden = false;
    #isAtEnd = false;
    #isSoundOver = false;
    #fromMs = 0;
    #durationMs = NaN;
    #needMs = START_MS;
    #playableSinceMs = Infinity;
    #stalls = 0;

    /** @param {{video: VideoStage, audio: AudioStage}} parts */
    constructor({ video, audio }) {
        this.#video = video;
        this.#audio = audio;
    }

    get state() {
        return this.#state;
    }

    get isPlaying() {
        return this.#isPlaying;
    }

    /** Wants to play and cannot: packets are missing. */
    get isWaiting() {
        return this.#isPlaying && (this.#state === 'landing' || this.#state === 'landed');
    }

    get rate() {
        return this.#state === 'running' ? this.#clock.rate : 0;
    }

    get isSoundMaster() {
        return !this.#audio.isHeld;
    }

    get stalls() {
        return this.#stalls;
    }

    /** Time behind the newest packet. */
    get newestMs() {
        return Math.max(this.#fromMs, this.#video.queue.newestMs, this.#audio.queue.newestMs);
    }

    /** NaN while unknown. @param {number} durationMs */
    setDuration(durationMs) {
        this.#durationMs = durationMs;
    }

    /** @param {number} nowMs */
    positionMs(nowMs) {
        if (this.#state === 'ended') return this.#endMs;
        const atMost = Number.isNaN(this.#durationMs) ? Infinity : this.#durationMs;
        // While sound is on its way to the speaker the clock stands before the place that was asked for.
        return Math.min(atMost, Math.max(this.#fromMs, this.#clock.timeAt(nowMs)));
    }

    /** Received and not presented yet. @param {number} nowMs */
    bufferedMs(nowMs) {
        return Math.max(0, this.newestMs - this.positionMs(nowMs));
    }

    get #endMs() {
        return Number.isNaN(this.#durationMs) ? this.newestMs : this.#durationMs;
    }

    /**
     * A new place; packets from the key frame before it follow.
     * @param {number} timeMs
     * @param {number} nowMs
     */
    begin(timeMs, nowMs) {
        this.#state = 'landing';
        this.#fromMs = timeMs;
        this.#isAtEnd = false;
        this.#isSoundOver = false;
        this.#needMs = START_MS;
        this.#clock.hold(nowMs);
        this.#clock.set(timeMs, nowMs);
        this.#video.reset(timeMs);
        this.#audio.reset(timeMs);
    }

    /** @param {Packet} packet */
    push(packet) {
        if (packet.track === 'video') this.#video.push(packet);
        else if (packet.timeMs >= this.#fromMs - PREROLL_MS) this.#audio.push(packet);
    }

    /** Nothing follows what was pushed. */
    setAtEnd() {
        this.#isAtEnd = true;
        this.#video.setAtEnd(true);
    }

    play() {
        this.#isPlaying = true;
    }

    /** @param {number} nowMs */
    pause(nowMs) {
        this.#isPlaying = false;
        if (this.#state === 'running') this.#stop(nowMs);
    }

    /** @param {boolean} isHidden the tab: sound only */
    setHidden(isHidden) {
        this.#isHidden = isHidden;
        this.#video.setIdle(isHidden);
    }

    /** @param {number} nowMs */
    #stop(nowMs) {
        this.#fromMs = this.positionMs(nowMs);
        this.#clock.hold(nowMs);
        this.#clock.set(this.#fromMs, nowMs);
        this.#audio.hold();
        this.#state = 'landed';
    }

    /**
     * One turn.
     * @param {number} nowMs
     * @returns {number} local time of the next turn
     */
    tick(nowMs) {
        this.#audio.look(nowMs);
        const hasSound = this.#hasSound(nowMs);
        if (hasSound) this.#audio.pump(SOUND_AHEAD_MS);
        if (this.#isPlaying && this.#state === 'landed') this.#tryStart(nowMs, hasSound);
        if (this.#state === 'running') this.#run(nowMs, hasSound);
        if (this.#isHidden) this.#video.dropBefore(this.#clock.timeAt(nowMs));
        const positionMs = this.#clock.timeAt(nowMs);
        const isRunning = this.#state === 'running';
        this.#video.present(positionMs, isRunning);
        const hasMore = this.#video.decode(positionMs, nowMs);
        this.#video.present(positionMs, isRunning);
        if (this.#state === 'landing' && this.#hasLanded()) {
            this.#state = 'landed';
            return nowMs;
        }
        return hasMore ? nowMs : this.#nextTurn(nowMs, hasSound);
    }

    /** @param {number} nowMs @param {boolean} hasSound */
    #nextTurn(nowMs, hasSound) {
        const latest = nowMs + (hasSound ? TURN_MS : SILENT_TURN_MS);
        const next = this.#video.nextMs;
        if (next === undefined || this.#state !== 'running') return latest;
        return Math.min(latest, this.#clock.localAt(next - this.#video.sinkDelayMs));
    }

    /** The picture of the place is on show, or there is none to come. */
    #hasLanded() {
        if (this.#video.hasShown || this.#isHidden) return true;
        return this.#video.isEmpty && (this.#isAtEnd || this.#audio.queue.newestMs > this.#fromMs + RESTART_MS);
    }

    /** The picture goes on for long without any sound: it need not wait for some. */
    get #isSoundMissing() {
        const { queue, bufferedMs } = this.#audio;
        return queue.length === 0 && bufferedMs < DRY_MS && queue.newestMs < this.#video.queue.newestMs - SOUND_MISSING_MS;
    }

    /** @param {number} nowMs */
    #hasSound(nowMs) {
        if (!this.#audio.isPlayable || this.#isSoundOver || this.#isSoundMissing) {
            this.#playableSinceMs = Infinity;
            return false;
        }
        this.#playableSinceMs = Math.min(this.#playableSinceMs, nowMs);
        return nowMs - this.#playableSinceMs >= DEVICE_SETTLE_MS;
    }

    /** @param {number} nowMs @param {boolean} hasSound */
    #tryStart(nowMs, hasSound) {
        if (!this.#isAtEnd && this.newestMs - this.#fromMs < this.#needMs) return;
        if (hasSound && !this.#startSound(this.#fromMs, nowMs)) return;
        this.#state = 'running';
        this.#needMs = START_MS;
        this.#clock.relax(nowMs);
        this.#clock.run(nowMs);
    }

    /**
     * Lets the device read from `timeMs` on, which is heard one lead later.
     * @param {number} timeMs
     * @param {number} nowMs
     * @returns {boolean} false: not enough decoded yet
     */
    #startSound(timeMs, nowMs) {
        const { beginMs, endMs, leadMs } = this.#audio;
        const isEnough = endMs - Math.max(beginMs, timeMs) > Math.min(START_MS, leadMs);
        if (!isEnough && !this.#isAtEnd) return false;
        if (Number.isNaN(beginMs)) {
            // The file ended and held no more sound: the picture plays out by itself.
            this.#isSoundOver = true;
            return true;
        }
        this.#audio.start(timeMs);
        this.#clock.set(Math.max(beginMs, timeMs) - leadMs, nowMs);
        return true;
    }

    /** @param {number} nowMs @param {boolean} hasSound */
    #run(nowMs, hasSound) {
        if (hasSound) this.#runSound(nowMs);
        else this.#runSilent(nowMs);
        if (this.#state === 'running' && this.#hasEnded(nowMs)) {
            this.#state = 'ended';
            this.#isPlaying = false;
            this.#clock.hold(nowMs);
            this.#audio.hold();
        }
    }

    /** @param {number} nowMs */
    #runSound(nowMs) {
        if (this.#audio.isHeld) {
            this.#joinSound(nowMs);
            return;
        }
        if (this.#audio.takeStarvedMs() > 0 && this.#audio.bufferedMs < DRY_MS) {
            this.#audio.hold();
            if (this.#isAtEnd && this.#audio.queue.length === 0) this.#isSoundOver = true;
            else this.#runDry(nowMs);
            return;
        }
        const audibleMs = this.#audio.audibleMs(nowMs);
        if (!Number.isNaN(audibleMs)) this.#clock.observe(audibleMs, nowMs);
    }

    /** A device began to run while the picture plays: it joins in step. @param {number} nowMs */
    #joinSound(nowMs) {
        const timeMs = this.#clock.timeAt(nowMs) + this.#audio.leadMs;
        const { beginMs, endMs } = this.#audio;
        if (endMs <= timeMs) this.#audio.restart();
        else if (beginMs <= timeMs && endMs > timeMs + START_MS) this.#startSound(timeMs, nowMs);
    }

    /** @param {number} nowMs */
    #runSilent(nowMs) {
        if (!this.#audio.isHeld) this.#audio.restart();
        const positionMs = this.#clock.timeAt(nowMs);
        this.#audio.queue.dropWhile((packet) => packet.timeMs < positionMs - SOUND_KEPT_MS);
        if (!this.#isAtEnd && positionMs >= this.newestMs) this.#runDry(nowMs);
    }

    /** @param {number} nowMs */
    #runDry(nowMs) {
        this.#stalls += 1;
        this.#needMs = RESTART_MS;
        this.#stop(nowMs);
    }

    /** @param {number} nowMs */
    #hasEnded(nowMs) {
        if (!this.#isAtEnd || !this.#audio.isHeld) return false;
        const isPictureOut = this.#isHidden || this.#video.isEmpty;
        const isDry = this.#audio.queue.length === 0 && this.#audio.bufferedMs < DRY_MS;
        const isSoundOut = isDry || this.#isSoundOver || !this.#audio.isPlayable;
        return isPictureOut && isSoundOut && this.#clock.timeAt(nowMs) >= this.#endMs - END_MS;
    }

    /** Idempotent. */
    close() {
        this.#video.close();
        this.#audio.close();
    }
}
