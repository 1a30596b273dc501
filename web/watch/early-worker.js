// SPDX-License-Identifier: MIT
// Where a Viewer gets its worker: one that was started before the page's own code ran, or a new one. A page that will play for
// sure starts it first thing; while the page builds its controls, the worker loads the codec. Nothing is opened in it yet.

/** @type {Worker|null} */
let early = null;

function startWorker() {
    return new Worker(new URL('./watch-worker.js', import.meta.url), { type: 'module' });
}

/**
 * Starts the worker for the Viewer that opens first.
 * @returns {Promise<void>} resolves when the worker runs, or cannot
 */
export function startEarly() {
    const worker = startWorker();
    early = worker;
    return new Promise((resolve) => {
        worker.addEventListener('message', () => resolve(), { once: true });
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
