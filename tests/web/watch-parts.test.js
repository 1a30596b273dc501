// SPDX-License-Identifier: MIT
// The small parts of watching: ring by messages, colours without VideoFrame, rates.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { PortRing, PortRingReader } from '../../web/watch/audio-port.js';
import { RateMeter } from '../../web/watch/rate-meter.js';
import { convertToRgba } from '../../web/watch/yuv-to-rgba.js';

const QUANTUM = 128;

/** Two ports whose messages are handed over at once, as far as this test can tell. */
function makePortRing() {
    const { port1, port2 } = new MessageChannel();
    // Node's ports know addEventListener, the classes set onmessage: the same event object either way.
    return { ring: new PortRing(port1), reader: new PortRingReader(port2), close: () => port1.close(), port1, port2 };
}

const settle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test('ring by messages: plays what was written, reports, skips, holds', async () => {
    const { ring, reader, close, port1 } = makePortRing();
    const ramp = Float32Array.from({ length: 4800 }, (_, i) => i);
    assert.equal(ring.write([ramp]), 4800);
    ring.writeSilence(100);
    ring.run();
    assert.equal(ring.written, 4900);
    assert.equal(ring.position(), null, 'nothing was reported yet');
    await settle();
    const outputs = [new Float32Array(QUANTUM), new Float32Array(QUANTUM)];
    for (let i = 0; i < 8; i++) reader.read(outputs, i * QUANTUM);
    assert.equal(outputs[1][5], 7 * QUANTUM + 5);
    await once(port1, 'message');
    assert.equal(ring.readIndex, 8 * QUANTUM);
    assert.deepEqual(ring.position(), { frame: 7 * QUANTUM, contextFrame: 7 * QUANTUM });

    ring.skipTo(3000);
    assert.equal(ring.position(), null);
    assert.equal(ring.filled, 1900);
    await settle();
    for (let i = 8; i < 16; i++) reader.read(outputs, i * QUANTUM);
    assert.equal(outputs[0][100], 3000 + 7 * QUANTUM + 100);
    await once(port1, 'message');
    assert.equal(ring.readIndex, 3000 + 8 * QUANTUM);

    ring.hold();
    ring.setRate(1.01);
    await settle();
    for (let i = 16; i < 24; i++) reader.read(outputs, i * QUANTUM);
    assert.equal(outputs[0][64], 0);
    await once(port1, 'message');
    assert.equal(ring.starvedFrames, 0);
    assert.ok(!ring.isRunning && ring.rate === 1.01);
    close();
});

test('ring by messages: refuses more than it holds', () => {
    const { ring, close } = makePortRing();
    assert.equal(ring.write([new Float32Array(200_000)]), 131_072 - 4800);
    assert.equal(ring.write([new Float32Array(10)]), 0);
    close();
});

test('colours: BT.601 limited to RGBA', () => {
    // Y, Cb, Cr of SMPTE bars and of studio black and white.
    const known = [
        [[16, 128, 128], [0, 0, 0]],
        [[235, 128, 128], [255, 255, 255]],
        [[81, 90, 240], [255, 0, 0]],
        [[145, 54, 34], [0, 255, 0]],
        [[41, 240, 110], [0, 0, 255]],
        [[126, 128, 128], [128, 128, 128]],
    ];
    for (const [[y, u, v], rgb] of known) {
        // 3 × 3 with strides wider than the picture and planes apart: odd sizes have half samples at their edges.
        const buffer = new Uint8Array(100).fill(77);
        for (let row = 0; row < 3; row++) buffer.fill(y, row * 8, row * 8 + 3);
        for (let row = 0; row < 2; row++) {
            buffer.fill(u, 40 + row * 4, 40 + row * 4 + 2);
            buffer.fill(v, 60 + row * 4, 60 + row * 4 + 2);
        }
        const layout = [{ offset: 0, stride: 8 }, { offset: 40, stride: 4 }, { offset: 60, stride: 4 }];
        const out = new Uint8Array(convertToRgba({ buffer, layout, width: 3, height: 3 }));
        assert.equal(out.length, 36);
        for (let i = 0; i < 9; i++) {
            for (let c = 0; c < 3; c++) assert.ok(Math.abs(out[i * 4 + c] - rgb[c]) <= 2, `${[...out.slice(i * 4, i * 4 + 4)]} for ${rgb}`);
            assert.equal(out[i * 4 + 3], 255);
        }
    }
});

test('rate: over the last second', () => {
    const meter = new RateMeter();
    assert.equal(meter.rateOf(0, 0), 0);
    for (let now = 250; now <= 3000; now += 250) assert.equal(meter.rateOf(now * 5, now), 5000);
    assert.equal(Math.round(meter.rateOf(15_000, 4000)), 0);
});
