// SPDX-License-Identifier: MIT
// Streams that are not ours decode right: TABCAST_VP8_VECTORS=DIR takes the public VP8 test vectors (vp80-*.ivf, each with
// its .md5). Without them, streams in the same form are made here by native libvpx, with what our own encoder does not use
// (odd sizes, several token partitions, hidden pictures, sharpness, scaling bits, a new size on the way); their sums are
// those of FFmpeg's own VP8 decoder, which shares nothing with libvpx.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadPlayer } from './helpers/codec.js';
import { decodeVector, packetsOf, promisedMd5, vectorsIn } from './helpers/vp8-vectors.js';

const GIVEN = process.env.TABCAST_VP8_VECTORS;
const BIG = { maxBuffer: 1 << 28 };
const FRAMES = 45;

/** What libvpx is told, through ffmpeg. It hides pictures (alternate references) only in the second of two passes. */
const MADE = {
    'odd-size': { size: '175x143', options: ['-deadline', 'realtime', '-cpu-used', '-4'] },
    'one-macroblock': { size: '16x16', options: ['-deadline', 'realtime', '-cpu-used', '-4'] },
    'eight-partitions': { size: '426x240', options: ['-deadline', 'realtime', '-cpu-used', '-4', '-slices', '8'] },
    'hidden-pictures': { size: '320x180', passes: 2, options: ['-deadline', 'good', '-cpu-used', '4', '-auto-alt-ref', '1', '-lag-in-frames', '16', '-arnr-maxframes', '7', '-arnr-strength', '3'] },
    'sharpness': { size: '176x144', options: ['-deadline', 'good', '-cpu-used', '5', '-sharpness', '6', '-b:v', '60k'] },
    'profile-3': { size: '203x111', options: ['-deadline', 'realtime', '-cpu-used', '-4', '-profile:v', '3'] },
    'error-resilient': { size: '176x144', options: ['-deadline', 'realtime', '-cpu-used', '-4', '-error-resilient', 'default+partitions'] },
};

let folder = GIVEN;
let module;
before(async () => {
    module = await loadPlayer();
    if (GIVEN) return;
    folder = mkdtempSync(join(tmpdir(), 'tabcast-vectors-'));
    for (const [name, { size, options, passes = 1 }] of Object.entries(MADE)) makeVector(`vp80-made-${name}.ivf`, size, options, passes);
    scaledVector('vp80-made-scaling-bits.ivf', 'vp80-made-odd-size.ivf');
    joinedVector('vp80-made-new-size.ivf', ['vp80-made-odd-size.ivf', 'vp80-made-eight-partitions.ivf']);
});
after(() => {
    if (folder && !GIVEN) rmSync(folder, { recursive: true, force: true });
});

function makeVector(name, size, options, passes) {
    const source = `mandelbrot=size=${size}:rate=30:start_scale=0.4:end_pts=200,noise=alls=5:allf=t:all_seed=7`;
    const common = ['-v', 'error', '-y', '-f', 'lavfi', '-i', source, '-frames:v', `${FRAMES}`, '-pix_fmt', 'yuv420p', '-c:v', 'libvpx', '-b:v', '300k', ...options];
    for (let pass = 1; pass <= passes; pass++) {
        const which = passes > 1 ? ['-pass', `${pass}`, '-passlogfile', join(folder, 'pass')] : [];
        execFileSync('ffmpeg', [...common, ...which, join(folder, name)]);
    }
    promise(name, [name]);
}

/** Writes the sum that another decoder gives for these streams, one after the other. */
function promise(name, parts) {
    const sum = createHash('md5');
    for (const part of parts) {
        sum.update(execFileSync('ffmpeg', ['-v', 'error', '-c:v', 'vp8', '-i', join(folder, part), '-fps_mode', 'passthrough', '-pix_fmt', 'yuv420p', '-f', 'rawvideo', '-'], BIG));
    }
    writeFileSync(join(folder, `${name}.md5`), `${sum.digest('hex')}  ${name}.i420\n`);
}

/** The same pictures, of which each key frame says that they be shown larger: a decoder gives them as they are. */
function scaledVector(name, from) {
    const film = readFileSync(join(folder, from));
    let keys = 0;
    for (let at = film.readUInt16LE(6); at < film.length; at += 12 + film.readUInt32LE(at)) {
        const frame = at + 12;
        if (film[frame] & 1) continue;
        film[frame + 7] |= 1 << 6; // 5/4 as wide
        film[frame + 9] |= 2 << 6; // 5/3 as high
        keys++;
    }
    assert.ok(keys > 0);
    writeFileSync(join(folder, name), film);
    promise(name, [from]);
}

function joinedVector(name, parts) {
    const films = parts.map((part) => readFileSync(join(folder, part)));
    writeFileSync(join(folder, name), Buffer.concat([films[0], ...films.slice(1).map((film) => film.subarray(film.readUInt16LE(6)))]));
    promise(name, parts);
}

function check(name, options) {
    const got = decodeVector(module, folder, name, options);
    assert.equal(got.md5, promisedMd5(folder, name), `${name}: ${got.pictures} pictures of ${got.sizes}`);
    return got;
}

if (GIVEN) {
    const names = vectorsIn(GIVEN);
    test('the folder has vectors', () => assert.ok(names.length > 0, GIVEN));
    for (const name of names) test(name, () => void check(name));
} else {
    test('streams of every kind decode as FFmpeg decodes them', () => {
        const names = vectorsIn(folder);
        assert.equal(names.length, Object.keys(MADE).length + 2);
        const got = Object.fromEntries(names.map((name) => [name.slice('vp80-made-'.length, -'.ivf'.length), check(name)]));
        for (const [name, { pictures }] of Object.entries(got)) assert.ok(pictures >= FRAMES, `${name}: ${pictures} pictures`);
        // They are what they are meant to be.
        assert.ok(got['hidden-pictures'].hidden > 0, 'no hidden picture');
        assert.deepEqual(got['scaling-bits'].sizes, ['175x143']);
        assert.deepEqual(got['new-size'].sizes, ['175x143', '426x240']);
    });

    test('the same when the planes are packed', () => {
        for (const name of vectorsIn(folder)) check(name, { isPacked: true });
    });

    test('a stream that decodes to other pictures than promised is found', () => {
        // The last packet left out, and the sum of the whole.
        const film = readFileSync(join(folder, 'vp80-made-odd-size.ivf'));
        writeFileSync(join(folder, 'vp80-made-short.ivf'), film.subarray(0, film.length - 12 - packetsOf(film).at(-1).length));
        writeFileSync(join(folder, 'vp80-made-short.ivf.md5'), readFileSync(join(folder, 'vp80-made-odd-size.ivf.md5')));
        assert.throws(() => check('vp80-made-short.ivf'), /vp80-made-short/);
    });
}
