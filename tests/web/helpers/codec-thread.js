// SPDX-License-Identifier: MIT
// Runs web/codec/encoder-thread-worker.js in a Node worker: gives it the few globals of a web worker.
import { parentPort } from 'node:worker_threads';

const self = { onmessage: null, postMessage: (message) => parentPort.postMessage(message) };
globalThis.self = self;
await import('../../../web/codec/encoder-thread-worker.js');
parentPort.on('message', (data) => self.onmessage({ data }));
