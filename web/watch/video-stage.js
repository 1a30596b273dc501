// SPDX-License-Identifier: MIT
// Coded pictures in, shown pictures out: decodes ahead of the clock as far as a small store allows, shows
// each picture at its time, sheds what cannot be shown any more. Owns the decoder, the coded queue and the
// pictures that wait. Each picture is closed exactly once: by being shown (the sink owns it then), or here.
// Knows no timers: decode() and present() are told the time and say what remains to be done.
//
//   push(packet) → JitterBuffer → decode(): decoder, sink.take() → waiting pictures → present(): sink.show()

import { CodecError } from '../codec/codec-error.js';
import { localNow } from '../wire/connection.js';
import { JitterBuffer } from './jitter-buffer.js';
import { EAGER_LIMITS, LayerShedder, TIMED_LIMITS, TOP_LAYER } from './layer-shedder.js';

/** @typedef {import('./packet.js').Packet} Packet */
/** @typedef {import('../codec/video-decoder.js').DecodedFrame} DecodedFrame */

/**
 * A picture outside the decoder's memory.
 * @typedef {object} Picture
 * @property {number} timestampUs
 * @property {number} width
 * @property {number} height
 * @property {() => void} close idempotent
 */

/**
 * Where pictures go (video-sink-generator.js, video-sink-canvas.js).
 * @typedef {object} PictureSink
 * @property {(frame: DecodedFrame) => Picture} take copies the picture out of the decoder
 * @property {(picture: any) => void} show takes the picture over and closes it
 * @property {number} delayMs from show() to the screen: shown that much early. Begins as a guess, then is what was seen
 * @property {string} kind for the statistics
 * @property {() => void} close
 */

/**
 * A picture that waits to be shown, and how it came here.
 * @typedef {object} Waiting
 * @property {Picture} picture
 * @property {number} arrivedMs NaN: it was not live
 * @property {number} beganMs   local time when decoding began
 * @property {number} decodedMs and ended
 */

/** Pictures decoded ahead: 12 of 720p are 16 MB, 400 ms at 30 fps. */
const WAITING_COUNT = 12;
/** One call of decode() ends after this long, so that messages and sound get their turn. */
const DECODE_SLICE_MS = 12;
/** Coded pictures beyond this cannot have a use (hidden tab, paused): all but the newest GOP goes. */
const QUEUE_SPAN_MS = 4000;
/** A picture may be shown this early rather than a timer tick late. */
const EARLY_MS = 2;
/** However late everything is, a picture is shown this often; seldom while a backlog is caught up, which is soon over. */
const SHOW_AT_LEAST_MS = 200;
const SHOW_BACKLOG_MS = 1000;
/** Weight of one picture in the mean decode time. */
const DECODE_MEAN_WEIGHT = 0.05;

export class VideoStage {
    #createDecoder;
    #sink;
    #measure;
    /** @type {import('../codec/video-decoder.js').VideoDecoder|null} */
    #decoder = null;
    #queue = new JitterBuffer();
    #shedder = new LayerShedder();
    /** @type {Waiting[]} decoded, in order of time */
    #waiting = [];
    /** pictures before this time are decoded for reference only */
    #showFromMs = -Infinity;
    #isFirst = true;
    #isCatchingUp = true;
    #isIdle = false;
    /** The newest picture that came is the one to be shown, whatever its time. */
    #isEager = false;
    #isAtEnd = false;
    #shownMs = NaN;
    /** @type {Waiting & {atMs: number}|null} the picture on show, and local time when the sink got it */
    #shown = null;
    /** local time of the picture taken last; NaN: none since a beginning */
    #takenMs = NaN;
    #decodeMs = 3;
    #width = 0;
    #height = 0;
    #rendition = 0;
    #counts = { decoded: 0, dropped: 0, shown: 0, corrupted: 0 };

    /**
     * @param {object} parts
     * @param {() => import('../codec/video-decoder.js').VideoDecoder} parts.createDecoder
     * @param {PictureSink} parts.sink
     * @param {() => number} [parts.measure] local time, for what happens within a turn
     */
    constructor({ createDecoder, sink, measure = localNow }) {
        this.#createDecoder = createDecoder;
        this.#sink = sink;
        this.#measure = measure;
    }

    get queue() {
        return this.#queue;
    }

    /** Time of the picture on show, NaN before the first. */
    get shownMs() {
        return this.#shownMs;
    }

    /** The way of the picture on show, null before the first. */
    get shown() {
        return this.#shown;
    }

    /** Pictures come to the screen so long after show(), as the page has seen. @param {number} delayMs */
    setSinkDelay(delayMs) {
        this.#sink.delayMs = delayMs;
    }

    get sinkKind() {
        return this.#sink.kind;
    }

    get width() {
        return this.#width;
    }

    get height() {
        return this.#height;
    }

    /** Of the picture decoded last. */
    get rendition() {
        return this.#rendition;
    }

    /** What came is older than what is due: the beginning, or after a time unseen. */
    get isCatchingUp() {
        return this.#isCatchingUp;
    }

    /** Mean time to decode one picture. */
    get decodeMs() {
        return this.#decodeMs;
    }

    /** Totals: decoded, dropped (came but never shown, backlogs of joining left out), shown, corrupted. */
    get counts() {
        return this.#counts;
    }

    /** A picture of the time since the last reset() is on show. */
    get hasShown() {
        return !this.#isFirst;
    }

    /** Time of the next picture that waits to be shown, or undefined. */
    get nextMs() {
        return this.#waiting.length === 0 ? undefined : this.#waiting[0].picture.timestampUs / 1000;
    }

    get isEmpty() {
        return this.#queue.length === 0 && this.#waiting.length === 0;
    }

    get sinkDelayMs() {
        return this.#sink.delayMs;
    }

    /**
     * Eager: each picture is due when it comes, and what has a successor already is passed over. The clock then only
     * holds pictures back (present()).
     * @param {boolean} isEager
     */
    setEager(isEager) {
        if (isEager === this.#isEager) return;
        this.#isEager = isEager;
        this.#shedder.setLimits(isEager ? EAGER_LIMITS : TIMED_LIMITS);
    }

    /** @param {Packet} packet */
    push(packet) {
        this.#queue.push(packet);
    }

    /** Live only: keeps what may still be of use while nothing is decoded. */
    trim() {
        if (this.#isIdle || this.#queue.spanMs > QUEUE_SPAN_MS) this.#queue.dropToNewestKey();
    }

    /** Replay only, while idle: drops the GOPs that are over. @param {number} positionMs */
    dropBefore(positionMs) {
        this.#skipToDueKey(positionMs);
    }

    /** Nothing follows what was pushed. @param {boolean} isAtEnd */
    setAtEnd(isAtEnd) {
        this.#isAtEnd = isAtEnd;
    }

    /**
     * Idle: pictures come in but are not decoded (hidden tab, pause). Afterwards the backlog is caught up.
     * @param {boolean} isIdle
     */
    setIdle(isIdle) {
        if (isIdle === this.#isIdle) return;
        this.#isIdle = isIdle;
        this.#takenMs = NaN;
        if (isIdle) this.#closeWaiting();
        else this.#isCatchingUp = true;
    }

    /**
     * A new place in the stream, or a new stream: drops everything held. The picture that is on show at
     * `showFromMs` (the newest that is not younger) is shown as soon as it is decoded.
     * @param {number} [showFromMs]
     */
    reset(showFromMs = -Infinity) {
        this.#queue.clear();
        this.#closeWaiting();
        this.#shedder.reset();
        this.#decoder?.close();
        this.#decoder = null;
        this.#showFromMs = showFromMs;
        this.#isFirst = true;
        this.#isCatchingUp = true;
        this.#takenMs = NaN;
        this.#isAtEnd = false;
    }

    /**
     * Decodes for up to DECODE_SLICE_MS.
     * @param {number} positionMs of the clock
     * @param {number} nowMs
     * @returns {boolean} true: more could be decoded at once
     */
    decode(positionMs, nowMs) {
        if (this.#isIdle) return false;
        const until = this.#measure() + DECODE_SLICE_MS;
        while (this.#queue.length > 0 && this.#waiting.length < WAITING_COUNT) {
            this.#skipToDueKey(this.#isEager ? Infinity : positionMs);
            // Whether a picture is the one asked for is known only when its successor is there.
            if (this.#queue.length === 1 && !this.#isAtEnd && this.#isBeforePlace()) return false;
            if (this.#measure() >= until) return true;
            this.#decodeNext(positionMs, nowMs);
        }
        return false;
    }

    #isBeforePlace() {
        return /** @type {Packet} */ (this.#queue.peek()).timeMs <= this.#showFromMs;
    }

    /** @param {number} positionMs @param {number} nowMs */
    #decodeNext(positionMs, nowMs) {
        if (Number.isNaN(this.#takenMs)) this.#takenMs = nowMs;
        const packet = /** @type {Packet} */ (this.#queue.shift());
        const hasSuccessor = this.#queue.length > 0;
        const lateMs = this.#isEager ? nowMs - packet.arrivedMs : positionMs - packet.timeMs;
        this.#shedder.observe(lateMs, nowMs);
        if (this.#isCatchingUp && (this.#isEager ? !hasSuccessor : lateMs <= 0)) {
            this.#isCatchingUp = false;
            this.#shedder.forgive();
        }
        const isPassedOver = this.#isEager && hasSuccessor && packet.temporalId === TOP_LAYER;
        if (!this.#shedder.admit(packet) || isPassedOver) {
            this.#countDropped(1);
            return;
        }
        const beganMs = this.#measure();
        const frame = this.#decodePacket(packet);
        if (frame === null) return;
        this.#rendition = packet.rendition;
        this.#width = frame.width;
        this.#height = frame.height;
        if (this.#isUseful(packet, positionMs, nowMs)) {
            const picture = this.#sink.take(frame);
            this.#waiting.push({ picture, arrivedMs: packet.arrivedMs, beganMs, decodedMs: this.#measure() });
            this.#takenMs = nowMs;
        } else {
            this.#countDropped(1);
        }
    }

    /** A key frame that is due makes everything before it superfluous. @param {number} positionMs */
    #skipToDueKey(positionMs) {
        let keyAt = 0;
        for (let i = 1; i < this.#queue.length; i++) {
            const packet = /** @type {Packet} */ (this.#queue.peek(i));
            if (packet.timeMs > positionMs) break;
            if (packet.isKey) keyAt = i;
        }
        let left = keyAt;
        this.#countDropped(this.#queue.dropWhile(() => left-- > 0));
    }

    /**
     * Not worth copying out: a picture before the place that was asked for, or one whose successor is due too.
     * @param {Packet} packet
     * @param {number} positionMs
     * @param {number} nowMs
     */
    #isUseful(packet, positionMs, nowMs) {
        const next = this.#queue.peek();
        if (next !== undefined && next.timeMs <= this.#showFromMs) return false;
        if (this.#isFirst && this.#waiting.length === 0) return true;
        if (nowMs - this.#takenMs > (this.#isCatchingUp ? SHOW_BACKLOG_MS : SHOW_AT_LEAST_MS)) return true;
        if (next === undefined) return true;
        return !this.#isEager && (next.timeMs > positionMs || packet.timeMs > positionMs);
    }

    /** @param {Packet} packet */
    #decodePacket(packet) {
        this.#decoder ??= this.#createDecoder();
        const begin = this.#measure();
        try {
            const frame = this.#decoder.decode(packet);
            this.#decodeMs += (this.#measure() - begin - this.#decodeMs) * DECODE_MEAN_WEIGHT;
            this.#counts.decoded += 1;
            return frame;
        } catch (error) {
            // A damaged picture: the decoder itself waits for the next key frame, the last good one stays.
            if (!(error instanceof CodecError) || error.code !== 'decode-failed') throw error;
            this.#counts.corrupted += 1;
            return null;
        }
    }

    /**
     * Shows the newest picture that is due.
     * @param {number} positionMs of the clock
     * @param {boolean} isRunning false: the clock stands, and so nothing is shown ahead of it
     * @returns {boolean} true: another picture is on show now
     */
    present(positionMs, isRunning) {
        const due = isRunning ? positionMs + this.#sink.delayMs + EARLY_MS : positionMs;
        let count = 0;
        while (count < this.#waiting.length && this.#waiting[count].picture.timestampUs / 1000 <= due) count++;
        if (count === 0 && this.#isFirst && this.#waiting.length > 0) count = 1;
        if (count === 0) return false;
        const passed = this.#waiting.splice(0, count);
        const newest = /** @type {Waiting} */ (passed.pop());
        const { picture } = newest;
        this.#countDropped(passed.length);
        for (const old of passed) old.picture.close();
        this.#isFirst = false;
        this.#showFromMs = -Infinity;
        this.#shownMs = picture.timestampUs / 1000;
        this.#counts.shown += 1;
        this.#sink.show(picture);
        this.#shown = { ...newest, atMs: this.#measure() };
        return true;
    }

    /** @param {number} count */
    #countDropped(count) {
        if (!this.#isCatchingUp) this.#counts.dropped += count;
    }

    #closeWaiting() {
        for (const { picture } of this.#waiting) picture.close();
        this.#waiting = [];
    }

    /** Idempotent. */
    close() {
        this.#closeWaiting();
        this.#queue.clear();
        this.#decoder?.close();
        this.#decoder = null;
        this.#sink.close();
    }
}
