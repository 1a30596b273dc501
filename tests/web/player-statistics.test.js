// SPDX-License-Identifier: MIT
// The statistics in words: every number of a live show has its row, what is not known is a dash, a replay has no latency.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statisticsRows } from '../../web/ui/player-statistics-rows.js';
import { NO_PARTS } from '../../web/watch/latency-split.js';

const stats = {
    latencyMs: 31.4, bufferedMs: 70, framesDecoded: 900, framesDropped: 3, framesShown: 880, framesCorrupted: 1, rendition: 0, decoder: 'wasm', sink: 'video',
    setting: 'closest', parts: { captureMs: 1.2, encodeMs: 10.6, networkMs: 2, bufferMs: 0.4, decodeMs: 3.6, renderMs: 12 }, framesPerSecond: 29.97, jitterMs: 7,
    soundJitterMs: 9, soundLeadMs: 40, offsetMs: 38, bitrateBps: 2_040_000, decodeMs: 3.61, rate: 1, isSoundMaster: true, stalls: 2, jumps: 1,
};
const rowsOf = (more = {}, isLive = true) => Object.fromEntries(statisticsRows({ ...stats, ...more }, { width: 1280, height: 720 }, isLive));

test('every number of a live show is told, with its unit', () => {
    assert.deepEqual(rowsOf(), {
        Picture: '1280 × 720, 30 per second',
        Pictures: '880 shown, 3 dropped, 1 damaged',
        Setting: 'Closest to live',
        'Glass to glass': '31 ms',
        'of which, ms': 'capture 1, encode 11, network 2, buffer 0, decode 4, render 12',
        'Sound behind picture': '+38 ms',
        Jitter: 'picture 7 ms, sound 9 ms',
        'Bit rate': '2040 kbit/s',
        Buffered: '70 ms',
        Clock: 'the sound device, 1.000 ×',
        Interruptions: '2 of sound, 1 jump to live',
        'Decoder, sink': 'wasm, 3.6 ms per picture; video',
    });
});

test('what is not known is a dash, what is early has its sign', () => {
    const rows = rowsOf({ parts: NO_PARTS, latencyMs: NaN, offsetMs: -12.2, isSoundMaster: false });
    assert.equal(rows['Glass to glass'], '–');
    assert.match(rows['of which, ms'], /capture –, encode –, network –, buffer –, decode –, render –/);
    assert.equal(rows['Sound behind picture'], '-12 ms');
    assert.match(rows.Clock, /^local/);
});

test('a replay has no latency to speak of', () => {
    const rows = rowsOf({}, false);
    assert.ok(!('Glass to glass' in rows) && !('Jitter' in rows));
    assert.equal(rows['Bit rate'], '2040 kbit/s');
});
