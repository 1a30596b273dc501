// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceStrain } from '../../web/watch/device-strain.js';
import { makeRandom } from './helpers/live-simulation.js';

/** A minute of pairs, four a second; the device has lost `lostMs(t)` by then. @returns {number} ms until it said so, Infinity: never */
function strainedAfter(lostMs, ppm = 0) {
    const strain = new DeviceStrain();
    const random = makeRandom(3);
    for (let t = 0; t < 60_000; t += 250) {
        const heardMs = t * (1 + ppm / 1e6) - lostMs(t) + (random() - 0.5) * 2;
        if (strain.observe(heardMs / 1000, 5e11 + t)) return t;
    }
    return Infinity;
}

test('a device that keeps up is not strained, whatever its clock', () => {
    assert.equal(strainedAfter(() => 0), Infinity);
    assert.equal(strainedAfter(() => 0, 300), Infinity);
    assert.equal(strainedAfter(() => 0, -300), Infinity);
});

test('one hiccup is none, nor is one now and then', () => {
    assert.equal(strainedAfter((t) => (t > 20_000 ? 120 : 0)), Infinity);
    assert.equal(strainedAfter((t) => 30 * Math.floor(t / 10_000)), Infinity);
});

test('a device that misses again and again is strained within seconds', () => {
    const ms = strainedAfter((t) => (t < 10_000 ? 0 : 8 * Math.floor((t - 10_000) / 500)));
    assert.ok(ms > 11_000 && ms < 15_000, `${ms}`);
});

test('after a stop it begins anew', () => {
    const strain = new DeviceStrain();
    for (let i = 0; i < 10; i++) {
        strain.reset();
        assert.equal(strain.observe(i, 1000 * i + 30 * i), false);
    }
});
