// SPDX-License-Identifier: MIT
// Starts encoder-threads.wasm: the module on shared memory in the calling worker, and beside it a pool of workers
// of which each becomes one of libvpx's threads when C calls pthread_create. Does what Emscripten's own 58 KB of
// glue do for threads, as far as libvpx needs it: create, run, join; nothing is proxied between threads.
// Owns the workers; close() ends them. The calling thread must be allowed to wait (any worker, or Node).

import { CodecError } from './codec-error.js';
import { WasmModule } from './wasm-loader.js';

/** As the module was linked with (wasm/CMakeLists.txt); a test compares the two. */
export const THREADS_MEMORY_PAGES = 192 * 16;

/**
 * How many encoders may have threads at once: the two largest renditions; the third is too small to gain. Each keeps as
 * many workers as it has threads: all but one beside the caller's encode, one filters what they are done with.
 */
const THREADED_ENCODERS = 2;

/** pthread_create's answer when no worker is left. */
const EAGAIN = 6;

/** How long a worker may take to load before the module counts as broken. */
const START_TIMEOUT_MS = 15000;

/**
 * A web Worker, or in Node something alike.
 * @typedef {{ postMessage: (message: any) => void, terminate: () => void, onmessage: ((event: any) => void) | null, onerror: ((event: any) => void) | null }} ThreadWorker
 */
/** @typedef {() => ThreadWorker} CreateWorker runs encoder-thread-worker.js */

/** @returns {ThreadWorker} */
const createWebWorker = () => new Worker(new URL('./encoder-thread-worker.js', import.meta.url), { type: 'module' });

/**
 * @param {WebAssembly.Module} wasm
 * @param {number} threads how many work on one picture, the caller's included
 * @param {CreateWorker} [createWorker]
 * @returns {Promise<import('./encoder-module.js').EncoderModule>}
 */
export async function startThreads(wasm, threads, createWorker = createWebWorker) {
    if (typeof SharedArrayBuffer === 'undefined') {
        throw new CodecError('load-failed', 'threads want a cross-origin isolated page', threads);
    }
    const memory = new WebAssembly.Memory({ initial: THREADS_MEMORY_PAGES, maximum: THREADS_MEMORY_PAGES, shared: true });
    /** @type {ThreadWorker[]} */
    const workers = [];
    try {
        // One after the other: Firefox's `new Worker` inside a worker can wait for ever while another one is loading.
        while (workers.length < threads * THREADED_ENCODERS) {
            const worker = createWorker();
            workers.push(worker);
            await startWorker(worker, wasm, memory);
        }
        const module = createModule(wasm, memory, workers);
        return Object.assign(module, { threads, close: () => workers.forEach((worker) => worker.terminate()) });
    } catch (error) {
        workers.forEach((worker) => worker.terminate());
        throw error;
    }
}

/**
 * @param {ThreadWorker} worker
 * @param {WebAssembly.Module} wasm
 * @param {WebAssembly.Memory} memory
 * @returns {Promise<void>} settled when the worker has its instance: from then on it runs without this thread's help
 */
function startWorker(worker, wasm, memory) {
    return new Promise((resolve, reject) => {
        const fail = (/** @type {unknown} */ why) => reject(new CodecError('load-failed', 'a codec thread does not start', why));
        const timer = setTimeout(fail, START_TIMEOUT_MS, 'timeout');
        worker.onerror = (event) => {
            clearTimeout(timer);
            fail(event?.message ?? event);
        };
        worker.onmessage = () => {
            clearTimeout(timer);
            resolve();
        };
        worker.postMessage({ wasm, memory });
    });
}

/**
 * @param {WebAssembly.Module} wasm
 * @param {WebAssembly.Memory} memory
 * @param {ThreadWorker[]} workers
 */
function createModule(wasm, memory, workers) {
    const idle = [...workers];
    /** @type {Map<number, ThreadWorker>} by pthread_t */
    const running = new Map();
    const module = new WasmModule(wasm, {
        memory,
        host: {
            __emscripten_init_main_thread_js: (/** @type {number} */ thread) => {
                // Not the browser's main thread; is the one that made the module; may wait; no profiling.
                module.exports._emscripten_thread_init(thread, 0, 1, 1, 0);
                module.exports.emscripten_tls_init();
            },
            __pthread_create_js: (/** @type {number} */ thread, /** @type {number} */ _attr, /** @type {number} */ start, /** @type {number} */ argument) => {
                const worker = idle.pop();
                if (!worker) return EAGAIN;
                running.set(thread, worker);
                worker.postMessage({ thread, start, argument, stack: module.exports.encoder_thread_stack(thread) });
                return 0;
            },
            __emscripten_thread_cleanup: (/** @type {number} */ thread) => {
                const worker = running.get(thread);
                running.delete(thread);
                if (worker) idle.push(worker);
                module.exports._emscripten_thread_free_data(thread);
            },
        },
    });
    module.call('__wasm_call_ctors');
    return module;
}
