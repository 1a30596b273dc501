// SPDX-License-Identifier: MIT
// One size of a show: owns its encoder, which is replaced when size, module or kind of picture changes (same sequence numbers;
// INIT and a key frame first), its wishes for key frames and its times. Knows nothing of the other sizes.

import { VideoEncoder, initMessage } from '../codec/encoder-module.js';
import { localNow } from '../wire/connection.js';
import { WIRE_KEY } from '../wire/header.js';
import { RateMeter } from './rate-meter.js';

/** @typedef {import('../codec/encoder-module.js').EncoderModule} EncoderModule */
/** @typedef {import('./publish-messages.js').SourceKind} SourceKind */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {{message: Uint8Array<ArrayBuffer>, isKeyframe: boolean, isNewStream: boolean}} EncodedPicture */
/**
 * What the encoder is set to.
 * @typedef {object} EncoderSettings
 * @property {number} bitrateBps
 * @property {number} cpuUsed
 * @property {number} framesPerSecond
 */

/** A key frame at least this often: where replays seek to and joiners begin. */
const KEY_INTERVAL_MS = 3000;
const TEMPORAL_LAYERS = 3;
/** WebM counts milliseconds: two pictures of one would share a Cluster's time. */
const LEAST_STEP_US = 1000;

export class Rendition {
    #number;
    /** @type {VideoEncoder|null} */
    #encoder = null;
    /** @type {EncoderModule|null} of the encoder */
    #module = null;
    /** @type {SourceKind} */
    #kind = 'camera';
    /** @type {EncoderSettings|null} of the encoder */
    #settings = null;
    #isKeyframeWished = true;
    #isNewStream = true;
    #sequence = 0;
    #initSequence = 0;
    #lastUs = -LEAST_STEP_US;
    /** Milliseconds per picture. */
    encodeTimes = new RateMeter();
    keyframes = 0;

    /** @param {number} number 0 is the best */
    constructor(number) {
        this.#number = number;
    }

    get encoder() {
        return this.#encoder;
    }

    /** Where the present encoder lives. */
    get module() {
        return this.#module;
    }

    get isKeyframeWished() {
        return this.#isKeyframeWished;
    }

    /** The next picture will be a key frame. */
    wishKeyframe() {
        this.#isKeyframeWished = true;
    }

    /** A new connection: INIT and a key frame come first again. */
    beginStream() {
        this.#isNewStream = true;
        this.#isKeyframeWished = true;
    }

    /**
     * An encoder of this size and kind: the present one if it is, else a new one.
     * @param {EncoderModule} module
     * @param {Size} size
     * @param {SourceKind} kind
     * @param {EncoderSettings} settings
     */
    encoderFor(module, { width, height }, kind, settings) {
        const present = this.#encoder;
        const isSame = present !== null && present.width === width && present.height === height && kind === this.#kind;
        if (isSame && this.#module === module) return present;
        present?.close();
        const encoder = new VideoEncoder(module, {
            width,
            height,
            framesPerSecond: settings.framesPerSecond,
            bitrateBps: settings.bitrateBps,
            profile: kind,
            cpuUsed: settings.cpuUsed,
            temporalLayers: TEMPORAL_LAYERS,
            keyIntervalMs: KEY_INTERVAL_MS,
            rendition: this.#number,
            sequence: this.#sequence,
            // A second thread is tried with the best one alone.
            ...(this.#number === 0 ? {} : { threads: 1 }),
        });
        this.#encoder = encoder;
        this.#module = module;
        this.#kind = kind;
        this.#settings = settings;
        this.beginStream();
        return encoder;
    }

    /** @param {EncoderSettings} settings */
    set(settings) {
        const encoder = this.#encoder;
        const last = this.#settings;
        if (encoder === null || last === null) return;
        if (settings.bitrateBps !== last.bitrateBps) encoder.setBitrate(settings.bitrateBps);
        if (settings.cpuUsed !== last.cpuUsed) encoder.setCpuUsed(settings.cpuUsed);
        if (settings.framesPerSecond !== last.framesPerSecond) encoder.setFramesPerSecond(settings.framesPerSecond);
        this.#settings = settings;
    }

    /**
     * INIT for pictures of this size; the encoder need not be there yet.
     * @param {EncoderModule} module
     * @param {Size} size
     * @param {{channels: number, preSkip: number}} sound
     * @param {number} timestampUs
     */
    init(module, size, sound, timestampUs) {
        const sequence = this.#initSequence++;
        return initMessage(module, { video: size, audio: sound, rendition: this.#number, sequence, timestampUs });
    }

    /**
     * Encodes what is in the encoder's input. Null when rate control left it out, or there is no encoder.
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

    /** Takes the encoder away, for the caller to close; the next one goes on with the numbers, from a key frame on. */
    takeEncoder() {
        const encoder = this.#encoder;
        this.#encoder = null;
        this.#isKeyframeWished = true;
        return encoder;
    }

    /** Idempotent; encoderFor() opens it again. */
    close() {
        this.takeEncoder()?.close();
    }
}
