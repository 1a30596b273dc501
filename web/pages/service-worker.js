// SPDX-License-Identifier: MIT
// The service worker: shows what the relay sends by Web Push, also when no tab is open, and leads to it. Caches
// nothing: what is live is not to be had without the relay. Speaks the language that its address names (ui/language.js).
import { news as german } from '../words/de/news.js';
import { news as english } from '../words/en/news.js';
import { chooseLanguage } from '../words/languages.js';

/** @typedef {{kind: 'live'|'scheduled'|'invited', who: string, title: string, url: string}} News */

const worker = /** @type {any} */ (self); // ServiceWorkerGlobalScope; the page's library of types does not know it
const words = { en: english, de: german }[chooseLanguage(new URLSearchParams(worker.location.search).get('language'), worker.navigator.languages)] ?? english;

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('push', (/** @type {any} */ event) => {
    /** @type {News} */
    const news = event.data.json();
    const heading = news.kind === 'live' ? words.live(news.who) : news.kind === 'invited' ? words.invited(news.who) : words.scheduled(news.who);
    event.waitUntil(worker.registration.showNotification(heading, { body: news.title, tag: news.url, icon: '/icon-192.png', data: { url: news.url } }));
});

worker.addEventListener('notificationclick', (/** @type {any} */ event) => {
    event.notification.close();
    event.waitUntil(show(new URL(event.notification.data.url, worker.location.origin)));
});

// The browser's maker gave it another address: the relay is told that one.
worker.addEventListener('pushsubscriptionchange', (/** @type {any} */ event) => {
    const options = event.oldSubscription?.options;
    if (options)
        event.waitUntil(
            worker.registration.pushManager
                .subscribe(options)
                .then((/** @type {PushSubscription} */ made) => fetch('/api/v1/push-subscriptions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(made) })),
        );
});

/** In the tab that shows it already, else in a new one; only of this site. @param {URL} url */
async function show(url) {
    if (url.origin !== worker.location.origin) return;
    for (const client of await worker.clients.matchAll({ type: 'window', includeUncontrolled: true }))
        if (client.url === url.href) {
            await client.focus();
            return;
        }
    await worker.clients.openWindow(url.href);
}
