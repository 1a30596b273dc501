// SPDX-License-Identifier: MIT
// The languages the page speaks, and which of them it speaks now. boot.js chooses before anything is shown and writes it on
// <html lang>; everybody else reads it there, so that words, dates and the document never differ. Without a document: English.

/** Code and the name its speakers give it, in the order they are offered. @type {Record<string, string>} */
export const LANGUAGES = { en: 'English', de: 'Deutsch' };

/** Where the reader's choice is kept in this browser. */
export const LANGUAGE_KEY = 'tabcast-language';

/** For dates and numbers, where a language alone does not say enough. @type {Record<string, string>} */
const LOCALES = { en: 'en-GB' };

/**
 * The reader's choice, else the first that the browser wants and the page has, else English.
 * @param {string|null} kept
 * @param {readonly string[]} wanted as navigator.languages has them: "de-AT", "en"
 */
export function chooseLanguage(kept, wanted) {
    const isSpoken = (/** @type {string} */ code) => Object.hasOwn(LANGUAGES, code);
    if (kept !== null && isSpoken(kept)) return kept;
    return wanted.map((tag) => tag.toLowerCase().split('-')[0]).find(isSpoken) ?? 'en';
}

/** What the page speaks. */
export const language = chooseLanguage(globalThis.document?.documentElement.lang ?? null, []);

/** What it writes dates and numbers in. */
export const locale = LOCALES[language] ?? language;
