// SPDX-License-Identifier: MIT
// Runs a line of script in each module worker of a page before the worker's own: a browser without something, as another one is.
// For Playwright's addInitScript, in a context with bypassCSP.

/** In the page: workers begin as a blob that runs `patch` and then imports the true script. @param {string} patch */
export function patchWorkers(patch) {
    const TrueWorker = window.Worker;
    window.Worker = class extends TrueWorker {
        constructor(url, options) {
            const text = `import ${JSON.stringify(`data:text/javascript,${encodeURIComponent(patch)}`)};\nimport ${JSON.stringify(new URL(url, location.href).href)};`;
            super(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })), options);
        }
    };
}
