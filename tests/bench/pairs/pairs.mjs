// SPDX-License-Identifier: MIT
// Twenty browser pairs, one after the other: a creator in one browser, a viewer in another, 640x360 at 30 pictures a second.
// Prints a markdown table.
//   node pairs.mjs [--pairs 1-20] [--seconds 10]     --pairs: which rows, e.g. 3 or 1-5,9
// Chosen so that each browser makes shows for each, and makes and watches one without SharedArrayBuffer and one while its tab
// is hidden. A hidden viewer's sound is measured while it is hidden, its pictures in the three seconds after its return.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDesktop } from '../../e2e/lib/desktop.mjs';
import { startRelay } from '../../e2e/lib/relay.mjs';
import { makeClip } from '../../media/make-clip.mjs';
import { runPair } from './pair.mjs';

/** Letters: c Chromium, f Firefox, w WebKitGTK; `-`: without SharedArrayBuffer; `h`: in a hidden tab. */
const PAIRS = [
    'c c', 'c f', 'c w', 'f c', 'f f', 'f w', 'w c', 'w f', 'w w', // all three with all three
    'c- c-', 'c f-', 'f- c', 'w- c', 'w- w-', // without SharedArrayBuffer
    'ch c', 'fh- c', 'wh- c', 'c ch', 'c fh-', 'c wh-', // hidden
];
const ENGINES = { c: 'chromium', f: 'firefox', w: 'webkit' };

const sideOf = (word) => ({ engine: ENGINES[word[0]], hasSharedMemory: !word.includes('-'), isHidden: word.includes('h') });

function options() {
    const o = { pairs: `1-${PAIRS.length}`, seconds: 10 };
    for (let i = 2; i < process.argv.length; i += 2) o[process.argv[i].slice(2)] = process.argv[i + 1];
    const numbers = o.pairs.split(',').flatMap((range) => {
        const [from, to = from] = range.split('-').map(Number);
        return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
    return { numbers, seconds: Number(o.seconds) };
}

const describeSide = ({ engine, hasSharedMemory, isHidden }) => `${engine}${hasSharedMemory ? '' : ' −SAB'}${isHidden ? ' hidden' : ''}`;
const number = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : '–');

async function main() {
    const { numbers, seconds } = options();
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-pairs-'));
    const clip = await makeClip({ out: folder, width: 640, height: 360, fps: 30, seconds: 10 });
    const relay = await startRelay();
    const desktop = await startDesktop();
    console.log('| | creator | viewer | pictures a second (made) | unreadable | beeps | latency p50 ms | p95 | sound − picture ms |');
    console.log('|---|---|---|---|---|---|---|---|---|');
    let failed = 0;
    try {
        for (const n of numbers) {
            const [publisher, viewer] = PAIRS[n - 1].split(' ').map(sideOf);
            const head = `| ${n} | ${describeSide(publisher)} | ${describeSide(viewer)} |`;
            try {
                const r = await runPair({ publisher, viewer }, { relayUrl: relay.url, desktop, clip, seconds });
                if (r.hasSharedMemory[0] !== publisher.hasSharedMemory || r.hasSharedMemory[1] !== viewer.hasSharedMemory) throw new Error(`SharedArrayBuffer: ${r.hasSharedMemory}`);
                console.log(`${head} ${number(r.fps, 1)} (${number(r.captured, 1)}) | ${r.unreadable} | ${r.beeps} | ${number(r.p50)} | ${number(r.p95)} | ${number(r.offset)} |`);
                if (r.pictures < 10 || r.beeps < seconds / 2) failed++;
            } catch (error) {
                failed++;
                console.log(`${head} failed: ${error.message.split('\n')[0]} |`);
                console.error(error);
            }
        }
    } finally {
        await desktop.close();
        await relay.stop();
        await rm(folder, { recursive: true, force: true });
    }
    if (failed) process.exitCode = 1;
}

await main();
