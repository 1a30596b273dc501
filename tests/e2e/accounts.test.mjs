// SPDX-License-Identifier: MIT
// The way of two people, in Chromium: one signs up and announces a show, the other finds it, follows, is told when it
// goes live, and watches; afterwards it is on the profile. Then every page about accounts: accessible, nothing wider
// than the screen, in both themes and at both widths. TABCAST_PICTURES=FOLDER keeps what was seen.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, PASSWORD } from '../contract/lib/client.mjs';
import { violations } from './lib/axe.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { shiftsWhileComing } from './lib/shifts.mjs';

const TITLE = 'Drawing Birds That Cannot Sit Still';
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const PICTURES = process.env.TABCAST_PICTURES;
const LONG_MS = 40_000;
let relay, chromium, showId;

before(async () => {
    relay = await startRelay({ args: ['--accounts-per-minute', '100'] });
    chromium = await launchChromium({ autoplay: true });
    if (PICTURES) await mkdir(PICTURES, { recursive: true });
});
after(async () => {
    await chromium?.close();
    await relay?.stop();
});

// Two people in one browser: cookies belong to a host, and this relay has two names.
const homes = { marguerite: () => relay.url, anselm: () => relay.url.replace('127.0.0.1', 'localhost') };

async function open(who, at) {
    const page = await chromium.context.newPage();
    page.errors = collectErrors(page);
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(homes[who]() + at);
    return page;
}

async function signUp(page, name, displayName) {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('How others see you').fill(displayName);
    await page.getByRole('button', { name: 'Sign up' }).click();
}

/** What <input type=datetime-local> takes. */
const localTime = (when) => new Date(when.getTime() - when.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

const isPlaying = (page) => page.waitForFunction(() => document.querySelector('tabcast-player')?.stats?.framesDecoded > 10, null, { timeout: LONG_MS });

test('sign up, announce, find, follow, be told, watch, and find the replay on the profile', { timeout: 220_000 }, async () => {
    const creator = await open('marguerite', '/sign-up');
    await creator.getByText('it becomes the admin').waitFor();
    await signUp(creator, 'marguerite', 'Marguerite D.');
    await creator.waitForURL(`${relay.url}/`);
    await creator.getByRole('link', { name: 'Your account' }).click();
    await creator.getByText('Admin', { exact: true }).waitFor();
    await creator.getByText('Nothing announced yet').waitFor();
    await creator.getByRole('link', { name: 'Announce a show' }).click();
    await creator.getByLabel('Title').fill(TITLE);
    await creator.getByLabel('Description').fill('Bring a **soft** pencil.\n\n- paper\n- <b onclick="alert(1)">patience</b>\n- <img src=x onerror=alert(1)>\n- [a](javascript:alert(1)) and [b](https://b.example/)');
    await creator.getByLabel('Begins').fill(localTime(new Date(Date.now() + 86_400_000)));
    await creator.getByLabel('Category').selectOption('art');
    await creator.getByLabel('Tags').fill('Ink, birds');
    await creator.getByRole('button', { name: 'Announce' }).click();
    await creator.getByRole('heading', { level: 1, name: TITLE }).waitFor();
    assert.match(await creator.locator('.key').innerText(), /^[\w-]{43}$/);

    const fan = await open('anselm', '/sign-up');
    await fan.getByLabel('Name', { exact: true }).waitFor();
    assert.equal(await fan.getByText('it becomes the admin').count(), 0);
    await signUp(fan, 'anselm', 'Anselm');
    await fan.waitForURL(`${homes.anselm()}/`);
    await fan.getByRole('searchbox', { name: 'Search shows' }).fill('birds draw');
    await fan.getByRole('region', { name: 'Found' }).getByRole('link', { name: TITLE }).click();
    await fan.waitForURL('**/show/*');
    showId = new URL(fan.url()).pathname.split('/').pop();
    await fan.locator('tabcast-text strong').filter({ hasText: 'soft' }).waitFor();
    assert.equal(await fan.locator('tabcast-text :is(b, img, script, [onclick], [onerror], [href^="javascript"])').count(), 0, 'HTML in a description is text');
    assert.equal(await fan.locator('tabcast-text').getByRole('link', { name: 'b' }).getAttribute('rel'), 'nofollow ugc noopener noreferrer');
    assert.match(await fan.locator('tabcast-text div').innerText(), /<b onclick="alert\(1\)">patience<\/b>/);
    await fan.getByRole('button', { name: 'Follow' }).click();
    await fan.getByRole('button', { name: 'Following', pressed: true }).waitFor();
    await fan.goto(`${homes.anselm()}/`);

    await creator.getByRole('button', { name: 'Open in the studio' }).click();
    await creator.waitForURL('**/studio');
    await until(async () => (await creator.getByLabel('Title').inputValue()) === TITLE, 'the announced title', LONG_MS);
    await until(() => creator.evaluate(() => document.querySelector('tabcast-studio')?.publisher.stream !== null), 'the camera', LONG_MS);
    await creator.getByRole('button', { name: 'Go live' }).click();
    await until(async () => (await (await fetch(`${relay.url}/api/v1/shows/${showId}`)).json()).state === 'live', 'the announced show to be live', LONG_MS);

    await fan.getByRole('button', { name: 'Notifications, 1 new' }).click({ timeout: LONG_MS });
    if (PICTURES) await fan.screenshot({ path: path.join(PICTURES, 'bell.png') });
    await fan.getByRole('region', { name: 'Notifications' }).getByRole('link', { name: /Marguerite D\. is live/ }).click();
    await fan.waitForURL(`**/show/${showId}`);
    await isPlaying(fan);
    const second = await open('marguerite', `/show/${showId}`);
    await isPlaying(second);
    await until(async () => (await (await fetch(`${relay.url}/api/v1/shows/${showId}`)).json()).viewers === 2, 'both to watch');
    await second.close();

    await creator.bringToFront();
    await creator.getByRole('button', { name: 'End show' }).click();
    await creator.getByRole('dialog').getByRole('button', { name: 'End show' }).click();
    await fan.getByText('The curtain has fallen').or(fan.getByText('The show has ended')).first().waitFor({ timeout: LONG_MS });
    await until(async () => (await fetch(`${relay.url}/api/v1/replays/${showId}`)).ok, 'the replay', LONG_MS);
    await fan.goto(`${homes.anselm()}/@marguerite`);
    await fan.getByRole('region', { name: 'Replays' }).getByRole('link', { name: TITLE }).click();
    await fan.waitForURL(`**/replay/${showId}`);
    await fan.waitForFunction(() => document.querySelector('tabcast-player')?.duration > 0, null, { timeout: LONG_MS });
    for (const page of [creator, fan]) {
        assert.deepEqual(page.errors.filter((e) => !/404/.test(e)), []);
        await page.close();
    }
});

test('a wrong password is said kindly, a right one leads back to where one was; signing out is one click', { timeout: 60_000 }, async () => {
    const page = await open('anselm', '/account');
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL(`${homes.anselm()}/`);
    await page.goto(`${homes.anselm()}/@marguerite`);
    await page.getByRole('button', { name: 'Follow' }).click();
    await page.waitForURL('**/sign-in?next=*');
    await page.getByLabel('Name', { exact: true }).fill('anselm');
    await page.getByLabel('Password', { exact: true }).fill('not the one');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Name or password is not right.' }).waitFor();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/@marguerite');
    // Another site's address is none to go on to.
    await page.goto(`${homes.anselm()}/sign-in?next=//evil.example/`);
    await page.getByLabel('Name', { exact: true }).fill('anselm');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${homes.anselm()}/`);
    await page.close();
});

test('one\'s page, password, sessions and shows are changed where they stand', { timeout: 60_000 }, async () => {
    const elsewhere = new Client(relay);
    await elsewhere.signIn('anselm');
    const page = await open('anselm', '/account');
    await page.getByLabel('About you').fill('I watch **birds**.');
    await page.getByLabel('Links').fill('javascript:alert(1)');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'links' }).waitFor();
    await page.getByLabel('Links').fill('https://birds.example/');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved.').waitFor();
    await page.getByRole('button', { name: 'Sign out there' }).first().click();
    await until(async () => (await elsewhere.ask('GET', 'accounts/me')).status === 401, 'the other session to end');

    const mine = new Client(relay);
    await mine.signIn('anselm');
    await mine.ask('POST', 'shows', { title: 'Second thoughts', startsAt: new Date(Date.now() + 3_600_000).toISOString() });
    await page.reload();
    await page.getByRole('button', { name: 'Cancel the show: Second thoughts' }).click();
    await page.getByText('“Second thoughts” is cancelled.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('It is on again.').waitFor();
    await page.getByRole('link', { name: 'Change: Second thoughts' }).click();
    await page.getByLabel('Title').fill('Third thoughts');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.waitForURL('**/account');
    await page.getByText('Third thoughts').waitFor();
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByLabel('New password').fill('another password');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Everywhere else you have been signed out').waitFor();
    assert.equal((await mine.ask('GET', 'accounts/me')).status, 401);
    await page.close();
});

const heading = (page) => page.getByRole('heading', { level: 1 }).waitFor();
const sessions = (page) => page.getByText('This browser', { exact: true }).waitFor();

/** What is given as moved at most: Lighthouse takes no points below 0.05. */
const MOST_MOVED = 0.05;
async function staysStill(t, at, ready) {
    for (const viewport of [PHONE, DESKTOP]) {
        const page = await chromium.context.newPage();
        await page.setViewportSize(viewport);
        const { sum, shifts } = await shiftsWhileComing(page, homes.marguerite() + at, ready);
        t.diagnostic(`${viewport.width} px: ${sum.toFixed(3)}`);
        assert.ok(sum <= MOST_MOVED, `${viewport.width} px: ${sum.toFixed(3)} moved: ${JSON.stringify(shifts)}`);
        await page.close();
    }
}

test('one\'s page stays still while its answers come one by one, and more shows than had a place before', { timeout: 60_000 }, async (t) => {
    const marguerite = new Client(relay);
    await marguerite.signIn('marguerite');
    for (const title of ['A quiet morning', 'Clay, wheel, water']) assert.equal((await marguerite.ask('POST', 'shows', { title, startsAt: new Date(Date.now() + 86_400_000).toISOString() })).status, 201);
    await staysStill(t, '/account', sessions);
});

test('a replay stays still while its answers come one by one', { timeout: 60_000 }, async (t) => {
    await staysStill(t, `/replay/${showId}`, (page) => page.getByRole('heading', { level: 1, name: TITLE }).waitFor());
});

/** Who looks at what. `ready` waits for what the page is about. */
const PAGES = {
    'sign-in': ['marguerite', '/sign-in', heading],
    'sign-up': ['marguerite', '/sign-up', heading],
    account: ['marguerite', '/account', sessions],
    'account-guest': ['guest', '/account', heading],
    schedule: ['marguerite', '/schedule', (page) => page.getByLabel('Title').waitFor()],
    profile: ['anselm', '/@marguerite', (page) => page.getByRole('link', { name: TITLE }).waitFor()],
    'profile-none': ['anselm', '/@nobody.here', heading],
    search: ['anselm', '/?q=birds', (page) => page.getByRole('link', { name: TITLE }).waitFor()],
    'search-none': ['anselm', '/?q=zzzzzz', (page) => page.getByText('Nothing like that here').waitFor()],
    home: ['anselm', '/', (page) => page.getByRole('heading', { name: 'Coming up' }).waitFor()],
    replay: ['anselm', () => `/show/${showId}`, heading],
};

for (const [name, [who, at, ready]] of Object.entries(PAGES)) {
    test(`${name}: no accessibility violation, nothing wider than the screen, in both themes and at both widths`, { timeout: 60_000 }, async () => {
        homes.guest = () => relay.url.replace('127.0.0.1', 'guest.localhost');
        for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
            for (const scheme of ['dark', 'light']) {
                const page = await open(who, typeof at === 'function' ? at() : at);
                await page.setViewportSize(viewport);
                await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
                await ready(page);
                const where = `${name}, ${scheme}, ${size}`;
                if (PICTURES) await page.screenshot({ path: path.join(PICTURES, `${name}-${size}-${scheme}.png`), fullPage: true });
                assert.deepEqual(await violations(page), [], where);
                assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, `${where}: scrolls sideways`);
                assert.deepEqual(page.errors.filter((e) => !/404/.test(e)), [], where);
                await page.close();
            }
        }
    });
}
