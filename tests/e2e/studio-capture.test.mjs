// SPDX-License-Identifier: MIT
// The ways a picture comes into the studio, in real browsers: MediaStreamTrackProcessor and mailbox, seen and hidden, Chromium
// and Firefox; and whether sound and picture leave the tab in step.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import { quantile } from '../bench/glass/latency.mjs';
import { endShow, goLive } from '../bench/glass/tabcast.mjs';
import { CELLS, readCounter } from '../media/barcode.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { launchChromium, launchFirefox } from './lib/browsers.mjs';
import { startDesktop } from './lib/desktop.mjs';
import { describe, ffprobeComplaints } from './lib/media.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { replayFile } from './lib/replay-file.mjs';

const PROBE = fileURLToPath(new URL('../bench/glass/probe.js', import.meta.url));
let folder, clip, relay;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-capture-'));
    clip = await makeClip({ out: folder, width: 1280, height: 720, fps: 30, seconds: 6 });
    relay = await startRelay();
});

after(async () => {
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const packetTimes = (file, stream) =>
    JSON.parse(execFileSync('ffprobe', ['-v', 'error', '-select_streams', stream, '-show_entries', 'packet=pts_time', '-of', 'json', file], { maxBuffer: 1 << 28 }))
        .packets.map((p) => Number(p.pts_time) * 1000);

/** [counter, media time in ms] of each picture; -1 when it cannot be read. */
async function picturesOf(file) {
    const times = packetTimes(file, 'v');
    const { width } = await describe(file);
    const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-an', '-vf', `crop=iw:2:0:ih/30,scale=${width}:2,format=gray`, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-'], { maxBuffer: 1 << 30 });
    return times.map((time, i) => {
        const row = raw.subarray(i * width * 2, i * width * 2 + width);
        return [readCounter(Array.from({ length: CELLS }, (_, c) => row[Math.floor(((c + 0.5) * width) / CELLS)])), time];
    });
}

/** Media times in ms at which a 3 kHz beep begins, found as the probe finds them. */
function beepsOf(file) {
    const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-vn', '-ac', '1', '-ar', '48000', '-f', 'f32le', '-'], { maxBuffer: 1 << 28 });
    const samples = new Float32Array(raw.buffer, raw.byteOffset, raw.length / 4);
    const [first] = packetTimes(file, 'a');
    const k = 2 * Math.cos((2 * Math.PI * 3000) / 48000);
    const beeps = [];
    let quiet = 1000;
    for (let at = 0; at + 128 <= samples.length; at += 128) {
        let a = 0;
        let b = 0;
        for (let i = 0; i < 128; i++) [a, b] = [samples[at + i] + k * a - b, a];
        const amplitude = (Math.sqrt(Math.max(0, a * a + b * b - k * a * b)) * 2) / 128;
        if (amplitude <= 0.08) quiet += 1;
        else {
            if (quiet > 60) beeps.push(first + at / 48);
            quiet = 0;
        }
    }
    return beeps;
}

/** Media time minus Unix time of the best joined pairs: the most frequent difference, then all close to it. */
function differences(pairs) {
    const bins = new Map();
    for (const d of pairs) bins.set(Math.round(d / 100), (bins.get(Math.round(d / 100)) ?? 0) + 1);
    const [[mode]] = [...bins].sort((a, b) => b[1] - a[1]);
    return pairs.filter((d) => Math.abs(d - mode * 100) < 200);
}

test('sound and picture leave Chromium in step', { timeout: 120000 }, async (t) => {
    const chromium = await launchChromium({ camera: clip.camera, microphone: clip.microphone, bypassCSP: true });
    try {
        await chromium.context.addInitScript({ path: PROBE });
        const page = await chromium.context.newPage();
        const id = (await goLive(page, relay.url, 'In step')).split('/').pop();
        await until(() => page.evaluate(() => document.querySelector('tabcast-studio').stats.liveForMs > 12_000), 'twelve seconds', 40000);
        const { captured, spoken } = await page.evaluate(() => ({ captured: window.__probe.captured, spoken: window.__probe.spoken }));
        t.diagnostic(JSON.stringify(await page.evaluate(() => document.querySelector('tabcast-studio').stats)));
        await endShow(page);
        const file = await replayFile(relay.url, id, folder);
        assert.equal(await ffprobeComplaints(file), '');
        const pictures = await picturesOf(file);
        assert.equal(pictures.filter(([counter]) => counter < 0).length, 0, 'pictures whose counter cannot be read');
        const ofPictures = differences(pictures.flatMap(([counter, time]) => captured.filter(([c]) => c === counter).map(([, at]) => time - at)));
        assert.ok(ofPictures.length > 100, `only ${ofPictures.length} pictures were identified`);
        // The probe sees a picture on the page's busy main thread, so late at times: its earliest sightings are the true ones.
        const picture = quantile(ofPictures, 0.9);
        const ofBeeps = beepsOf(file).flatMap((time) => {
            const near = spoken.map((at) => time - at).filter((d) => Math.abs(d - picture) < 400);
            return near.length > 0 ? [near.sort((a, b) => Math.abs(a - picture) - Math.abs(b - picture))[0]] : [];
        });
        assert.ok(ofBeeps.length >= 8, `only ${ofBeeps.length} beeps were identified`);
        const offset = quantile(ofBeeps, 0.5) - picture;
        t.diagnostic(`sound against picture at the source: ${offset.toFixed(1)} ms, ${ofPictures.length} pictures, ${ofBeeps.length} beeps`);
        assert.ok(Math.abs(offset) < 60, `${offset} ms`);
    } finally {
        await chromium.close();
    }
});

/** Presses a button of the studio by its name, in a page of puppeteer, as a person would. */
async function press(page, name) {
    const handle = await page.waitForFunction(
        (wanted) => [...document.querySelector('tabcast-studio').shadowRoot.querySelectorAll('button')]
            .find((b) => (b.getAttribute('aria-label') ?? b.textContent).trim() === wanted && !b.disabled && b.getClientRects().length > 0),
        { timeout: 30000 }, name);
    await handle.asElement().click();
}

const studioStats = (page) => page.evaluate(() => document.querySelector('tabcast-studio').stats);

/** Goes live, seen for a while, then hidden behind another tab; ends the show. @returns what came in each part */
async function seenAndHidden(browser, title) {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${relay.url}/studio`);
    const field = await page.waitForFunction(() => document.querySelector('tabcast-studio')?.shadowRoot?.querySelector('#title'));
    await field.asElement().type(title);
    await press(page, 'Go live');
    await until(() => page.evaluate(() => document.querySelector('tabcast-studio').publisher.phase === 'live'), 'the show', 40000);
    await until(async () => (await studioStats(page)).framesEncoded > 90, '90 pictures seen', 40000);
    const seen = await studioStats(page);
    const other = await browser.newPage();
    await other.bringToFront();
    await until(() => page.evaluate(() => document.visibilityState === 'hidden'), 'the tab to be hidden');
    const from = await studioStats(page);
    await until(async () => (await studioStats(page)).liveForMs > from.liveForMs + 4000, 'four seconds hidden');
    const to = await studioStats(page);
    const hiddenFps = ((to.framesEncoded - from.framesEncoded) * 1000) / (to.liveForMs - from.liveForMs);
    await other.close();
    await page.bringToFront();
    await press(page, 'End show');
    await press(page, 'Keep going');
    const items = await page.evaluate(() => fetch('/api/v1/shows?state=live').then((r) => r.json()));
    const { id } = items.items.find((show) => show.title === title);
    await page.evaluate(() => document.querySelector('tabcast-studio').publisher.endShow());
    const file = await replayFile(relay.url, id, folder);
    return { seen, hiddenFps, file, errors };
}

async function assertGoesOn({ seen, hiddenFps, file, errors }, t) {
    t.diagnostic(`seen ${seen.framesPerSecond} fps, encode ${seen.encodeMs.toFixed(1)} ms, copy ${seen.copyMs.toFixed(2)} ms; hidden ${hiddenFps.toFixed(1)} fps`);
    assert.deepEqual(errors, []);
    // A page that is not told of pictures any more gives 1 a second: the worker's repeat of the last one.
    assert.ok(hiddenFps > Math.max(2.5, Math.min(10, seen.framesPerSecond / 2)), `${hiddenFps} fps while hidden`);
    assert.equal(await ffprobeComplaints(file), '');
    assert.deepEqual((await describe(file)).codecs.sort(), ['opus', 'vp8']);
    const gaps = packetTimes(file, 'a').map((time, i, all) => (i === 0 ? 0 : time - all[i - 1]));
    assert.ok(Math.max(...gaps) < 40, `a hole of ${Math.max(...gaps)} ms in the sound`);
}

/** Chromium by puppeteer, whose pages can be hidden. */
const launchPuppeteer = () =>
    puppeteer.launch({
        executablePath: process.env.TABCAST_CHROMIUM ?? '/usr/bin/chromium',
        headless: true,
        args: ['--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream', '--auto-accept-camera-and-microphone-capture',
            `--use-file-for-fake-video-capture=${clip.camera}`, `--use-file-for-fake-audio-capture=${clip.microphone}`],
    });

test('Chromium, tab hidden: the show goes on', { timeout: 120000 }, async (t) => {
    const browser = await launchPuppeteer();
    try {
        await assertGoesOn(await seenAndHidden(browser, 'Behind the curtain'), t);
    } finally {
        await browser.close();
    }
});

test('Chromium without MediaStreamTrackProcessor: the mailbox, seen and hidden', { timeout: 120000 }, async (t) => {
    const browser = await launchPuppeteer();
    try {
        browser.on('targetcreated', async (target) => {
            const page = await target.page();
            await page?.evaluateOnNewDocument(() => delete window.MediaStreamTrackProcessor);
        });
        const result = await seenAndHidden(browser, 'By mailbox');
        await assertGoesOn(result, t);
        const counters = (await picturesOf(result.file)).map(([counter]) => counter);
        assert.equal(counters.filter((c) => c < 0).length, 0, 'pictures whose counter cannot be read');
        assert.ok(new Set(counters).size > 60, `${new Set(counters).size} different pictures`);
    } finally {
        await browser.close();
    }
});

test('Firefox: goes live, seen and hidden', { timeout: 150000 }, async (t) => {
    const desktop = await startDesktop();
    const firefox = await launchFirefox({ headless: false, env: desktop.env });
    try {
        await assertGoesOn(await seenAndHidden(firefox.browser, 'With a fox'), t);
    } finally {
        await firefox.close();
        await desktop.close();
    }
});
