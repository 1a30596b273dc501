// SPDX-License-Identifier: MIT
// Coded sound in, PCM in the ring out. Owns the coded queue, the decoder and the timeline that says which
// moment of the show each sample is; knows through the device's clock what is audible now. While no device
// runs (before the first gesture, without sound hardware) packets only pass through the queue. Never
// decides when to play: that is live-playback.js and replay-playback.js.

import { CodecError } from '../codec/codec-error.js';
import { SAMPLE_RATE } from './audio-ring.js';
import { AudioTimeline } from './audio-timeline.js';
import { DeviceClock } from './device-clock.js';
import { JitterBuffer } from './jitter-buffer.js';

/** @typedef {import('./packet.js').Packet} Packet */
/** @typedef {import('../codec/audio-decoder.js').AudioDecoder} AudioDecoder */
/** @typedef {{channels: number, preSkip: number}} AudioTrack */

/**
 * What the stage needs of a ring: RingWriter, or PortRing where memory cannot be shared.
 * @typedef {Pick<import('./audio-ring.js').RingWriter, 'written'|'readIndex'|'filled'|'free'|'isRunning'|'starvedFrames'
 *   |'rate'|'takeLeastLeft'|'write'|'writeSilence'|'run'|'hold'|'setRate'|'skipTo'|'position'>} Ring
 */

/** One render quantum of Web Audio: the record tells where the newest one began. */
const QUANTUM_FRAMES = 128;
/** A worklet that has not been called for so long has lost its device. */
const DEAD_FRAMES = SAMPLE_RATE / 2;
/** The longest packet Opus has, so that a decoded packet always fits. */
const PACKET_FRAMES_MAX = 5760;
/** Opus needs this much before a place to sound right there (RFC 7845, 4.2). */
export const PREROLL_MS = 80;

export class AudioStage {
    #createDecoder;
    /** @type {AudioDecoder|null} */
    #decoder = null;
    /** @type {AudioTrack|null} */
    #track = null;
    #queue = new JitterBuffer();
    #timeline = new AudioTimeline();
    #device = new DeviceClock();
    /** @type {Ring|null} */
    #ring = null;
    #isDeviceRunning = false;
    #isAlive = false;
    #starvedSeen = 0;
    /** decoded sound before this time is left out */
    #fromMs = -Infinity;
    #corrupted = 0;

    /** @param {{createDecoder: (track: AudioTrack) => AudioDecoder}} parts */
    constructor({ createDecoder }) {
        this.#createDecoder = createDecoder;
    }

    get queue() {
        return this.#queue;
    }

    get corrupted() {
        return this.#corrupted;
    }

    /** Milliseconds which the worklet reads ahead of the speaker. */
    get leadMs() {
        return this.#device.leadMs;
    }

    /** The stream has sound. */
    get hasTrack() {
        return this.#track !== null;
    }

    /** A device consumes sound at this moment (or would, if the ring were not held). */
    get isPlayable() {
        return this.#track !== null && this.#isDeviceRunning && this.#isAlive;
    }

    get isHeld() {
        return this.#ring === null || !this.#ring.isRunning;
    }

    /** Time of the next sample that goes to the device; NaN when nothing is decoded. */
    get beginMs() {
        if (this.#ring === null || this.#timeline.isEmpty) return NaN;
        return this.#timeline.timeAt(this.#ring.readIndex);
    }

    /** Time behind the newest decoded sample; NaN when nothing is decoded. */
    get endMs() {
        return this.#timeline.isEmpty ? NaN : this.#timeline.endMs;
    }

    /** Decoded sound that waits. */
    get bufferedMs() {
        return this.#ring === null ? 0 : (this.#ring.filled / SAMPLE_RATE) * 1000;
    }

    /** @param {AudioTrack|null} track of the stream's init segment */
    setTrack(track) {
        if (track?.channels === this.#track?.channels && track?.preSkip === this.#track?.preSkip) return;
        this.#track = track;
        this.#closeDecoder();
    }

    /** @param {Ring|null} ring */
    setRing(ring) {
        this.#ring?.hold();
        this.#ring = ring;
        this.#timeline.reset();
        this.#device.reset();
        this.#isAlive = false;
        this.#starvedSeen = ring?.starvedFrames ?? 0;
    }

    /**
     * What the page knows of the device, a few times a second.
     * @param {{isRunning: boolean, contextTimeS: number, localMs: number}} state
     */
    observeDevice({ isRunning, contextTimeS, localMs }) {
        this.#isDeviceRunning = isRunning;
        if (isRunning) this.#device.observe(contextTimeS, localMs);
        else this.#device.reset();
    }

    /**
     * Looks whether the device still takes sound, and how far it reads ahead. Once per turn.
     * @param {number} nowMs
     */
    look(nowMs) {
        const position = this.#ring?.position() ?? null;
        if (position === null || !this.#device.isKnown) return;
        this.#isAlive = this.#device.frameAt(nowMs) - position.contextFrame < DEAD_FRAMES;
        if (this.#isAlive) this.#device.observeLead(position.contextFrame + QUANTUM_FRAMES, nowMs);
    }

    /** @param {Packet} packet */
    push(packet) {
        this.#queue.push(packet);
    }

    /**
     * Decodes until `untilMs` of sound wait in the ring.
     * @param {number} untilMs
     */
    pump(untilMs) {
        const ring = this.#ring;
        if (ring === null || this.#track === null) return;
        while (this.#queue.length > 0 && ring.free > SAMPLE_RATE + PACKET_FRAMES_MAX && this.bufferedMs < untilMs) {
            this.#decodeOne(ring, this.#track);
        }
    }

    /** @param {Ring} ring @param {AudioTrack} track */
    #decodeOne(ring, track) {
        const packet = /** @type {Packet} */ (this.#queue.shift());
        // Only the stream's very first packet carries the encoder's pre-skip; anywhere else it is rolled in.
        this.#decoder ??= this.#createDecoder(track);
        let sound = null;
        try {
            sound = this.#decoder.decode(packet);
        } catch (error) {
            // Silence fills the hole when the next packet comes.
            if (!(error instanceof CodecError) || error.code !== 'decode-failed') throw error;
            this.#corrupted += 1;
        }
        if (sound === null) return;
        const timeMs = sound.timestampUs / 1000;
        const skip = Math.round(Math.max(0, Math.min(sound.frames, ((this.#fromMs - timeMs) / 1000) * SAMPLE_RATE)));
        if (skip === sound.frames) return;
        const startMs = timeMs + (skip / SAMPLE_RATE) * 1000;
        const silence = this.#timeline.append(startMs, sound.frames - skip, ring.written);
        ring.writeSilence(silence);
        ring.write(sound.channels, skip, sound.frames - skip);
    }

    /**
     * Plays from this time on, or from the nearest that is held.
     * @param {number} timeMs
     */
    start(timeMs) {
        if (this.#ring === null) return;
        const index = this.#timeline.indexAt(timeMs);
        if (Math.abs(index - this.#ring.readIndex) >= 1) this.#ring.skipTo(Math.max(index, this.#ring.readIndex));
        this.#starvedSeen = this.#ring.starvedFrames;
        this.#ring.setRate(1);
        this.#ring.run();
    }

    hold() {
        this.#ring?.hold();
    }

    /** @param {number} rate */
    setRate(rate) {
        if (this.#ring !== null && this.#ring.rate !== rate) this.#ring.setRate(rate);
    }

    /** Milliseconds for which the device stood still since the last call. */
    takeLostMs() {
        return this.#device.takeLostMs();
    }

    /** Milliseconds of silence the device got since the last call because nothing was there. */
    takeStarvedMs() {
        if (this.#ring === null) return 0;
        const frames = (this.#ring.starvedFrames - this.#starvedSeen) >>> 0;
        this.#starvedSeen = this.#ring.starvedFrames;
        return (frames / SAMPLE_RATE) * 1000;
    }

    /** The least sound that was left in the ring lately when the device had read; Infinity: it has not. */
    takeLeastLeftMs() {
        return ((this.#ring?.takeLeastLeft() ?? Infinity) / SAMPLE_RATE) * 1000;
    }

    /**
     * What leaves the speaker at `nowMs`; NaN while that is not known.
     * @param {number} nowMs
     */
    audibleMs(nowMs) {
        const position = this.#ring?.position() ?? null;
        if (position === null || this.#ring === null || !this.isPlayable || this.#timeline.isEmpty) return NaN;
        const since = this.#device.frameAt(nowMs) - position.contextFrame;
        return this.#timeline.timeAt(position.frame + since * this.#ring.rate);
    }

    /**
     * A new place in the stream: drops everything held; sound before `fromMs` is decoded but not heard.
     * @param {number} [fromMs]
     */
    reset(fromMs = -Infinity) {
        this.#queue.clear();
        this.restart(fromMs);
    }

    /** Drops decoded sound only: the queue is decoded afresh. @param {number} [fromMs] */
    restart(fromMs = -Infinity) {
        this.#fromMs = fromMs;
        this.#timeline.reset();
        this.#decoder?.reset();
        if (this.#ring === null) return;
        this.#ring.hold();
        this.#ring.setRate(1);
        this.#ring.skipTo(this.#ring.written);
    }

    #closeDecoder() {
        this.#decoder?.close();
        this.#decoder = null;
    }

    /** Idempotent. */
    close() {
        this.#ring?.hold();
        this.#ring = null;
        this.#queue.clear();
        this.#closeDecoder();
    }
}
