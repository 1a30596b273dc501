// SPDX-License-Identifier: MIT
// The words that every page needs, in the page's language.
import { loadWords } from './load.js';

/** @type {typeof import('./en/strings.js')} */
const module = await loadWords({
    en: new URL('./en/strings.js', import.meta.url),
    de: new URL('./de/strings.js', import.meta.url),
});
export const { strings } = module;
