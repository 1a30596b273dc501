// SPDX-License-Identifier: MIT
// player.wasm as the page uses it: what the encoder made comes back, at once, however cut; bad input is an error.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import * as encoder from '../../web/codec/encoder-module.js';
import { AudioDecoder, CodecError, Demuxer, ReplayIndex, TRACK_AUDIO, TRACK_VIDEO, VideoDecoder, loadPlayerModule } from '../../web/codec/player-module.js';
import { ROOT, loadEncoder, loadPlayer, wasmBytes } from './helpers/codec.js';
import { FRAME_US, PACKET_US, encodeShow, makePicture, payload, psnr } from './helpers/made-media.js';

const WIDTH = 320;
const HEIGHT = 180;
const FRAMES = 45;

let module;
/** @type {Uint8Array[]} init segment, then Clusters */
let parts;
/** @type {Uint8Array} */
let stream;
before(async () => {
    module = await loadPlayer();
    const { messages } = encodeShow(encoder, await loadEncoder(), { width: WIDTH, height: HEIGHT, frames: FRAMES });
    parts = messages.map(payload);
    stream = new Uint8Array(Buffer.concat(parts));
});

const hasCode = (code) => (error) => error instanceof CodecError && error.code === code;

/** Everything that comes out now, as plain copies. */
function takeAll(demuxer) {
    const packets = [];
    for (let p = demuxer.next(); p; p = demuxer.next()) packets.push({ ...p, data: p.data.slice() });
    return packets;
}

test('each message yields its packet at once, with its picture and sound', () => {
    const demuxer = new Demuxer(module);
    const video = new VideoDecoder(module);
    let audio;
    let pictures = 0;
    let heard = 0;
    for (const [i, part] of parts.entries()) {
        demuxer.push(part);
        const packet = demuxer.next();
        if (i === 0) {
            assert.equal(packet, null);
            assert.equal(demuxer.tracks, null);
            continue;
        }
        assert.ok(packet, `message ${i} is held back`);
        if (packet.track === TRACK_VIDEO) {
            assert.equal(packet.timestampUs, Math.floor((pictures * FRAME_US) / 1000) * 1000);
            assert.equal(packet.isKeyframe, pictures % 31 === 0);
            const frame = video.decode(packet);
            assert.equal(frame.timestampUs, packet.timestampUs);
            assert.deepEqual([frame.width, frame.height, frame.format], [WIDTH, HEIGHT, 'I420']);
            assert.ok(psnr(frame, makePicture(WIDTH, HEIGHT, pictures), WIDTH, HEIGHT) > 25, `picture ${pictures}`);
            pictures++;
        } else {
            assert.equal(packet.track, TRACK_AUDIO);
            audio ??= new AudioDecoder(module, demuxer.tracks.audio);
            const sound = audio.decode(packet);
            assert.equal(sound.channels.length, 2);
            assert.equal(sound.frames, heard === 0 ? 480 - 312 : 480);
            const packetUs = Math.floor((heard * PACKET_US) / 1000) * 1000;
            assert.equal(sound.timestampUs, heard === 0 ? 0 : packetUs - 6500);
            if (heard > 5) {
                const first = sound.timestampUs * 0.048;
                let error = 0;
                for (let k = 0; k < 480; k++) error += (sound.channels[1][k] - 0.5 * Math.sin((2 * Math.PI * 1000 * (first + k)) / 48000)) ** 2;
                assert.ok(Math.sqrt(error / 480) < 0.05, `packet ${heard}`);
            }
            heard++;
        }
        assert.equal(demuxer.next(), null);
    }
    assert.equal(pictures, FRAMES);
    assert.equal(heard, 150);
    assert.deepEqual(demuxer.tracks, { video: { width: WIDTH, height: HEIGHT }, audio: { channels: 2, preSkip: 312 } });
    for (const each of [demuxer, video, audio]) each.close();
});

test('short pushes and one long push yield the same packets', () => {
    const whole = new Demuxer(module);
    whole.push(stream);
    const wanted = takeAll(whole).map(({ track, timestampUs, isKeyframe, data }) => ({ track, timestampUs, isKeyframe, data }));
    whole.close();
    assert.equal(wanted.length, parts.length - 1);
    for (const step of [1, 7, 1000, 4097]) {
        const demuxer = new Demuxer(module);
        const packets = [];
        for (let at = 0; at < stream.length; at += step) {
            demuxer.push(stream.subarray(at, at + step));
            packets.push(...takeAll(demuxer));
        }
        assert.deepEqual(packets.map(({ track, timestampUs, isKeyframe, data }) => ({ track, timestampUs, isKeyframe, data })), wanted);
        demuxer.close();
    }
});

test('a push far beyond the module buffer waits its turn', () => {
    const demuxer = new Demuxer(module);
    const clusters = stream.subarray(parts[0].length);
    const turns = Math.ceil(6e6 / clusters.length);
    demuxer.push(parts[0]);
    for (let i = 0; i < turns; i++) demuxer.push(clusters);
    assert.equal(takeAll(demuxer).length, turns * (parts.length - 1));
    assert.throws(() => {
        for (let i = 0; i < 100; i++) demuxer.push(new Uint8Array(1 << 20));
    }, hasCode('overflow'));
    demuxer.close();
});

test('a viewer may begin at any key frame', () => {
    const demuxer = new Demuxer(module);
    const video = new VideoDecoder(module);
    demuxer.push(parts[0]);
    let shown = 0;
    for (const part of parts.slice(20)) {
        demuxer.push(part);
        const packet = demuxer.next();
        if (packet.track !== TRACK_VIDEO) continue;
        const frame = video.decode(packet);
        if (packet.isKeyframe) shown = 1;
        assert.equal(frame !== null, shown > 0);
    }
    assert.equal(shown, 1);
    demuxer.close();
    video.close();
});

test('decoders take bytes from outside the module too', () => {
    const demuxer = new Demuxer(module);
    demuxer.push(stream);
    const packets = takeAll(demuxer);
    const video = new VideoDecoder(module);
    const audio = new AudioDecoder(module, { channels: 2 });
    const first = packets.find((p) => p.track === TRACK_VIDEO);
    assert.equal(video.decode({ data: first.data, timestampUs: 5 }).width, WIDTH);
    const sound = packets.find((p) => p.track === TRACK_AUDIO);
    assert.equal(audio.decode({ data: sound.data, timestampUs: 5 }).frames, 480);
    assert.throws(() => video.decode({ data: new Uint8Array(2 << 20), timestampUs: 0 }), hasCode('too-large'));
    assert.throws(() => audio.decode({ data: new Uint8Array(20000), timestampUs: 0 }), hasCode('too-large'));
    for (const each of [demuxer, video, audio]) each.close();
});

test('missing sound is made up, a reset starts anew', () => {
    const demuxer = new Demuxer(module);
    demuxer.push(stream);
    const packets = takeAll(demuxer).filter((p) => p.track === TRACK_AUDIO);
    const audio = new AudioDecoder(module, demuxer.tracks.audio);
    for (const packet of packets.slice(0, 10)) audio.decode(packet);
    const { timestampUs } = packets[10];
    const made = audio.conceal({ timestampUs });
    assert.equal(made.frames, 480);
    assert.equal(made.timestampUs, timestampUs - 6500);
    assert.ok(Math.max(...made.channels[0]) > 0.1);
    audio.reset();
    assert.equal(audio.decode(packets[12]).frames, 480 - 312);
    audio.close();
    assert.throws(() => audio.conceal({ timestampUs: 0 }), hasCode('closed'));
    demuxer.close();
});

test('damage throws, and the next key frame heals', () => {
    const demuxer = new Demuxer(module);
    demuxer.push(stream);
    const packets = takeAll(demuxer).filter((p) => p.track === TRACK_VIDEO);
    const video = new VideoDecoder(module);
    for (let round = 0; round < 50; round++) {
        assert.ok(video.decode(packets[0]));
        // libvpx leaves by longjmp here: it must come out as an error, time and again
        assert.throws(() => video.decode({ data: packets[1].data.subarray(0, 5), timestampUs: 1 }), hasCode('decode-failed'));
        assert.equal(video.decode(packets[2]), null);
        assert.throws(() => video.decode({ data: new Uint8Array(0), timestampUs: 1 }), hasCode('decode-failed'));
    }
    const giant = packets[0].data.slice();
    giant.set([0xff, 0x3f, 0xff, 0x3f], 6);
    assert.throws(() => video.decode({ data: giant, timestampUs: 1 }), hasCode('too-large'));
    giant.set([4096 & 255, 4096 >> 8, 4096 & 255, 4096 >> 8], 6); // allowed, and more than damaged data can be worth
    assert.throws(() => video.decode({ data: giant.subarray(0, 12), timestampUs: 1 }), CodecError);
    assert.ok(video.decode(packets[0]));
    video.close();
    demuxer.close();
});

test('hostile streams end in a CodecError, never in a crash or a hang', () => {
    let random = 1;
    const next = () => (random = (Math.imul(random, 1664525) + 1013904223) >>> 0);
    const codes = new Set();
    for (let round = 0; round < 300; round++) {
        const bytes = stream.slice(0, 30000);
        for (let k = 0; k < 1 + (round % 8); k++) bytes[next() % (round % 2 ? 300 : bytes.length)] ^= 1 << (next() >>> 24) % 8;
        const demuxer = new Demuxer(module);
        const video = new VideoDecoder(module);
        try {
            for (let at = 0; at < bytes.length; at += 3000) {
                demuxer.push(bytes.subarray(at, at + 3000));
                for (let p = demuxer.next(); p; p = demuxer.next()) if (p.track === TRACK_VIDEO) video.decode(p);
            }
        } catch (error) {
            assert.ok(error instanceof CodecError, String(error.stack));
            assert.notEqual(error.code, 'crashed');
            codes.add(error.code);
        }
        demuxer.close();
        video.close();
    }
    assert.ok(codes.has('bad-stream'), [...codes].join());
    const text = new Demuxer(module);
    text.push(new TextEncoder().encode('<!doctype html><title>Not here</title>'));
    assert.throws(() => text.next(), hasCode('bad-stream'));
    assert.throws(() => text.next(), hasCode('bad-stream'));
    text.close();
    text.close();
    assert.throws(() => text.push(stream), hasCode('closed'));
    assert.throws(() => text.next(), hasCode('closed'));
});

test("ffmpeg's files are demuxed, and their fronts indexed", () => {
    const file = new Uint8Array(readFileSync(join(ROOT, 'tests', 'golden', 'ffmpeg-vp8-opus.webm')));
    const listed = readFileSync(join(ROOT, 'tests', 'golden', 'ffmpeg-vp8-opus.packets'), 'utf8').trim().split('\n');
    const demuxer = new Demuxer(module);
    demuxer.push(file);
    assert.deepEqual(takeAll(demuxer).map((p) => `${p.track} ${p.timestampUs / 1000} ${p.length} ${Number(p.isKeyframe)}`), listed);
    demuxer.close();
    const index = new ReplayIndex(module);
    assert.equal(index.push(file.subarray(0, 100)), false);
    assert.equal(index.initLength, 0);
    assert.equal(index.push(file.subarray(100)), true);
    assert.equal(index.durationMs, 1208);
    assert.deepEqual(index.cues, []);
    index.close();
    index.close();
    const not = new ReplayIndex(module);
    assert.throws(() => not.push(new Uint8Array(200000)), hasCode('bad-stream'));
    not.close();
});

test('a file that is no module says so', async () => {
    await assert.rejects(loadPlayerModule({ wasmBytes: new Uint8Array(8) }), hasCode('load-failed'));
    await assert.rejects(loadPlayerModule({ wasmUrl: 'data:application/wasm;base64,AGFzbQ==' }), hasCode('load-failed'));
    // another module of ours: it starts, but nothing of the player's is in it
    const other = await loadPlayerModule({ wasmBytes: wasmBytes('encoder') });
    assert.throws(() => new Demuxer(other), hasCode('crashed'));
});
