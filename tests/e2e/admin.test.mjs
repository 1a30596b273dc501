// SPDX-License-Identifier: MIT
// What whoever runs the site does in the browser: bans, gives links and invitations, ends shows, deletes replays; and
// what its people do with that: a new password, a second factor, a picture. Then each page: accessible, nothing wider
// than the screen, in both themes and at both widths. TABCAST_PICTURES=FOLDER keeps what was seen.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { codeAt, freshStep } from '../contract/lib/totp.mjs';
import { Client, PASSWORD, member } from '../contract/lib/client.mjs';
import { goLive } from '../contract/lib/live.mjs';
import { violations } from './lib/axe.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { startRelay, until } from './lib/relay.mjs';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const PICTURES = process.env.TABCAST_PICTURES;
let relay, chromium, admin, replayId;

before(async () => {
    relay = await startRelay({ args: ['--accounts-per-minute', '100', '--sign-ins-per-minute', '1000'] });
    chromium = await launchChromium({});
    if (PICTURES) await mkdir(PICTURES, { recursive: true });
    admin = await member(relay, 'marguerite', { displayName: 'Marguerite D.' });
    for (const [name, displayName] of [['anselm', 'Anselm'], ['zora', 'Zora & the Owls'], ['pebble', 'Pebble']]) await member(relay, name, { displayName });
    const filmer = await member(relay, 'filmer', { displayName: 'Filmer' });
    replayId = (await record(filmer, 'Owls at dusk')).id;
    for (const title of ['A quiet morning', 'Clay, wheel, water']) await filmer.ask('POST', 'shows', { title, startsAt: new Date(Date.now() + 86_400_000).toISOString() });
});
after(async () => {
    await chromium?.close();
    await relay?.stop();
});

async function record(client, title) {
    const show = (await client.ask('POST', 'shows', { title })).body;
    const peer = await goLive(relay, show);
    peer.say({ type: 'end' });
    await peer.closedWith();
    await until(async () => (await client.ask('GET', `replays/${show.id}`)).status === 200, 'the replay');
    return show;
}

/** Each person has a host of their own, and so cookies of their own. */
const home = (who) => relay.url.replace('127.0.0.1', who ? `${who}.localhost` : 'localhost');

async function open(who, at) {
    const page = await chromium.context.newPage();
    page.errors = collectErrors(page);
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(home(who) + at);
    return page;
}

async function signIn(page, name, password = PASSWORD) {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
}

/** What is asked before something that cannot be taken back. */
const answer = (page, name) => page.locator('tabcast-dialog.confirm').getByRole('button', { name, exact: true }).click();

async function keep(page, name) {
    if (PICTURES) await page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });
}

test('an admin finds somebody, bans them and takes it back, gives a role and a link for a new password, which works once', { timeout: 90_000 }, async () => {
    const page = await open('marguerite', '/sign-in?next=/admin');
    await signIn(page, 'marguerite');
    await page.getByRole('heading', { level: 1, name: 'Running this site' }).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('zora');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('Zora & the Owls').waitFor();
    await until(async () => (await page.locator('tabcast-admin-accounts li').count()) === 1, 'one of them');
    await page.getByRole('button', { name: 'Ban: zora' }).click();
    await keep(page, 'admin-ban-asked');
    await page.getByRole('dialog', { name: 'Ban zora?' }).waitFor();
    await answer(page, 'Ban');
    await page.getByText('Banned since').waitFor();
    assert.equal((await new Client(relay).signIn('zora')).status, 403);
    const banned = await open('zora', '/sign-in');
    await signIn(banned, 'zora');
    await banned.getByRole('alert').filter({ hasText: 'This account is banned' }).waitFor();
    await banned.close();
    await page.getByRole('button', { name: 'Take the ban back: zora' }).click();
    await page.getByRole('button', { name: 'Ban: zora' }).waitFor();
    await page.getByLabel('Role of zora').selectOption('moderator');
    await page.getByText('zora is now Moderator.').waitFor();
    await page.getByRole('button', { name: 'Link for a new password: zora' }).click();
    await page.getByRole('dialog', { name: 'A new password for zora' }).waitFor();
    const link = await page.locator('tabcast-dialog.link .key').innerText();
    assert.match(link, /\/reset#[\w-]{43}$/);
    await keep(page, 'admin-link');
    await page.keyboard.press('Escape');

    const zora = await open('zora', new URL(link).pathname + new URL(link).hash);
    await zora.getByLabel('New password').waitFor();
    assert.equal(new URL(zora.url()).hash, '', 'the code leaves the address bar');
    await zora.getByLabel('New password').fill('short');
    await zora.keyboard.press('Enter');
    await zora.getByRole('alert').filter({ hasText: '8 characters' }).waitFor();
    await zora.getByLabel('New password').fill('owls at the window');
    await keep(zora, 'reset');
    await zora.keyboard.press('Enter');
    await zora.locator('main').getByRole('link', { name: 'Sign in' }).click();
    await signIn(zora, 'zora', 'owls at the window');
    await zora.waitForURL(`${home('zora')}/`);
    // A moderator sees what they may.
    await zora.goto(`${home('zora')}/admin`);
    await zora.getByText('Anselm', { exact: true }).waitFor();
    assert.equal(await zora.getByRole('link', { name: 'Invitations' }).count(), 0);
    assert.equal(await zora.getByLabel(/^Role of/).count(), 0);
    assert.equal(await zora.getByRole('button', { name: 'Ban: marguerite' }).count(), 0);
    assert.equal(await zora.getByRole('button', { name: 'Ban: anselm' }).count(), 1);
    await keep(zora, 'admin-moderator');
    for (const one of [page, zora]) {
        assert.deepEqual(one.errors.filter((e) => !/40[134]/.test(e)), []);
        await one.close();
    }
});

test('shows are ended, replays deleted after a question, invitations made and revoked', { timeout: 90_000 }, async () => {
    const show = (await admin.ask('POST', 'shows', { title: 'To be ended' })).body;
    const peer = await goLive(relay, show);
    const other = await record(admin, 'To be deleted');
    const page = await open('marguerite', '/admin#shows');
    await page.getByText('To be ended', { exact: true }).waitFor();
    await keep(page, 'admin-shows');
    await page.getByRole('button', { name: 'End the show: To be ended' }).click();
    await answer(page, 'End the show');
    await peer.closedWith();
    await page.getByRole('link', { name: 'Replays', exact: true }).click();
    await page.getByRole('button', { name: 'Delete: To be deleted' }).click();
    await answer(page, 'Leave it as it is');
    assert.equal((await admin.ask('GET', `replays/${other.id}`)).status, 200);
    await page.getByRole('button', { name: 'Delete: To be deleted' }).click();
    await answer(page, 'Delete');
    await page.getByText('are free again').waitFor();
    assert.equal((await admin.ask('GET', `replays/${other.id}`)).status, 404);
    await page.getByRole('link', { name: 'Invitations', exact: true }).click();
    await page.getByRole('button', { name: 'Make an invitation' }).click();
    const link = await page.locator('tabcast-admin-invitations .key').innerText();
    await keep(page, 'admin-invitations');
    const guest = await open('newcomer', new URL(link).pathname + new URL(link).hash);
    assert.equal(await guest.getByLabel('Invitation code').inputValue(), new URL(link).hash.slice(1));
    await guest.close();
    await page.getByRole('button', { name: /^Revoke: / }).click();
    await page.getByText('No invitation is open.').waitFor();
    assert.deepEqual(page.errors.filter((e) => !/404/.test(e)), []);
    await page.close();
});

test('a second factor is set up by hand, asked for at the door, and turned off', { timeout: 120_000 }, async () => {
    const page = await open('anselm', '/sign-in?next=/account');
    await signIn(page, 'anselm');
    const card = page.getByRole('region', { name: 'Second factor' });
    await card.getByLabel('Your password').fill(PASSWORD);
    await card.getByRole('button', { name: 'Set it up' }).click();
    await card.getByRole('img', { name: /QR code/ }).waitFor();
    const secret = (await card.locator('.key').innerText()).replace(/\s/g, '');
    assert.match(secret, /^[A-Z2-7]{32}$/);
    await keep(page, 'second-factor-setup');
    const step = await freshStep();
    await card.getByLabel('The code it shows').fill('000000');
    await card.getByRole('button', { name: 'Turn it on' }).click();
    await card.getByRole('alert').filter({ hasText: 'The code is not right' }).waitFor();
    await card.getByLabel('The code it shows').fill(codeAt(secret, step - 1));
    await card.getByRole('button', { name: 'Turn it on' }).click();
    await until(async () => (await card.locator('.codes li').count()) === 10, 'ten recovery codes');
    const codes = await card.locator('.codes li').allInnerTexts();
    await keep(page, 'second-factor-codes');
    await card.getByRole('button', { name: 'I have kept them' }).click();
    await card.getByText('10 recovery codes are left').waitFor();

    const again = await open('elsewhere', '/sign-in?next=/account');
    await signIn(again, 'anselm');
    await again.getByLabel('Code').waitFor();
    await keep(again, 'second-factor-asked');
    await again.getByLabel('Code').fill(codeAt(secret, step - 1));
    await again.keyboard.press('Enter');
    await again.getByRole('alert').filter({ hasText: 'The code is not right' }).waitFor();
    await again.getByLabel('Code').fill(codeAt(secret, step));
    await again.keyboard.press('Enter');
    await again.waitForURL('**/account');
    await again.close();

    await page.reload();
    await card.getByText('Turn it off').first().click();
    await card.getByLabel('Your password').fill(PASSWORD);
    await card.getByLabel('Code').fill(codes[0]);
    await card.getByRole('button', { name: 'Turn it off' }).click();
    await card.getByRole('button', { name: 'Set it up' }).waitFor();
    await page.close();
});

test('a picture is cut to a square, seen on the page and with one\'s shows, and removed', { timeout: 60_000 }, async () => {
    const page = await open('anselm', '/account');
    const card = page.locator('tabcast-own-face');
    const type = () => page.evaluate(async () => (await fetch('/@anselm/picture', { cache: 'reload' })).headers.get('content-type'));
    assert.equal(await type(), 'image/svg+xml');
    // 320 × 200 of two colours, as a PNG that the browser itself made.
    const png = Buffer.from(await page.evaluate(async () => {
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [320, 200];
        const context = canvas.getContext('2d');
        context.fillStyle = '#357';
        context.fillRect(0, 0, 320, 200);
        context.fillStyle = '#fc6';
        context.fillRect(110, 50, 100, 100);
        return canvas.toDataURL('image/png').split(',')[1];
    }), 'base64');
    await card.locator('input[type=file]').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: png });
    await page.getByText('That is how others see you now.').waitFor();
    assert.equal(await type(), 'image/jpeg');
    await keep(page, 'account-picture');
    await card.locator('input[type=file]').setInputFiles({ name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') });
    await card.getByRole('alert').filter({ hasText: 'cannot read that file' }).waitFor();
    await page.goto(`${home('anselm')}/@anselm`);
    const face = page.locator('tabcast-face img').first();
    await until(() => face.evaluate((img) => img.complete && img.naturalWidth === 256), 'the picture on the profile');
    await keep(page, 'profile-picture');
    await page.goto(`${home('anselm')}/account`);
    await card.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Removed.').waitFor();
    assert.equal(await type(), 'image/svg+xml');
    assert.deepEqual(page.errors.filter((e) => !/404/.test(e)), []);
    await page.close();
});

const heading = (page) => page.getByRole('heading', { level: 1 }).waitFor();
const PAGES = {
    'admin-accounts': ['marguerite', '/admin', (page) => page.getByText('Pebble', { exact: true }).waitFor()],
    'admin-shows-list': ['marguerite', '/admin#shows', (page) => page.getByText('A quiet morning').waitFor()],
    'admin-replays': ['marguerite', '/admin#replays', (page) => page.getByText('Owls at dusk').waitFor()],
    'admin-invitations-none': ['marguerite', '/admin#invitations', (page) => page.getByText('No invitation is open.').waitFor()],
    'admin-guest': ['guest', '/admin', heading],
    'admin-member': ['anselm', '/admin', (page) => page.getByText('moderators and admins see more').waitFor()],
    'reset-without-code': ['guest', '/reset', (page) => page.getByRole('alert').waitFor()],
    'account-with-factor': ['anselm', '/account', (page) => page.getByRole('button', { name: 'Set it up' }).waitFor()],
    'home-faces': ['guest', '/', (page) => page.getByRole('heading', { name: 'Replays' }).waitFor()],
    'profile-face': ['guest', '/@filmer', (page) => page.getByRole('link', { name: 'Owls at dusk' }).waitFor()],
};

for (const [name, [who, at, ready]] of Object.entries(PAGES)) {
    test(`${name}: no accessibility violation, nothing wider than the screen, in both themes and at both widths`, { timeout: 60_000 }, async () => {
        assert.ok(replayId);
        for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
            for (const scheme of ['dark', 'light']) {
                const page = await open(who, at);
                await page.setViewportSize(viewport);
                await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
                await ready(page);
                const where = `${name}, ${scheme}, ${size}`;
                await keep(page, `${name}-${size}-${scheme}`);
                assert.deepEqual(await violations(page), [], where);
                assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, `${where}: scrolls sideways`);
                assert.deepEqual(page.errors.filter((e) => !/404/.test(e)), [], where);
                await page.close();
            }
        }
    });
}
