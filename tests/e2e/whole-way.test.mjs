// SPDX-License-Identifier: MIT
// The whole way of two people, once in Chromium and once in Firefox: sign up, announce a show, find it by search, follow, be
// told in the page and by Web Push when it goes live, watch it, see it end, and play its replay from the profile. The camera
// is a film whose pictures are numbered (TABCAST_TEST_FILM, else a made one), so that each is known again.
//
// Push services are the tests' own. Firefox takes ours for its maker's and decrypts by itself; Chromium has its service's
// address built in, so there its subscription is ours, and the test decrypts.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PASSWORD } from '../contract/lib/client.mjs';
import { Subscription, startPushService } from '../contract/lib/push-service.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { startAutopush } from './lib/autopush.mjs';
import { launchChromiumTabs, launchFirefox } from './lib/browsers.mjs';
import { startDesktop } from './lib/desktop.mjs';
import { startFront } from './lib/front.mjs';
import { Person } from './lib/person.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { encodeClip } from './lib/wire-publisher.mjs';

const TITLE = 'Moths at the footlights';
const WORDS = 'foot moth';
const LONG_MS = 40_000;
const CREATOR = { name: 'marguerite', displayName: 'Marguerite D.' };
const FAN = { name: 'anselm', displayName: 'Anselm' };

/** What <input type=datetime-local> takes. */
const localTime = (when) => new Date(when.getTime() - when.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

async function signUp(person, { name, displayName }) {
    await person.goto('/sign-up');
    await person.fills('Name', name);
    await person.fills('Password', PASSWORD);
    await person.fills('How others see you', displayName);
    await person.clicks('button', 'Sign up');
    await person.arrives(/^\/$/);
}

async function announce(creator) {
    await creator.goto('/schedule');
    await creator.fills('Title', TITLE);
    await creator.fills('Description', 'With a **lamp** and patience.');
    await creator.sets('textbox', 'Begins', localTime(new Date(Date.now() + 3_600_000)));
    await creator.clicks('button', 'Announce');
    await creator.sees('heading', TITLE);
}

async function findAndFollow(fan) {
    await fan.goto('/');
    await fan.fills('Search shows', WORDS, 'searchbox');
    await fan.clicks('link', `/${TITLE}/`, 'Found');
    await fan.arrives(/^\/show\/[a-z2-7]{12}$/);
    const id = (await fan.at()).split('/').pop();
    await fan.clicks('button', 'Follow');
    await fan.sees('button', 'Following');
    return id;
}

/** On the account's page; it says so when the browser has subscribed and the relay knows. */
async function subscribe(fan) {
    await fan.goto('/account');
    await fan.clicks('button', 'Tell me on this device');
    await fan.sees('button', 'Tell me no more');
}

async function goLive(creator, relay, id) {
    await creator.front();
    await creator.goto('/account');
    await creator.clicks('button', '/^Open in the studio/');
    await creator.arrives(/^\/studio$/);
    await until(() => creator.page.evaluate((title) => document.querySelector('tabcast-studio')?.showTitle === title, TITLE), 'the announced title', LONG_MS);
    await creator.clicks('button', 'Go live');
    await until(async () => (await (await fetch(`${relay.url}/api/v1/shows/${id}`)).json()).state === 'live', 'the announced show to be live', LONG_MS);
}

const isOfFilm = (counters, film) => assert.ok(counters.every((c) => c < film.frames), `a picture that the film never had: ${counters}`);

/** Both see the film, each in their own tab. */
async function watchBoth(fan, second, relay, id, film, t) {
    await second.goto(`/show/${id}`);
    for (const [who, person] of [['the fan', fan], ['the creator', second]]) {
        const counters = await person.pictures(15);
        isOfFilm(counters, film);
        t.diagnostic(`${who}: ${counters.length} different pictures, ${(await person.stats()).framesDecoded} decoded`);
    }
    await until(async () => (await (await fetch(`${relay.url}/api/v1/shows/${id}`)).json()).viewers === 2, 'both to watch');
}

async function endAndReplay(creator, fan, relay, id, film, t) {
    await creator.front();
    await creator.clicks('button', 'End show');
    await creator.clicks('button', 'End show', 'End the show?');
    await creator.reads('The curtain has fallen');
    await fan.front();
    await until(() => fan.page.evaluate(() => window.__sight.hasText('The curtain has fallen') || window.__sight.hasText('The show has ended')), 'the fan to see the end', LONG_MS);
    await until(async () => (await fetch(`${relay.url}/api/v1/replays/${id}`)).ok, 'the replay', LONG_MS);
    await fan.goto(`/@${CREATOR.name}`);
    await fan.clicks('link', `/${TITLE}/`, 'Replays');
    await fan.arrives(new RegExp(`^/replay/${id}$`));
    const player = () => fan.page.evaluate(() => {
        const { duration, paused, currentTime, error } = document.querySelector('tabcast-player') ?? {};
        return { duration, paused, currentTime, error: error?.message ?? null };
    });
    await until(async () => (await player()).duration > 3, 'the length of the replay', LONG_MS);
    if ((await player()).paused) await fan.clicks('button', 'Play');
    const counters = await fan.pictures(15);
    isOfFilm(counters, film);
    const { duration, currentTime, error } = await player();
    assert.equal(error, null);
    assert.ok(currentTime > 1, `the replay is at ${currentTime} s`);
    t.diagnostic(`replay of ${duration.toFixed(1)} s: ${counters.length} different pictures`);
}

/** @param {object} stage browser, homes, scripts, subscribed(fan), told(id) */
async function walk(t, relay, film, stage) {
    const creator = await Person.open(stage.browser, stage.homes.creator);
    await signUp(creator, CREATOR);
    await announce(creator);
    const fan = await Person.open(stage.browser, stage.homes.fan, stage.fanScripts);
    await signUp(fan, FAN);
    const id = await findAndFollow(fan);
    await subscribe(fan);
    await fan.goto('/');
    await goLive(creator, relay, id);
    await stage.told(fan, { kind: 'live', who: CREATOR.displayName, title: TITLE, url: `/show/${id}` });
    await fan.front();
    await fan.clicks('button', 'Notifications, 1 new');
    await fan.clicks('link', `/${CREATOR.displayName} is live/`, 'Notifications');
    await fan.arrives(new RegExp(`^/show/${id}$`));
    const second = await Person.open(stage.browser, stage.homes.second ?? stage.homes.creator);
    await watchBoth(fan, second, relay, id, film, t);
    await second.page.close();
    await endAndReplay(creator, fan, relay, id, film, t);
    for (const person of [creator, fan]) assert.deepEqual(person.errors.filter((e) => !/404/.test(e)), [], 'errors in the console');
}

const relayWithPush = () => startRelay({ args: ['--push-anywhere', '--push-contact', 'mailto:who@runs.example'] });

async function withFilm(use) {
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-way-'));
    try {
        const film = await makeClip({ out: folder, source: process.env.TABCAST_TEST_FILM, width: 640, height: 360, fps: 30, seconds: 12 });
        await use(film, folder);
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

/** Runs in the page before its scripts: the browser's push service is ours. */
const ourSubscription = (json) => `PushManager.prototype.subscribe = async function ({ userVisibleOnly, applicationServerKey }) {
    if (!userVisibleOnly || applicationServerKey.length !== 65) throw new TypeError('not what a service takes');
    return { endpoint: ${JSON.stringify(json.endpoint)}, toJSON: () => (${JSON.stringify(json)}) };
};`;

test('the whole way in Chromium', { timeout: 230_000 }, (t) => withFilm(async (film) => {
    const service = await startPushService();
    const relay = await relayWithPush();
    const chromium = await launchChromiumTabs({ camera: film.camera, microphone: film.microphone });
    try {
        const subscription = new Subscription(service, '/anselm');
        const homes = { creator: relay.url, fan: relay.url.replace('127.0.0.1', 'localhost') };
        await chromium.browser.defaultBrowserContext().overridePermissions(homes.fan, ['notifications']);
        await walk(t, relay, film, {
            browser: chromium.browser,
            homes,
            fanScripts: [ourSubscription(subscription.json)],
            told: (_, news) => until(() => subscription.messages().length && (assert.deepEqual(subscription.messages(), [news]), true), 'the push', LONG_MS),
        });
    } finally {
        await chromium.close();
        await relay.stop();
        service.close();
    }
}));

test('the whole way in Firefox', { timeout: 230_000 }, (t) => withFilm(async (film, folder) => {
    const filmFile = encodeClip({ camera: film.camera, microphone: film.microphone, out: path.join(folder, 'film.webm') });
    const service = await startAutopush();
    const relay = await relayWithPush();
    const script = await readFile(fileURLToPath(new URL('./lib/film-camera.js', import.meta.url)), 'utf8');
    const front = await startFront(relay.url, { script, files: { '/__film.webm': { type: 'video/webm', bytes: await readFile(filmFile) } } });
    const desktop = await startDesktop();
    const firefox = await launchFirefox({ headless: false, env: desktop.env, prefs: service.prefs });
    try {
        await walk(t, relay, film, {
            browser: firefox.browser,
            // Cookies know hosts and no ports: behind both of these addresses the creator is signed in.
            homes: { creator: front.url, second: relay.url, fan: relay.url.replace('127.0.0.1', 'localhost') },
            fanScripts: [],
            async told(fan, { who, title, url }) {
                const shown = await until(() => fan.page.evaluate(async () => {
                    const registration = await navigator.serviceWorker.getRegistration('/');
                    const all = (await registration?.getNotifications()) ?? [];
                    return all.length && all.map((one) => ({ title: one.title, body: one.body, data: one.data }));
                }), 'the notification that the service worker makes of the push', LONG_MS);
                assert.deepEqual(shown, [{ title: `${who} is live`, body: title, data: { url } }]);
                assert.equal(service.came.length, 1, 'one message to the push service');
                assert.match(await until(() => service.acked[0], 'the browser to have taken it'), / 100$/);
            },
        });
    } finally {
        await firefox.close();
        await desktop.close();
        front.close();
        await relay.stop();
        service.close();
    }
}));
