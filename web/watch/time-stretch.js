// SPDX-License-Identifier: MIT
// Plays samples of a ring a little faster or slower without changing their pitch: they are played as they are, and every
// now and then a few milliseconds are left out, or played twice, from one place of the waveform to one that looks the same
// (the idea of WSOLA), joined by a short cross-fade. At rate 1 samples pass untouched. Where the ring runs dry the last
// milliseconds are played once more, which bridges a late packet without a hole. Reads the ring's channels, owns none of
// them; allocates nothing after construction. Pure.

/** 48 frames are a millisecond. What is left out or repeated at once: a period of a voice of 63 to 250 Hz. */
const LEAST_LAG = 192;
const MOST_LAG = 768;
/** The cross-fade, and what is compared: 5 ms. */
const FADE_FRAMES = 240;
/** A joint is looked for when the ideal place is so far away; afterwards it is 8 ms away at most. */
const JOIN_AT = 384;
/** Where no joint can be made (too little is there) the ideal place waits. */
const MOST_DEBT = 1200;
/** The first, coarse search looks at every fourth place and every fourth sample. */
const COARSE = 4;
/** Of two joints as good as each other the one that lands nearer to the ideal place is taken. */
const NEARNESS = 2e-5;

/** A drought is bridged so often, best by 10 ms each: up to 48 ms. Longer ones are silent. */
const MOST_BRIDGES = 3;
const BRIDGE_LAG = 480;
/** What is missing at such a joint to be smooth fades away within 1.3 ms. */
const BRIDGE_FRAMES = 64;

/** History that must not be overwritten: what is played twice lies behind. */
export const HISTORY_FRAMES = 2 * MOST_LAG + FADE_FRAMES;

export class TimeStretch {
    #channels;
    #mask;
    #at = 0;
    /** what lies before was not played just now */
    #floor = 0;
    /** ideal place less the real one, in frames */
    #debt = 0;
    #fadeFrom = 0;
    #fadeLeft = 0;
    /** joints made since something came */
    #bridges = 0;
    #end = 0;
    #bridgeLeft = 0;
    /** by channel: what was played last, and the step that is smoothed */
    #last;
    #steps;
    #here = new Float32Array(FADE_FRAMES);
    #there = new Float32Array(MOST_LAG - LEAST_LAG + FADE_FRAMES);
    #weights = Float32Array.from({ length: FADE_FRAMES }, (_, i) => 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / FADE_FRAMES));

    /**
     * @param {Float32Array[]} channels rings of a power of two
     * @param {number} mask
     */
    constructor(channels, mask) {
        this.#channels = channels;
        this.#mask = mask;
        this.#last = new Float32Array(channels.length);
        this.#steps = new Float32Array(channels.length);
    }

    /** The frame that is played next. */
    get at() {
        return this.#at;
    }

    /** Where an even change of speed would be by now: within some milliseconds of `at`, without its jumps. */
    get ideal() {
        return this.#at + this.#debt;
    }

    /** Goes on from there. @param {number} frame */
    moveTo(frame) {
        this.#at = frame;
        this.#floor = frame;
        this.#debt = 0;
        this.#fadeLeft = 0;
        this.#bridgeLeft = 0;
        this.#bridges = 0;
    }

    /**
     * Fills the beginning of each output.
     * @param {Float32Array[]} outputs
     * @param {number} count
     * @param {number} rate 0.9 … 1.1
     * @param {number} end frame behind the newest that is there
     * @param {boolean} [isBridging] false: it ends here, nothing is played once more
     * @returns {number} frames made: fewer than `count` when there are not more
     */
    play(outputs, count, rate, end, isBridging = true) {
        if (end !== this.#end) this.#bridges = 0;
        this.#end = end;
        if (end - this.#at < count && isBridging && this.#bridges < MOST_BRIDGES) this.#bridge();
        if (rate === 1) this.#debt = 0;
        else if (this.#fadeLeft === 0 && Math.abs(this.#debt) >= JOIN_AT) this.#join(end);
        const frames = Math.max(0, Math.min(count, end - this.#at));
        const mixed = Math.min(frames, this.#fadeLeft);
        for (let c = 0; c < outputs.length; c++) {
            const ring = this.#channels[Math.min(c, this.#channels.length - 1)];
            this.#copy(outputs[c], ring, this.#at, frames);
            if (mixed > 0) this.#mix(outputs[c], ring, mixed);
            if (c < this.#last.length) this.#smooth(outputs[c], c, frames);
        }
        this.#bridgeLeft = Math.max(0, this.#bridgeLeft - frames);
        this.#fadeFrom += mixed;
        this.#fadeLeft -= mixed;
        this.#at += frames;
        this.#debt = Math.max(-MOST_DEBT, Math.min(MOST_DEBT, this.#debt + frames * (rate - 1)));
        return frames;
    }

    /** @param {Float32Array} output @param {Float32Array} ring @param {number} from @param {number} frames */
    #copy(output, ring, from, frames) {
        const start = from & this.#mask;
        const head = Math.min(frames, ring.length - start);
        output.set(ring.subarray(start, start + head));
        output.set(ring.subarray(0, frames - head), head);
    }

    /** What was played before fades out under what is played now. @param {Float32Array} output @param {Float32Array} ring @param {number} frames */
    #mix(output, ring, frames) {
        const first = FADE_FRAMES - this.#fadeLeft;
        for (let i = 0; i < frames; i++) {
            const weight = this.#weights[first + i];
            output[i] = output[i] * weight + ring[(this.#fadeFrom + i) & this.#mask] * (1 - weight);
        }
    }

    /** After a bridge: goes on from what was played last. @param {Float32Array} output @param {number} channel @param {number} frames */
    #smooth(output, channel, frames) {
        const count = Math.min(frames, this.#bridgeLeft);
        for (let i = 0; i < count; i++) output[i] += (this.#steps[channel] * (this.#bridgeLeft - i)) / BRIDGE_FRAMES;
        if (frames > 0) this.#last[channel] = output[frames - 1];
    }

    /** Back to a place from which it goes on as it went on here; nothing lies ahead to fade into. */
    #bridge() {
        const most = Math.min(MOST_LAG, this.#at - this.#floor - FADE_FRAMES);
        if (most < LEAST_LAG) return;
        this.#gather(this.#here, this.#at - FADE_FRAMES);
        this.#gather(this.#there, this.#at - FADE_FRAMES - most);
        const lag = this.#search(-1, most, BRIDGE_LAG);
        this.#at -= lag;
        this.#fadeLeft = 0;
        this.#bridges += 1;
        this.#bridgeLeft = BRIDGE_FRAMES;
        this.#channels.forEach((ring, c) => {
            this.#steps[c] = this.#last[c] - ring[(this.#at - 1) & this.#mask];
        });
    }

    /** Leaves out or repeats, if enough is there. @param {number} end */
    #join(end) {
        const isFaster = this.#debt > 0;
        // Both sides of the cross-fade must be there to its end.
        const room = isFaster ? end - this.#at - FADE_FRAMES : this.#at - this.#floor;
        const most = Math.min(MOST_LAG, room);
        if (most < LEAST_LAG || end - this.#at < FADE_FRAMES) return;
        const sign = isFaster ? 1 : -1;
        const lag = this.#bestLag(sign, most);
        this.#fadeFrom = this.#at;
        this.#fadeLeft = FADE_FRAMES;
        this.#at += sign * lag;
        this.#debt -= sign * lag;
    }

    /** @param {1|-1} sign @param {number} most @returns {number} LEAST_LAG … most */
    #bestLag(sign, most) {
        this.#gather(this.#here, this.#at);
        // there[k] belongs to the lowest place of the search.
        const lowest = sign > 0 ? this.#at + LEAST_LAG : this.#at - most;
        this.#gather(this.#there, lowest);
        return this.#search(sign, most, Math.abs(this.#debt));
    }

    /**
     * What is most alike, here and there having been gathered.
     * @param {1|-1} sign
     * @param {number} most
     * @param {number} ideal of places equally alike the nearest to this lag
     */
    #search(sign, most, ideal) {
        const span = most - LEAST_LAG;
        let best = this.#bestOf(0, span, COARSE, sign, most, ideal);
        best = this.#bestOf(Math.max(0, best - COARSE + 1), Math.min(span, best + COARSE - 1), 1, sign, most, ideal);
        return sign > 0 ? LEAST_LAG + best : most - best;
    }

    /** @param {number} from @param {number} to @param {number} step @param {1|-1} sign @param {number} most @param {number} ideal */
    #bestOf(from, to, step, sign, most, ideal) {
        let best = from;
        let bestScore = -Infinity;
        for (let offset = from; offset <= to; offset += step) {
            const lag = sign > 0 ? LEAST_LAG + offset : most - offset;
            const score = this.#likeness(offset, step) - NEARNESS * Math.abs(lag - ideal);
            if (score > bestScore) {
                bestScore = score;
                best = offset;
            }
        }
        return best;
    }

    /** −1 … 1, as two vectors point the same way. @param {number} offset @param {number} step */
    #likeness(offset, step) {
        let product = 0;
        let hereSquared = 1e-9;
        let thereSquared = 1e-9;
        for (let i = 0; i < FADE_FRAMES; i += step) {
            const a = this.#here[i];
            const b = this.#there[offset + i];
            product += a * b;
            hereSquared += a * a;
            thereSquared += b * b;
        }
        return product / Math.sqrt(hereSquared * thereSquared);
    }

    /** All channels together, so that they stay together. @param {Float32Array} into @param {number} from */
    #gather(into, from) {
        into.fill(0);
        for (const ring of this.#channels) {
            for (let i = 0; i < into.length; i++) into[i] += ring[(from + i) & this.#mask];
        }
    }
}
