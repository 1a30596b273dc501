// SPDX-License-Identifier: MIT
// encoder-threads.wasm: real threads, without Emscripten's glue.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as encoder from '../../web/codec/encoder-module.js';
import { CodecError, VideoEncoder, loadEncoderModule } from '../../web/codec/encoder-module.js';
import { Demuxer, TRACK_VIDEO, VideoDecoder } from '../../web/codec/player-module.js';
import { loadEncoder, loadPlayer, loadThreadedEncoder, wasmBytes } from './helpers/codec.js';
import { encodeShow, makePicture, payload, psnr } from './helpers/made-media.js';

const SIZE = { width: 640, height: 360 };
const OPTIONS = { ...SIZE, framesPerSecond: 30, bitrateBps: 1e6 };

let threaded;
let single;
before(async () => {
    threaded = await loadThreadedEncoder(2);
    single = await loadEncoder();
});
after(() => threaded.close());

test('with one thread both modules give the same bytes', () => {
    const show = { ...SIZE, frames: 12, options: { threads: 1 } };
    assert.deepEqual(encodeShow(encoder, threaded, show), encodeShow(encoder, single, show));
});

test('two threads give a show that decodes, the same each time', async () => {
    const show = { ...SIZE, frames: 15, options: { threads: 2 } };
    const { messages } = encodeShow(encoder, threaded, show);
    assert.deepEqual(encodeShow(encoder, threaded, show).messages, messages);
    const player = await loadPlayer();
    const demuxer = new Demuxer(player);
    const video = new VideoDecoder(player);
    let pictures = 0;
    for (const message of messages) {
        demuxer.push(payload(message));
        const packet = demuxer.next();
        if (packet?.track !== TRACK_VIDEO) continue;
        const frame = video.decode(packet);
        assert.ok(psnr(frame, makePicture(640, 360, pictures), 640, 360) > 25);
        pictures++;
    }
    assert.equal(pictures, 15);
});

test('threads are given back, and not more are given than there are', () => {
    for (let round = 0; round < 10; round++) {
        const videos = [new VideoEncoder(threaded, OPTIONS), new VideoEncoder(threaded, OPTIONS)];
        for (const video of videos) assert.ok(video.encode({ timestampUs: 0 }).length > 100);
        assert.throws(() => new VideoEncoder(threaded, OPTIONS), (error) => error instanceof CodecError && error.code === 'out-of-memory'); // libvpx's word for it
        const small = new VideoEncoder(threaded, { ...OPTIONS, width: 320, height: 180 }); // wants none
        assert.ok(small.encode({ timestampUs: 0 }).length > 50);
        for (const video of [...videos, small]) video.close();
    }
});

test('a worker that does not start fails the loading', async () => {
    const dead = { onmessage: null, onerror: null, terminate() {}, postMessage() { queueMicrotask(() => this.onerror({ message: 'blocked by CSP' })); } };
    await assert.rejects(
        loadEncoderModule({ threads: 2, wasmBytes: wasmBytes('encoder-threads'), createWorker: () => ({ ...dead }) }),
        (error) => error instanceof CodecError && error.code === 'load-failed' && /CSP/.test(error.message),
    );
});
