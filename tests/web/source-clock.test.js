// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test from 'node:test';
import { ShowClock, SourceClock } from '../../web/publish/source-clock.js';

test('late arrivals do not move the time of capture', () => {
    const clock = new SourceClock();
    const waits = [4, 9, 2, 2.5, 30, 2, 11, 2.2];
    const local = waits.map((wait, i) => clock.observe(500 + i * 33, 10_000 + i * 33 + wait));
    // From the first short wait on every time is exact to that wait.
    local.slice(2).forEach((ms, i) => assert.equal(ms, 10_002 + (i + 2) * 33));
    assert.equal(local[0], 10_004, 'before a short wait was seen, the first arrival counts');
});

test('a device clock that runs 200 ppm fast is followed within 3 ms', () => {
    const clock = new SourceClock();
    let worst = 0;
    for (let ms = 0; ms < 300_000; ms += 20) {
        const jitter = (ms * 7919) % 13;
        const local = clock.observe(ms * 1.0002, 1e6 + ms + 1 + jitter);
        if (ms > 1000) worst = Math.max(worst, Math.abs(local - (1e6 + ms + 1)));
    }
    assert.ok(worst < 3, `off by ${worst} ms`);
});

test('a restarted device is taken as it is', () => {
    const clock = new SourceClock();
    clock.observe(900_000, 1_000_000);
    clock.observe(900_020, 1_000_021);
    assert.equal(clock.observe(40, 1_000_055), 1_000_055);
    assert.equal(clock.observe(60, 1_000_080), 1_000_075);
});

test('the show\'s clock starts at what the relay says and never goes back', () => {
    const clock = new ShowClock();
    assert.equal(clock.isRunning, false);
    clock.startAt(5000, 0);
    assert.equal(clock.toShowUs(5040.5), 40_500);
    assert.ok(clock.toShowUs(4999) < 0, 'captured before the start');
    clock.startAt(65_000, 59_990);
    assert.equal(clock.toShowMs(65_000), 60_000, 'ours is ahead: it stays');
    clock.startAt(65_000, 60_100);
    assert.equal(clock.toShowMs(65_000), 60_100, 'the relay is ahead: we follow');
});
