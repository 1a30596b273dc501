// SPDX-License-Identifier: MIT
// What happens to a viewer's machine during a show, in simulated time and in both settings: another sound device, a lid that is
// shut and opened, an outage of five seconds, clocks that drift on a line with bursts. In the end it is as it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliver, latencies, makeRandom, makeShow, quantile, simulate, soundAgainstPicture } from './helpers/live-simulation.js';

const random = makeRandom(31);
const loopback = () => 1 + random() * 3;
const SETTINGS = /** @type {const} */ (['normal', 'closest']);
/** In *normal* within ±20 ms of the picture; in *closest to live* the sound may follow. */
const BOUNDS = { normal: [-20, 20], closest: [-40, 60] };

function assertAsItWas(run, setting, fromMs, latencyLimitMs, [low, high] = BOUNDS[setting]) {
    const late = latencies(run, fromMs);
    assert.ok(late.length > 100, `${late.length} pictures`);
    assert.ok(quantile(late, 0.95) < latencyLimitMs, `95 %: ${quantile(late, 0.95)} ms behind`);
    const trails = soundAgainstPicture({ shown: run.shown.filter((s) => s.atMs >= fromMs), heard: run.heard });
    assert.ok(trails.length > 100, `${trails.length} pictures with sound`);
    assert.ok(quantile(trails, 0.02) > low && quantile(trails, 0.98) < high, `sound ${quantile(trails, 0.02)} … ${quantile(trails, 0.98)} ms`);
    for (let i = 1; i < run.shown.length; i++) assert.ok(run.shown[i].timeMs > run.shown[i - 1].timeMs, 'nothing backwards');
    assert.equal(run.openPictures, 0);
}

for (const setting of SETTINGS) {
    test(`${setting}: the sound moves to a slower device and back`, () => {
        const script = {
            10_000: ({ device }) => device.change({ latencyMs: 150, burstMs: 20 }),
            25_000: ({ device }) => device.change({ latencyMs: 30, burstMs: 10 }),
        };
        const run = simulate({ setting, arrivals: deliver(makeShow({ seconds: 46 }), loopback), untilMs: 45_500, script });
        const trails = soundAgainstPicture({ shown: run.shown.filter((s) => s.atMs >= 16_000 && s.atMs < 25_000), heard: run.heard });
        const [low, high] = BOUNDS[setting];
        assert.ok(quantile(trails, 0.02) > low && quantile(trails, 0.98) < high, `meanwhile ${quantile(trails, 0.02)} … ${quantile(trails, 0.98)} ms`);
        assertAsItWas(run, setting, 38_000, setting === 'normal' ? 130 : 30);
    });

    test(`${setting}: asleep for 90 s; two seconds after waking it is live and in step`, () => {
        const asleep = { fromMs: 8000, untilMs: 98_000 };
        const network = (m) => (m.readyMs > asleep.fromMs && m.readyMs < asleep.untilMs ? asleep.untilMs - m.readyMs + 30 : loopback());
        const script = { [asleep.fromMs]: ({ device }) => device.stall(asleep.fromMs, asleep.untilMs - asleep.fromMs) };
        const run = simulate({ setting, arrivals: deliver(makeShow({ seconds: 130 }), network), untilMs: 129_500, asleep, script });
        assert.equal(run.shown.filter((s) => s.atMs > asleep.fromMs + 5 && s.atMs < asleep.untilMs).length, 0);
        const first = run.shown.find((s) => s.atMs >= asleep.untilMs + 2000);
        assert.ok(first.atMs - first.timeMs < 500, `${first.atMs - first.timeMs} ms behind two seconds later`);
        assertAsItWas(run, setting, 116_000, setting === 'normal' ? 150 : 40);
    });

    test(`${setting}: an outage of 5 s freezes, and the newest is shown when it is over`, () => {
        const network = (m) => (m.readyMs > 10_000 && m.readyMs < 15_000 ? 15_000 - m.readyMs : loopback());
        const run = simulate({ setting, arrivals: deliver(makeShow({ seconds: 45 }), network), untilMs: 44_500 });
        assert.equal(run.shown.filter((s) => s.atMs > 10_400 && s.atMs < 15_000).length, 0, 'frozen');
        const after = run.shown.find((s) => s.atMs >= 15_600);
        assert.ok(after.atMs - after.timeMs < 550, `${after.atMs - after.timeMs} ms behind`);
        assertAsItWas(run, setting, 32_000, setting === 'normal' ? 130 : 30);
    });

    test(`${setting}: bursts of 80 ms, a microphone 200 ppm fast and a speaker 200 ppm slow, four minutes`, () => {
        const network = (m) => 80 - (m.readyMs % 80) + random() * 5;
        const run = simulate({
            setting, arrivals: deliver(makeShow({ seconds: 240, micPpm: 200 }), network), untilMs: 239_500, device: { ppm: -200 },
        });
        assertAsItWas(run, setting, 60_000, setting === 'normal' ? 260 : 140, setting === 'normal' ? BOUNDS.normal : [-40, 105]);
        assert.ok(run.starvedMs < 100, `${run.starvedMs} ms of holes`);
        const then = quantile(latencies(run, 60_000, 100_000), 0.5);
        const now = quantile(latencies(run, 200_000), 0.5);
        assert.ok(Math.abs(now - then) < 15, `the delay does not grow: ${then} ms, then ${now} ms`);
    });
}

test('far behind with a key frame at hand: everything before it is left out undecoded', () => {
    let decoded = 0;
    const network = (m) => (m.readyMs > 6000 && m.readyMs < 12_100 ? 12_100 - m.readyMs : 2);
    const run = simulate({
        setting: 'closest', arrivals: deliver(makeShow({ seconds: 14 }), network), untilMs: 13_500,
        decodeCostMs: (now) => {
            if (now >= 12_100 && now < 12_300) decoded++;
            return 3;
        },
    });
    assert.ok(decoded < 20, `${decoded} decoded of the 183 that came at once`);
    assert.ok(run.counts.decoded < 14 * 30 - 150);
});
