// SPDX-License-Identifier: MIT
// The lines of a chat: order, repeats after a reconnect, the cap, who stands under whose name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatLog, NAME_COLOURS_COUNT, nameColour } from '../../web/ui/chat-log.js';

const line = (id, more = {}) => ({ id, session: 'a', name: 'Ann', text: `line ${id}`, at: id * 1000, sentAt: id * 1000, role: 'watch', ...more });
const ids = (log) => log.lines.map((l) => l.id);

test('lines stand in the order of their ids, each once', () => {
    const log = new ChatLog();
    assert.equal(log.add(line(5)), true);
    assert.equal(log.add(line(3)), true);
    assert.equal(log.add(line(4)), true);
    assert.equal(log.add(line(4)), false);
    assert.deepEqual(ids(log), [3, 4, 5]);
});

test('a history after a reconnect adds only what was missed', () => {
    const log = new ChatLog();
    assert.equal(log.addAll([1, 2, 3].map((i) => line(i))), 3);
    log.add(line(7));
    assert.equal(log.addAll([2, 3, 4, 5, 6, 7].map((i) => line(i))), 3);
    assert.deepEqual(ids(log), [1, 2, 3, 4, 5, 6, 7]);
});

test('the oldest lines are forgotten beyond the cap, and do not come back', () => {
    const log = new ChatLog();
    for (let i = 1; i <= 700; i += 1) log.add(line(i));
    assert.equal(log.lines.length, 500);
    assert.equal(log.lines[0].id, 201);
    assert.equal(log.add(line(5)), false);
    assert.equal(log.lines[0].id, 201);
});

test('lines of one person within two minutes stand under one name', () => {
    const log = new ChatLog();
    log.addAll([
        line(1),
        line(2),
        line(3, { session: 'b', name: 'Ben' }),
        line(4),
        line(5, { name: 'Anna' }),
        line(6, { name: 'Anna', sentAt: 200_000 }),
    ]);
    assert.deepEqual(log.lines.map((_, i) => log.isContinued(i)), [false, true, false, false, false, false]);
});

test('clearing empties it', () => {
    const log = new ChatLog();
    log.add(line(1));
    log.clear();
    assert.deepEqual(log.lines, []);
    assert.equal(log.add(line(1)), true);
});

test('a session keeps its colour, and sessions spread over all colours', () => {
    assert.equal(nameColour('k3j2'), nameColour('k3j2'));
    const seen = new Set(Array.from({ length: 200 }, (_, i) => nameColour(`session-${i}`)));
    assert.equal(seen.size, NAME_COLOURS_COUNT);
    for (const colour of seen) assert.ok(colour >= 0 && colour < NAME_COLOURS_COUNT);
    assert.ok(nameColour('') < NAME_COLOURS_COUNT);
});
