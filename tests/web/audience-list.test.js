// SPDX-License-Identifier: MIT
// web/ui/audience-list.js: the newest first, each once, no more than a page can hold.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AudienceList } from '../../web/ui/audience-list.js';

const sessions = (list) => list.people.map(({ session }) => session);

test('who comes stands in front, who goes is gone, whoever it is', () => {
    const list = new AudienceList();
    list.set([{ session: 'b', name: 'B' }, { session: 'a', name: 'A', account: 'ann' }]);
    list.join({ session: 'c', name: 'C' });
    assert.deepEqual(sessions(list), ['c', 'b', 'a']);
    list.join({ session: 'a', name: 'A again' });
    assert.deepEqual(sessions(list), ['a', 'c', 'b']);
    list.leave({ session: 'c' });
    list.leave({ session: 'nobody' });
    assert.deepEqual(sessions(list), ['a', 'b']);
    list.set([]);
    assert.deepEqual(sessions(list), []);
});

test('a crowd does not make the page grow', () => {
    const list = new AudienceList();
    for (let i = 0; i < 1000; i += 1) list.join({ session: String(i), name: 'G' });
    assert.equal(list.people.length, 200);
    assert.equal(list.people[0].session, '999');
});
