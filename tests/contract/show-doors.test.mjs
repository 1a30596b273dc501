// SPDX-License-Identifier: MIT
// Shows that are not open to all, over real sockets: who gets how far with a private one and with one that has a password,
// over HTTP and the WebSocket, cell by cell, while it is announced, live and over; guessing; doors that change.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { relayBinary, startRelay, until } from '../e2e/lib/relay.mjs';
import { Client, member } from './lib/client.mjs';
import { Source } from './lib/media.mjs';
import { Peer, publish } from './lib/peer.mjs';

const ARGS = ['--accounts-per-minute', '1000', '--sign-ins-per-minute', '1000', '--shows-per-minute', '10000'];
const SECRET = 'open sesame';

/** One picture, one piece of sound, a poster and a line of chat: the show is live. */
async function goLive(relay, show) {
    const peer = await publish(relay.url, show);
    const source = new Source();
    for (const m of [source.init(), source.video(0, { isKey: true }), source.audio(0), source.poster(0)]) peer.send(m);
    peer.say({ type: 'chat', text: 'hello' });
    await Promise.all([peer.text('ack'), peer.text('chat')]);
    return peer;
}

async function end(relay, show, peer, client) {
    peer.say({ type: 'end' });
    await peer.closedWith();
    return until(async () => (await client.ask('GET', `replays/${show.id}`)).status === 200, 'the replay');
}

const authorization = (client) => (client.token ? { authorization: `Bearer ${client.token}` } : {});

/** What a viewer's socket hears first: "welcome", or the code it is closed with. */
async function greeting(relay, show, headers) {
    const peer = await new Peer(relay.url, { headers }).opened();
    peer.say({ type: 'hello', version: 1, role: 'watch', show: show.id });
    const told = await peer.until(() => peer.texts.some((t) => t.type === 'welcome') || peer.closed, 'welcome or close');
    const said = told === true ? 'welcome' : told.code;
    peer.end();
    return said;
}

async function status(relay, path, headers) {
    const answer = await fetch(relay.url + path, { headers });
    const { status: said } = answer;
    await answer.body?.cancel();
    return said;
}

const pass = async (relay, show, password = SECRET) => {
    const answer = await new Client(relay).ask('POST', `shows/${show.id}/pass`, { password });
    return { ...answer, cookie: answer.headers.get('set-cookie')?.split(';')[0] };
};

let relay, people;
before(async () => {
    relay = await startRelay({ args: ARGS });
    const [admin, moderator, owner, friend, other] = [];
    people = { admin, moderator, owner, friend, other };
    for (const name of ['admin', 'moderator', 'owner', 'friend', 'other']) people[name] = await member(relay, name);
    people.guest = new Client(relay);
    const granted = spawnSync(relayBinary, ['account', 'grant', 'moderator', 'moderator', '--data', relay.dataDir]);
    assert.equal(granted.status, 0, String(granted.stderr));
});
after(() => relay.stop());

const make = async (client, about) => {
    const made = await client.ask('POST', 'shows', { title: 'Closed rehearsal', description: 'Bring the keys', tags: ['rehearsal'], startsAt: new Date(Date.now() + 3_600_000).toISOString(), ...about });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
};
const DOORS = {
    private: { visibility: 'private', invited: ['Fr.iend'] },
    password: { visibility: 'password', password: SECRET },
};
// How far each of them gets: to the document (and whether it is whole), and to watching.
const HIDDEN = { document: 404, isLocked: undefined, media: 404, socket: 4002 };
const LOCKED = { document: 200, isLocked: true, media: 403, socket: 4009 };
const INSIDE = { document: 200, isLocked: false, media: 200, socket: 'welcome' };
const CELLS = {
    private: { guest: HIDDEN, other: HIDDEN, friend: INSIDE, owner: INSIDE, moderator: LOCKED, admin: INSIDE },
    password: { guest: LOCKED, other: LOCKED, friend: LOCKED, knows: INSIDE, owner: INSIDE, moderator: LOCKED, admin: INSIDE },
};

for (const [door, cells] of Object.entries(CELLS)) {
    describe(`a show behind ${door}`, () => {
        let show, peer, knows;
        before(async () => {
            show = await make(people.owner, DOORS[door]);
            if (door === 'password') knows = (await pass(relay, show)).cookie;
        });
        after(() => peer?.end());
        const headersOf = (who) => (who === 'knows' ? { cookie: knows } : authorization(people[who]));
        const document = async (who) => {
            const answer = await fetch(`${relay.url}/api/v1/shows/${show.id}`, { headers: headersOf(who) });
            return { status: answer.status, body: await answer.json() };
        };

        for (const [who, cell] of Object.entries(cells)) {
            test(`announced: ${who}`, async () => {
                const { status: said, body } = await document(who);
                assert.deepEqual([said, body.isLocked], [cell.document, cell.isLocked]);
                if (said === 200) {
                    assert.equal(body.description, cell.isLocked ? '' : 'Bring the keys');
                    assert.deepEqual('invited' in body, who === 'owner' || who === 'admin');
                    assert.ok(!JSON.stringify(body).includes('argon2'), 'no hash is told');
                }
                assert.equal(await status(relay, `/calendar/${show.id}.ics`, headersOf(who)), cell.document);
                assert.equal(await greeting(relay, show, headersOf(who)), cell.socket);
                if (who !== 'knows' && who !== 'guest') {
                    const reminded = await people[who].ask('POST', `shows/${show.id}/reminder`);
                    assert.equal(reminded.status, cell.document === 404 ? 404 : 204);
                }
            });
        }

        test('live: each of them', async () => {
            peer = await goLive(relay, show);
            for (const [who, cell] of Object.entries(cells)) {
                assert.equal(await status(relay, `/live/${show.id}.webm`, headersOf(who)), cell.media, `${who}: live`);
                assert.equal(await status(relay, `/posters/${show.id}.jpg`, headersOf(who)), cell.media, `${who}: poster`);
                assert.equal(await greeting(relay, show, headersOf(who)), cell.socket, `${who}: socket`);
                assert.equal((await document(who)).body.posterUrl ?? null, cell.media === 200 ? `/posters/${show.id}.jpg` : null, who);
            }
        });

        test('in no list but its owner\'s: not by search, in feeds, or as news', async () => {
            await people.friend.ask('POST', 'follows', { name: 'owner' });
            const news = await make(people.owner, { ...DOORS[door], title: 'News to nobody' });
            for (const client of [people.guest, people.other, people.friend]) {
                for (const at of ['shows', 'shows?state=live', 'shows?state=scheduled&sort=start', 'shows?q=rehearsal', 'shows?q=reharsal', 'shows?creator=owner', 'replays'])
                    assert.deepEqual((await client.ask('GET', at)).body.items.map((s) => s.id), [], at);
                for (const at of ['/@owner/feed.xml', '/@owner/calendar.ics']) assert.doesNotMatch(await (await fetch(relay.url + at, { headers: authorization(client) })).text(), /rehearsal|News/i);
            }
            // Who is invited is told that, and nobody of anything else but what they asked to be reminded of.
            for (const client of [people.friend, people.other]) {
                const { items } = (await client.ask('GET', 'notifications')).body;
                assert.deepEqual(items.filter((n) => n.kind !== 'reminder' && n.kind !== 'invited'), []);
                const invitations = items.filter((n) => n.kind === 'invited' && [show.id, news.id].includes(n.show.id)).map((n) => n.show.id);
                assert.deepEqual(invitations.sort(), door === 'private' && client === people.friend ? [show.id, news.id].sort() : []);
            }
            assert.ok((await people.owner.ask('GET', 'shows?creator=me')).body.items.some((s) => s.id === news.id && !s.isLocked));
            await people.owner.ask('DELETE', `shows/${news.id}`);
        });

        test('over: its replay, also after a restart', async () => {
            await end(relay, show, peer, people.owner);
            const asks = async (where) => {
                for (const [who, cell] of Object.entries(cells))
                    for (const path of [`/api/v1/replays/${show.id}`, `/replays/${show.id}.webm`, `/replays/${show.id}/chat.json`, `/posters/${show.id}.jpg`])
                        assert.equal(await status(where, path, headersOf(who)), cell.media, `${who}: ${path}`);
            };
            await asks(relay);
            const range = await fetch(`${relay.url}/replays/${show.id}.webm`, { headers: { ...headersOf('owner'), range: 'bytes=0-3' } });
            assert.deepEqual([range.status, (await range.arrayBuffer()).byteLength], [206, 4]);
            await relay.kill();
            relay = await startRelay({ args: ARGS, dataDir: relay.dataDir });
            for (const client of Object.values(people)) client.relay = relay;
            await asks(relay);
            assert.deepEqual((await people.guest.ask('GET', 'replays')).body.items, []);
            for (const [who, cell] of Object.entries(cells)) {
                const { status: said, body } = await document(who);
                assert.deepEqual([said, body.isLocked], [cell.document, cell.isLocked], who);
                if (said === 200) assert.equal(body.replayUrl, cell.isLocked ? null : `/replay/${show.id}`, who);
            }
        });
    });
}

describe('a password', () => {
    test('is told to nobody, and a pass of another show opens nothing', async () => {
        const [one, two] = [await make(people.owner, DOORS.password), await make(people.owner, { ...DOORS.password, password: 'another one' })];
        assert.ok(!JSON.stringify(one).includes(SECRET));
        const { status: said, body, cookie } = await pass(relay, one);
        assert.equal(said, 201);
        assert.ok(new Date(body.expiresAt) > Date.now());
        const renamed = cookie.replace(one.id, two.id);
        assert.equal(await greeting(relay, two, { cookie: renamed }), 4009);
        assert.equal(await greeting(relay, one, { cookie: `x=y; ${cookie}` }), 'welcome');
        const document = async (show, query) => (await (await fetch(`${relay.url}/api/v1/shows/${show.id}?pass=${query}`)).json()).isLocked;
        assert.deepEqual([await document(one, body.pass), await document(two, body.pass), await document(one, 'x')], [false, true, true]);
    });

    test('is needed where there shall be one, and only an account sets it', async () => {
        const { owner, guest } = people;
        assert.equal((await owner.ask('POST', 'shows', { title: 'x', visibility: 'password' })).status, 422);
        for (const about of Object.values(DOORS)) assert.equal((await guest.ask('POST', 'shows', { title: 'x', ...about })).status, 401);
        const open = await make(owner, {});
        assert.equal((await owner.ask('PATCH', `shows/${open.id}`, { visibility: 'password' })).status, 422);
        assert.equal((await owner.ask('PATCH', `shows/${open.id}`, DOORS.password)).status, 200);
        assert.equal((await owner.ask('PATCH', `shows/${open.id}`, { title: 'Still closed' })).body.visibility, 'password');
        assert.equal((await pass(relay, open)).status, 201);
        assert.equal((await pass(relay, open, 'something else')).status, 403);
        assert.equal((await pass(relay, await make(owner, {}))).status, 404);
        assert.equal((await pass(relay, { id: 'aaaaaaaaaaaa' })).status, 404);
        const foreign = await owner.ask('POST', `shows/${open.id}/pass`, { password: SECRET }, { origin: 'http://evil.example' });
        assert.equal(foreign.status, 403);
    });

    test('is guessed slowly, and a right one costs nothing', async () => {
        const show = await make(people.owner, DOORS.password);
        for (let i = 0; i < 10; i += 1) assert.equal((await pass(relay, show)).status, 201);
        const told = [];
        for (let i = 0; i < 8; i += 1) told.push((await pass(relay, show, `guess ${i}`)).status);
        assert.deepEqual(told, [403, 403, 403, 403, 403, 429, 429, 429]);
        const late = await pass(relay, show);
        assert.equal(late.status, 429);
        assert.ok(Number(late.headers.get('retry-after')) > 0);
        assert.equal((await pass(relay, await make(people.owner, DOORS.password))).status, 201, 'another show is another matter');
    });
});

describe('a door that changes while the show is on', () => {
    test('lets those go on who are still welcome, and turns out the others', async () => {
        const show = await make(people.owner, DOORS.private);
        const peer = await goLive(relay, show);
        const watch = async (client) => {
            const viewer = await new Peer(relay.url, { headers: authorization(client) }).opened();
            viewer.say({ type: 'hello', version: 1, role: 'watch', show: show.id });
            await viewer.text('welcome');
            return viewer;
        };
        const inside = [await watch(people.friend), await watch(people.owner)];
        const abort = new AbortController();
        const stream = await fetch(`${relay.url}/live/${show.id}.webm`, { headers: authorization(people.friend), signal: abort.signal });
        assert.equal(stream.status, 200);
        assert.equal((await people.owner.ask('PATCH', `shows/${show.id}`, { title: 'Only the title' })).status, 200);
        assert.equal((await people.owner.ask('PATCH', `shows/${show.id}`, { invited: ['other'] })).status, 200);
        assert.equal((await inside[0].closedWith()).code, 4002);
        const source = new Source();
        source.video(0);
        peer.send(source.audio(40));
        for await (const bytes of stream.body) void bytes; // it ends
        await inside[1].until(() => inside[1].media.some((m) => m.header.timestampUs === 40_000), 'what follows'); // its creator's goes on
        assert.equal(await greeting(relay, show, authorization(people.friend)), 4002);
        assert.equal(await greeting(relay, show, authorization(people.other)), 'welcome');
        assert.equal(await greeting(relay, show, authorization(people.owner)), 'welcome');
        assert.equal((await people.owner.ask('PATCH', `shows/${show.id}`, { visibility: 'unlisted' })).body.invited.length, 0);
        assert.equal(await greeting(relay, show, {}), 'welcome');
        peer.end();
    });

    test('a new password ends the passes of the old one', async () => {
        const show = await make(people.owner, DOORS.password);
        const { cookie } = await pass(relay, show);
        assert.equal(await greeting(relay, show, { cookie }), 'welcome');
        assert.equal((await people.owner.ask('PATCH', `shows/${show.id}`, { password: 'a new one' })).status, 200);
        assert.equal(await greeting(relay, show, { cookie }), 4009);
    });

    test('nobody without a seat learns by changing it that a private show is there', async () => {
        const show = await make(people.owner, DOORS.private);
        assert.equal((await people.other.ask('PATCH', `shows/${show.id}`, { title: 'x' })).status, 404);
        assert.equal((await people.friend.ask('PATCH', `shows/${show.id}`, { title: 'x' })).status, 403);
        assert.equal((await people.other.ask('DELETE', `shows/${show.id}`)).status, 404);
        assert.equal((await people.other.ask('POST', `shows/${show.id}/stream-key`)).status, 404);
        assert.equal((await people.moderator.ask('DELETE', `shows/${show.id}`)).status, 204);
    });

    test('an ended session opens nothing', async () => {
        const show = await make(people.owner, DOORS.private);
        const friend = new Client(relay);
        await friend.signIn('friend');
        assert.equal(await greeting(relay, show, authorization(friend)), 'welcome');
        await friend.ask('DELETE', 'sessions/current');
        assert.equal(await greeting(relay, show, authorization(friend)), 4002);
        assert.equal(await status(relay, `/live/${show.id}.webm`, authorization(friend)), 404);
    });
});
