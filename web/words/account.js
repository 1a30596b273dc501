// SPDX-License-Identifier: MIT
// The words of everything about accounts, in the page's language, and what is said of a failure.
import { language, locale } from './languages.js';
import { loadWords } from './load.js';

/** @type {typeof import('./en/account.js')} */
const module = await loadWords({
    en: new URL('./en/account.js', import.meta.url),
    de: new URL('./de/account.js', import.meta.url),
});
export const { categories, words } = module;

/** What shows may be in, as ISO 639 has it; the relay takes any. */
const SHOW_LANGUAGES = ['ar', 'bn', 'cs', 'da', 'de', 'el', 'en', 'es', 'fa', 'fi', 'fr', 'he', 'hi', 'hu', 'id', 'it', 'ja', 'ko', 'nb', 'nl', 'pl', 'pt', 'ro', 'ru', 'sv', 'sw', 'th', 'tr', 'uk', 'ur', 'vi', 'zh'];

const names = new Intl.DisplayNames([language], { type: 'language', fallback: 'code' });

/** @param {string} code "de" -> "German"; what nobody knows is shown as it is */
export const languageName = (code) => names.of(code) ?? code;

/** Code and name, by name. @type {[string, string][]} */
export const languages = SHOW_LANGUAGES.map((code) => /** @type {[string, string]} */ ([code, languageName(code)])).sort((a, b) => a[1].localeCompare(b[1], locale));

/** What to say of a failure: what the relay said (relay.js puts it into the page's language), or that it is away. @param {unknown} error */
export function faultSentence(error) {
    const { status, message } = /** @type {{status?: number, message?: string}} */ (error);
    return status ? (message ?? words.show.failed) : words.away;
}
