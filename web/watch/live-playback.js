// SPDX-License-Identifier: MIT
// A live show from media messages to picture and sound: keeps the clock where live-timing.js wants it, with sound as the master when a device plays and the local clock when not.
// Knows no socket and no timers: receive() and tick() are told the time, tick() says when it wants to be
// called next. So a simulated hour runs in a test in a second.
//
//   receive() → LiveIntake → VideoStage's queue ┐
//                          → AudioStage's queue ┴→ tick(): steer clock, decode, present

import { PlayoutClock } from './clock.js';
import { LiveIntake } from './live-intake.js';
import { CAREFUL, NEAR, PICTURES } from './jitter-buffer.js';
import { TRAIL_LIMIT_MS, TRAIL_MOST_MS, closestDelayMs, longestWaitMs, presentDelayMs, soundStartMs } from './live-timing.js';
import { PREROLL_MS } from './audio-stage.js';
import { NeededDelay } from './needed-delay.js';

/** @typedef {import('../wire/header.js').Header} Header */
/** @typedef {import('../codec/demuxer.js').Demuxer} Demuxer */
/** @typedef {import('./audio-stage.js').AudioStage} AudioStage */
/** @typedef {import('./video-stage.js').VideoStage} VideoStage */
/** @typedef {import('./live-timing.js').Setting} Setting */

/** Between two turns while sound plays: the ring is topped up and the clock compared. */
const TURN_MS = 10;
/** Without sound only pictures and messages cause turns; this is the longest sleep. */
const SILENT_TURN_MS = 100;
/** Decoded sound in hand, more than the largest delay. */
const SOUND_AHEAD_MS = 1400;
/** Coded sound kept while no device plays, so that it starts at once when one does. */
const SOUND_KEPT_MS = 600;
/** A device that just began to run is listened to this long before its read-ahead is believed. */
const DEVICE_SETTLE_MS = 120;
/** Sound that ends this long before the picture has ended: the picture goes on by itself. */
const SOUND_MISSING_MS = 1500;
/** Wishes for a key frame are passed on once a second at most (docs/protocol.md). */
const WISH_INTERVAL_MS = 1000;
/** The key frame which the relay holds for joiners comes well within this. */
const WISH_GRACE_MS = 500;
/** A backlog that takes longer to decode is better cut by a fresh key frame. */
const BACKLOG_LIMIT_MS = 500;
/** Nothing new to present for so long: say that it is waiting. */
const STALL_MS = 400;
/** Further behind than this after the device stood still, it is jumped over. */
const CUT_MS = 40;
/** Sound younger than this is cut rather than hurried when it is this far behind. */
const YOUNG_MS = 6000;
const YOUNG_CUT_MS = 60;
/** Weight of one picture in how far behind pictures are shown. */
const SHOWN_MEAN_WEIGHT = 0.05;
/** In *closest to live* a hole up to this is a hole, no reason to stop and to gather. */
const SHORT_BREAK_MS = 60;
/** Of a longer hole no more is believed to be the delay's fault. */
const DRY_NOTED_MS = 60;
/** Sound this far behind its place is on its way back to it. */
const FAR_TOO_LATE_MS = 150;
/** A device that reads so much further ahead is another one. */
const OTHER_LEAD_MS = 40;
/** Less than this in the ring while the device found it empty: the sound has run dry. */
const DRY_MS = 5;

export class LivePlayback {
    #video;
    #audio;
    #intake;
    #onWish;
    #clock = new PlayoutClock();
    #needed = new NeededDelay();
    /** the device's read-ahead when what is needed was learnt */
    #leadMs = 0;
    /** local time minus show's time, by the relay's word */
    #pathGuessMs = NaN;
    #wantedMs = NaN;
    /** @type {Setting} */
    #setting = 'normal';
    /** local time minus show's time of the pictures shown lately, NaN before the first */
    #shownDelayMs = NaN;
    #isPaused = false;
    #isHidden = false;
    #isSoundAlone = false;
    #isSoundFresh = true;
    /** local time of the last beginning of sound */
    #soundStartMs = -Infinity;
    #heldSinceMs = -Infinity;
    /** local time of the last turn that heard of no hole */
    #heardMs = -Infinity;
    #playableSinceMs = Infinity;
    #wishedMs = -Infinity;
    #welcomedMs = -Infinity;
    #progressMs = -Infinity;
    #jumps = 0;
    #stalls = 0;

    /**
     * @param {object} parts
     * @param {VideoStage} parts.video
     * @param {AudioStage} parts.audio
     * @param {() => Demuxer} parts.createDemuxer
     * @param {() => void} parts.onWish asks the creator for a key frame
     */
    constructor({ video, audio, createDemuxer, onWish }) {
        this.#video = video;
        this.#audio = audio;
        video.queue.setCare(PICTURES);
        this.#intake = new LiveIntake({ video, audio, createDemuxer });
        this.#onWish = onWish;
    }

    get isPaused() {
        return this.#isPaused;
    }

    get setting() {
        return this.#setting;
    }

    /**
     * In step (`normal`), or nearest to live (`closest`: live-timing.js).
     * @param {Setting} setting
     * @param {number} nowMs
     */
    setSetting(setting, nowMs) {
        if (setting === this.#setting) return;
        this.#setting = setting;
        const isClosest = setting === 'closest';
        this.#video.setEager(isClosest);
        this.#audio.queue.setCare(isClosest ? NEAR : CAREFUL);
        // Who asks for it wants it now: what is to be made up is cut like a beginning's.
        this.#soundStartMs = nowMs;
    }

    /** Show's time that is presented. */
    positionMs(/** @type {number} */ nowMs) {
        return this.#clock.timeAt(nowMs);
    }

    /** Show's time that should be presented, NaN before anything is known. */
    get liveEdgeMs() {
        return this.#wantedMs;
    }

    get rate() {
        return this.#clock.rate;
    }

    /** Totals: messages refused, jumps to the live edge, times the sound ran dry, bytes of media. */
    get counts() {
        const { refused, bytes } = this.#intake;
        return { refused, jumps: this.#jumps, stalls: this.#stalls, bytes };
    }

    /** Show's time of the newest message that came. */
    get newestMs() {
        return Math.max(this.#video.queue.newestMs, this.#audio.queue.newestMs);
    }

    /** Sound decides the time at present. */
    get isSoundMaster() {
        return !this.#audio.isHeld;
    }

    /**
     * Sound against picture: what is on the screen less what is audible, so that late sound is +. NaN without sound.
     * Averaged over pictures, because one picture stays while the sound goes on.
     * @param {number} nowMs
     */
    offsetMs(nowMs) {
        if (!this.isSoundMaster || !this.#clock.isRunning || Number.isNaN(this.#shownDelayMs)) return NaN;
        return nowMs - this.#clock.timeAt(nowMs) - this.#shownDelayMs;
    }

    /** @param {number} nowMs nothing to present for a while */
    isStalled(nowMs) {
        return !this.#isPaused && nowMs - this.#progressMs > STALL_MS;
    }

    /**
     * A connection begins, the first or a new one after a loss.
     * @param {number|null} showNowMs the show's clock now, null before it started
     * @param {number} nowMs
     */
    welcome(showNowMs, nowMs) {
        this.#welcomedMs = nowMs;
        this.#intake.welcome(showNowMs ?? 0);
        this.#needed.reset();
        this.#pathGuessMs = nowMs - (showNowMs ?? 0);
    }

    /**
     * One media message.
     * @param {Header} header
     * @param {Uint8Array} message header and payload
     * @param {number} nowMs
     */
    receive(header, message, nowMs) {
        this.#intake.receive(header, message, nowMs);
        if (!Number.isFinite(this.#progressMs) && this.#video.queue.length > 0) this.#progressMs = nowMs;
    }

    /** @param {number} nowMs */
    play(nowMs) {
        if (!this.#isPaused) return;
        this.#isPaused = false;
        this.#goToLive(nowMs);
        this.#video.setIdle(this.#isHidden);
    }

    /** @param {number} nowMs */
    pause(nowMs) {
        if (this.#isPaused) return;
        this.#isPaused = true;
        this.#audio.hold();
        this.#clock.hold(nowMs);
        this.#video.setIdle(true);
    }

    /** Leaves what is behind and goes on at the live edge. @param {number} nowMs */
    jumpToLive(nowMs) {
        if (!this.#isPaused) this.#goToLive(nowMs);
    }

    /** @param {boolean} isHidden the tab: sound only */
    setHidden(isHidden) {
        this.#isHidden = isHidden;
        this.#video.setIdle(isHidden || this.#isPaused);
    }

    /** Pictures do not come, by the relay's word. @param {boolean} isSoundAlone */
    setSoundAlone(isSoundAlone) {
        this.#isSoundAlone = isSoundAlone;
    }

    /** @param {number} nowMs */
    #goToLive(nowMs) {
        this.#isSoundFresh = true;
        this.#shownDelayMs = NaN;
        this.#heldSinceMs = nowMs;
        this.#progressMs = nowMs;
        this.#clock.set(this.#wanted(nowMs, this.#hasSound(nowMs)), nowMs);
        const fromMs = this.#clock.timeAt(nowMs) + this.#audio.leadMs;
        this.#audio.restart(fromMs);
        this.#audio.queue.dropWhile((packet) => packet.timeMs < fromMs - PREROLL_MS);
    }

    /**
     * One turn.
     * @param {number} nowMs
     * @returns {number} local time at which the next turn is due
     */
    tick(nowMs) {
        this.#audio.look(nowMs);
        const hasSound = this.#hasSound(nowMs);
        this.#wantedMs = this.#wanted(nowMs, hasSound);
        this.#video.trim();
        if (this.#isPaused || !Number.isFinite(this.#wantedMs) || !Number.isFinite(this.newestMs)) {
            this.#keepSoundShort();
            return nowMs + SILENT_TURN_MS;
        }
        const isClosest = this.#setting === 'closest';
        // In *closest to live* no picture waits for the sound's work, but for the 0.2 ms that bring a packet to the device.
        if (isClosest && hasSound) this.#audio.pump(SOUND_AHEAD_MS);
        const hasMoreEarly = isClosest && this.#runPictures(nowMs);
        if (hasSound) this.#runSound(nowMs);
        else this.#runSilent(nowMs);
        const hasMore = isClosest ? hasMoreEarly : this.#runPictures(nowMs);
        if (this.isSoundMaster ? this.#isHidden || this.#isSoundAlone : this.#isSoundAlone && !hasSound) this.#progressMs = nowMs;
        this.#wish(nowMs);
        return hasMore ? nowMs : this.#nextTurn(nowMs, hasSound);
    }

    /** @param {number} nowMs @returns {boolean} more could be decoded at once */
    #runPictures(nowMs) {
        const positionMs = this.#clock.timeAt(nowMs);
        // Before decoding too: what is due must not wait for what comes after it.
        this.#present(positionMs, nowMs);
        const hasMore = this.#video.decode(positionMs, nowMs);
        this.#present(positionMs, nowMs);
        return hasMore;
    }

    /** @param {number} positionMs @param {number} nowMs */
    #present(positionMs, nowMs) {
        const { isRunning } = this.#clock;
        const isShown = this.#setting === 'normal'
            ? this.#video.present(positionMs, isRunning)
            : this.#video.present(this.isSoundMaster && isRunning ? Math.max(positionMs + TRAIL_LIMIT_MS, Math.min(positionMs + TRAIL_MOST_MS, this.#waitedOutMs(nowMs))) : Infinity, true);
        if (!isShown) return;
        this.#progressMs = nowMs;
        if (this.#video.isCatchingUp) return;
        const delayMs = nowMs + this.#video.sinkDelayMs - this.#video.shownMs;
        const before = Number.isNaN(this.#shownDelayMs) ? delayMs : this.#shownDelayMs;
        this.#shownDelayMs = before + (delayMs - before) * SHOWN_MEAN_WEIGHT;
    }

    /** Time of the picture that has waited for the sound as long as it may; Infinity while its path is not known. @param {number} nowMs */
    #waitedOutMs(nowMs) {
        const { queue, decodeMs, sinkDelayMs } = this.#video;
        if (Number.isNaN(queue.bestMs)) return Infinity;
        return nowMs - queue.bestMs - decodeMs - sinkDelayMs - longestWaitMs(this.#audio.leadMs);
    }

    /** @param {number} nowMs @param {boolean} hasSound */
    #nextTurn(nowMs, hasSound) {
        const latest = nowMs + (hasSound ? TURN_MS : SILENT_TURN_MS);
        const next = this.#video.nextMs;
        if (next === undefined) return latest;
        const { sinkDelayMs } = this.#video;
        if (this.#setting === 'normal') return Math.min(latest, this.#clock.localAt(next - sinkDelayMs));
        const waitedMs = nowMs + Math.max(0, next - sinkDelayMs - this.#waitedOutMs(nowMs));
        const atMostMs = Math.max(waitedMs, this.#clock.localAt(next - TRAIL_MOST_MS - sinkDelayMs));
        return Math.min(latest, atMostMs, this.#clock.localAt(next - TRAIL_LIMIT_MS - sinkDelayMs));
    }

    /** @param {number} nowMs @param {boolean} hasSound */
    #wanted(nowMs, hasSound) {
        if (this.#setting === 'closest' && hasSound) {
            this.#video.queue.delayBehindMs(nowMs);
            this.#noteDevice();
            return nowMs - closestDelayMs({
                neededMs: this.#needed.valueMs(nowMs),
                audioDelayMs: this.#audio.queue.delayBehindMs(nowMs),
                leadMs: this.#audio.leadMs,
                shownDelayMs: this.#shownDelayMs,
                pathGuessMs: this.#pathGuessMs,
            });
        }
        return nowMs - presentDelayMs({
            audioDelayMs: this.#audio.queue.delayBehindMs(nowMs),
            videoDelayMs: this.#video.queue.delayBehindMs(nowMs, this.#video.sinkDelayMs),
            leadMs: this.#audio.leadMs,
            decodeMs: this.#video.decodeMs,
            hasSound,
            pathGuessMs: this.#pathGuessMs,
        });
    }

    /** What another device needed says nothing; a nearer one proves itself by what is left over. */
    #noteDevice() {
        const { leadMs } = this.#audio;
        if (leadMs > this.#leadMs + OTHER_LEAD_MS) this.#needed.reset();
        if (Math.abs(leadMs - this.#leadMs) > OTHER_LEAD_MS) this.#leadMs = leadMs;
    }

    /** A device plays, and there is sound to play. @param {number} nowMs */
    #hasSound(nowMs) {
        if (!this.#audio.isPlayable) {
            this.#playableSinceMs = Infinity;
            return false;
        }
        this.#playableSinceMs = Math.min(this.#playableSinceMs, nowMs);
        if (nowMs - this.#playableSinceMs < DEVICE_SETTLE_MS) return false;
        return this.#audio.queue.newestMs >= this.#video.queue.newestMs - SOUND_MISSING_MS;
    }

    /** @param {number} nowMs */
    #runSound(nowMs) {
        this.#audio.pump(SOUND_AHEAD_MS);
        if (this.#audio.isHeld) {
            if (!this.#startSound(nowMs) && this.#isSoundFresh) this.#runClock(nowMs);
            return;
        }
        const starvedMs = this.#audio.takeStarvedMs();
        if (starvedMs > 0) this.#noteNeed(-Math.min(starvedMs, DRY_NOTED_MS), nowMs);
        const isBreakShort = this.#setting === 'closest' && nowMs - this.#heardMs < SHORT_BREAK_MS;
        if (starvedMs === 0) this.#heardMs = nowMs;
        if (starvedMs > 0 && this.#audio.bufferedMs < DRY_MS && !isBreakShort) {
            this.#stalls += 1;
            this.#audio.hold();
            this.#heldSinceMs = nowMs;
            this.#clock.hold(nowMs);
            return;
        }
        const audibleMs = this.#audio.audibleMs(nowMs);
        if (!Number.isNaN(audibleMs)) this.#clock.observe(audibleMs, nowMs);
        const spareMs = this.#audio.takeLeastLeftMs();
        // With packets still to be decoded the ring does not tell all that is there.
        if (spareMs < Infinity && this.#audio.queue.length === 0) this.#noteNeed(spareMs, nowMs);
        if (this.#shouldCut(nowMs) || this.#clock.steer(this.#wantedMs, nowMs, { isNear: this.#setting === 'closest' }) === 'far') this.#jump(nowMs);
        else this.#audio.setRate(this.#clock.rate);
    }

    /** @param {number} spareMs left over, or missing if negative @param {number} nowMs */
    #noteNeed(spareMs, nowMs) {
        const delayMs = nowMs - this.#clock.timeAt(nowMs);
        // What is played far too late, behind an outage, says nothing of what is needed.
        if (delayMs - (nowMs - this.#wantedMs) < FAR_TOO_LATE_MS) this.#needed.observe(delayMs, spareMs, nowMs);
    }

    /**
     * Better a short cut than to be late for long: where the device stood still there is a hole in what is heard
     * anyway, and right after the beginning the delay is still that of a player that was busy starting.
     * @param {number} nowMs
     */
    #shouldCut(nowMs) {
        const behindMs = this.#wantedMs - this.#clock.timeAt(nowMs);
        const wasCut = this.#audio.takeLostMs() > 0;
        const isYoung = nowMs - this.#soundStartMs < YOUNG_MS;
        return (wasCut && behindMs > CUT_MS) || (isYoung && behindMs > YOUNG_CUT_MS);
    }

    /** To the live edge, without a stop where what is to be heard is decoded already. @param {number} nowMs */
    #jump(nowMs) {
        this.#jumps += 1;
        const { leadMs, beginMs, endMs } = this.#audio;
        const timeMs = this.#wantedMs + leadMs;
        if (!(timeMs > beginMs && timeMs < endMs - DRY_MS)) {
            this.#goToLive(nowMs);
            return;
        }
        this.#audio.start(timeMs);
        this.#clock.set(this.#wantedMs, nowMs);
    }

    /** @param {number} nowMs @returns {boolean} true: it plays now */
    #startSound(nowMs) {
        const { leadMs, beginMs, endMs } = this.#audio;
        const timeMs = soundStartMs({
            beginMs,
            endMs,
            wantedMs: this.#wantedMs + leadMs,
            heldMs: nowMs - this.#heldSinceMs,
            isFresh: this.#isSoundFresh,
        });
        if (timeMs === null) return false;
        this.#audio.start(timeMs);
        this.#audio.takeLeastLeftMs();
        if (this.#isSoundFresh) this.#soundStartMs = nowMs;
        this.#isSoundFresh = false;
        this.#clock.set(timeMs - leadMs, nowMs);
        this.#clock.run(nowMs);
        return true;
    }

    /** @param {number} nowMs */
    #runSilent(nowMs) {
        if (!this.#audio.isHeld || !this.#isSoundFresh) {
            this.#audio.restart();
            this.#isSoundFresh = true;
        }
        this.#heldSinceMs = nowMs;
        this.#keepSoundShort();
        this.#runClock(nowMs);
    }

    /** The local clock alone leads the picture. @param {number} nowMs */
    #runClock(nowMs) {
        if (!this.#clock.isRunning) {
            this.#clock.set(this.#wantedMs, nowMs);
            this.#clock.run(nowMs);
        } else if (this.#clock.steer(this.#wantedMs, nowMs, { isSilent: true }) === 'far') {
            this.#clock.set(this.#wantedMs, nowMs);
        }
    }

    #keepSoundShort() {
        const oldest = this.#audio.queue.newestMs - SOUND_KEPT_MS;
        this.#audio.queue.dropWhile((packet) => packet.timeMs < oldest);
    }

    /** Asks for a key frame when only that helps. @param {number} nowMs */
    #wish(nowMs) {
        const { queue, decodeMs, hasShown } = this.#video;
        const isBacklogLong = !hasShown && queue.length * decodeMs > BACKLOG_LIMIT_MS;
        if (!this.#intake.isWaitingForKey && !isBacklogLong) return;
        if (this.#isHidden || nowMs - this.#welcomedMs < WISH_GRACE_MS || nowMs - this.#wishedMs < WISH_INTERVAL_MS) return;
        this.#wishedMs = nowMs;
        this.#onWish();
    }

    /** Idempotent. */
    close() {
        this.#intake.close();
        this.#video.close();
        this.#audio.close();
    }
}
