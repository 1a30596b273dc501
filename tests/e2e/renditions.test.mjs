// SPDX-License-Identifier: MIT
// Sizes of a show in Chromium: a studio of 720p, a viewer that chooses 360p by the keyboard, then sound alone, then Auto again, and one
// whose line narrows and widens. Pictures are known by their counters and sizes; the recording has the best size from first to last.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { endShow, goLive, watch } from '../bench/glass/tabcast.mjs';
import { startSlowLine } from '../bench/start/slow-line.mjs';
import { readCounter } from '../media/barcode.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { violations } from './lib/axe.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { decodeComplaints, describe, ffprobeComplaints, mediaconchVerdicts } from './lib/media.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { replayFile } from './lib/replay-file.mjs';

const FAST = { rateBps: 40_000_000, roundTripMs: 10, queueBytes: 48_000 };
/** Less than 720p needs, more than 360p does. */
const NARROW_BPS = 950_000;
let folder, relay, chromium;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-renditions-'));
    const clip = await makeClip({ out: folder, width: 1280, height: 720, fps: 30, seconds: 6 });
    relay = await startRelay();
    chromium = await launchChromium({ camera: clip.camera, microphone: clip.microphone });
});

after(async () => {
    await chromium?.close();
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const statsOf = (page) => page.evaluate(() => document.querySelector('tabcast-studio').stats);
const read = (page) => page.evaluate(() => {
    const { videoWidth, videoHeight, stats, viewer } = document.querySelector('tabcast-player');
    return { size: `${videoWidth}x${videoHeight}`, status: viewer.status, stats, renditions: viewer.room.renditions, isSoundAlone: viewer.room.isSoundAlone };
});

/** Counters of the pictures on show until `count` different ones were read. */
async function counters(page, count) {
    const seen = [];
    await until(async () => {
        const luma = await page.evaluate(() => {
            const sink = document.querySelector('tabcast-player').shadowRoot.querySelector('video, canvas');
            const canvas = Object.assign(document.createElement('canvas'), { width: 80, height: 4 });
            const pen = canvas.getContext('2d');
            const [width, height] = [sink.videoWidth ?? sink.width, sink.videoHeight ?? sink.height];
            pen.drawImage(sink, 0, height / 45, width, height / 45, 0, 0, 80, 4);
            const { data } = pen.getImageData(0, 1, 80, 1);
            return Array.from({ length: 20 }, (_, i) => data[(i * 4 + 2) * 4 + 1]);
        });
        const counter = readCounter(luma);
        if (counter !== seen.at(-1)) seen.push(counter);
        return seen.length >= count;
    }, `${count} different pictures`);
    return seen;
}

const reach = (page, what, probe, timeoutMs = 20_000) => until(async () => {
    const state = await read(page);
    return probe(state) ? state : null;
}, what, timeoutMs).catch(async (error) => {
    throw new Error(`${error.message}; ${JSON.stringify(await read(page))}`);
});

/** Sizes of the pictures in a file, in order, each once per run. */
function sizesIn(file) {
    const frames = JSON.parse(execFileSync('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_frames', '-show_entries', 'frame=width,height', '-of', 'json', file], { maxBuffer: 1 << 28 })).frames;
    return frames.map(({ width, height }) => `${width}x${height}`).filter((size, i, all) => size !== all[i - 1]);
}

test('a viewer chooses a size, sound alone and Auto; the recording is of the best', { timeout: 200_000 }, async (t) => {
    const studio = await chromium.context.newPage();
    const errors = collectErrors(studio);
    const showUrl = await goLive(studio, relay.url, 'In three sizes');
    const page = await chromium.context.newPage();
    errors.push(...collectErrors(page));
    await watch(page, showUrl);
    const first = await reach(page, 'the best size', (s) => s.size === '1280x720' && s.renditions.length === 3);
    assert.deepEqual(first.renditions.map(({ width, height }) => `${width}x${height}`), ['1280x720', '640x360', '320x180']);
    assert.deepEqual((await statsOf(studio)).renditions.map(({ state }) => state), ['sent', 'idle', 'idle']);
    const player = page.getByRole('region', { name: 'Player' });
    const opener = player.getByRole('button', { name: 'Settings' });

    await t.test('360p by the keyboard alone', async () => {
        await opener.focus();
        await page.keyboard.press('ArrowDown');
        await page.getByRole('menuitem', { name: /^Quality Auto, now 720p/ }).waitFor();
        await page.keyboard.press('ArrowRight');
        await page.getByRole('menuitemradio', { name: /^Auto/, checked: true }).waitFor();
        assert.deepEqual(await page.getByRole('menuitemradio').allInnerTexts().then((all) => all.map((text) => text.split('\n')[0])), ['Auto', '720p', '360p', '180p', 'Audio only']);
        assert.deepEqual((await violations(page)).filter((line) => line.includes('tabcast-player')), []);
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await page.getByRole('menu').waitFor({ state: 'detached' });
        const askedMs = performance.now();
        const small = await reach(page, '360p', (s) => s.size === '640x360' && s.stats.rendition === 1);
        t.diagnostic(`360p on show ${(performance.now() - askedMs).toFixed(0)} ms after the choice`);
        assert.equal(small.stats.framesCorrupted, 0);
        const seen = await counters(page, 10);
        assert.ok(!seen.includes(-1), `each can be read: ${seen}`);
        await until(async () => (await statsOf(studio)).renditions[1].state === 'sent' && (await statsOf(studio)).renditions[1].framesPerSecond > 5, 'the studio to make it');
        assert.equal(await page.evaluate(() => localStorage.getItem('tabcast-size')), '360p');
    });

    await t.test('it is remembered', async () => {
        await page.reload();
        await reach(page, '360p at once', (s) => s.size === '640x360');
        await opener.click();
        await page.getByRole('menuitem', { name: /^Quality 360p/ }).click();
        await page.getByRole('menuitemradio', { name: '360p', checked: true }).waitFor();
        await page.keyboard.press('Escape');
        await page.keyboard.press('Escape');
        await page.getByRole('menu').waitFor({ state: 'detached' });
        const sound = page.getByRole('button', { name: /tap for sound/i });
        if (await sound.isVisible()) await sound.click();
    });

    await t.test('audio only: no pictures come, the sound goes on and it is said', async () => {
        await opener.click();
        await page.getByRole('menuitem', { name: /^Quality/ }).click();
        await page.getByRole('menuitemradio', { name: /^Audio only/ }).click();
        await reach(page, 'sound alone', (s) => s.isSoundAlone && s.stats.bitrateBps < 200_000 && s.stats.isSoundMaster);
        await page.getByText('Audio only. The picture rests.').waitFor();
        const { stats } = await read(page);
        await until(async () => (await statsOf(studio)).renditions[1].state === 'idle', 'the studio to rest', 15_000);
        const later = await read(page);
        assert.equal(later.stats.framesDecoded, stats.framesDecoded);
        assert.equal(later.status, 'playing');
        assert.equal(later.stats.stalls, stats.stalls);
    });

    await t.test('Auto: the best again, from a key frame on', async () => {
        await opener.click();
        await page.getByRole('menuitem', { name: /^Quality Audio only/ }).click();
        await page.getByRole('menuitemradio', { name: /^Auto/ }).click();
        const best = await reach(page, 'the best size', (s) => s.size === '1280x720' && s.stats.rendition === 0 && !s.isSoundAlone);
        assert.equal(best.stats.framesCorrupted, 0);
        assert.ok(!(await counters(page, 10)).includes(-1));
        await page.getByText('Audio only. The picture rests.').waitFor({ state: 'detached' });
    });

    await t.test('on a phone all of it is within reach of a finger', async () => {
        const size = page.viewportSize();
        await page.setViewportSize({ width: 360, height: 740 });
        await opener.click();
        await page.getByRole('menuitem', { name: /^Quality/ }).click();
        const items = page.getByRole('menu').getByRole('menuitemradio');
        for (const item of await items.all()) {
            const box = await item.boundingBox();
            assert.ok(box.x >= 0 && box.x + box.width <= 360 && box.y >= 0 && box.y + box.height <= 740 && box.height >= 44, JSON.stringify(box));
        }
        await items.filter({ hasText: '180p' }).click();
        await page.getByRole('menu').waitFor({ state: 'detached' });
        await reach(page, '180p', (s) => s.size === '320x180');
        assert.ok(!(await counters(page, 5)).includes(-1));
        await page.setViewportSize(size);
    });

    const id = showUrl.split('/').pop();
    await endShow(studio);
    await studio.getByText('The curtain has fallen').waitFor();
    const file = await replayFile(relay.url, id, folder);
    assert.equal(await ffprobeComplaints(file), '');
    assert.equal(await decodeComplaints(file), '');
    assert.deepEqual(await mediaconchVerdicts(file), ['pass!', 'pass!']);
    const { width, height, codecs } = await describe(file);
    assert.deepEqual([width, height, codecs.sort()], [1280, 720, ['opus', 'vp8']]);
    t.diagnostic(`sizes in the recording: ${sizesIn(file)}`);
    assert.equal(sizesIn(file)[0], '1280x720');
    assert.ok(sizesIn(file).every((size) => !['640x360', '320x180'].includes(size)), 'the best rendition only');
    assert.deepEqual(errors, []);
    await page.close();
    await studio.close();
});

test('a viewer whose line narrows gets the smaller size, and the best again when it widens', { timeout: 200_000 }, async (t) => {
    const line = await startSlowLine(relay.url, FAST);
    t.after(() => line.close());
    const studio = await chromium.context.newPage();
    const showUrl = await goLive(studio, relay.url, 'Over a line that narrows');
    const page = await chromium.context.newPage();
    await page.addInitScript(() => localStorage.removeItem('tabcast-size'));
    await watch(page, showUrl.replace(relay.url, line.url));
    await reach(page, 'the best size', (s) => s.size === '1280x720' && s.status === 'playing');
    const startMs = performance.now();
    const since = () => `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
    line.setRate(NARROW_BPS);
    await reach(page, '360p', (s) => s.size === '640x360', 60_000);
    t.diagnostic(`360p after ${since()} at ${NARROW_BPS / 1000} kbit/s`);
    const small = await read(page);
    await reach(page, 'pictures that come', (s) => s.stats.framesShown > small.stats.framesShown + 60 && s.status === 'playing', 30_000);
    assert.ok(!(await counters(page, 6)).includes(-1));
    line.setRate(FAST.rateBps);
    const wideMs = performance.now();
    await reach(page, 'the best size', (s) => s.size === '1280x720' && s.stats.rendition === 0, 90_000);
    t.diagnostic(`720p ${((performance.now() - wideMs) / 1000).toFixed(1)} s after the line was wide again`);
    assert.equal((await read(page)).stats.framesCorrupted, 0);
    await endShow(studio);
    await page.close();
    await studio.close();
});
