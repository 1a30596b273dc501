// SPDX-License-Identifier: MIT
// The words that stand in the HTML before any script has run: titles, descriptions, what to say without scripts. The build
// reads them; no page loads them. In German: ../de/shell.js. Pure.

/** Title and description by page (tools/shell.mjs). */
export const pages = {
    home: { title: 'Tabcast', description: 'Live shows from a browser tab, and their replays.' },
    studio: { title: 'Studio · Tabcast', description: 'Go live from this browser tab.' },
    show: { title: 'Show · Tabcast', description: 'Watch and chat, live.' },
    replay: { title: 'Replay · Tabcast', description: 'Watch the recording, with its chat.' },
    'sign-in': { title: 'Sign in · Tabcast', description: 'Sign in to announce shows and follow people.' },
    'sign-up': { title: 'Sign up · Tabcast', description: 'An account keeps your shows together.' },
    account: { title: 'Your account · Tabcast', description: 'Your shows, your page, your sessions.' },
    schedule: { title: 'Announce a show · Tabcast', description: 'Say when you go live.' },
    profile: { title: 'Tabcast', description: 'Somebody\'s shows and replays.' },
    reset: { title: 'A new password · Tabcast', description: 'Sets a new password by a link.' },
    forgotten: { title: 'Forgotten password · Tabcast', description: 'Sends a link for a new password.' },
    'confirm-email': { title: 'Your e-mail address · Tabcast', description: 'Confirms an e-mail address by a link.' },
    admin: { title: 'Running this site · Tabcast', description: 'Accounts, shows, replays, storage.' },
    notices: { title: 'Notices · Tabcast', description: 'What Tabcast is built on, and the licences.' },
    'not-found': { title: 'Not found · Tabcast', description: 'There is no such page here.' },
};

export const noscript = 'Tabcast plays and sends pictures with JavaScript and WebAssembly. Please allow JavaScript for this site.';
