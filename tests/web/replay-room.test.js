// SPDX-License-Identifier: MIT
// The chat of a replay in step with its picture: playing, jumping on and back, and a file that is not what it should be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './helpers/custom-event.js';
import { ReplayRoom, chatLinesOf } from '../../web/ui/replay-room.js';

const line = (id, at) => ({ id, at, session: 's', name: 'Ann', text: `line ${id}`, role: 'watch' });

/** A room and what it said: ids of single lines, arrays of ids for a history. */
function listen(lines) {
    const room = new ReplayRoom(lines);
    const said = [];
    room.addEventListener('chat', (event) => said.push(event.detail.id));
    room.addEventListener('history', (event) => {
        assert.equal(event.detail.replace, true);
        said.push(event.detail.messages.map((m) => m.id));
    });
    return { room, said };
}

test('while it plays each line comes once, in its moment', () => {
    const { room, said } = listen([line(3, 2000), line(1, 500), line(2, 500)]);
    for (const ms of [0, 250, 499]) room.show(ms);
    assert.deepEqual(said, [[]]);
    room.show(500);
    assert.deepEqual(said, [[], 1, 2]);
    room.show(750);
    room.show(2100);
    room.show(2350);
    assert.deepEqual(said, [[], 1, 2, 3]);
});

test('a jump says anew what had been said by then', () => {
    const { room, said } = listen([line(1, 1000), line(2, 20_000), line(3, 40_000)]);
    room.show(0);
    room.show(30_000);
    room.show(30_250);
    room.show(500);
    room.show(1000);
    assert.deepEqual(said, [[], [1, 2], [], 1]);
});

test('after a jump stands no more than a late viewer would get', () => {
    const { room, said } = listen(Array.from({ length: 300 }, (_, i) => line(i + 1, i)));
    room.show(10_000);
    assert.equal(said[0].length, 100);
    assert.equal(said[0][0], 201);
    assert.equal(room.count, 300);
});

test('lines from before the show began stand there from the first moment', () => {
    const { room, said } = listen([line(1, 0), line(2, 0)]);
    room.show(0);
    assert.deepEqual(said, [[1, 2]]);
});

test('what is no line is left out', () => {
    const good = line(1, 10);
    const bad = [null, 7, 'x', [], {}, { ...good, text: 5 }, { ...good, at: '10' }, { ...good, id: NaN }, { ...good, name: undefined }, { ...good, session: 1 }];
    assert.deepEqual(chatLinesOf([good, ...bad]), [good]);
    assert.deepEqual(chatLinesOf({ messages: [good] }), [good]);
    for (const nothing of [null, undefined, {}, 'text', 5, { messages: 'x' }]) assert.deepEqual(chatLinesOf(nothing), []);
});
