// SPDX-License-Identifier: MIT
// The pages and the one HTML shell they share. A shell carries no data: each page's script asks the API.
import { strings } from '../ui/strings.js';

/** `route` is the relay's: ID stands for a show's id, NAME for an account's name. `bare` pages need no custom element to be read; `isPlayer` pages play
 * as soon as they are there. */
export const PAGES = [
    { name: 'home', file: 'index.html', route: '/', element: 'tabcast-home-page' },
    { name: 'studio', file: 'studio.html', route: '/studio', element: 'tabcast-studio-page' },
    { name: 'show', file: 'show.html', route: '/show/ID', element: 'tabcast-show-page', isPlayer: true },
    { name: 'replay', file: 'replay.html', route: '/replay/ID', element: 'tabcast-replay-page', isPlayer: true },
    { name: 'sign-in', file: 'sign-in.html', route: '/sign-in', element: 'tabcast-sign-in-page' },
    { name: 'sign-up', file: 'sign-up.html', route: '/sign-up', element: 'tabcast-sign-in-page' },
    { name: 'account', file: 'account.html', route: '/account', element: 'tabcast-account-page' },
    { name: 'schedule', file: 'schedule.html', route: '/schedule', element: 'tabcast-schedule-page' },
    { name: 'profile', file: 'profile.html', route: '/@NAME', element: 'tabcast-profile-page' },
    { name: 'reset', file: 'reset.html', route: '/reset', element: 'tabcast-reset-page' },
    { name: 'admin', file: 'admin.html', route: '/admin', element: 'tabcast-admin-page' },
    { name: 'notices', file: 'notices.html', route: '/notices', element: null },
    { name: 'not-found', file: '404.html', route: null, element: 'tabcast-not-found-page' },
];

const escapeHtml = (text) => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

/** Fills `{{name}}` in the shell; an unknown name is a mistake and throws. */
export function renderShell(shell, { page, main, style, font, boot, favicon, script, preloads }) {
    const { title, description } = strings.pages[page.name];
    const values = {
        title: escapeHtml(title),
        description: escapeHtml(description),
        noscript: escapeHtml(strings.noscript),
        style: `/assets/${style}`,
        font: `/assets/${font}`,
        boot: `/assets/${boot}`,
        favicon: `/assets/${favicon}`,
        script: `/assets/${script}`,
        preloads: preloads.map((name) => `<link rel="modulepreload" href="/assets/${name}">`).join(''),
        page: page.name,
        main: page.element ? `<${page.element}></${page.element}>` : `<article class="prose">${main}</article>`,
    };
    return shell.replace(/\{\{(\w+)\}\}/g, (_, name) => {
        if (!(name in values)) throw new Error(`shell.html asks for {{${name}}}`);
        return values[name];
    });
}
