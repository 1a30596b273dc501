// SPDX-License-Identifier: MIT
// Asks the relay's HTTP API. Only reads; refuses to hand out anything that is not JSON.
import { inPageLanguage } from '../words/relay.js';

/**
 * @typedef {object} Show
 * @property {string} id
 * @property {string} title
 * @property {string} [description]
 * @property {'scheduled'|'live'|'reconnecting'|'ended'} state
 * @property {number} [viewers]
 * @property {string|null} [startedAt]
 * @property {string|null} [startsAt]
 * @property {string|null} [coverUrl]
 * @property {string|null} [posterUrl]
 * @property {string} [url]
 * @property {string} [category]
 * @property {string[]} [tags]
 * @property {'public'|'unlisted'|'private'|'password'} [visibility]
 * @property {boolean} [isLocked] one may know of it, but not watch
 * @property {string[]} [invited] told to who may change it
 * @property {number} [priceCoins]
 * @property {number|null} [lengthMinutes]
 * @property {string} [language]
 * @property {boolean} [isRecorded]
 * @property {boolean} [isCancelled]
 * @property {{name: string, displayName: string, url: string}|null} [creator]
 * @property {string|null} [replayUrl]
 * @property {number|null} [durationMs]
 *
 * @typedef {object} Replay
 * @property {string} id
 * @property {string} title
 * @property {string} startedAt
 * @property {number} durationMs
 * @property {number} sizeBytes
 * @property {string|null} [posterUrl]
 * @property {string} url
 * @property {string} mediaUrl
 * @property {string} [chatUrl]
 */

/** `status` 0: no answer at all. `detail`: what the relay said (RFC 9457) in the page's language, if it did. */
export class ApiError extends Error {
    /** @param {number} status @param {string} detail @param {string} [type] what kind it is, as a URI */
    constructor(status, detail, type = 'about:blank') {
        super(detail || `HTTP status ${status}`);
        this.name = 'ApiError';
        this.status = status;
        this.type = type;
    }
}

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 * @throws {ApiError} or the signal's AbortError
 */
export async function getJson(path, signal) {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), ANSWER_TIMEOUT_MS);
    const abort = () => timeout.abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
        const answer = await fetch(path, { headers: { accept: 'application/json' }, signal: timeout.signal });
        const body = await answer.json().catch(() => null);
        if (!answer.ok) throw new ApiError(answer.status, await inPageLanguage(body?.detail ?? body?.title ?? ''));
        if (body === null) throw new ApiError(answer.status, 'the answer is not JSON');
        return body;
    } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof ApiError) throw error;
        throw new ApiError(0, String(error));
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
    }
}

/** The last part of /show/ID or /replay/ID; ids are the relay's (shared/limits.h). @param {string} pathname */
export function idFromPath(pathname) {
    const match = /^\/(?:show|replay)\/([a-z2-7]{12})\/?$/.exec(pathname);
    return match ? match[1] : null;
}
