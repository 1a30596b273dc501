// SPDX-License-Identifier: MIT
// The icons that the build draws: each has the size that the manifest says, is a whole PNG, and shows what the drawing has
// at its places; what the drawing may not hold is refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { inflateSync } from 'node:zlib';
import { drawIcon, polygons } from '../../web/tools/icons.mjs';
import { DRAWN, PWA_FILES, manifest } from '../../web/tools/pwa.mjs';

const svg = readFileSync(new URL('../../web/ui/favicon.svg', import.meta.url), 'utf8');

/** A PNG's pixels, by place. */
function read(bytes) {
    assert.equal(bytes.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
    const chunks = [];
    for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) chunks.push([bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at))]);
    assert.deepEqual(chunks.map(([type]) => type), ['IHDR', 'IDAT', 'IEND']);
    const head = chunks[0][1];
    const [side, channels] = [head.readUInt32BE(0), head[9] === 6 ? 4 : 3];
    assert.equal(head.readUInt32BE(4), side);
    const rows = inflateSync(chunks[1][1]);
    assert.equal(rows.length, side * (side * channels + 1));
    return { side, channels, at: (x, y) => [...rows.subarray(y * (side * channels + 1) + 1 + x * channels, y * (side * channels + 1) + 1 + (x + 1) * channels)] };
}

test('the manifest names each with the size and the purpose it has, and it has an address', () => {
    const pngs = manifest.icons.filter(({ type }) => type === 'image/png');
    assert.deepEqual(pngs.map(({ sizes, purpose }) => `${sizes} ${purpose}`), ['192x192 any', '512x512 any', '512x512 maskable']);
    for (const { src, sizes, purpose } of pngs) {
        const { side, background } = DRAWN.find(({ file }) => `/${file}` === src);
        assert.deepEqual([`${side}x${side}`, background !== undefined], [sizes, purpose === 'maskable'], src);
    }
    for (const { file } of DRAWN) assert.ok(PWA_FILES.some((one) => one.route === `/${file}` && one.file === file), file);
});

test('the drawing is where it should be: curtain, folds, the dark between, nothing around', () => {
    const clear = read(drawIcon(svg, { side: 192, share: 0.9 }));
    assert.deepEqual([clear.side, clear.channels], [192, 4]);
    const place = (x, y, share = 0.9) => [Math.round(192 * ((1 - share) / 2 + (share * x) / 36)), Math.round(192 * ((1 - share) / 2 + (share * y) / 36))];
    assert.deepEqual(clear.at(0, 0), [0, 0, 0, 0]);
    assert.deepEqual(clear.at(...place(8, 7)), [0xff, 0xb6, 0x48, 255], 'the curtain');
    assert.deepEqual(clear.at(...place(18, 28)), [0x3d, 0x22, 0x07, 255], 'the dark behind it');
    const fold = clear.at(...place(11.2, 12));
    assert.ok(fold[0] > 0x5a && fold[0] < 0xff && fold[3] === 255, `a fold lets the curtain through: ${fold}`);
    const whole = read(drawIcon(svg, { side: 192, share: 0.56, background: '#14100d' }));
    assert.equal(whole.channels, 3);
    assert.deepEqual(whole.at(0, 0), [0x14, 0x10, 0x0d]);
    assert.deepEqual(whole.at(...place(18, 28, 0.56)), [0x3d, 0x22, 0x07]);
    // Nothing of it lies outside the circle that a mask may leave.
    for (let angle = 0; angle < 360; angle += 5) assert.deepEqual(whole.at(Math.floor(96 + 78 * Math.cos(angle)), Math.floor(96 + 78 * Math.sin(angle))), [0x14, 0x10, 0x0d]);
});

test('paths become polygons; edges are smooth', () => {
    assert.deepEqual(polygons('M1 2h3v4H1z'), [[[1, 2], [4, 2], [4, 6], [1, 6], [1, 2]]]);
    const [circle] = polygons('M0 5a5 5 0 0 1 10 0a5 5 0 0 1-10 0z');
    assert.ok(circle.every(([x, y]) => Math.abs(Math.hypot(x - 5, y - 5) - 5) < 1e-9));
    const half = read(drawIcon('<svg viewBox="0 0 4 4"><path fill="#ffffff" d="M0 0h2.5v4H0z"/></svg>', { side: 4, share: 1, background: '#000000' }));
    assert.deepEqual([0, 1, 2, 3].map((x) => half.at(x, 1)[0]), [255, 255, 128, 0]);
});

test('what is not drawn is refused, not left out', () => {
    for (const d of ['M0 0q1 1 2 2', 'M0 0a5 4 0 0 1 10 0', 'M0 0l1', 'M0 0t1 1']) assert.throws(() => polygons(d), /not drawn|ellipse/, d);
    assert.throws(() => drawIcon('<svg viewBox="0 0 4 5"/>', { side: 4, share: 1 }), /not square/);
    assert.throws(() => drawIcon('<svg viewBox="0 0 4 4"><path fill="red" d="M0 0h1v1z"/></svg>', { side: 4, share: 1 }), /colour/);
});
