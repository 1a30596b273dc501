// SPDX-License-Identifier: MIT
// Glass to glass over bad lines, ours beside WebRTC over the same line. The creator sits in one network namespace, the viewer in
// another; the relay beside the viewer, so that the creator's uplink is the bad line, or (--bad downlink) beside the creator.
// Prints a markdown table. Needs root (network namespaces, TUN).
//
//   node tests/bench/impaired/impaired.mjs [--source FILM] [--lines clear,delay,loss,narrow,outage,all] [--seconds 30] [--rounds 1]
//        [--bad uplink|downlink] [--only webrtc|tabcast] [--setting normal|closest] [--link BINARY]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CHROMIUM, launchChromium } from '../../e2e/lib/browsers.mjs';
import { projectRoot, relayBinary, startRelay } from '../../e2e/lib/relay.mjs';
import { makeClip } from '../../media/make-clip.mjs';
import { joinPictures, quantile } from '../glass/latency.mjs';
import { openTabcast } from '../glass/tabcast.mjs';
import { openWebRtc } from '../glass/webrtc.mjs';
import { ADDRESSES, openLine } from './namespaces.mjs';

const SETTINGS = { width: 1280, height: 720, fps: 30, bitrateBps: 2_500_000 };
const SETTLE_MS = 6000;
const OUTAGE_MS = 5000;
/** A gap that W3C's webrtc-stats calls a freeze: longer than three pictures' time, and by 150 ms. */
const FREEZE_MS = 1000 / SETTINGS.fps + 150;
/** Any address will do: Playwright answers, and localhost may open a camera. */
const BLANK = 'http://localhost/yardstick';
const PORT = 8077;

const LINES = {
    clear: {},
    delay: { delayMs: 50, jitterMs: 20 },
    loss: { delayMs: 20, lossPermille: 10 },
    narrow: { delayMs: 20, rateKbit: 1500 },
    outage: { delayMs: 20 },
    all: { delayMs: 50, jitterMs: 20, lossPermille: 10, rateKbit: 1500 },
};

const { values: options } = parseArgs({
    options: {
        source: { type: 'string' },
        lines: { type: 'string', default: Object.keys(LINES).join(',') },
        seconds: { type: 'string', default: '30' },
        rounds: { type: 'string', default: '1' },
        bad: { type: 'string', default: 'uplink' },
        only: { type: 'string', default: 'webrtc,tabcast' },
        setting: { type: 'string', default: 'normal' },
        link: { type: 'string', default: path.join(projectRoot, 'build/ci/tests/impaired_link') },
    },
});
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Milliseconds between pictures that were new to the viewer, from `fromMs` to `untilMs`, its ends included. */
function gapsOf(pictures, fromMs, untilMs) {
    const times = [fromMs, ...pictures.map(({ at }) => at), untilMs];
    return times.slice(1).map((at, i) => at - times[i]);
}

async function measure(opened, clip, line, name) {
    await wait(SETTLE_MS);
    for (const page of [opened.publisher, opened.viewer]) {
        await page.evaluate(() => {
            for (const key of ['captured', 'shown']) window.__probe[key].length = 0;
        });
    }
    const fromMs = Date.now();
    const third = (Number(options.seconds) * 1000) / 3;
    await wait(third);
    if (name === 'outage') line.outage(OUTAGE_MS);
    await wait(2 * third);
    const untilMs = Date.now();
    const { captured } = await opened.publisher.evaluate(() => window.__probe);
    const { shown } = await opened.viewer.evaluate(() => window.__probe);
    const studio = await opened.publisher.evaluate(() => document.querySelector('tabcast-studio')?.stats ?? null);
    const pictures = joinPictures(captured, shown, clip.seconds * 1000);
    const latencies = pictures.map(({ latency }) => latency);
    const gaps = gapsOf(pictures, fromMs, untilMs);
    const minutes = (untilMs - fromMs) / 60_000;
    return {
        p50: quantile(latencies, 0.5),
        p95: quantile(latencies, 0.95),
        fps: pictures.length / (minutes * 60),
        freezes: gaps.filter((gap) => gap > FREEZE_MS).length / minutes,
        frozen: gaps.filter((gap) => gap > FREEZE_MS).reduce((sum, gap) => sum + gap, 0) / (untilMs - fromMs),
        longest: Math.max(...gaps),
        studio,
    };
}

async function main() {
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-impaired-'));
    const clip = await makeClip({ out: folder, source: options.source, seconds: 10, ...SETTINGS });
    const line = await openLine(options.link);
    const relaySide = options.bad === 'uplink' ? 'b' : 'a';
    const relayAddress = `${ADDRESSES[relaySide]}:${PORT}`;
    const closers = [() => line.close().then((counts) => console.error(counts))];
    try {
        const relay = await startRelay({ binary: await line.wrap(relaySide, relayBinary), args: ['--listen', relayAddress] });
        closers.push(() => relay.stop());
        const open = async (side) => {
            const browser = await launchChromium({
                executable: await line.wrap(side, CHROMIUM),
                camera: clip.camera,
                microphone: clip.microphone,
                autoplay: true,
                bypassCSP: true,
                args: [
                    '--disable-features=WebRtcHideLocalIpsWithMdns',
                    `--unsafely-treat-insecure-origin-as-secure=http://${relayAddress}`,
                ],
            });
            closers.push(() => browser.close());
            await browser.context.addInitScript({ path: fileURLToPath(new URL('../glass/probe.js', import.meta.url)) });
            await browser.context.route(BLANK, (route) => route.fulfill({
                contentType: 'text/html',
                body: '<!doctype html><meta charset=utf-8><title>yardstick</title><video autoplay playsinline style="width:100%"></video>',
            }));
            return browser.context;
        };
        const contexts = { publisher: await open('a'), viewer: await open('b') };
        console.log(`| line (${options.bad}) | | glass to glass p50 ms | p95 | fps shown | freezes a minute | frozen % | longest gap ms |`);
        console.log('|---|---|---|---|---|---|---|---|');
        for (let round = 1; round <= Number(options.rounds); round++) {
            for (const name of options.lines.split(',')) {
                for (const who of options.only.split(',')) {
                    // A show opens on a good line, and meets the bad one while it settles.
                    line.set({});
                    const opened = who === 'webrtc'
                        ? await openWebRtc(contexts, BLANK, SETTINGS)
                        : await openTabcast(contexts, relay.url, { title: `${name} ${round}`, setting: options.setting });
                    line.set(LINES[name]);
                    const r = await measure(opened, clip, line, name);
                    line.set({});
                    console.log(`| ${name} | ${who} | ${r.p50.toFixed(0)} | ${r.p95.toFixed(0)} | ${r.fps.toFixed(1)} | ${r.freezes.toFixed(1)} | ${(r.frozen * 100).toFixed(0)} | ${r.longest.toFixed(0)} |`);
                    if (r.studio) console.error(JSON.stringify(r.studio));
                    await opened.close();
                }
            }
        }
    } finally {
        for (const close of closers.reverse()) await close();
        await rm(folder, { recursive: true, force: true });
    }
}

await main();
