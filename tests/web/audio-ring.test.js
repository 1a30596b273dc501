// SPDX-License-Identifier: MIT
// The ring between worker and worklet: what goes in comes out, at any rate, across every edge.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingReader, RingWriter, createRingMemory } from '../../web/watch/audio-ring.js';
import { HISTORY_FRAMES } from '../../web/watch/time-stretch.js';

const QUANTUM = 128;
const FADE = 64;

/** What was played lately is kept behind the reader. */
const KEPT = HISTORY_FRAMES;

function makeRing(capacityFrames = 4096, isShared = true) {
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
        const { writer, reader } = makeRing(4096, isShared);
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
    const { writer, reader } = makeRing(4096);
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
    const { writer, reader } = makeRing(2048);
    assert.equal(writer.write(ramp(0, 600)), 2048 - KEPT);
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

for (const rate of [0.92, 0.98, 1.0002, 1.08]) {
    test(`at rate ${rate} the place moves by that rate, in small steps around an even line`, () => {
        const { writer, reader } = makeRing(65_536);
        writer.write([Float32Array.from({ length: 60_000 }, (_, i) => Math.sin(i / 30))]);
        writer.setRate(rate);
        writer.run();
        for (let i = 0; i < 300; i++) {
            play(reader, i * QUANTUM);
            const { frame } = writer.position();
            assert.ok(Math.abs(frame - i * QUANTUM * rate) < 1e-6, `${frame} in block ${i}`);
            assert.ok(Math.abs(writer.readIndex - (i + 1) * QUANTUM * rate) < 800, `${writer.readIndex} behind block ${i}`);
        }
    });
}

test('at a rate it plays what is there and not a sample more', () => {
    const { writer, reader } = makeRing();
    writer.write(ramp(0, 300));
    writer.setRate(1.02);
    writer.run();
    for (let i = 0; i < 4; i++) play(reader, i * QUANTUM);
    assert.equal(writer.starvedFrames, 4 * QUANTUM - 300);
    assert.equal(writer.filled, 0);
});

test('back at rate 1 it plays samples as they are, from where it is', () => {
    const { writer, reader } = makeRing();
    writer.write(ramp(0, 1000));
    writer.setRate(1.013);
    writer.run();
    play(reader);
    writer.setRate(1);
    const [block] = play(reader, QUANTUM);
    assert.equal(block[0], QUANTUM);
    assert.equal(block[1] - block[0], 1);
    assert.deepEqual(writer.position(), { frame: QUANTUM, contextFrame: QUANTUM });
});

test('the writer learns the least that was left behind a block', () => {
    const { writer, reader } = makeRing();
    assert.equal(writer.takeLeastLeft(), Infinity, 'nothing was played');
    writer.write(ramp(0, 400));
    play(reader);
    assert.equal(writer.takeLeastLeft(), Infinity, 'held is not played');
    writer.run();
    play(reader);
    play(reader);
    writer.write(ramp(0, 600));
    play(reader);
    assert.equal(writer.takeLeastLeft(), 400 - 2 * QUANTUM);
    assert.equal(writer.takeLeastLeft(), Infinity, 'told once');
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
    assert.equal(writer.free, 4096 - KEPT);
});

test('a full ring whose reader sleeps can be emptied and filled anew', () => {
    const { writer, reader } = makeRing(4096);
    writer.write(ramp(0, 4096));
    writer.skipTo(writer.written);
    assert.equal(writer.write(ramp(5000, 400)), 400);
    writer.run();
    assert.equal(play(reader)[0][FADE], 5000 + FADE);
});

test('refuses a capacity that is no power of two', () => {
    assert.throws(() => createRingMemory({ capacityFrames: 1000, isShared: false }), RangeError);
});
