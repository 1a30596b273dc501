// SPDX-License-Identifier: MIT
// Which coded pictures of a live show may be used, so that nothing ever smears: after a hole that nobody declared
// it waits for a key frame, and the picture freezes. What the relay leaves out by itself it marks with GAP
// and leaves out cleanly, so such a frame decodes. Pure.

import { WIRE_GAP, WIRE_KEY } from '../wire/header.js';

/** @typedef {import('../wire/header.js').Header} Header */

export class TemporalGate {
    #isWaitingForKey = true;
    #rendition = -1;
    #sequence = 0;

    /** True while the picture must stand still until a key frame comes. */
    get isWaitingForKey() {
        return this.#isWaitingForKey;
    }

    /** A new stream: nothing before the next key frame is of use. */
    reset() {
        this.#isWaitingForKey = true;
        this.#rendition = -1;
    }

    /**
     * Looks at each video header in order of arrival.
     * @param {Pick<Header, 'flags'|'rendition'|'sequence'>} header
     * @returns {boolean} true: may be decoded
     */
    admit({ flags, rendition, sequence }) {
        const isKey = (flags & WIRE_KEY) !== 0;
        const isNext = rendition === this.#rendition && sequence === ((this.#sequence + 1) >>> 0);
        if (isKey) this.#isWaitingForKey = false;
        else if (rendition !== this.#rendition) this.#isWaitingForKey = true;
        else if (!isNext && (flags & WIRE_GAP) === 0) this.#isWaitingForKey = true;
        this.#rendition = rendition;
        this.#sequence = sequence;
        return !this.#isWaitingForKey;
    }
}
