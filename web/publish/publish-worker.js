// SPDX-License-Identifier: MIT
// The publish worker: loads the encoder, warms it up, then hands the page's messages to Publishing in their order. Everything
// heavy of a show runs here, so that a busy or hidden page does not disturb it.

import { loadEncoderModule, warmUpEncoder } from '../codec/encoder-module.js';
import { localNow } from '../wire/connection.js';
import { Publishing } from './publishing.js';
import { firstCpuUsed } from './rate-control.js';
import { RemoteLine } from './remote-line.js';

/** @typedef {import('./publish-messages.js').ToWorker} ToWorker */
/** @typedef {import('./publish-messages.js').ToPage} ToPage */
/** @typedef {import('./quality.js').Quality} Quality */

const scope = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));

/** @param {ToPage} message */
function post(message) {
    scope.postMessage(message);
}

/** @param {unknown} error */
function reportFault(error) {
    const { code = 'failed', message = String(error) } = /** @type {{code?: string, message?: string}} */ (error ?? {});
    post({ type: 'fault', code, message });
}

/** @type {Promise<Publishing>|null} */
let publishing = null;
/** @type {RemoteLine|null} */
let line = null;

/**
 * WebKit is cross-origin isolated without SharedArrayBuffer; others have it and may not send it when not isolated. Firefox's
 * `new Worker` inside a worker now and then never returns (decision 11), which would end the show.
 */
const canHaveThreads = () =>
    crossOriginIsolated && typeof SharedArrayBuffer === 'function' && !navigator.userAgent.includes('Firefox/');

/** @param {number} threads */
const loadThreads = (threads) => loadEncoderModule({ threads });

/**
 * Loads the codec and warms it up: the browser compiles hot code only while it runs, and the first pictures of a show
 * would take several times as long.
 * @param {Quality} quality
 * @param {RemoteLine} line
 */
async function prepare(quality, line) {
    const startMs = localNow();
    const module = await loadEncoderModule({ threads: 1 });
    const loadedMs = localNow();
    const { width, height, framesPerSecond, bitrateBps } = quality;
    warmUpEncoder(module, { width, height, framesPerSecond, bitrateBps, cpuUsed: firstCpuUsed(quality), temporalLayers: 3 });
    await line.ready;
    const made = new Publishing(module, quality, { post, onFault: reportFault, loadThreads: canHaveThreads() ? loadThreads : null, line });
    post({ type: 'prepared', loadMs: loadedMs - startMs, warmUpMs: localNow() - loadedMs });
    return made;
}

scope.onmessage = (/** @type {MessageEvent} */ { data }) => {
    const message = /** @type {ToWorker} */ (data);
    if (message.type === 'prepare') {
        line ??= new RemoteLine(message.line);
        publishing ??= prepare(message.quality, line);
        publishing.catch(reportFault);
        return;
    }
    if (message.type === 'close') {
        (publishing ?? Promise.reject()).then((made) => made.close()).catch(() => {}).finally(() => {
            line?.close();
            scope.close();
        });
        return;
    }
    // In order behind the loading; a promise that is settled already costs a microtask.
    publishing?.then((made) => made.receive(message)).catch(reportFault);
};
