// SPDX-License-Identifier: MIT
// The words of everything about accounts, in the page's language, and what is said of a failure.
import { loadWords } from './load.js';

/** @type {typeof import('./en/account.js')} */
const module = await loadWords({
    en: new URL('./en/account.js', import.meta.url),
    de: new URL('./de/account.js', import.meta.url),
});
export const { categories, words } = module;

/** What to say of a failure: what the relay said (relay.js puts it into the page's language), or that it is away. @param {unknown} error */
export function faultSentence(error) {
    const { status, message } = /** @type {{status?: number, message?: string}} */ (error);
    return status ? (message ?? words.show.failed) : words.away;
}
