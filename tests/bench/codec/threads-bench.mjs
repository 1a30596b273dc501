// SPDX-License-Identifier: MIT
// What a second thread gives the encoder at live pace, one picture each 33 ms, and that it never makes things worse when
// cores are busy: the same pictures with 1 and 2 threads, in turns, on a quiet machine and beside busy loops.
//
//   node tests/bench/codec/threads-bench.mjs [--source FILM] [--rounds 3] [--frames 90] [--size 1280x720]
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { VideoEncoder } from '../../../web/codec/encoder-module.js';
import { loadEncoder, loadThreadedEncoder } from '../../web/helpers/codec.js';
import { makeClip } from './tools.mjs';

const { values: options } = parseArgs({
    options: { source: { type: 'string' }, rounds: { type: 'string', default: '3' }, frames: { type: 'string', default: '90' }, size: { type: 'string', default: '1280x720' } },
});
const [width, height] = options.size.split('x').map(Number);
const FRAMES = Number(options.frames);
const WARM = 30;
const INTERVAL_MS = 1000 / 30;

const clip = readFileSync(makeClip({ source: options.source ?? null, width, height, frames: FRAMES }));
const size = (width * height * 3) / 2;
const modules = [await loadEncoder(), await loadThreadedEncoder(2)];

/** Wall time of each picture, and CPU of the whole process per picture. */
async function pass(module) {
    const encoder = new VideoEncoder(module, { width, height, framesPerSecond: 30, bitrateBps: 2_000_000, cpuUsed: -8, temporalLayers: 3, threads: module.threads });
    const { buffer, layout } = encoder.input;
    const isFlat = layout[0].stride === width && layout[1].stride === width >> 1;
    if (!isFlat) throw new Error('choose a width that is a multiple of 32');
    const times = [];
    let cpu = process.cpuUsage();
    let dueMs = performance.now();
    for (let i = 0; i < FRAMES; i++) {
        buffer.set(clip.subarray(i * size, (i + 1) * size));
        if (i === WARM) cpu = process.cpuUsage();
        const startMs = performance.now();
        encoder.encode({ timestampUs: Math.round(i * INTERVAL_MS * 1000) });
        if (i >= WARM) times.push(performance.now() - startMs);
        dueMs = Math.max(dueMs + INTERVAL_MS, performance.now());
        await new Promise((resolve) => setTimeout(resolve, dueMs - performance.now()));
    }
    const used = process.cpuUsage(cpu);
    encoder.close();
    return { times, cpuMs: (used.user + used.system) / 1000 / (FRAMES - WARM) };
}

const quantile = (values, q) => values.slice().sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))];
console.log(`${options.size}, one picture each 33 ms, ${cpus().length} cores\n`);
console.log('| busy loops | threads | p50 ms | p95 ms | CPU ms/picture |\n|---|---|---|---|---|');
for (const loops of [0, 1, cpus().length]) {
    const busy = Array.from({ length: loops }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
    try {
        const got = modules.map(() => ({ times: [], cpuMs: [] }));
        for (let round = 0; round < Number(options.rounds); round++) {
            for (const [i, module] of modules.entries()) {
                const { times, cpuMs } = await pass(module);
                got[i].times.push(...times);
                got[i].cpuMs.push(cpuMs);
            }
        }
        got.forEach(({ times, cpuMs }, i) => console.log(`| ${loops} | ${i + 1} | ${quantile(times, 0.5).toFixed(1)} | ${quantile(times, 0.95).toFixed(1)} | ${quantile(cpuMs, 0.5).toFixed(1)} |`));
    } finally {
        for (const each of busy) each.kill('SIGKILL');
    }
}
for (const module of modules) module.close();
