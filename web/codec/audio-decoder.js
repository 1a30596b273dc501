// SPDX-License-Identifier: MIT
// Opus packets in, 48 kHz sound out: the page's side of wasm/audio_decoder.c (libopus behind it). Owns one
// decoder. Leaves out the codec's pre-skip where it starts, so that the first sample returned is one that was
// heard; conceals packets that never came.

import { CodecError, checkStatus } from './codec-error.js';

export const SAMPLE_RATE = 48000;

/**
 * Sound that lies in the module's heap, valid until the next call or close().
 * @typedef {object} DecodedSound
 * @property {number} timestampUs   when the first sample was heard, on the show's clock
 * @property {Float32Array[]} channels one view per channel
 * @property {number} frames        samples per channel
 */

export class AudioDecoder {
    #module;
    #handle;
    #channels;
    #preSkip;

    /**
     * @param {import('./player-module.js').PlayerModule} module
     * @param {{ channels: number, preSkip?: number }} track as Demuxer.tracks.audio gives it; 1 or 2 channels
     */
    constructor(module, { channels, preSkip = 0 }) {
        this.#module = module;
        this.#channels = channels;
        this.#preSkip = preSkip;
        const handle = module.call('player_audio_create', channels, preSkip);
        this.#handle = checkStatus(handle, 'cannot make an audio decoder');
    }

    /**
     * Decodes one packet. null: all of it was pre-skip. Throws `decode-failed`; the decoder may be used on.
     * @param {{ data: Uint8Array, timestampUs: number }} packet of the demuxer of the same module, or any bytes
     * @returns {DecodedSound | null}
     */
    decode({ data, timestampUs }) {
        const handle = this.#alive();
        const module = this.#module;
        const isInside = data.buffer === module.memory.buffer;
        const pointer = isInside
            ? data.byteOffset
            : checkStatus(module.call('player_audio_write_pointer', handle, data.length), 'cannot take the packet');
        if (!isInside) module.u8.set(data, pointer);
        const frames = module.call('player_audio_decode', handle, pointer, data.length);
        return this.#sound(checkStatus(frames, 'cannot decode the sound'), timestampUs);
    }

    /**
     * Makes up the sound of a packet that is missing (Opus' own concealment): as long as the last packet was.
     * @param {{ timestampUs: number }} missing the timestamp that the packet would have had
     * @returns {DecodedSound | null}
     */
    conceal({ timestampUs }) {
        const frames = this.#module.call('player_audio_conceal', this.#alive());
        return this.#sound(checkStatus(frames, 'cannot conceal the sound'), timestampUs);
    }

    /** Forgets the past, for a jump or seek: what comes next is a start again. */
    reset() {
        this.#module.call('player_audio_reset', this.#alive());
    }

    /** Idempotent. */
    close() {
        if (this.#handle !== 0) this.#module.release('player_audio_destroy', this.#handle);
        this.#handle = 0;
    }

    /** @param {number} frames @param {number} timestampUs @returns {DecodedSound | null} */
    #sound(frames, timestampUs) {
        if (frames === 0) return null;
        const module = this.#module;
        // The encoder looks preSkip samples ahead, so what a packet yields was heard that much earlier.
        const skipped = module.call('player_audio_skipped', this.#handle);
        const heardUs = timestampUs + Math.round(((skipped - this.#preSkip) * 1e6) / SAMPLE_RATE);
        const channels = [];
        for (let i = 0; i < this.#channels; i++) {
            channels.push(module.floats(module.call('player_audio_samples', this.#handle, i), frames));
        }
        return { timestampUs: heardUs, channels, frames };
    }

    #alive() {
        if (this.#handle === 0) throw new CodecError('closed', 'the audio decoder was closed');
        return this.#handle;
    }
}
