// SPDX-License-Identifier: MIT
// A long show: a creator (clip or film as camera, 720p at 30) and a viewer, each in a Chromium of its own. Each minute a row:
// memory of both tabs, latency, sound against picture (median of ten beeps), pictures dropped, pictures a second.
//   node long-run.mjs [--minutes 30] [--source FILM] [--clock-ppm 200] [--setting closest]
// --clock-ppm: the creator's sound device delivers so many millionths too many samples: its AudioContext runs at another rate
// than the studio asked for and believes in, to the next whole Hz.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startRelay } from '../../e2e/lib/relay.mjs';
import { makeClip } from '../../media/make-clip.mjs';
import { joinBeeps, joinPictures, quantile, soundAgainstPicture } from '../glass/latency.mjs';
import { openPage } from '../pairs/engines.mjs';
import { endShow, goLive, watch } from '../pairs/pair.mjs';
import { tabMemory } from './processes.mjs';

const MINUTE_MS = 60_000;
const BEEPS = 10;
/** Code that runs hot, buffers that fill, caches: what a tab takes in its first minutes is no leak. */
const WARM_UP_MINUTES = 3;

function options() {
    const o = { minutes: 30, source: undefined, 'clock-ppm': 0, setting: '' };
    for (let i = 2; i < process.argv.length; i += 2) {
        const name = process.argv[i].slice(2);
        if (!(name in o)) throw new Error(`long-run.mjs does not know --${name}`);
        o[name] = ['minutes', 'clock-ppm'].includes(name) ? Number(process.argv[i + 1]) : process.argv[i + 1];
    }
    return o;
}

/** In the studio's page: its sound device runs at `rate` instead of 48000. The probe's own contexts ask for no latency. */
const detune = (rate) => `
    window.AudioContext = class extends AudioContext {
        constructor(options) { super({ ...options, ...(options?.latencyHint && { sampleRate: ${rate} }) }); }
    };`;

/** All of a page's JavaScript, workers and WebAssembly memory included. */
const measureHeap = () => performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes / 2 ** 20);

const takeProbe = (page) => page.evaluate(() => {
    const { captured, spoken, shown, heard } = window.__probe;
    const taken = { captured: [...captured], spoken: [...spoken], shown: [...shown], heard: [...heard] };
    for (const list of [captured, spoken, shown, heard]) list.length = 0;
    return taken;
});
const playerStats = (page) => page.evaluate(() => document.querySelector('tabcast-player').stats);
const studioStats = (page) => page.evaluate(() => document.querySelector('tabcast-studio').stats);

/** @param {{atMs: number, player: object, studio: object}} before the state a minute ago */
async function measureMinute(publisher, viewer, clip, before) {
    const atMs = performance.now();
    const [source, sink] = [await takeProbe(publisher), await takeProbe(viewer)];
    const [player, studio] = [await playerStats(viewer), await studioStats(publisher)];
    const pictures = joinPictures(source.captured, sink.shown, clip.seconds * 1000);
    const beeps = joinBeeps(source.spoken, sink.heard);
    const latencies = pictures.map((p) => p.latency);
    const offsets = soundAgainstPicture(beeps, pictures);
    const [publisherMemory, viewerMemory] = [await tabMemory(publisher.pid), await tabMemory(viewer.pid)];
    const [publisherHeap, viewerHeap] = await Promise.all([publisher, viewer].map((page) => page.evaluate(measureHeap).catch(() => NaN)));
    return {
        atMs,
        player,
        studio,
        publisherMb: publisherMemory.residentMb,
        publisherOwnMb: publisherMemory.ownMb,
        viewerMb: viewerMemory.residentMb,
        viewerOwnMb: viewerMemory.ownMb,
        publisherHeap,
        viewerHeap,
        p50: quantile(latencies, 0.5),
        p95: quantile(latencies, 0.95),
        offset: quantile(offsets.slice(-BEEPS), 0.5),
        beeps: Math.min(BEEPS, offsets.length),
        fps: (pictures.length / (atMs - before.atMs)) * 1000,
        dropped: player.framesDropped - before.player.framesDropped,
        notSent: studio.framesDropped - before.studio.framesDropped,
        jumps: player.jumps - before.player.jumps,
        stalls: player.stalls - before.player.stalls,
    };
}

const text = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : '–');

function printSummary(rows) {
    const settled = rows.slice(Math.min(WARM_UP_MINUTES, rows.length - 1));
    const part = Math.max(1, Math.floor(settled.length / 3));
    const change = (key, digits = 0) => {
        const mean = (list) => list.reduce((sum, row) => sum + row[key], 0) / list.length;
        return `${text(mean(settled.slice(0, part)), digits)} → ${text(mean(settled.slice(-part)), digits)}`;
    };
    console.log(`\nAfter minute ${rows.length - settled.length}, first third → last third: creator ${change('publisherMb')} MB (own ${change('publisherOwnMb')}, heap ${change('publisherHeap', 1)}), `
        + `viewer ${change('viewerMb')} MB (own ${change('viewerOwnMb')}, heap ${change('viewerHeap', 1)}), latency p50 ${change('p50')} ms, sound − picture ${change('offset')} ms, fps ${change('fps', 1)}; `
        + `in all ${rows.reduce((n, r) => n + r.dropped, 0)} pictures dropped by the viewer, ${rows.reduce((n, r) => n + r.notSent, 0)} by the creator, ${rows.reduce((n, r) => n + r.jumps, 0)} jumps, ${rows.reduce((n, r) => n + r.stalls, 0)} stalls.`);
}

async function main() {
    const o = options();
    const rate = Math.round(48000 * (1 + o['clock-ppm'] / 1e6));
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-long-'));
    const clip = await makeClip({ out: folder, source: o.source, width: 1280, height: 720, fps: 30, seconds: 10 });
    const relay = await startRelay();
    const setting = { relayUrl: relay.url, clip, args: ['--enable-blink-features=ForceEagerMeasureMemory'] };
    const pages = [];
    const rows = [];
    if (rate !== 48000) console.log(`The creator's sound device runs at ${rate} Hz: ${((rate / 48000 - 1) * 1e6).toFixed(0)} ppm off.\n`);
    console.log('| minute | creator MB: resident, own, heap | viewer MB: resident, own, heap | latency p50 ms | p95 | sound − picture ms (beeps) | dropped: viewer, creator | jumps, stalls | fps |');
    console.log('|---|---|---|---|---|---|---|---|---|');
    try {
        const publisher = await openPage('chromium', { ...setting, script: rate === 48000 ? '' : detune(rate) });
        pages.push(publisher);
        const show = await goLive(publisher, 'A long show');
        const viewer = await openPage('chromium', setting);
        pages.push(viewer);
        await watch(viewer, show);
        if (o.setting) await viewer.evaluate((name) => document.querySelector('tabcast-player').viewer.setSetting(name), o.setting);
        await takeProbe(publisher);
        await takeProbe(viewer);
        let before = { atMs: performance.now(), player: await playerStats(viewer), studio: await studioStats(publisher) };
        let due = performance.now() + MINUTE_MS;
        for (let minute = 1; minute <= o.minutes; minute++) {
            await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
            due += MINUTE_MS;
            const row = await measureMinute(publisher, viewer, clip, before);
            before = row;
            rows.push(row);
            console.log(`| ${minute} | ${text(row.publisherMb)}, ${text(row.publisherOwnMb)}, ${text(row.publisherHeap, 1)} | ${text(row.viewerMb)}, ${text(row.viewerOwnMb)}, ${text(row.viewerHeap, 1)} | ${text(row.p50)} | ${text(row.p95)} | ${text(row.offset)} (${row.beeps}) | ${row.dropped}, ${row.notSent} | ${row.jumps}, ${row.stalls} | ${text(row.fps, 1)} |`);
        }
        await endShow(publisher);
    } finally {
        if (rows.length > 0) printSummary(rows);
        for (const page of pages.reverse()) await page.close();
        await relay.stop();
        await rm(folder, { recursive: true, force: true });
    }
}

await main();
