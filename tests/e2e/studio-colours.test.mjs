// SPDX-License-Identifier: MIT
// Known colours through every way a picture takes from a browser's camera into the show: the stream of frames, the mailbox, the
// canvas; Chromium and Firefox. The recording, decoded by ffmpeg, must have them as BT.601 limited says. And a camera that is
// turned in the hand while the show is on.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { goLive } from '../bench/glass/tabcast.mjs';
import { launchChromium, launchFirefox } from './lib/browsers.mjs';
import { HEIGHT, WIDTH, assertColours, paintedCamera, setUp } from './lib/painted-camera.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { replayFile } from './lib/replay-file.mjs';
import { patchWorkers } from './lib/worker-patch.mjs';

let folder, relay;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-colours-'));
    relay = await startRelay();
});

after(async () => {
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const studio = (page, body) => page.evaluate(`(() => { const s = document.querySelector('tabcast-studio'); return ${body}; })()`);

/** A show of three seconds in Chromium; the worker's script begins with `patch`. */
async function showInChromium(t, { withoutProcessor = false, patch = '', path: wantedPath }) {
    const chromium = await launchChromium({ bypassCSP: true });
    try {
        await chromium.context.addInitScript(paintedCamera, setUp(withoutProcessor));
        if (patch) await chromium.context.addInitScript(patchWorkers, patch);
        const page = await chromium.context.newPage();
        const id = (await goLive(page, relay.url, `By ${wantedPath}`)).split('/').pop();
        assert.equal(await studio(page, 's.publisher.capturePath'), wantedPath);
        await until(async () => (await studio(page, 's.stats.framesEncoded')) > 90, '90 pictures', 40000);
        t.diagnostic(`copy ${(await studio(page, 's.stats.copyMs')).toFixed(2)} ms`);
        await studio(page, 's.publisher.endShow()');
        return await replayFile(relay.url, id, folder);
    } finally {
        await chromium.close();
    }
}

test('Chromium, the stream of frames', { timeout: 90000 }, async (t) => {
    assertColours(await showInChromium(t, { path: 'stream' }), 2, 'by stream');
});

test('Chromium, the mailbox', { timeout: 90000 }, async (t) => {
    assertColours(await showInChromium(t, { path: 'mailbox', withoutProcessor: true }), 2, 'by mailbox');
});

test('Chromium, frames whose pixels the browser keeps to itself', { timeout: 90000 }, async (t) => {
    const patch = "Object.defineProperty(VideoFrame.prototype, 'format', { get: () => null });";
    assertColours(await showInChromium(t, { path: 'stream', patch }), 2, 'by canvas');
});

test('Chromium: a phone that is turned while live stands upright from then on', { timeout: 90000 }, async () => {
    const chromium = await launchChromium();
    try {
        await chromium.context.addInitScript(paintedCamera, setUp());
        const page = await chromium.context.newPage();
        const id = (await goLive(page, relay.url, 'Turned')).split('/').pop();
        await until(async () => (await studio(page, 's.stats.framesEncoded')) > 60, 'two seconds', 40000);
        await page.evaluate(() => window.__turn());
        await until(async () => (await studio(page, 's.stats.renditions[0].width')) === HEIGHT, 'an upright picture');
        assert.equal(await studio(page, 's.stats.renditions[0].height'), WIDTH);
        const turned = await studio(page, 's.stats.framesEncoded');
        await until(async () => (await studio(page, 's.stats.framesEncoded')) > turned + 60, 'two seconds upright');
        await page.evaluate(() => window.__turn());
        await until(async () => (await studio(page, 's.stats.renditions[0].width')) === WIDTH, 'a lying picture again');
        await studio(page, 's.publisher.endShow()');
        const file = await replayFile(relay.url, id, folder);
        const sizes = execFileSync('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=width,height', '-of', 'csv=p=0', file], { maxBuffer: 1 << 28 }).toString().trim().split('\n')
            .map((line) => line.replace(/,$/, ''));
        assert.deepEqual(sizes.filter((size, i) => size !== sizes[i - 1]), ['640,360', '360,640', '640,360']);
    } finally {
        await chromium.close();
    }
});

test('Firefox, the mailbox', { timeout: 120000 }, async (t) => {
    const firefox = await launchFirefox();
    try {
        const page = await firefox.browser.newPage();
        await page.evaluateOnNewDocument(paintedCamera, setUp());
        await page.goto(`${relay.url}/studio`);
        const field = await page.waitForFunction(() => document.querySelector('tabcast-studio')?.shadowRoot?.querySelector('#title'));
        await field.asElement().type('Colours of a fox');
        const button = await page.waitForFunction(() => [...document.querySelector('tabcast-studio').shadowRoot.querySelectorAll('button')].find((b) => b.textContent.trim() === 'Go live' && !b.disabled));
        await button.asElement().click();
        await until(async () => (await studio(page, 's.stats.framesEncoded')) > 60, '60 pictures', 60000);
        assert.equal(await studio(page, 's.publisher.capturePath'), 'mailbox');
        t.diagnostic(`copy ${(await studio(page, 's.stats.copyMs')).toFixed(2)} ms`);
        const { items } = await (await fetch(`${relay.url}/api/v1/shows?state=live`)).json();
        await studio(page, 'void s.publisher.endShow()');
        assertColours(await replayFile(relay.url, items.find(({ title }) => title === 'Colours of a fox').id, folder), 1, 'in Firefox');
    } finally {
        await firefox.close();
    }
});
