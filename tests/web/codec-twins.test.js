// SPDX-License-Identifier: MIT
// Numbers that stand in C and in JavaScript are the same in both.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AUDIO_FRAME_SAMPLES } from '../../web/codec/audio-encoder.js';
import { STATUS_CODES } from '../../web/codec/codec-error.js';
import { TRACK_AUDIO, TRACK_VIDEO } from '../../web/codec/demuxer.js';
import { THREADS_MEMORY_PAGES } from '../../web/codec/encoder-threads.js';
import { ROOT } from './helpers/codec.js';

const read = (...path) => readFileSync(join(ROOT, ...path), 'utf8');
const number = (text, pattern) => Number(text.match(pattern)[1]);

test('every status has its code', () => {
    const inC = [...read('wasm', 'codec_status.h').matchAll(/^\s+CODEC_ERR_\w+ = (-\d+)/gm)].map((m) => Number(m[1]));
    assert.deepEqual(inC.sort((a, b) => a - b), Object.keys(STATUS_CODES).map(Number).sort((a, b) => a - b));
    assert.ok(inC.length > 5);
});

test('enumerations keep their order', () => {
    const video = read('web', 'codec', 'video-encoder.js');
    const convert = read('wasm', 'convert.h');
    for (const name of ['I420', 'NV12', 'BGRA', 'BGRX', 'RGBA', 'RGBX']) {
        assert.equal(number(video, new RegExp(`${name}: (\\d)`)), number(convert, new RegExp(`PIXEL_${name} = (\\d)`)), name);
    }
    const encoder = read('wasm', 'video_encoder.h');
    for (const name of ['camera', 'screen']) {
        assert.equal(number(video, new RegExp(`${name}: (\\d)`)), number(encoder, new RegExp(`VIDEO_PROFILE_${name.toUpperCase()} = (\\d)`)));
    }
    const sound = read('web', 'codec', 'audio-encoder.js');
    const audio = read('wasm', 'audio_encoder.h');
    for (const name of ['speech', 'music']) {
        assert.equal(number(sound, new RegExp(`${name}: (\\d)`)), number(audio, new RegExp(`AUDIO_APPLICATION_${name.toUpperCase()} = (\\d)`)));
    }
    for (const name of ['application', 'bitrate', 'channels', 'complexity', 'dtx', 'fec', 'vbr']) {
        assert.equal(number(sound, new RegExp(`${name}(?:Bps)?: (\\d)`)), number(audio, new RegExp(`AUDIO_SETTING_${name.toUpperCase()} = (\\d)`)), name);
    }
});

test('sizes and track numbers agree', () => {
    assert.equal(THREADS_MEMORY_PAGES * 64, number(read('wasm', 'CMakeLists.txt'), /set\(encoder_memory (\d+)\)/) * 1024);
    assert.equal(AUDIO_FRAME_SAMPLES, number(read('wasm', 'audio_encoder.h'), /#define AUDIO_FRAME_SAMPLES (\d+)/));
    const writer = read('shared', 'webm_writer.h');
    assert.equal(TRACK_VIDEO, number(writer, /#define WEBM_TRACK_VIDEO (\d)/));
    assert.equal(TRACK_AUDIO, number(writer, /#define WEBM_TRACK_AUDIO (\d)/));
    const init = number(read('shared', 'limits.h'), /#define LIMIT_INIT_BYTES (\d+)/);
    assert.match(read('web', 'codec', 'encoder-module.js'), new RegExp(`INIT_MESSAGE_MAX_BYTES = 16 \\+ ${init};`));
});
