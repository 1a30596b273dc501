// SPDX-License-Identifier: MIT
// What happens to an account reaches the page that watches, in Chromium: who signs out in another tab watches on as a guest,
// without a new connection; whose invitation is withdrawn sees what everybody else sees of a private show; who is banned
// reads why, and does not come back by themselves.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD, member } from '../contract/lib/client.mjs';
import { watch } from '../contract/lib/peer.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { projectRoot, startRelay, until } from './lib/relay.mjs';
import { startWirePublisher } from './lib/wire-publisher.mjs';

const clip = path.join(projectRoot, 'tests/golden/ffmpeg-vp8-opus.webm');
const LONG_MS = 40_000;
/** Several times what a page waits before it tries a lost connection again. */
const SETTLED_MS = 3000;
let relay, chromium, admin, owner, show, publisher;

before(async () => {
    relay = await startRelay({ args: ['--accounts-per-minute', '100', '--threads', '2'] });
    chromium = await launchChromium({ autoplay: true });
    admin = await member(relay, 'admin');
    owner = await member(relay, 'marguerite');
    await member(relay, 'ben', { displayName: 'Ben B.' });
    show = (await owner.ask('POST', 'shows', { title: 'Owls at dusk' })).body;
    publisher = await startWirePublisher(relay.url, { file: clip, show });
});
after(async () => {
    await publisher?.end();
    await chromium?.close();
    await relay?.stop();
});

/** Ben, who has signed in and watches. */
async function watching() {
    const page = await chromium.context.newPage();
    page.errors = collectErrors(page);
    await page.goto(`${relay.url}/sign-in?next=/show/${show.id}`);
    await page.getByLabel('Name', { exact: true }).fill('ben');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`**/show/${show.id}`);
    await seesMore(page);
    await page.getByText('as Ben B.').waitFor();
    return page;
}
const decoded = (page) => page.evaluate(() => document.querySelector('tabcast-player')?.stats?.framesDecoded ?? 0);
async function seesMore(page) {
    const before = await decoded(page);
    await until(async () => (await decoded(page)) > before + 5, 'more pictures', LONG_MS);
}
const opened = async () => Number(/^tabcast_sessions_opened_total (\d+)/m.exec(await (await fetch(`${relay.url}/metrics`)).text())[1]);

test('who signs out in another tab watches on as a guest', { timeout: 120_000 }, async () => {
    const page = await watching();
    await page.evaluate(() => {
        globalThis.losses = 0;
        document.querySelector('tabcast-player').viewer.addEventListener('reconnecting', () => (globalThis.losses += 1));
    });
    const other = await chromium.context.newPage();
    await other.goto(`${relay.url}/account`);
    await other.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByText(/^as Guest \d{4}$/).waitFor({ timeout: LONG_MS });
    await seesMore(page);
    await page.getByRole('textbox', { name: 'Message' }).fill('still here');
    await page.keyboard.press('Enter');
    const line = page.locator('tabcast-chat .line').filter({ hasText: 'still here' });
    await line.waitFor();
    assert.match(await line.locator('.name').innerText(), /^Guest \d{4}/);
    assert.equal(await line.locator('tabcast-face').count(), 0);
    assert.equal(await page.evaluate(() => globalThis.losses), 0, 'it is the connection of before');
    assert.deepEqual(page.errors, []);
    await other.close();
    await page.close();
});

test('whose invitation is withdrawn has no such show before them', { timeout: 120_000 }, async () => {
    assert.equal((await owner.ask('PATCH', `shows/${show.id}`, { visibility: 'private', invited: ['ben'] })).status, 200);
    const page = await watching();
    assert.equal((await owner.ask('PATCH', `shows/${show.id}`, { invited: [] })).status, 200);
    await page.getByRole('heading', { name: 'No such show' }).waitFor({ timeout: LONG_MS });
    assert.equal((await owner.ask('PATCH', `shows/${show.id}`, { visibility: 'public' })).status, 200);
    await page.close();
});

test('who is banned reads why, and does not come back', { timeout: 120_000 }, async () => {
    const page = await watching();
    const witness = await watch(relay.url, show.id);
    await witness.until(() => witness.texts.filter((t) => t.type === 'presence').at(-1)?.viewers === 2, 'two viewers');
    const connections = await opened();
    assert.equal((await admin.ask('PATCH', 'admin/accounts/ben', { isBanned: true })).status, 200);
    await page.getByRole('alert').filter({ hasText: 'This account is banned from this site; ask who runs it.' }).waitFor({ timeout: LONG_MS });
    const newestMs = () => (witness.media.at(-1)?.header.timestampUs ?? 0) / 1000;
    const fromMs = newestMs();
    await until(() => newestMs() > fromMs + SETTLED_MS, 'the show going on', LONG_MS);
    assert.equal(await opened(), connections);
    assert.equal(witness.texts.filter((t) => t.type === 'presence').at(-1)?.viewers, 1, 'the witness alone');
    assert.equal(await page.getByRole('alert').count(), 1);
    witness.end();
    await page.close();
});
