// SPDX-License-Identifier: MIT
// Pictures in, wire messages out: owns the encoder of the one rendition and replaces it when size or kind of picture changes
// (same sequence numbers, same clock; INIT and a key frame first). Knows no socket and no clock.

import { VideoEncoder, initMessage } from '../codec/encoder-module.js';
import { localNow } from '../wire/connection.js';
import { WIRE_KEY } from '../wire/header.js';
import { FrameReader, visibleSize } from './frame-reader.js';
import { encodedSize } from './quality.js';
import { RateMeter } from './rate-meter.js';

/** @typedef {import('../codec/encoder-module.js').EncoderModule} EncoderModule */
/** @typedef {import('./publish-messages.js').SourceKind} SourceKind */
/** @typedef {import('./quality.js').Quality} Quality */
/** @typedef {import('./rate-control.js').RateDecision} RateDecision */
/** @typedef {{message: Uint8Array<ArrayBuffer>, isKeyframe: boolean, isNewStream: boolean}} EncodedPicture */

/** A key frame at least this often: where replays seek to and joiners begin. */
const KEY_INTERVAL_MS = 3000;
const TEMPORAL_LAYERS = 3;
/** WebM counts milliseconds: two pictures of one would share a Cluster's time. */
const LEAST_STEP_US = 1000;

export class VideoPipeline {
    #module;
    #reader = new FrameReader();
    /** @type {VideoEncoder|null} */
    #encoder = null;
    /** @type {EncoderModule|null} of the encoder */
    #encoderModule = null;
    /** @type {SourceKind} */
    #kind = 'camera';
    #quality;
    /** @type {RateDecision} */
    #decision;
    /** @type {{width: number, height: number}|null} the largest picture of the present source */
    #full = null;
    #isKeyframeWished = true;
    #isNewStream = true;
    #sequence = 0;
    #initSequence = 0;
    #lastUs = -LEAST_STEP_US;
    /** Settles when no picture is being copied into the encoder's memory. @type {Promise<unknown>|null} */
    #copying = null;
    /** Milliseconds per picture. */
    encodeTimes = new RateMeter();
    copyTimes = new RateMeter();
    keyframes = 0;

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

    /** Size that is encoded now, or null before the first picture. */
    get size() {
        const encoder = this.#encoder;
        return encoder === null ? null : { width: encoder.width, height: encoder.height };
    }

    /** @param {Quality} quality */
    setQuality(quality) {
        this.#quality = quality;
    }

    /** @param {RateDecision} decision */
    apply(decision) {
        const last = this.#decision;
        this.#decision = decision;
        const encoder = this.#encoder;
        if (encoder === null) return;
        if (decision.bitrateBps !== last.bitrateBps) encoder.setBitrate(decision.bitrateBps);
        if (decision.cpuUsed !== last.cpuUsed) encoder.setCpuUsed(decision.cpuUsed);
        if (decision.framesPerSecond !== last.framesPerSecond) encoder.setFramesPerSecond(decision.framesPerSecond);
    }

    /** The next picture is encoded by this module: as after a new size, INIT and a key frame come first. @param {EncoderModule} module */
    useModule(module) {
        this.#module = module;
    }

    /** How many threads the encoder works with. */
    get threads() {
        return this.#encoder?.threads ?? 1;
    }

    /** Pictures come from another source now. */
    beginSource() {
        this.#full = null;
    }

    /** The next picture will be a key frame. */
    wishKeyframe() {
        this.#isKeyframeWished = true;
    }

    get isKeyframeWished() {
        return this.#isKeyframeWished;
    }

    /** A new connection: INIT and a key frame come first again. */
    beginStream() {
        this.#isNewStream = true;
        this.#isKeyframeWished = true;
    }

    /**
     * INIT for the pictures as they are now.
     * @param {{channels: number, preSkip: number}} sound
     * @param {number} timestampUs
     */
    init(sound, timestampUs) {
        const encoder = this.#encoder;
        if (encoder === null) throw new Error('INIT before the first picture');
        const sequence = this.#initSequence++;
        return initMessage(this.#module, { video: encoder, audio: sound, sequence, timestampUs });
    }

    /**
     * Takes the frame's pixels in; the frame is not needed afterwards. One at a time, and none after close().
     * @param {VideoFrame} frame
     * @param {SourceKind} kind
     */
    async takeIn(frame, kind) {
        const startMs = localNow();
        const encoder = this.#encoderFor(this.#sizeFor(visibleSize(frame)), kind);
        const copying = this.#reader.read(frame, encoder);
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
        const encoder = this.#encoder;
        if (encoder === null) return null;
        const startMs = localNow();
        const stampUs = Math.max(timestampUs, this.#lastUs + LEAST_STEP_US);
        const message = encoder.encode({ timestampUs: stampUs, forceKey: this.#isKeyframeWished });
        const endMs = localNow();
        this.encodeTimes.add(endMs, endMs - startMs);
        if (message === null) return null;
        this.#lastUs = stampUs;
        this.#sequence = encoder.sequence;
        const isKeyframe = (message[1] & WIRE_KEY) !== 0;
        if (isKeyframe) {
            this.#isKeyframeWished = false;
            this.keyframes += 1;
        }
        const isNewStream = this.#isNewStream;
        this.#isNewStream = false;
        return { message, isKeyframe, isNewStream };
    }

    /**
     * Idempotent. Whoever is inside takeIn() writes into the encoder's memory, which is given back afterwards.
     * @returns {Promise<void>} settles then; the module may be closed from there on
     */
    async close() {
        const encoder = this.#encoder;
        this.#encoder = null;
        await this.#copying;
        encoder?.close();
    }

    /**
     * The scale is meant of the source's full size, also when the source makes itself smaller because it was asked to.
     * @param {{width: number, height: number}} source
     */
    #sizeFor(source) {
        const full = this.#full;
        const isSameShape = full !== null && Math.abs(full.width / full.height - source.width / source.height) < 0.02;
        if (full === null || !isSameShape || source.width > full.width) this.#full = source;
        const { width, height } = encodedSize(this.#full ?? source, this.#quality, this.#decision.scale);
        return source.width < width ? encodedSize(source, source) : { width, height };
    }

    /**
     * @param {{width: number, height: number}} size
     * @param {SourceKind} kind
     */
    #encoderFor({ width, height }, kind) {
        const present = this.#encoder;
        const isSame = present !== null && present.width === width && present.height === height && kind === this.#kind;
        if (isSame && this.#encoderModule === this.#module) return present;
        present?.close();
        const encoder = new VideoEncoder(this.#module, {
            width,
            height,
            framesPerSecond: this.#decision.framesPerSecond,
            bitrateBps: this.#decision.bitrateBps,
            profile: kind,
            cpuUsed: this.#decision.cpuUsed,
            temporalLayers: TEMPORAL_LAYERS,
            keyIntervalMs: KEY_INTERVAL_MS,
            sequence: this.#sequence,
        });
        this.#encoder = encoder;
        this.#encoderModule = this.#module;
        this.#kind = kind;
        this.beginStream();
        return encoder;
    }
}
