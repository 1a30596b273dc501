// SPDX-License-Identifier: MIT
// web/ui/size-choice.js and web/watch/room-state.js: a viewer's choice in the sizes of a show, and what the room has told.
import assert from 'node:assert/strict';
import test from 'node:test';
import { bestFor, sizeName, wireChoice } from '../../web/ui/size-choice.js';
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

test('Auto takes no more pixels than the player has', () => {
    const rows = [
        // width, height, so far, best
        [320, 180, NaN, 2], [320, 180, 0, 2], [320, 400, 0, 2], [1000, 180, 0, 2], [1280, 720, 2, 0], [1920, 1080, 0, 0],
        [640, 360, 0, 1], [640, 360, 2, 1], [355, 200, NaN, 2], [356, 201, NaN, 1], [350, 197, 2, 2], [350, 197, 1, 1], [320, 180, 1, 2],
        [711, 400, 1, 1], [712, 401, 1, 0], [700, 394, 0, 0], [700, 394, NaN, 1], [0, 0, 1, 0],
    ];
    for (const [width, height, now, best] of rows) assert.equal(bestFor({ width, height }, hd, now), best, `${width}x${height} after ${now}`);
    assert.equal(bestFor({ width: 350, height: 250 }, [hd[0], hd[2]]), 2);
    assert.equal(bestFor({ width: 500, height: 500 }, [hd[0], hd[2]]), 0, 'the middle one was given up');
    assert.equal(bestFor({ width: 320, height: 180 }, []), 0, 'nothing is known yet');
    const upright = hd.map(({ rendition, width, height }) => ({ rendition, width: height, height: width }));
    assert.equal(bestFor({ width: 360, height: 640 }, upright, 0), 1);
    assert.equal(bestFor({ width: 320, height: 180 }, upright, 0), 2, 'a phone\'s picture in a small box');
});

test('a player whose size wavers between two does not swing', () => {
    let now = 0;
    const changes = [];
    for (let i = 0; i < 100; i++) {
        const width = 640 + (i % 2) * 60;
        const best = bestFor({ width, height: width }, hd, now);
        if (best !== now) changes.push(best);
        now = best;
    }
    assert.deepEqual(changes, [1]);
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
