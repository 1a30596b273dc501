// SPDX-License-Identifier: MIT
// Starts one of our WebAssembly modules without Emscripten's glue: compiles (streaming where possible), gives
// it the few functions it imports, and guards every call into it. Needs no eval, no DOM, no worker of its own.
// The memory is fixed, so views on it stay valid as long as the module lives (docs/decisions/0006-wasm-glue.md).
// Refuses modules that import what is not listed here.

import { CodecError } from './codec-error.js';

/**
 * @typedef {object} WasmSource one of these
 * @property {string|URL} [wasmUrl]           fetched
 * @property {BufferSource} [wasmBytes]       for Node and tests
 * @property {WebAssembly.Module} [wasmModule] compiled before
 */

/** @typedef {(...args: any[]) => any} HostFunction */

const WASI_BADF = 8;
const MANY_CORES = 16;
/** libvpx's encoding threads keep their state on the heap; measured use is below 20 KB. */
const THREAD_STACK_BYTES = 256 * 1024;

/** longjmp out of C: thrown by the module's import, caught by the invoke_* that the setjmp's frame made. */
const LONGJMP = Symbol('longjmp');

/** 0 means: fixed memory does not grow; nothing was closed or sought; waiting is allowed; nobody queues work for a thread. */
const ALWAYS_ZERO = [
    'emscripten_resize_heap',
    'fd_close',
    'fd_seek',
    'emscripten_check_blocking_allowed',
    '_emscripten_notify_thread_queue',
];
const NEVER_CALLED = [
    'abort',
    'exit',
    'proc_exit',
    'emscripten_receive_on_main_thread_js',
    'emscripten_unwind_to_js_event_loop',
    'emscripten_get_heap_max',
    'emscripten_webgl_create_context',
    'emscripten_set_canvas_element_size',
    '__emscripten_init_main_thread_js',
    '__emscripten_thread_cleanup',
];

/**
 * @param {WasmSource} source
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compileWasm({ wasmUrl, wasmBytes, wasmModule }) {
    if (wasmModule) return wasmModule;
    try {
        if (wasmBytes) return await WebAssembly.compile(wasmBytes);
        if (!wasmUrl) throw new Error('neither wasmUrl nor wasmBytes nor wasmModule given');
        const response = await fetch(wasmUrl);
        if (!response.ok) throw new Error(`HTTP status ${response.status}`);
        // A server that does not know the type costs the streaming, not the show.
        if (response.headers.get('content-type')?.split(';')[0] === 'application/wasm') {
            return await WebAssembly.compileStreaming(response);
        }
        return await WebAssembly.compile(await response.arrayBuffer());
    } catch (error) {
        throw new CodecError('load-failed', `cannot load ${wasmUrl ?? 'the codec'}`, /** @type {Error} */ (error).message);
    }
}

export class WasmModule {
    /** @type {Record<string, HostFunction>} */
    #exports;
    /** @type {WebAssembly.Table} */
    #table;
    #crashed = false;

    /**
     * @param {WebAssembly.Module} module
     * @param {{ memory?: WebAssembly.Memory, host?: Record<string, HostFunction> }} [options] memory: of the variant with
     *   threads, which imports it; host: further functions by name
     */
    constructor(module, { memory, host = {} } = {}) {
        const functions = { ...this.#hostFunctions(), ...host };
        /** @type {WebAssembly.Imports} */
        const imports = {};
        for (const { module: space, name, kind } of WebAssembly.Module.imports(module)) {
            /** @type {WebAssembly.ImportValue|undefined} */
            const value =
                kind === 'memory' ? memory : name.startsWith('invoke_') ? this.#invoker() : functions[name];
            if (value === undefined) throw new CodecError('load-failed', `the module wants ${space}.${name}`);
            (imports[space] ??= {})[name] = value;
        }
        const instance = new WebAssembly.Instance(module, imports);
        this.#exports = /** @type {Record<string, HostFunction>} */ (instance.exports);
        this.#table = /** @type {WebAssembly.Table} */ (instance.exports.__indirect_function_table);
        /** @type {WebAssembly.Memory} */
        this.memory = memory ?? /** @type {WebAssembly.Memory} */ (instance.exports.memory);
        /** The whole heap. */
        this.u8 = new Uint8Array(this.memory.buffer);
    }

    /** The exports themselves; for the thread runtime. Others use call(). */
    get exports() {
        return this.#exports;
    }

    /** @param {number} index a C function pointer @returns {HostFunction} */
    functionAt(index) {
        return this.#table.get(index);
    }

    /**
     * Calls an export. A trap is our own fault or a full stack; the module is not usable afterwards.
     * @param {string} name
     * @param {...number} args
     * @returns {number}
     */
    call(name, ...args) {
        if (this.#crashed) throw new CodecError('crashed', name);
        try {
            return this.#exports[name](...args);
        } catch (error) {
            this.#crashed = true;
            throw new CodecError('crashed', name, error);
        }
    }

    /** Gives a handle back; to a crashed module there is nothing to give back. @param {string} name @param {number} handle */
    release(name, handle) {
        if (!this.#crashed) this.call(name, handle);
    }

    /** @param {number} pointer @param {number} length @returns {Uint8Array} a view */
    bytes(pointer, length) {
        return this.u8.subarray(pointer, pointer + length);
    }

    /** @param {number} pointer @param {number} length @returns {Uint8Array<ArrayBuffer>} a copy, sendable also from shared memory */
    copy(pointer, length) {
        const copy = new Uint8Array(length);
        copy.set(this.bytes(pointer, length));
        return copy;
    }

    /** @param {number} pointer @param {number} count @returns {Float32Array} a view */
    floats(pointer, count) {
        return new Float32Array(this.memory.buffer, pointer, count);
    }

    /** Emscripten's setjmp: code that may longjmp is called through here. @returns {HostFunction} */
    #invoker() {
        return (index, ...args) => {
            const stack = this.#exports.stackSave();
            try {
                return this.#table.get(index)(...args);
            } catch (error) {
                if (error !== LONGJMP) throw error;
                this.#exports.stackRestore(stack);
                this.#exports.setThrew(1, 0);
                return undefined;
            }
        };
    }

    /**
     * What Emscripten's libc imports, for WASI (one thread) and for its own system calls (threads). Functions that only code
     * we never run would call end the module instead.
     * @returns {Record<string, HostFunction>}
     */
    #hostFunctions() {
        let tempRet0 = 0;
        const abort = () => {
            throw new WebAssembly.RuntimeError('abort');
        };
        const none = () => 0;
        const view = () => new DataView(this.memory.buffer);
        /** @type {Record<string, HostFunction>} */
        const functions = {
            setTempRet0: (value) => void (tempRet0 = value),
            getTempRet0: () => tempRet0,
            _emscripten_throw_longjmp: () => {
                throw LONGJMP;
            },
            // The codecs' clocks only measure durations.
            clock_time_get: (_clock, _precision, pointer) => {
                view().setBigUint64(pointer, BigInt(Math.round(performance.now() * 1e6)), true);
                return 0;
            },
            __clock_gettime: (_clock, pointer) => {
                const ms = performance.now();
                view().setInt32(pointer, Math.floor(ms / 1000), true);
                view().setInt32(pointer + 4, Math.floor((ms % 1000) * 1e6), true);
                return 0;
            },
            gettimeofday: (pointer) => {
                const ms = performance.now();
                view().setInt32(pointer, Math.floor(ms / 1000), true);
                view().setInt32(pointer + 4, Math.floor((ms % 1000) * 1e3), true);
                return 0;
            },
            emscripten_get_now: () => performance.now(),
            // Whoever asks for threads shall have them; libvpx would take no more than this.
            emscripten_num_logical_cores: () => MANY_CORES,
            _emscripten_default_pthread_stack_size: () => THREAD_STACK_BYTES,
            emscripten_memcpy_big: (to, from, length) => void this.u8.copyWithin(to, from, from + length),
            environ_sizes_get: (count, length) => {
                view().setUint32(count, 0, true);
                view().setUint32(length, 0, true);
                return 0;
            },
            environ_get: none,
            fd_read: () => WASI_BADF,
            fd_fdstat_get: () => WASI_BADF,
            // Nobody reads what C would print.
            fd_write: (_fd, vectors, count, written) => {
                let length = 0;
                for (let i = 0; i < count; i++) length += view().getUint32(vectors + i * 8 + 4, true);
                view().setUint32(written, length, true);
                return 0;
            },
        };
        for (const name of ALWAYS_ZERO) functions[name] = none;
        for (const name of NEVER_CALLED) functions[name] = abort;
        return functions;
    }
}
