// SPDX-License-Identifier: MIT
// 10 ms of 48 kHz sound in, a wire message out: the page's side of wasm/audio_encoder.c (libopus behind it).
// Owns the input samples in the module's heap and the sequence numbers of the sound.

import { CodecError, checkStatus } from './codec-error.js';

/** Samples per channel and packet: 10 ms at 48 kHz (decision 19). */
export const AUDIO_FRAME_SAMPLES = 480;

/** enum audio_application of the C side. */
const APPLICATIONS = Object.freeze({ speech: 0, music: 1 });

/** enum audio_setting of the C side. */
const SETTINGS = Object.freeze({ application: 0, bitrateBps: 1, channels: 2, complexity: 3, dtx: 4, fec: 5, vbr: 6 });

/**
 * @typedef {object} AudioEncoderOptions
 * @property {1|2} channels
 * @property {number} bitrateBps      speech in mono 32,000–40,000, music in stereo 96,000–128,000
 * @property {'speech'|'music'} [application]
 * @property {number} [complexity]    0…10; default 9, 5 for weak machines
 * @property {number} [sequence]      of the first message
 * @property {boolean} [isMixedDown]  two channels in, one coded: for a voice
 */

/**
 * What libopus says it is set to.
 * @typedef {object} AudioSettings
 * @property {'speech'|'music'} application
 * @property {number} bitrateBps
 * @property {number} channels that are coded
 * @property {number} complexity
 * @property {boolean} dtx
 * @property {boolean} fec
 * @property {boolean} vbr
 */

export class AudioEncoder {
    #module;
    #handle;

    /**
     * @param {import('./encoder-module.js').EncoderModule} module
     * @param {AudioEncoderOptions} options
     */
    constructor(module, { channels, bitrateBps, application = 'speech', complexity = 9, sequence = 0, isMixedDown = false }) {
        this.#module = module;
        const handle = module.call('encoder_audio_create', channels, bitrateBps, APPLICATIONS[application], complexity, sequence, isMixedDown ? 1 : 0);
        this.#handle = checkStatus(handle, 'cannot make an audio encoder');
        this.channels = channels;
        /** Samples at 48 kHz by which the decoder's sound lags; for INIT. */
        this.preSkip = module.call('encoder_audio_pre_skip', this.#handle);
        /** One view per channel on the samples that encode() takes, −1…1; silence is written as zeros. @type {Float32Array[]} */
        this.input = [];
        for (let i = 0; i < channels; i++) {
            this.input.push(module.floats(module.call('encoder_audio_samples', this.#handle, i), AUDIO_FRAME_SAMPLES));
        }
    }

    /** The sequence number of the next message. */
    get sequence() {
        return this.#module.call('encoder_audio_sequence', this.#alive()) >>> 0;
    }

    /**
     * @param {{ timestampUs: number }} options when the first sample of the input was heard, on the show's clock
     * @returns {Uint8Array<ArrayBuffer>} the wire message, a copy that may be sent
     */
    encode({ timestampUs }) {
        const handle = this.#alive();
        checkStatus(this.#module.call('encoder_audio_encode', handle, timestampUs), 'cannot encode the sound');
        const pointer = this.#module.call('encoder_audio_message', handle);
        return this.#module.copy(pointer, this.#module.call('encoder_audio_message_length', handle));
    }

    /** @param {number} bitrateBps */
    setBitrate(bitrateBps) {
        checkStatus(this.#module.call('encoder_audio_set_bitrate', this.#alive(), bitrateBps), 'cannot set the bitrate');
    }

    /** @param {number} complexity 0…10 */
    setComplexity(complexity) {
        checkStatus(this.#module.call('encoder_audio_set_complexity', this.#alive(), complexity), 'cannot set the complexity');
    }

    /** Read back from libopus. @returns {AudioSettings} */
    get settings() {
        const read = (/** @type {keyof typeof SETTINGS} */ name) =>
            checkStatus(this.#module.call('encoder_audio_setting', this.#alive(), SETTINGS[name]), `cannot read ${name}`);
        return {
            application: read('application') === APPLICATIONS.speech ? 'speech' : 'music',
            bitrateBps: read('bitrateBps'),
            channels: read('channels'),
            complexity: read('complexity'),
            dtx: read('dtx') !== 0,
            fec: read('fec') !== 0,
            vbr: read('vbr') !== 0,
        };
    }

    /** Idempotent. */
    close() {
        if (this.#handle !== 0) this.#module.release('encoder_audio_destroy', this.#handle);
        this.#handle = 0;
    }

    #alive() {
        if (this.#handle === 0) throw new CodecError('closed', 'the audio encoder was closed');
        return this.#handle;
    }
}
