// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test from 'node:test';
import { FramePacer } from '../../web/publish/frame-pacer.js';

/** Pictures let through in ten seconds of a camera of `cameraFps`, jittered by ±6 ms. */
function passed(cameraFps, wantedFps) {
    const pacer = new FramePacer(wantedFps);
    const taken = [];
    for (let i = 0; i < cameraFps * 10; i++) {
        const at = (i * 1000) / cameraFps + 6 * Math.sin(i * 2.39);
        if (pacer.accepts(at)) taken.push(at);
    }
    return taken;
}

test('a camera at the wanted pace loses nothing to its jitter', () => {
    assert.equal(passed(30, 30).length, 300);
    assert.ok(passed(30.02, 30).length >= 299, 'a crystal that is a little fast');
    assert.equal(passed(24, 30).length, 240, 'a slower one neither');
});

test('a faster camera is thinned out evenly', () => {
    const taken = passed(60, 30);
    assert.ok(Math.abs(taken.length - 300) <= 2, `${taken.length} of 600`);
    const gaps = taken.slice(1).map((at, i) => at - taken[i]);
    assert.ok(Math.max(...gaps) < 60, `a gap of ${Math.max(...gaps)} ms`);
    assert.ok(Math.abs(passed(30, 20).length - 200) <= 3);
    assert.ok(Math.abs(passed(30, 15).length - 150) <= 2);
    assert.ok(Math.abs(passed(144, 30).length - 300) <= 3);
});

test('after a pause the beat starts anew, without a burst', () => {
    const pacer = new FramePacer(30);
    for (let i = 0; i < 30; i++) pacer.accepts(i * 16);
    let taken = 0;
    for (let i = 0; i < 60; i++) taken += pacer.accepts(100_000 + i * 16.7) ? 1 : 0;
    assert.ok(taken >= 29 && taken <= 31, `${taken} in a second`);
});

test('another pace from now on', () => {
    const pacer = new FramePacer(30);
    for (let i = 0; i < 30; i++) pacer.accepts(i * 33.3);
    pacer.setFramesPerSecond(15);
    let taken = 0;
    for (let i = 30; i < 90; i++) taken += pacer.accepts(i * 33.3) ? 1 : 0;
    assert.ok(taken >= 29 && taken <= 32, `${taken} in two seconds`);
});
