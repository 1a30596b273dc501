// SPDX-License-Identifier: MIT
// What a show's maker can still do when it is over: who may watch its replay, changed while the show is in memory and when
// it is in the store alone; deleting the replay, and taking that back, over a restart of the relay too.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startRelay, until } from '../e2e/lib/relay.mjs';
import { Client, member } from './lib/client.mjs';
import { goLive } from './lib/live.mjs';

const ARGS = ['--accounts-per-minute', '1000', '--sign-ins-per-minute', '1000', '--shows-per-minute', '10000'];
let dataDir, relay, admin, owner, friend, other, guest;
before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'tabcast-replays-'));
    relay = await startRelay({ args: ARGS, dataDir });
    [admin, owner, friend, other] = [await member(relay, 'admin'), await member(relay, 'owner'), await member(relay, 'friend'), await member(relay, 'other')];
    guest = new Client(relay);
});
after(async () => {
    await relay.stop();
    await rm(dataDir, { recursive: true, force: true });
});

/** A show of the owner's that was held; its replay is there. */
async function held(about = {}) {
    const { body: show } = await owner.ask('POST', 'shows', { title: 'Rehearsal', ...about });
    const peer = await goLive(relay, show);
    peer.say({ type: 'end' });
    await peer.closedWith();
    await until(async () => (await owner.ask('GET', `replays/${show.id}`)).status === 200, 'the replay');
    return show;
}

const authorization = (client) => (client.token ? { authorization: `Bearer ${client.token}` } : {});
async function status(client, target, headers = {}) {
    const answer = await fetch(relay.url + target, { headers: { ...authorization(client), ...headers } });
    await answer.body?.cancel();
    return answer.status;
}
/** What each of them gets of the film, the chat and the document. */
async function seen(show) {
    const all = {};
    for (const [name, client] of Object.entries({ guest, other, friend, owner, admin }))
        all[name] = [await status(client, `/replays/${show.id}.webm`), await status(client, `/replays/${show.id}/chat.json`), await status(client, `/api/v1/replays/${show.id}`)];
    return all;
}
const listed = async (show) => (await guest.ask('GET', 'replays')).body.items.some(({ id }) => id === show.id);
const found = async (show) => (await guest.ask('GET', 'shows?q=rehearsal&state=ended')).body.items.some(({ id }) => id === show.id);
const change = (client, show, about) => client.ask('PATCH', `shows/${show.id}`, about);
const [OPEN, GONE, SHUT] = [200, 404, 403].map((code) => Array(3).fill(code));
/** The same relay once more over the same data: its memory knows no show that is over. */
const restart = async (meanwhile = () => {}) => {
    await relay.stop();
    await meanwhile();
    relay = await startRelay({ args: ARGS, dataDir });
    for (const client of [admin, owner, friend, other, guest]) client.relay = relay;
};

for (const where of ['in memory', 'in the store alone'])
    test(`who may watch a replay is changed when the show is over: ${where}`, { timeout: 60_000 }, async () => {
        const show = await held();
        if (where !== 'in memory') await restart();
        assert.deepEqual([await listed(show), await found(show)], [true, true]);
        const hidden = await change(owner, show, { visibility: 'private', invited: ['friend'] });
        assert.deepEqual([hidden.status, hidden.body.visibility, hidden.body.invited, hidden.body.replayUrl], [200, 'private', ['friend'], `/replay/${show.id}`], JSON.stringify(hidden.body));
        assert.deepEqual(await seen(show), { guest: GONE, other: GONE, friend: OPEN, owner: OPEN, admin: OPEN });
        assert.deepEqual([await listed(show), await found(show)], [false, false]);
        assert.deepEqual((await friend.ask('GET', 'notifications')).body.items.filter((n) => n.show.id === show.id).map((n) => n.kind), ['invited']);
        assert.equal((await change(owner, show, { invited: ['other'] })).status, 200);
        assert.deepEqual(await seen(show), { guest: GONE, other: OPEN, friend: GONE, owner: OPEN, admin: OPEN });
        assert.equal((await change(owner, show, { visibility: 'password', password: 'open sesame' })).status, 200);
        assert.deepEqual(await seen(show), { guest: SHUT, other: SHUT, friend: SHUT, owner: OPEN, admin: OPEN });
        const bought = await guest.ask('POST', `shows/${show.id}/pass`, { password: 'open sesame' });
        assert.equal(bought.status, 201);
        const cookie = bought.headers.get('set-cookie').split(';')[0];
        assert.equal(await status(guest, `/replays/${show.id}.webm`, { cookie }), 200);
        assert.equal((await change(owner, show, { password: 'another one' })).status, 200);
        assert.equal(await status(guest, `/replays/${show.id}.webm`, { cookie }), 403);
        assert.equal((await change(owner, show, { visibility: 'unlisted' })).status, 200);
        assert.deepEqual(await seen(show), { guest: OPEN, other: OPEN, friend: OPEN, owner: OPEN, admin: OPEN });
        assert.deepEqual([await listed(show), await found(show)], [false, false]);
        await restart();
        assert.deepEqual([await listed(show), await found(show), await status(guest, `/replays/${show.id}.webm`)], [false, false, 200]);
        assert.equal((await change(admin, show, { visibility: 'public' })).status, 200);
        assert.deepEqual([await listed(show), await found(show)], [true, true]);
    });

test('nothing else of a show that is over is changed, and by nobody else', { timeout: 60_000 }, async () => {
    const show = await held({ visibility: 'private', invited: ['friend'] });
    for (const [client, code] of [[guest, 401], [other, 404], [friend, 403]]) {
        assert.equal((await change(client, show, { visibility: 'public' })).status, code);
        for (const what of ['discard', 'restore']) assert.equal((await client.ask('POST', `replays/${show.id}/${what}`)).status, code, what);
        assert.equal((await client.ask('DELETE', `replays/${show.id}`)).status, code);
    }
    for (const about of [{ title: 'x' }, { description: 'x' }, { tags: ['x'] }, { category: 'art' }, { priceCoins: 3 }, { isRecorded: false }, { visibility: 'public', language: 'de' }])
        assert.equal((await change(owner, show, about)).status, 409, JSON.stringify(about));
    for (const [about, code] of [[{ visibility: 'nobody' }, 422], [{ visibility: 'password' }, 422], [{ visibility: 'password', password: 'short' }, 422], [{ invited: ['nobody-here'] }, 422], [{ invited: 'friend' }, 422], ['[', 400], ['', 400]])
        assert.equal((await change(owner, show, about)).status, code, JSON.stringify(about));
    assert.equal((await owner.ask('PATCH', `shows/${show.id}`, { visibility: 'public' }, { origin: 'https://a.example' })).status, 403);
    assert.equal((await owner.ask('POST', `replays/${show.id}/discard`, undefined, { origin: 'https://a.example' })).status, 403);
    assert.deepEqual(await seen(show), { guest: GONE, other: GONE, friend: OPEN, owner: OPEN, admin: OPEN });
    assert.equal((await change(owner, { id: 'aaaaaaaaaaaa' }, { visibility: 'public' })).status, 404);
});

test('a replay is deleted, and that is taken back, as it was', { timeout: 60_000 }, async () => {
    const show = await held();
    const film = async () => Buffer.from(await (await fetch(`${relay.url}/replays/${show.id}.webm`)).arrayBuffer());
    const before = await film();
    const discard = (what) => owner.ask('POST', `replays/${show.id}/${what}`);
    assert.equal((await discard('restore')).status, 409);
    assert.equal((await discard('discard')).status, 204);
    assert.equal((await discard('discard')).status, 404);
    assert.equal(await status(owner, `/replays/${show.id}.webm`), 404);
    assert.deepEqual([await listed(show), (await owner.ask('GET', `shows/${show.id}`)).body.replayUrl], [false, null]);
    // Its door can change meanwhile.
    assert.equal((await change(owner, show, { visibility: 'private', invited: ['friend'] })).status, 200);
    await restart();
    assert.equal(await status(owner, `/replays/${show.id}.webm`), 404);
    assert.equal((await discard('restore')).status, 204);
    assert.deepEqual(await seen(show), { guest: GONE, other: GONE, friend: OPEN, owner: OPEN, admin: OPEN });
    assert.equal((await change(owner, show, { visibility: 'public' })).status, 200);
    assert.ok(before.equals(await film()));
    assert.equal(await listed(show), true);
    assert.equal((await discard('restore')).status, 409);
});

test('what was deleted more than an hour ago is gone for good', { timeout: 60_000 }, async () => {
    const show = await held();
    assert.equal((await owner.ask('POST', `replays/${show.id}/discard`)).status, 204);
    const folder = path.join(dataDir, 'recordings');
    const longAgo = new Date(Date.now() - 3_700_000);
    await restart(() => utimes(path.join(folder, `${show.id}.gone`), longAgo, longAgo));
    await until(async () => !(await readdir(folder)).some((name) => name.startsWith(show.id)), 'all of it to be gone');
    assert.equal((await owner.ask('POST', `replays/${show.id}/restore`)).status, 409);
});
