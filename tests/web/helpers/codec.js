// SPDX-License-Identifier: MIT
// The built WebAssembly modules for Node tests: from build/wasm, or TABCAST_WASM_DIR.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { loadEncoderModule } from '../../../web/codec/encoder-module.js';
import { loadPlayerModule } from '../../../web/codec/player-module.js';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
export const WASM_DIR = process.env.TABCAST_WASM_DIR ?? join(ROOT, 'build', 'wasm');

/** @param {string} name @returns {Buffer} */
export function wasmBytes(name) {
    try {
        return readFileSync(join(WASM_DIR, `${name}.wasm`));
    } catch (error) {
        throw new Error(`${error.message}: build the modules first (./run.sh --build)`);
    }
}

export const loadPlayer = () => loadPlayerModule({ wasmBytes: wasmBytes('player') });
export const loadEncoder = () => loadEncoderModule({ wasmBytes: wasmBytes('encoder') });

/** A node:worker_threads worker with the face of a web Worker. */
class NodeWorker {
    onmessage = null;
    onerror = null;
    #worker = new Worker(new URL('./codec-thread.js', import.meta.url));

    constructor() {
        this.#worker.on('message', (data) => this.onmessage?.({ data }));
        this.#worker.on('error', (error) => this.onerror?.(error));
        this.#worker.unref();
    }

    postMessage(message) {
        this.#worker.postMessage(message);
    }

    terminate() {
        this.#worker.terminate();
    }
}

/** @param {number} threads */
export const loadThreadedEncoder = (threads) =>
    loadEncoderModule({ threads, wasmBytes: wasmBytes('encoder-threads'), createWorker: () => new NodeWorker() });
