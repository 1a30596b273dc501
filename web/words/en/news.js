// SPDX-License-Identifier: MIT
// What the service worker heads its notifications with; the bell says the same. Apart, for a service worker has the words of
// every language with it. In German: ../de/news.js. Pure.

export const news = {
    live: (/** @type {string} */ who) => `${who} is live`,
    scheduled: (/** @type {string} */ who) => `${who} announced`,
    invited: (/** @type {string} */ who) => `${who} invited you`,
};
