// SPDX-License-Identifier: MIT
// In German: what the service worker heads its notifications with; the bell says the same.

/** @type {typeof import('../en/news.js').news} */
export const news = {
    live: (who) => `${who} ist live`,
    scheduled: (who) => `${who} kündigt an`,
    invited: (who) => `${who} lädt dich ein`,
};
