// SPDX-License-Identifier: MIT
// The setting *closest to live* in simulated time: each picture at once, sound as near behind it as the device allows and
// never beyond -40…+60 ms, pictures shed where the decoder is slow, and the way there and back while playing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatencySplit } from '../../web/watch/latency-split.js';
import { closestDelayMs } from '../../web/watch/live-timing.js';
import { NeededDelay } from '../../web/watch/needed-delay.js';
import { WIRE_AUDIO, WIRE_VIDEO, deliver, latencies, makeRandom, makeShow, quantile, simulate, soundAgainstPicture } from './helpers/live-simulation.js';

const random = makeRandom(23);
const loopback = () => 1 + random() * 2;
/** 12 ms of encoding, 10 to the screen; besides up to 3 of the way, and 3 of decoding that the model does not add. */
const PICTURE_AT_BEST_MS = 22;
const closest = (o) => simulate({ setting: 'closest', sinkDelayMs: 10, ...o });

function assertSoundNear(run, fromMs, low = -40, high = 60) {
    const trails = soundAgainstPicture({ shown: run.shown.filter((s) => s.atMs >= fromMs), heard: run.heard });
    assert.ok(trails.length > 50, `only ${trails.length} pictures with sound`);
    assert.ok(quantile(trails, 0.02) >= low && quantile(trails, 0.98) <= high, `${quantile(trails, 0.02)} … ${quantile(trails, 0.98)} ms`);
    return quantile(trails, 0.5);
}

const assertForward = (run) => {
    for (let i = 1; i < run.shown.length; i++) assert.ok(run.shown[i].timeMs > run.shown[i - 1].timeMs, 'never backwards, never twice');
};

test('on a quiet line each picture is shown as it comes, and the sound follows within what the device reads ahead', () => {
    const run = closest({ arrivals: deliver(makeShow({ seconds: 40 }), loopback), untilMs: 39_500 });
    const late = latencies(run, 5000);
    assert.ok(quantile(late, 0.5) <= PICTURE_AT_BEST_MS + 3, `median ${quantile(late, 0.5)} ms`);
    assert.ok(quantile(late, 0.99) <= PICTURE_AT_BEST_MS + 5, `99 %: ${quantile(late, 0.99)} ms`);
    const trail = assertSoundNear(run, 6000);
    assert.ok(trail <= 55, `sound trails by ${trail} ms`);
    assert.ok(run.starvedMs < 15, `${run.starvedMs} ms without sound`);
    assert.equal(run.counts.dropped, 0);
    assert.equal(run.openPictures, 0);
    assertForward(run);
});

test('without a sound device the picture is no less near', () => {
    const run = closest({ arrivals: deliver(makeShow({ seconds: 12 }), loopback), untilMs: 11_500, soundFromMs: null });
    assert.ok(quantile(latencies(run, 1000), 0.99) <= PICTURE_AT_BEST_MS + 5);
    assert.ok(run.shown.length > 330);
});

test('a device far behind (wireless): pictures wait so that the sound is never more than 60 ms late', () => {
    const run = closest({ arrivals: deliver(makeShow({ seconds: 20 }), loopback), untilMs: 19_500, device: { latencyMs: 160 } });
    assertSoundNear(run, 5000);
    const late = quantile(latencies(run, 5000), 0.5);
    assert.ok(late > 90 && late < 190, `${late} ms`);
});

test('pictures that come late (a slow creator): the sound waits so that it is never more than 40 ms early', () => {
    const run = closest({ arrivals: deliver(makeShow({ seconds: 20, encodeMs: 190 }), loopback), untilMs: 19_500 });
    assertSoundNear(run, 8000);
});

test('a line with bursts: pictures at once, the newest of each burst, and sound that does not break', () => {
    // Everything of 120 ms comes together, as over a radio that wakes up now and then.
    const network = (m) => 120 - (m.readyMs % 120);
    const run = closest({ arrivals: deliver(makeShow({ seconds: 40 }), network), untilMs: 39_500 });
    assertForward(run);
    assertSoundNear(run, 15_000, -40, 105);
    const starts = run.heard.filter((h, i) => i > 0 && h.atMs > 15_000 && h.timeMs > 1 && run.heard[i - 1].timeMs < 1).length;
    assert.equal(starts, 0, 'no hole in the sound once the delay is learnt');
});

test('a decoder that is too slow for everything: newest wins, top layer first, and the show stays near', () => {
    const run = closest({ arrivals: deliver(makeShow({ seconds: 20 }), loopback), untilMs: 19_500, decodeCostMs: () => 50 });
    assert.ok(quantile(latencies(run, 3000), 0.5) < 100, `median ${quantile(latencies(run, 3000), 0.5)} ms`);
    assert.ok(quantile(latencies(run, 3000), 0.95) < 130, `95 %: ${quantile(latencies(run, 3000), 0.95)} ms`);
    assert.ok(run.shown.length > 19.5 * 12, `${run.shown.length} shown`);
    assert.ok(run.counts.dropped > 80, 'what was left out is counted');
    assert.equal(run.starvedMs < 40, true);
    assertForward(run);
});

test('a decoder that hiccups: one late picture, none of those behind it', () => {
    const cost = (at) => (Math.floor(at / 1000) % 2 === 0 && at % 1000 < 4 ? 140 : 3);
    const run = closest({ arrivals: deliver(makeShow({ seconds: 20 }), loopback), untilMs: 19_500, decodeCostMs: cost });
    const late = latencies(run, 3000).filter((ms) => ms > 60).length;
    assert.ok(late <= 20, `${late} pictures later than 60 ms`);
    assert.ok(run.shown.length > 510, `${run.shown.length} shown`);
});

test('a far key frame after joining: the newest picture at once', () => {
    const run = closest({ arrivals: deliver(makeShow({ seconds: 14 }), loopback), untilMs: 13_500, joinMs: 11_900, soundFromMs: 11_900 });
    assert.ok(run.shown[0].atMs < 11_920);
    assert.ok(latencies(run, 12_400)[0] < 40, `${latencies(run, 12_400)[0]} ms behind`);
});

test('chosen while playing and taken back: nearer within a second, in step within five, nothing backwards', () => {
    const script = { 8000: ({ playback }) => playback.setSetting('closest', 8000), 18_000: ({ playback }) => playback.setSetting('normal', 18_000) };
    const run = simulate({ arrivals: deliver(makeShow({ seconds: 34 }), loopback), untilMs: 33_500, script });
    const at = (from, until) => quantile(latencies(run, from, until), 0.5);
    assert.ok(at(5000, 8000) > 80, `before ${at(5000, 8000)} ms`);
    assert.ok(at(9000, 18_000) < 24, `closest ${at(9000, 18_000)} ms`);
    assert.ok(at(24_000, 33_000) > 80 && at(24_000, 33_000) < 125, `after ${at(24_000, 33_000)} ms`);
    assertForward(run);
    const errors = soundAgainstPicture({ shown: run.shown.filter((s) => s.atMs >= 24_000), heard: run.heard });
    assert.ok(Math.abs(quantile(errors, 0.5)) < 5, `sound against picture ${quantile(errors, 0.5)} ms`);
});

test('an outage of 5 s: the sound is near again afterwards', () => {
    const network = (m) => (m.readyMs > 10_000 && m.readyMs < 15_000 ? 15_000 - m.readyMs : 2);
    const run = closest({ arrivals: deliver(makeShow({ seconds: 34 }), network), untilMs: 33_500 });
    assert.ok(Math.max(...latencies(run, 15_300)) < 60, `${Math.max(...latencies(run, 15_300))} ms behind`);
    assertSoundNear(run, 28_000);
});

test('a lost packet of sound or picture is no reason to stand still', () => {
    const lost = (m) => (m.kind === WIRE_AUDIO && m.sequence === 300) || (m.kind === WIRE_VIDEO && m.sequence === 181);
    const run = closest({ arrivals: deliver(makeShow({ seconds: 20 }), loopback), untilMs: 19_500, isLost: lost });
    assertSoundNear(run, 10_000);
    assert.ok(run.shown.some((s) => s.atMs > 9050 && s.atMs < 9100), 'the key frame at 9 s ends the freeze');
});

test('delay of sound: what was needed lately counts, more than what the packets say', () => {
    const known = { neededMs: null, audioDelayMs: 30, leadMs: 40, shownDelayMs: NaN, pathGuessMs: 0 };
    assert.equal(closestDelayMs(known), 72);
    assert.equal(closestDelayMs({ ...known, neededMs: 61 }), 63);
    assert.equal(closestDelayMs({ ...known, neededMs: 61, shownDelayMs: 140 }), 110, 'late pictures: at most 30 ms before them');
});

test('needed delay: what sufficed most of ten seconds, nothing from too little, and a busy start is soon forgotten', () => {
    const needed = new NeededDelay();
    needed.observe(100, 20, 0);
    assert.equal(needed.valueMs(500), null);
    needed.observe(100, -5, 600);
    needed.observe(100, 40, 1600);
    assert.equal(needed.valueMs(1600), 105);
    for (let now = 2100; now < 6000; now += 100) needed.observe(90, 30, now);
    assert.equal(needed.valueMs(6000), 60, 'the start is over');
    for (let now = 6000; now < 16_000; now += 100) needed.observe(90, now % 2000 === 0 ? -40 : 30, now);
    assert.equal(needed.valueMs(16_000), 60, 'a bad moment now and then is bridged');
    for (let now = 16_000; now < 26_000; now += 100) needed.observe(90, now % 500 === 0 ? -10 : 30, now);
    assert.equal(needed.valueMs(26_000), 100, 'a usual one is not');
    needed.reset();
    assert.equal(needed.valueMs(27_000), null);
});

test('latency split: means of what is known, NaN for what is not', () => {
    const split = new LatencySplit();
    assert.ok(Object.values(split.parts).every(Number.isNaN));
    split.show({ timestampUs: 1_000_000, transitMs: NaN, waitMs: 2, decodeMs: 3, atMs: 500 });
    assert.ok(Number.isNaN(split.parts.networkMs));
    for (let i = 0; i < 200; i++) split.show({ timestampUs: 2_000_000 + i * 33_333, transitMs: 30, waitMs: 4, decodeMs: 5, atMs: 1000 + i * 33 });
    assert.ok(Math.abs(split.parts.networkMs - 30) < 0.1, 'without the creator’s word all is network');
    split.setTiming({ captureMs: 2, encodeMs: 11 });
    const { captureMs, encodeMs, networkMs, bufferMs, decodeMs } = split.parts;
    assert.deepEqual([captureMs, encodeMs].concat([networkMs, bufferMs, decodeMs].map(Math.round)), [2, 11, 17, 4, 5]);
    assert.ok(Number.isNaN(split.see(7, 1)), 'a picture that nobody knows');
    assert.equal(split.see(2_000_000 + 199 * 33_333 + 0.4, 1000 + 199 * 33 + 12), 12);
    assert.ok(Number.isNaN(split.see(2_000_000 + 199 * 33_333, 1000 + 199 * 33 + 900)), 'a page that slept says nothing of the screen');
});
