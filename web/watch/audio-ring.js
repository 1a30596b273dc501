// SPDX-License-Identifier: MIT
// PCM on its way from the worker to the sound device: a ring that one writer (the watch worker) fills
// and one reader (the AudioWorklet) plays, in one block of memory, shared or not. The reader plays a little
// faster or slower (time-stretch.js), so that the clock can catch up without a transport delay, fades at every
// edge instead of clicking, and publishes which sample it played at which frame of its AudioContext.
// Never blocks, never allocates after construction. Knows no timestamps (audio-timeline.js) and no device.
//
// Counters are frames since the ring was made; in memory they wrap at 2^32, which is 24.8 hours apart
// from any two that are compared.

import { HISTORY_FRAMES, TimeStretch } from './time-stretch.js';

/** Sound is 48 kHz everywhere: Opus decodes to it and the AudioContext is asked for it. */
export const SAMPLE_RATE = 48_000;

const INT_COUNT = 16;
const WRITTEN = 0;
const READ = 1;
const IS_RUNNING = 2;
const RATE_PPM = 3;
const STARVED_FRAMES = 4;
const SKIP_SERIAL = 5;
const SKIP_DONE = 6;
const SKIP_TARGET = 7;
const RECORD_SERIAL = 8;
const LEAST_LEFT = 9;

const RECORD_OFFSET = INT_COUNT * 4;
const RECORD_READ = 0;
const RECORD_CONTEXT_FRAME = 1;
const SAMPLES_OFFSET = RECORD_OFFSET + 16;

/** Not overwritten although played already: it may be played once more. */
const GUARD_FRAMES = HISTORY_FRAMES;
/** In memory: no block was played since the writer looked. */
const NONE_PLAYED = 0x7fffffff;
/** Fades of 1.3 ms: too short to hear as a fade, long enough not to click. */
const FADE_FRAMES = 64;

/**
 * @typedef {object} RingMemory
 * @property {ArrayBuffer|SharedArrayBuffer} buffer
 * @property {number} channelCount
 * @property {number} capacityFrames a power of two
 */

/**
 * @typedef {object} RingPosition
 * @property {number} frame        the sample that was next when the block below began (may be fractional)
 * @property {number} contextFrame first frame, on the AudioContext's clock, of the block played last
 */

/**
 * The default holds 2.7 s: the longest delay, a second of filled silence and a packet fit at once.
 * @param {{channelCount?: number, capacityFrames?: number, isShared: boolean}} options
 * @returns {RingMemory}
 */
export function createRingMemory({ channelCount = 2, capacityFrames = 131_072, isShared }) {
    if (capacityFrames <= 0 || (capacityFrames & (capacityFrames - 1)) !== 0) {
        throw new RangeError(`capacityFrames must be a power of two: ${capacityFrames}`);
    }
    const len = SAMPLES_OFFSET + channelCount * capacityFrames * 4;
    const buffer = isShared ? new SharedArrayBuffer(len) : new ArrayBuffer(len);
    return { buffer, channelCount, capacityFrames };
}

/** @param {RingMemory} memory */
function viewsOf({ buffer, channelCount, capacityFrames }) {
    const channels = [];
    for (let i = 0; i < channelCount; i++) {
        channels.push(new Float32Array(buffer, SAMPLES_OFFSET + i * capacityFrames * 4, capacityFrames));
    }
    return {
        ints: new Int32Array(buffer, 0, INT_COUNT),
        record: new Float64Array(buffer, RECORD_OFFSET, 2),
        channels,
        mask: capacityFrames - 1,
    };
}

export class RingWriter {
    #ints;
    #record;
    #channels;
    #mask;
    #capacity;
    #written = 0;

    /** @param {RingMemory} memory fresh: one writer for its whole life */
    constructor(memory) {
        const { ints, record, channels, mask } = viewsOf(memory);
        this.#ints = ints;
        this.#record = record;
        this.#channels = channels;
        this.#mask = mask;
        this.#capacity = memory.capacityFrames;
        Atomics.store(this.#ints, LEAST_LEFT, NONE_PLAYED);
    }

    /** Frames written since the ring was made: the index of the next frame to be written. */
    get written() {
        return this.#written;
    }

    /** Frames that wait to be played. */
    get filled() {
        const isSkipping = Atomics.load(this.#ints, SKIP_SERIAL) !== Atomics.load(this.#ints, SKIP_DONE);
        const from = Atomics.load(this.#ints, isSkipping ? SKIP_TARGET : READ);
        return (Atomics.load(this.#ints, WRITTEN) - from) | 0;
    }

    /** Index of the frame that is played next. */
    get readIndex() {
        return this.#written - this.filled;
    }

    get free() {
        return Math.max(0, this.#capacity - GUARD_FRAMES - this.filled);
    }

    get isRunning() {
        return Atomics.load(this.#ints, IS_RUNNING) === 1;
    }

    /** Fewest frames that were left behind a block since the last call; Infinity when none was played. */
    takeLeastLeft() {
        const left = Atomics.exchange(this.#ints, LEAST_LEFT, NONE_PLAYED);
        return left === NONE_PLAYED ? Infinity : left;
    }

    /** Frames of silence the device got because the ring was empty while it should have played. */
    get starvedFrames() {
        return Atomics.load(this.#ints, STARVED_FRAMES) >>> 0;
    }

    /**
     * Writes as much as fits; a mono source fills every channel.
     * @param {Float32Array[]} source
     * @param {number} [offset]
     * @param {number} [count]
     * @returns {number} frames written
     */
    write(source, offset = 0, count = source[0].length - offset) {
        const frames = Math.min(count, this.free);
        for (let c = 0; c < this.#channels.length; c++) {
            const from = source[Math.min(c, source.length - 1)];
            this.#copyIn(this.#channels[c], from.subarray(offset, offset + frames));
        }
        this.#advance(frames);
        return frames;
    }

    /**
     * @param {number} count
     * @returns {number} frames written
     */
    writeSilence(count) {
        const frames = Math.min(count, this.free);
        const start = this.#written & this.#mask;
        const head = Math.min(frames, this.#capacity - start);
        for (const channel of this.#channels) {
            channel.fill(0, start, start + head);
            channel.fill(0, 0, frames - head);
        }
        this.#advance(frames);
        return frames;
    }

    /** @param {Float32Array} channel @param {Float32Array} source */
    #copyIn(channel, source) {
        const start = this.#written & this.#mask;
        const head = Math.min(source.length, this.#capacity - start);
        channel.set(source.subarray(0, head), start);
        channel.set(source.subarray(head), 0);
    }

    /** @param {number} frames */
    #advance(frames) {
        this.#written += frames;
        Atomics.store(this.#ints, WRITTEN, this.#written | 0);
    }

    /** Lets the reader play. */
    run() {
        Atomics.store(this.#ints, IS_RUNNING, 1);
    }

    /** Makes the reader give silence and stay where it is. */
    hold() {
        Atomics.store(this.#ints, IS_RUNNING, 0);
    }

    /** @param {number} rate played frames per device frame, near 1 */
    setRate(rate) {
        Atomics.store(this.#ints, RATE_PPM, Math.round((rate - 1) * 1e6));
    }

    get rate() {
        return 1 + Atomics.load(this.#ints, RATE_PPM) / 1e6;
    }

    /**
     * The reader goes on at this frame from its next block on. Frames outside what is held are clamped.
     * @param {number} index
     */
    skipTo(index) {
        const oldest = Math.max(0, this.#written - (this.#capacity - GUARD_FRAMES));
        const target = Math.round(Math.min(this.#written, Math.max(oldest, index)));
        Atomics.store(this.#ints, SKIP_TARGET, target | 0);
        Atomics.add(this.#ints, SKIP_SERIAL, 1);
    }

    /**
     * What the reader played when; null until it has played, or while it waits to skip.
     * @returns {RingPosition|null}
     */
    position() {
        if (Atomics.load(this.#ints, SKIP_SERIAL) !== Atomics.load(this.#ints, SKIP_DONE)) return null;
        for (let attempt = 0; attempt < 8; attempt++) {
            const before = Atomics.load(this.#ints, RECORD_SERIAL);
            if (before === 0) return null;
            const frame = this.#record[RECORD_READ];
            const contextFrame = this.#record[RECORD_CONTEXT_FRAME];
            if ((before & 1) === 0 && Atomics.load(this.#ints, RECORD_SERIAL) === before) {
                return { frame, contextFrame };
            }
        }
        return null;
    }
}

export class RingReader {
    #ints;
    #record;
    #stretch;
    #gain = 0;

    /** @param {RingMemory} memory */
    constructor(memory) {
        const { ints, record, channels, mask } = viewsOf(memory);
        this.#ints = ints;
        this.#record = record;
        this.#stretch = new TimeStretch(channels, mask);
    }

    /**
     * Fills one block for the device.
     * @param {Float32Array[]} outputs one per channel, all of the same length
     * @param {number} contextFrame of the block's first frame
     */
    read(outputs, contextFrame) {
        this.#skip();
        const stretch = this.#stretch;
        const count = outputs[0].length;
        const isRunning = Atomics.load(this.#ints, IS_RUNNING) === 1;
        const rate = 1 + Atomics.load(this.#ints, RATE_PPM) / 1e6;
        this.#publish(contextFrame, rate === 1 ? stretch.at : stretch.ideal);
        // Held: what is still there ends in a fade instead of a click.
        const wanted = isRunning ? count : Math.min(count, Math.ceil(this.#gain * FADE_FRAMES));
        const end = stretch.at + ((Atomics.load(this.#ints, WRITTEN) - (stretch.at | 0)) | 0);
        const frames = stretch.play(outputs, wanted, rate, end, isRunning);
        for (const output of outputs) output.fill(0, frames);
        this.#fade(outputs, frames, isRunning && frames === count);
        if (isRunning && frames < count) Atomics.add(this.#ints, STARVED_FRAMES, count - frames);
        Atomics.store(this.#ints, READ, stretch.at | 0);
        if (isRunning) this.#noteLeft();
    }

    /** The writer may take it away meanwhile: then this block's is noted alone. */
    #noteLeft() {
        const left = Math.max(0, (Atomics.load(this.#ints, WRITTEN) - Atomics.load(this.#ints, READ)) | 0);
        const before = Atomics.load(this.#ints, LEAST_LEFT);
        if (left < before) Atomics.compareExchange(this.#ints, LEAST_LEFT, before, left);
    }

    #skip() {
        const serial = Atomics.load(this.#ints, SKIP_SERIAL);
        if (serial === Atomics.load(this.#ints, SKIP_DONE)) return;
        const { at } = this.#stretch;
        this.#stretch.moveTo(at + ((Atomics.load(this.#ints, SKIP_TARGET) - (at | 0)) | 0));
        this.#gain = 0;
        Atomics.store(this.#ints, READ, this.#stretch.at | 0);
        Atomics.store(this.#ints, SKIP_DONE, serial);
    }

    /** @param {number} contextFrame @param {number} frame */
    #publish(contextFrame, frame) {
        Atomics.add(this.#ints, RECORD_SERIAL, 1);
        this.#record[RECORD_READ] = frame;
        this.#record[RECORD_CONTEXT_FRAME] = contextFrame;
        Atomics.add(this.#ints, RECORD_SERIAL, 1);
    }

    /**
     * Rises at a beginning, falls at the end of the block when nothing will follow.
     * @param {Float32Array[]} outputs
     * @param {number} frames
     * @param {boolean} goesOn
     */
    #fade(outputs, frames, goesOn) {
        if (goesOn && this.#gain === 1) return;
        const step = 1 / FADE_FRAMES;
        const fallFrom = goesOn ? Infinity : Math.max(0, frames - FADE_FRAMES);
        const startGain = this.#gain;
        let gain = startGain;
        for (let i = 0; i < frames; i++) {
            gain = i >= fallFrom ? Math.min(gain, (frames - 1 - i) * step) : Math.min(1, gain + step);
            for (const output of outputs) output[i] *= gain;
        }
        this.#gain = goesOn ? gain : 0;
    }
}
