// SPDX-License-Identifier: MIT
// The page's language in Chromium: a German browser gets German, from the first paint on and no other words with it; the
// reader's choice is kept; every page in German is accessible and nothing in it is wider than a small phone.
// TABCAST_PICTURES=FOLDER keeps what was seen.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD, member } from '../contract/lib/client.mjs';
import { violations } from './lib/axe.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { startCreator } from './lib/creator.mjs';
import { createShow, startRelay, until } from './lib/relay.mjs';

const PHONE = { width: 360, height: 760 };
const DESKTOP = { width: 1280, height: 800 };
const PICTURES = process.env.TABCAST_PICTURES;
const TITLE = 'Vögel zeichnen, die nicht stillhalten';
let relay, german, english, creator, announced;

before(async () => {
    if (PICTURES) await mkdir(PICTURES, { recursive: true });
    relay = await startRelay({ args: ['--accounts-per-minute', '100'] });
    [german, english] = await Promise.all(['de-DE', 'en-US'].map((locale) => launchChromium({ locale, autoplay: true, permissions: ['camera', 'microphone', 'notifications'] })));
    const admin = await member(relay, 'marguerite', { displayName: 'Marguerite D.' });
    const startsAt = new Date(Date.now() + 26 * 3_600_000).toISOString().replace(/\.\d+/, '');
    announced = (await admin.ask('POST', 'shows', { title: TITLE, description: 'Wir zeichnen, was **flattert**.', startsAt, lengthMinutes: 75, priceCoins: 3, category: 'art', language: 'de' })).body;
    creator = await startCreator(relay.url, { title: 'Ein Abend auf der Wiese', width: 640, height: 360 });
});

after(async () => {
    await creator?.stop();
    await german?.close();
    await english?.close();
    await relay?.stop();
});

async function open({ context }, at, { viewport = DESKTOP, scheme = 'dark', init, before: prepare } = {}) {
    const page = await context.newPage();
    page.errors = collectErrors(page);
    page.words = [];
    page.on('request', (request) => /\/assets\/\w+\.(\w\w)-\w+\.js$/.test(request.url()) && page.words.push(new URL(request.url()).pathname));
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    if (init) await page.addInitScript(init);
    await prepare?.(page);
    await page.goto(relay.url + at);
    return page;
}

const lang = (page) => page.evaluate(() => document.documentElement.lang);
const heading = (page) => page.getByRole('heading', { level: 1 }).waitFor();

test('a German browser gets German, before there is a body to paint, and German words alone', async () => {
    const init = () => {
        const observer = new MutationObserver(() => {
            if (!document.body) return;
            observer.disconnect();
            window.early = { lang: document.documentElement.lang, title: document.title, description: document.querySelector('meta[name=description]').content };
        });
        observer.observe(document, { childList: true, subtree: true });
    };
    // The boot script asks for the words: the page's own code is held back until both are on their way.
    const before = (page) => page.route(/\/sign-in-\w+\.js$/, async (route) => {
        await until(() => page.words.length >= 2, 'the words');
        await route.continue();
    });
    const page = await open(german, '/sign-in', { init, before });
    await page.getByRole('heading', { level: 1, name: 'Willkommen zurück' }).waitFor();
    assert.deepEqual(await page.evaluate(() => window.early), { lang: 'de', title: 'Anmelden · Tabcast', description: 'Melde dich an, um Shows anzukündigen und anderen zu folgen.' });
    assert.ok(page.words.length >= 2, 'its words came');
    assert.deepEqual(page.words.filter((name) => !name.includes('.de-')), []);
    assert.equal(new Set(page.words).size, page.words.length, 'each file once');
    assert.deepEqual(page.errors, []);
    await page.close();
});

test('an English browser gets English, and English words alone', async () => {
    const page = await open(english, '/sign-in');
    await page.getByRole('heading', { level: 1, name: 'Welcome back' }).waitFor();
    assert.equal(await lang(page), 'en');
    assert.equal(await page.title(), 'Sign in · Tabcast');
    assert.deepEqual(page.words.filter((name) => !name.includes('.en-')), []);
    await page.close();
});

test('the reader\'s choice holds on every page and after a reload, and is given back to the browser', async () => {
    const page = await open(german, '/');
    await page.getByRole('heading', { level: 1, name: 'Dein Tab ist die Bühne.' }).waitFor();
    await page.getByRole('group', { name: 'Sprache' }).getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { level: 1, name: 'Your tab is the stage.' }).waitFor();
    assert.equal(await lang(page), 'en');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Your tab is the stage.' }).waitFor();
    await page.goto(`${relay.url}/studio`);
    await page.getByRole('button', { name: 'Go live' }).waitFor();
    assert.equal(await page.evaluate(() => localStorage.getItem('tabcast-language')), 'en');
    await page.getByRole('group', { name: 'Language' }).getByRole('button', { name: 'Deutsch' }).click();
    await page.getByRole('button', { name: 'Live gehen' }).waitFor();
    assert.equal(await lang(page), 'de');
    assert.equal(await page.evaluate(() => localStorage.getItem('tabcast-language')), null);
    await page.close();
});

test('a show\'s own words keep their language on an English page', async () => {
    const page = await open(english, `/show/${announced.id}`);
    await page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
    assert.equal(await page.getByRole('heading', { level: 1, name: TITLE }).getAttribute('lang'), 'de');
    assert.equal(await lang(page), 'en');
    await page.close();
});

test('what the relay refuses is said in German', async () => {
    const page = await open(german, '/sign-in');
    await page.getByLabel('Name', { exact: true }).fill('marguerite');
    await page.getByLabel('Passwort', { exact: true }).fill('falsches Passwort');
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await page.getByText('Name oder Passwort stimmt nicht.').waitFor();
    await page.close();
});

test('a camera that may not be used is explained in German', async () => {
    const page = await open(german, '/studio', { init: () => (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))) });
    await page.getByRole('button', { name: 'Kamera einschalten' }).click();
    await page.getByText('Der Browser darf Kamera und Mikrofon nicht benutzen.').first().waitFor();
    await page.close();
});

async function signIn(page) {
    await page.getByLabel('Name', { exact: true }).fill('marguerite');
    await page.getByLabel('Passwort', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await page.waitForURL(({ pathname }) => pathname === '/account');
}

/** What each page is about, in German. */
const AS_GUEST = {
    home: ['/', (page) => page.getByRole('link', { name: TITLE }).waitFor()],
    search: ['/?q=zeichnen', (page) => page.getByRole('region', { name: 'Gefunden' }).getByRole('link', { name: TITLE }).waitFor()],
    'search-none': ['/?q=zzzzzz', (page) => page.getByText('So etwas gibt es hier nicht').waitFor()],
    show: [() => `/show/${creator.show.id}`, (page) => until(async () => /Noch hat niemand/.test(await page.getByRole('region', { name: 'Chat' }).innerText()), 'a seat')],
    'show-waiting': [() => `/show/${announced.id}`, (page) => page.getByRole('heading', { name: 'Der Vorhang ist noch zu' }).waitFor()],
    'show-none': ['/show/aaaaaaaaaaaa', (page) => page.getByRole('heading', { name: 'Diese Show gibt es nicht' }).waitFor()],
    'replay-none': ['/replay/aaaaaaaaaaaa', (page) => page.getByRole('heading', { name: 'Diese Aufzeichnung gibt es nicht' }).waitFor()],
    studio: ['/studio', (page) => page.getByRole('button', { name: 'Kamera einschalten' }).waitFor()],
    'sign-in': ['/sign-in', heading],
    'sign-up': ['/sign-up', (page) => page.getByRole('heading', { name: 'Nimm Platz' }).waitFor()],
    'account-guest': ['/account', (page) => page.getByText('Melde dich an').waitFor()],
    'admin-guest': ['/admin', (page) => page.getByText('Melde dich mit einem Konto an').waitFor()],
    profile: ['/@marguerite', (page) => page.getByRole('link', { name: TITLE }).waitFor()],
    'profile-none': ['/@niemand.hier', (page) => page.getByRole('heading', { name: 'Niemand heißt hier so' }).waitFor()],
    reset: ['/reset#abc', heading],
    forgotten: ['/forgotten', heading],
    'confirm-email': ['/confirm-email#abc', heading],
    notices: ['/notices', heading],
    'not-found': ['/no/such/page', (page) => page.getByRole('heading', { name: 'Diese Bühne ist leer' }).waitFor()],
};
const SIGNED_IN = {
    account: ['/account', (page) => page.getByText('Dieser Browser', { exact: true }).waitFor()],
    schedule: ['/schedule', (page) => page.getByLabel('Titel', { exact: true }).waitFor()],
    'schedule-edit': [() => `/schedule?show=${announced.id}`, heading],
    'admin-accounts': ['/admin', (page) => page.getByText('@marguerite').first().waitFor()],
    'admin-shows': ['/admin#shows', (page) => page.getByText(TITLE).waitFor()],
    'admin-invitations': ['/admin#invitations', (page) => page.getByRole('button', { name: 'Einladung erstellen' }).waitFor()],
};
const LOOKS = [
    ['desktop-dark', DESKTOP, 'dark'],
    ['phone-light', PHONE, 'light'],
    // For who looks at the pictures: axe has seen both themes and both widths.
    ...(PICTURES ? [['desktop-light', DESKTOP, 'light'], ['phone-dark', PHONE, 'dark']] : []),
];

async function look(name, [at, ready]) {
    for (const [suffix, viewport, scheme] of LOOKS) {
        const page = await open(german, typeof at === 'function' ? at() : at, { viewport, scheme });
        await ready(page);
        const where = `${name}, ${suffix}`;
        if (PICTURES) await page.screenshot({ path: path.join(PICTURES, `${name}-${suffix}.png`), fullPage: true });
        assert.equal(await lang(page), 'de', where);
        assert.deepEqual(await violations(page), [], where);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, `${where}: scrolls sideways`);
        assert.deepEqual(page.errors.filter((e) => !/404/.test(e)), [], where);
        await page.close();
    }
}

for (const [name, page] of Object.entries(AS_GUEST)) test(`${name}, in German: accessible, nothing wider than the screen`, { timeout: 60_000 }, () => look(name, page));

test('somebody signs in', async () => {
    const page = await open(german, '/sign-in?next=/account');
    await signIn(page);
    await page.close();
});

for (const [name, page] of Object.entries(SIGNED_IN)) test(`${name}, in German: accessible, nothing wider than the screen`, { timeout: 60_000 }, () => look(name, page));

test('the service worker is registered to speak German, and does', { timeout: 60_000 }, async (t) => {
    const page = await open(german, '/account');
    const cdp = await german.context.newCDPSession(page);
    const registrations = new Map();
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: seen }) => seen.forEach((one) => registrations.set(one.scopeURL, one.registrationId)));
    await cdp.send('ServiceWorker.enable');
    await page.getByRole('button', { name: 'Auf diesem Gerät melden' }).click();
    await until(() => registrations.has(`${relay.url}/`), 'the service worker to be registered');
    assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.ready).active.scriptURL), `${relay.url}/service-worker.js?language=de`);
    const news = { kind: 'scheduled', who: 'Marguerite', title: 'Eulen am Abend', url: '/show/aaaaaaaaaaaa' };
    // Sent again until it is there: DevTools' push is dropped while the worker is being started.
    const deliver = () => cdp.send('ServiceWorker.deliverPushMessage', { origin: relay.url, registrationId: registrations.get(`${relay.url}/`), data: JSON.stringify(news) }).catch(() => {});
    await deliver();
    const again = setInterval(deliver, 3000);
    t.after(() => clearInterval(again));
    const shown = () => page.evaluate(async () => (await (await navigator.serviceWorker.getRegistration('/'))?.getNotifications())?.[0]?.title);
    assert.equal(await until(shown, 'the notification'), 'Marguerite kündigt an');
    clearInterval(again);
    await page.close();
});

test('a show in German: the studio goes live, the player\'s menu and statistics', { timeout: 90_000 }, async () => {
    const studio = await open(german, '/studio', { viewport: PHONE });
    await studio.getByLabel('Titel', { exact: true }).fill('Die Probe');
    await studio.getByText('Das siehst nur du.').waitFor();
    if (PICTURES) await studio.screenshot({ path: path.join(PICTURES, 'studio-preview-phone.png'), fullPage: true });
    await studio.getByRole('button', { name: 'Live gehen' }).click();
    await studio.getByText(/^Du bist live: 0 sehen zu/).waitFor();
    assert.deepEqual(await violations(studio), []);
    assert.equal(await studio.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, 'scrolls sideways');
    if (PICTURES) await studio.screenshot({ path: path.join(PICTURES, 'studio-live-phone.png'), fullPage: true });
    const bar = await studio.getByRole('group', { name: 'Bedienung der Show' }).evaluate((group) => {
        const right = group.getBoundingClientRect().right;
        const boxes = [...group.querySelectorAll('button')].map((button) => button.getBoundingClientRect());
        return boxes.every((box, i) => box.right <= right && (i === 0 || box.left >= boxes[i - 1].right));
    });
    assert.ok(bar, 'the controls stand beside one another within their bar');
    await studio.setViewportSize(DESKTOP);
    if (PICTURES) await studio.screenshot({ path: path.join(PICTURES, 'studio-live-desktop.png'), fullPage: true });

    const page = await open(german, `/show/${creator.show.id}`, { viewport: PHONE });
    await page.waitForFunction(() => document.querySelector('tabcast-player')?.stats?.framesDecoded > 5);
    await page.getByRole('button', { name: 'Einstellungen' }).click();
    await page.getByRole('menuitemradio', { name: /So live wie möglich/ }).or(page.getByText('So live wie möglich')).first().waitFor();
    if (PICTURES) await page.screenshot({ path: path.join(PICTURES, 'player-menu-phone.png') });
    await page.getByText('Statistik für Neugierige').first().click();
    await page.getByText('Von Glas zu Glas').waitFor();
    if (PICTURES) await page.screenshot({ path: path.join(PICTURES, 'player-statistics-phone.png') });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, 'scrolls sideways');
    await page.close();
    await studio.getByRole('button', { name: 'Beenden', exact: true }).click();
    await studio.getByRole('dialog').getByRole('button', { name: 'Beenden', exact: true }).click();
    await studio.getByText(/Der Vorhang ist nach .* gefallen/).waitFor();
    await studio.close();
});
