// SPDX-License-Identifier: MIT
// One thread of encoder-threads.wasm (see encoder-threads.js). Messages in: first { wasm, memory }, answered by
// 'ready'; then for each pthread { thread, start, argument, stack }, one after the other.

import { WasmModule } from './wasm-loader.js';

/** pthread_exit: leaves the thread's function. */
const EXIT = Symbol('exit');
const EAGAIN = 6;

/** @type {WasmModule | undefined} */
let module;

/** @param {{ thread: number, start: number, argument: number, stack: number }} message */
function runThread({ thread, start, argument, stack }) {
    if (!module) throw new Error('a thread before its module');
    const { exports } = module;
    exports._emscripten_thread_init(thread, 0, 0, 1, 0);
    exports.stackRestore(stack);
    exports.emscripten_tls_init();
    try {
        exports._emscripten_thread_exit(module.functionAt(start)(argument));
    } catch (error) {
        if (error !== EXIT) throw error;
    }
}

self.onmessage = ({ data }) => {
    if (data.wasm) {
        module = new WasmModule(data.wasm, {
            memory: data.memory,
            host: {
                __pthread_create_js: () => EAGAIN,
                emscripten_unwind_to_js_event_loop: () => {
                    throw EXIT;
                },
            },
        });
        self.postMessage('ready');
        return;
    }
    runThread(data);
};
