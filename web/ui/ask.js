// SPDX-License-Identifier: MIT
// Changes things by the relay's HTTP API, as the person who is signed in (a cookie that scripts never see). Reading is
// api.js; what goes wrong is its ApiError, whose message is the relay's sentence in the page's language.
import { inPageLanguage } from '../words/relay.js';
import { ApiError, getJson } from './api.js';

/**
 * @typedef {object} Account
 * @property {string} id
 * @property {string} name
 * @property {string} displayName
 * @property {'member'|'moderator'|'admin'} role
 * @property {string} bio
 * @property {string[]} links
 * @property {string} createdAt
 *
 * @typedef {{account: Account|null, registration: 'open'|'invitation'|'closed', hasAccounts: boolean, needsAccount: boolean, hasPassword: boolean, openId: string|null, sendsMail: boolean}} Session openId: what the provider is called
 */

const ANSWER_TIMEOUT_MS = 20_000;

/**
 * @param {'POST'|'PATCH'|'DELETE'} method
 * @param {string} path
 * @param {unknown} [body] JSON, or a file as it is
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>} null for an answer without a body
 * @throws {ApiError}
 */
export async function ask(method, path, body, headers = {}) {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), ANSWER_TIMEOUT_MS);
    const isFile = body instanceof Blob;
    const type = isFile ? body.type : 'application/json';
    try {
        const answer = await fetch(path, {
            method,
            headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': type }), ...headers },
            body: body === undefined ? undefined : isFile ? body : JSON.stringify(body),
            signal: timeout.signal,
        });
        const said = answer.status === 204 ? null : await answer.json().catch(() => null);
        if (!answer.ok) throw new ApiError(answer.status, await inPageLanguage(said?.detail ?? said?.title ?? ''), said?.type);
        return said;
    } catch (error) {
        if (error instanceof ApiError) throw error;
        throw new ApiError(0, String(error));
    } finally {
        clearTimeout(timer);
    }
}

/** @type {Promise<Session>|null} */
let session = null;

/** Who is signed in, asked once per page; a failure is asked again. @returns {Promise<Session>} */
export function currentSession() {
    session ??= getJson('/api/v1/sessions/current').catch((error) => {
        session = null;
        throw error;
    });
    return session;
}

/** Where a page sends somebody who must sign in first: back here afterwards. */
export const signInUrl = () => `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;

/** The page to go on to after signing in: one of this site's, whatever the address says. @param {string} search */
export function nextUrl(search) {
    const next = new URLSearchParams(search).get('next') ?? '/';
    try {
        const url = new URL(next, location.origin);
        return url.origin === location.origin && next.startsWith('/') ? url.pathname + url.search : '/';
    } catch {
        return '/';
    }
}
