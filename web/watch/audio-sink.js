// SPDX-License-Identifier: MIT
// The sound device on the page's side: an AudioContext of 48 kHz, the playout worklet, a gain for volume and
// mute. Tells the worker a few times a second what leaves the speaker when. Browsers let sound begin only after
// a gesture: until resume() succeeds the context sleeps, and so does the worklet.

import { SAMPLE_RATE, createRingMemory } from './audio-ring.js';
import { DeviceStrain } from './device-strain.js';

/** @typedef {import('./watch-messages.js').Device} Device */
/** @typedef {import('./watch-messages.js').SoundByMemory} SoundByMemory */
/** @typedef {import('./watch-messages.js').SoundByPort} SoundByPort */

/** Pairs come fast at first, until the median of them is sound, then slowly. */
const FIRST_PAIRS = 8;
const FIRST_INTERVAL_MS = 25;
const LATER_INTERVAL_MS = 250;
/** Time constant of volume changes: no click, no noticeable delay. */
const GAIN_SMOOTH_S = 0.008;
/** A larger latency than this is a misreport. */
const LATENCY_LIMIT_S = 1;
/** Clocks are read one after the other. */
const TIMESTAMP_SLACK_MS = 20;

export class AudioSink {
    #onDevice;
    #onState;
    #onStrain;
    #strain = new DeviceStrain();
    #context;
    #gain;
    /** @type {AudioWorkletNode|null} */
    #node = null;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    #timer;
    #pairs = 0;
    #isClosed = false;

    /**
     * @param {object} parts
     * @param {(state: Omit<Device, 'type'>) => void} parts.onDevice for the worker
     * @param {() => void} parts.onState the context began to run, or ceased
     * @param {boolean} parts.isNear the least latency that the device has, else the browser's choice for games
     * @param {() => void} parts.onStrain with so little the device does not keep up
     */
    constructor({ onDevice, onState, isNear, onStrain }) {
        this.#onDevice = onDevice;
        this.#onState = onState;
        this.#onStrain = isNear ? onStrain : null;
        // Chromium 156 without a sound card: 8 ms to the speaker instead of 30, bursts of 2.7 ms instead of 10.
        this.#context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: isNear ? 0 : 'interactive' });
        this.#gain = new GainNode(this.#context, { gain: 0 });
        this.#context.onstatechange = () => this.#takeState();
    }

    get isRunning() {
        return this.#context.state === 'running';
    }

    /** The browser says that sound needs no gesture: it is only slow to begin. False where it does not say. */
    get isAllowed() {
        return /** @type {any} */ (navigator).getAutoplayPolicy?.(this.#context) === 'allowed';
    }

    /**
     * Loads the worklet.
     * @returns {Promise<{message: SoundByMemory|SoundByPort, transfer: Transferable[]}>} for the worker
     */
    async open() {
        await this.#context.audioWorklet.addModule(new URL('./playout-worklet.js', import.meta.url));
        // WebKitGTK has no SharedArrayBuffer although its pages are isolated.
        const canShare = globalThis.crossOriginIsolated && typeof SharedArrayBuffer === 'function';
        const memory = canShare ? createRingMemory({ isShared: true }) : undefined;
        this.#node = new AudioWorkletNode(this.#context, 'tabcast-playout', {
            numberOfInputs: 0,
            outputChannelCount: [2],
            processorOptions: { memory },
        });
        this.#node.connect(this.#gain);
        this.#gain.connect(this.#context.destination);
        this.#takeState();
        if (memory !== undefined) return { message: { type: 'sound', memory }, transfer: [] };
        const { port1, port2 } = new MessageChannel();
        this.#node.port.postMessage({ type: 'port', port: port1 }, [port1]);
        return { message: { type: 'sound', port: port2 }, transfer: [port2] };
    }

    /** Asks for sound; what comes of it is told by onState. Counts only within a gesture where browsers insist. */
    resume() {
        if (!this.#isClosed && this.#context.state !== 'running') this.#context.resume().catch(() => {});
    }

    /** @param {number} gain 0 … 1 */
    setGain(gain) {
        this.#gain.gain.setTargetAtTime(gain, this.#context.currentTime, GAIN_SMOOTH_S);
    }

    #takeState() {
        if (this.#isClosed) return;
        clearTimeout(this.#timer);
        this.#pairs = 0;
        this.#strain.reset();
        if (this.isRunning) this.#tell();
        else this.#onDevice({ isRunning: false, contextTimeS: 0, localMs: 0 });
        this.#onState();
    }

    #tell() {
        const pair = this.#pair();
        this.#onDevice({ isRunning: true, ...pair });
        if (this.#strain.observe(pair.contextTimeS, pair.localMs)) {
            this.#onStrain?.();
            if (this.#isClosed) return;
        }
        this.#pairs += 1;
        this.#timer = setTimeout(() => this.#tell(), this.#pairs < FIRST_PAIRS ? FIRST_INTERVAL_MS : LATER_INTERVAL_MS);
    }

    /** What leaves the speaker when. */
    #pair() {
        const context = this.#context;
        const nowMs = performance.now();
        const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp?.() ?? {};
        const latencyS = context.currentTime - (contextTime + (nowMs - performanceTime) / 1000);
        // What has left the speaker did so in the past: WebKitGTK (2.50) counts performanceTime twice as fast.
        const isPast = performanceTime > 0 && performanceTime < nowMs + TIMESTAMP_SLACK_MS;
        if (contextTime > 0 && isPast && Math.abs(latencyS) < LATENCY_LIMIT_S) {
            return { contextTimeS: contextTime, localMs: performance.timeOrigin + performanceTime };
        }
        const toldS = context.outputLatency || context.baseLatency || 0;
        return { contextTimeS: context.currentTime - toldS, localMs: performance.timeOrigin + nowMs };
    }

    /** Idempotent. */
    close() {
        if (this.#isClosed) return;
        this.#isClosed = true;
        clearTimeout(this.#timer);
        this.#context.onstatechange = null;
        this.#node?.port.postMessage({ type: 'close' });
        this.#node?.disconnect();
        this.#gain.disconnect();
        this.#context.close().catch(() => {});
    }
}
