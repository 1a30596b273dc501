// SPDX-License-Identifier: MIT
// The pages and the one HTML shell they share. A shell carries no data: each page's script asks the API.
import * as german from '../words/de/shell.js';
import * as english from '../words/en/shell.js';

/** What the HTML says in other languages than English, by code. */
const TRANSLATIONS = { de: german };

/** `route` is the relay's: ID stands for a show's id, NAME for an account's name. `bare` pages need no custom element to be read; `isPlayer` pages play
 * as soon as they are there. `words`: which are asked for at once, beside those that every page needs; others come when they are needed. */
export const PAGES = [
    { name: 'home', file: 'index.html', route: '/', element: 'tabcast-home-page', words: ['account'] },
    { name: 'studio', file: 'studio.html', route: '/studio', element: 'tabcast-studio-page', words: ['studio'] },
    { name: 'show', file: 'show.html', route: '/show/ID', element: 'tabcast-show-page', isPlayer: true },
    { name: 'replay', file: 'replay.html', route: '/replay/ID', element: 'tabcast-replay-page', isPlayer: true },
    { name: 'sign-in', file: 'sign-in.html', route: '/sign-in', element: 'tabcast-sign-in-page', words: ['account'] },
    { name: 'sign-up', file: 'sign-up.html', route: '/sign-up', element: 'tabcast-sign-in-page', words: ['account'] },
    { name: 'account', file: 'account.html', route: '/account', element: 'tabcast-account-page', words: ['account'] },
    { name: 'schedule', file: 'schedule.html', route: '/schedule', element: 'tabcast-schedule-page', words: ['account'] },
    { name: 'profile', file: 'profile.html', route: '/@NAME', element: 'tabcast-profile-page', words: ['account'] },
    { name: 'reset', file: 'reset.html', route: '/reset', element: 'tabcast-reset-page', words: ['account', 'admin'] },
    { name: 'forgotten', file: 'forgotten.html', route: '/forgotten', element: 'tabcast-forgotten-page', words: ['account'] },
    { name: 'confirm-email', file: 'confirm-email.html', route: '/confirm-email', element: 'tabcast-confirm-email-page', words: ['account'] },
    { name: 'admin', file: 'admin.html', route: '/admin', element: 'tabcast-admin-page', words: ['account', 'admin'] },
    { name: 'notices', file: 'notices.html', route: '/notices', element: null },
    { name: 'not-found', file: '404.html', route: null, element: 'tabcast-not-found-page' },
];

const escapeHtml = (text) => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

/** ` data-de="…"` and so on, one for each language that `values` has something for. */
const dataOf = (values) => Object.entries(values).map(([code, value]) => ` data-${code}="${escapeHtml(value)}"`).join('');

/** A page's member of pages in every translation. */
const translated = (name, member) => dataOf(Object.fromEntries(Object.entries(TRANSLATIONS).map(([code, { pages }]) => [code, pages[name][member]])));

/** Fills `{{name}}` in the shell; an unknown name is a mistake and throws. `words`: by language, the files that the page needs at once. */
export function renderShell(shell, { page, main, style, font, boot, favicon, script, preloads, words }) {
    const { title, description } = english.pages[page.name];
    const values = {
        title: escapeHtml(title),
        description: escapeHtml(description),
        titles: translated(page.name, 'title'),
        descriptions: translated(page.name, 'description'),
        noscript: Object.entries({ en: english, ...TRANSLATIONS }).map(([code, { noscript }]) => `<p class="noscript" lang="${code}">${escapeHtml(noscript)}</p>`).join(''),
        style: `/assets/${style}`,
        font: `/assets/${font}`,
        boot: `/assets/${boot}`,
        words: dataOf(Object.fromEntries(Object.entries(words).map(([code, names]) => [code, names.map((name) => `/assets/${name}`).join(' ')]))),
        favicon: `/assets/${favicon}`,
        script: `/assets/${script}`,
        preloads: preloads.map((name) => `<link rel="modulepreload" href="/assets/${name}">`).join(''),
        page: page.name,
        main: page.element ? `<${page.element}></${page.element}>` : `<article class="prose" lang="en">${main}</article>`,
    };
    return shell.replace(/\{\{(\w+)\}\}/g, (_, name) => {
        if (!(name in values)) throw new Error(`shell.html asks for {{${name}}}`);
        return values[name];
    });
}
