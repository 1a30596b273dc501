// SPDX-License-Identifier: MIT
// The studio in WebKitGTK, which is isolated and has no SharedArrayBuffer: with a <video> and a beat, in known colours, and with
// the processor that its workers have (a feature that is off by default there and on in Safari), whose pictures are the mock
// camera's own.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startDesktop } from './lib/desktop.mjs';
import { decodeComplaints, describe } from './lib/media.mjs';
import { assertColours, paintedCamera, setUp } from './lib/painted-camera.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { replayFile } from './lib/replay-file.mjs';
import { launchWebKit } from './lib/webkit.mjs';

let folder, relay, desktop;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-webkit-studio-'));
    relay = await startRelay();
    desktop = await startDesktop();
});

after(async () => {
    await desktop?.close();
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const statsOf = (page) => page.evaluate(() => document.querySelector('tabcast-studio').stats);

/**
 * Goes live, with painted pictures or WebKit's own, ends after 90 pictures; with `hides` 90 more of a page nobody sees.
 * @returns {Promise<{file: string, stats: object, path: string}>}
 */
async function show(page, title, { isPainted, hides }) {
    await page.goto(`${relay.url}/studio`);
    assert.deepEqual(await page.evaluate(() => [crossOriginIsolated, typeof SharedArrayBuffer]), [true, 'undefined']);
    if (isPainted) await page.evaluate(paintedCamera, setUp());
    await page.evaluate((text) => {
        const field = document.querySelector('tabcast-studio').shadowRoot.querySelector('#title');
        field.value = text;
        field.dispatchEvent(new InputEvent('input'));
    }, title);
    await page.click(() => [...document.querySelector('tabcast-studio').shadowRoot.querySelectorAll('button')].find((b) => b.textContent.trim() === 'Go live'));
    await until(async () => (await statsOf(page)).framesEncoded > 90, '90 pictures', 60000);
    if (hides) {
        await page.hide();
        // One a second is the last picture again: thirty seconds of those are no ninety pictures.
        const { framesEncoded } = await statsOf(page);
        await until(async () => (await statsOf(page)).framesEncoded > framesEncoded + 90, '90 pictures of a hidden page', 30000);
    }
    const stats = await statsOf(page);
    const way = await page.evaluate(() => document.querySelector('tabcast-studio').publisher.capturePath);
    const { items } = await (await fetch(`${relay.url}/api/v1/shows?state=live`)).json();
    const { id } = items.find((item) => item.title === title);
    await page.evaluate(() => document.querySelector('tabcast-studio').publisher.endShow());
    const file = await replayFile(relay.url, id, folder);
    return { file, stats, path: way };
}

const PROCESSOR = '--features=+MediaStreamTrackProcessing';
for (const { what, args = [], isPainted = false, hides = false, wanted } of [
    { what: 'by a <video> and a beat', isPainted: true, wanted: 'mailbox' },
    { what: 'by a <video> and a beat, and goes on when hidden', hides: true, wanted: 'mailbox' },
    { what: 'by the processor in its workers, and goes on when hidden', args: [PROCESSOR], hides: true, wanted: 'track' },
]) {
    test(`WebKitGTK goes live ${what}`, { timeout: 120000 }, async (t) => {
        const webkit = await launchWebKit({ env: desktop.env, args });
        try {
            const { file, stats, path: way } = await show(webkit.page, what, { isPainted, hides });
            t.diagnostic(`${stats.framesPerSecond} fps, copy ${stats.copyMs.toFixed(1)} ms, encode ${stats.encodeMs.toFixed(1)} ms`);
            assert.equal(way, wanted);
            assert.equal(stats.threads, 1);
            assert.equal(await decodeComplaints(file), '');
            assert.deepEqual((await describe(file)).codecs.sort(), ['opus', 'vp8']);
            if (isPainted) assertColours(file, 1, what);
        } finally {
            await webkit.close();
        }
    });
}
