// SPDX-License-Identifier: MIT
// Blocks of sound with the time of their first sample in, packets of 10 ms with even timestamps out, without a hole:
// what a device leaves out becomes silence, what comes twice is left out, and where its clock runs differently
// the timestamps follow slowly. Owns one second of samples. Pure: no device, no clock, no codec.

export const SAMPLE_RATE = 48_000;
export const PACKET_FRAMES = 480;
const FRAMES_PER_MS = SAMPLE_RATE / 1000;
const PACKET_MS = PACKET_FRAMES / FRAMES_PER_MS;
/** Samples that wait for their packet; more than a stalled worker of half a second leaves behind. */
const ROOM_FRAMES = SAMPLE_RATE;
/** A difference up to this is jitter or drift and is followed; beyond it samples are missing or too many. */
const DRIFT_MS = 40;
/** What is filled at a time, so that it fits; and the longest hole that is filled at all (a lid that was shut is not). */
const FILL_FRAMES = ROOM_FRAMES / 2;
const LONGEST_HOLE_MS = 10_000;
/** How fast timestamps follow: 0.5 % of the sound's length, so 10 ms in two seconds. */
const SLEW = 0.005;

export class SoundPackets {
    /** @type {Float32Array[]} rings, one per channel */
    #rings;
    /** Frame at which the next packet begins, counted without end. */
    #head = 0;
    /** Frame behind the newest sample. */
    #tail = 0;
    /** Local time of frame #head; NaN before the first block. */
    #headMs = NaN;
    /** Frames of silence put in, and of sound left out. */
    framesFilled = 0;
    framesDropped = 0;

    /** @param {number} channels */
    constructor(channels) {
        this.#rings = Array.from({ length: channels }, () => new Float32Array(ROOM_FRAMES));
    }

    /** Local time just behind the newest sample. */
    get endMs() {
        return this.#headMs + (this.#tail - this.#head) / FRAMES_PER_MS;
    }

    /** Forgets everything; the next block or fill starts anew. */
    clear() {
        this.#head = 0;
        this.#tail = 0;
        this.#headMs = NaN;
    }

    /**
     * Takes a block; a hole in front of it was filled by fillTo(). One channel serves all rings when there are fewer than rings.
     * @param {Float32Array[]} channels of equal length
     * @param {number} firstMs local time of the first sample
     */
    push(channels, firstMs) {
        const frames = channels[0].length;
        if (Number.isNaN(this.#headMs)) this.#headMs = firstMs;
        const aheadMs = firstMs - this.endMs;
        let from = 0;
        if (aheadMs < -DRIFT_MS) {
            from = Math.min(frames, Math.round(-aheadMs * FRAMES_PER_MS));
            this.framesDropped += from;
        } else {
            const most = (frames / FRAMES_PER_MS) * SLEW;
            this.#headMs += Math.max(-most, Math.min(most, aheadMs));
        }
        this.#add(channels, from, frames);
    }

    /** True when a block whose first sample is of this time leaves a hole. @param {number} firstMs */
    hasHoleBefore(firstMs) {
        return firstMs - this.endMs > DRIFT_MS;
    }

    /**
     * Puts silence where the device gave nothing until `untilMs`, at most half a second at a time. Starts the timeline if
     * nothing did.
     * @param {number} untilMs
     * @returns {boolean} true: take the packets out and call again
     */
    fillTo(untilMs) {
        if (Number.isNaN(this.#headMs) || untilMs - this.endMs > LONGEST_HOLE_MS) {
            this.clear();
            this.#headMs = untilMs - PACKET_MS;
        }
        const missing = Math.floor((untilMs - this.endMs) * FRAMES_PER_MS);
        if (missing > 0) this.#addSilence(Math.min(missing, FILL_FRAMES));
        return missing > FILL_FRAMES;
    }

    /**
     * Copies the next whole packet into `out` and tells the local time of its first sample; null when there is none.
     * @param {Float32Array[]} out one array of PACKET_FRAMES per channel
     */
    next(out) {
        if (this.#tail - this.#head < PACKET_FRAMES) return null;
        const atMs = this.#headMs;
        this.#rings.forEach((ring, i) => {
            const from = this.#head % ROOM_FRAMES;
            const first = Math.min(PACKET_FRAMES, ROOM_FRAMES - from);
            out[i].set(ring.subarray(from, from + first));
            if (first < PACKET_FRAMES) out[i].set(ring.subarray(0, PACKET_FRAMES - first), first);
        });
        this.#head += PACKET_FRAMES;
        this.#headMs += PACKET_MS;
        return atMs;
    }

    /** @param {number} frames */
    #addSilence(frames) {
        this.framesFilled += frames;
        this.#makeRoom(frames);
        for (const ring of this.#rings) {
            for (let i = 0; i < frames; i++) ring[(this.#tail + i) % ROOM_FRAMES] = 0;
        }
        this.#tail += frames;
    }

    /**
     * @param {Float32Array[]} channels
     * @param {number} from
     * @param {number} to
     */
    #add(channels, from, to) {
        this.#makeRoom(to - from);
        this.#rings.forEach((ring, c) => {
            const samples = channels[Math.min(c, channels.length - 1)];
            for (let i = from; i < to; i++) ring[(this.#tail + i - from) % ROOM_FRAMES] = samples[i];
        });
        this.#tail += to - from;
    }

    /** Nobody took packets for a second: the oldest go. @param {number} frames */
    #makeRoom(frames) {
        const over = this.#tail + frames - this.#head - ROOM_FRAMES;
        if (over <= 0) return;
        this.#head += over;
        this.#headMs += over / FRAMES_PER_MS;
        this.framesDropped += over;
    }
}
