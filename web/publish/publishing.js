// SPDX-License-Identifier: MIT
// A show's media from capture to socket, inside the publish worker: wires intake → encoder → broadcast and keeps the beats
// (sound, pictures that repeat, rate control, stats). Each part has its file; here is only what one tells the other.

import { localNow } from '../wire/connection.js';
import { Broadcast } from './broadcast.js';
import { FramePacer } from './frame-pacer.js';
import { OfferBook } from './offer-book.js';
import { PosterMaker } from './poster-maker.js';
import { emptyStats } from './publish-messages.js';
import { RateControl, firstCpuUsed } from './rate-control.js';
import { RateMeter } from './rate-meter.js';
import { Rehearsal } from './rehearsal.js';
import { ThreadGuard } from './thread-trial.js';
import { VideoIntake } from './video-intake.js';
import { VideoPipeline } from './video-pipeline.js';

/** @typedef {import('./publish-messages.js').ToWorker} ToWorker */
/** @typedef {import('./publish-messages.js').ToPage} ToPage */
/** @typedef {import('./publish-messages.js').SourceKind} SourceKind */
/** @typedef {import('./quality.js').Quality} Quality */
/** @typedef {import('../codec/encoder-module.js').EncoderModule} EncoderModule */

const STATS_BEAT_MS = 500;
const RATE_BEAT_MS = 1000;
/** A screen on which nothing moves sends no pictures; the last one is encoded again this often. */
const REPEAT_MS = 1000;
/** A key frame that somebody waits for is made of the last picture when no new one comes for this long. */
const WISHED_REPEAT_MS = 120;

export class Publishing {
    #module;
    #post;
    #video;
    #sound;
    #broadcast;
    #rate;
    #pacer;
    #quality;
    #poster = new PosterMaker();
    #offers = new OfferBook();
    #loadThreads;
    #rehearsal;
    /** @type {import('./thread-trial.js').ThreadVerdict} */
    #verdict = { threads: 1, oneMs: NaN, manyMs: NaN };
    /** What the rehearsal found worth it, or null: one thread. @type {EncoderModule|null} */
    #threadedModule = null;
    /** @type {ThreadGuard|null} while the show has threads */
    #threadGuard = null;
    #intake;
    /** @type {SourceKind} */
    #kind = 'camera';
    #isTaking = false;
    #lastPictureMs = -Infinity;
    #lastCapturedMs = -Infinity;
    #askedScale = 1;
    /** What somebody watches, as the relay says. @type {number[]} */
    #wanted = [0];
    /** @type {import('./quality.js').LesserSize[]|null} as the rate control knows it */
    #ladder = null;
    #framesEncoded = 0;
    #dropped = { busy: 0, network: 0, encoder: 0 };
    /** Milliseconds from a picture's capture until it is taken in, and until it is with the socket. */
    #waits = new RateMeter();
    #sendTimes = new RateMeter();
    /** @type {any} */
    #mailboxBeat = null;
    /** @type {any[]} */
    #timers = [];

    /**
     * @param {EncoderModule} module of one thread
     * @param {Quality} quality
     * @param {object} calls
     * @param {(message: ToPage) => void} calls.post
     * @param {(error: unknown) => void} calls.onFault the encoder cannot go on
     * @param {((threads: number) => Promise<EncoderModule>)|null} calls.loadThreads null where memory cannot be shared
     * @param {import('./remote-line.js').RemoteLine} calls.line
     */
    constructor(module, quality, { post, onFault, loadThreads, line }) {
        line.onFault = onFault;
        line.onSoundSent = (lengths) => this.#broadcast.noteSound(lengths);
        this.#module = module;
        this.#loadThreads = loadThreads;
        this.#post = post;
        this.#quality = quality;
        this.#rate = newRateControl(quality);
        this.#pacer = new FramePacer(quality.framesPerSecond);
        this.#video = new VideoPipeline(module, quality, this.#rate.decision);
        this.#rehearsal = new Rehearsal(module, quality, this.#rate.decision, loadThreads);
        this.#sound = line.sound;
        this.#sound.setBitrate(quality.soundBitrateBps);
        this.#broadcast = new Broadcast({
            post,
            onBegin: () => this.#begin(),
            onPause: () => this.#pause(),
            onKeyframeWish: (rendition) => this.#video.wishKeyframe(rendition),
            onWanted: (renditions) => this.#setWanted(renditions),
            connect: (options) => line.connect(options),
        });
        this.#intake = new VideoIntake({
            take: (frame, capturedMs, kind) => this.#takePicture(frame, capturedMs, kind),
            onFree: (generation) => post({ type: 'mailbox-free', generation }),
            onRefused: (generation) => post({ type: 'track-refused', generation }),
            onFault,
        });
        /** @type {(work: () => void) => () => void} a beat's failure is told and not lost */
        const guarded = (work) => () => {
            try {
                work();
            } catch (error) {
                onFault(error);
            }
        };
        this.#timers = [
            setInterval(guarded(() => this.#repeatPicture()), WISHED_REPEAT_MS / 2),
            setInterval(guarded(() => this.#control()), RATE_BEAT_MS),
            setInterval(() => post({ type: 'stats', stats: this.#stats() }), STATS_BEAT_MS),
        ];
    }

    /** @param {Exclude<ToWorker, {type: 'prepare'}|{type: 'close'}>} message */
    receive(message) {
        switch (message.type) {
            case 'quality':
                this.#setQuality(message.quality);
                break;
            case 'video-stream':
                this.#beginSource(message.kind, false);
                this.#intake.useStream(message);
                break;
            case 'video-track':
                this.#beginSource(message.kind, false);
                this.#intake.useTrack(message);
                break;
            case 'video-mailbox':
                this.#beginSource(message.kind, true);
                this.#intake.useMailbox(message);
                break;
            case 'video-frame':
                this.#intake.offerFromMailbox(message, this.#kind);
                break;
            case 'video-none':
                this.#intake.stop(message.generation);
                break;
            case 'sound-profile':
                this.#sound.setProfile(message.profile);
                break;
            case 'sound-port':
                this.#sound.usePort(message.port);
                break;
            case 'go-live':
                this.#beginShow();
                this.#broadcast.goLive(message);
                break;
            case 'end-show':
                this.#broadcast.end();
                break;
            case 'chat':
                this.#broadcast.chat(message.text);
                break;
            case 'name':
                this.#broadcast.rename(message.name);
                break;
            default:
                throw new Error(`no case for ${/** @type {any} */ (message).type}`);
        }
    }

    /** @returns {Promise<void>} settles when everything is given back */
    async close() {
        for (const timer of this.#timers) clearInterval(timer);
        clearInterval(this.#mailboxBeat);
        this.#intake.stop(-1);
        this.#broadcast.close();
        await Promise.all([this.#rehearsal.close(), this.#video.close()]);
        this.#threadedModule?.close();
    }

    // ---- pictures ---------------------------------------------------------------------------------

    /** @param {SourceKind} kind @param {boolean} isMailbox */
    #beginSource(kind, isMailbox) {
        this.#kind = kind;
        clearInterval(this.#mailboxBeat);
        if (isMailbox) this.#beatMailbox();
        this.#lastCapturedMs = -Infinity;
        this.#video.beginSource();
        // The page opens a source at full size.
        this.#askedScale = 1;
    }

    /**
     * @param {VideoFrame} frame
     * @param {number} capturedMs
     * @param {SourceKind} kind
     */
    async #takePicture(frame, capturedMs, kind) {
        if (!this.#broadcast.isOpen) {
            await this.#rehearse(frame, kind);
            return;
        }
        if (this.#broadcast.showUs(capturedMs) < 0) return;
        this.#countMissed(capturedMs, kind);
        if (!this.#pacer.accepts(capturedMs)) return;
        if (this.#rate.shouldSkip(this.#broadcast.acks.queueMs(localNow()))) {
            this.#dropped.network += 1;
            return;
        }
        this.#isTaking = true;
        const video = this.#video;
        const takenMs = localNow();
        this.#waits.add(takenMs, takenMs - capturedMs);
        try {
            await video.takeIn(frame, kind);
        } finally {
            this.#isTaking = false;
        }
        // Another show began, with a pipeline of its own.
        if (video !== this.#video) return;
        this.#followLadder();
        this.#encode(this.#broadcast.showUs(capturedMs));
        const sentMs = localNow();
        this.#sendTimes.add(sentMs, sentMs - capturedMs);
        if (this.#poster.isDue(localNow())) this.#makePoster(frame);
    }

    /**
     * Before the show.
     * @param {VideoFrame} frame
     * @param {SourceKind} kind
     */
    async #rehearse(frame, kind) {
        if (this.#rehearsal.isOver) return;
        await this.#rehearsal.take(frame, kind);
        if (this.#rehearsal.isOver) this.#endRehearsal();
    }

    #endRehearsal() {
        const rehearsal = this.#rehearsal;
        if (!Number.isNaN(rehearsal.verdict.oneMs)) this.#verdict = rehearsal.verdict;
        this.#threadedModule ??= rehearsal.takeModule();
        rehearsal.close();
    }

    /** A camera's even pace tells how many pictures went by unseen while the encoder was busy. */
    #countMissed(/** @type {number} */ capturedMs, /** @type {SourceKind} */ kind) {
        const gapMs = capturedMs - this.#lastCapturedMs;
        this.#lastCapturedMs = capturedMs;
        if (kind !== 'camera' || gapMs > 2000) return;
        this.#dropped.busy += Math.max(0, Math.round((gapMs * this.#quality.framesPerSecond) / 1000) - 1);
    }

    /** @param {number} timestampUs */
    #encode(timestampUs) {
        // The connection may have gone while the picture was copied.
        if (!this.#broadcast.isOpen) return;
        const picture = this.#video.encode(timestampUs);
        if (picture === null) {
            this.#dropped.encoder += 1;
        } else {
            this.#framesEncoded += 1;
            this.#lastPictureMs = localNow();
            if (picture.isNewStream || this.#broadcast.wantsInit) {
                this.#broadcast.sendInit(this.#video.init(this.#sound.track, timestampUs));
            }
            this.#broadcast.sendPicture(picture.message);
        }
        if (!this.#broadcast.wantsInit) this.#encodeLesser(timestampUs);
    }

    /** What the relay has to know of the smaller renditions, then those that are watched. @param {number} timestampUs */
    #encodeLesser(timestampUs) {
        const { fresh, gone } = this.#offers.changes(this.#video.offers);
        for (const rendition of gone) this.#broadcast.withdraw(rendition);
        for (const offer of fresh) this.#broadcast.sendOffer(this.#video.initOf(offer, this.#sound.track, timestampUs));
        for (const { offer, message } of this.#video.encodeLesser(timestampUs)) this.#broadcast.sendPicture(message, offer.rendition);
    }

    /** @param {number[]} renditions */
    #setWanted(renditions) {
        this.#wanted = renditions;
        this.#video.setWanted(renditions);
    }

    /** Another size of the best one has other smaller ones. */
    #followLadder() {
        const { ladder } = this.#video;
        if (ladder === this.#ladder) return;
        this.#ladder = ladder;
        this.#rate.setLadder(ladder.map(({ bitrateBps }) => bitrateBps));
        this.#applyRate();
    }

    #repeatPicture() {
        if (!this.#broadcast.isOpen || this.#isTaking || this.#video.size === null) return;
        const nowMs = localNow();
        const waitMs = this.#video.isKeyframeWished ? WISHED_REPEAT_MS : REPEAT_MS;
        if (nowMs - this.#lastPictureMs < waitMs) return;
        if (this.#rate.shouldSkip(this.#broadcast.acks.queueMs(nowMs))) return;
        this.#encode(this.#broadcast.showUs(nowMs));
    }

    /** @param {VideoFrame} frame */
    #makePoster(frame) {
        this.#poster.make(frame, localNow()).then(
            (jpeg) => {
                if (jpeg !== null) this.#broadcast.sendPoster(jpeg);
            },
            () => this.#poster.stop(), // a browser that cannot make a JPEG: the show has no card, nothing else
        );
    }

    /** A page that is hidden is not told of new pictures, nor is any page in some browsers: this beat asks, twice as often as pictures come. */
    #beatMailbox() {
        this.#mailboxBeat = setInterval(() => this.#post({ type: 'tick' }), 500 / this.#quality.framesPerSecond);
    }

    // ---- the show ---------------------------------------------------------------------------------

    /** A show of its own: times, numbers and decisions of the one before are not its. */
    #beginShow() {
        this.#endRehearsal();
        this.#rate = newRateControl(this.#quality);
        this.#video.close();
        const module = this.#threadedModule ?? this.#module;
        this.#video = new VideoPipeline(module, this.#quality, this.#rate.decision);
        this.#threadGuard = module === this.#module ? null : new ThreadGuard(this.#verdict);
        this.#ladder = null;
        this.#applyRate();
        this.#framesEncoded = 0;
        this.#dropped = { busy: 0, network: 0, encoder: 0 };
    }

    #begin() {
        this.#video.beginStream();
        this.#offers.reset();
        this.#rate.forgetNetwork();
        this.#sound.setLive(this.#broadcast.originMs);
        this.#poster.start(localNow());
    }

    #pause() {
        this.#sound.setLive(NaN);
        this.#poster.stop();
    }

    /** @param {Quality} quality */
    #setQuality(quality) {
        this.#quality = quality;
        this.#rate = newRateControl(quality);
        this.#ladder = null;
        this.#video.setQuality(quality);
        this.#sound.setBitrate(quality.soundBitrateBps);
        this.#applyRate();
        if (!this.#broadcast.isOpen) this.#rehearseAnew();
    }

    /** What was found out for one size says nothing of another. */
    #rehearseAnew() {
        this.#rehearsal.close();
        const threaded = this.#threadedModule;
        // The last show's pipeline may still have its encoder there.
        if (threaded !== null) this.#video.close().then(threaded.close);
        this.#threadedModule = null;
        this.#verdict = { threads: 1, oneMs: NaN, manyMs: NaN };
        this.#rehearsal = new Rehearsal(this.#module, this.#quality, this.#rate.decision, this.#loadThreads);
    }

    #control() {
        if (!this.#broadcast.isOpen) return;
        const nowMs = localNow();
        const { acks } = this.#broadcast;
        const encodeMs = this.#video.encodeTimes.mean(nowMs);
        if (this.#threadGuard?.update(encodeMs)) {
            this.#threadGuard = null;
            this.#video.useModule(this.#module);
        }
        this.#rate.update({
            nowMs,
            encodeMs: encodeMs + this.#video.copyTimes.mean(nowMs),
            lesserMs: this.#video.lesserMs(nowMs),
            lesserBps: this.#video.active.reduce((sum, { bitrateBps }) => sum + bitrateBps, 0),
            queueMs: acks.queueMs(nowMs),
            throughputBps: acks.throughputBps === null ? null : Math.max(0, acks.throughputBps - this.#broadcast.soundSent.amountPerSecond(nowMs) * 8),
        });
        this.#broadcast.sendTiming({ captureMs: this.#waits.mean(nowMs) + this.#video.copyTimes.mean(nowMs), encodeMs });
        this.#applyRate();
    }

    #applyRate() {
        const { decision } = this.#rate;
        this.#video.apply(decision);
        this.#sound.setStrained(this.#rate.isStrained);
        if (decision.scale !== this.#askedScale) {
            this.#askedScale = decision.scale;
            this.#post({ type: 'fit', scale: decision.scale });
        }
        this.#pacer.setFramesPerSecond(decision.framesPerSecond);
    }

    /** @param {number} nowMs @returns {import('./publish-messages.js').RenditionStats[]} */
    #renditionStats(nowMs) {
        const video = this.#video;
        const { size } = video;
        if (size === null) return [];
        const { picturesSent } = this.#broadcast;
        const { bitrateBps, cpuUsed, lesser } = this.#rate.decision;
        /** @type {(rendition: number) => {rendition: number, framesPerSecond: number, bitrateBps: number}} */
        const sent = (rendition) => ({
            rendition,
            framesPerSecond: picturesSent[rendition].perSecond(nowMs),
            bitrateBps: picturesSent[rendition].amountPerSecond(nowMs) * 8,
        });
        return [
            { ...sent(0), ...size, targetBitrateBps: bitrateBps, cpuUsed, state: 'sent' },
            ...video.ladder.map(({ width, height, bitrateBps: targetBitrateBps }, i) => ({
                ...sent(i + 1), width, height, targetBitrateBps, cpuUsed: video.lesserCpuUsed,
                state: /** @type {'sent'|'idle'|'given-up'} */ (i >= lesser ? 'given-up' : this.#wanted.includes(i + 1) ? 'sent' : 'idle'),
            })),
        ];
    }

    /** @returns {import('./publish-messages.js').PublishStats} */
    #stats() {
        const nowMs = localNow();
        const broadcast = this.#broadcast;
        const bitrateBps = broadcast.sent.amountPerSecond(nowMs) * 8;
        const soundBitrateBps = broadcast.soundSent.amountPerSecond(nowMs) * 8;
        const framesPerSecond = broadcast.picturesSent[0].perSecond(nowMs);
        const { busy, network, encoder } = this.#dropped;
        return {
            ...emptyStats(),
            encodeMs: this.#video.encodeTimes.mean(nowMs),
            copyMs: this.#video.copyTimes.mean(nowMs),
            waitMs: this.#waits.mean(nowMs),
            sendMs: this.#sendTimes.mean(nowMs),
            framesPerSecond,
            bitrateBps,
            soundBitrateBps,
            renditions: this.#renditionStats(nowMs),
            lesserGivenUpBy: this.#rate.lesserGivenUpBy,
            framesEncoded: this.#framesEncoded,
            framesDropped: busy + network + encoder,
            dropReasons: { busy, network, encoder },
            keyframes: this.#video.keyframes,
            sound: this.#sound.settings,
            soundFilledMs: this.#sound.filledMs,
            ackDelayMs: broadcast.acks.ackDelayMs,
            unackedBytes: broadcast.acks.unackedBytes,
            viewers: broadcast.viewers,
            liveForMs: broadcast.liveForMs,
            recording: broadcast.recording,
            reducedBy: this.#rate.reducedBy,
            threads: this.#video.threads,
            threadTrial: this.#verdict,
        };
    }
}

/** @param {Quality} quality */
function newRateControl(quality) {
    const { framesPerSecond, bitrateBps } = quality;
    return new RateControl({ framesPerSecond, bitrateBps, cpuUsed: firstCpuUsed(quality) });
}
