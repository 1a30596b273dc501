// SPDX-License-Identifier: MIT
// What arrivals say about the delay that is needed, and the order of packets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JitterBuffer } from '../../web/watch/jitter-buffer.js';
import { makePacket } from '../../web/watch/packet.js';

const packet = (timeMs, isKey = false) => makePacket({ track: 'video', timestampUs: timeMs * 1000, isKey, data: new Uint8Array(1) });

/** Feeds packets every 20 ms whose transit is told by `transitMs`, and returns the delay at the end. */
function delayAfter(count, transitMs, { buffer = new JitterBuffer(), fromMs = 0 } = {}) {
    for (let i = 0; i < count; i++) buffer.observe(fromMs + i * 20, fromMs + i * 20 + transitMs(i));
    return buffer.delayBehindMs(fromMs + count * 20);
}

test('knows nothing before the first arrival', () => {
    assert.equal(new JitterBuffer().delayBehindMs(1000), null);
});

test('an even line: its transit and the least jitter delay', () => {
    assert.equal(delayAfter(200, () => 25), 25 + 30);
});

test('the difference of two clocks cancels out', () => {
    const buffer = new JitterBuffer();
    for (let i = 0; i < 200; i++) buffer.observe(i * 20, 1.7e12 + i * 20 + 25);
    assert.equal(buffer.delayBehindMs(1.7e12 + 4000), 1.7e12 + 55);
});

test('covers what comes late often, lets go the rarest, and no more than 300 ms', () => {
    assert.equal(delayAfter(500, (i) => (i % 10 === 0 ? 110 : 10)), 110);
    assert.equal(delayAfter(500, (i) => (i % 250 === 7 ? 200 : 10)), 40, 'two of five hundred');
    assert.equal(delayAfter(500, (i) => (i % 5 === 0 ? 900 : 10)), 310);
});

test('what is used ahead of its time needs more, within the least delay and the largest', () => {
    const delay = (jitterMs, aheadMs) => {
        const buffer = new JitterBuffer();
        for (let i = 0; i < 200; i++) buffer.observe(i * 20, i * 20 + (i % 5 === 0 ? 10 + jitterMs : 10));
        return buffer.delayBehindMs(4000, aheadMs);
    };
    assert.equal(delay(5, 20), 40);
    assert.equal(delay(60, 20), 90);
    assert.equal(delay(295, 20), 310);
});

test('forgets after ten seconds, keeps the last word when nothing comes', () => {
    const buffer = new JitterBuffer();
    delayAfter(1100, () => 10, { buffer });
    delayAfter(100, (i) => (i % 5 === 0 ? 150 : 10), { buffer, fromMs: 22_000 });
    assert.equal(delayAfter(300, () => 10, { buffer, fromMs: 24_000 }), 150);
    assert.equal(delayAfter(300, () => 10, { buffer, fromMs: 30_000 }), 40);
    assert.equal(buffer.delayBehindMs(60_000), 40);
    buffer.forgetArrivals();
    assert.equal(buffer.delayBehindMs(60_200), null);
});

test('what came in the first moments, while the player itself started, is soon forgotten', () => {
    const buffer = new JitterBuffer();
    assert.equal(delayAfter(20, (i) => 200 - i * 9, { buffer }), 29 + 171);
    assert.equal(delayAfter(60, () => 10, { buffer, fromMs: 400 }), 40);
});

test('a growing transit (a drifting clock) is followed', () => {
    const drifting = delayAfter(6000, (i) => 10 + i * 20 * 200e-6);
    assert.ok(Math.abs(drifting - (10 + 120_000 * 200e-6 + 30 - 2)) < 0.5, `${drifting}`);
});

test('keeps order, span and newest time', () => {
    const buffer = new JitterBuffer();
    for (const timeMs of [0, 33, 66]) buffer.push(packet(timeMs));
    assert.equal(buffer.spanMs, 66);
    assert.equal(buffer.peek(1).timeMs, 33);
    assert.equal(buffer.shift().timeMs, 0);
    buffer.clear();
    assert.equal(buffer.length, 0);
    assert.equal(buffer.newestMs, -Infinity);
});

test('drops up to the newest key frame, and only then', () => {
    const buffer = new JitterBuffer();
    buffer.push(packet(0, true));
    buffer.push(packet(33));
    assert.equal(buffer.dropToNewestKey(), 0, 'the key frame in front is the newest');
    buffer.push(packet(66, true));
    buffer.push(packet(99));
    assert.equal(buffer.dropToNewestKey(), 2);
    assert.equal(buffer.peek().timeMs, 66);
    assert.equal(buffer.dropWhile((p) => p.timeMs < 90), 1);
    assert.equal(buffer.length, 1);
});
