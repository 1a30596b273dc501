// SPDX-License-Identifier: MIT
// The choice between 2D and WebGL: by what they cost, without their first pictures, and only for a clear gain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PainterTrial } from '../../web/watch/picture-painter.js';

function run(costOf) {
    const trial = new PainterTrial();
    let count = 0;
    for (; !trial.isOver && count < 100; count++) trial.add(trial.next, costOf(trial.next, count));
    return { trial, count };
}

test('measures 2D first, then WebGL, and takes the cheaper', () => {
    const { trial, count } = run((kind) => (kind === '2d' ? 4 : 1));
    assert.equal(count, 40);
    assert.equal(trial.next, 'webgl');
    assert.equal(run((kind) => (kind === '2d' ? 4 : 9)).trial.next, '2d');
});

test('a small gain is not worth another context, and a slow start is no cost', () => {
    assert.equal(run((kind) => (kind === '2d' ? 4 : 3.5)).trial.next, '2d');
    const slowStart = (kind, count) => (kind === '2d' ? 4 : count < 25 ? 200 : 1);
    assert.equal(run(slowStart).trial.next, 'webgl');
});

test('what fails counts as infinitely dear', () => {
    assert.equal(run((kind) => (kind === '2d' ? 4 : Infinity)).trial.next, '2d');
});
