// SPDX-License-Identifier: MIT
// Sound of the show: microphone and shared screen mixed at 48 kHz and handed to the worker by the audio thread. Owns the
// AudioContext; never a track (who opened it stops it). Runs, silent, also without any device.
//
//   microphone ─► gain (mute) ─┐
//                              ├─► capture-worklet ─► port ─► publish worker
//   screen's sound ────────────┘

import { LevelMeter } from './level-meter.js';

/** Fading takes away the click of a cut; short enough to be a mute at once. */
const FADE_SECONDS = 0.008;
const SAMPLE_RATE = 48_000;

export class AudioCapture {
    /** @type {AudioContext} */
    #context;
    /** @type {AudioWorkletNode} */
    #node;
    /** @type {GainNode} */
    #microphoneGain;
    /** @type {MediaStreamAudioSourceNode|null} */
    #microphone = null;
    /** @type {MediaStreamAudioSourceNode|null} */
    #screen = null;
    #meter = new LevelMeter();
    #abort = new AbortController();

    /**
     * @param {AudioContext} context
     * @param {AudioWorkletNode} node
     */
    constructor(context, node) {
        this.#context = context;
        this.#node = node;
        this.#microphoneGain = new GainNode(context);
        this.#microphoneGain.connect(node);
        node.port.onmessage = ({ data }) => this.#meter.push(data, performance.now());
        // Phones interrupt the sound for a call; it comes back with the page's next chance.
        const { signal } = this.#abort;
        context.addEventListener('statechange', () => this.resume(), { signal });
        document.addEventListener('visibilitychange', () => this.resume(), { signal });
    }

    /**
     * Makes the graph and hands the worker its end.
     * @param {(port: MessagePort) => void} handOver
     */
    static async open(handOver) {
        const context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: 'interactive' });
        try {
            await context.audioWorklet.addModule(new URL('./capture-worklet.js', import.meta.url));
            const node = new AudioWorkletNode(context, 'tabcast-capture', {
                numberOfInputs: 1,
                numberOfOutputs: 0,
                channelCount: 2,
                channelCountMode: 'explicit',
                channelInterpretation: 'speakers',
            });
            const { port1, port2 } = new MessageChannel();
            node.port.postMessage({ type: 'sink', port: port1 }, [port1]);
            handOver(port2);
            return new AudioCapture(context, node);
        } catch (error) {
            await context.close();
            throw error;
        }
    }

    /** 0…1 of what viewers hear, for the eye. */
    get level() {
        return this.#meter.at(performance.now());
    }

    /** False while the browser waits for a click before it lets sound run. */
    get isRunning() {
        return this.#context.state === 'running';
    }

    /** To be called in a click; harmless at any time. */
    resume() {
        if (this.#context.state !== 'running' && this.#context.state !== 'closed') {
            this.#context.resume().catch(() => {}); // no click yet: the worker sends silence meanwhile
        }
    }

    /** @param {MediaStreamTrack|null} track */
    setMicrophone(track) {
        this.#microphone?.disconnect();
        this.#microphone = this.#sourceOf(track);
        this.#microphone?.connect(this.#microphoneGain);
    }

    /** @param {MediaStreamTrack|null} track */
    setScreen(track) {
        this.#screen?.disconnect();
        this.#screen = this.#sourceOf(track);
        this.#screen?.connect(this.#node);
    }

    /** Mutes the microphone alone. @param {boolean} isMuted */
    setMuted(isMuted) {
        const { gain } = this.#microphoneGain;
        const now = this.#context.currentTime;
        gain.cancelScheduledValues(now);
        gain.setValueAtTime(gain.value, now);
        gain.linearRampToValueAtTime(isMuted ? 0 : 1, now + FADE_SECONDS);
    }

    async close() {
        this.#abort.abort();
        this.#node.port.postMessage({ type: 'close' });
        this.#node.port.onmessage = null;
        this.#microphone?.disconnect();
        this.#screen?.disconnect();
        if (this.#context.state !== 'closed') await this.#context.close();
    }

    /** @param {MediaStreamTrack|null} track */
    #sourceOf(track) {
        return track === null ? null : this.#context.createMediaStreamSource(new MediaStream([track]));
    }
}
