// SPDX-License-Identifier: MIT
// Our libvpx for WebAssembly gives, bit for bit, what the system's native libvpx gives: each kernel against the C
// reference, packets of the encoder and pictures of the decoder over a matrix of settings.
//
// TABCAST_BIT_EXACT=full runs the whole matrix (some minutes) instead of a cut through it, and TABCAST_CLIP=film.mp4
// takes a real film instead of made pictures.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildTools, makeClip, outputFolder, runKernelCheck, runNative, runWasm } from '../bench/codec/tools.mjs';

const SIZES = { even: { width: 640, height: 360 }, odd: { width: 333, height: 187 } };
const FRAMES = 32;
const IS_FULL = process.env.TABCAST_BIT_EXACT === 'full';

const every = (values, make) => values.flatMap(make);
const fullMatrix = () =>
    every([-1, -4, -8, -12], (cpuUsed) =>
        every([300, 2000, 6000], (bitrate) =>
            every(['even', 'odd'], (size) =>
                every([1, 3], (layers) =>
                    every([1, 2], (threads) => ['camera', 'screen'].map((kind) => ({ cpuUsed, bitrate, size, layers, threads, kind })))))));

// Each value of each setting at least twice, and the product's own settings. Two threads seldom: native libvpx
// spins while it waits, which takes seconds on a machine that has other work.
const cutMatrix = () =>
    [
        [-8, 2000, 'even', 3, 1, 'camera'],
        [-8, 2000, 'even', 3, 2, 'camera'],
        [-8, 300, 'odd', 1, 2, 'camera'],
        [-8, 2000, 'odd', 3, 1, 'screen'],
        [-4, 300, 'odd', 1, 1, 'camera'],
        [-4, 2000, 'odd', 3, 1, 'screen'], // differed with --enable-realtime-only
        [-4, 6000, 'odd', 3, 2, 'screen'],
        [-12, 6000, 'odd', 3, 1, 'camera'],
        [-12, 300, 'even', 1, 1, 'screen'],
        [-1, 2000, 'odd', 3, 1, 'camera'],
        [-1, 6000, 'odd', 1, 1, 'screen'],
    ].map(([cpuUsed, bitrate, size, layers, threads, kind]) => ({ cpuUsed, bitrate, size, layers, threads, kind }));

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
    assert.ok(native.lines.length > FRAMES / 4, `only ${native.lines.length} packets`);
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

for (const { cpuUsed, bitrate, size, layers, threads, kind } of IS_FULL ? fullMatrix() : cutMatrix()) {
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
