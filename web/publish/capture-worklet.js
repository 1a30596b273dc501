// SPDX-License-Identifier: MIT
// Runs in the audio thread: gathers sound into blocks of one packet (10 ms), sends each to the publish worker with the
// frame at which it ended, and tells the page the peak. Gets its arrays back from the worker, so that it makes no garbage
// once running. Refuses nothing: without any source it sends silence, because sound is the show's clock.

const BLOCK_FRAMES = 480;
const CHANNELS = 2;
/** The page's meter is told every sixth block: 17 times a second. */
const BLOCKS_PER_PEAK = 6;
/** Arrays that may be on their way before new ones are made. */
const SPARE_COUNT = 16;

class CaptureProcessor extends AudioWorkletProcessor {
    constructor() {
        super();
        /** @type {MessagePort|null} */
        this.sink = null;
        /** @type {Float32Array[][]} */
        this.spare = [];
        this.block = this.takeBlock();
        this.filled = 0;
        this.peak = 0;
        this.blocks = 0;
        this.isClosed = false;
        this.port.onmessage = ({ data }) => {
            if (data.type === 'close') {
                this.isClosed = true;
                this.sink?.close();
            } else {
                this.useSink(data.port);
            }
        };
    }

    /** @param {MessagePort} port to the worker */
    useSink(port) {
        this.sink?.close();
        this.sink = port;
        port.onmessage = ({ data }) => {
            if (this.spare.length < SPARE_COUNT) this.spare.push(data);
        };
    }

    takeBlock() {
        return this.spare.pop() ?? Array.from({ length: CHANNELS }, () => new Float32Array(BLOCK_FRAMES));
    }

    /** @param {Float32Array[][]} inputs */
    process([input]) {
        const frames = input?.[0]?.length ?? 128;
        let from = 0;
        while (from < frames) {
            const count = Math.min(frames - from, BLOCK_FRAMES - this.filled);
            for (let c = 0; c < CHANNELS; c++) this.copy(input, c, from, count);
            this.filled += count;
            from += count;
            if (this.filled === BLOCK_FRAMES) this.send(currentFrame + from);
        }
        return !this.isClosed;
    }

    /**
     * @param {Float32Array[]|undefined} input without channels while nothing is connected
     * @param {number} channel
     * @param {number} from
     * @param {number} count
     */
    copy(input, channel, from, count) {
        const out = this.block[channel];
        const samples = input?.[channel] ?? input?.[0];
        if (samples === undefined) {
            out.fill(0, this.filled, this.filled + count);
            return;
        }
        for (let i = 0; i < count; i++) {
            const sample = samples[from + i];
            out[this.filled + i] = sample;
            this.peak = Math.max(this.peak, Math.abs(sample));
        }
    }

    /** @param {number} endFrame frame of the context's clock behind the block */
    send(endFrame) {
        const channels = this.block;
        if (this.sink !== null) {
            this.sink.postMessage({ endFrame, channels }, channels.map((samples) => samples.buffer));
            this.block = this.takeBlock();
        }
        this.filled = 0;
        this.blocks += 1;
        if (this.blocks === BLOCKS_PER_PEAK) {
            this.port.postMessage(this.peak);
            this.peak = 0;
            this.blocks = 0;
        }
    }
}

registerProcessor('tabcast-capture', CaptureProcessor);
