// SPDX-License-Identifier: MIT
// Who is in a room, as others are told of it: guests counted, members by name and account, and those who want to be
// invisible as guests; switched at once, in every room, over a restart of the connection.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRelay } from '../e2e/lib/relay.mjs';
import { Client, member } from './lib/client.mjs';
import { Peer, publish } from './lib/peer.mjs';

let relay, ann, ben;
before(async () => {
    relay = await startRelay({ args: ['--accounts-per-minute', '1000'] });
    ann = await member(relay, 'ann', { displayName: 'Ann A.' });
    ben = await member(relay, 'Ben', { displayName: 'Ben B.' });
});
after(() => relay.stop());

const GUEST = /^Guest \d{4}$/;
const settings = (client, change) => client.ask('PATCH', 'accounts/me/settings', change);

/** A show of Ann's that is on; `rooms` ends it with all who came. */
async function open() {
    const { body: show } = await ann.ask('POST', 'shows', { title: 'Seen' });
    return { show, publisher: await publish(relay.url, show) };
}

/** Somebody who watches, by the token of their session as a browser's cookie or a program's header. */
async function watchAs(client, show, more = {}, cookie = false) {
    const headers = !client ? {} : cookie ? { cookie: `tabcast_session=${client.token}` } : { authorization: `Bearer ${client.token}` };
    const peer = await new Peer(relay.url, { headers }).opened();
    peer.say({ type: 'hello', version: 1, role: 'watch', show: show.id, ...more });
    peer.welcome = await peer.text('welcome');
    return peer;
}

test('the creator is told who comes and goes, guests and members, and how many there are', async () => {
    const { show, publisher } = await open();
    assert.deepEqual((await publisher.text('people')).people, []);
    const guest = await watchAs(null, show, { name: 'Zoë' });
    assert.equal('account' in guest.welcome, false);
    assert.deepEqual(await publisher.text('join'), { type: 'join', session: guest.welcome.session, name: 'Zoë' });
    const seen = await watchAs(ben, show, {}, true);
    assert.deepEqual([seen.welcome.name, seen.welcome.account, seen.welcome.isInvisible], ['Ben B.', 'Ben', false]);
    assert.deepEqual(await publisher.text('join', 1), { type: 'join', session: seen.welcome.session, name: 'Ben B.', account: 'Ben' });
    await publisher.until(() => publisher.texts.some((t) => t.type === 'presence' && t.viewers === 2), 'two viewers');
    seen.say({ type: 'chat', text: 'hi' });
    const line = await publisher.text('chat');
    assert.deepEqual([line.name, line.account], ['Ben B.', 'Ben']);
    publisher.say({ type: 'chat', text: 'welcome' });
    const creators = await guest.text('chat', 1);
    assert.deepEqual([creators.name, creators.account, creators.role], ['Ann A.', 'ann', 'publish']);
    guest.say({ type: 'chat', text: 'me too' });
    assert.equal('account' in (await publisher.text('chat', 2)), false);
    seen.end();
    assert.deepEqual(await publisher.text('leave'), { type: 'leave', session: seen.welcome.session, name: 'Ben B.', account: 'Ben' });
    guest.end();
    await publisher.text('leave', 1);
    await publisher.until(() => publisher.texts.filter((t) => t.type === 'presence').at(-1)?.viewers === 0, 'nobody');
    publisher.say({ type: 'end' });
    await publisher.closedWith();
});

test('a name of one\'s own stands beside the account; no name is the account\'s', async () => {
    const { show, publisher } = await open();
    const peer = await watchAs(ben, show, { name: 'B' });
    assert.deepEqual([peer.welcome.name, peer.welcome.account], ['B', 'Ben']);
    const join = await publisher.text('join');
    assert.deepEqual([join.name, join.account], ['B', 'Ben']);
    publisher.say({ type: 'end' });
    await publisher.closedWith();
});

test('a creator who comes back is told who is there', async () => {
    const { show, publisher } = await open();
    const guest = await watchAs(null, show, { name: 'G' });
    const seen = await watchAs(ben, show);
    await publisher.text('join', 1);
    publisher.end();
    await guest.until(() => guest.texts.some((t) => t.type === 'state' && t.state === 'reconnecting'), 'the loss');
    const again = await publish(relay.url, show);
    assert.deepEqual((await again.text('people')).people, [{ session: seen.welcome.session, name: 'Ben B.', account: 'Ben' }, { session: guest.welcome.session, name: 'G' }]);
    again.say({ type: 'end' });
    await again.closedWith();
});

test('who wants to be invisible is a guest to everybody else, at once and from then on', async () => {
    const { show, publisher } = await open();
    const other = await watchAs(null, show);
    const peer = await watchAs(ben, show, { name: 'Benny' });
    await publisher.text('join', 1);
    const changed = await settings(ben, { isInvisible: true });
    assert.deepEqual([changed.status, changed.body], [200, { isInvisible: true, mutesInvitations: false }]);
    const you = await peer.text('you');
    assert.match(you.name, GUEST);
    assert.deepEqual([you.account, you.isInvisible], ['Ben', true]);
    assert.notEqual(you.session, peer.welcome.session, 'nothing ties the guest to whom it was');
    assert.deepEqual(await publisher.text('leave'), { type: 'leave', session: peer.welcome.session, name: 'Benny', account: 'Ben' });
    assert.deepEqual(await publisher.text('join', 2), { type: 'join', session: you.session, name: you.name });
    // A page that says the name it keeps does not give them away.
    peer.say({ type: 'name', name: 'Benny' });
    peer.say({ type: 'chat', text: 'boo' });
    const line = await other.text('chat');
    assert.deepEqual([line.session, line.name, 'account' in line], [you.session, you.name, false]);
    const back = await watchAs(ben, show, { name: 'Benny' });
    assert.match(back.welcome.name, GUEST);
    assert.equal(back.welcome.isInvisible, true);
    assert.deepEqual(await publisher.text('join', 3), { type: 'join', session: back.welcome.session, name: back.welcome.name });
    assert.equal(JSON.stringify(other.texts).includes('Ben'), false);
    // Both tabs are seen again.
    assert.equal((await settings(ben, { isInvisible: false })).body.isInvisible, false);
    assert.deepEqual([(await peer.text('you', 1)).name, (await back.text('you')).name], ['Ben B.', 'Ben B.']);
    await publisher.until(() => publisher.texts.filter((t) => t.type === 'join' && t.account === 'Ben').length === 3, 'both again');
    await publisher.until(() => publisher.texts.filter((t) => t.type === 'presence').at(-1)?.viewers === 3, 'three viewers');
    publisher.say({ type: 'end' });
    await publisher.closedWith();
});

test('a crowd is not told one by one, but who is there is', async () => {
    const { show, publisher } = await open();
    const crowd = await Promise.all(Array.from({ length: 40 }, () => watchAs(null, show)));
    const { people } = await publisher.text('people', 1);
    assert.equal(people.length, 16);
    assert.ok(publisher.texts.filter((t) => t.type === 'join').length < 40);
    const sessions = new Set(crowd.map((peer) => peer.welcome.session));
    assert.ok(people.every(({ session }) => sessions.has(session)));
    publisher.say({ type: 'end' });
    await publisher.closedWith();
});

test('settings keep what is not given, and take nothing but truth', async () => {
    const cleo = await member(relay, 'cleo');
    const read = async () => (await cleo.ask('GET', 'accounts/me/settings')).body;
    assert.deepEqual(await read(), { isInvisible: false, mutesInvitations: false });
    await settings(cleo, { mutesInvitations: true });
    await settings(cleo, { isInvisible: true });
    assert.deepEqual(await read(), { isInvisible: true, mutesInvitations: true });
    for (const wrong of [{ isInvisible: 1 }, { isInvisible: 'true' }, { mutesInvitations: {} }]) assert.equal((await settings(cleo, wrong)).status, 422, JSON.stringify(wrong));
    for (const wrong of ['[]', '{', 'null', '']) assert.equal((await settings(cleo, wrong)).status, 400, wrong);
    assert.deepEqual(await read(), { isInvisible: true, mutesInvitations: true });
    assert.equal((await settings(new Client(relay), { isInvisible: true })).status, 401);
    assert.equal((await cleo.ask('PATCH', 'accounts/me/settings', {}, { origin: 'https://a.example' })).status, 403);
});

test('a token that is nobody\'s is a guest\'s', async () => {
    const { show, publisher } = await open();
    const peer = await watchAs({ token: 'A'.repeat(43) }, show, { name: 'Eve' });
    assert.deepEqual([peer.welcome.name, 'account' in peer.welcome], ['Eve', false]);
    publisher.say({ type: 'end' });
    await publisher.closedWith();
});
