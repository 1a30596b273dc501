// SPDX-License-Identifier: MIT
// web/publish/sound-choice.js and the sound pipeline: what is chosen is what libopus is set to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_SOUND, encoderSound, soundChoiceOf } from '../../web/publish/sound-choice.js';
import { SoundPipeline } from '../../web/publish/sound-pipeline.js';
import { localNow } from '../../web/wire/connection.js';
import { readHeader, WIRE_AUDIO } from '../../web/wire/header.js';
import { loadEncoder } from './helpers/codec.js';

test('what was kept is believed as far as it makes sense', () => {
    for (const strange of [null, undefined, 7, 'speech', [], { profile: 'opera', echoCancellation: 'yes' }]) assert.deepEqual(soundChoiceOf(strange), DEFAULT_SOUND);
    const chosen = { profile: 'speech', echoCancellation: false, noiseSuppression: true };
    assert.deepEqual(soundChoiceOf({ ...chosen, other: 1 }), chosen);
    assert.deepEqual(soundChoiceOf({ noiseSuppression: false }), { ...DEFAULT_SOUND, noiseSuppression: false });
});

test('a voice takes little, whatever the quality; music takes what the quality gives', () => {
    assert.deepEqual(encoderSound('speech', 128_000), { application: 'speech', bitrateBps: 40_000, isMixedDown: true });
    assert.equal(encoderSound('speech', 32_000).bitrateBps, 32_000);
    assert.deepEqual(encoderSound('music', 96_000), { application: 'music', bitrateBps: 96_000, isMixedDown: false });
});

test('the profile changes in the middle of the show: the numbers go on, and libopus says what it is set to', async () => {
    const module = await loadEncoder();
    const messages = [];
    const originMs = localNow() - 1000;
    const sound = new SoundPipeline(module, 96_000, (encode, capturedMs) => messages.push(encode(Math.round((capturedMs - originMs) * 1000))));
    const track = sound.track;
    const fixed = { complexity: 9, dtx: false, fec: false, vbr: true };
    // The packet's first byte tells (RFC 6716 3.1); it stands behind the head of the SimpleBlock, whose size is one byte or two.
    const isMono = () => {
        const message = messages.at(-1);
        const fits = (at) => message[at] === 0xa3 && [at + 2 + (message[at + 1] & 0x7f), at + 3 + (((message[at + 1] & 0x3f) << 8) | message[at + 2])].includes(message.length);
        const block = message.findIndex((_, at) => at >= 16 && fits(at));
        const body = block + (message[block + 1] & 0x80 ? 2 : 3);
        assert.equal(message[body], 0x82); // track 2
        return (message[body + 4] & 0x04) === 0;
    };
    const waitForPackets = async (count) => {
        const wanted = messages.length + count;
        while (messages.length < wanted) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            sound.tick(); // without a device: silence
        }
    };
    sound.setLive(true);
    assert.deepEqual(sound.settings, { application: 'music', bitrateBps: 96_000, channels: 2, ...fixed });
    await waitForPackets(3);
    assert.equal(isMono(), false);
    sound.setProfile('speech');
    assert.deepEqual(sound.settings, { application: 'speech', bitrateBps: 40_000, channels: 1, ...fixed });
    await waitForPackets(3);
    assert.equal(isMono(), true);
    sound.setBitrate(128_000); // another quality of the picture
    assert.equal(sound.settings.bitrateBps, 40_000);
    sound.setStrained(true);
    assert.equal(sound.settings.complexity, 5);
    sound.setProfile('music');
    assert.equal(sound.settings.complexity, 5);
    sound.setStrained(false);
    assert.deepEqual(sound.settings, { application: 'music', bitrateBps: 128_000, channels: 2, ...fixed });
    await waitForPackets(3);
    sound.close();
    const headers = messages.map(readHeader);
    assert.ok(headers.every(({ kind }) => kind === WIRE_AUDIO));
    assert.deepEqual(headers.map(({ sequence }) => sequence), headers.map((_, i) => i));
    assert.ok(headers.every(({ timestampUs }, i) => i === 0 || timestampUs - headers[i - 1].timestampUs === 10_000));
    // INIT says the same in all of them.
    assert.deepEqual(track, { channels: 2, preSkip: 312 });
});
