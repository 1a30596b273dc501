// SPDX-License-Identifier: MIT
// Everything with the keyboard alone, in Chromium: no click anywhere. At each stop the focus is seen (lib/keyboard.mjs), every
// page can be walked all the way round, dialogs and menus are left by Escape and give the focus back.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { codeAt, freshStep } from '../contract/lib/totp.mjs';
import { PASSWORD, member } from '../contract/lib/client.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { Keyboard } from './lib/keyboard.mjs';
import { startRelay, until } from './lib/relay.mjs';

const TITLE = 'Paper birds';
const LONG_MS = 40_000;
let folder, relay, chromium, showId;
// Two people in one browser: cookies belong to a host, and this relay has two names.
const home = (who) => (who === 'ann' ? relay.url : relay.url.replace('127.0.0.1', 'localhost'));

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-keyboard-'));
    const clip = await makeClip({ out: folder, width: 640, height: 360, fps: 30, seconds: 6 });
    relay = await startRelay({ args: ['--accounts-per-minute', '100', '--sign-ins-per-minute', '1000'] });
    chromium = await launchChromium({ camera: clip.camera, microphone: clip.microphone, autoplay: true });
    await Keyboard.teach(chromium.context);
});
after(async () => {
    await chromium?.close();
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

async function open(who, at) {
    const page = await chromium.context.newPage();
    page.errors = collectErrors(page);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(home(who) + at);
    return [page, new Keyboard(page)];
}

const closeFine = async (page) => {
    assert.deepEqual(page.errors.filter((e) => !/40[134]/.test(e)), [], 'errors in the console');
    await page.close();
};
const playing = (page) => page.waitForFunction(() => document.querySelector('tabcast-player')?.stats?.framesDecoded > 10, null, { timeout: LONG_MS });

async function signIn(page, keys, name) {
    await keys.write('Name', name);
    await keys.write('Password', PASSWORD);
    await keys.press('Enter');
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

test('sign up; a second factor, set up, asked for and turned off; sign out and in', { timeout: 150_000 }, async (t) => {
    const [page, keys] = await open('ann', '/sign-up');
    await page.getByText('it becomes the admin').waitFor();
    t.diagnostic(`sign-up: ${(await keys.round()).length} stops`);
    await keys.write('Name', 'ann');
    await keys.write('Password', PASSWORD);
    await keys.write('How others see you', 'Ann');
    await keys.use('button', 'Sign up');
    await page.waitForURL(`${relay.url}/`);
    await keys.use('link', 'Your account');
    await page.waitForURL('**/account');
    await page.getByText('This browser', { exact: true }).waitFor();
    t.diagnostic(`account: ${(await keys.round()).length} stops`);

    await keys.write('Your password', PASSWORD);
    await keys.use('button', 'Set it up');
    const secret = (await page.locator('tabcast-second-factor .key').innerText()).replace(/\s/g, '');
    await keys.keeps('setting up the second factor');
    const step = await freshStep();
    await keys.write('The code it shows', codeAt(secret, step - 1));
    await keys.press('Enter');
    await until(async () => (await page.locator('.codes li').count()) === 10, 'ten recovery codes');
    const codes = await page.locator('.codes li').allInnerTexts();
    await keys.keeps('turning the second factor on');
    await keys.use('button', 'I have kept them');

    await keys.use('button', 'Sign out');
    await page.waitForURL(`${relay.url}/`);
    await keys.use('link', 'Sign in');
    await page.waitForURL('**/sign-in*');
    t.diagnostic(`sign-in: ${(await keys.round()).length} stops`);
    await keys.write('Name', 'ann');
    await keys.write('Password', PASSWORD);
    await keys.press('Enter');
    await page.getByLabel('Code').waitFor();
    await keys.write('Code', codeAt(secret, step));
    await keys.press('Enter');
    await page.waitForURL(`${relay.url}/`);
    await page.goto(`${relay.url}/account`);
    await page.getByText('This browser', { exact: true }).waitFor();
    await keys.use('button', 'Turn it off');
    await keys.write('Your password', PASSWORD);
    await keys.write('Code', codes[0]);
    await keys.press('Enter');
    await page.getByRole('button', { name: 'Set it up' }).waitFor();
    await keys.keeps('turning the second factor off');
    t.diagnostic(`${keys.stops} stops in all`);
    await closeFine(page);
});

test('announce a show and change it', { timeout: 90_000 }, async (t) => {
    const [page, keys] = await open('ann', '/schedule');
    await page.getByLabel('Title').waitFor();
    t.diagnostic(`schedule: ${(await keys.round()).length} stops`);
    await keys.write('Title', 'Paper brids');
    await keys.write('Description', 'Bring a **sheet**.');
    await keys.to('textbox', 'Begins');
    const tomorrow = new Date(Date.now() + 86_400_000);
    const two = (n) => String(n).padStart(2, '0');
    await page.keyboard.type(`${two(tomorrow.getMonth() + 1)}${two(tomorrow.getDate())}${tomorrow.getFullYear()}`);
    await keys.press('ArrowRight');
    await page.keyboard.type('0815PM');
    await keys.to('combobox', 'Category');
    await page.keyboard.type('Art');
    await keys.write('Tags', 'paper, birds');
    await keys.use('radio', /^Everybody/, 'Space');
    await keys.use('button', 'Announce');
    await page.getByRole('heading', { level: 1, name: 'Paper brids' }).waitFor();
    await keys.keeps('announcing');
    await keys.use('link', 'Back to your shows');
    await page.waitForURL('**/account');
    await page.getByText('Paper brids').waitFor();
    await keys.use('link', 'Change: Paper brids');
    await page.waitForURL('**/schedule?show=*');
    await page.getByLabel('Title').waitFor();
    await keys.write('Title', TITLE);
    await keys.use('button', 'Save changes');
    await page.waitForURL('**/account');
    await page.getByText(TITLE).waitFor();
    const { items } = await (await fetch(`${relay.url}/api/v1/shows?state=scheduled`)).json();
    const [show] = items;
    assert.deepEqual([show.title, show.category, show.tags], [TITLE, 'art', ['paper', 'birds']]);
    assert.ok(Date.parse(show.startsAt) > Date.now() && Date.parse(show.startsAt) < Date.now() + 3 * 86_400_000, show.startsAt);
    showId = show.id;
    await closeFine(page);
});

test('search, follow, be reminded', { timeout: 90_000 }, async (t) => {
    await member(relay, 'bea');
    const [page, keys] = await open('bea', '/sign-in?next=/');
    await signIn(page, keys, 'bea');
    await page.getByRole('heading', { name: 'Coming up' }).waitFor();
    t.diagnostic(`home: ${(await keys.round()).length} stops`);
    await keys.write('Search shows', 'paper', 'searchbox');
    await page.getByRole('region', { name: 'Found' }).getByRole('link', { name: TITLE }).waitFor();
    await keys.use('link', new RegExp(TITLE));
    await page.waitForURL(`**/show/${showId}`);
    await page.getByRole('button', { name: 'Follow' }).waitFor();
    t.diagnostic(`a show to come: ${(await keys.round()).length} stops`);
    await keys.use('button', 'Follow');
    await page.getByRole('button', { name: 'Following', pressed: true }).waitFor();
    await keys.keeps('following');
    await keys.use('button', 'Remind me');
    await page.getByRole('button', { name: 'Remind me', pressed: true }).waitFor();
    await keys.keeps('wanting to be reminded');
    await page.goto(`${home('bea')}/@ann`);
    await page.getByRole('link', { name: TITLE }).waitFor();
    t.diagnostic(`profile: ${(await keys.round()).length} stops`);
    await closeFine(page);
});

async function toShowByBell(page, keys) {
    const news = page.getByRole('region', { name: 'Notifications' }).getByRole('link', { name: /Ann is live/ });
    await page.getByRole('button', { name: 'Notifications, 1 new' }).waitFor({ timeout: LONG_MS });
    await keys.use('button', 'Notifications, 1 new');
    await news.waitFor();
    await keys.press('Escape');
    assert.match((await keys.stop()).name, /^Notifications/, 'Escape closes the bell and gives the focus back');
    await keys.press('Enter');
    await news.waitFor();
    await keys.use('link', /Ann is live/);
    await page.waitForURL(`**/show/${showId}`);
    await playing(page);
}

async function playWithKeys(page, keys) {
    const player = (name) => page.evaluate((what) => document.querySelector('tabcast-player')[what], name);
    await keys.use('button', 'Pause');
    await until(() => player('paused'), 'the pause');
    await keys.use('button', 'Play');
    await until(async () => !(await player('paused')), 'the picture to go on');
    if (!(await player('muted'))) {
        await keys.use('button', 'Mute');
        await until(() => player('muted'), 'silence');
    }
    await keys.use('button', 'Unmute');
    await until(async () => !(await player('muted')), 'sound');
    await keys.to('slider', /^Volume/i);
    const volume = await player('volume');
    await keys.press('ArrowLeft');
    await until(async () => (await player('volume')) < volume, 'less volume');
}

async function chooseSizeWithKeys(page, keys) {
    const is = (role) => until(async () => (await keys.stop())?.role === role, `a ${role} to have the focus`);
    const restsText = page.getByText('Audio only. The picture rests.');
    await keys.use('button', 'Settings');
    await is('menuitem');
    await keys.press('Escape');
    assert.equal((await keys.stop()).name, 'Settings', 'Escape gives the focus back');
    await keys.press('Enter');
    await is('menuitem');
    await keys.press('Enter');
    await is('menuitemradio');
    await keys.press('End');
    assert.match((await keys.stop()).name, /^Audio only/);
    await keys.press('Enter');
    await restsText.waitFor();
    assert.equal((await keys.stop()).name, 'Settings', 'and so does choosing');
    await keys.press('Enter');
    await is('menuitem');
    await keys.press('Enter');
    await is('menuitemradio');
    await keys.press('Home');
    await keys.press('ArrowDown');
    assert.match((await keys.stop()).name, /^Auto/);
    await keys.press('Enter');
    await restsText.waitFor({ state: 'hidden' });
}

async function fillScreenWithKeys(page, keys) {
    await keys.use('button', 'Full screen');
    await until(() => page.evaluate(() => document.fullscreenElement !== null), 'the full screen');
    await keys.use('button', 'Leave full screen');
    await until(() => page.evaluate(() => document.fullscreenElement === null), 'the page again');
}

async function endWithKeys(studio, hands) {
    await until(() => studio.evaluate(() => document.querySelector('tabcast-studio').stats.liveForMs > 8000), 'eight seconds of a show', LONG_MS);
    await hands.use('button', 'End show');
    await studio.getByRole('dialog').waitFor();
    await hands.keeps('the question');
    await hands.press('Escape');
    await until(async () => (await hands.stop())?.name === 'End show', 'the focus to be back where the question was asked');
    await hands.press('Enter');
    await studio.getByRole('dialog').waitFor();
    await hands.use('button', 'End show');
    await studio.getByText('The curtain has fallen').waitFor();
    await hands.keeps('the end');
}

test('go live, mute and end in the studio; watch, choose a size, chat', { timeout: 200_000 }, async (t) => {
    const [studio, hands] = await open('ann', '/account');
    await studio.getByText(TITLE).waitFor();
    await hands.use('button', `Open in the studio: ${TITLE}`);
    await studio.waitForURL('**/studio');
    await until(() => studio.evaluate(() => document.querySelector('tabcast-studio')?.publisher.stream !== null), 'the camera', LONG_MS);
    t.diagnostic(`studio: ${(await hands.round()).length} stops`);
    await hands.use('button', 'Go live');
    await studio.getByRole('button', { name: 'End show' }).waitFor({ timeout: LONG_MS });
    await hands.keeps('going live');
    t.diagnostic(`studio, live: ${(await hands.round()).length} stops`);
    const [page, keys] = await open('bea', '/');
    await t.test('the microphone is muted and heard again', async () => {
        await hands.use('button', 'Mute microphone');
        await studio.getByText('Microphone muted').waitFor();
        await hands.keeps('muting');
        await hands.use('button', 'Unmute microphone');
    });
    await t.test('the bell leads to the show', () => toShowByBell(page, keys));
    await t.test('its page is walked all the way round', async () => {
        t.diagnostic(`a live show: ${(await keys.round()).length} stops`);
    });
    await t.test('play, pause, mute, volume', () => playWithKeys(page, keys));
    await t.test('the menu: a size, and back', () => chooseSizeWithKeys(page, keys));
    await t.test('full screen and back', () => fillScreenWithKeys(page, keys));
    await t.test('the chat', async () => {
        await keys.write('Message', 'Hello from a keyboard');
        await keys.press('Enter');
        await page.getByRole('log').getByText('Hello from a keyboard').waitFor();
        await hands.write('Message', 'Hello back');
        await hands.use('button', 'Send');
        await page.getByRole('log').getByText('Hello back').waitFor();
        await hands.keeps('sending');
    });
    await t.test('the end, after a question', () => endWithKeys(studio, hands));
    await closeFine(studio);
    await page.getByText('The curtain has fallen').or(page.getByText('The show has ended')).first().waitFor({ timeout: LONG_MS });
    await closeFine(page);
});

test('play a replay, and seek in it', { timeout: 90_000 }, async (t) => {
    await until(async () => (await fetch(`${relay.url}/api/v1/replays/${showId}`)).ok, 'the replay', LONG_MS);
    const [page, keys] = await open('bea', '/@ann');
    await page.getByRole('region', { name: 'Replays' }).getByRole('link', { name: TITLE }).waitFor();
    await keys.use('link', new RegExp(TITLE));
    await page.waitForURL(`**/replay/${showId}`);
    const player = (name) => page.evaluate((what) => document.querySelector('tabcast-player')[what], name);
    await until(async () => (await player('duration')) > 3, 'its length', LONG_MS);
    t.diagnostic(`replay: ${(await keys.round()).length} stops`);
    if (await player('paused')) await keys.use('button', 'Play');
    await until(async () => (await player('currentTime')) > 0.5, 'it to play');
    await keys.use('button', 'Pause');
    await until(() => player('paused'), 'the pause');
    await keys.to('slider', /^Seek/);
    await keys.press('Home');
    await until(async () => (await player('currentTime')) < 0.1, 'the beginning');
    for (let n = 0; n < 5; n++) await keys.press('ArrowRight'); // each a hundredth of the length
    await until(async () => (await player('currentTime')) > 0.2, 'some steps ahead');
    await keys.press('5');
    await until(async () => Math.abs((await player('currentTime')) - (await player('duration')) / 2) < 0.2, 'the middle');
    await closeFine(page);
});

test('one\'s page and password; and the site, by its admin', { timeout: 120_000 }, async (t) => {
    const [page, keys] = await open('ann', '/account');
    await page.getByText('This browser', { exact: true }).waitFor();
    await keys.write('About you', 'I fold.');
    await keys.use('button', 'Save');
    await page.getByText('Saved.').waitFor();
    await keys.keeps('saving');
    await keys.write('Current password', PASSWORD);
    await keys.write('New password', 'another good password');
    await keys.use('button', 'Change password');
    await page.getByText('Everywhere else you have been signed out').waitFor();
    await keys.keeps('changing the password');
    // The answer waits until the switch has been drawn as one that cannot be used.
    await page.route('**/me/settings', async (route) => {
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        await route.continue();
    });
    await keys.use('checkbox', /^Do not tell me of invitations/, 'Space');
    await page.getByText('Saved.').waitFor();
    await keys.keeps('setting a switch');

    await keys.use('link', 'Run the site');
    await page.waitForURL('**/admin');
    await page.getByText('bea', { exact: true }).first().waitFor();
    t.diagnostic(`admin: ${(await keys.round()).length} stops`);
    await keys.write('Name', 'bea', 'searchbox');
    await keys.press('Enter');
    await until(async () => (await page.locator('tabcast-admin-accounts li').count()) === 1, 'one of them');
    await keys.use('button', 'Ban: bea');
    await page.getByRole('dialog', { name: 'Ban bea?' }).waitFor();
    await keys.press('Escape');
    await until(async () => (await keys.stop())?.name === 'Ban: bea', 'the focus to be back');
    await keys.press('Enter');
    await page.getByRole('dialog', { name: 'Ban bea?' }).waitFor();
    await keys.use('button', 'Ban');
    await page.getByText('Banned since').waitFor();
    await keys.keeps('banning');
    await keys.use('button', 'Take the ban back: bea');
    await page.getByRole('button', { name: 'Ban: bea' }).waitFor();
    await keys.keeps('taking a ban back');
    await keys.to('combobox', 'Role of bea');
    await page.keyboard.type('Mod');
    await page.getByText('bea is now Moderator.').waitFor();
    await keys.keeps('giving a role');
    for (const part of ['Shows', 'Replays', 'Invitations']) {
        await keys.use('link', part);
        await until(() => page.evaluate((name) => location.hash === `#${name.toLowerCase()}`, part), part);
        t.diagnostic(`admin, ${part}: ${(await keys.round()).length} stops`);
    }
    await keys.use('button', 'Make an invitation');
    await page.locator('tabcast-admin-invitations .key').waitFor();
    await keys.keeps('making an invitation');
    await closeFine(page);
});

for (const [name, at] of [['a page that is not there', '/nothing-here'], ['notices', '/notices'], ['search results', '/?q=paper'], ['nobody\'s profile', '/@nobody.here'], ['a reset without a code', '/reset']]) {
    test(`${name}: can be walked all the way round`, { timeout: 60_000 }, async (t) => {
        const [page, keys] = await open('bea', at);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        t.diagnostic(`${(await keys.round()).length} stops`);
        await closeFine(page);
    });
}
