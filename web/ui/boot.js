// SPDX-License-Identifier: MIT
// Runs before the first paint, as a classic script: puts the chosen theme and the page's language on the document, so that no
// page flashes in another one, and asks for that language's words at once (its address is in this script's data-XX). What the
// HTML itself says stands there in English; in other languages in a data-XX beside it. Without a choice of theme the style
// sheet follows the system (prefers-color-scheme).
import { LANGUAGE_KEY, chooseLanguage } from '../words/languages.js';

/** @param {string} key */
function kept(key) {
    try {
        return localStorage.getItem(key);
    } catch {
        return null; // storage may be forbidden
    }
}

const { documentElement: root, head } = document;
const theme = kept('tabcast-theme');
if (theme === 'dark' || theme === 'light') root.dataset.theme = theme;

const language = chooseLanguage(kept(LANGUAGE_KEY), navigator.languages);
root.lang = language;
for (const element of /** @type {NodeListOf<HTMLElement>} */ (head.querySelectorAll(`[data-${language}]:not(script)`))) {
    const said = element.dataset[language] ?? '';
    if (element instanceof HTMLMetaElement) element.content = said;
    else element.textContent = said;
}
const script = /** @type {HTMLScriptElement} */ (document.currentScript);
for (const href of script.dataset[language]?.split(' ') ?? []) head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href }));
