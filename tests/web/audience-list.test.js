// SPDX-License-Identifier: MIT
// web/ui/audience-list.js: the newest first, each once, no more than a page can hold.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AudienceList } from '../../web/ui/audience-list.js';

const sessions = (list) => list.people.map(({ session }) => session);

test('who comes stands in front, who goes is gone, whoever it is', () => {
    const list = new AudienceList();
    list.set([{ session: 'b', name: 'B' }, { session: 'a', name: 'A', account: 'ann' }]);
    assert.equal(list.join({ session: 'c', name: 'C' }), true);
    assert.deepEqual(sessions(list), ['c', 'b', 'a']);
    list.leave({ session: 'c' });
    list.leave({ session: 'nobody' });
    assert.deepEqual(sessions(list), ['b', 'a']);
    list.set([]);
    assert.deepEqual(sessions(list), []);
});

test('who is in already has another name, and keeps the place', () => {
    const list = new AudienceList();
    list.set([{ session: 'b', name: 'B' }, { session: 'a', name: 'A', account: 'ann' }]);
    assert.equal(list.join({ session: 'a', name: 'A again', account: 'ann' }), false);
    assert.deepEqual(list.people, [{ session: 'b', name: 'B' }, { session: 'a', name: 'A again', account: 'ann' }]);
});

test('a crowd does not make the page grow', () => {
    const list = new AudienceList();
    for (let i = 0; i < 1000; i += 1) list.join({ session: String(i), name: 'G' });
    assert.equal(list.people.length, 200);
    assert.equal(list.people[0].session, '999');
});
