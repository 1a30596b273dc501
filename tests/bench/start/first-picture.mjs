// SPDX-License-Identifier: MIT
// How long a person waits for the first picture of a live show in Chromium: from the navigation to the picture on show.
// Warm: somebody watched a show for some seconds before, loopback. Cold: nothing cached, a line of 20 Mbit/s with 40 ms of round trip.
//   node first-picture.mjs [--rounds 9] [--only warm|cold] [--trace yes] [--creator demo]
// --trace: what the page waited for; --creator demo: the demo creator encodes, and makes key frames that are wished for, which
// joiners may wait for (else a prepared film is sent, whose newest key frame they begin with).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchChromium } from '../../e2e/lib/browsers.mjs';
import { startCreator } from '../../e2e/lib/creator.mjs';
import { startRelay } from '../../e2e/lib/relay.mjs';
import { encodeClip, startWirePublisher } from '../../e2e/lib/wire-publisher.mjs';
import { makeClip } from '../../media/make-clip.mjs';
import { quantile } from '../glass/latency.mjs';
import { startSlowLine } from './slow-line.mjs';

const LINE = { rateBps: 20_000_000, roundTripMs: 40 };
const TIMEOUT_MS = 20_000;
/** A visit long enough for the browser to optimise the codec and keep that. */
const VISIT_PICTURES = 150;

/** In every page, before its own scripts: `firstPicture` resolves with ms since the navigation. */
const watchForPicture = () => {
    window.firstPicture = new Promise((resolve) => {
        const look = () => {
            const sink = document.querySelector('tabcast-player')?.shadowRoot?.querySelector('video, canvas');
            if (!sink) requestAnimationFrame(look);
            // The callback may be registered after the first picture went by; then that one counts from now on.
            else if (sink.readyState >= 2) resolve(performance.now());
            else sink.requestVideoFrameCallback((_, { presentationTime }) => resolve(presentationTime));
        };
        look();
    });
    // What the player's worker says, for --trace.
    window.steps = [];
    const mark = (name) => window.steps.push(`${performance.now().toFixed(0)} ${name}`);
    window.Worker = class extends Worker {
        constructor(...args) {
            super(...args);
            mark('worker asked for');
            const told = new Set();
            this.addEventListener('message', ({ data }) => {
                const name = data.event ?? data.status ?? data.type;
                if (!told.has(name)) mark(name);
                told.add(name);
            });
        }
    };
};

/** When each part of the page began and ended to load. */
const readTimings = () => {
    const [page] = performance.getEntriesByType('navigation');
    const files = performance.getEntriesByType('resource').map((entry) => `${entry.startTime.toFixed(0)}–${entry.responseEnd.toFixed(0)} ${new URL(entry.name).pathname.split('/').pop()}`);
    return [`page ${page.responseEnd.toFixed(0)}`, ...files, ...window.steps];
};

async function openOnce(context, url, trace, visitPictures = 0) {
    const page = await context.newPage();
    try {
        await page.goto(url, { waitUntil: 'commit' });
        const ms = await Promise.race([
            page.evaluate(() => window.firstPicture),
            new Promise((_, reject) => setTimeout(() => reject(new Error(`no picture within ${TIMEOUT_MS} ms`)), TIMEOUT_MS)),
        ]);
        if (trace) console.error(`${ms.toFixed(0)} ms: ${(await page.evaluate(readTimings)).join(' · ')}`);
        await page.waitForFunction((count) => document.querySelector('tabcast-player').stats.framesShown >= count, visitPictures);
        return ms;
    } finally {
        await page.close();
    }
}

async function warm(relayUrl, show, { rounds, trace }) {
    const browser = await launchChromium({ autoplay: true });
    try {
        await browser.context.addInitScript(watchForPicture);
        const url = `${relayUrl}/show/${show}`;
        for (let i = 0; i < 2; i++) await openOnce(browser.context, url, '', VISIT_PICTURES);
        const times = [];
        for (let i = 0; i < rounds; i++) times.push(await openOnce(browser.context, url, trace));
        return times;
    } finally {
        await browser.close();
    }
}

async function cold(relayUrl, show, { rounds, trace }) {
    const line = await startSlowLine(relayUrl, LINE);
    try {
        const times = [];
        for (let i = 0; i < rounds; i++) {
            const browser = await launchChromium({ autoplay: true });
            try {
                await browser.context.addInitScript(watchForPicture);
                times.push(await openOnce(browser.context, `${line.url}/show/${show}`, trace));
            } finally {
                await browser.close();
            }
        }
        return times;
    } finally {
        line.close();
    }
}

async function startPublisher(relayUrl, folder, kind) {
    if (kind !== 'demo') {
        const clip = await makeClip({ out: folder, width: 1280, height: 720, fps: 30, seconds: 6 });
        return startWirePublisher(relayUrl, { file: encodeClip({ ...clip, out: path.join(folder, 'clip.webm') }) });
    }
    const creator = await startCreator(relayUrl, { title: 'First picture', width: 1280, height: 720, fps: 30, bitrate: 2_000_000 });
    return { show: creator.show, drop: () => creator.stop() };
}

async function main() {
    const o = { rounds: 9, only: '', trace: '', creator: '' };
    for (let i = 2; i < process.argv.length; i += 2) o[process.argv[i].slice(2)] = process.argv[i] === '--rounds' ? Number(process.argv[i + 1]) : process.argv[i + 1];
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-start-'));
    const relay = await startRelay();
    const publisher = await startPublisher(relay.url, folder, o.creator);
    try {
        console.log('| first picture of a live show, 720p | median ms | fastest | slowest | rounds |');
        console.log('|---|---|---|---|---|');
        for (const [name, measure] of [['warm cache, loopback', warm], ['cold cache, 20 Mbit/s, 40 ms', cold]]) {
            if (o.only && !name.startsWith(o.only)) continue;
            const times = await measure(relay.url, publisher.show.id, o);
            console.log(`| ${name} | ${quantile(times, 0.5).toFixed(0)} | ${Math.min(...times).toFixed(0)} | ${Math.max(...times).toFixed(0)} | ${times.length} |`);
        }
    } finally {
        await publisher.drop();
        await relay.stop();
        await rm(folder, { recursive: true, force: true });
    }
}

await main();
