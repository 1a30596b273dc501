// SPDX-License-Identifier: MIT
// The line worker: loads the sound's encoder, then hands the port that it was given to a Line. Ends itself when told.

import { loadEncoderModule } from '../codec/encoder-module.js';
import { Line } from './line.js';

const scope = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));
// Begun before the port comes.
const loading = loadEncoderModule({ threads: 1 });
loading.catch(() => {}); // told through the port

scope.onmessage = async (/** @type {MessageEvent<{port: MessagePort}>} */ { data: { port } }) => {
    try {
        new Line(port, await loading, () => scope.close());
    } catch (error) {
        const { code = 'failed', message = String(error) } = /** @type {any} */ (error);
        port.postMessage({ type: 'fault', code, message });
    }
};
