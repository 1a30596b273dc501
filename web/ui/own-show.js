// SPDX-License-Identifier: MIT
// The show this tab makes: announced to the relay, kept with its key in the tab's own storage so that a reload can take it
// up again, forgotten when it is over. The key never leaves this tab but for the relay.
import { LIMIT_ID_CHARS, LIMIT_KEY_CHARS } from '../wire/limits.js';
import { inPageLanguage } from '../words/relay.js';
import { ApiError, getJson } from './api.js';

const STORAGE_KEY = 'tabcast-own-show';

/** @typedef {{id: string, key: string, title: string}} OwnShow */

/** @param {unknown} value @returns {value is OwnShow} */
function isOwnShow(value) {
    const show = /** @type {Partial<OwnShow>|null} */ (value);
    return show?.id?.length === LIMIT_ID_CHARS && show.key?.length === LIMIT_KEY_CHARS && typeof show.title === 'string';
}

/** @returns {OwnShow|null} */
export function readOwnShow() {
    try {
        const value = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? 'null');
        return isOwnShow(value) ? value : null;
    } catch {
        return null;
    }
}

/** @param {OwnShow} show */
export function keepOwnShow(show) {
    try {
        sessionStorage.setItem(STORAGE_KEY, JSON.stringify(show));
    } catch {
        // Without storage the show lives as long as this page.
    }
}

export function forgetOwnShow() {
    try {
        sessionStorage.removeItem(STORAGE_KEY);
    } catch {
        // Nothing was kept either.
    }
}

/**
 * The show that was on in this tab before a reload, if the relay still waits for its creator.
 * @param {AbortSignal} signal
 * @returns {Promise<OwnShow|null>}
 */
export async function findInterruptedShow(signal) {
    const own = readOwnShow();
    if (own === null) return null;
    try {
        const { state } = await getJson(`/api/v1/shows/${own.id}`, signal);
        if (state === 'live' || state === 'reconnecting') return own;
        if (state === 'ended') forgetOwnShow();
    } catch (error) {
        if (error instanceof ApiError && error.status === 404) forgetOwnShow();
    }
    return null;
}

/**
 * A show that was announced elsewhere and opened here: it has not begun, and this tab has its key.
 * @param {AbortSignal} signal
 * @returns {Promise<OwnShow|null>}
 */
export async function findAnnouncedShow(signal) {
    const own = readOwnShow();
    if (own === null) return null;
    try {
        return (await getJson(`/api/v1/shows/${own.id}`, signal)).state === 'scheduled' ? own : null;
    } catch {
        return null; // then it is a new one, as ever
    }
}

/**
 * Announces a show.
 * @param {string} title
 * @returns {Promise<OwnShow>}
 * @throws {ApiError}
 */
export async function createShow(title) {
    let answer;
    try {
        answer = await fetch('/api/v1/shows', {
            method: 'POST',
            headers: { 'content-type': 'application/json', accept: 'application/json' },
            body: JSON.stringify({ title }),
        });
    } catch (error) {
        throw new ApiError(0, String(error));
    }
    const body = await answer.json().catch(() => null);
    if (!answer.ok) throw new ApiError(answer.status, await inPageLanguage(body?.detail ?? body?.title ?? ''));
    const show = { id: body?.id, key: body?.key, title };
    if (!isOwnShow(show)) throw new ApiError(answer.status, 'the answer is not a show');
    return show;
}
