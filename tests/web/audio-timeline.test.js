// SPDX-License-Identifier: MIT
// Samples to moments of the show: in step, with jittering stamps, with drift, across holes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AudioTimeline } from '../../web/watch/audio-timeline.js';

const PACKET = 960;
const near = (actual, expected, tolerance) =>
    assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);

test('maps both ways', () => {
    const timeline = new AudioTimeline();
    assert.ok(timeline.isEmpty);
    assert.ok(Number.isNaN(timeline.timeAt(0)));
    assert.equal(timeline.append(1000, PACKET, 0), 0);
    assert.equal(timeline.append(1020, PACKET, PACKET), 0);
    assert.equal(timeline.timeAt(480), 1010);
    assert.equal(timeline.indexAt(1030), 1440);
    assert.equal(timeline.endMs, 1040);
    assert.equal(timeline.timeAt(-480), 990, 'before the first sample it goes on backwards');
});

test('stamps that jitter by 5 ms move the line by less than 1 ms', () => {
    const timeline = new AudioTimeline();
    for (let i = 0; i < 500; i++) {
        timeline.append(i * 20 + (i % 3 === 0 ? 5 : i % 3 === 1 ? -5 : 0), PACKET, i * PACKET);
        if (i > 50) near(timeline.timeAt(i * PACKET), i * 20, 1);
    }
});

for (const ppm of [200, -200]) {
    test(`a microphone clock ${ppm} ppm off is followed to 0.2 ms over ten minutes`, () => {
        const timeline = new AudioTimeline();
        const packetMs = 20 * (1 + ppm / 1e6);
        for (let i = 0; i < 30_000; i++) timeline.append(i * packetMs, PACKET, i * PACKET);
        near(timeline.timeAt(30_000 * PACKET), 30_000 * packetMs, 0.2);
    });
}

test('a hole up to a second is filled with silence and keeps the step', () => {
    const timeline = new AudioTimeline();
    timeline.append(0, PACKET, 0);
    assert.equal(timeline.append(320, PACKET, PACKET), 300 * 48);
    assert.equal(timeline.timeAt(PACKET + 300 * 48), 320);
    near(timeline.timeAt(PACKET + 150 * 48), 170, 0.001);
});

test('a longer hole is a jump of the line, no silence', () => {
    const timeline = new AudioTimeline();
    timeline.append(0, PACKET, 0);
    assert.equal(timeline.append(30_000, PACKET, PACKET), 0);
    assert.equal(timeline.timeAt(PACKET), 30_000);
    assert.equal(timeline.timeAt(PACKET - 48), 19);
});

test('stamps that go back are believed', () => {
    const timeline = new AudioTimeline();
    timeline.append(500, PACKET, 0);
    assert.equal(timeline.append(100, PACKET, PACKET), 0);
    assert.equal(timeline.timeAt(PACKET), 100);
});
