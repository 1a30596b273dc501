// SPDX-License-Identifier: MIT
// QR codes as paths: finder patterns in three corners, a quiet margin, and the size that the text needs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { qrPath } from '../../web/ui/qr-code.js';

const URI = `otpauth://totp/shows.example:ann?secret=${'A'.repeat(32)}&issuer=shows.example`;

/** The dark modules of a path, as "x,y". */
function dark(path) {
    const set = new Set();
    for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) for (let i = 0; i < Number(width); i++) set.add(`${Number(x) + i},${y}`);
    return set;
}

test('three finder patterns, a margin of four, and nothing outside', () => {
    const { size, path } = qrPath(URI);
    assert.equal((size - 8 - 17) % 4, 0, 'a size that QR codes have');
    const modules = dark(path);
    assert.equal(path.replace(/M\d+ \d+h\d+v1h-\d+z/g, ''), '', 'nothing but runs');
    const ring = (x0, y0) => {
        for (let i = 0; i < 7; i++)
            for (let j = 0; j < 7; j++) {
                const isDark = i === 0 || j === 0 || i === 6 || j === 6 || (i > 1 && i < 5 && j > 1 && j < 5);
                assert.equal(modules.has(`${x0 + i},${y0 + j}`), isDark, `${x0 + i},${y0 + j}`);
            }
    };
    for (const [x, y] of [[4, 4], [size - 11, 4], [4, size - 11]]) ring(x, y);
    for (const module of modules) for (const n of module.split(',')) assert.ok(Number(n) >= 4 && Number(n) < size - 4, module);
});

test('other texts are other codes, longer ones larger', () => {
    assert.notEqual(qrPath(URI).path, qrPath(URI.replace('ann', 'bob')).path);
    assert.ok(qrPath(URI.repeat(3)).size > qrPath(URI).size);
});
