// SPDX-License-Identifier: MIT
// Asks for the same thing again and again while its host is on the page and the tab is visible, and re-renders the host
// when the answer came. Keeps the last good answer through failures, and asks more seldom while they last.

const SLOWEST_MS = 30_000;

/** @template T */
export class PollController {
    /** @type {import('lit').ReactiveControllerHost} */ #host;
    /** @type {(signal: AbortSignal) => Promise<T>} */ #load;
    #intervalMs;
    #failures = 0;
    /** @type {AbortController|null} */ #life = null;
    /** @type {AbortController|null} */ #asking = null;
    /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;

    /** @type {T|null} */ value = null;
    /** @type {any} the last failure, null after a success */ error = null;

    /**
     * @param {import('lit').ReactiveControllerHost} host
     * @param {(signal: AbortSignal) => Promise<T>} load
     * @param {number} intervalMs
     */
    constructor(host, load, intervalMs) {
        this.#host = host;
        this.#load = load;
        this.#intervalMs = intervalMs;
        host.addController(this);
    }

    /** From the next question on. @param {number} intervalMs */
    every(intervalMs) {
        this.#intervalMs = intervalMs;
    }

    get isLoading() {
        return this.value === null && this.error === null;
    }

    hostConnected() {
        this.#life = new AbortController();
        const { signal } = this.#life;
        document.addEventListener('visibilitychange', () => this.#onVisibility(), { signal });
        // An answer kept by the browser's back button is old.
        window.addEventListener('pageshow', (event) => event.persisted && this.refresh(), { signal });
        this.refresh();
    }

    hostDisconnected() {
        this.stop();
    }

    /** Ends it for good. Idempotent. */
    stop() {
        this.#life?.abort();
        this.#life = null;
        this.#asking?.abort();
        clearTimeout(this.#timer);
    }

    /** Asks now. The answer of an earlier question that is still under way is dropped. */
    async refresh() {
        if (this.#life === null) return;
        clearTimeout(this.#timer);
        this.#asking?.abort();
        const asking = new AbortController();
        this.#asking = asking;
        try {
            const value = await this.#load(asking.signal);
            if (asking.signal.aborted) return;
            this.value = value;
            this.error = null;
            this.#failures = 0;
        } catch (error) {
            if (asking.signal.aborted) return;
            this.error = error;
            this.#failures += 1;
        }
        this.#host.requestUpdate();
        this.#schedule();
    }

    #schedule() {
        if (this.#life === null || document.visibilityState === 'hidden') return;
        const delay = Math.min(SLOWEST_MS, this.#intervalMs * 2 ** Math.min(this.#failures, 4));
        this.#timer = setTimeout(() => this.refresh(), delay);
    }

    #onVisibility() {
        if (document.visibilityState === 'hidden') clearTimeout(this.#timer);
        else this.refresh();
    }
}
