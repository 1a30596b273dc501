// SPDX-License-Identifier: MIT
// The live player as a whole in simulated time: delay, step of sound and picture, behaviour under jitter,
// stalls, drifting clocks, loss and a slow decoder. The bounds are the design's, with what the model adds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    WIRE_AUDIO, WIRE_GAP, WIRE_VIDEO, deliver, latencies, makeRandom, makeShow, quantile, simulate, soundAgainstPicture,
} from './helpers/live-simulation.js';

const random = makeRandom(11);
const loopback = () => 2 + random() * 3;

function assertInStep(run, fromMs, limitMs = 20) {
    const errors = soundAgainstPicture({ shown: run.shown.filter((s) => s.atMs >= fromMs), heard: run.heard });
    assert.ok(errors.length > 50, `only ${errors.length} pictures with sound`);
    assert.ok(Math.abs(quantile(errors, 0.5)) < 5, `median ${quantile(errors, 0.5)} ms`);
    assert.ok(quantile(errors, 0.01) > -limitMs, `1 %: ${quantile(errors, 0.01)} ms`);
    assert.ok(quantile(errors, 0.99) < limitMs, `99 %: ${quantile(errors, 0.99)} ms`);
}

const assertBetween = (value, low, high, what) => assert.ok(value >= low && value <= high, `${what}: ${value} is not within ${low}…${high}`);

test('on a quiet line: smooth, in step, and near to live', () => {
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 30 }), loopback), untilMs: 29_500 });
    assert.ok(run.shown[0].atMs < 25, 'the first picture is shown as soon as it is there');
    // Sound: 22 ms to make a packet, 5 the way, 30 least jitter delay, 40 what this device reads ahead.
    assertBetween(quantile(latencies(run, 3000), 0.5), 85, 110, 'median latency');
    assert.ok(quantile(latencies(run, 3000), 0.99) - quantile(latencies(run, 3000), 0.01) < 8, 'steady');
    assertInStep(run, 2000);
    assert.equal(run.starvedMs, 0);
    assert.equal(run.counts.dropped, 0);
    assert.equal(run.openPictures, 0, 'each picture was closed');
    assert.equal(run.wishes.length, 0);
    assert.ok(run.rates.slice(-500).every((r) => r.rate === 1), 'at rest samples pass untouched');
});

test('without a sound device the picture runs by itself, nearer to live', () => {
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 20 }), loopback), untilMs: 19_500, soundFromMs: null });
    assertBetween(quantile(latencies(run, 3000), 0.5), 40, 55, 'median latency');
    assert.equal(run.counts.dropped, 0);
    assert.ok(run.shown.length > 575);
});

test('sound that is switched on later starts at once, in step, and nothing is shown twice or backwards', () => {
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 20 }), loopback), untilMs: 19_500, soundFromMs: 8000 });
    const first = run.heard.find((h) => h.timeMs > 1);
    assert.ok(first.atMs - 8000 < 350, `sound after ${first.atMs - 8000} ms`);
    assertInStep(run, 9500);
    for (let i = 1; i < run.shown.length; i++) assert.ok(run.shown[i].timeMs > run.shown[i - 1].timeMs);
});

test('a late joiner sees the key frame at once and is live within half a second', () => {
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 20 }), loopback), untilMs: 19_500, joinMs: 11_900, soundFromMs: 11_900 });
    assert.ok(run.shown[0].atMs < 11_920, `first picture after ${run.shown[0].atMs - 11_900} ms`);
    assert.ok(latencies(run, 12_400)[0] < 250, `after half a second ${latencies(run, 12_400)[0]} ms behind`);
    assertInStep(run, 13_500);
    assert.equal(run.counts.dropped < 10, true, 'the backlog of joining is not counted as loss');
    assert.equal(run.video.width, 1280);
});

test('a player that was busy while it started is near to live after a few seconds', () => {
    const network = (m) => (m.readyMs < 900 ? 900 - m.readyMs : 3);
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 12 }), network), untilMs: 11_500 });
    assert.ok(Math.max(...latencies(run, 4000)) < 135, `${Math.max(...latencies(run, 4000))} ms behind`);
    assertInStep(run, 4000);
});

test('jitter up to 150 ms: the delay grows to what is needed, hardly anything is missed', () => {
    const network = () => 20 + 130 * random() * random() * random();
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 40 }), network), untilMs: 39_500 });
    assertBetween(quantile(latencies(run, 12_000), 0.5), 140, 300, 'median latency');
    assert.ok(run.starvedMs < 60, `${run.starvedMs} ms without sound`);
    assert.ok(run.counts.dropped < 12, `${run.counts.dropped} dropped`);
    assertInStep(run, 12_000);
});

test('jitter that ends is forgotten: the delay returns', () => {
    const network = (m) => (m.readyMs < 10_000 ? 20 + 120 * random() : 20 + 3 * random());
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 45 }), network), untilMs: 44_500 });
    const then = quantile(latencies(run, 8000, 10_000), 0.5);
    const now = quantile(latencies(run, 40_000), 0.5);
    assert.ok(then > now + 60, `${then} ms, then ${now} ms`);
    assertBetween(now, 95, 135, 'latency at the end');
    assert.ok(run.rates.every((r) => r.atMs < 1000 || Math.abs(r.rate - 1) <= 0.08 + 1e-9), 'never further than 8 % with sound');
});

test('a stall of 0.6 s freezes, is made up by playing faster, and nothing is left out', () => {
    const network = (m) => (m.readyMs > 15_000 && m.readyMs < 15_600 ? 15_600 - m.readyMs : 4);
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 60 }), network), untilMs: 59_500 });
    assert.equal(run.counts.stalls, 1);
    assert.equal(run.counts.jumps, 0);
    assertBetween(Math.max(...latencies(run, 15_700, 17_000)), 450, 750, 'right after');
    assertBetween(quantile(latencies(run, 55_000), 0.5), 80, 125, 'in the end');
    assertInStep(run, 16_500);
});

test('pictures that come due together are shown once and closed', () => {
    const network = (m) => (m.readyMs > 8000 && m.readyMs < 8200 ? 8200 - m.readyMs : 4);
    const script = { 8150: ({ playback }) => playback.jumpToLive(8150) };
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 12 }), network), untilMs: 11_500, soundFromMs: null, script, device: {} });
    assert.equal(run.openPictures, 0);
    for (let i = 1; i < run.shown.length; i++) assert.ok(run.shown[i].timeMs > run.shown[i - 1].timeMs);
});

test('a stall of 3 s is jumped over to the live edge', () => {
    const network = (m) => (m.readyMs > 15_000 && m.readyMs < 18_000 ? 18_000 - m.readyMs : 4);
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 30 }), network), untilMs: 29_500 });
    assert.equal(run.counts.jumps, 1);
    assert.ok(Math.max(...latencies(run, 18_700)) < 450, `${Math.max(...latencies(run, 18_700))} ms behind`);
    assertInStep(run, 19_500);
});

test('stalls without sound: the picture is at the live edge as soon as data flows', () => {
    const network = (m) => (m.readyMs > 8000 && m.readyMs < 9000 ? 9000 - m.readyMs : 4);
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 14 }), network), untilMs: 13_500, soundFromMs: null });
    assert.ok(Math.max(...latencies(run, 9150)) < 330, `${Math.max(...latencies(run, 9150))} ms behind`);
});

for (const ppm of [200, -200]) {
    test(`a sound device ${ppm} ppm off: five minutes in step, the delay does not grow`, () => {
        const run = simulate({ arrivals: deliver(makeShow({ seconds: 300 }), loopback), untilMs: 299_500, device: { ppm } });
        assertInStep(run, 3000);
        assertInStep(run, 280_000);
        assertBetween(quantile(latencies(run, 280_000), 0.5), 80, 120, 'latency at the end');
        assert.equal(run.starvedMs, 0);
        assert.ok(run.rates.some((r) => r.atMs > 3000 && r.rate !== 1), 'drift has to be corrected at times');
    });

    test(`a microphone ${ppm} ppm off: five minutes in step`, () => {
        const run = simulate({ arrivals: deliver(makeShow({ seconds: 300, micPpm: ppm }), loopback), untilMs: 299_000 });
        assertInStep(run, 280_000);
        assertBetween(quantile(latencies(run, 280_000), 0.5), 60, 160, 'latency at the end');
    });
}

test('a device with long bursts and latency is waited for, and stays in step', () => {
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 30 }), loopback), untilMs: 29_500, device: { burstMs: 40, latencyMs: 90 } });
    assert.equal(run.starvedMs, 0);
    assertBetween(run.leadMs, 125, 145, 'read-ahead');
    assertInStep(run, 3000);
});

test('a device that stands still for 0.4 s: what it missed is jumped over, not played late', () => {
    const script = { 8000: ({ device }) => device.stall(8000, 400) };
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 16 }), loopback), untilMs: 15_500, script });
    assert.ok(Math.max(...latencies(run, 9000)) < 150, `${Math.max(...latencies(run, 9000))} ms behind`);
    assert.equal(run.counts.jumps, 1);
    assertInStep(run, 9000);
});

test('an undeclared loss freezes the picture until the next key frame, which is asked for', () => {
    const lost = (m) => m.kind === WIRE_VIDEO && m.sequence === 100;
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 12 }), loopback), untilMs: 11_500, isLost: lost });
    const times = run.shown.map((s) => Math.round((s.timeMs * 30) / 1000));
    assert.ok(times.includes(99));
    assert.ok(!times.some((n) => n >= 100 && n < 180), 'nothing that refers to the lost picture');
    assert.ok(times.includes(180), 'the key frame ends it');
    assertBetween(run.wishes.length, 1, 4, 'wishes, one a second');
});

test('what the relay leaves out by layers and declares plays on at once', () => {
    const arrivals = deliver(makeShow({ seconds: 10 }), loopback)
        .filter((m) => m.kind !== WIRE_VIDEO || m.temporalId < 2)
        .map((m) => (m.kind === WIRE_VIDEO && m.sequence > 0 ? { ...m, flags: m.flags | WIRE_GAP } : m));
    const run = simulate({ arrivals, untilMs: 9500 });
    assert.ok(run.shown.length > 130, `${run.shown.length} shown`);
    assert.equal(run.wishes.length, 0);
    assertInStep(run, 3000);
});

test('a hole in the sound is silent for as long as it is, and the step is kept', () => {
    const lost = (m) => m.kind === WIRE_AUDIO && m.timeMs >= 5000 && m.timeMs < 5400;
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 14 }), loopback), untilMs: 13_500, isLost: lost });
    assertInStep(run, 7000);
});

test('a decoder too slow for every picture sheds layers and keeps its distance', () => {
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 20 }), loopback), untilMs: 19_500, decodeCostMs: () => 45 });
    assert.ok(quantile(latencies(run, 5000), 0.95) < 250, `${quantile(latencies(run, 5000), 0.95)} ms`);
    assertBetween(run.shown.length, 19.5 * 12, 19.5 * 22, 'pictures shown');
    assert.ok(run.counts.dropped > 100, 'what was not shown is counted');
    assert.equal(run.starvedMs, 0, 'sound goes first');
    assert.equal(run.openPictures, 0, 'pictures that were passed over are closed');
});

test('a decoder that is slow for a while gets its layers back', () => {
    const cost = (at) => (at > 5000 && at < 8000 ? 60 : 3);
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 25 }), loopback), untilMs: 24_500, decodeCostMs: cost });
    const late = run.shown.filter((s) => s.atMs > 18_000 && s.atMs <= 24_000).length;
    assert.ok(late > 170, `${late} of 180 pictures`);
});

test('pause stands still, play goes on live and in step', () => {
    const script = { 6000: ({ playback }) => playback.pause(6000), 9000: ({ playback }) => playback.play(9000) };
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 16 }), loopback), untilMs: 15_500, script });
    assert.equal(run.shown.filter((s) => s.atMs > 6005 && s.atMs < 9000).length, 0);
    assert.equal(run.heard.filter((h) => h.atMs > 6060 && h.atMs < 9000 && h.timeMs > 1).length, 0, 'and silent');
    assert.ok(Math.max(...latencies(run, 9500)) < 200, `${Math.max(...latencies(run, 9500))} ms behind`);
    assertInStep(run, 10_500);
});

test('hidden: no picture is decoded, sound plays on; visible again: picture at once and in step', () => {
    const script = { 5000: ({ playback }) => playback.setHidden(true), 8000: ({ playback }) => playback.setHidden(false) };
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 14 }), loopback), untilMs: 13_500, script });
    assert.equal(run.shown.filter((s) => s.atMs > 5005 && s.atMs < 8000).length, 0);
    const quiet = run.heard.filter((h) => h.atMs > 5000 && h.atMs < 8000 && h.timeMs < 1).length;
    assert.equal(quiet, 0, 'not one silent block');
    const back = run.shown.find((s) => s.atMs >= 8000);
    assert.ok(back.atMs - 8000 < 120 && back.atMs - back.timeMs < 200, JSON.stringify(back));
    assertInStep(run, 9000);
});
