// SPDX-License-Identifier: MIT
// Nothing smears: what may be decoded after holes, switches of rendition and shed layers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LayerShedder } from '../../web/watch/layer-shedder.js';
import { TemporalGate } from '../../web/watch/temporal-gate.js';
import { WIRE_GAP, WIRE_KEY } from '../../web/wire/header.js';

const frame = (sequence, flags = 0, rendition = 0) => ({ sequence, flags, rendition });

test('gate: begins at a key frame, passes the unbroken', () => {
    const gate = new TemporalGate();
    assert.equal(gate.admit(frame(5)), false);
    assert.equal(gate.isWaitingForKey, true);
    assert.equal(gate.admit(frame(6, WIRE_KEY)), true);
    assert.equal(gate.admit(frame(7)), true);
});

test('gate: a hole waits for a key frame, a declared hole does not, and the sequence wraps', () => {
    const gate = new TemporalGate();
    gate.admit(frame(0xffff_fffe, WIRE_KEY));
    assert.equal(gate.admit(frame(0xffff_ffff)), true);
    assert.equal(gate.admit(frame(0)), true);
    assert.equal(gate.admit(frame(4, WIRE_GAP)), true);
    assert.equal(gate.admit(frame(6)), false);
    assert.equal(gate.admit(frame(7, WIRE_GAP)), false, 'a declared hole does not heal an undeclared one');
    assert.equal(gate.admit(frame(8, WIRE_KEY)), true);
});

test('gate: another rendition begins with its key frame', () => {
    const gate = new TemporalGate();
    gate.admit(frame(10, WIRE_KEY));
    assert.equal(gate.admit(frame(11, WIRE_GAP, 1)), false);
    assert.equal(gate.admit(frame(12, WIRE_KEY | WIRE_GAP, 1)), true);
    assert.equal(gate.admit(frame(13, 0, 1)), true);
    gate.reset();
    assert.equal(gate.admit(frame(14, 0, 1)), false);
});

const TL0 = { isKey: false, isSync: false, temporalId: 0 };
const TL1 = { isKey: false, isSync: false, temporalId: 1 };
const TL1_SYNC = { isKey: false, isSync: true, temporalId: 1 };
const TL2 = { isKey: false, isSync: false, temporalId: 2 };
const TL2_SYNC = { isKey: false, isSync: true, temporalId: 2 };
const KEY = { isKey: true, isSync: false, temporalId: 0 };

test('shedder: in time everything passes', () => {
    const shedder = new LayerShedder();
    for (let now = 0; now < 1000; now += 33) {
        shedder.observe(-50, now);
        assert.ok([TL0, TL1, TL2].every((p) => shedder.admit(p)));
    }
});

/** Late by so much for so long, a picture each 30 ms. Returns the local time at the end. */
function late(shedder, lateMs, fromMs, forMs) {
    let now = fromMs;
    for (; now <= fromMs + forMs; now += 30) shedder.observe(lateMs, now);
    return now;
}

test('shedder: a hiccup costs layers only until the backlog is worked off', () => {
    const shedder = new LayerShedder();
    shedder.observe(250, 0);
    assert.deepEqual([TL0, TL2_SYNC, TL1].map((p) => shedder.admit(p)), [true, false, false]);
    shedder.observe(100, 30);
    assert.equal(shedder.allowedLayer, 2);
    assert.equal(shedder.admit(TL1), false, 'its references were left out');
    assert.deepEqual([TL1_SYNC, TL2_SYNC, TL1, TL2].map((p) => shedder.admit(p)), [true, true, true, true]);
});

test('shedder: late again and again takes one layer after the other, never the base', () => {
    const shedder = new LayerShedder();
    let now = late(shedder, 100, 0, 360);
    assert.equal(shedder.allowedLayer, 1);
    assert.deepEqual([TL0, TL1, TL2].map((p) => shedder.admit(p)), [true, true, false]);
    now = late(shedder, 100, now, 360);
    assert.equal(shedder.allowedLayer, 0);
    assert.deepEqual([TL0, TL1, TL2].map((p) => shedder.admit(p)), [true, false, false]);
    late(shedder, 100, now, 900);
    assert.equal(shedder.allowedLayer, 0);
    assert.equal(shedder.admit(TL0), true);
});

test('shedder: layers return one by one after calm, each at a sync picture', () => {
    const shedder = new LayerShedder();
    let now = late(shedder, 100, 0, 720);
    assert.equal(shedder.allowedLayer, 0);
    [TL0, TL2, TL1].forEach((p) => shedder.admit(p));
    now = late(shedder, 10, now, 900);
    assert.equal(shedder.allowedLayer, 0, 'not before a second of calm');
    now = late(shedder, 10, now, 150);
    assert.equal(shedder.allowedLayer, 1);
    assert.equal(shedder.admit(TL1), false, 'its references are not whole');
    assert.equal(shedder.admit(TL1_SYNC), true);
    assert.equal(shedder.admit(TL1), true);
    late(shedder, 10, now, 1050);
    assert.equal(shedder.allowedLayer, 2);
    assert.equal(shedder.admit(TL2), true, 'the top layer goes on anywhere above a whole one: nothing refers to what was left out');
});

test('shedder: a sync picture of layer 2 does not make layer 1 whole', () => {
    const shedder = new LayerShedder();
    shedder.observe(500, 0);
    shedder.admit(TL1);
    shedder.forgive();
    assert.equal(shedder.admit(TL2_SYNC), false);
    assert.equal(shedder.admit(TL1), false);
    assert.equal(shedder.admit(KEY), true);
    assert.ok([TL1, TL2].every((p) => shedder.admit(p)), 'after a key frame all is whole');
});

test('shedder: returning too early doubles the calm that is asked for', () => {
    const shedder = new LayerShedder();
    let now = late(shedder, 100, 0, 360);
    now = late(shedder, -10, now, 1080);
    assert.equal(shedder.allowedLayer, 2);
    now = late(shedder, 100, now, 360);
    assert.equal(shedder.allowedLayer, 1);
    now = late(shedder, -10, now, 1500);
    assert.equal(shedder.allowedLayer, 1);
    late(shedder, -10, now, 600);
    assert.equal(shedder.allowedLayer, 2);
});
