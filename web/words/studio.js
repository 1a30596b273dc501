// SPDX-License-Identifier: MIT
// The studio's words, in the page's language.
import { loadWords } from './load.js';

/** @type {typeof import('./en/studio.js')} */
const module = await loadWords({
    en: new URL('./en/studio.js', import.meta.url),
    de: new URL('./de/studio.js', import.meta.url),
});
export const { studioStrings } = module;
