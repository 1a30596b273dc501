// SPDX-License-Identifier: MIT
// web/publish: rate-control.js, ack-tracker.js, rate-meter.js, quality.js, level-meter.js, device-errors.js.

import assert from 'node:assert/strict';
import test from 'node:test';
import { AckTracker } from '../../web/publish/ack-tracker.js';
import { DeviceError, deviceProblem, problemOf } from '../../web/publish/device-errors.js';
import { LevelMeter, levelOfPeak } from '../../web/publish/level-meter.js';
import { QUALITIES, encodedSize, lesserSizes, qualityOf } from '../../web/publish/quality.js';
import { RateControl, firstCpuUsed } from '../../web/publish/rate-control.js';
import { RateMeter } from '../../web/publish/rate-meter.js';

const limits = { framesPerSecond: 30, bitrateBps: 2_500_000, cpuUsed: -8 };
const calm = { encodeMs: 12, queueMs: 40, throughputBps: 2_500_000 };

/** Runs `seconds` of the same measurement, from `from` on. */
function run(control, seconds, measure, from = 0) {
    let decision = control.decision;
    for (let s = 0; s < seconds; s++) decision = control.update({ nowMs: (from + s) * 1000, ...calm, ...measure });
    return decision;
}

test('a quick machine on a good line is left alone', () => {
    const control = new RateControl(limits);
    assert.deepEqual(run(control, 600, {}), { bitrateBps: 2_500_000, cpuUsed: -8, scale: 1, framesPerSecond: 30, lesser: 0 });
    assert.equal(control.reducedBy, null);
});

test('a machine that gets slower and slower gives up effort, then size, then pictures a second', () => {
    const control = new RateControl(limits);
    const seen = [];
    for (let s = 0; s < 60; s++) {
        // Always a little too much for what is asked, whatever was given up already.
        const d = control.update({ nowMs: s * 1000, ...calm, encodeMs: (0.9 * 1000) / control.decision.framesPerSecond });
        const label = `${d.cpuUsed} ${d.scale} ${d.framesPerSecond}`;
        if (seen[seen.length - 1] !== label) seen.push(label);
    }
    assert.deepEqual(seen, ['-8 1 30', '-10 1 30', '-12 1 30', '-12 0.75 30', '-12 0.5 30', '-12 0.5 20', '-12 0.5 15']);
    assert.equal(control.reducedBy, 'machine');
});

test('what would not be enough is not tried first', () => {
    const control = new RateControl(limits);
    // 50 ms at full effort: 44, 42, 27 at the next steps, of 33 that there are.
    assert.equal(run(control, 1, { encodeMs: 50 }).scale, 1);
    assert.equal(control.isStrained, false);
    const d = run(control, 1, { encodeMs: 50 }, 1);
    assert.deepEqual([d.cpuUsed, d.scale, d.framesPerSecond], [-12, 0.75, 30]);
    assert.equal(control.isStrained, true);
    const hopeless = new RateControl(limits);
    assert.equal(run(hopeless, 2, { encodeMs: 500 }).framesPerSecond, 15);
});

test('one slow second is no reason', () => {
    const control = new RateControl(limits);
    for (let s = 0; s < 60; s++) control.update({ nowMs: s * 1000, ...calm, encodeMs: s % 3 === 0 ? 60 : 12 });
    assert.equal(control.decision.cpuUsed, -8);
});

test('what was given up comes back, slowly, and later after a relapse', () => {
    const control = new RateControl(limits);
    run(control, 2, { encodeMs: 40 });
    run(control, 4, { encodeMs: 20 }, 2);
    assert.equal(control.decision.scale, 0.75);
    let second = 6;
    const until = (condition) => {
        const from = second;
        while (!condition() && second < 2000) run(control, 1, { encodeMs: 5 }, second++);
        return second - from;
    };
    assert.equal(until(() => control.decision.scale === 1), 10);
    run(control, 2, { encodeMs: 45 }, second);
    second += 2;
    assert.equal(control.decision.scale, 0.75, 'the relapse');
    assert.equal(until(() => control.decision.scale === 1), 20, 'twice as patient');
});

test('a size is only taken back when it will fit', () => {
    const control = new RateControl(limits);
    run(control, 2, { encodeMs: 40 });
    run(control, 4, { encodeMs: 20 }, 2);
    assert.equal(control.decision.scale, 0.75);
    // 0.75 costs 15 ms now, so the full size would cost 23: 0.7 of the interval.
    assert.equal(run(control, 300, { encodeMs: 15 }, 6).scale, 0.75);
});

test('a thin line gets fewer bits, what passes at most, never below the least', () => {
    const control = new RateControl(limits);
    let d = run(control, 1, { queueMs: 800, throughputBps: 1_800_000 });
    assert.equal(d.bitrateBps, 1_530_000, '85 % of what passes');
    d = run(control, 1, { queueMs: 800, throughputBps: 200_000 }, 1);
    assert.equal(d.bitrateBps, 765_000, 'but never to less than half at once');
    d = run(control, 30, { queueMs: 800, throughputBps: 10_000 }, 2);
    assert.equal(d.bitrateBps, 150_000);
    assert.equal(d.scale, 0.5, 'and a size that these bits can fill');
    assert.equal(control.reducedBy, 'network');
});

test('who asks for less than passes waits for what is under way', () => {
    const control = new RateControl(limits);
    const seconds = [1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000].map((throughputBps, s) => run(control, 1, { queueMs: 800, throughputBps }, s).bitrateBps);
    assert.deepEqual(seconds, [1_250_000, 850_000, 850_000, 850_000, 850_000]);
    assert.equal(run(control, 1, { queueMs: 800, throughputBps: null }, 5).bitrateBps, 680_000, 'of a line that says nothing the worst is believed');
});

test('bits come back slowly once the queue is short', () => {
    const control = new RateControl(limits);
    run(control, 2, { queueMs: 700, throughputBps: 1_000_000 });
    const low = control.decision.bitrateBps;
    assert.equal(run(control, 4, {}, 2).bitrateBps, low, 'not at once');
    const later = run(control, 10, {}, 6).bitrateBps;
    assert.ok(later > low * 1.3 && later < low * 2, `${low} to ${later}`);
    assert.equal(run(control, 60, {}, 16).bitrateBps, 2_500_000);
});

test('between short and long nothing moves', () => {
    const control = new RateControl(limits);
    run(control, 2, { queueMs: 700, throughputBps: 1_000_000 });
    const { bitrateBps } = control.decision;
    assert.equal(run(control, 100, { queueMs: 350 }, 2).bitrateBps, bitrateBps);
});

const ladder = [500_000, 150_000];

test('a slow machine gives the smaller renditions up after effort, the smallest first, and before size', () => {
    const control = new RateControl(limits);
    control.setLadder(ladder);
    const seen = [];
    for (let s = 0; s < 40; s++) {
        const { lesser, framesPerSecond } = control.decision;
        // Always a little too much, whatever was given up already.
        const lesserMs = [2, 1].map((ms, i) => (i < lesser ? ms : 0));
        const encodeMs = (0.9 * 1000) / framesPerSecond - lesserMs[0] - lesserMs[1];
        const d = control.update({ nowMs: s * 1000, ...calm, encodeMs, lesserMs, lesserBps: 0 });
        const label = `${d.cpuUsed} ${d.lesser} ${d.scale}`;
        if (seen[seen.length - 1] !== label) seen.push(label);
    }
    assert.deepEqual(seen, ['-8 2 1', '-10 2 1', '-12 2 1', '-12 1 1', '-12 0 1', '-12 0 0.75', '-12 0 0.5']);
    assert.equal(control.lesserGivenUpBy, 'machine');
});

test('renditions that nobody watches are no relief, and come back for nothing', () => {
    const control = new RateControl(limits);
    control.setLadder(ladder);
    const seen = [];
    for (let s = 0; s < 60; s++) {
        const d = control.update({ nowMs: s * 1000, ...calm, encodeMs: s < 10 ? 30 : 5, lesserMs: [0, 0], lesserBps: 0 });
        const label = `${d.lesser} ${d.scale}`;
        if (seen[seen.length - 1] !== label) seen.push(label);
    }
    assert.deepEqual(seen, ['2 1', '0 0.75', '0 0.5', '0 0.75', '2 1']);
});

test('a narrow line: the smaller renditions go from the smallest up, then bits, and all come back', () => {
    const control = new RateControl(limits);
    control.setLadder(ladder);
    assert.equal(run(control, 60, { lesserBps: 650_000 }).lesser, 2);
    assert.equal(control.decision.bitrateBps, 2_500_000, 'the line is not known to end');
    const seen = [];
    let second = 60;
    /** A line of `lineBps`: acks fall behind while more is sent than it carries. */
    const live = (seconds, lineBps) => {
        for (const end = second + seconds; second < end; second++) {
            const lesserBps = ladder.slice(0, control.decision.lesser).reduce((a, b) => a + b, 0);
            const sentBps = control.decision.bitrateBps + lesserBps;
            const d = control.update({ nowMs: second * 1000, ...calm, queueMs: sentBps > lineBps ? 700 : 60, throughputBps: Math.min(lineBps, sentBps), lesserBps });
            if (seen[seen.length - 1] !== d.lesser) seen.push(d.lesser);
            assert.ok(d.lesser === 0 || d.scale === 1);
        }
    };
    live(40, 1_000_000);
    assert.deepEqual(seen, [0], 'both at once, before the best one suffers');
    assert.ok(control.decision.bitrateBps < 1_100_000 && control.decision.bitrateBps > 500_000, `${control.decision.bitrateBps}`);
    assert.equal(control.lesserGivenUpBy, 'network');
    live(90, 10_000_000);
    assert.deepEqual(seen, [0, 1, 2]);
    assert.deepEqual(control.decision, { bitrateBps: 2_500_000, cpuUsed: -8, scale: 1, framesPerSecond: 30, lesser: 2 });
    assert.equal(control.lesserGivenUpBy, null);
    seen.length = 0;
    live(4, 2_200_000);
    assert.deepEqual(seen, [1], 'a little narrower: the smallest is enough');
});

test('nothing is encoded while what was sent is still under way', () => {
    const control = new RateControl(limits);
    assert.equal(control.shouldSkip(100), false);
    assert.equal(control.shouldSkip(899), false);
    assert.equal(control.shouldSkip(901), true);
    assert.equal(control.shouldSkip(500), true, 'until it is well down');
    assert.equal(control.shouldSkip(399), false);
    control.shouldSkip(2000);
    control.forgetNetwork();
    assert.equal(control.shouldSkip(500), false);
});

test('effort to begin with', () => {
    assert.equal(firstCpuUsed({ width: 1280, height: 720 }), -12);
    assert.equal(firstCpuUsed({ width: 640, height: 360 }), -6);
});

test('acks: delay, queue and throughput', () => {
    const acks = new AckTracker();
    assert.equal(acks.queueMs(5000), 0);
    for (let i = 0; i < 30; i++) acks.sent(1000, i * 33);
    assert.equal(acks.queueMs(1000), 1000);
    acks.acked(9500, 400); // the tenth message is half there
    assert.equal(acks.ackDelayMs, 400 - 8 * 33);
    assert.equal(acks.queueMs(1000), 1000 - 9 * 33);
    assert.equal(acks.unackedBytes, 20_500);
    assert.equal(acks.throughputBps, null, 'too early to tell');
    acks.acked(30_000, 2400);
    assert.equal(acks.queueMs(2400), 0);
    assert.equal(acks.throughputBps, 82_000);
});

test('acks that cannot be are ignored', () => {
    const acks = new AckTracker();
    acks.sent(1000, 0);
    acks.acked(5000, 10);
    assert.equal(acks.unackedBytes, 1000);
    acks.acked(1000, 20);
    acks.acked(500, 30);
    assert.equal(acks.unackedBytes, 0);
    acks.reset();
    assert.equal(acks.queueMs(100), 0);
});

test('rates over two seconds, and sensible ones in the first', () => {
    const meter = new RateMeter();
    assert.equal(meter.perSecond(0), 0);
    for (let i = 0; i < 300; i++) meter.add(i * 33.33, 100);
    assert.ok(Math.abs(meter.perSecond(9999) - 30) < 0.6);
    assert.ok(Math.abs(meter.amountPerSecond(9999) - 3000) < 60);
    assert.equal(meter.mean(9999), 100);
    assert.equal(meter.perSecond(20_000), 0);
    assert.equal(meter.mean(20_000), 0);
    const young = new RateMeter();
    for (let i = 0; i <= 30; i++) young.add(i * 33.33);
    assert.ok(Math.abs(young.perSecond(1000) - 30) < 1.5, `${young.perSecond(1000)}`);
});

test('sizes: inside the box, even, never enlarged, turned for a phone', () => {
    const box = qualityOf('720p');
    assert.deepEqual(encodedSize({ width: 1280, height: 720 }, box), { width: 1280, height: 720 });
    assert.deepEqual(encodedSize({ width: 640, height: 480 }, box), { width: 640, height: 480 });
    assert.deepEqual(encodedSize({ width: 1920, height: 1200 }, box), { width: 1152, height: 720 });
    assert.deepEqual(encodedSize({ width: 1080, height: 1920 }, box), { width: 720, height: 1280 });
    assert.deepEqual(encodedSize({ width: 1280, height: 720 }, box, 0.75), { width: 960, height: 540 });
    assert.deepEqual(encodedSize({ width: 1365, height: 767 }, qualityOf('360p')), { width: 640, height: 360 });
    assert.deepEqual(encodedSize({ width: 3, height: 2000 }, box), { width: 16, height: 1280 });
    assert.equal(qualityOf('nonsense').id, '720p');
    assert.deepEqual(QUALITIES.map((q) => q.id), ['360p', '480p', '720p', '1080p']);
});

test('the smaller sizes are halves, at libwebrtc’s bitrates, while they are worth having', () => {
    const plain = (width, height) => lesserSizes({ width, height }).map((s) => `${s.width}x${s.height} ${Math.round(s.bitrateBps / 1000)}`);
    assert.deepEqual(plain(1280, 720), ['640x360 500', '320x180 150']);
    assert.deepEqual(plain(1920, 1080), ['960x540 1200', '480x270 296']);
    assert.deepEqual(plain(854, 480), ['428x240 241']);
    assert.deepEqual(plain(640, 360), ['320x180 150']);
    assert.deepEqual(plain(360, 640), ['180x320 150'], 'upright');
    assert.deepEqual(plain(640, 480), ['320x240 189']);
    assert.deepEqual(plain(320, 180), []);
});

test('the level shows peaks at once and falls', () => {
    assert.equal(levelOfPeak(0), 0);
    assert.equal(levelOfPeak(1), 1);
    assert.ok(Math.abs(levelOfPeak(0.1) - 2 / 3) < 1e-9, '-20 dB is two thirds');
    assert.equal(levelOfPeak(NaN), 0);
    const meter = new LevelMeter();
    meter.push(1, 1000);
    assert.equal(meter.at(1000), 1);
    assert.ok(Math.abs(meter.at(1500) - 0.6) < 1e-9);
    meter.push(0.0001, 1500);
    assert.ok(Math.abs(meter.at(1500) - 0.6) < 1e-9, 'silence does not push it down faster');
    assert.equal(meter.at(9000), 0);
});

test('every device problem is a sentence that says what to do', () => {
    const named = (name) => Object.assign(new Error('x'), { name });
    assert.equal(problemOf(named('NotAllowedError'), 'camera').code, 'permission-denied');
    assert.equal(problemOf(named('NotFoundError'), 'microphone').code, 'no-device');
    assert.equal(problemOf(named('NotReadableError'), 'devices').code, 'in-use');
    assert.equal(problemOf(named('OverconstrainedError'), 'camera').code, 'unsupported-settings');
    assert.equal(problemOf(named('NotAllowedError'), 'screen').code, 'cancelled');
    assert.equal(problemOf(new TypeError('x'), 'camera').code, 'failed');
    assert.equal(problemOf(null, 'camera').code, 'failed');
    const own = new DeviceError(deviceProblem('insecure', 'devices'));
    assert.equal(problemOf(own, 'camera').code, 'insecure');
    const codes = ['permission-denied', 'no-device', 'in-use', 'unsupported-settings', 'insecure', 'cancelled', 'unplugged', 'failed', 'unsupported-browser'];
    for (const code of codes) {
        for (const kind of ['camera', 'microphone', 'screen', 'devices']) {
            assert.match(deviceProblem(code, kind).message, /(press|Plug|Close|Choose|Open|Use|choose|Try).*\.$/, `${code} ${kind}`);
        }
    }
});
