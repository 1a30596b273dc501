// SPDX-License-Identifier: MIT
// The player's clock and the device's: running, correcting, being corrected.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlayoutClock } from '../../web/watch/clock.js';
import { DeviceClock } from '../../web/watch/device-clock.js';
import { presentDelayMs, soundStartMs } from '../../web/watch/live-timing.js';

const near = (actual, expected, tolerance) =>
    assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);

function runningClock() {
    const clock = new PlayoutClock();
    clock.set(1000, 0);
    clock.run(0);
    return clock;
}

test('stands until run, then follows the local clock, and says when a moment comes', () => {
    const clock = new PlayoutClock();
    clock.set(1000, 50);
    assert.equal(clock.timeAt(500), 1000);
    assert.equal(clock.localAt(1100), Infinity);
    clock.run(500);
    assert.equal(clock.timeAt(600), 1100);
    assert.equal(clock.localAt(1200), 700);
    clock.hold(600);
    assert.equal(clock.timeAt(9999), 1100);
});

test('steer: rests within 15 ms, corrects by at most 8 % until within 3 ms, gives up beyond 1.5 s', () => {
    const clock = runningClock();
    assert.equal(clock.steer(1014, 0), 'steady');
    assert.equal(clock.rate, 1);
    assert.equal(clock.steer(1100, 0), 'catching-up');
    assert.equal(clock.rate, 1.08);
    let steps = 0;
    let now = 0;
    while (clock.steer(1100 + now, now) === 'catching-up') {
        now += 10;
        steps += 1;
        assert.ok(steps < 2000, 'never settles');
    }
    near(clock.timeAt(now), 1100 + now, 3);
    assert.ok(now > 1500, '85 ms are worked off in seconds, not at once');
    assert.equal(clock.rate, 1);
    assert.equal(clock.steer(now + 1100 - 50, now), 'slowing');
    assert.ok(clock.rate >= 0.92 && clock.rate < 1);
    assert.equal(clock.steer(now + 3000, now), 'far');
    assert.equal(clock.steer(now - 3000, now), 'far');
});

test('steer without sound corrects faster', () => {
    const clock = runningClock();
    clock.steer(1500, 0, { isSilent: true });
    assert.equal(clock.rate, 1.1);
});

test('a change of rate does not move the present', () => {
    const clock = runningClock();
    const before = clock.timeAt(700);
    clock.steer(before + 200, 700);
    near(clock.timeAt(700), before, 1e-9);
    near(clock.timeAt(1700), before + 1080, 1e-9);
});

test('observe: large errors at once, small ones smoothed, and the first at once', () => {
    const clock = runningClock();
    clock.observe(1020, 0);
    assert.equal(clock.timeAt(0), 1020);
    clock.observe(1040, 10);
    near(clock.timeAt(10), 1030.65, 0.05);
    clock.observe(2000, 20);
    assert.equal(clock.timeAt(20), 2000);
});

test('observe: noise of ±10 ms moves the clock by less than 2 ms', () => {
    const clock = runningClock();
    for (let now = 0; now < 5000; now += 10) {
        clock.observe(1000 + now + ((now / 10) % 2 === 0 ? 10 : -10), now);
        if (now > 500) near(clock.timeAt(now), 1000 + now, 2);
    }
});

test('device: the median of jittering pairs, and a fresh start when the device changes', () => {
    const device = new DeviceClock();
    assert.ok(Number.isNaN(device.frameAt(0)));
    for (let i = 0; i < 9; i++) device.observe(i * 0.1, 5000 + i * 100 + [0, 3, -4, 9, 0, -9, 1, 0, 2][i]);
    near(device.frameAt(6000) / 48, 1000, 0.5);
    device.observe(1, 9000);
    near(device.frameAt(9000) / 48, 4000, 0.5);
    assert.equal(device.takeLostMs(), 0, 'one stray pair is a misreport');
    device.observe(1.1, 9105);
    near(device.frameAt(9105) / 48, 1100, 1e-6);
    near(device.takeLostMs(), 3005, 1);
    assert.equal(device.takeLostMs(), 0);
});

test('device: the lead is the largest of the last seconds', () => {
    const device = new DeviceClock();
    device.observe(0, 0);
    for (let now = 0; now < 2000; now += 10) device.observeLead((now + 30 + (now % 40)) * 48, now);
    near(device.leadMs, 60, 0.01);
    for (let now = 2000; now < 9000; now += 10) device.observeLead((now + 20) * 48, now);
    near(device.leadMs, 20, 0.01);
});

test('delay: sound rules when it needs longer, the picture when that does', () => {
    const known = { audioDelayMs: 55, videoDelayMs: 45, leadMs: 40, decodeMs: 3, hasSound: true, pathGuessMs: 0 };
    assert.equal(presentDelayMs(known), 100);
    assert.equal(presentDelayMs({ ...known, hasSound: false }), 48);
    assert.equal(presentDelayMs({ ...known, videoDelayMs: 300 }), 303);
    assert.equal(presentDelayMs({ ...known, audioDelayMs: null, videoDelayMs: null, hasSound: false, pathGuessMs: 7 }), 70);
});

test('start of sound: waits for its moment, skips what is old at a beginning, not after a hole', () => {
    const held = { beginMs: 1000, endMs: 1500, wantedMs: 1200, heldMs: 0, isFresh: true };
    assert.equal(soundStartMs(held), 1200);
    assert.equal(soundStartMs({ ...held, isFresh: false }), 1000);
    assert.equal(soundStartMs({ ...held, wantedMs: 900 }), null);
    assert.equal(soundStartMs({ ...held, wantedMs: 900, heldMs: 1000 }), 1000);
    assert.equal(soundStartMs({ ...held, wantedMs: 1600 }), null);
    assert.equal(soundStartMs({ ...held, wantedMs: 1600, heldMs: 1000 }), 1490);
    assert.equal(soundStartMs({ ...held, isFresh: false, wantedMs: 3000, endMs: 3100 }), 3000);
    assert.equal(soundStartMs({ ...held, endMs: 1005 }), null);
    assert.equal(soundStartMs({ ...held, beginMs: NaN, endMs: NaN }), null);
});
