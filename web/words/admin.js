// SPDX-License-Identifier: MIT
// The words of /admin and of the page behind a link for a new password, in the page's language.
import { loadWords } from './load.js';

/** @type {typeof import('./en/admin.js')} */
const module = await loadWords({
    en: new URL('./en/admin.js', import.meta.url),
    de: new URL('./de/admin.js', import.meta.url),
});
export const { words } = module;
