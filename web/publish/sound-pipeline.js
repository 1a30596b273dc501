// SPDX-License-Identifier: MIT
// Blocks of sound from the worklet in, one wire message per 10 ms out, without a hole: sound is the viewers' clock, so
// a device that is missing, muted or late becomes silence. Owns the Opus encoder and the worklet's port. Runs in
// the publish worker; the clock asks it every few milliseconds for what is due.

import { AudioEncoder } from '../codec/encoder-module.js';
import { localNow } from '../wire/connection.js';
import { COMPLEXITY, DEFAULT_SOUND, encoderSound } from './sound-choice.js';
import { SAMPLE_RATE, SoundPackets } from './sound-packets.js';
import { SourceClock } from './source-clock.js';

/** @typedef {import('./publish-messages.js').SoundBlock} SoundBlock */
/** @typedef {import('./sound-choice.js').SoundProfile} SoundProfile */

const CHANNELS = 2;
/**
 * How late a device's sound may be before silence takes its place: a busy machine delays it, and what comes after its
 * place was filled is lost.
 */
const LATE_MS = 250;
/** A device that gave nothing for so long is not there; from then on silence is made as steadily as sound would come. */
const ABSENT_AFTER_MS = 1000;
/** How far behind the present silence is put in: time for the device to come back without losing sound. */
const FILL_BEHIND_MS = 40;

/** Chromium keeps ten blocks of 10 ms of a microphone for an AudioContext that fetches late. */
const BROWSER_BUFFER_MS = 100;

export class SoundPipeline {
    #module;
    #bitrateBps;
    /** @type {SoundProfile} */
    #profile = DEFAULT_SOUND.profile;
    /** @type {number} */
    #complexity = COMPLEXITY.calm;
    #encoder;
    #packets = new SoundPackets(CHANNELS);
    #clock = new SourceClock(BROWSER_BUFFER_MS);
    #onPacket;
    /** @type {MessagePort|null} */
    #port = null;
    /** NaN while not live. */
    #liveSinceMs = NaN;
    #lastBlockMs = -Infinity;

    /**
     * @param {import('../codec/encoder-module.js').EncoderModule} module
     * @param {number} bitrateBps of music; a voice takes less
     * @param {(encode: (timestampUs: number) => Uint8Array<ArrayBuffer>, capturedMs: number) => void} onPacket a packet is
     *   due: its sound began at `capturedMs`; `encode` may be called once, at once, or not at all
     */
    constructor(module, bitrateBps, onPacket) {
        this.#module = module;
        this.#bitrateBps = bitrateBps;
        this.#encoder = this.#newEncoder(0);
        this.#onPacket = onPacket;
    }

    /** What INIT says of the sound. */
    get track() {
        return { channels: this.#encoder.channels, preSkip: this.#encoder.preSkip };
    }

    /** Silence put in where the device gave nothing, total. */
    get filledMs() {
        return (this.#packets.framesFilled * 1000) / SAMPLE_RATE;
    }

    /** What the encoder says it is set to. */
    get settings() {
        return this.#encoder.settings;
    }

    /** @param {number} bitrateBps of music */
    setBitrate(bitrateBps) {
        this.#bitrateBps = bitrateBps;
        this.#encoder.setBitrate(encoderSound(this.#profile, bitrateBps).bitrateBps);
    }

    /** @param {boolean} isStrained the machine has too much to do */
    setStrained(isStrained) {
        const complexity = isStrained ? COMPLEXITY.strained : COMPLEXITY.calm;
        if (complexity === this.#complexity) return;
        this.#complexity = complexity;
        this.#encoder.setComplexity(complexity);
    }

    /** From the next packet on; numbers and times go on. @param {SoundProfile} profile */
    setProfile(profile) {
        if (profile === this.#profile) return;
        this.#profile = profile;
        const last = this.#encoder;
        this.#encoder = this.#newEncoder(last.sequence);
        last.close();
    }

    /** Sound comes through this port from now on. @param {MessagePort} port */
    usePort(port) {
        this.#port?.close();
        this.#port = port;
        this.#clock.reset();
        port.onmessage = ({ data }) => this.#receive(data);
    }

    /** While not live the device's clock is learnt, nothing else. @param {boolean} isLive */
    setLive(isLive) {
        this.#liveSinceMs = isLive ? localNow() : NaN;
        this.#packets.clear();
    }

    /** Every 20 ms or so: puts silence in where the device is late beyond hope. Nothing while not live. */
    tick() {
        if (Number.isNaN(this.#liveSinceMs)) return;
        const nowMs = localNow();
        const endMs = Number.isNaN(this.#packets.endMs) ? this.#liveSinceMs : this.#packets.endMs;
        const isAbsent = nowMs - this.#lastBlockMs > ABSENT_AFTER_MS;
        if (nowMs - endMs > (isAbsent ? FILL_BEHIND_MS : LATE_MS)) {
            this.#fillTo(nowMs - FILL_BEHIND_MS);
        }
    }

    close() {
        this.#port?.close();
        this.#port = null;
        this.#encoder.close();
    }

    /** @param {number} sequence */
    #newEncoder(sequence) {
        return new AudioEncoder(this.#module, { channels: CHANNELS, sequence, complexity: this.#complexity, ...encoderSound(this.#profile, this.#bitrateBps) });
    }

    /** @param {SoundBlock} block */
    #receive({ endFrame, channels }) {
        const arrivedMs = localNow();
        this.#lastBlockMs = arrivedMs;
        const frames = channels[0].length;
        const endMs = this.#clock.observe((endFrame * 1000) / SAMPLE_RATE, arrivedMs);
        if (!Number.isNaN(this.#liveSinceMs)) {
            const firstMs = endMs - (frames * 1000) / SAMPLE_RATE;
            if (this.#packets.hasHoleBefore(firstMs)) this.#fillTo(firstMs);
            this.#packets.push(channels, firstMs);
            this.#flush();
        }
        // The worklet must not make garbage in its thread: it gets its arrays back.
        this.#port?.postMessage(channels, channels.map((samples) => samples.buffer));
    }

    /** @param {number} untilMs */
    #fillTo(untilMs) {
        while (this.#packets.fillTo(untilMs)) this.#flush();
        this.#flush();
    }

    #flush() {
        for (;;) {
            const capturedMs = this.#packets.next(this.#encoder.input);
            if (capturedMs === null) return;
            this.#onPacket((timestampUs) => this.#encoder.encode({ timestampUs }), capturedMs);
        }
    }
}
