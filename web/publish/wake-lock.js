// SPDX-License-Identifier: MIT
// Keeps the screen on while a show is on: a phone that goes to sleep takes its camera away. Browsers take the lock back
// when the page is hidden, and some have none; neither is a fault.

export class WakeLock {
    /** @type {{release: () => Promise<void>}|null} */
    #held = null;

    /** Holds it, anew if it was held, or lets it go. @param {boolean} isWanted */
    async hold(isWanted) {
        const held = this.#held;
        this.#held = null;
        await held?.release();
        if (isWanted) this.#held = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
    }
}
