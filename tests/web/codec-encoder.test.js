// SPDX-License-Identifier: MIT
// encoder.wasm as the page uses it; its output judged by ffprobe, ffmpeg and mediaconch.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import * as encoder from '../../web/codec/encoder-module.js';
import { WIRE_AUDIO, WIRE_INIT, WIRE_KEY, WIRE_SYNC, WIRE_VIDEO, readHeader } from '../../web/wire/header.js';
import { loadEncoder } from './helpers/codec.js';
import { FRAME_US, PACKET_US, drawPicture, encodeShow, payload } from './helpers/made-media.js';

const { AudioEncoder, CodecError, VideoEncoder, initMessage, warmUpEncoder } = encoder;
const SMALL = { width: 320, height: 180, framesPerSecond: 30, bitrateBps: 600000 };

let module;
let folder;
before(async () => {
    module = await loadEncoder();
    folder = mkdtempSync(join(tmpdir(), 'tabcast-codec-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const headerOf = (message) => readHeader(new DataView(message.buffer, message.byteOffset, message.byteLength));
const hasCode = (code) => (error) => error instanceof CodecError && error.code === code;

test('a show is a sequence of whole wire messages', () => {
    const { messages, dropped } = encodeShow(encoder, module, { width: 320, height: 180, frames: 90 });
    assert.equal(dropped, 0);
    const headers = messages.map(headerOf);
    assert.equal(headers[0].kind, WIRE_INIT);
    assert.deepEqual(new Uint8Array(payload(messages[0]).subarray(0, 4)), new Uint8Array([0x1a, 0x45, 0xdf, 0xa3]));
    const video = headers.filter((h) => h.kind === WIRE_VIDEO);
    const audio = headers.filter((h) => h.kind === WIRE_AUDIO);
    assert.equal(video.length, 90);
    assert.equal(audio.length, 300);
    video.forEach((h, i) => {
        assert.equal(h.sequence, i);
        assert.equal(h.timestampUs, i * FRAME_US);
    });
    audio.forEach((h, i) => {
        assert.equal(h.sequence, i);
        assert.equal(h.flags, WIRE_KEY);
        assert.equal(h.timestampUs, i * PACKET_US);
    });
    // Key frames at 0 and 1 s after (31 frames are the first to reach it), patterns in between.
    assert.deepEqual(video.flatMap((h, i) => (h.flags & WIRE_KEY ? [i] : [])), [0, 31, 62]);
    assert.deepEqual(video.slice(0, 9).map((h) => h.temporalId), [0, 2, 1, 2, 0, 2, 1, 2, 0]);
    assert.deepEqual(video.slice(0, 9).map((h) => (h.flags & WIRE_SYNC) !== 0), [true, true, true, false, true, false, false, false, true]);
});

test('payloads one behind the other are a file that ffprobe, mediaconch and ffmpeg like', () => {
    const { messages } = encodeShow(encoder, module, { width: 320, height: 180, frames: 90 });
    const file = join(folder, 'show.webm');
    writeFileSync(file, Buffer.concat(messages.map(payload)));
    const probe = spawnSync('ffprobe', ['-v', 'error', '-count_packets', '-show_entries', 'stream=codec_name,width,height,channels,sample_rate,nb_read_packets', '-of', 'json', file], { encoding: 'utf8' });
    assert.equal(probe.stderr, '');
    const { streams } = JSON.parse(probe.stdout);
    assert.deepEqual(streams, [
        { codec_name: 'vp8', width: 320, height: 180, nb_read_packets: '90' },
        { codec_name: 'opus', sample_rate: '48000', channels: 2, nb_read_packets: '300' },
    ]);
    assert.match(execFileSync('mediaconch', ['-mc', file], { encoding: 'utf8' }), /^pass! /);
    const decode = spawnSync('ffmpeg', ['-v', 'warning', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' });
    assert.equal(decode.stderr, '');
    assert.equal(decode.status, 0);
});

test("the file's packets are those that were sent", () => {
    const { messages } = encodeShow(encoder, module, { width: 320, height: 180, frames: 20 });
    const file = join(folder, 'hashes.webm');
    writeFileSync(file, Buffer.concat(messages.map(payload)));
    const listed = execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-map', '0', '-c', 'copy', '-f', 'framehash', '-hash', 'sha256', '-'], { encoding: 'utf8' });
    const hashes = (stream) => listed.split('\n').filter((line) => line.startsWith(`${stream},`)).map((line) => line.split(',').at(-1).trim());
    const sent = (kind) => messages.filter((m) => headerOf(m).kind === kind).map((m) => createHash('sha256').update(frameOf(m)).digest('hex'));
    assert.deepEqual(hashes(0), sent(WIRE_VIDEO));
    assert.deepEqual(hashes(1), sent(WIRE_AUDIO));
});

/** The frame inside a message: behind SimpleBlock (A3), its size, track, relative time and flags. */
function frameOf(message) {
    const bytes = payload(message);
    let at = 4;
    const vint = () => {
        const length = Math.clz32(bytes[at]) - 23;
        let value = bytes[at] & (0xff >> length);
        for (let i = 1; i < length; i++) value = value * 256 + bytes[at + i];
        at += length;
        return value;
    };
    vint(); // Cluster's size
    assert.equal(bytes[at++], 0xe7);
    const timestampLength = vint();
    at += timestampLength;
    assert.equal(bytes[at++], 0xa3);
    const size = vint();
    assert.equal(at + size, bytes.length);
    return bytes.subarray(at + 4);
}

test('views stay valid and messages are copies that can be sent', () => {
    const video = new VideoEncoder(module, SMALL);
    const { buffer } = video.input.buffer;
    const first = video.encode({ timestampUs: 0 });
    const copy = first.slice();
    for (let i = 1; i < 30; i++) {
        drawPicture(video.input, 320, 180, i);
        video.encode({ timestampUs: i * FRAME_US });
    }
    assert.equal(video.input.buffer.buffer, buffer);
    assert.ok(buffer.byteLength > 0);
    assert.deepEqual(first, copy);
    assert.ok(first.buffer instanceof ArrayBuffer);
    assert.equal(first.buffer.byteLength, first.length);
    video.close();
    video.close();
    assert.throws(() => video.encode({ timestampUs: 1 }), hasCode('closed'));
});

test('formats of any size are converted into the input', () => {
    const video = new VideoEncoder(module, SMALL);
    const red = { BGRA: [0, 0, 255, 9], BGRX: [0, 0, 255, 9], RGBA: [255, 0, 0, 9], RGBX: [255, 0, 0, 9] };
    const middle = () => video.input.layout.map(({ offset, stride }, i) => video.input.buffer[offset + (i ? 45 : 90) * stride + (i ? 80 : 160)]);
    for (const [format, pixel] of Object.entries(red)) {
        const stride = 700 * 4 + 12; // rows may be padded
        const bytes = new Uint8Array(stride * 300);
        for (let y = 0; y < 300; y++) for (let x = 0; x < 700; x++) bytes.set(pixel, y * stride + x * 4);
        video.convert(format, bytes, stride, 700, 300);
        assert.deepEqual(middle(), [82, 90, 240], format);
        assert.equal(video.input.buffer[0], 16); // black above
    }
    // NV12 and I420 with odd sizes, written where they are read, as VideoFrame.copyTo does
    for (const [format, planes] of [['NV12', 2], ['I420', 3]]) {
        const source = video.source(format, 641, 361);
        assert.equal(source.layout.length, planes);
        source.buffer.fill(70, 0, source.layout[1].offset);
        source.buffer.fill(200, source.layout[1].offset);
        video.convertSource();
        assert.deepEqual(middle(), [70, 200, 200], format);
    }
    const message = video.encode({ timestampUs: 0 });
    assert.ok(message.length > 100);
    assert.throws(() => video.source('P010', 10, 10), hasCode('bad-argument'));
    assert.throws(() => video.source('RGBA', 9000, 10), hasCode('too-large'));
    video.close();
});

test('RGB becomes the same Y, U and V in runs of 16 pixels as one by one', () => {
    // BT.601 limited as wasm/rgb_to_i420.c says it, written down once more.
    const luma = ([r, g, b]) => ((66 * r + 129 * g + 25 * b + 128) >> 8) + 16;
    const chroma = ([r, g, b]) => [((112 * b - 38 * r - 74 * g + 128) >> 8) + 128, ((112 * r - 94 * g - 18 * b + 128) >> 8) + 128];
    let seed = 1;
    const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 24;
    for (const width of [16, 18, 46, 64, 98]) {
        const height = 16;
        const video = new VideoEncoder(module, { ...SMALL, width, height });
        for (const [format, order] of [['RGBA', [0, 1, 2]], ['BGRX', [2, 1, 0]]]) {
            const bytes = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i < 4 * width ? [0, 255][(i >> 2) & 1] : random()));
            video.convert(format, bytes, width * 4, width, height);
            const pixel = (x, y) => order.map((offset) => bytes[(y * width + x) * 4 + offset]);
            const { buffer, layout } = video.input;
            const at = (plane, x, y) => buffer[layout[plane].offset + y * layout[plane].stride + x];
            for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) assert.equal(at(0, x, y), luma(pixel(x, y)), `${format} Y ${x},${y} of ${width}`);
            for (let y = 0; y < height; y += 2) {
                for (let x = 0; x < width; x += 2) {
                    const four = [pixel(x, y), pixel(x + 1, y), pixel(x, y + 1), pixel(x + 1, y + 1)];
                    const mean = [0, 1, 2].map((i) => (four.reduce((sum, each) => sum + each[i], 0) + 2) >> 2);
                    assert.deepEqual([at(1, x >> 1, y >> 1), at(2, x >> 1, y >> 1)], chroma(mean), `${format} UV ${x},${y} of ${width}`);
                }
            }
        }
        video.close();
    }
});

test('NV12 comes apart into what I420 would have been, at any width', () => {
    for (const width of [16, 30, 64, 94]) {
        const height = 16;
        const video = new VideoEncoder(module, { ...SMALL, width, height });
        const bytes = Uint8Array.from({ length: (width * height * 3) / 2 }, (_, i) => Math.imul(i + 7, 2654435761) >>> 24);
        video.convert('NV12', bytes, width, width, height);
        const { buffer, layout } = video.input;
        for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) assert.equal(buffer[layout[0].offset + y * layout[0].stride + x], bytes[y * width + x]);
        for (let y = 0; y < height / 2; y++) {
            for (let x = 0; x < width / 2; x++) {
                const pair = width * height + y * width + 2 * x;
                assert.deepEqual([1, 2].map((plane) => buffer[layout[plane].offset + y * layout[plane].stride + x]), [bytes[pair], bytes[pair + 1]], `${x},${y} of ${width}`);
            }
        }
        video.close();
    }
});

test('a rendition is made from the input of a larger one', () => {
    const large = new VideoEncoder(module, SMALL);
    const small = new VideoEncoder(module, { ...SMALL, width: 160, height: 90, rendition: 1 });
    const { buffer, layout } = large.input;
    buffer.fill(50, 0, layout[1].offset).fill(90, layout[1].offset, layout[2].offset).fill(170, layout[2].offset);
    small.convertFrom(large);
    const rows = (i) => (i === 0 ? 90 : 45);
    small.input.layout.forEach(({ offset, stride }, i) => {
        for (let y = 0; y < rows(i); y++) assert.equal(small.input.buffer[offset + y * stride + 79], [50, 90, 170][i]);
    });
    large.close();
    assert.throws(() => small.convertFrom(large), hasCode('closed'));
    small.close();
});

test('half the size is the mean of rows, then of columns, both rounded up', () => {
    for (const width of [32, 44, 96, 160]) {
        const height = 32;
        const large = new VideoEncoder(module, { ...SMALL, width, height });
        const small = new VideoEncoder(module, { ...SMALL, width: width / 2, height: height / 2, rendition: 1 });
        large.input.buffer.forEach((_, i, bytes) => (bytes[i] = Math.imul(i + 3, 2654435761) >>> 24));
        small.convertFrom(large);
        for (let plane = 0; plane < 3; plane++) {
            const [w, h] = plane === 0 ? [width / 2, height / 2] : [width / 4, height / 4];
            const at = ({ buffer, layout }, x, y) => buffer[layout[plane].offset + y * layout[plane].stride + x];
            for (let y = 0; y < h; y++) {
                for (let x = 0; x < w; x++) {
                    const mean = (column) => (at(large.input, column, 2 * y) + at(large.input, column, 2 * y + 1) + 1) >> 1;
                    assert.equal(at(small.input, x, y), (mean(2 * x) + mean(2 * x + 1) + 1) >> 1, `plane ${plane} ${x},${y} of ${width}`);
                }
            }
        }
        large.close();
        small.close();
    }
});

test('three renditions to 1080p and a 5K screen fit into the memory, again and again', () => {
    for (let round = 0; round < 4; round++) {
        const sizes = [[1920, 1080], [1280, 720], [640, 360]];
        const videos = sizes.map(([width, height], rendition) => new VideoEncoder(module, { ...SMALL, width, height, rendition, bitrateBps: 3e6 }));
        const audio = new AudioEncoder(module, { channels: 2, bitrateBps: 128000, application: 'music' });
        for (let i = 0; i < 3; i++) {
            for (const video of videos) {
                if (video.rendition === 0) video.source('BGRA', 5120, 2880).buffer.fill(i * 50);
                else video.source('NV12', 1920, 1080).buffer.fill(i * 50);
                video.convertSource();
                const message = video.encode({ timestampUs: i * FRAME_US });
                if (i === 0) assert.equal(headerOf(message).rendition, video.rendition);
            }
            audio.encode({ timestampUs: i * PACKET_US });
        }
        for (const each of [...videos, audio]) each.close();
    }
});

test('a full memory is an error, not the end', () => {
    const videos = [];
    assert.throws(() => {
        for (let i = 0; i < 100; i++) videos.push(new VideoEncoder(module, { ...SMALL, width: 1920, height: 1080 }));
    }, hasCode('out-of-memory'));
    assert.ok(videos.length >= 2);
    for (const video of videos) video.close();
    const again = new VideoEncoder(module, { ...SMALL, width: 1920, height: 1080 });
    assert.ok(again.encode({ timestampUs: 0 }).length > 100);
    again.close();
});

test('sequence numbers go on where a predecessor stood', () => {
    const first = new VideoEncoder(module, { ...SMALL, sequence: 0xffffffff });
    assert.equal(headerOf(first.encode({ timestampUs: 0 })).sequence, 0xffffffff);
    assert.equal(first.sequence, 0);
    first.encode({ timestampUs: 1e5 });
    const second = new VideoEncoder(module, { ...SMALL, width: 640, height: 360, sequence: first.sequence });
    first.close();
    assert.equal(headerOf(second.encode({ timestampUs: 2e5 })).sequence, 1);
    const init = headerOf(initMessage(module, { video: second, rendition: 2, sequence: 5, timestampUs: 77 }));
    assert.deepEqual(init, { kind: WIRE_INIT, flags: 0, rendition: 2, temporalId: 0, sequence: 5, timestampUs: 77 });
    second.close();
});

test('settings change live, impossible ones are refused', () => {
    const video = new VideoEncoder(module, SMALL);
    video.setBitrate(300000);
    video.setCpuUsed(-12);
    video.setFramesPerSecond(15);
    assert.throws(() => video.setBitrate(-1), hasCode('bad-argument'));
    assert.throws(() => video.setCpuUsed(1), hasCode('bad-argument'));
    assert.throws(() => video.setFramesPerSecond(NaN), hasCode('bad-argument'));
    video.encode({ timestampUs: 1000 });
    assert.throws(() => video.encode({ timestampUs: 999 }), hasCode('bad-argument'));
    assert.throws(() => video.encode({ timestampUs: NaN }), hasCode('bad-argument'));
    video.close();
    for (const bad of [{ width: 0 }, { width: 321 }, { height: 5000 }, { framesPerSecond: 0 }, { bitrateBps: 1 }, { temporalLayers: 4 }, { cpuUsed: 3 }, { rendition: 3 }, { rendition: 256 }, { threads: 2 }]) {
        assert.throws(() => new VideoEncoder(module, { ...SMALL, ...bad }), hasCode('bad-argument'), JSON.stringify(bad));
    }
    assert.throws(() => new AudioEncoder(module, { channels: 3, bitrateBps: 64000 }), hasCode('bad-argument'));
    assert.throws(() => initMessage(module, { video: { width: 70000, height: 2 } }), hasCode('bad-argument'));
    assert.throws(() => initMessage(module, {}), hasCode('bad-argument'));
});

test('warming up leaves nothing behind', () => {
    for (let i = 0; i < 20; i++) warmUpEncoder(module, { ...SMALL, width: 1920, height: 1080 }, 2);
});
