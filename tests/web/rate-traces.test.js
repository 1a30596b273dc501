// SPDX-License-Identifier: MIT
// web/publish/rate-control.js against a recorded load: what 720p took to encode, second by second, while other programs came
// and went (tests/bench/codec/record-load.mjs), on that machine and on slower ones. What a smaller size or less effort takes
// of it was measured in the same run. A picture that is not done in time is left out before the encoder, so the rate of pictures
// is the shorter of what is wanted and what is done.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RateControl } from '../../web/publish/rate-control.js';

const trace = JSON.parse(readFileSync(new URL('../golden/load-busy-machine.json', import.meta.url), 'utf8'));
const LIMITS = { framesPerSecond: 30, bitrateBps: 2_500_000, cpuUsed: -8 };
/** Seconds of the recording in which six programs more wanted the two cores. */
const BUSY = { from: 8, to: 28 };

const costOf = ({ scale, cpuUsed }) => trace.costs.find((c) => c.scale === scale && c.cpuUsed === cpuUsed).cost;

/** Plays the trace on a machine `slowness` times as slow, then its last second for as long again as asked. */
function play(slowness, calmSeconds = 0) {
    const control = new RateControl(LIMITS);
    const seconds = [...trace.encodeMs, ...Array(calmSeconds).fill(trace.encodeMs.at(-1))].map((fullMs, s) => {
        const decision = control.decision;
        const encodeMs = fullMs * slowness * costOf(decision);
        control.update({ nowMs: s * 1000, encodeMs, queueMs: 40, throughputBps: 2_500_000 });
        return { ...decision, encodeMs, shown: Math.min(decision.framesPerSecond, 1000 / encodeMs) };
    });
    const changes = seconds.filter((now, s) => s > 0 && ['scale', 'cpuUsed', 'framesPerSecond'].some((key) => now[key] !== seconds[s - 1][key])).length;
    return { seconds, changes };
}

const least = (seconds, from, to) => Math.min(...seconds.slice(from, to).map(({ shown }) => shown));

test('the recording is what it says', () => {
    assert.equal(trace.encodeMs.length, trace.plan.reduce((sum, [length]) => sum + length, 0));
    assert.deepEqual(trace.plan.slice(0, 2), [[BUSY.from, 0], [BUSY.to - BUSY.from, 6]]);
    const mean = (values) => values.reduce((a, b) => a + b) / values.length;
    assert.ok(mean(trace.encodeMs.slice(BUSY.from, BUSY.to)) > 2.5 * mean(trace.encodeMs.slice(0, BUSY.from)));
});

test('where the machine manages, nothing is given up but effort', () => {
    const { seconds, changes } = play(1);
    assert.ok(seconds.every(({ scale, shown }) => scale === 1 && shown >= 29.9));
    assert.ok(changes <= 6, `${changes} changes`);
});

test('a machine half as fast keeps its pictures a second by giving up size, and takes it back', () => {
    const { seconds, changes } = play(2, 120);
    // It takes two seconds to be sure.
    assert.ok(least(seconds, BUSY.from + 3, BUSY.to) >= 28, `${least(seconds, BUSY.from + 3, BUSY.to)} a second while busy`);
    assert.ok(seconds.slice(BUSY.from, BUSY.to).every(({ shown }) => shown > 15), 'never a standstill');
    assert.equal(seconds.at(-1).scale, 1, 'and comes back when it is calm');
    assert.ok(changes <= 16, `${changes} changes in ${seconds.length} s`);
});

test('a machine a third as fast gets along, too', () => {
    const { seconds, changes } = play(3, 120);
    assert.ok(least(seconds, BUSY.from + 3, BUSY.to) >= 28, `${least(seconds, BUSY.from + 3, BUSY.to)} a second while busy`);
    // 26 ms for a picture at full effort when all is calm: within the limit, so nobody is asked to give more up for good.
    assert.ok(least(seconds, -30) >= 29.9);
    assert.ok(changes <= 20, `${changes} changes in ${seconds.length} s`);
});

test('one that is much too slow ends with few small pictures, and stays there quietly', () => {
    const { seconds, changes } = play(10, 120);
    const end = seconds.at(-1);
    assert.deepEqual([end.scale, end.framesPerSecond <= 20], [0.5, true]);
    assert.ok(end.shown >= end.framesPerSecond - 0.1, `${end.shown} of ${end.framesPerSecond}`);
    assert.ok(changes <= 24, `${changes} changes in ${seconds.length} s`);
});
