// SPDX-License-Identifier: MIT
// What is cut out of a photograph, and that page and relay mean the same picture.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { middleSquare } from '../../web/ui/face-maker.js';

test('the middle, as large as it goes', () => {
    assert.deepEqual(middleSquare(4000, 3000), { x: 500, y: 0, side: 3000 });
    assert.deepEqual(middleSquare(3000, 4001), { x: 0, y: 500, side: 3000 });
    assert.deepEqual(middleSquare(7, 7), { x: 0, y: 0, side: 7 });
});

test('size and weight are the relay\'s', () => {
    const limits = readFileSync(new URL('../../relay/relay_limits.h', import.meta.url), 'utf8');
    const page = readFileSync(new URL('../../web/ui/face-maker.js', import.meta.url), 'utf8');
    assert.match(limits, /LIMIT_FACE_BYTES \(48 \* 1024\)/);
    assert.match(limits, /LIMIT_FACE_PIXELS 256/);
    assert.match(page, /LIMIT_BYTES = 48 \* 1024/);
    assert.match(page, /PIXELS = 256/);
});
