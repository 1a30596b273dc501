// SPDX-License-Identifier: MIT
// Shows that are not open to all, in Chromium: announced by form, opened by password or invitation, live and as a replay.
// TABCAST_PICTURES=FOLDER keeps what was seen.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, PASSWORD, member } from '../contract/lib/client.mjs';
import { violations } from './lib/axe.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { projectRoot, startRelay, until } from './lib/relay.mjs';
import { startWirePublisher } from './lib/wire-publisher.mjs';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const clip = path.join(projectRoot, 'tests/golden/ffmpeg-vp8-opus.webm');
const PICTURES = process.env.TABCAST_PICTURES;
let relay, chromium, owner;
// People in one browser: cookies belong to a host, and this relay has several names.
const home = (who) => ({ owner: relay.url, friend: relay.url.replace('127.0.0.1', 'localhost'), guest: relay.url.replace('127.0.0.1', 'guest.localhost') })[who];

before(async () => {
    relay = await startRelay({ args: ['--accounts-per-minute', '100'] });
    chromium = await launchChromium({ autoplay: true });
    owner = await member(relay, 'marguerite');
    await member(relay, 'anselm');
    if (PICTURES) await mkdir(PICTURES, { recursive: true });
});
after(async () => {
    await chromium?.close();
    await relay?.stop();
});

async function open(who, at, scheme = 'dark', viewport = DESKTOP) {
    const page = await chromium.context.newPage();
    page.errors = collectErrors(page);
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: scheme });
    await page.goto(home(who) + at);
    return page;
}

async function signIn(page, name) {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Each page in both themes and at both widths: nothing wider than the screen, nothing axe finds. */
async function look(name, who, at, ready) {
    for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE }))
        for (const scheme of ['dark', 'light']) {
            const page = await open(who, at, scheme, viewport);
            await ready(page);
            const where = `${name}, ${scheme}, ${size}`;
            if (PICTURES) await page.screenshot({ path: path.join(PICTURES, `${name}-${size}-${scheme}.png`), fullPage: true });
            assert.deepEqual(await violations(page), [], where);
            assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, `${where}: scrolls sideways`);
            await page.close();
        }
}

let secret, party;
test('a show with a password and a private one are announced by form', { timeout: 90_000 }, async () => {
    const page = await open('owner', '/sign-in?next=/schedule');
    await signIn(page, 'marguerite');
    await page.getByLabel('Title').fill('Dress rehearsal');
    await page.getByLabel('Length, minutes').fill('95');
    await page.getByRole('combobox', { name: 'Language' }).selectOption('de');
    await page.getByLabel('Price, coins').fill('12');
    await page.getByLabel('Begins').fill(new Date(Date.now() + 86_400_000).toISOString().slice(0, 16));
    await page.getByLabel('Who knows the password').check();
    await page.getByLabel('Password of the show').fill('short');
    await page.getByRole('button', { name: 'Announce' }).click();
    await page.getByRole('alert').filter({ hasText: 'at least 6 characters' }).waitFor();
    await page.getByLabel('Password of the show').fill('open sesame');
    await page.getByRole('button', { name: 'Announce' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dress rehearsal' }).waitFor();
    secret = { key: await page.locator('.key').innerText() };

    await page.goto(`${relay.url}/schedule`);
    await page.getByLabel('Title').fill('Only for Anselm');
    await page.getByLabel('Whom I invite').check();
    await page.getByLabel('Invited').fill('anselm, nobody.here');
    await page.getByRole('button', { name: 'Announce' }).click();
    await page.getByRole('alert').filter({ hasText: 'nobody' }).waitFor();
    await page.getByLabel('Invited').fill('anselm');
    await page.getByRole('button', { name: 'Announce' }).click();
    await page.getByRole('heading', { level: 1, name: 'Only for Anselm' }).waitFor();
    party = { key: await page.locator('.key').innerText() };

    const { items } = (await owner.ask('GET', 'shows?creator=me')).body;
    secret.id = items.find((s) => s.title === 'Dress rehearsal').id;
    party.id = items.find((s) => s.title === 'Only for Anselm').id;
    assert.deepEqual((({ lengthMinutes, language, priceCoins, visibility }) => ({ lengthMinutes, language, priceCoins, visibility }))(items.find((s) => s.id === secret.id)), { lengthMinutes: 95, language: 'de', priceCoins: 12, visibility: 'password' });
    await page.goto(`${relay.url}/schedule?show=${party.id}`);
    assert.equal(await page.getByLabel('Invited').inputValue(), 'anselm');
    await page.close();
});

test('who says the password is let in, to the show and to its replay', { timeout: 120_000 }, async () => {
    const publisher = await startWirePublisher(relay.url, { file: clip, show: secret });
    const page = await open('guest', `/show/${secret.id}`);
    await page.getByRole('heading', { name: 'This show has a password' }).waitFor();
    await page.getByText('12 coins').waitFor();
    await page.getByLabel('Password', { exact: true }).fill('let me in');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'The password is another one.' }).waitFor();
    await page.getByLabel('Password', { exact: true }).fill('open sesame');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('tabcast-player')?.stats?.framesDecoded > 5, null, { timeout: 40_000 });
    await publisher.end();
    await until(async () => (await owner.ask('GET', `replays/${secret.id}`)).status === 200, 'the replay');
    await page.goto(`${home('guest')}/replay/${secret.id}`);
    await page.waitForFunction(() => document.querySelector('tabcast-player')?.duration > 0, null, { timeout: 40_000 });
    await page.close();
    const other = await open('friend', `/replay/${secret.id}`);
    await other.getByRole('heading', { name: 'This show has a password' }).waitFor();
    await other.getByLabel('Password', { exact: true }).fill('open sesame');
    await other.getByRole('button', { name: 'Open' }).click();
    await other.waitForFunction(() => document.querySelector('tabcast-player')?.duration > 0, null, { timeout: 40_000 });
    await other.close();
});

test('who is invited signs in and watches; to everybody else there is no such show', { timeout: 90_000 }, async () => {
    const publisher = await startWirePublisher(relay.url, { file: clip, show: party });
    const page = await open('friend', `/show/${party.id}`);
    await page.getByRole('heading', { name: 'No such show' }).waitFor();
    await page.getByRole('link', { name: 'Sign in' }).last().click();
    await signIn(page, 'anselm');
    await page.waitForURL(`**/show/${party.id}`);
    await page.waitForFunction(() => document.querySelector('tabcast-player')?.stats?.framesDecoded > 5, null, { timeout: 40_000 });
    assert.equal((await new Client(relay).ask('GET', `shows/${party.id}`)).status, 404);
    await publisher.end();
    await page.close();
});

test('the pages look as they should', { timeout: 120_000 }, async () => {
    const made = await owner.ask('POST', 'shows', { title: 'A quiet evening', visibility: 'password', password: 'open sesame', priceCoins: 3, lengthMinutes: 90, startsAt: new Date(Date.now() + 7_200_000).toISOString() });
    await look('locked', 'guest', `/show/${made.body.id}`, (page) => page.getByRole('heading', { name: 'This show has a password' }).waitFor());
    await look('hidden', 'guest', `/show/${party.id}`, (page) => page.getByRole('heading', { name: 'No such show' }).waitFor());
    await look('schedule-door', 'owner', `/schedule?show=${made.body.id}`, (page) => page.getByLabel('Password of the show').waitFor());
    await look('schedule', 'owner', '/schedule', (page) => page.getByLabel('Title').waitFor());
});
