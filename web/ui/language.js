// SPDX-License-Identifier: MIT
// The reader's choice of a language: kept in this browser, told to the service worker, and the page loaded anew in it.
// boot.js reads it.
import { LANGUAGE_KEY, chooseLanguage } from '../words/languages.js';

/** The service worker cannot read what a page keeps: the language it speaks stands in its address. @param {string} code */
export const serviceWorkerUrl = (code) => `/service-worker.js?language=${code}`;

/** Choosing what the browser wants anyway gives the choice back to it. @param {string} code */
export async function setLanguage(code) {
    try {
        if (code === chooseLanguage(null, navigator.languages)) localStorage.removeItem(LANGUAGE_KEY);
        else localStorage.setItem(LANGUAGE_KEY, code);
        // None where nobody asked for notifications, or over plain http.
        if (await navigator.serviceWorker?.getRegistration('/')) await navigator.serviceWorker.register(serviceWorkerUrl(code), { scope: '/' });
    } catch {
        // Without storage the browser's language stays; notifications keep theirs.
    }
    location.reload();
}
