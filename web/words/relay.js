// SPDX-License-Identifier: MIT
// What the relay says of a failure (the `detail` of its problems), in the page's language. The relay speaks English; the words
// for its sentences are loaded when the first one comes. A sentence that nobody has put into words stays English.
import { language } from './languages.js';

/** @type {Record<string, URL>} */
const FILES = { de: new URL('./de/relay.js', import.meta.url) };

/**
 * By a sentence with a place for one name: "%s: missing, too long, or not what it should be."
 * @param {Record<string, string>} sentences
 * @param {string} sentence
 */
function filled(sentences, sentence) {
    for (const [pattern, said] of Object.entries(sentences)) {
        const [before, after] = pattern.split('%s');
        if (after !== undefined && sentence.startsWith(before) && sentence.endsWith(after))
            return said.replace('%s', () => sentence.slice(before.length, sentence.length - after.length));
    }
    return sentence;
}

/** @param {string} sentence @returns {Promise<string>} */
export async function inPageLanguage(sentence) {
    const file = FILES[language];
    if (file === undefined || sentence === '') return sentence;
    try {
        /** @type {{sentences: Record<string, string>}} */
        const { sentences } = await import(file.href);
        return sentences[sentence] ?? filled(sentences, sentence);
    } catch {
        return sentence; // away with the rest of the relay
    }
}
