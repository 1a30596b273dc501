// SPDX-License-Identifier: MIT
// Where a Viewer gets its worker: one that was started before the page's own code ran, or a new one. A page that will play for
// sure starts it first thing; while the page builds its controls, the worker loads the codec and connects to the show.

import { socketUrl } from '../wire/connection.js';

/** @type {Worker|null} */
let early = null;

function startWorker() {
    return new Worker(new URL('./watch-worker.js', import.meta.url), { type: 'module' });
}

/**
 * Starts the worker for the Viewer that opens first; a live show that it will open is connected to meanwhile.
 * @param {string|null} showId null: a replay, or not known yet
 * @returns {Promise<void>} resolves when the worker runs, or cannot
 */
export function startEarly(showId) {
    const worker = startWorker();
    early = worker;
    return new Promise((resolve) => {
        const begin = () => {
            // Not before it runs: until then a browser keeps messages on the page's thread, which is about to be busy.
            if (showId !== null && early === worker) {
                /** @type {import('./watch-messages.js').Early} */
                const message = { type: 'early', url: socketUrl(location.href), showId };
                worker.postMessage(message);
            }
            resolve();
        };
        worker.addEventListener('message', begin, { once: true });
        worker.addEventListener('error', () => {
            // Whoever opens a show starts another, and hears what is wrong with it.
            if (early === worker) early = null;
            resolve();
        }, { once: true });
    });
}

/** @returns {Worker} the caller's own from now on */
export function takeWorker() {
    const worker = early ?? startWorker();
    early = null;
    return worker;
}
