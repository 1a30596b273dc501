// SPDX-License-Identifier: MIT
// Glass to glass, ours beside WebRTC, interleaved rounds on the same fake camera. Prints a markdown table.
//   node glass-to-glass.mjs [--source FILM] [--rounds 3] [--seconds 15] [--only webrtc|tabcast] [--setting normal|closest] [--sink video|canvas] [--busy N] [--url RELAY]
import { spawn } from 'node:child_process';
import { mkdtemp, rm, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../../e2e/lib/browsers.mjs';
import { startRelay } from '../../e2e/lib/relay.mjs';
import { makeClip } from '../../media/make-clip.mjs';
import { joinBeeps, joinPictures, quantile, soundAgainstPicture, takenAt } from './latency.mjs';
import { openTabcast } from './tabcast.mjs';
import { openWebRtc, serveBlank } from './webrtc.mjs';

const SETTINGS = { width: 1280, height: 720, fps: 30, bitrateBps: 2_000_000 };
const SETTLE_MS = 4000;

function options() {
    const o = { rounds: 3, seconds: 15, only: '', setting: 'normal', sink: 'video', busy: 0, source: undefined };
    for (let i = 2; i < process.argv.length; i += 2) {
        const name = process.argv[i].slice(2);
        o[name] = ['rounds', 'seconds', 'busy'].includes(name) ? Number(process.argv[i + 1]) : process.argv[i + 1];
    }
    return o;
}

/** CPU seconds used so far by this process's descendants whose command line names `profile` or is Chromium's child. */
async function browserCpuSeconds(rootPid) {
    const parents = new Map();
    const times = new Map();
    for (const pid of (await readdir('/proc')).filter((n) => /^\d+$/.test(n))) {
        try {
            const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
            const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
            parents.set(Number(pid), Number(fields[1]));
            times.set(Number(pid), (Number(fields[11]) + Number(fields[12])) / 100);
        } catch {
            // ended between the listing and the read
        }
    }
    let sum = 0;
    for (const pid of times.keys()) {
        let p = pid;
        while (p > 1 && p !== rootPid) p = parents.get(p) ?? 0;
        if (p === rootPid && pid !== rootPid) sum += times.get(pid);
    }
    return sum;
}

async function measure(name, opened, clip, seconds) {
    await new Promise((r) => setTimeout(r, SETTLE_MS));
    const clear = (page) => page.evaluate(() => {
        for (const key of ['captured', 'spoken', 'shown', 'heard']) window.__probe[key].length = 0;
    });
    await clear(opened.publisher);
    await clear(opened.viewer);
    const cpu = await browserCpuSeconds(process.pid);
    const begin = Date.now();
    await new Promise((r) => setTimeout(r, seconds * 1000));
    const wall = (Date.now() - begin) / 1000;
    const used = (await browserCpuSeconds(process.pid)) - cpu;
    const source = await opened.publisher.evaluate(() => window.__probe);
    const sink = await opened.viewer.evaluate(() => window.__probe);
    const stats = await opened.viewer.evaluate(() => document.querySelector('tabcast-player')?.stats ?? null);
    const studio = await opened.publisher.evaluate(() => document.querySelector('tabcast-studio')?.stats ?? null);
    const pictures = joinPictures(takenAt(source.captured), sink.shown, clip.seconds * 1000);
    const beeps = joinBeeps(source.spoken, sink.heard);
    const latencies = pictures.map((p) => p.latency);
    const offsets = soundAgainstPicture(beeps, pictures);
    return {
        name,
        p50: quantile(latencies, 0.5),
        p95: quantile(latencies, 0.95),
        fps: pictures.length / wall,
        captured: source.captured.length / wall,
        dropped: source.captured.length - pictures.length,
        unreadable: sink.unreadable,
        sound: quantile(beeps.map((b) => b.latency), 0.5),
        offset: quantile(offsets.slice(0, 10), 0.5),
        beeps: beeps.length,
        cpu: (used / wall) * 100,
        stats,
        studio,
    };
}

async function main() {
    const o = options();
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-glass-'));
    const clip = await makeClip({ out: folder, source: o.source, seconds: 10, ...SETTINGS });
    const blank = await serveBlank();
    const relay = o.only === 'webrtc' ? null : o.url ? { url: o.url, stop: async () => {} } : await startRelay();
    const browser = await launchChromium({
        camera: clip.camera,
        microphone: clip.microphone,
        autoplay: true,
        bypassCSP: true,
        args: ['--disable-features=WebRtcHideLocalIpsWithMdns'],
    });
    await browser.context.addInitScript({ path: fileURLToPath(new URL('./probe.js', import.meta.url)) });
    // As in a browser that has no generator: pictures are drawn on a canvas of the page.
    if (o.sink === 'canvas') await browser.context.addInitScript(() => delete window.MediaStreamTrackGenerator);
    const loops = Array.from({ length: o.busy }, () => spawn(process.execPath, ['-e', 'for(;;);']));
    const rows = [];
    console.log('| | glass to glass p50 ms | p95 | fps shown (captured) | not shown | sound ms | sound − picture ms (beeps) | CPU % of a core |');
    console.log('|---|---|---|---|---|---|---|---|');
    try {
        for (let round = 1; round <= o.rounds; round++) {
            for (const name of ['webrtc', 'tabcast']) {
                if (o.only && o.only !== name) continue;
                const opened = name === 'webrtc'
                    ? await openWebRtc(browser.context, blank.url, SETTINGS)
                    : await openTabcast(browser.context, relay.url, { title: `Glass to glass ${round}`, setting: o.setting });
                const r = await measure(name, opened, clip, o.seconds);
                rows.push(r);
                await opened.close();
                console.log(`| ${name} ${round} | ${r.p50.toFixed(0)} | ${r.p95.toFixed(0)} | ${r.fps.toFixed(1)} (${r.captured.toFixed(1)}) | ${r.dropped} | ${r.sound.toFixed(0)} | ${r.offset.toFixed(0)} (${r.beeps}) | ${r.cpu.toFixed(0)} |`);
                if (r.stats) console.error(JSON.stringify({ player: r.stats, studio: r.studio }));
            }
        }
    } finally {
        for (const loop of loops) loop.kill();
        await browser.close();
        await relay?.stop();
        blank.close();
        await rm(folder, { recursive: true, force: true });
    }
    for (const name of ['webrtc', 'tabcast']) {
        const mine = rows.filter((r) => r.name === name);
        if (!mine.length) continue;
        const median = (key) => quantile(mine.map((r) => r[key]), 0.5).toFixed(0);
        console.log(`| **${name}, median** | **${median('p50')}** | **${median('p95')}** | ${median('fps')} | ${median('dropped')} | ${median('sound')} | ${median('offset')} | ${median('cpu')} |`);
    }
}

await main();
