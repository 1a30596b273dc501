// SPDX-License-Identifier: MIT
// Who is in the room, in Chromium: the studio lists who comes and goes, by face and name; who becomes invisible on the
// account's page is a guest there at once, in the list and in the chat. Afterwards its replay: shown to an invited one alone,
// who is told; deleted, and that taken back. TABCAST_PICTURES=FOLDER keeps what was seen.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD, member } from '../contract/lib/client.mjs';
import { Peer, watch } from '../contract/lib/peer.mjs';
import { violations } from './lib/axe.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { startRelay, until } from './lib/relay.mjs';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const PICTURES = process.env.TABCAST_PICTURES;
const LONG_MS = 40_000;
const TITLE = 'Owls at dusk';
const GUEST = /^Guest \d{4}$/;
let relay, chromium, ben, creator, showId;
// Two people in one browser: cookies belong to a host, and this relay has two names.
const home = (who) => (who === 'ben' ? relay.url.replace('127.0.0.1', 'localhost') : relay.url);

before(async () => {
    relay = await startRelay({ args: ['--accounts-per-minute', '100'] });
    chromium = await launchChromium({ autoplay: true });
    const marguerite = await member(relay, 'marguerite', { displayName: 'Marguerite D.' });
    ben = await member(relay, 'ben', { displayName: 'Ben B.' });
    showId = (await marguerite.ask('POST', 'shows', { title: TITLE })).body.id;
    if (PICTURES) await mkdir(PICTURES, { recursive: true });
});
after(async () => {
    await chromium?.close();
    await relay?.stop();
});

async function signedIn(who, at) {
    const page = await chromium.context.newPage();
    page.errors = collectErrors(page);
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`${home(who)}/sign-in?next=${at}`);
    await page.getByLabel('Name', { exact: true }).fill(who);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`**${at}`);
    return page;
}

/** In both themes and at both widths: nothing wider than the screen, nothing axe finds. */
async function look(page, name) {
    for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE }))
        for (const colorScheme of ['dark', 'light']) {
            await page.setViewportSize(viewport);
            await page.emulateMedia({ reducedMotion: 'reduce', colorScheme });
            const where = `${name}, ${colorScheme}, ${size}`;
            if (PICTURES) await page.screenshot({ path: path.join(PICTURES, `${name}-${size}-${colorScheme}.png`), fullPage: true });
            assert.deepEqual(await violations(page), [], where);
            assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, `${where}: scrolls sideways`);
        }
    await page.setViewportSize(DESKTOP);
}

test('the creator sees who comes and goes; who is invisible is a guest at once', { timeout: 180_000 }, async () => {
    creator = await signedIn('marguerite', '/account');
    await creator.getByRole('button', { name: `Open in the studio: ${TITLE}` }).click();
    await creator.waitForURL('**/studio');
    await until(() => creator.evaluate(() => document.querySelector('tabcast-studio')?.publisher.stream !== null), 'the camera', LONG_MS);
    await creator.getByRole('button', { name: 'Go live' }).click();
    await creator.getByText('Who is here: 0').click({ timeout: LONG_MS });
    await creator.getByText('Nobody yet.').waitFor();

    const guest = await watch(relay.url, showId, { name: 'Zoë' });
    const peer = await new Peer(relay.url, { headers: { authorization: `Bearer ${ben.token}` } }).opened();
    peer.say({ type: 'hello', version: 1, role: 'watch', show: showId });
    await peer.text('welcome');
    const list = creator.getByRole('list', { name: 'Who is here' });
    await creator.getByText('Who is here: 2').waitFor();
    assert.deepEqual((await list.getByRole('listitem').allInnerTexts()).map((text) => text.trim()), ['Ben B.', 'Zoë']);
    assert.equal(await list.getByRole('link', { name: 'Ben B., opens in a new tab' }).getAttribute('href'), '/@ben');
    peer.say({ type: 'chat', text: 'hello from Ben' });
    const line = creator.locator('tabcast-chat .line').filter({ hasText: 'hello from Ben' });
    await line.waitFor();
    assert.ok(await until(() => line.locator('tabcast-face img').evaluate((img) => img.complete && img.naturalWidth > 0), 'the face'));
    await look(creator, 'audience');
    guest.end();
    await creator.getByText('Zoë left').waitFor();
    await creator.getByText('Who is here: 1').waitFor();

    const account = await signedIn('ben', '/account');
    const box = account.getByRole('checkbox', { name: 'Be invisible in shows' });
    await box.check();
    await account.getByText('Saved.').waitFor();
    await until(async () => GUEST.test((await list.getByRole('listitem').allInnerTexts())[0]?.trim()), 'a guest in the place of Ben');
    assert.equal(await list.getByRole('link').count(), 0);
    await look(account, 'settings');
    // The page of one who is invisible says as whom they are there, and offers no other name.
    await account.goto(`${home('ben')}/show/${showId}`);
    await account.getByText(/as Guest \d{4}/i).waitFor({ timeout: LONG_MS });
    assert.equal(await account.getByRole('button', { name: /change/i }).filter({ hasText: 'Guest' }).count(), 0);
    await account.getByRole('textbox', { name: 'Message' }).fill('nobody you know');
    await account.keyboard.press('Enter');
    const hidden = creator.locator('tabcast-chat .line').filter({ hasText: 'nobody you know' });
    await hidden.waitFor();
    assert.match((await hidden.locator('.name').innerText()).trim(), GUEST);
    assert.equal(await hidden.locator('tabcast-face').count(), 0);
    peer.end();
    await account.close();
    await creator.getByRole('button', { name: 'End show' }).click();
    await creator.getByRole('dialog').getByRole('button', { name: 'End show' }).click();
    await until(async () => (await fetch(`${relay.url}/api/v1/replays/${showId}`)).status === 200, 'the replay', LONG_MS);
    assert.deepEqual(creator.errors, []);
});

test('who may watch the replay is changed, who is invited is told, and a deleted one is taken back', { timeout: 120_000 }, async () => {
    await creator.goto(`${home('marguerite')}/account`);
    await creator.getByRole('link', { name: `Who may watch: ${TITLE}` }).click();
    await creator.getByRole('heading', { level: 1, name: 'Who may watch the replay' }).waitFor();
    await creator.getByRole('radio', { name: /^Whom I invite/ }).check();
    await creator.getByLabel('Invited').fill('nobody-here');
    await creator.getByRole('button', { name: 'Save changes' }).click();
    await creator.getByRole('alert').filter({ hasText: 'one of these names is nobody' }).waitFor();
    await creator.getByLabel('Invited').fill('Ben');
    await look(creator, 'replay-door');
    await creator.getByRole('button', { name: 'Save changes' }).click();
    await creator.waitForURL('**/account');
    await creator.getByText(/Over · .*Private/).waitFor();
    assert.equal((await fetch(`${relay.url}/replays/${showId}.webm`)).status, 404);

    const fan = await signedIn('ben', '/');
    await fan.getByRole('button', { name: 'Notifications, 1 new' }).click({ timeout: LONG_MS });
    const told = fan.getByRole('region', { name: 'Notifications' }).getByRole('link', { name: /Marguerite D\. invited you/ });
    assert.equal(await told.getAttribute('href'), `/replay/${showId}`);
    await told.click();
    await fan.waitForFunction(() => document.querySelector('tabcast-player')?.stats?.framesDecoded > 0, null, { timeout: LONG_MS });

    await creator.getByRole('button', { name: `Delete the replay: ${TITLE}` }).click();
    await creator.getByText(`The replay of “${TITLE}” is deleted.`).waitFor();
    assert.equal((await ben.ask('GET', `replays/${showId}`)).status, 404);
    await creator.getByRole('button', { name: 'Undo' }).click();
    await creator.getByText('The replay is there again.').waitFor();
    await creator.getByRole('link', { name: `Replay: ${TITLE}` }).waitFor();
    assert.equal((await ben.ask('GET', `replays/${showId}`)).status, 200);
    // One click is enough to be told of no more invitations.
    await fan.goto(`${home('ben')}/`);
    await fan.getByRole('button', { name: /^Notifications/ }).click();
    await fan.getByRole('button', { name: 'No more invitations here' }).click();
    await fan.getByText('Nothing yet').waitFor();
    assert.equal((await ben.ask('GET', 'accounts/me/settings')).body.mutesInvitations, true);
    await fan.close();
});
