// SPDX-License-Identifier: MIT
// Finds the replay of a show that has ended: it appears a moment after the end, when the relay has finished the
// file. A reactive controller of the player; asks the API a bounded number of times.
import { getJson } from './api.js';

const INTERVAL_MS = 2000;
/** Finishing a long recording takes a while; after two minutes there will be none. */
const ATTEMPTS = 60;

export class ReplayFinder {
    #host;
    #showId = '';
    /** @type {AbortController|null} */
    #life = null;
    /** @type {string|null} page of the replay */
    url = null;

    /** @param {import('lit').ReactiveControllerHost} host */
    constructor(host) {
        this.#host = host;
        host.addController(this);
    }

    hostConnected() {}

    hostDisconnected() {
        this.forget();
    }

    get isLooking() {
        return this.#life !== null;
    }

    /** @param {string} showId */
    find(showId) {
        if (this.#showId === showId) return;
        this.forget();
        this.#showId = showId;
        this.#life = new AbortController();
        this.#look(this.#life.signal);
    }

    forget() {
        this.#life?.abort();
        this.#life = null;
        this.#showId = '';
        this.url = null;
    }

    /** @param {AbortSignal} signal */
    async #look(signal) {
        for (let attempt = 0; attempt < ATTEMPTS && !signal.aborted; attempt++) {
            const replay = await getJson(`/api/v1/replays/${this.#showId}`, signal).catch(() => null);
            if (signal.aborted) return;
            if (replay !== null) {
                this.url = replay.url ?? `/replay/${this.#showId}`;
                break;
            }
            await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
        }
        if (signal.aborted) return;
        this.#life = null;
        this.#host.requestUpdate();
    }
}
