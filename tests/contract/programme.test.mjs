// SPDX-License-Identifier: MIT
// The programme over a real socket: what is on is told at once, changes within a second or two, and nothing of shows that are not public.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createShow, startRelay } from '../e2e/lib/relay.mjs';
import { member } from './lib/client.mjs';
import { goLive } from './lib/live.mjs';
import { Peer, watch } from './lib/peer.mjs';
import { parseRelayMessage } from '../../web/wire/messages.js';

let relay, owner;
before(async () => {
    relay = await startRelay({ args: ['--accounts-per-minute', '100', '--shows-per-minute', '10000'] });
    owner = await member(relay, 'owner');
});
after(() => relay.stop());

async function listen() {
    const peer = await new Peer(relay.url).opened();
    peer.say({ type: 'programme', version: 1 });
    await peer.text('programme');
    return peer;
}
const told = (peer, id) => peer.texts.filter((t) => t.type === 'programme').flatMap((t) => t.shows).filter((item) => item.id === id);
const until = (peer, id, wanted) => peer.until(() => told(peer, id).some((item) => Object.entries(wanted).every(([name, value]) => item[name] === value)), `${id}: ${JSON.stringify(wanted)}`);

test('a show is followed from its announcement to its replay', async () => {
    const front = await listen();
    assert.deepEqual(front.texts[0], { type: 'programme', isWhole: true, shows: [] });
    const show = (await owner.ask('POST', 'shows', { title: 'Followed', startsAt: new Date(Date.now() + 60_000).toISOString() })).body;
    await until(front, show.id, { state: 'scheduled' });
    const creator = await goLive(relay, show);
    await until(front, show.id, { state: 'live' });
    const viewers = [await watch(relay.url, show.id), await watch(relay.url, show.id)];
    await until(front, show.id, { state: 'live', viewers: 2 });
    viewers[0].end();
    await until(front, show.id, { viewers: 1 });
    const late = await listen();
    assert.deepEqual(late.texts[0], { type: 'programme', isWhole: true, shows: [{ id: show.id, state: 'live', viewers: 1 }] });
    creator.say({ type: 'end' });
    await until(front, show.id, { state: 'ended', viewers: 0 }).catch(() => until(front, show.id, { state: 'replay' })); // both within a second
    await until(front, show.id, { state: 'replay' });
    for (const text of front.texts) assert.deepEqual(parseRelayMessage(JSON.stringify(text)), text);
    for (const peer of [front, late, ...viewers]) peer.end();
});

test('what is taken back or hidden is over for the programme, and what was never public is never told', async () => {
    const front = await listen();
    const hidden = [];
    for (const about of [{ visibility: 'unlisted' }, { visibility: 'private', invited: ['owner'] }, { visibility: 'password', password: 'open sesame' }])
        hidden.push((await owner.ask('POST', 'shows', { title: 'Hidden', ...about })).body);
    const creators = await Promise.all(hidden.map((one) => goLive(relay, one)));
    const show = (await owner.ask('POST', 'shows', { title: 'Taken back' })).body;
    const other = (await owner.ask('POST', 'shows', { title: 'Hidden later' })).body;
    await Promise.all([show, other].map(({ id }) => until(front, id, { state: 'scheduled' })));
    await owner.ask('DELETE', `shows/${show.id}`);
    await owner.ask('PATCH', `shows/${other.id}`, { visibility: 'unlisted' });
    await Promise.all([until(front, show.id, { state: 'ended' }), until(front, other.id, { state: 'ended' })]);
    for (const { id } of hidden) assert.deepEqual(told(front, id), []);
    const late = await listen();
    assert.deepEqual(late.texts[0].shows, []);
    for (const peer of [front, late, ...creators]) peer.end();
});

test('more shows than one message holds are all told, in messages that are no longer than they may be', async () => {
    const front = await listen();
    const ids = (await Promise.all(Array.from({ length: 120 }, (_, i) => createShow(relay.url, `One of many ${i}`)))).map(({ id }) => id);
    for (const id of ids) await until(front, id, { state: 'scheduled' });
    for (const text of front.texts) assert.ok(JSON.stringify(text).length <= 4096 && (text.shows?.length ?? 0) <= 46);
    front.end();
});

test('who listens says nothing else, and who is in a room does not listen', async () => {
    const answered = await listen();
    answered.say({ type: 'time', t: 5 });
    assert.equal((await answered.text('time')).t, 5);
    for (const message of [{ type: 'chat', text: 'hello' }, { type: 'programme', version: 1 }, { type: 'hello', version: 1, role: 'watch', show: 'aaaaaaaaaaaa' }]) {
        const peer = await listen();
        peer.say(message);
        assert.equal((await peer.closedWith()).code, 4000, message.type);
    }
    const show = await createShow(relay.url, 'A room');
    const viewer = await watch(relay.url, show.id);
    viewer.say({ type: 'programme', version: 1 });
    assert.equal((await viewer.closedWith()).code, 4000);
    const early = await new Peer(relay.url).opened();
    early.say({ type: 'programme', version: 2 });
    assert.equal((await early.closedWith()).code, 4001);
    answered.end();
});
