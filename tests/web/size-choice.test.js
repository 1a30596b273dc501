// SPDX-License-Identifier: MIT
// web/ui/size-choice.js and web/watch/room-state.js: a viewer's choice in the sizes of a show, and what the room has told.
import assert from 'node:assert/strict';
import test from 'node:test';
import { sizeName, wireChoice } from '../../web/ui/size-choice.js';
import { RoomState } from '../../web/watch/room-state.js';

const hd = [{ rendition: 0, width: 1280, height: 720 }, { rendition: 1, width: 640, height: 360 }, { rendition: 2, width: 320, height: 180 }];

test('a size is named by its shorter side', () => {
    assert.deepEqual(hd.map(sizeName), ['720p', '360p', '180p']);
    assert.equal(sizeName({ width: 720, height: 1280 }), '720p');
});

test('a choice is the size of that name, else the next smaller one, else the smallest', () => {
    assert.deepEqual(['720p', '360p', '180p'].map((name) => wireChoice(name, hd)), [0, 1, 2]);
    assert.deepEqual(['1080p', '480p', '240p', '90p'].map((name) => wireChoice(name, hd)), [0, 1, 2, 2]);
    assert.deepEqual(['auto', 'audio'].map((choice) => wireChoice(choice, hd)), ['auto', 'audio']);
    assert.equal(wireChoice('360p', [hd[0], hd[2]]), 2, 'the middle one was given up');
    assert.equal(wireChoice('360p', [hd[0]]), 0);
    assert.equal(wireChoice('360p', []), 'auto', 'nothing is known yet');
    assert.equal(wireChoice('audio', []), 'audio');
});

test('what the room has told is kept; what a connection gives begins anew with each', () => {
    const room = new RoomState();
    assert.deepEqual([room.isIn, room.isSoundAlone, room.renditions], [false, false, []]);
    room.take('welcome', {});
    room.take('renditions', { type: 'renditions', renditions: hd });
    room.take('quality', { type: 'quality', stage: 'audio', rendition: 0 });
    room.take('presence', { viewers: 3 });
    assert.deepEqual([room.isIn, room.isSoundAlone, room.renditions.length], [true, true, 3]);
    room.take('reconnecting', {});
    assert.deepEqual([room.isIn, room.isSoundAlone], [false, true]);
    room.take('welcome', {});
    assert.deepEqual([room.isIn, room.isSoundAlone, room.renditions.length], [true, false, 3]);
    room.take('quality', { type: 'quality', stage: 'no-tl2', rendition: 1 });
    assert.equal(room.isSoundAlone, false);
    room.take('close', {});
    assert.equal(room.isIn, false);
});
