// SPDX-License-Identifier: MIT
// A small player is given a small size in *Auto*, and the best one when it is drawn large.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { endShow, goLive, watch } from '../bench/glass/tabcast.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { launchChromium } from './lib/browsers.mjs';
import { startRelay, until } from './lib/relay.mjs';

let folder, relay, clip;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-small-player-'));
    clip = await makeClip({ out: folder, width: 1280, height: 720, fps: 30, seconds: 6 });
    relay = await startRelay();
});

after(async () => {
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const read = (page) => page.evaluate(() => {
    const { videoWidth, videoHeight, stats, viewer } = document.querySelector('tabcast-player');
    return { size: `${videoWidth}x${videoHeight}`, status: viewer.status, stats };
});

const reach = (page, what, probe, timeoutMs = 20_000) => until(async () => {
    const state = await read(page);
    return probe(state) ? state : null;
}, what, timeoutMs).catch(async (error) => {
    throw new Error(`${error.message}; ${JSON.stringify(await read(page))}`);
});

test('a player of 320 pixels takes 180p, and the best when it is drawn large', { timeout: 90_000 }, async (t) => {
    const chromium = await launchChromium({ camera: clip.camera, microphone: clip.microphone });
    t.after(() => chromium.close());
    const studio = await chromium.context.newPage();
    const showUrl = await goLive(studio, relay.url, 'In a small place');
    const page = await chromium.context.newPage();
    await page.setViewportSize({ width: 320, height: 640 });
    await watch(page, showUrl);
    const small = await reach(page, '180p', (s) => s.size === '320x180' && s.stats.rendition === 2);
    assert.equal(small.stats.framesCorrupted, 0);
    await reach(page, 'pictures that come', (s) => s.stats.framesShown > small.stats.framesShown + 30);
    await page.setViewportSize({ width: 1280, height: 800 });
    const drawnMs = performance.now();
    const large = await reach(page, '720p', (s) => s.size === '1280x720' && s.stats.rendition === 0);
    t.diagnostic(`720p ${(performance.now() - drawnMs).toFixed(0)} ms after the window was drawn larger`);
    assert.equal(large.stats.framesCorrupted, 0);
    await endShow(studio);
});
