// SPDX-License-Identifier: MIT
// Our libvpx for WebAssembly gives, bit for bit, what the system's native libvpx gives: each kernel against the C
// reference, packets of the encoder and pictures of the decoder over a matrix of settings.
//
// Here runs a cut through the matrix in which every two values meet. TABCAST_BIT_EXACT=full runs all of it (about a quarter
// of an hour), and TABCAST_CLIP=film.mp4 takes a real film instead of made pictures.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildTools, makeClip, outputFolder, runKernelCheck, runNative, runWasm } from '../bench/codec/tools.mjs';
import { pairwise } from './helpers/pairwise.js';

const SIZES = { even: { width: 640, height: 360 }, odd: { width: 333, height: 187 }, small: { width: 175, height: 143 }, upright: { width: 202, height: 358 } };
const FRAMES = 32;
const IS_FULL = process.env.TABCAST_BIT_EXACT === 'full';

const MATRIX = {
    cpuUsed: [-1, -2, -4, -6, -8, -10, -12],
    bitrate: [150, 300, 2000, 8000],
    size: Object.keys(SIZES),
    layers: [1, 2, 3],
    kind: ['camera', 'screen'],
    threads: [1, 2],
};
/** The product's own settings, and what once differed. */
const ALWAYS = [
    { cpuUsed: -8, bitrate: 2000, size: 'even', layers: 3, kind: 'camera', threads: 1 },
    { cpuUsed: -8, bitrate: 2000, size: 'even', layers: 3, kind: 'camera', threads: 2 },
    { cpuUsed: -4, bitrate: 2000, size: 'odd', layers: 3, kind: 'screen', threads: 1 }, // with --enable-realtime-only
];

const fullMatrix = () => Object.entries(MATRIX).reduce((list, [name, values]) => list.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))), [{}]);

let tools = '';
let folder = '';
before(() => {
    tools = buildTools();
    folder = outputFolder();
});
after(() => rmSync(folder, { recursive: true, force: true }));

const clipOf = (kind, size) => makeClip({ kind, source: process.env.TABCAST_CLIP ?? null, frames: FRAMES, ...SIZES[size] });

function compare(settings, film) {
    const native = runNative(tools, 'encode', { ...settings, output: film });
    const wasm = runWasm(tools, 'encode', settings);
    // At the least bitrate rate control leaves most pictures out.
    assert.ok(native.lines.length > FRAMES / 8, `only ${native.lines.length} packets`);
    assert.deepEqual(wasm.lines, native.lines, 'packets differ');
    assert.equal(wasm.hash, native.hash);

    const decode = { input: film, list: 1, threads: settings.threads };
    const nativePictures = runNative(tools, 'decode', decode);
    const wasmPictures = runWasm(tools, 'decode', decode);
    assert.equal(nativePictures.lines.length, native.lines.length);
    assert.deepEqual(wasmPictures.lines, nativePictures.lines, 'pictures differ');
}

test('each kernel equals the C reference, and writes nothing outside', () => {
    const told = runKernelCheck(tools, []);
    const [, comparisons, differences] = /comparisons=(\d+) differences=(\d+)/.exec(told) ?? [];
    assert.ok(Number(comparisons) > 10000, told);
    assert.equal(differences, '0');
});

test('in the cut every two values meet', () => {
    const cut = pairwise(MATRIX, ALWAYS);
    const names = Object.keys(MATRIX);
    for (const a of names) {
        for (const b of names.filter((name) => name !== a)) {
            for (const x of MATRIX[a]) for (const y of MATRIX[b]) assert.ok(cut.some((one) => one[a] === x && one[b] === y), `${a} ${x} with ${b} ${y}`);
        }
    }
    assert.deepEqual(cut.slice(0, ALWAYS.length), ALWAYS);
    assert.ok(cut.length < 45, `${cut.length} settings`);
    assert.deepEqual(pairwise(MATRIX, ALWAYS), cut);
});

for (const { cpuUsed, bitrate, size, layers, threads, kind } of IS_FULL ? fullMatrix() : pairwise(MATRIX, ALWAYS)) {
    const { width, height } = SIZES[size];
    test(`${kind} ${width}x${height}, ${bitrate} kbit/s, cpu-used ${cpuUsed}, ${layers} layers, ${threads} threads`, () => {
        const settings = { input: clipOf(kind, size), width, height, frames: FRAMES, list: 1, bitrate, 'cpu-used': cpuUsed, layers, threads,
            screen: kind === 'screen' ? 1 : 0 };
        compare(settings, join(folder, `${kind}-${size}-${bitrate}-${cpuUsed}-${layers}-${threads}.ivf`));
    });
}

for (const profile of [1, 2, 3]) {
    test(`profile ${profile}, with the simpler filters of other people's streams`, () => {
        const settings = { input: clipOf('camera', 'odd'), ...SIZES.odd, frames: FRAMES, list: 1, bitrate: 600, profile };
        compare(settings, join(folder, `profile-${profile}.ivf`));
    });
}
