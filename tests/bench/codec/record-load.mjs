// SPDX-License-Identifier: MIT
// Records how long pictures take to encode at live pace while other programs come and go: the traces that
// tests/web/rate-control.test.js plays the rate control against (tests/golden/load-*.json). Full size and effort all the
// time: what a smaller size would have cost is reckoned there. Prints what smaller sizes and other efforts cost, too.
//
//   node tests/bench/codec/record-load.mjs --name NAME [--source FILM] [--plan 8:0,20:6,12:0,12:2,8:0] [--out FILE]
//     plan: seconds:busy loops, one after the other
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { VideoEncoder } from '../../../web/codec/encoder-module.js';
import { loadEncoder } from '../../web/helpers/codec.js';
import { makeClip } from './tools.mjs';

const { values: options } = parseArgs({
    options: {
        name: { type: 'string', default: 'load' },
        source: { type: 'string' },
        plan: { type: 'string', default: '8:0,20:6,12:0,12:2,8:0' },
        out: { type: 'string' },
    },
});
const [width, height, rate, cpuUsed] = [1280, 720, 30, -8];
const FRAMES = 90;
const module = await loadEncoder();

const newEncoder = (scale, effort) =>
    new VideoEncoder(module, { width: width * scale, height: height * scale, framesPerSecond: rate, bitrateBps: 2_500_000, cpuUsed: effort, temporalLayers: 3 });

function loadClip(scale) {
    const [w, h] = [width * scale, height * scale];
    return { bytes: readFileSync(makeClip({ source: options.source ?? null, width: w, height: h, frames: FRAMES })), w, h, size: (w * h * 3) / 2 };
}

/** Copies picture number `i` in and tells how long that and encoding took. */
function encodeOne(encoder, { bytes, w, h, size }, i) {
    const picture = bytes.subarray((i % FRAMES) * size, ((i % FRAMES) + 1) * size);
    const startMs = performance.now();
    const { buffer, layout } = encoder.input;
    let from = 0;
    layout.forEach(({ offset, stride }, plane) => {
        const [pw, ph] = plane === 0 ? [w, h] : [w >> 1, h >> 1];
        for (let y = 0; y < ph; y++, from += pw) buffer.set(picture.subarray(from, from + pw), offset + y * stride);
    });
    encoder.encode({ timestampUs: Math.round((i * 1e6) / rate) });
    return performance.now() - startMs;
}

async function record(plan) {
    const clip = loadClip(1);
    const encoder = newEncoder(1, cpuUsed);
    const seconds = [];
    let dueMs = performance.now();
    for (let i = -60; i < 0; i++) encodeOne(encoder, clip, i + 60);
    let i = 60;
    for (const [length, loops] of plan) {
        const busy = Array.from({ length: loops }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
        for (let second = 0; second < length; second++) {
            const times = [];
            const endMs = performance.now() + 1000;
            while (performance.now() < endMs) {
                times.push(encodeOne(encoder, clip, i++));
                dueMs = Math.max(dueMs + 1000 / rate, performance.now());
                await new Promise((resolve) => setTimeout(resolve, dueMs - performance.now()));
            }
            seconds.push(Number((times.reduce((a, b) => a + b) / times.length).toFixed(1)));
        }
        for (const each of busy) each.kill('SIGKILL');
    }
    encoder.close();
    return seconds;
}

/** What each step of the rate control costs against the first, on this machine when it is quiet. */
function costs() {
    const steps = [[1, -8], [1, -10], [1, -12], [0.75, -12], [0.5, -12]];
    const medians = steps.map(([scale, effort]) => {
        const clip = loadClip(scale);
        const encoder = newEncoder(scale, effort);
        const times = Array.from({ length: FRAMES * 2 }, (_, i) => encodeOne(encoder, clip, i)).slice(FRAMES);
        encoder.close();
        return times.sort((a, b) => a - b)[times.length >> 1];
    });
    return steps.map(([scale, effort], i) => ({ scale, cpuUsed: effort, cost: Number((medians[i] / medians[0]).toFixed(2)) }));
}

const plan = options.plan.split(',').map((step) => step.split(':').map(Number));
const trace = { name: options.name, cores: cpus().length, plan, costs: costs(), encodeMs: await record(plan) };
const text = `${JSON.stringify(trace, null, 1).replace(/\n\s+(?=[-\d\]])/g, ' ')}\n`;
if (options.out) writeFileSync(options.out, text);
console.log(text);
