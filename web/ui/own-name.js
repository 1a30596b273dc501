// SPDX-License-Identifier: MIT
// The name a person chose for the chat, kept in this browser; and how names are shown. Limits as the relay has them
// (shared/limits.h).
import { LIMIT_NAME_BYTES } from '../wire/limits.js';
import { strings } from '../words/strings.js';

const KEY = 'tabcast-name';
const encoder = new TextEncoder();

/** @typedef {'empty'|'too-long'} NameFault */

/**
 * Tidies a name as typed: one line, single blanks.
 * @param {string} typed
 * @returns {{name: string, fault: NameFault|null}}
 */
export function checkName(typed) {
    const name = typed.replace(/[\s\p{Cc}]+/gu, ' ').trim();
    if (!/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(name)) return { name, fault: 'empty' };
    return { name, fault: encoder.encode(name).length > LIMIT_NAME_BYTES ? 'too-long' : null };
}

/** @returns {string|null} */
export function readOwnName() {
    try {
        const { name, fault } = checkName(localStorage.getItem(KEY) ?? '');
        return fault ? null : name;
    } catch {
        return null;
    }
}

/** @param {string} name */
export function keepOwnName(name) {
    try {
        localStorage.setItem(KEY, name);
    } catch {
        // Without storage the name lasts as long as the page.
    }
}

/** The name that the relay made up for a guest (relay/presence.c) in the page's language; anybody's own as it is. @param {string} name */
export const shownName = (name) => name.replace(/^Guest (\d{4})$/, (_, /** @type {string} */ number) => strings.chat.guest(number));
