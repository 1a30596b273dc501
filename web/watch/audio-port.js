// SPDX-License-Identifier: MIT
// The ring's writer where memory cannot be shared (no cross-origin isolation): the same calls as RingWriter,
// carried by messages to the worklet, which holds a ring of its own. Its view of the reader is as old as the last
// report (some 20 ms), which only makes the ring look fuller than it is.

import { RingReader, RingWriter, SAMPLE_RATE, createRingMemory } from './audio-ring.js';

/** @typedef {import('./audio-ring.js').RingPosition} RingPosition */

/**
 * Worker to worklet.
 * @typedef {{type: 'write', channels: Float32Array[]} | {type: 'silence', count: number} | {type: 'run'} | {type: 'hold'}
 *   | {type: 'rate', rate: number} | {type: 'skip', index: number, serial: number}} ToWorklet
 * Worklet to worker.
 * @typedef {{readIndex: number, starvedFrames: number, leastLeft: number, position: RingPosition|null, skipSerial: number}} PortReport
 */

/** Every eighth quantum: 21 ms. */
const REPORT_QUANTA = 8;

/** The worker's half. */
export class PortRing {
    #port;
    #capacity;
    #written = 0;
    #readIndex = 0;
    #starved = 0;
    #leastLeft = Infinity;
    #isRunning = false;
    #rate = 1;
    #skipSerial = 0;
    #isSkipping = false;
    /** @type {RingPosition|null} */
    #position = null;

    /** @param {MessagePort} port */
    constructor(port, capacityFrames = 131_072) {
        this.#port = port;
        this.#capacity = capacityFrames;
        port.onmessage = (event) => this.#takeReport(event.data);
    }

    /** @param {PortReport} report */
    #takeReport(report) {
        // What was reported before our skip arrived there says nothing about now.
        if (report.skipSerial !== this.#skipSerial) return;
        this.#isSkipping = false;
        this.#readIndex = report.readIndex;
        this.#starved = report.starvedFrames;
        this.#leastLeft = Math.min(this.#leastLeft, report.leastLeft);
        this.#position = report.position;
    }

    get written() {
        return this.#written;
    }

    get readIndex() {
        return this.#readIndex;
    }

    get filled() {
        return this.#written - this.#readIndex;
    }

    get free() {
        return Math.max(0, this.#capacity - SAMPLE_RATE / 10 - this.filled);
    }

    get isRunning() {
        return this.#isRunning;
    }

    /** As RingWriter's. */
    takeLeastLeft() {
        const left = this.#leastLeft;
        this.#leastLeft = Infinity;
        return left;
    }

    get starvedFrames() {
        return this.#starved;
    }

    get rate() {
        return this.#rate;
    }

    /** @param {ToWorklet} message @param {Transferable[]} [transfer] */
    #send(message, transfer = []) {
        this.#port.postMessage(message, transfer);
    }

    /** @param {Float32Array[]} source @param {number} [offset] @param {number} [count] */
    write(source, offset = 0, count = source[0].length - offset) {
        const frames = Math.min(count, this.free);
        const channels = source.map((channel) => channel.slice(offset, offset + frames));
        this.#send({ type: 'write', channels }, channels.map((channel) => channel.buffer));
        this.#written += frames;
        return frames;
    }

    /** @param {number} count */
    writeSilence(count) {
        const frames = Math.min(count, this.free);
        if (frames > 0) this.#send({ type: 'silence', count: frames });
        this.#written += frames;
        return frames;
    }

    run() {
        this.#isRunning = true;
        this.#send({ type: 'run' });
    }

    hold() {
        if (!this.#isRunning) return;
        this.#isRunning = false;
        this.#send({ type: 'hold' });
    }

    /** @param {number} rate */
    setRate(rate) {
        if (rate === this.#rate) return;
        this.#rate = rate;
        this.#send({ type: 'rate', rate });
    }

    /** @param {number} index */
    skipTo(index) {
        const target = Math.round(Math.min(this.#written, Math.max(this.#readIndex, index)));
        this.#skipSerial += 1;
        this.#isSkipping = true;
        this.#readIndex = target;
        this.#send({ type: 'skip', index: target, serial: this.#skipSerial });
    }

    position() {
        return this.#isSkipping ? null : this.#position;
    }
}

/** The worklet's half: a ring of its own, filled by messages. */
export class PortRingReader {
    #port;
    #writer;
    #reader;
    #skipSerial = 0;
    #quanta = 0;

    /** @param {MessagePort} port */
    constructor(port) {
        this.#port = port;
        const memory = createRingMemory({ isShared: false });
        this.#writer = new RingWriter(memory);
        this.#reader = new RingReader(memory);
        port.onmessage = (event) => this.#take(event.data);
    }

    /** @param {ToWorklet} message */
    #take(message) {
        switch (message.type) {
            case 'write':
                this.#writer.write(message.channels);
                break;
            case 'silence':
                this.#writer.writeSilence(message.count);
                break;
            case 'run':
                this.#writer.run();
                break;
            case 'hold':
                this.#writer.hold();
                break;
            case 'rate':
                this.#writer.setRate(message.rate);
                break;
            case 'skip':
                this.#writer.skipTo(message.index);
                this.#skipSerial = message.serial;
                break;
            default:
                throw new Error(`no case for ${/** @type {any} */ (message).type}`);
        }
    }

    /** @param {Float32Array[]} outputs @param {number} contextFrame */
    read(outputs, contextFrame) {
        this.#reader.read(outputs, contextFrame);
        if (++this.#quanta % REPORT_QUANTA !== 0) return;
        /** @type {PortReport} */
        const report = {
            readIndex: this.#writer.readIndex,
            starvedFrames: this.#writer.starvedFrames,
            leastLeft: this.#writer.takeLeastLeft(),
            position: this.#writer.position(),
            skipSerial: this.#skipSerial,
        };
        this.#port.postMessage(report);
    }
}
