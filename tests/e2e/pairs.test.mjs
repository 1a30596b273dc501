// SPDX-License-Identifier: MIT
// Shows between different browsers, real ones with sound devices: each of the three makes one and watches one, with and
// without SharedArrayBuffer, in front and hidden. A cut of tests/bench/pairs/pairs.mjs, which has all twenty.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openPage } from '../bench/pairs/engines.mjs';
import { endShow, goLive, runPair, watch } from '../bench/pairs/pair.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { startDesktop } from './lib/desktop.mjs';
import { startRelay, until } from './lib/relay.mjs';

const SECONDS = 6;
let folder, clip, relay, desktop;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-pairs-'));
    clip = await makeClip({ out: folder, width: 640, height: 360, fps: 30, seconds: 10 });
    relay = await startRelay();
    desktop = await startDesktop();
});

after(async () => {
    await desktop?.close();
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const side = (engine, { hasSharedMemory = true, isHidden = false } = {}) => ({ engine, hasSharedMemory, isHidden });
const isAlone = { hasSharedMemory: false };

for (const [name, publisher, viewer] of [
    ['Chromium to WebKitGTK', side('chromium'), side('webkit')],
    ['WebKitGTK to Chromium, no SharedArrayBuffer in WebKitGTK', side('webkit', isAlone), side('chromium')],
    ['Chromium to Firefox, no SharedArrayBuffer in either', side('chromium', isAlone), side('firefox', isAlone)],
    ['Firefox to WebKitGTK, no SharedArrayBuffer in either', side('firefox', isAlone), side('webkit', isAlone)],
    ['Chromium in a hidden tab to Chromium', side('chromium', { isHidden: true }), side('chromium')],
    ['Chromium to Chromium in a hidden tab', side('chromium'), side('chromium', { isHidden: true })],
]) {
    test(name, { timeout: 120_000 }, async (t) => {
        const r = await runPair({ publisher, viewer }, { relayUrl: relay.url, desktop, clip, seconds: SECONDS });
        t.diagnostic(`${r.fps.toFixed(1)} pictures a second, latency p50 ${r.p50.toFixed(0)} ms, p95 ${r.p95.toFixed(0)} ms, ${r.beeps} beeps, sound ${r.offset.toFixed(0)} ms from the picture`);
        assert.deepEqual(r.hasSharedMemory, [publisher.hasSharedMemory, viewer.hasSharedMemory], 'SharedArrayBuffer');
        assert.ok(r.pictures >= 10, `only ${r.pictures} different pictures`);
        assert.equal(r.unreadable, 0, 'pictures whose counter cannot be read');
        assert.ok(r.beeps >= SECONDS / 2, `only ${r.beeps} beeps in ${SECONDS} s`);
        assert.ok(r.p50 < 2000, `the picture is ${r.p50} ms behind`);
        assert.ok(r.isSoundMaster, 'the sound leads');
    });
}

test("WebKitGTK's own mock camera and microphone, as they are", { timeout: 120_000 }, async (t) => {
    const pages = [];
    try {
        const publisher = await openPage('webkit', { relayUrl: relay.url, desktop, clip, hasSharedMemory: false, isMock: true });
        pages.push(publisher);
        const show = await goLive(publisher, 'A mock camera');
        const viewer = await openPage('chromium', { relayUrl: relay.url, desktop, clip });
        pages.push(viewer);
        await watch(viewer, show);
        const seen = await until(async () => {
            const { pictures, level } = await viewer.evaluate(() => window.__senses(3000));
            return pictures >= 20 && level > 0.01 && { pictures, level };
        }, 'moving pictures and sound', 30_000);
        t.diagnostic(`${seen.pictures} different pictures in 3 s, sound at ${(20 * Math.log10(seen.level)).toFixed(0)} dB`);
        assert.equal(await viewer.evaluate(() => document.querySelector('tabcast-player').stats.framesCorrupted), 0);
        await endShow(publisher);
    } finally {
        for (const page of pages.reverse()) await page.close();
    }
});
