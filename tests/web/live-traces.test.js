// SPDX-License-Identifier: MIT
// The player on a recorded line: arrivals of a real show whose creator, relay and viewer shared two busy cores
// (tests/bench/glass/record-arrivals.mjs), as they came, repeated, with drifting sound, another device and an outage.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { latencies, makeRandom, makeShow, quantile, simulate, soundAgainstPicture } from './helpers/live-simulation.js';

const { rows } = JSON.parse(readFileSync(new URL('../golden/arrivals-busy-machine.json', import.meta.url), 'utf8'));
const WIRE_INIT = 1;
const WIRE_VIDEO = 2;
const KEY = 1;
/** The recording begins with a key frame; its last GOP is cut so that it can be repeated. */
const GOP_MS = 3000;
/** To the next refresh of the screen and the compositor's way there. */
const SCREEN_MS = 15;
const LENGTH_MS = Math.floor(Math.max(...rows.map((r) => r[3])) / GOP_MS) * GOP_MS;
const transits = (kind) => rows.filter((r) => r[0] === kind).map((r) => r[4] - r[3]);
/** Best and usual way of a picture; the recording's zero is arbitrary. */
const BEST_MS = Math.min(...transits(WIRE_VIDEO));
const USUAL_MS = quantile(transits(WIRE_VIDEO), 0.5);

/** The recording `times` over, moved so that everything arrives after it was made. */
function arrivals(times, delay = () => 0) {
    const sequences = { 2: 0, 3: 0 };
    const out = [{ kind: WIRE_INIT, flags: 0, temporalId: 0, sequence: 0, timeMs: 0, arrivalMs: 0 }];
    let last = 0;
    for (let round = 0; round < times; round++) {
        for (const [kind, flags, temporalId, timeMs, arrivalMs] of rows) {
            if (timeMs < 0 || timeMs >= LENGTH_MS) continue;
            const atMs = arrivalMs + round * LENGTH_MS - BEST_MS + 12;
            last = Math.max(last, atMs + delay(atMs));
            out.push({ kind, flags, temporalId, timeMs: timeMs + round * LENGTH_MS, arrivalMs: last, sequence: sequences[kind]++ });
        }
    }
    return out;
}

const untilMs = (times) => times * LENGTH_MS - 500;

function assertGood(run, setting, fromMs, [low, high]) {
    const trails = soundAgainstPicture({ shown: run.shown.filter((s) => s.atMs >= fromMs), heard: run.heard });
    assert.ok(trails.length > 200, `${trails.length} pictures with sound`);
    assert.ok(quantile(trails, 0.05) >= low && quantile(trails, 0.95) <= high, `sound ${quantile(trails, 0.05)} … ${quantile(trails, 0.95)} ms behind`);
    const late = latencies(run, fromMs);
    const limit = setting === 'normal' ? 150 : 12 + (USUAL_MS - BEST_MS) + SCREEN_MS + 10;
    assert.ok(quantile(late, 0.5) < limit, `median ${quantile(late, 0.5)} ms, limit ${limit}`);
    for (let i = 1; i < run.shown.length; i++) assert.ok(run.shown[i].timeMs > run.shown[i - 1].timeMs);
}

test('the recording is what it says: a show of 30 a second with layers and jitter', () => {
    assert.ok(LENGTH_MS >= 20_000);
    assert.ok(rows.some((r) => r[0] === WIRE_VIDEO && (r[1] & KEY) !== 0) && rows.some((r) => r[2] === 2));
    assert.ok(quantile(transits(3), 0.95) - Math.min(...transits(3)) > 8, 'jitter of sound');
});

const BOUNDS = { normal: [-20, 20], closest: [-40, 62] };
for (const setting of ['normal', 'closest']) {
    const bounds = BOUNDS[setting];

    test(`${setting}: as it was recorded`, () => {
        const run = simulate({ setting, packetMs: 20, sinkDelayMs: SCREEN_MS, arrivals: arrivals(2), untilMs: untilMs(2) });
        assertGood(run, setting, 8000, bounds);
        assert.ok(run.starvedMs < (setting === 'normal' ? 1 : 200), `${run.starvedMs} ms of holes`);
        assert.ok(run.counts.dropped < 0.03 * run.counts.decoded, `${run.counts.dropped} dropped`);
    });

    test(`${setting}: with a speaker 200 ppm slow, two minutes`, () => {
        const run = simulate({ setting, packetMs: 20, sinkDelayMs: SCREEN_MS, arrivals: arrivals(5), untilMs: untilMs(5), device: { ppm: -200 } });
        assertGood(run, setting, 60_000, bounds);
    });

    test(`${setting}: with 5 s of nothing in the middle`, () => {
        const run = simulate({ setting, packetMs: 20, sinkDelayMs: SCREEN_MS, arrivals: arrivals(2, (at) => (at > 15_000 && at < 20_000 ? 20_000 - at : 0)), untilMs: untilMs(2) });
        assertGood(run, setting, 36_000, bounds);
    });

    test(`${setting}: with another sound device in the middle`, () => {
        const script = { 15_000: ({ device }) => device.change({ latencyMs: 70, burstMs: 20 }) };
        const run = simulate({ setting, packetMs: 20, sinkDelayMs: SCREEN_MS, arrivals: arrivals(2), untilMs: untilMs(2), script });
        const trails = soundAgainstPicture({ shown: run.shown.filter((s) => s.atMs >= 30_000), heard: run.heard });
        assert.ok(quantile(trails, 0.05) >= bounds[0] && quantile(trails, 0.95) <= bounds[1], `${quantile(trails, 0.05)} … ${quantile(trails, 0.95)}`);
    });
}

test('normal: pictures of which three in a hundred are very late do not keep all the others back', () => {
    const random = makeRandom(3);
    const delay = (m) => (m.kind === WIRE_VIDEO ? (random() < 0.03 ? 60 + 140 * random() : 3 + 20 * random()) : 3 + 25 * random() * random());
    const messages = makeShow({ seconds: 40 });
    let last = 0;
    const late = messages.map((m) => ({ ...m, arrivalMs: m.kind === WIRE_VIDEO ? (last = Math.max(last + 0.1, m.readyMs + delay(m))) : m.readyMs + delay(m) }));
    const run = simulate({ arrivals: late.sort((a, b) => a.arrivalMs - b.arrivalMs), untilMs: 39_500, sinkDelayMs: SCREEN_MS });
    assert.ok(quantile(latencies(run, 12_000), 0.5) < 135, `median ${quantile(latencies(run, 12_000), 0.5)} ms`);
    const trails = soundAgainstPicture({ shown: run.shown.filter((s) => s.atMs > 12_000), heard: run.heard });
    assert.ok(Math.abs(quantile(trails, 0.5)) < 5);
    assert.ok(run.counts.dropped < 40, `${run.counts.dropped} dropped`);
});
