// SPDX-License-Identifier: MIT
// A file over HTTP, read in order from any byte on, in pieces of bounded size so that a paused viewer holds
// no request open. Servers that ignore Range are read from the start and what was not asked for is
// thrown away. Network faults are retried with growing pauses; a file that changed meanwhile is refused.

/** 4 s of a 2 Mbit/s show: few requests, and a seek throws little away. */
const PIECE_BYTES = 1024 * 1024;
/** The first one is small: it only has to hold the front of the file. */
const FIRST_PIECE_BYTES = 128 * 1024;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5000;
/** With pauses of 250 ms … 5 s: about half a minute without a single byte. */
const RETRY_COUNT = 9;

/** `code`: `not-found` · `refused` (any other 4xx) · `changed` · `network` (after all retries). */
export class ReadError extends Error {
    /**
     * @param {'not-found'|'refused'|'changed'|'network'} code
     * @param {string} message
     * @param {unknown} [value]
     */
    constructor(code, message, value) {
        super(`${message}${value === undefined ? '' : ` (${String(value)})`}`);
        this.name = 'ReadError';
        this.code = code;
        this.value = value;
    }
}

/** @param {number} ms @param {AbortSignal} signal */
function pause(ms, signal) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(signal.reason);
        }, { once: true });
    });
}

export class RangeReader {
    #url;
    #fetch;
    #signal;
    #retryMs;
    #onRetry;
    /** next byte to hand out */
    #offset = 0;
    #length = NaN;
    #validator = '';
    #isRangeIgnored = false;
    #pieceBytes = FIRST_PIECE_BYTES;
    /** @type {ReadableStreamDefaultReader<Uint8Array>|null} the answer being read */
    #body = null;
    /** bytes of the answer in front of what is wanted */
    #surplus = 0;
    /** ends requests and pauses of the present place */
    #scope = new AbortController();

    /**
     * @param {string} url
     * @param {object} options
     * @param {AbortSignal} options.signal ends every request and pause
     * @param {typeof fetch} [options.fetch]
     * @param {number} [options.retryMs] first pause
     * @param {(attempt: number) => void} [options.onRetry] before each pause; 0: it works again
     */
    constructor(url, { signal, fetch = globalThis.fetch.bind(globalThis), retryMs = FIRST_RETRY_MS, onRetry = () => {} }) {
        this.#url = url;
        this.#signal = signal;
        this.#fetch = fetch;
        this.#retryMs = retryMs;
        this.#onRetry = onRetry;
        signal.addEventListener('abort', () => this.close(), { once: true });
    }

    /** Of the whole file; NaN until an answer told it. */
    get length() {
        return this.#length;
    }

    get offset() {
        return this.#offset;
    }

    /** False when the server sends the whole file whatever is asked. */
    get canSeek() {
        return !this.#isRangeIgnored;
    }

    /** The next read() begins here; one that is under way ends without bytes. @param {number} offset */
    seek(offset) {
        this.#drop();
        this.#scope.abort();
        this.#scope = new AbortController();
        this.#offset = offset;
    }

    /**
     * The next bytes; null at the end of the file; none (length 0) when seek() came in between.
     * @returns {Promise<Uint8Array|null>}
     * @throws {ReadError} or the signal's reason
     */
    async read() {
        const { signal } = this.#scope;
        for (let attempt = 1; ; attempt++) {
            try {
                const bytes = await this.#readOnce(signal);
                if (attempt > 1) this.#onRetry(0);
                return bytes;
            } catch (error) {
                this.#signal.throwIfAborted();
                if (signal.aborted) return new Uint8Array(0);
                this.#drop();
                if (error instanceof ReadError) throw error;
                if (attempt > RETRY_COUNT) throw new ReadError('network', 'the file cannot be read', error);
            }
            this.#onRetry(attempt);
            await pause(Math.min(LONGEST_RETRY_MS, this.#retryMs * 2 ** (attempt - 1)), signal).catch(() => {});
        }
    }

    /** @param {AbortSignal} signal of the place */
    async #readOnce(signal) {
        for (;;) {
            signal.throwIfAborted();
            if (this.#offset >= this.#length) return null;
            if (this.#body === null && !(await this.#request(signal))) return null;
            const { value, done } = await /** @type {ReadableStreamDefaultReader<Uint8Array>} */ (this.#body).read();
            signal.throwIfAborted();
            if (done) {
                this.#body = null;
                // An answer may be cut short; only the file's length, where known, tells a true end.
                if (Number.isNaN(this.#length)) this.#length = this.#offset;
                continue;
            }
            const skipped = Math.min(this.#surplus, value.length);
            this.#surplus -= skipped;
            if (skipped === value.length) continue;
            this.#offset += value.length - skipped;
            return skipped === 0 ? value : value.subarray(skipped);
        }
    }

    /** @param {AbortSignal} signal @returns {Promise<boolean>} false: there is nothing at this offset */
    async #request(signal) {
        const last = this.#offset + this.#pieceBytes - 1;
        const answer = await this.#fetch(this.#url, { headers: { range: `bytes=${this.#offset}-${last}` }, signal });
        signal.throwIfAborted();
        if (answer.status === 416) {
            this.#length = this.#offset;
            return false;
        }
        if (answer.status === 404 || answer.status === 410) throw new ReadError('not-found', 'there is no such file', answer.status);
        if (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
            throw new ReadError('refused', 'the server refused the file', answer.status);
        }
        if (!answer.ok || answer.body === null) throw new Error(`HTTP status ${answer.status}`);
        this.#checkUnchanged(answer);
        this.#takeRange(answer);
        this.#body = answer.body.getReader();
        this.#pieceBytes = PIECE_BYTES;
        return true;
    }

    /** @param {Response} answer */
    #checkUnchanged(answer) {
        const validator = answer.headers.get('etag') ?? answer.headers.get('last-modified') ?? '';
        if (this.#validator !== '' && validator !== this.#validator) throw new ReadError('changed', 'the file was replaced', validator);
        this.#validator = validator;
    }

    /** Where the answer begins and how long the file is. @param {Response} answer */
    #takeRange(answer) {
        const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers.get('content-range') ?? '');
        if (answer.status === 206 && range !== null && Number(range[1]) <= this.#offset) {
            this.#surplus = this.#offset - Number(range[1]);
            if (range[2] !== '*') this.#length = Number(range[2]);
            return;
        }
        this.#isRangeIgnored = true;
        this.#surplus = this.#offset;
        const length = Number(answer.headers.get('content-length') ?? NaN);
        // Of a compressed answer the header tells another length than what is read.
        if (length > 0 && !answer.headers.get('content-encoding')) this.#length = length;
    }

    #drop() {
        this.#body?.cancel().catch(() => {});
        this.#body = null;
        this.#surplus = 0;
    }

    /** Idempotent. */
    close() {
        this.#drop();
        this.#scope.abort();
    }
}
