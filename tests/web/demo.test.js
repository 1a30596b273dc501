// SPDX-License-Identifier: MIT
// The demo creator's pure parts: which piece is due when, and the frame inside a wire message's Cluster.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MediaClock } from '../../demo/media-clock.mjs';
import { frameOf } from '../../demo/sent-log.mjs';

const PICTURE_US = 1e6 / 30;
const newClock = (mediaUs = 0) => new MediaClock({ nowMs: 1000, mediaUs, pictureUs: PICTURE_US, soundUs: 20_000 });

test('pictures and sounds are due at their own pace from the start', () => {
    const clock = newClock(5_000_000);
    assert.equal(clock.now(1000), 5_000_000);
    assert.equal(clock.pictureDueUs, 5_000_000);
    for (let i = 0; i < 30; i++) clock.pictureTaken();
    for (let i = 0; i < 50; i++) clock.soundTaken();
    assert.equal(clock.pictureDueUs, 6_000_000);
    assert.equal(clock.soundDueUs, 6_000_000);
});

test('a clip that is a little late catches up by itself', () => {
    const clock = newClock();
    assert.equal(clock.catchUp(1300), false);
    assert.equal(clock.pictureDueUs, 0);
});

test('a clip that is far behind goes on from now, picture and sound alike, and never back', () => {
    const clock = newClock();
    clock.pictureTaken();
    clock.soundTaken();
    assert.equal(clock.catchUp(4000), true);
    assert.equal(Math.min(clock.pictureDueUs, clock.soundDueUs), 3_000_000);
    assert.ok(clock.pictureDueUs - clock.soundDueUs === Math.round(PICTURE_US) - 20_000);
    assert.equal(clock.catchUp(4000), false);
});

test("the relay's later clock is taken over, an earlier one is not", () => {
    const clock = newClock();
    clock.advanceTo(10_000_000, 2000);
    assert.equal(clock.now(2000), 10_000_000);
    assert.equal(clock.pictureDueUs, 9_000_000);
    clock.advanceTo(1, 2500);
    assert.equal(clock.now(2500), 10_500_000);
});

test('the frame is found behind timestamps of any width', () => {
    const frame = [1, 2, 3, 4, 5];
    const block = [0xa3, 0x80 | (4 + frame.length), 0x81, 0, 0, 0x80, ...frame];
    for (const timestamp of [[7], [1, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8]]) {
        const body = [0xe7, 0x80 | timestamp.length, ...timestamp, ...block];
        for (const size of [[0x80 | body.length], [0x40, body.length], [0x10, 0, 0, body.length]]) {
            assert.deepEqual([...frameOf(Uint8Array.from([0x1f, 0x43, 0xb6, 0x75, ...size, ...body]))], frame);
        }
    }
});

test('what is no Cluster with a SimpleBlock is refused', () => {
    assert.throws(() => frameOf(Uint8Array.from([0x1a, 0x45, 0xdf, 0xa3, 0x80])), /no Cluster/);
    assert.throws(() => frameOf(Uint8Array.from([0x1f, 0x43, 0xb6, 0x75, 0x83, 0xe7, 0x81, 0])), /no SimpleBlock/);
});
