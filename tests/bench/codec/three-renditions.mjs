// SPDX-License-Identifier: MIT
// What three renditions of one show cost the creator's tab: each picture copied into the heap, scaled twice, encoded three
// times with three temporal layers, all in the one-threaded module in Node. The budget is one core at 30 pictures a second.
//
//   node tests/bench/codec/three-renditions.mjs [--source FILM] [--rounds 5] [--frames 150]
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { VideoEncoder } from '../../../web/codec/encoder-module.js';
import { loadEncoder } from '../../web/helpers/codec.js';
import { makeClip } from './tools.mjs';

const { values: options } = parseArgs({
    options: { source: { type: 'string' }, rounds: { type: 'string', default: '5' }, frames: { type: 'string', default: '150' } },
});
const FRAMES = Number(options.frames);
const WARM = 40;
const RATE = 30;
/** Bitrates after libwebrtc's simulcast table; smaller pictures get more effort (docs: wasm/video_encoder.h). */
const RENDITIONS = [
    { width: 1280, height: 720, bitrateBps: 2_000_000, cpuUsed: -12 },
    { width: 640, height: 360, bitrateBps: 500_000, cpuUsed: -6 },
    { width: 320, height: 180, bitrateBps: 150_000, cpuUsed: -6 },
];

const film = options.source ?? null;
const clip = readFileSync(makeClip({ source: film, width: 1280, height: 720, frames: FRAMES }));
const module = await loadEncoder();
const cpuUs = () => {
    const { user, system } = process.cpuUsage();
    return user + system;
};

/** As VideoFrame.copyTo does: the planes of an I420 picture into the encoder's rows. */
function copyIn({ buffer, layout }, picture, width, height) {
    let from = 0;
    layout.forEach(({ offset, stride }, plane) => {
        const [w, h] = plane === 0 ? [width, height] : [width >> 1, height >> 1];
        if (stride === w) buffer.set(picture.subarray(from, from + w * h), offset);
        else for (let y = 0; y < h; y++) buffer.set(picture.subarray(from + y * w, from + (y + 1) * w), offset + y * stride);
        from += w * h;
    });
}

/** One pass over the clip; CPU µs per picture of each step. */
function pass(count) {
    const encoders = RENDITIONS.slice(0, count).map((rendition, i) => new VideoEncoder(module, { ...rendition, framesPerSecond: RATE, temporalLayers: 3, rendition: i }));
    const [{ width, height }] = RENDITIONS;
    const size = (width * height * 3) / 2;
    const spent = { copy: 0, scale: 0, encode: encoders.map(() => 0), bytes: encoders.map(() => 0) };
    for (let i = 0; i < FRAMES; i++) {
        let at = cpuUs();
        const lap = () => {
            const now = cpuUs();
            const used = i < WARM ? 0 : (now - at) / (FRAMES - WARM);
            at = now;
            return used;
        };
        copyIn(encoders[0].input, clip.subarray(i * size, (i + 1) * size), width, height);
        spent.copy += lap();
        for (let k = 1; k < count; k++) encoders[k].convertFrom(encoders[k - 1]);
        spent.scale += lap();
        encoders.forEach((encoder, k) => {
            const message = encoder.encode({ timestampUs: Math.round((i * 1e6) / RATE) });
            spent.encode[k] += lap();
            spent.bytes[k] += message?.length ?? 0;
        });
    }
    for (const encoder of encoders) encoder.close();
    return { ...spent, total: spent.copy + spent.scale + spent.encode.reduce((a, b) => a + b) };
}

const median = (values) => values.slice().sort((a, b) => a - b)[values.length >> 1];
const rounds = Array.from({ length: Number(options.rounds) }, () => [pass(1), pass(3)]);
const ms = (pick) => (median(rounds.map(pick)) / 1000).toFixed(2);
const share = (index) => `${((median(rounds.map((round) => round[index].total)) * RATE) / 10_000).toFixed(0)} %`;
const kbps = (index, k) => ((median(rounds.map((round) => round[index].bytes[k])) * 8 * RATE) / FRAMES / 1000).toFixed(0);
console.log(`${film === null ? 'made' : basename(film)}, 3 temporal layers, CPU ms/picture; kbit/s: ${[0, 1, 2].map((k) => kbps(1, k)).join(' + ')}\n`);
console.log('| renditions | copy | scale | 720p | 360p | 180p | all | of one core at 30/s |\n|---|---|---|---|---|---|---|---|');
console.log(`| 720p | ${ms(([r]) => r.copy)} | – | ${ms(([r]) => r.encode[0])} | – | – | ${ms(([r]) => r.total)} | ${share(0)} |`);
console.log(`| 720p + 360p + 180p | ${ms(([, r]) => r.copy)} | ${ms(([, r]) => r.scale)} | ${[0, 1, 2].map((k) => ms(([, r]) => r.encode[k])).join(' | ')} | ${ms(([, r]) => r.total)} | ${share(1)} |`);
