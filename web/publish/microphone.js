// SPDX-License-Identifier: MIT
// The microphone of a show: its track, what the browser does to its sound, and what happens when it goes away. Hands the track
// to the sound graph (audio-capture.js); stops it.

import { deviceProblem } from './device-errors.js';
import { processTrack } from './devices.js';

/** @typedef {import('./audio-capture.js').AudioCapture} AudioCapture */
/** @typedef {import('./device-errors.js').DeviceProblem} DeviceProblem */
/** @typedef {import('./sound-choice.js').SoundChoice} SoundChoice */

export class Microphone {
    /** @type {MediaStreamTrack|null} */
    #track = null;
    #openAudio;
    #onProblem;
    #onChange;
    /** Changes of the processing, one after the other. */
    #work = Promise.resolve();

    /**
     * @param {object} calls
     * @param {() => Promise<AudioCapture|null>} calls.openAudio the sound graph; null where there is none
     * @param {(problem: DeviceProblem) => void} calls.onProblem
     * @param {() => void} calls.onChange
     */
    constructor({ openAudio, onProblem, onChange }) {
        this.#openAudio = openAudio;
        this.#onProblem = onProblem;
        this.#onChange = onChange;
    }

    get isOpen() {
        return this.#track !== null;
    }

    get id() {
        return this.#track?.getSettings().deviceId ?? '';
    }

    /** Whether the browser does it, or undefined when it does not tell. @param {'echoCancellation'|'noiseSuppression'} name */
    does(name) {
        const value = /** @type {unknown} */ (this.#track?.getSettings()[name]);
        return value === undefined ? undefined : Boolean(value); // newer browsers name the kind
    }

    /** @param {MediaStreamTrack} track */
    async use(track) {
        this.#track?.stop();
        this.#track = track;
        track.addEventListener('ended', () => this.#onEnded(track));
        try {
            (await this.#openAudio())?.setMicrophone(track);
        } catch {
            // A browser that cannot bring the device's rate to the show's: the show goes on without it.
            this.#onProblem(deviceProblem('failed', 'microphone'));
        }
    }

    /**
     * Switches the browser's processing, while live too. Where the open track cannot be changed the device is opened anew.
     * @param {SoundChoice} choice
     */
    process(choice) {
        this.#work = this.#work.then(() => this.#process(choice));
        return this.#work;
    }

    stop() {
        this.#track?.stop();
        this.#track = null;
    }

    /** @param {SoundChoice} choice */
    async #process(choice) {
        const track = this.#track;
        if (track === null) return;
        const { track: processed, problem } = await processTrack(track, choice);
        // Meanwhile another microphone was chosen, or all was closed.
        if (this.#track !== track) processed?.stop();
        else if (processed !== null) await this.use(processed);
        else if (track.readyState === 'ended') this.#drop();
        if (problem !== null) this.#onProblem(problem);
        this.#onChange();
    }

    #drop() {
        this.#track = null;
        this.#openAudio().then((audio) => audio?.setMicrophone(null));
    }

    /** @param {MediaStreamTrack} track */
    #onEnded(track) {
        if (this.#track !== track) return;
        this.#drop();
        this.#onChange();
        this.#onProblem(deviceProblem('unplugged', 'microphone'));
    }
}
