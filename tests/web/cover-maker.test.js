// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test from 'node:test';
import { coverFrame } from '../../web/ui/cover-maker.js';

test('a cover is the largest 16:9 in the middle, and never larger than it was', () => {
    assert.deepEqual(coverFrame(1920, 1080), { x: 0, y: 0, width: 1920, height: 1080, outWidth: 1280, outHeight: 720 });
    assert.deepEqual(coverFrame(4000, 900), { x: 1200, y: 0, width: 1600, height: 900, outWidth: 1280, outHeight: 720 });
    const tall = coverFrame(900, 1600);
    assert.deepEqual([tall.x, tall.width, tall.outWidth, tall.outHeight], [0, 900, 900, 506]);
    assert.equal(tall.y * 2 + tall.height, 1600);
    assert.deepEqual([coverFrame(1, 1).outWidth, coverFrame(1, 1).outHeight], [2, 2]);
});
