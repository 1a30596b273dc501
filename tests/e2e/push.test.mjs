// SPDX-License-Identifier: MIT
// The service worker in Chromium: registered by the account's page, it shows what is pushed to it. What the relay sends
// is tested by tests/contract/webpush.test.mjs; a browser's own push service is somebody else's and not asked here.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, member } from '../contract/lib/client.mjs';
import { launchChromium } from './lib/browsers.mjs';
import { startRelay, until } from './lib/relay.mjs';

let relay, chromium;
before(async () => {
    relay = await startRelay();
    chromium = await launchChromium({ permissions: ['notifications'] });
    await member(relay, 'anselm');
});
after(async () => {
    await chromium?.close();
    await relay?.stop();
});

test('Chromium finds nothing that keeps the site from being installed', { timeout: 60_000 }, async () => {
    const page = await chromium.context.newPage();
    await page.goto(relay.url);
    const cdp = await chromium.context.newCDPSession(page);
    const { errors, data } = await cdp.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    assert.deepEqual((await cdp.send('Page.getInstallabilityErrors')).installabilityErrors, []);
    const touch = await page.evaluate(() => /** @type {HTMLLinkElement} */ (document.querySelector('link[rel=apple-touch-icon]')).href);
    for (const src of [...JSON.parse(data).icons.map((icon) => icon.src), touch]) {
        // Each is a picture that the browser can draw, of the size it says.
        const size = await page.evaluate(async (url) => {
            const image = new Image();
            image.src = url;
            await image.decode();
            return `${image.naturalWidth}x${image.naturalHeight}`;
        }, new URL(src, relay.url).href);
        const said = JSON.parse(data).icons.find((icon) => icon.src === src)?.sizes ?? '180x180';
        if (said !== 'any') assert.equal(size, said, src);
    }
    await page.close();
});

test('news that arrive are shown, in the words of the page', { timeout: 60_000 }, async (t) => {
    const page = await chromium.context.newPage();
    await page.goto(`${relay.url}/sign-in?next=/account`);
    await page.getByLabel('Name', { exact: true }).fill('anselm');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/account');
    const manifest = await page.evaluate(async () => (await fetch(/** @type {HTMLLinkElement} */ (document.querySelector('link[rel=manifest]')).href)).json());
    assert.equal(manifest.display, 'standalone');
    assert.equal(await page.evaluate(async (src) => (await fetch(src)).headers.get('content-type'), manifest.icons[0].src), 'image/svg+xml');

    const cdp = await chromium.context.newCDPSession(page);
    const registrations = new Map();
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: seen }) => seen.forEach((one) => registrations.set(one.scopeURL, one.registrationId)));
    await cdp.send('ServiceWorker.enable');
    const card = page.getByRole('region', { name: 'News on this device' });
    await card.getByRole('button', { name: 'Tell me on this device' }).click();
    await until(() => registrations.has(`${relay.url}/`), 'the service worker to be registered');
    // With a push service at hand it is on now; without one the page says so, sooner or later.
    await card.getByRole('button', { pressed: true }).or(card.getByRole('alert').filter({ hasText: 'could not reach the service' })).waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    const news = { kind: 'live', who: 'Marguerite', title: 'Owls at <b>dusk</b>', url: '/show/aaaaaaaaaaaa' };
    // DevTools' push is dropped while the worker is being started on a busy machine, where a push service would keep it: sent
    // again, under the same tag, until it is there.
    const deliver = () => cdp.send('ServiceWorker.deliverPushMessage', { origin: relay.url, registrationId: registrations.get(`${relay.url}/`), data: JSON.stringify(news) }).catch(() => {});
    await deliver();
    const again = setInterval(deliver, 3000);
    t.after(() => clearInterval(again));
    const shown = await until(
        () => page.evaluate(async () => {
            const registration = await navigator.serviceWorker.getRegistration('/');
            const all = (await registration?.getNotifications()) ?? [];
            return all.length && all.map(({ title, body, data }) => ({ title, body, data }));
        }),
        'the notification',
    );
    clearInterval(again);
    assert.deepEqual(shown, [{ title: 'Marguerite is live', body: 'Owls at <b>dusk</b>', data: { url: '/show/aaaaaaaaaaaa' } }]);
    await page.close();
});
