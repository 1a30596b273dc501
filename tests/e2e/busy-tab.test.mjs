// SPDX-License-Identifier: MIT
// A tab whose worker has hardly any time left (Firefox): it stays close to the show, pictures go on, its memory stays what it is,
// nobody else notices, and it is back to everything soon after. A real show from the demo creator; the worker comes through a
// proxy that adds a loop which takes the share of its time that it is told.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { tabMemory } from '../bench/long/processes.mjs';
import { watch } from '../contract/lib/peer.mjs';
import { WIRE_VIDEO } from '../../web/wire/header.js';
import { collectErrors, launchFirefox } from './lib/browsers.mjs';
import { startCreator } from './lib/creator.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { startWorkerProxy } from './lib/worker-proxy.mjs';

const FPS = 30;
const SAMPLE_MS = 250;
const MOST_BEHIND_MS = 2000;
/** What a share of busy time is told by, and how it is taken. The messages that came meanwhile get the rest. */
const BUSY_LINES = `
globalThis.busyShare = 0;
globalThis.busyChannel = new BroadcastChannel('busy');
busyChannel.onmessage = ({ data }) => (busyShare = data);
const beBusy = () => {
    const until = performance.now() + 100 * busyShare;
    while (performance.now() < until);
    setTimeout(beBusy, 100 * (1 - busyShare));
};
beBusy();`;

let relay, proxy, creator, firefox, page, errors;

before(async () => {
    relay = await startRelay();
    proxy = await startWorkerProxy(relay.url, { file: /\/watch-worker[^/]*\.js$/, lines: BUSY_LINES });
    creator = await startCreator(relay.url, { title: 'Busy tab', width: 640, height: 360, fps: FPS, bitrate: 1_200_000 });
    firefox = await launchFirefox();
    page = await firefox.browser.newPage();
    errors = collectErrors(page);
    await page.goto(`${proxy.url}/show/${creator.show.id}`);
});

after(async () => {
    await firefox?.close();
    await creator?.stop();
    proxy?.close();
    await relay?.stop();
});

const read = () =>
    page.evaluate(() => {
        const player = document.querySelector('tabcast-player');
        return player?.viewer ? { status: player.viewer.status, stats: player.stats } : null;
    });
const makeBusy = (share) => page.evaluate((told) => {
    window.busyChannel ??= new BroadcastChannel('busy');
    window.busyChannel.postMessage(told);
}, share);

/** Looks for so long; the first `settleMs` do not count. */
async function observe(ms, settleMs) {
    const begun = performance.now();
    const seen = { behindMs: 0, pauseMs: 0, pictures: 0, seconds: 0, memoryMb: [] };
    let shown = NaN;
    let grewAt = begun;
    let sinceMs = NaN;
    while (performance.now() - begun < ms) {
        const { stats } = await read();
        const now = performance.now();
        const isNew = stats.framesShown !== shown;
        const isCounted = now - begun > settleMs;
        if (isCounted && Number.isNaN(sinceMs)) {
            sinceMs = now;
            seen.pictures = -stats.framesShown;
        }
        if (isCounted) {
            seen.pauseMs = Math.max(seen.pauseMs, now - Math.max(grewAt, sinceMs));
            // Known when a picture comes on show; from then on it ages.
            seen.behindMs = Math.max(seen.behindMs, stats.latencyMs + (isNew ? 0 : now - grewAt));
        }
        if (isNew) grewAt = now;
        shown = stats.framesShown;
        if (seen.memoryMb.length < (now - begun) / 3000) seen.memoryMb.push((await tabMemory(firefox.browser.process().pid)).residentMb);
        await sleep(SAMPLE_MS);
    }
    seen.pictures += shown;
    seen.seconds = (performance.now() - sinceMs) / 1000;
    return seen;
}

/** Of everybody's stages so far, what the relay counts. */
async function steps() {
    const lines = (await (await fetch(`${relay.url}/metrics`)).text()).split('\n');
    return lines.filter((line) => /^tabcast_slow_viewer_steps_total.* [1-9]/.test(line)).map((line) => line.replace('tabcast_slow_viewer_steps_total', '')).join(' ');
}

const middle = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const told = ({ behindMs, pauseMs, pictures, seconds, memoryMb }) =>
    `at most ${behindMs.toFixed(0)} ms behind, ${(pictures / seconds).toFixed(1)} pictures a second, longest without one ${pauseMs.toFixed(0)} ms, tab ${middle(memoryMb).toFixed(0)} MB`;

test('a tab whose worker is busy', { timeout: 220_000 }, async (t) => {
    await until(async () => (await read())?.stats?.framesShown > 60, 'pictures', 60_000);
    assert.equal(proxy.patched(), 1);
    const other = await watch(relay.url, creator.show.id);
    t.after(() => other.end());
    const calm = await observe(8000, 2000);
    t.diagnostic(`not busy: ${told(calm)}`);
    const fullRate = calm.pictures / calm.seconds;
    assert.ok(fullRate > FPS * 0.8, 'it begins with all pictures');

    for (const [share, seconds, least] of [[0.6, 30, 12], [0.9, 30, 6], [0.97, 30, 2]]) {
        await makeBusy(share);
        const busy = await observe(seconds * 1000, 5000);
        t.diagnostic(`${share * 100} % busy: ${told(busy)}; steps ${await steps()}`);
        assert.ok(busy.behindMs <= MOST_BEHIND_MS, told(busy));
        assert.ok(busy.pauseMs <= MOST_BEHIND_MS, told(busy));
        assert.ok(busy.pictures / busy.seconds >= least, told(busy));
        const third = Math.ceil(busy.memoryMb.length / 3);
        const [early, late] = [middle(busy.memoryMb.slice(0, third)), middle(busy.memoryMb.slice(-third))];
        assert.ok(early > 0, 'the tab is found among the processes');
        t.diagnostic(`memory of the tab, first and last third: ${early.toFixed(0)}, ${late.toFixed(0)} MB`);
        assert.ok(late < early * 1.15 + 20, `memory grows: ${busy.memoryMb.map((mb) => mb.toFixed(0))}`);
    }

    await makeBusy(0);
    const freed = performance.now();
    await until(async () => {
        const at = (await read()).stats.framesShown;
        await sleep(3000);
        return ((await read()).stats.framesShown - at) / 3 > fullRate * 0.9;
    }, 'all pictures again', 60_000);
    t.diagnostic(`all pictures again after ${((performance.now() - freed) / 1000).toFixed(0)} s`);
    const afterwards = await observe(6000, 1000);
    t.diagnostic(`afterwards: ${told(afterwards)}`);
    assert.ok(afterwards.behindMs <= calm.behindMs + 300, told(afterwards));
    assert.equal((await read()).status, 'playing');

    const sequences = other.media.filter(({ header }) => header.kind === WIRE_VIDEO).map(({ header }) => header.sequence);
    assert.deepEqual(sequences, sequences.map((_, i) => sequences[0] + i), 'the other viewer has every picture');
    assert.ok(!other.texts.some(({ type }) => type === 'quality'), 'and was given less at no time');
    assert.deepEqual(errors, []);
});
