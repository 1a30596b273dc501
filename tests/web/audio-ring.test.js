// SPDX-License-Identifier: MIT
// The ring between worker and worklet: what goes in comes out, at any rate, across every edge.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingReader, RingWriter, createRingMemory } from '../../web/watch/audio-ring.js';

const QUANTUM = 128;
const FADE = 64;

function makeRing(capacityFrames = 1024, isShared = true) {
    const memory = createRingMemory({ capacityFrames, isShared });
    return { writer: new RingWriter(memory), reader: new RingReader(memory) };
}

/** Stereo whose left sample n has the value from + n, the right one its negative. */
function ramp(from, count) {
    const left = Float32Array.from({ length: count }, (_, i) => from + i);
    return [left, left.map((v) => -v)];
}

function play(reader, contextFrame = 0, count = QUANTUM) {
    const outputs = [new Float32Array(count), new Float32Array(count)];
    reader.read(outputs, contextFrame);
    return outputs;
}

for (const isShared of [true, false]) {
    test(`plays what was written, in both channels (${isShared ? 'shared' : 'plain'} memory)`, () => {
        const { writer, reader } = makeRing(1024, isShared);
        assert.equal(writer.write(ramp(1000, 400)), 400);
        writer.run();
        const first = play(reader);
        assert.equal(first[0][0], 1000 / FADE, 'a beginning rises from silence');
        assert.equal(first[0][FADE], 1064, 'and is whole after the fade');
        assert.equal(first[1][FADE], -1064);
        const second = play(reader, QUANTUM);
        assert.deepEqual([...second[0]], [...ramp(1128, QUANTUM)[0]]);
        assert.equal(writer.filled, 400 - 2 * QUANTUM);
        assert.deepEqual(writer.position(), { frame: 128, contextFrame: 128 });
    });
}

test('goes round its memory many times without a seam', () => {
    const { writer, reader } = makeRing(512);
    let written = 0;
    let expected = 0;
    writer.run();
    for (let i = 0; i < 200; i++) {
        written += writer.write(ramp(written, 100));
        if (i < 3) continue;
        for (const value of play(reader, i * 100, 100)[0]) {
            if (expected >= FADE) assert.equal(value, expected);
            expected++;
        }
    }
    assert.ok(expected > 19_000);
    assert.equal(writer.starvedFrames, 0);
});

test('takes no more than fits and never overwrites what was not played', () => {
    const { writer, reader } = makeRing(512);
    assert.equal(writer.write(ramp(0, 600)), 508);
    assert.equal(writer.free, 0);
    assert.equal(writer.write(ramp(600, 10)), 0);
    writer.run();
    assert.equal(play(reader)[0][QUANTUM - 1], 127);
    assert.equal(writer.free, QUANTUM);
});

test('a mono source fills both channels, silence is silence', () => {
    const { writer, reader } = makeRing();
    writer.write([Float32Array.from({ length: 200 }, () => 7)]);
    writer.writeSilence(100);
    writer.run();
    play(reader);
    const [left, right] = play(reader, QUANTUM);
    assert.equal(left[0], 7);
    assert.deepEqual(left, right);
    assert.equal(left[72], 0);
});

test('an empty ring gives silence, counts it, stays where it is and fades both edges', () => {
    const { writer, reader } = makeRing();
    writer.write(ramp(1, 200));
    writer.run();
    play(reader);
    const [tail] = play(reader, QUANTUM);
    assert.equal(tail[0], 129);
    assert.ok(tail[71] < tail[0] && tail[70] > 0, 'the end falls');
    assert.equal(tail[72], 0);
    assert.equal(writer.starvedFrames, 2 * QUANTUM - 200);
    play(reader, 2 * QUANTUM);
    assert.equal(writer.starvedFrames, 3 * QUANTUM - 200);
    writer.write(ramp(201, 300));
    const [again] = play(reader, 3 * QUANTUM);
    assert.equal(again[FADE], 201 + FADE, 'goes on with the next sample');
    assert.ok(again[0] < 10);
});

test('held: silence without moving and without being counted as missing', () => {
    const { writer, reader } = makeRing();
    writer.write(ramp(1, 900));
    assert.deepEqual([...play(reader)[0]], new Array(QUANTUM).fill(0));
    writer.run();
    play(reader);
    writer.hold();
    const [fading] = play(reader, QUANTUM);
    assert.ok(fading[10] > 0 && fading[FADE] === 0, 'fades instead of clicking');
    const at = writer.readIndex;
    play(reader, 2 * QUANTUM);
    assert.equal(writer.readIndex, at);
    assert.equal(writer.starvedFrames, 0);
});

test('a rate moves the reader by exactly that rate and interpolates a line without error', () => {
    for (const rate of [0.98, 1.0002, 1.02]) {
        const { writer, reader } = makeRing(65_536);
        writer.write(ramp(0, 60_000));
        writer.setRate(rate);
        writer.run();
        let produced = 0;
        let last;
        for (let i = 0; i < 300; i++) {
            last = play(reader, i * QUANTUM)[0];
            if (i > 0) assert.ok(Math.abs(last[5] - (produced + 5) * rate) < 0.01, `${last[5]} at ${produced + 5}`);
            produced += QUANTUM;
        }
        const { frame } = writer.position();
        assert.ok(Math.abs(frame - (produced - QUANTUM) * rate) < 1e-6);
    }
});

test('at a rate it plays what can be interpolated and not a sample more', () => {
    const { writer, reader } = makeRing();
    writer.write(ramp(0, 300));
    writer.setRate(1.02);
    writer.run();
    for (let i = 0; i < 4; i++) play(reader, i * QUANTUM);
    // The last sample made lies at or before 297, for two samples ahead of it are needed.
    assert.equal(writer.starvedFrames, 4 * QUANTUM - (Math.floor(297 / 1.02) + 1));
});

test('a 1 kHz tone at 1.02 stays a clean tone of 1020 Hz', () => {
    const { writer, reader } = makeRing(65_536);
    const tone = Float32Array.from({ length: 50_000 }, (_, i) => Math.sin((2 * Math.PI * 1000 * i) / 48_000));
    writer.write([tone]);
    writer.setRate(1.02);
    writer.run();
    let worst = 0;
    for (let i = 0; i < 300; i++) {
        const [block] = play(reader, i * QUANTUM);
        for (let k = 0; k < QUANTUM && i > 0; k++) {
            const n = i * QUANTUM + k;
            worst = Math.max(worst, Math.abs(block[k] - Math.sin((2 * Math.PI * 1020 * n) / 48_000)));
        }
    }
    assert.ok(worst < 2e-4, `error ${worst}`);
});

test('back at rate 1 it plays whole samples again', () => {
    const { writer, reader } = makeRing();
    writer.write(ramp(0, 1000));
    writer.setRate(1.013);
    writer.run();
    play(reader);
    writer.setRate(1);
    const [block] = play(reader, QUANTUM);
    assert.equal(block[0], Math.round(QUANTUM * 1.013));
    assert.equal(block[1] - block[0], 1);
});

test('skips forward and to the newest, and says nothing about its position until it has', () => {
    const { writer, reader } = makeRing();
    writer.write(ramp(0, 900));
    writer.run();
    play(reader);
    writer.skipTo(500);
    assert.equal(writer.position(), null);
    assert.equal(writer.filled, 400, 'what will be skipped is free already');
    const [block] = play(reader, QUANTUM);
    assert.equal(block[FADE], 500 + FADE);
    assert.deepEqual(writer.position(), { frame: 500, contextFrame: QUANTUM });
    writer.skipTo(1e9);
    assert.equal(writer.filled, 0);
    assert.equal(writer.free, 1020);
});

test('a full ring whose reader sleeps can be emptied and filled anew', () => {
    const { writer, reader } = makeRing(512);
    writer.write(ramp(0, 508));
    writer.skipTo(writer.written);
    assert.equal(writer.write(ramp(5000, 400)), 400);
    writer.run();
    assert.equal(play(reader)[0][FADE], 5000 + FADE);
});

test('refuses a capacity that is no power of two', () => {
    assert.throws(() => createRingMemory({ capacityFrames: 1000, isShared: false }), RangeError);
});
