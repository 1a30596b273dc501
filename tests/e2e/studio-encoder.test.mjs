// SPDX-License-Identifier: MIT
// The studio's encoder in Chromium: the rehearsal finds out whether a second thread pays, and the show is made with what it
// found; without shared memory there is one thread and no question.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { endShow, goLive } from '../bench/glass/tabcast.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { patchWorkers } from './lib/worker-patch.mjs';

let folder, relay, clip, chromium;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-encoder-'));
    clip = await makeClip({ out: folder, width: 1280, height: 720, fps: 30, seconds: 4 });
    relay = await startRelay();
    chromium = await launchChromium({ camera: clip.camera, microphone: clip.microphone });
});

after(async () => {
    await chromium?.close();
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const statsOf = (page) => page.evaluate(() => document.querySelector('tabcast-studio').stats);

test('a second thread is tried before the show and taken only when it pays', { timeout: 120000 }, async (t) => {
    const page = await chromium.context.newPage();
    const errors = collectErrors(page);
    await page.goto(`${relay.url}/studio`);
    assert.equal(await page.evaluate(() => crossOriginIsolated && typeof SharedArrayBuffer === 'function'), true);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    if (cores > 1) await until(async () => !Number.isNaN((await statsOf(page)).threadTrial.oneMs), 'the trial of a second thread', 60000);
    const { threadTrial } = await statsOf(page);
    t.diagnostic(`a picture takes ${threadTrial.oneMs.toFixed(1)} ms with one thread, ${threadTrial.manyMs.toFixed(1)} ms with two: ${threadTrial.threads} taken`);
    if (threadTrial.manyMs > 0.75 * threadTrial.oneMs) assert.equal(threadTrial.threads, 1);
    await goLive(page, relay.url, 'With as many threads as pay').catch(async () => assert.fail(JSON.stringify(errors)));
    await until(async () => (await statsOf(page)).framesEncoded > 60, 'two seconds of the show');
    const live = await statsOf(page);
    // goLive() opened the page anew: the show may have begun before the second trial was over.
    assert.ok([1, live.threadTrial.threads].includes(live.threads), `${live.threads} threads`);
    await endShow(page);
    assert.deepEqual(errors, []);
    await page.close();
});

test('without shared memory there is one thread', { timeout: 90000 }, async () => {
    // As WebKit: isolated, without SharedArrayBuffer.
    const without = await launchChromium({ bypassCSP: true, camera: clip.camera, microphone: clip.microphone });
    try {
        await without.context.addInitScript(patchWorkers, 'delete globalThis.SharedArrayBuffer');
        const page = await without.context.newPage();
        const errors = collectErrors(page);
        await goLive(page, relay.url, 'On one thread');
        await until(async () => (await statsOf(page)).framesEncoded > 60, 'two seconds of the show');
        const stats = await statsOf(page);
        assert.equal(stats.threads, 1);
        assert.ok(Number.isNaN(stats.threadTrial.oneMs));
        await endShow(page);
        assert.deepEqual(errors, []);
    } finally {
        await without.close();
    }
});
