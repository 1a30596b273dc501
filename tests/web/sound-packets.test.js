// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test from 'node:test';
import { PACKET_FRAMES, SoundPackets } from '../../web/publish/sound-packets.js';

const BLOCK = 480;

/** Blocks whose samples count up, so that each sample says which one it is. */
function source() {
    let next = 1;
    return (frames = BLOCK) => {
        const samples = Float32Array.from({ length: frames }, () => next++);
        return [samples, samples.map((v) => -v)];
    };
}

function drain(packets) {
    const out = [new Float32Array(PACKET_FRAMES), new Float32Array(PACKET_FRAMES)];
    const all = [];
    for (let at = packets.next(out); at !== null; at = packets.next(out)) {
        all.push({ at, left: out[0].slice(), right: out[1].slice() });
    }
    return all;
}

test('even blocks become even packets, sample by sample', () => {
    const packets = new SoundPackets(2);
    const block = source();
    for (let i = 0; i < 100; i++) packets.push(block(), 7000 + i * 10);
    const all = drain(packets);
    assert.equal(all.length, 100);
    let expected = 1;
    all.forEach((packet, i) => {
        assert.equal(packet.at, 7000 + i * 10);
        for (let s = 0; s < PACKET_FRAMES; s++) {
            assert.equal(packet.left[s], expected);
            assert.equal(packet.right[s], -expected);
            expected++;
        }
    });
});

test('one channel serves both', () => {
    const packets = new SoundPackets(2);
    packets.push([new Float32Array(PACKET_FRAMES).fill(0.5)], 0);
    const [packet] = drain(packets);
    assert.equal(packet.left[0], 0.5);
    assert.equal(packet.right[PACKET_FRAMES - 1], 0.5);
});

test('blocks of any size, and the ring\'s end in the middle of a packet', () => {
    const packets = new SoundPackets(1);
    const out = [new Float32Array(PACKET_FRAMES)];
    let sent = 0;
    let expected = 0;
    for (let i = 0; i < 2000; i++) {
        const frames = 128 + (i % 7) * 31;
        packets.push([Float32Array.from({ length: frames }, (_, s) => sent + s)], sent / 48);
        sent += frames;
        for (let at = packets.next(out); at !== null; at = packets.next(out)) {
            assert.ok(Math.abs(at - expected / 48) < 1e-6);
            assert.equal(out[0][0], expected);
            assert.equal(out[0][PACKET_FRAMES - 1], expected + PACKET_FRAMES - 1);
            expected += PACKET_FRAMES;
        }
    }
    assert.ok(expected > 400_000);
    assert.equal(packets.framesDropped, 0);
    assert.equal(packets.framesFilled, 0);
});

test('a hole becomes silence of its length, whatever its length', () => {
    for (const holeMs of [100, 800, 3000]) {
        const packets = new SoundPackets(2);
        const block = source();
        const all = [];
        packets.push(block(960), 1000);
        assert.equal(packets.hasHoleBefore(1020 + 40), false, 'that is jitter');
        const backMs = 1020 + holeMs;
        assert.equal(packets.hasHoleBefore(backMs), true);
        for (let more = true; more; ) {
            more = packets.fillTo(backMs);
            all.push(...drain(packets));
        }
        packets.push(block(960), backMs);
        all.push(...drain(packets));
        assert.equal(packets.framesFilled, holeMs * 48);
        assert.deepEqual(all.map((p) => p.at), Array.from({ length: holeMs / 10 + 4 }, (_, i) => 1000 + i * 10));
        assert.ok(all.slice(2, -2).every((p) => p.left.every((v) => v === 0)));
        assert.equal(all[all.length - 2].left[0], 961);
        assert.equal(packets.framesDropped, 0);
    }
});

test('sound that comes after its time was filled is left out, the rest fits seamlessly', () => {
    const packets = new SoundPackets(2);
    const block = source();
    packets.push(block(960), 1000);
    packets.fillTo(1100);
    packets.push(block(960), 1020); // wholly behind 1100
    packets.push(block(4800), 1040); // 1040…1140: only 1100…1140 is news
    const all = drain(packets);
    assert.deepEqual(all.map((p) => Math.round(p.at)), Array.from({ length: 14 }, (_, i) => 1000 + i * 10));
    assert.equal(packets.framesFilled, 3840);
    assert.equal(all[10].left[0], 961 + 960 + 2880);
});

test('drift moves timestamps by at most half a percent and no samples', () => {
    const packets = new SoundPackets(1);
    const times = [];
    const out = [new Float32Array(PACKET_FRAMES)];
    for (let i = 0; i < 500; i++) {
        packets.push([new Float32Array(PACKET_FRAMES).fill(1)], 1000 + i * 10 + (i >= 10 ? 15 : 0));
        for (let at = packets.next(out); at !== null; at = packets.next(out)) times.push(at);
    }
    assert.equal(times.length, 500);
    for (let i = 1; i < times.length; i++) {
        const step = times[i] - times[i - 1];
        assert.ok(step >= 9.94 && step <= 10.06, `step of ${step} ms`);
    }
    assert.ok(Math.abs(times[499] - (1000 + 499 * 10 + 15)) < 0.2, 'caught up');
    assert.equal(packets.framesFilled + packets.framesDropped, 0);
});

test('without any device there is silence at the pace of the clock', () => {
    const packets = new SoundPackets(2);
    const times = [];
    for (let now = 5000; now <= 15_000; now += 37) {
        packets.fillTo(now - 60);
        for (const packet of drain(packets)) times.push(packet.at);
    }
    assert.ok(times.length >= 994 && times.length <= 1002, `${times.length} packets in ten seconds`);
    times.slice(1).forEach((at, i) => assert.ok(Math.abs(at - times[i] - 10) < 0.5));
    assert.ok(times[times.length - 1] + 10 <= 15_000 - 59, 'none is of the future');
});

test('a device that slept for minutes goes on with the present', () => {
    const packets = new SoundPackets(1);
    packets.push([new Float32Array(PACKET_FRAMES)], 0);
    drain(packets);
    const out = [new Float32Array(PACKET_FRAMES)];
    for (const untilMs of [300_000, 900_000]) {
        assert.equal(packets.fillTo(untilMs), false, 'ten minutes of silence help nobody');
        const at = packets.next(out);
        assert.ok(Math.abs(at - (untilMs - 10)) < 1, `${at}`);
        assert.equal(packets.next(out), null);
    }
});

test('when nobody takes packets the oldest second goes, and the times stay right', () => {
    const packets = new SoundPackets(1);
    for (let i = 0; i < 300; i++) packets.push([new Float32Array(PACKET_FRAMES).fill(i)], i * 10);
    const out = [new Float32Array(PACKET_FRAMES)];
    const at = packets.next(out);
    assert.equal(out[0][0], 200);
    assert.ok(Math.abs(at - 2000) < 1e-6, `${at}`);
    assert.equal(packets.framesDropped, 200 * PACKET_FRAMES);
});
