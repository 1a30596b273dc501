// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test from 'node:test';
import { makeRandom } from './helpers/live-simulation.js';
import { ArrivalClock, ShowClock, SourceClock } from '../../web/publish/source-clock.js';

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

/**
 * Blocks of 20 ms from a sound card `ppm` fast that is fetched from `stallMs` late for good from `stallAtMs` on; by how much
 * later samples are told later than they were taken, now and then on the way.
 */
function afterStall(stallMs, { bufferMs, seconds, stallAtMs = 60_000, ppm = 0 }) {
    const clock = new SourceClock(bufferMs);
    const moved = [];
    for (let ms = 0; ms < seconds * 1000; ms += 20) {
        const arrived = 1e6 + ms + (ms >= stallAtMs ? stallMs : 0) + 1 + ((ms * 31) % 9);
        const local = clock.observe(ms * (1 + ppm / 1e6), arrived);
        if (ms % 10_000 === 9980) moved.push(local - 1e6 - ms - 1);
    }
    return moved;
}

test('a fetch that came late does not move samples that were kept for it', () => {
    const moved = afterStall(45, { bufferMs: 100, seconds: 80 }).at(-1);
    assert.ok(moved >= 0 && moved < 3, `moved by ${moved} ms`);
    const later = afterStall(45, { bufferMs: 100, seconds: 7200 }).at(-1);
    assert.ok(later > 30 && later <= 46, `${later} ms: in two hours it could as well be drift`);
});

for (const ppm of [-208, 0, 208]) {
    for (const stallAtMs of [30_000, 60_000, 600_000]) {
        test(`nor does it when the card is ${ppm} ppm fast and its pace is known, ${stallAtMs / 1000} s after the beginning`, () => {
            const moved = afterStall(60, { bufferMs: 100, seconds: 1500, stallAtMs, ppm }).slice(25);
            const worst = Math.max(...moved.map(Math.abs));
            assert.ok(worst < 15, `moved by ${worst} ms within a quarter of an hour`);
        });
    }
}

/** Half an hour of a busy machine: waits wander by some ms for minutes; by how much samples are told wrongly after five minutes. */
function onBusyMachine({ seed, ppm, stallsAtS }) {
    const clock = new SourceClock(100);
    const random = makeRandom(seed);
    const moved = [];
    let busyMs = 0;
    let stalledMs = 0;
    for (let s = 0; s < 1800; s += 0.1) {
        const chance = random() / 0.01;
        if (chance < 0.04) busyMs = 3 + random() * 8;
        else if (chance < 0.1) busyMs = 0;
        if (stallsAtS.includes(Math.round(s * 10) / 10)) stalledMs += 25;
        const arrived = 1e6 + s * 1000 + 1 + stalledMs + busyMs * (0.5 + 0.5 * random()) + random() * 10;
        const local = clock.observe(s * 1000 * (1 + ppm / 1e6), arrived);
        if (s > 300) moved.push(local - 1e6 - s * 1000 - 1);
    }
    return moved;
}

for (const [name, stallsAtS, lowMs, highMs] of [['no late fetch', [], -10, 12], ['four late fetches', [100, 600, 900, 1300], -10, 45]]) {
    test(`half an hour of a busy machine with ${name}: sound stays in its place`, () => {
        const ends = [];
        for (const ppm of [-208, 0, 208]) {
            for (let seed = 1; seed <= 3; seed++) {
                const moved = onBusyMachine({ seed, ppm, stallsAtS });
                ends.push(moved.at(-1));
                const [least, most] = [Math.min(...moved), Math.max(...moved)];
                assert.ok(least > lowMs && most < highMs, `${ppm} ppm, seed ${seed}: ${least.toFixed(1)} … ${most.toFixed(1)} ms`);
            }
        }
        const median = ends.sort((a, b) => a - b)[ends.length >> 1];
        assert.ok(Math.abs(median) < 22, `${median} ms in the end`);
    });
}

test('what went over the rim of the browser\'s buffer moves them by as much', () => {
    const moved = afterStall(400, { bufferMs: 100, seconds: 80 }).at(-1);
    assert.ok(moved > 299 && moved < 304, `moved by ${moved} ms`);
    const without = afterStall(45, { bufferMs: 0, seconds: 80 }).at(-1);
    assert.ok(Math.abs(without - 45) < 1, 'a camera keeps nothing');
});

test('a restarted device is taken as it is', () => {
    const clock = new SourceClock();
    clock.observe(900_000, 1_000_000);
    clock.observe(900_020, 1_000_021);
    assert.equal(clock.observe(40, 1_000_055), 1_000_055);
    assert.equal(clock.observe(60, 1_000_080), 1_000_075);
});

/** Arrivals of a camera of `fps` as a screen of 60 pictures a second shows them, with pictures left out. */
function seenAtScreen(fps, isLeftOut = () => false) {
    const clock = new ArrivalClock(fps > 28 ? 30 : 25);
    const times = [];
    for (let i = 0; i < fps * 10; i++) {
        const takenMs = (i * 1000) / fps;
        if (isLeftOut(i)) continue;
        const seenMs = Math.ceil((takenMs + 3) / (1000 / 60)) * (1000 / 60);
        times.push({ takenMs, atMs: clock.observe(5000 + seenMs) - 5000 });
    }
    return times.slice(30);
}

test('pictures seen at the screen\'s pace get the even times they were taken at', () => {
    for (const fps of [30.1, 29.9, 30.5, 24, 25]) {
        const times = seenAtScreen(fps);
        const steps = times.slice(1).map(({ atMs }, i) => atMs - times[i].atMs);
        const worst = Math.max(...steps.map((step) => Math.abs(step - 1000 / fps)));
        assert.ok(worst < 4, `${fps} fps: a step is ${worst} ms from even, without the clock it would be 13 or 17`);
        const lateness = times.map(({ takenMs, atMs }) => atMs - takenMs);
        assert.ok(Math.min(...lateness) > -2 && Math.max(...lateness) < 24, `${fps} fps: ${Math.min(...lateness)}…${Math.max(...lateness)} ms late`);
    }
});

test('pictures left out leave their place empty', () => {
    const times = seenAtScreen(30.1, (i) => i % 7 === 3 || i % 50 === 10);
    for (const { takenMs, atMs } of times) assert.ok(Math.abs(atMs - takenMs - 8) < 24, `${takenMs} became ${atMs}`);
});

test('a pace that is not the named one is found, a pause begins anew, and time goes forward', () => {
    const clock = new ArrivalClock(30);
    let last = -Infinity;
    for (let i = 0; i < 400; i++) {
        const arrivedMs = (i * 1000) / 26 + (i % 3);
        const at = clock.observe(arrivedMs);
        assert.ok(at > last);
        assert.ok(Math.abs(at - arrivedMs) < 26);
        if (i > 200) assert.ok(Math.abs(at - last - 1000 / 26) < 1.5, `a step of ${at - last} ms`);
        last = at;
    }
    assert.equal(clock.observe(50_000), 50_000);
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
