// SPDX-License-Identifier: MIT
// The sound of a Viewer on the page: its AudioSink while something is open, volume and mute, and whether the browser holds sound
// back until a gesture. The sink is made behind the first picture, which people wait for; in a gesture at once, because
// browsers let sound begin only there. Sound is worth having, not worth failing for.

import { AudioSink } from './audio-sink.js';

/** @typedef {import('./watch-messages.js').ToWorker} ToWorker */
/** @typedef {(message: ToWorker, transfer?: Transferable[]) => void} PostToWorker */

/** Where no picture comes, the sink is made after this time. */
const PATIENCE_MS = 1000;
/** A sink that does not begin within this time while playing is held back by the browser's autoplay policy. */
const GRACE_MS = 600;

export class ViewerSound {
    #onChange;
    /** @type {AudioSink|null} */
    #sink = null;
    /** Makes the sink, once. @type {(() => void)|null} */
    #opening = null;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    #openTimer;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    #graceTimer;
    /** Opens another sink in place of the present one. @type {(() => void)|null} */
    #reopen = null;
    #isNear = false;
    /** This device has shown that it cannot. */
    #mayBeNear = true;
    #isPlaying = false;
    #isMuted = false;
    #isBlocked = false;
    #volume = 1;

    /** @param {() => void} onChange of volume or muted */
    constructor(onChange) {
        this.#onChange = onChange;
    }

    get volume() {
        return this.#volume;
    }

    get muted() {
        return this.#isMuted || this.#isBlocked;
    }

    /** Muted because the browser wants a gesture first. */
    get isBlocked() {
        return this.#isBlocked;
    }

    /** Something is open now. @param {PostToWorker} post @param {AbortSignal} signal aborted when it is closed */
    open(post, signal) {
        this.#opening = () => this.#open(post, signal);
        this.#reopen = this.#opening;
        this.#openTimer = setTimeout(() => this.prepare(), PATIENCE_MS);
    }

    /** @param {PostToWorker} post @param {AbortSignal} signal */
    async #open(post, signal) {
        try {
            this.#sink?.close();
            const sink = new AudioSink({
                onDevice: (state) => post({ type: 'device', ...state }),
                onState: () => this.#takeState(),
                isNear: this.#isNear && this.#mayBeNear,
                onStrain: () => this.#takeStrain(),
            });
            this.#sink = sink;
            this.#applyGain();
            if (this.#isPlaying) this.#resume();
            const { message, transfer } = await sink.open();
            if (!signal.aborted && this.#sink === sink) post(message, transfer);
        } catch (error) {
            if (!signal.aborted) console.warn('no sound:', error);
        }
    }

    /** The first picture is there, or nobody waits for one. */
    prepare() {
        clearTimeout(this.#openTimer);
        const opening = this.#opening;
        this.#opening = null;
        opening?.();
    }

    /** The least latency that the device has; changed while playing, sound stops for a moment. @param {boolean} isNear */
    setNear(isNear) {
        if (isNear === this.#isNear) return;
        this.#isNear = isNear;
        if (this.#sink !== null && this.#mayBeNear) this.#reopen?.();
    }

    #takeStrain() {
        this.#mayBeNear = false;
        this.#reopen?.();
    }

    /** Idempotent. */
    close() {
        clearTimeout(this.#openTimer);
        clearTimeout(this.#graceTimer);
        this.#opening = null;
        this.#reopen = null;
        this.#isPlaying = false;
        this.#sink?.close();
        this.#sink = null;
    }

    /** Whoever presses play for a replay wants to hear it. @param {boolean} isReplay */
    play(isReplay) {
        this.#isPlaying = true;
        const isGesture = navigator.userActivation?.isActive ?? false;
        if (isGesture) this.prepare();
        if (this.#isBlocked && isReplay && isGesture) this.setMuted(false);
        this.#resume();
    }

    pause() {
        this.#isPlaying = false;
    }

    #resume() {
        if (this.#sink === null) return;
        this.#sink.resume();
        clearTimeout(this.#graceTimer);
        this.#graceTimer = setTimeout(() => {
            if (!this.#isPlaying || this.muted || this.#sink?.isRunning || this.#sink?.isAllowed) return;
            this.#isBlocked = true;
            this.#applyGain();
            this.#onChange();
        }, GRACE_MS);
    }

    /** @param {number} volume 0 … 1 */
    setVolume(volume) {
        if (volume === this.#volume) return;
        this.#volume = volume;
        this.#applyGain();
        this.#onChange();
    }

    /** Unmuting within a gesture also wakes sound that the browser held back. @param {boolean} isMuted */
    setMuted(isMuted) {
        if (!isMuted) {
            if (navigator.userActivation?.isActive) this.prepare();
            this.#sink?.resume();
        }
        if (isMuted === this.muted) return;
        this.#isMuted = isMuted;
        this.#isBlocked = false;
        this.#applyGain();
        this.#onChange();
    }

    #takeState() {
        // It began without any gesture: it was only slow, not held back.
        if (!this.#sink?.isRunning || !this.#isBlocked || navigator.userActivation?.hasBeenActive) return;
        this.#isBlocked = false;
        this.#applyGain();
        this.#onChange();
    }

    #applyGain() {
        // Loudness grows with the square: half way on the slider sounds like half.
        this.#sink?.setGain(this.muted ? 0 : this.#volume * this.#volume);
    }
}
