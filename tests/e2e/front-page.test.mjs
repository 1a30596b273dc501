// SPDX-License-Identifier: MIT
// The front page by itself, in Chromium: a show with a cover is announced, goes live, is watched, ends and becomes a replay, and
// all of that appears without a reload and with few questions. TABCAST_PICTURES=FOLDER keeps what was seen.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD, member } from '../contract/lib/client.mjs';
import { watch } from '../contract/lib/peer.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { projectRoot, startRelay } from './lib/relay.mjs';
import { startWirePublisher } from './lib/wire-publisher.mjs';

const PICTURES = process.env.TABCAST_PICTURES;
const clip = path.join(projectRoot, 'tests/golden/ffmpeg-vp8-opus.webm');
const picture = path.join(projectRoot, 'tests/fuzz/corpus/image_check/interlaced.png');
let relay, chromium, owner;

before(async () => {
    relay = await startRelay();
    chromium = await launchChromium({ autoplay: true });
    owner = await member(relay, 'marguerite');
    if (PICTURES) await mkdir(PICTURES, { recursive: true });
});
after(async () => {
    await chromium?.close();
    await relay?.stop();
});
const keep = (page, name) => PICTURES && page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });

test('what happens appears on the front page without a reload', { timeout: 150_000 }, async () => {
    const front = await chromium.context.newPage();
    front.errors = collectErrors(front);
    let asked = 0;
    front.on('request', (request) => (asked += /\/api\/v1\/(shows|replays)/.test(request.url())));
    await front.goto(`${relay.url.replace('127.0.0.1', 'guest.localhost')}/`);
    await front.getByText('Nobody is on stage right now').waitFor();
    await front.evaluate(() => (window.wasHere = true));

    const studio = await chromium.context.newPage();
    await studio.goto(`${relay.url}/sign-in?next=/schedule`);
    await studio.getByLabel('Name', { exact: true }).fill('marguerite');
    await studio.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await studio.getByRole('button', { name: 'Sign in' }).click();
    await studio.getByLabel('Title').fill('Suddenly on');
    await studio.getByLabel('Begins').fill(new Date(Date.now() + 7_200_000).toISOString().slice(0, 16));
    await studio.getByLabel('Cover').setInputFiles(path.join(projectRoot, 'tests/fuzz/fuzz_image_check.c'));
    await studio.getByRole('alert').filter({ hasText: 'cannot be read' }).waitFor();
    await studio.getByLabel('Cover').setInputFiles(picture);
    await studio.locator('img.cover').waitFor();
    await keep(studio, 'schedule-cover');
    await studio.getByRole('button', { name: 'Announce' }).click();
    await studio.getByRole('heading', { level: 1, name: 'Suddenly on' }).waitFor();
    const key = await studio.locator('.key').innerText();

    const card = front.getByRole('region', { name: 'Coming up' }).getByRole('link', { name: 'Suddenly on' });
    await card.waitFor();
    await front.waitForFunction(() => [...document.querySelectorAll('tabcast-show-card')].some((c) => c.shadowRoot.querySelector('tabcast-poster')?.shadowRoot.querySelector('img')?.src.includes('/covers/')));
    await keep(front, 'home-coming');
    const [show] = (await owner.ask('GET', 'shows?creator=me')).body.items;
    await studio.goto(`${relay.url}/show/${show.id}`);
    await studio.waitForFunction(() => document.querySelector('img.cover')?.naturalWidth > 0);
    await keep(studio, 'show-cover');

    const publisher = await startWirePublisher(relay.url, { file: clip, show: { id: show.id, key } });
    await front.getByRole('region', { name: 'Live now' }).getByRole('link', { name: 'Suddenly on' }).waitFor();
    await studio.close();
    const viewers = [await watch(relay.url, show.id), await watch(relay.url, show.id)];
    await front.getByText('2 watching').waitFor();
    await keep(front, 'home-live');
    viewers[0].end();
    await front.getByText('1 watching').waitFor();
    await publisher.end();
    await front.getByRole('region', { name: 'Replays' }).getByRole('link', { name: 'Suddenly on' }).waitFor();
    await front.getByText('Nobody is on stage right now').waitFor();
    assert.equal(await front.evaluate(() => window.wasHere), true, 'it was loaded anew');
    assert.ok(asked < 30, `${asked} questions`);
    assert.deepEqual(front.errors, []);
    await front.close();
});
