// SPDX-License-Identifier: MIT
// What it costs to bring a browser's picture into the encoder's form: each format, as large as the encoder's picture and half as
// large again, in the WebAssembly module; a plain loop in JavaScript beside it for scale.
//
//   node tests/bench/codec/convert-bench.mjs [--rounds 7] [--times 40]
import { parseArgs } from 'node:util';
import { VideoEncoder } from '../../../web/codec/encoder-module.js';
import { loadEncoder } from '../../web/helpers/codec.js';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, times: { type: 'string', default: '40' } } });
const [width, height] = [1280, 720];
const FORMATS = ['I420', 'NV12', 'BGRA', 'BGRX', 'RGBA', 'RGBX'];
const module = await loadEncoder();
const encoder = new VideoEncoder(module, { width, height, framesPerSecond: 30, bitrateBps: 2_000_000 });
const cpuUs = () => {
    const { user, system } = process.cpuUsage();
    return user + system;
};

function measure(work) {
    work();
    const from = cpuUs();
    for (let i = 0; i < Number(options.times); i++) work();
    return (cpuUs() - from) / 1000 / Number(options.times);
}

/** BT.601 limited, as wasm/rgb_to_i420.c, without SIMD. */
function plainRgba(bytes, out) {
    const chroma = width * height;
    for (let y = 0; y < height; y += 2) {
        for (let x = 0; x < width; x += 2) {
            let r = 0, g = 0, b = 0;
            for (const at of [y * width + x, y * width + x + 1, (y + 1) * width + x, (y + 1) * width + x + 1]) {
                const [r1, g1, b1] = [bytes[at * 4], bytes[at * 4 + 1], bytes[at * 4 + 2]];
                out[at] = ((66 * r1 + 129 * g1 + 25 * b1 + 128) >> 8) + 16;
                r += r1;
                g += g1;
                b += b1;
            }
            const at = chroma + ((y * width) >> 2) + (x >> 1);
            out[at] = ((-38 * r - 74 * g + 112 * b + 512) >> 10) + 128;
            out[at + chroma / 4] = ((112 * r - 94 * g - 18 * b + 512) >> 10) + 128;
        }
    }
}

const contenders = FORMATS.flatMap((format) =>
    [[width, height], [1920, 1080]].map(([w, h]) => ({
        name: `${format} ${w}x${h}`,
        work() {
            encoder.source(format, w, h);
            encoder.convertSource();
        },
    })),
);
const rgba = new Uint8Array(width * height * 4).map((_, i) => (i * 2654435761) >>> 24);
const out = new Uint8Array((width * height * 3) / 2);
contenders.push({ name: `RGBA ${width}x${height} in JavaScript`, work: () => plainRgba(rgba, out) });

for (const { work } of contenders) for (let i = 0; i < 10; i++) work();
const times = contenders.map(() => []);
for (let round = 0; round < Number(options.rounds); round++) contenders.forEach(({ work }, i) => times[i].push(measure(work)));
console.log(`to I420 ${width}x${height}\n\n| from | CPU ms/picture |\n|---|---|`);
contenders.forEach(({ name }, i) => console.log(`| ${name} | ${times[i].sort((a, b) => a - b)[times[i].length >> 1].toFixed(2)} |`));
