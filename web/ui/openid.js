// SPDX-License-Identifier: MIT
// The way to the site's OpenID provider and back, on the page's side: what was wanted is kept in the tab while it is
// away; the provider sends it to /sign-in, with a code that the relay takes.
import { ask, nextUrl } from './ask.js';

const KEPT = 'tabcast-openid';
const LINK_FAULT = 'tabcast-openid-fault';

/**
 * @typedef {{links: boolean, search: string, invitation: string}} Kept what was wanted when the tab left
 * @typedef {{kept: Kept, code: string, state: string, iss: string, error: string}} Return
 */

/** @param {Kept} kept @param {string} url */
function leave(kept, url) {
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
    location.assign(url);
}

/** Leaves to sign in there. @param {string} search of the page that is left: where to go on to @param {string} [invitation] */
export async function leaveToSignIn(search, invitation = '') {
    const { url } = await ask('POST', '/api/v1/sessions/openid/begin', {});
    leave({ links: false, search, invitation }, url);
}

/** Leaves to link the account. @param {string} currentPassword */
export async function leaveToLink(currentPassword) {
    const { url } = await ask('POST', '/api/v1/accounts/me/openid/begin', { currentPassword });
    leave({ links: true, search: '', invitation: '' }, url);
}

/** @returns {Kept} */
function takeKept() {
    const text = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    try {
        const { links, search, invitation } = JSON.parse(text ?? '{}');
        return { links: links === true, search: String(search ?? ''), invitation: String(invitation ?? '') };
    } catch {
        return { links: false, search: '', invitation: '' };
    }
}

/** What this address brings back from the provider, or null; it is taken out of the address. @returns {Return|null} */
export function takeReturn() {
    const query = new URLSearchParams(location.search);
    const field = (/** @type {string} */ name) => query.get(name) ?? '';
    if (!query.has('state') || !(query.has('code') || query.has('error'))) return null;
    const kept = takeKept();
    history.replaceState(null, '', `/sign-in${kept.links ? '' : kept.search}`);
    // A name of RFC 6749's, or nobody's text on our page.
    const error = /^[a-z_]{1,40}$/.test(field('error')) ? field('error') : field('error') && 'error';
    return { kept, code: field('code'), state: field('state'), iss: field('iss'), error };
}

/** @param {{code: string, state: string, iss: string}} from */
const word = ({ code, state, iss }) => ({ code, state, ...(iss && { iss }) });

/** Signs in by what came back. @param {Return} back @returns {Promise<string>} where to go on to @throws {import('./api.js').ApiError} */
export async function signInByReturn(back) {
    const { invitation, search } = back.kept;
    await ask('POST', '/api/v1/sessions/openid', { ...word(back), ...(invitation && { invitation }) });
    return nextUrl(search);
}

/** The second factor, where the account has one. @param {string} factorCode */
export const signInByCode = (factorCode) => ask('POST', '/api/v1/sessions/openid', { factorCode });

/** Links by what came back; a failure is told on the account's page. @param {Return} back @param {(error: unknown) => string} sentence */
export async function linkByReturn(back, sentence) {
    try {
        await ask('POST', '/api/v1/accounts/me/openid', word(back));
    } catch (error) {
        keepLinkFault(sentence(error));
    }
}

/** @param {string} text */
export const keepLinkFault = (text) => sessionStorage.setItem(LINK_FAULT, text);

/** Why the last linking failed, once. */
export function takeLinkFault() {
    const text = sessionStorage.getItem(LINK_FAULT) ?? '';
    sessionStorage.removeItem(LINK_FAULT);
    return text;
}
