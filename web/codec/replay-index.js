// SPDX-License-Identifier: MIT
// Reads the front of a finished WebM file (init segment, Duration, Cues) with our own scanner, so that a player
// can seek by HTTP ranges. Push the file from byte 0 on until `isComplete`.

import { CodecError, checkStatus } from './codec-error.js';

/** @typedef {{ timestampMs: number, offset: number }} Cue a key frame's Cluster: its time and its byte in the file */

export class ReplayIndex {
    #module;
    #handle;
    /** @type {Cue[]} */
    #cues = [];

    /** @param {import('./player-module.js').PlayerModule} module */
    constructor(module) {
        this.#module = module;
        this.#handle = checkStatus(module.call('player_index_create'), 'cannot make an index');
    }

    /**
     * Adds the file's next bytes; what comes behind the front is ignored. Throws `bad-stream`, `out-of-memory`.
     * @param {Uint8Array} bytes
     * @returns {boolean} isComplete
     */
    push(bytes) {
        const handle = this.#alive();
        const module = this.#module;
        let rest = bytes;
        while (rest.length > 0 && !this.isComplete) {
            const room = module.call('player_index_write_room', handle);
            const part = rest.subarray(0, room);
            module.u8.set(part, module.call('player_index_write_pointer', handle));
            checkStatus(module.call('player_index_did_write', handle, part.length), 'cannot read the replay');
            rest = rest.subarray(part.length);
        }
        return this.isComplete;
    }

    /** Length of the bytes to push into a Demuxer before those of any cue: EBML header … Tracks. 0: not there yet. */
    get initLength() {
        return this.#module.call('player_index_init_length', this.#alive());
    }

    /** 0: the file does not say. */
    get durationMs() {
        return this.#module.call('player_index_duration_ms', this.#alive());
    }

    /** The file's front was read: everything before the first Cluster. */
    get isComplete() {
        return this.#module.call('player_index_is_complete', this.#alive()) !== 0;
    }

    /** Ascending by time. @returns {readonly Cue[]} */
    get cues() {
        const handle = this.#alive();
        const count = this.#module.call('player_index_cue_count', handle);
        for (let i = this.#cues.length; i < count; i++) {
            this.#cues.push({
                timestampMs: this.#module.call('player_index_cue_timestamp_ms', handle, i),
                offset: this.#module.call('player_index_cue_offset', handle, i),
            });
        }
        return this.#cues;
    }

    /** Idempotent. */
    close() {
        if (this.#handle !== 0) this.#module.release('player_index_destroy', this.#handle);
        this.#handle = 0;
    }

    #alive() {
        if (this.#handle === 0) throw new CodecError('closed', 'the index was closed');
        return this.#handle;
    }
}
