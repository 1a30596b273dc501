// SPDX-License-Identifier: MIT
// How much of a core making a show and watching it take in Chromium (headless, no GPU: the page is painted by the CPU, too),
// all processes of the browser. Two browsers, so that each side has its own tree. Prints a markdown table.
//
//   node tests/bench/cpu/cpu-share.mjs [--source FILM] [--seconds 15] [--rounds 2]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launchChromium } from '../../e2e/lib/browsers.mjs';
import { startRelay } from '../../e2e/lib/relay.mjs';
import { makeClip } from '../../media/make-clip.mjs';
import { endShow, goLive, watch } from '../glass/tabcast.mjs';
import { ownChildren, treeCpuSeconds } from './process-cpu.mjs';

const { values: options } = parseArgs({
    options: { source: { type: 'string' }, seconds: { type: 'string', default: '15' }, rounds: { type: 'string', default: '2' } },
});
const SECONDS = Number(options.seconds);
const SETTLE_MS = 4000;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A Chromium and the process at the top of its tree. */
async function launch(settings) {
    const before = new Set(await ownChildren());
    const browser = await launchChromium({ autoplay: true, ...settings });
    const [root] = (await ownChildren()).filter((pid) => !before.has(pid));
    return { ...browser, root };
}

/** Percent of one core, over some seconds; of several trees at once. */
async function sharesOf(roots) {
    const used = () => Promise.all(roots.map((root) => treeCpuSeconds(root)));
    const from = await used();
    const startMs = Date.now();
    await wait(SECONDS * 1000);
    const to = await used();
    return roots.map((_, i) => ((to[i] - from[i]) * 100_000) / (Date.now() - startMs));
}

const studioStats = (page) => page.evaluate(() => document.querySelector('tabcast-studio').stats);
const framesShown = (page) => page.evaluate(() => document.querySelector('tabcast-player').stats.framesDecoded);

async function round(relay, clip) {
    const rows = {};
    const maker = await launch({ camera: clip.camera, microphone: clip.microphone });
    const watcher = await launch({});
    try {
        const studio = await maker.context.newPage();
        const show = await watcher.context.newPage();
        await show.goto(relay.url);
        await studio.goto(`${relay.url}/studio`);
        await studio.waitForFunction(() => document.querySelector('tabcast-studio').publisher.isPrepared);
        await wait(SETTLE_MS);
        [rows.preview, rows.blank] = await sharesOf([maker.root, watcher.root]);

        const url = await goLive(studio, relay.url, 'CPU share');
        await wait(SETTLE_MS);
        const before = await studioStats(studio);
        [rows.live] = await sharesOf([maker.root]);
        const after = await studioStats(studio);
        rows.encodedPerSecond = (after.framesEncoded - before.framesEncoded) / SECONDS;
        rows.encodeMs = after.encodeMs;

        await watch(show, url);
        await wait(SETTLE_MS);
        const shown = await framesShown(show);
        [rows.liveWatched, rows.watching] = await sharesOf([maker.root, watcher.root]);
        rows.shownPerSecond = ((await framesShown(show)) - shown) / SECONDS;
        await endShow(studio);
    } finally {
        await maker.close();
        await watcher.close();
    }
    return rows;
}

const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-cpu-'));
const relay = await startRelay();
try {
    const clip = await makeClip({ out: folder, width: 1280, height: 720, fps: 30, seconds: 6, source: options.source });
    const rounds = [];
    for (let i = 0; i < Number(options.rounds); i++) rounds.push(await round(relay, clip));
    const all = (key, unit = '') => rounds.map((r) => `${r[key].toFixed(unit === ' ms' ? 1 : 0)}${unit}`).join(' / ');
    console.log('720p30, percent of one core, all processes of the browser, per round\n');
    console.log('| what | CPU | pictures a second |\n|---|---|---|');
    console.log(`| the home page, idle | ${all('blank', ' %')} | – |`);
    console.log(`| studio, preview only | ${all('preview', ' %')} | – |`);
    console.log(`| studio, live (encode ${all('encodeMs', ' ms')} a picture) | ${all('live', ' %')} | ${all('encodedPerSecond')} |`);
    console.log(`| watching, with sound | ${all('watching', ' %')} | ${all('shownPerSecond')} |`);
} finally {
    await relay.stop();
    await rm(folder, { recursive: true, force: true });
}
