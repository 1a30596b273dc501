// SPDX-License-Identifier: MIT
// Pictures in, wire messages out: the best rendition of every picture, and smaller ones of it for whoever wants them. Decides which
// size each has; owns the renditions. Knows no socket and no clock.
//
//   frame → FrameReader → best ─→ encode()
//                          └ scaled → lesser 1 → scaled → lesser 2 ─→ encodeLesser()

import { localNow } from '../wire/connection.js';
import { FrameReader, visibleSize } from './frame-reader.js';
import { encodedSize, lesserSizes } from './quality.js';
import { RateMeter } from './rate-meter.js';
import { Rendition } from './rendition.js';

/** @typedef {import('../codec/encoder-module.js').EncoderModule} EncoderModule */
/** @typedef {import('./publish-messages.js').SourceKind} SourceKind */
/** @typedef {import('./quality.js').Quality} Quality */
/** @typedef {import('./quality.js').LesserSize} LesserSize */
/** @typedef {import('./rate-control.js').RateDecision} RateDecision */
/** @typedef {import('./rendition.js').EncodedPicture} EncodedPicture */
/** @typedef {LesserSize & {rendition: number}} Offer */

/** Small pictures are cheap: what the best one must do without is left to them. */
const LESSER_CPU_USED = -6;

export class VideoPipeline {
    #module;
    #reader = new FrameReader();
    #best = new Rendition(0);
    #lesser = [new Rendition(1), new Rendition(2)];
    /** Numbers of the renditions somebody watches. @type {ReadonlySet<number>} */
    #wanted = new Set();
    /** @type {SourceKind} */
    #kind = 'camera';
    #quality;
    /** @type {RateDecision} */
    #decision;
    /** @type {{width: number, height: number}|null} the largest picture of the present source */
    #full = null;
    /** All that could be made beside the best one at its full size. @type {LesserSize[]} */
    #ladder = [];
    /** Settles when no picture is being copied into the encoder's memory. @type {Promise<unknown>|null} */
    #copying = null;
    copyTimes = new RateMeter();
    #lesserTimes = this.#lesser.map(() => new RateMeter());

    /**
     * @param {EncoderModule} module
     * @param {Quality} quality
     * @param {RateDecision} decision
     */
    constructor(module, quality, decision) {
        this.#module = module;
        this.#quality = quality;
        this.#decision = decision;
    }

    /** Size of the best one now, or null before the first picture. */
    get size() {
        const { encoder } = this.#best;
        return encoder === null ? null : { width: encoder.width, height: encoder.height };
    }

    /** Milliseconds per picture of the best one. */
    get encodeTimes() {
        return this.#best.encodeTimes;
    }

    /** Of the best one. */
    get keyframes() {
        return this.#best.keyframes;
    }

    /** What could be made beside the best one if nothing kept it: the largest first. */
    get ladder() {
        return this.#ladder;
    }

    /** What of the ladder is to be had now. @returns {Offer[]} */
    get offers() {
        return this.#ladder.slice(0, this.#decision.lesser).map((size, i) => ({ ...size, rendition: i + 1 }));
    }

    /** Offers that are being encoded. */
    get active() {
        return this.offers.filter(({ rendition }) => this.#wanted.has(rendition));
    }

    /** Milliseconds that each step of the ladder takes of a picture, scaling included; 0 while it is not encoded. @param {number} nowMs */
    lesserMs(nowMs) {
        return this.#ladder.map((_, i) => this.#lesserTimes[i].mean(nowMs));
    }

    /** The effort put into the lesser ones. */
    get lesserCpuUsed() {
        return Math.max(this.#decision.cpuUsed, LESSER_CPU_USED);
    }

    /** @param {Quality} quality */
    setQuality(quality) {
        this.#quality = quality;
    }

    /** @param {RateDecision} decision */
    apply(decision) {
        this.#decision = decision;
        this.#best.set(decision);
        this.#lesser.forEach((rendition, i) => this.#ladder[i] && rendition.set(this.#lesserSettings(i)));
        this.#closeUnwanted();
    }

    /** The next picture is encoded by this module: as after a new size, INIT and a key frame come first. @param {EncoderModule} module */
    useModule(module) {
        this.#module = module;
    }

    /** How many threads the best one's encoder works with. */
    get threads() {
        return this.#best.encoder?.threads ?? 1;
    }

    /** Pictures come from another source now. */
    beginSource() {
        this.#full = null;
    }

    /** Which renditions are watched; the best one is made in any case. @param {Iterable<number>} renditions */
    setWanted(renditions) {
        this.#wanted = new Set(renditions);
        this.#closeUnwanted();
    }

    /** The next picture of a rendition will be a key frame. @param {number} [rendition] */
    wishKeyframe(rendition = 0) {
        (rendition === 0 ? this.#best : this.#lesser[rendition - 1])?.wishKeyframe();
    }

    get isKeyframeWished() {
        return this.#best.isKeyframeWished || this.active.some(({ rendition }) => this.#lesser[rendition - 1].isKeyframeWished);
    }

    /** A new connection: INIT and a key frame come first again. */
    beginStream() {
        for (const rendition of [this.#best, ...this.#lesser]) rendition.beginStream();
    }

    /**
     * INIT of the best one as it is now.
     * @param {{channels: number, preSkip: number}} sound
     * @param {number} timestampUs
     */
    init(sound, timestampUs) {
        const { size } = this;
        if (size === null) throw new Error('INIT before the first picture');
        return this.#best.init(this.#module, size, sound, timestampUs);
    }

    /**
     * INIT of an offer, encoded or not; a key frame comes next.
     * @param {Offer} offer
     * @param {{channels: number, preSkip: number}} sound
     * @param {number} timestampUs
     */
    initOf(offer, sound, timestampUs) {
        const rendition = this.#lesser[offer.rendition - 1];
        rendition.beginStream();
        return rendition.init(this.#module, offer, sound, timestampUs);
    }

    /**
     * Takes the frame's pixels in; the frame is not needed afterwards. One at a time, and none after close().
     * @param {VideoFrame} frame
     * @param {SourceKind} kind
     */
    async takeIn(frame, kind) {
        const startMs = localNow();
        const size = this.#sizeFor(visibleSize(frame));
        this.#kind = kind;
        const copying = this.#reader.read(frame, this.#best.encoderFor(this.#module, size, kind, this.#decision));
        this.#copying = copying.catch(() => {});
        await copying;
        this.#copying = null;
        const endMs = localNow();
        this.copyTimes.add(endMs, endMs - startMs);
    }

    /**
     * Encodes what was taken in last; again, if nothing new came. Null when rate control left it out.
     * @param {number} timestampUs
     * @returns {EncodedPicture|null}
     */
    encode(timestampUs) {
        return this.#best.encode(timestampUs);
    }

    /**
     * The same picture in the smaller sizes that are watched.
     * @param {number} timestampUs
     * @returns {{offer: Offer, message: Uint8Array<ArrayBuffer>}[]}
     */
    encodeLesser(timestampUs) {
        // Of the same module as the best one's, which may not have followed useModule() yet.
        const { module } = this.#best;
        let from = this.#best.encoder;
        const pictures = [];
        for (const offer of this.active) {
            if (from === null || module === null) break;
            const startMs = localNow();
            const rendition = this.#lesser[offer.rendition - 1];
            const encoder = rendition.encoderFor(module, offer, this.#kind, this.#lesserSettings(offer.rendition - 1));
            encoder.convertFrom(from);
            const picture = rendition.encode(timestampUs);
            if (picture !== null) pictures.push({ offer, message: picture.message });
            from = encoder;
            const endMs = localNow();
            this.#lesserTimes[offer.rendition - 1].add(endMs, endMs - startMs);
        }
        return pictures;
    }

    /**
     * Idempotent. Whoever is inside takeIn() writes into the encoder's memory, which is given back afterwards.
     * @returns {Promise<void>} settles then; the module may be closed from there on
     */
    async close() {
        this.#wanted = new Set();
        this.#closeUnwanted();
        const encoder = this.#best.takeEncoder();
        await this.#copying;
        encoder?.close();
    }

    #closeUnwanted() {
        const active = new Set(this.active.map(({ rendition }) => rendition));
        this.#lesser.forEach((rendition, i) => {
            if (!active.has(i + 1)) rendition.close();
        });
    }

    /** @param {number} index into the ladder */
    #lesserSettings(index) {
        const { framesPerSecond } = this.#decision;
        return { bitrateBps: this.#ladder[index].bitrateBps, cpuUsed: this.lesserCpuUsed, framesPerSecond };
    }

    /**
     * The scale is meant of the source's full size, also when the source makes itself smaller because it was asked to.
     * @param {{width: number, height: number}} source
     */
    #sizeFor(source) {
        const full = this.#full;
        const isSameShape = full !== null && Math.abs(full.width / full.height - source.width / source.height) < 0.02;
        if (full === null || !isSameShape || source.width > full.width) this.#full = source;
        const whole = this.#full ?? source;
        const { width, height } = encodedSize(whole, this.#quality, this.#decision.scale);
        this.#setLadder(lesserSizes(encodedSize(whole, this.#quality)));
        return source.width < width ? encodedSize(source, source) : { width, height };
    }

    /** @param {LesserSize[]} ladder */
    #setLadder(ladder) {
        const isSame = ladder.length === this.#ladder.length && ladder.every((size, i) => size.width === this.#ladder[i].width && size.height === this.#ladder[i].height);
        if (isSame) return;
        this.#ladder = ladder;
        this.#closeUnwanted();
    }
}
