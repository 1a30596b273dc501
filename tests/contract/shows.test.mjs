// SPDX-License-Identifier: MIT
// Shows of accounts over real sockets: who may do what, cell by cell; what is kept; what is found.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startRelay, until } from '../e2e/lib/relay.mjs';
import { Client, member } from './lib/client.mjs';
import { goLive } from './lib/live.mjs';
import { Peer, publish } from './lib/peer.mjs';

const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, '.000Z');
const ARGS = ['--accounts-per-minute', '1000', '--sign-ins-per-minute', '1000', '--shows-per-minute', '10000'];

/** The code with which the key is turned away. */
async function refusal(relay, { id, key }) {
    const peer = await new Peer(relay.url).opened();
    peer.say({ type: 'hello', version: 1, role: 'publish', show: id, key });
    return (await peer.closedWith()).code;
}

async function end(relay, id, peer) {
    peer.say({ type: 'end' });
    await peer.closedWith();
    return until(async () => {
        const answer = await fetch(`${relay.url}/api/v1/replays/${id}`);
        return answer.ok && answer.json();
    }, 'the replay');
}

let relay, admin, moderator, owner, other, guest;
before(async () => {
    relay = await startRelay({ args: ARGS });
    admin = await member(relay, 'admin');
    moderator = await member(relay, 'moderator');
    owner = await member(relay, 'owner', { displayName: 'Olga Owner' });
    other = await member(relay, 'other');
    guest = new Client(relay);
    // There is no route for it: the tool writes into the same store while the relay serves.
    const { spawnSync } = await import('node:child_process');
    const { relayBinary } = await import('../e2e/lib/relay.mjs');
    const granted = spawnSync(relayBinary, ['account', 'grant', 'moderator', 'moderator', '--data', relay.dataDir]);
    assert.equal(granted.status, 0, String(granted.stderr));
});
after(() => relay.stop());

const make = async (client, about = {}) => {
    const made = await client.ask('POST', 'shows', { title: 'A show', ...about });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
};

describe('a show of an account', () => {
    test('keeps what its maker says, and shows it', async () => {
        const about = { title: 'Birds <b>&</b> "quills"', description: '# Hello\n<script>alert(1)</script>', category: 'art', tags: ['Ink', 'Birds', 'ink', 'two words'], startsAt: inDays(2), visibility: 'public', isRecorded: false };
        const show = await make(owner, about);
        assert.match(show.key, /^[\w-]{43}$/);
        const { body } = await guest.ask('GET', `shows/${show.id}`);
        assert.equal('key' in body, false);
        assert.deepEqual({ ...body, createdAt: null }, {
            id: show.id, title: about.title, description: about.description, category: 'art', tags: ['ink', 'birds', 'two-words'], visibility: 'public', isLocked: false,
            priceCoins: 0, lengthMinutes: null, language: '', isRecorded: false,
            creator: { name: 'owner', displayName: 'Olga Owner', url: '/@owner' }, state: 'scheduled', isCancelled: false, viewers: 0, createdAt: null, startsAt: about.startsAt,
            startedAt: null, coverUrl: null, posterUrl: null, url: `/show/${show.id}`, replayUrl: null, durationMs: null,
        });
    });

    test('with a bad word of it is refused, and says which', async () => {
        const bad = [
            ['title', ''], ['title', 'x'.repeat(201)], ['title', 7], ['title', 'a\nb'], ['description', 'd'.repeat(2001)], ['description', {}], ['category', 'nonsense'], ['category', 3],
            ['tags', 'ink'], ['tags', ['']], ['tags', ['x'.repeat(33)]], ['tags', ['<b>']], ['tags', [1]], ['tags', Array.from({ length: 9 }, (_, i) => `t${i}`)], ['startsAt', 'tomorrow'],
            ['startsAt', '2026-02-30T10:00:00Z'], ['startsAt', inDays(-2)], ['startsAt', inDays(400)], ['startsAt', 5], ['visibility', 'secret'], ['visibility', 1], ['invited', 'ann'], ['invited', ['?']], ['password', 'short'], ['priceCoins', -1],
            ['priceCoins', 1.5], ['lengthMinutes', 1441], ['language', 'german'], ['isRecorded', 'yes'],
        ];
        const show = await make(owner);
        for (const [name, value] of bad) {
            for (const answer of [await owner.ask('POST', 'shows', { title: 'fine', [name]: value }), await owner.ask('PATCH', `shows/${show.id}`, { [name]: value })]) {
                assert.equal(answer.status, 422, `${name}: ${JSON.stringify(value)}`);
                assert.ok(answer.body.detail.startsWith(`${name}:`), answer.body.detail);
            }
        }
        for (const body of ['{', '[]', '{"title":"a","title":"b"}']) assert.equal((await owner.ask('PATCH', `shows/${show.id}`, body)).status, 400);
        assert.equal((await owner.ask('PATCH', `shows/${show.id}`, '{}', { 'content-type': 'text/plain' })).status, 415);
        assert.equal((await guest.ask('GET', `shows/${show.id}`)).body.title, 'A show');
    });

    test('changes in what is given alone, and survives a restart', async () => {
        const own = await startRelay({ args: ARGS });
        try {
            const creator = await member(own, 'creator');
            const show = await make(creator, { title: 'Before', tags: ['one'], startsAt: inDays(1), category: 'music' });
            const changed = await creator.ask('PATCH', `shows/${show.id}`, { title: 'After', tags: [], startsAt: null });
            assert.equal(changed.status, 200);
            assert.deepEqual([changed.body.title, changed.body.tags, changed.body.startsAt, changed.body.category], ['After', [], null, 'music']);
            await own.kill();
            const again = await startRelay({ args: ARGS, dataDir: own.dataDir });
            try {
                const { body } = await new Client(again).ask('GET', `shows/${show.id}`);
                assert.deepEqual([body.title, body.tags, body.startsAt, body.category, body.creator.name], ['After', [], null, 'music', 'creator']);
                (await goLive(again, { id: show.id, key: show.key })).end();
            } finally {
                await again.stop();
            }
        } finally {
            await own.kill();
        }
    });

    test('asked for twice with one idempotency key is one show, and the last key opens it', async () => {
        const ask = (key) => owner.ask('POST', 'shows', { title: 'Once' }, { 'idempotency-key': key });
        const [first, second] = [await ask('my key 1'), await ask('my key 1')];
        assert.deepEqual([first.status, second.status], [201, 201]);
        assert.equal(first.body.id, second.body.id);
        assert.notEqual(first.body.key, second.body.key);
        assert.notEqual((await ask('my key 2')).body.id, first.body.id);
        assert.notEqual((await other.ask('POST', 'shows', { title: 'Once' }, { 'idempotency-key': 'my key 1' })).body.id, first.body.id);
        assert.equal((await ask('k'.repeat(65))).status, 400);
        assert.equal(await refusal(relay, first.body), 4003);
        const peer = await goLive(relay, second.body);
        assert.equal((await ask('my key 1')).status, 409);
        await end(relay, first.body.id, peer);
        const at_once = await Promise.all(Array.from({ length: 6 }, () => ask('at once')));
        assert.deepEqual(at_once.map((a) => a.status), Array(6).fill(201));
        assert.equal(new Set(at_once.map((a) => a.body.id)).size, 1);
    });

    test('takes a new key at will; the old one is refused at once, also while it is in use', async () => {
        const show = await make(owner);
        const renewed = await owner.ask('POST', `shows/${show.id}/stream-key`);
        assert.equal(renewed.status, 201);
        assert.equal(await refusal(relay, show), 4003);
        const peer = await goLive(relay, renewed.body);
        const last = await owner.ask('POST', `shows/${show.id}/stream-key`);
        assert.equal((await peer.closedWith()).code, 4003);
        assert.equal(await refusal(relay, renewed.body), 4003);
        const back = await publish(relay.url, last.body);
        back.say({ type: 'end' });
        await back.closedWith();
    });

    test('is cancelled, taken back, and then lives on', async () => {
        const show = await make(owner, { startsAt: inDays(1) });
        const ids = async () => (await guest.ask('GET', 'shows?state=scheduled&sort=start&limit=100')).body.items.map((s) => s.id);
        assert.ok((await ids()).includes(show.id));
        assert.equal((await owner.ask('POST', `shows/${show.id}/restore`)).status, 409);
        assert.equal((await owner.ask('DELETE', `shows/${show.id}`)).status, 204);
        assert.equal((await owner.ask('DELETE', `shows/${show.id}`)).status, 409);
        assert.deepEqual([(await ids()).includes(show.id), (await guest.ask('GET', `shows/${show.id}`)).body.isCancelled], [false, true]);
        assert.equal(await refusal(relay, show), 4002);
        assert.equal((await owner.ask('PATCH', `shows/${show.id}`, { title: 'x' })).status, 409);
        assert.equal((await owner.ask('POST', `shows/${show.id}/restore`)).status, 204);
        assert.ok((await ids()).includes(show.id));
        const peer = await goLive(relay, show);
        assert.equal((await owner.ask('DELETE', `shows/${show.id}`)).status, 204, 'a live one ends');
        await peer.closedWith();
        assert.equal((await guest.ask('GET', `shows/${show.id}`)).body.state, 'ended');
    });

    test('that is unlisted is found by its address alone, its replay too, also after a restart', async () => {
        const own = await startRelay({ args: ARGS });
        try {
            const [creator, nobody] = [await member(own, 'creator'), new Client(own)];
            const show = await make(creator, { title: 'Secret rehearsal', visibility: 'unlisted', startsAt: inDays(1) });
            const seen = async (client, at) => (await client.ask('GET', at)).body.items.map((s) => s.id);
            const lists = ['shows', 'shows?state=scheduled&sort=start', 'shows?state=live', 'shows?q=secret', 'shows?creator=creator', 'replays'];
            const hidden = async (client) => { for (const at of lists) assert.deepEqual(await seen(client, at), [], at); };
            await hidden(nobody);
            assert.deepEqual(await seen(creator, 'shows?creator=creator'), [show.id]);
            assert.equal((await nobody.ask('GET', `shows/${show.id}`)).status, 200);
            const peer = await goLive(own, show);
            await hidden(nobody);
            await end(own, show.id, peer);
            await hidden(nobody);
            await own.kill();
            const again = await startRelay({ args: ARGS, dataDir: own.dataDir });
            try {
                const later = new Client(again);
                await hidden(later);
                assert.equal((await later.ask('GET', `replays/${show.id}`)).status, 200);
                assert.equal((await later.ask('GET', `shows/${show.id}`)).body.replayUrl, `/replay/${show.id}`);
            } finally {
                await again.stop();
            }
        } finally {
            await own.kill();
        }
    });

    test('that shall not be recorded is not', async () => {
        const show = await make(owner, { isRecorded: false });
        const peer = await goLive(relay, show);
        peer.say({ type: 'end' });
        await peer.closedWith();
        assert.equal((await guest.ask('GET', `shows/${show.id}`)).body.state, 'ended');
        const shown = await goLive(relay, await make(owner, { title: 'Recorded' }));
        shown.say({ type: 'end' });
        await shown.closedWith();
        // The recorder finishes one after the other: when the later one is there, the earlier would be.
        await until(async () => (await guest.ask('GET', 'replays')).body.items.some((r) => r.title === 'Recorded'), 'the other replay');
        assert.equal((await guest.ask('GET', `replays/${show.id}`)).status, 404);
    });

    test('is one of at most fifty', async () => {
        const busy = await member(relay, 'busybody');
        for (let i = 0; i < 50; i += 1) await make(busy);
        assert.equal((await busy.ask('POST', 'shows', { title: 'One more' })).status, 409);
    });
});

describe('who may do what', () => {
    // Action -> what each of guest, member, owner, moderator, admin is told. The table of relay/show_rights.c.
    const asks = {
        see: [(c, id) => c.ask('GET', `shows/${id}`), 200, 200, 200, 200, 200],
        edit: [(c, id) => c.ask('PATCH', `shows/${id}`, { title: 'Changed' }), 401, 403, 200, 403, 200],
        'new key': [(c, id) => c.ask('POST', `shows/${id}/stream-key`), 401, 403, 201, 403, 403],
        cancel: [(c, id) => c.ask('DELETE', `shows/${id}`), 401, 403, 204, 204, 204],
        restore: [(c, id) => c.ask('POST', `shows/${id}/restore`), 401, 403, 204, 204, 204],
    };
    // Who gets how far with a closed show: tests/contract/show-doors.test.mjs.
    for (const [action, [ask, ...wanted]] of Object.entries(asks)) {
        test(`to ${action}`, async () => {
            const people = { guest, other, owner, moderator, admin };
            for (const [i, [who, client]] of Object.entries(people).entries()) {
                const { id } = await make(owner);
                if (action === 'restore') await owner.ask('DELETE', `shows/${id}`);
                assert.equal((await ask(client, id)).status, wanted[i], who);
            }
        });
    }

    test('to find what is hidden', async () => {
        const { id } = await make(owner, { visibility: 'unlisted', title: 'Hidden' });
        const people = { guest: [guest, false], other: [other, false], owner: [owner, true], moderator: [moderator, true], admin: [admin, true] };
        for (const [who, [client, sees]] of Object.entries(people)) {
            const { body } = await client.ask('GET', 'shows?creator=owner&limit=100');
            assert.equal(body.items.some((s) => s.id === id), sees, who);
        }
    });

    test('a guest\'s show is nobody\'s', async () => {
        const { id } = await make(guest);
        for (const client of [guest, other, owner]) assert.notEqual((await client.ask('DELETE', `shows/${id}`)).status, 204);
        assert.equal((await moderator.ask('DELETE', `shows/${id}`)).status, 204);
    });

    test('never from another site', async () => {
        const { id } = await make(owner);
        const origin = { origin: 'http://evil.example' };
        for (const [method, at, body] of [['POST', 'shows', { title: 'x' }], ['PATCH', `shows/${id}`, { title: 'x' }], ['DELETE', `shows/${id}`], ['POST', `shows/${id}/stream-key`], ['POST', `shows/${id}/restore`],
            ['POST', `shows/${id}/reminder`], ['DELETE', `shows/${id}/reminder`], ['POST', 'follows', { name: 'admin' }], ['DELETE', 'follows/admin'], ['POST', 'notifications/read'], ['PATCH', 'accounts/me', { bio: 'x' }]])
            assert.equal((await owner.ask(method, at, body, origin)).status, 403, `${method} ${at}`);
    });

    test('guests make no shows where accounts are needed', async () => {
        const own = await startRelay({ args: [...ARGS, '--creators', 'accounts'] });
        try {
            assert.equal((await new Client(own).ask('POST', 'shows', { title: 'x' })).status, 401);
            assert.equal((await new Client(own).ask('GET', 'sessions/current')).body.needsAccount, true);
            await make(await member(own, 'creator'));
        } finally {
            await own.stop();
        }
    });
});

describe('lists of shows', () => {
    let own, creator, nobody;
    before(async () => {
        own = await startRelay({ args: ARGS });
        creator = await member(own, 'anna.artist', { displayName: 'Änna Årtist' });
        nobody = new Client(own);
        const second = await member(own, 'bertil');
        await make(creator, { title: 'Drawing birds that cannot sit still', tags: ['birds', 'ink'], category: 'art', startsAt: inDays(3) });
        await make(creator, { title: 'Café concert', description: 'A rabbit plays', tags: ['piano'], category: 'music', startsAt: inDays(1) });
        await make(second, { title: 'Rabbits and other neighbours', category: 'outdoors', startsAt: inDays(2) });
        for (let i = 0; i < 25; i += 1) await make(second, { title: `Episode number ${i}`, category: 'games' });
    });
    after(() => own.stop());
    const titles = async (query) => (await nobody.ask('GET', `shows?${query}`)).body.items.map((s) => s.title);

    test('by words, their beginnings, without marks on letters, by maker', async () => {
        assert.deepEqual(await titles('q=draw'), ['Drawing birds that cannot sit still']);
        assert.deepEqual(await titles('q=CAFE'), ['Café concert']);
        assert.deepEqual(await titles('q=artist%20concert'), ['Café concert']);
        assert.deepEqual((await titles('q=rabbit')).sort(), ['Café concert', 'Rabbits and other neighbours']);
        assert.deepEqual((await titles('q=%C3%A5rtist')).length, 2);
        assert.deepEqual(await titles('q=zzzzzz'), []);
    });

    test('by words written nearly right', async () => {
        assert.equal((await titles('q=rabits'))[0], 'Rabbits and other neighbours');
        assert.equal((await titles('q=dravving%20birds'))[0], 'Drawing birds that cannot sit still');
    });

    test('whatever is typed is words, never an operator', async () => {
        for (const typed of ['"', '*', 'a OR', 'NEAR(', 'title:x', '-', "'; DROP TABLE shows; --", '(((', '^', '""""', 'AND', '{a b}', '日本語', '😀'])
            assert.equal((await nobody.ask('GET', `shows?q=${encodeURIComponent(typed)}`)).status, 200, typed);
        assert.equal((await nobody.ask('GET', `shows?q=${'x'.repeat(201)}`)).status, 400);
        assert.equal((await nobody.ask('GET', 'shows?q=%ff')).status, 400);
    });

    test('by category, tag and state, with words or without', async () => {
        assert.deepEqual(await titles('category=music'), ['Café concert']);
        assert.deepEqual(await titles('tag=ink'), ['Drawing birds that cannot sit still']);
        assert.deepEqual(await titles('q=rabbit&category=music'), ['Café concert']);
        assert.deepEqual(await titles('q=birds&tag=ink&state=scheduled'), ['Drawing birds that cannot sit still']);
        assert.deepEqual(await titles('q=birds&state=live'), []);
        assert.deepEqual(await titles('creator=anna.artist&category=art'), ['Drawing birds that cannot sit still']);
        for (const bad of ['state=no', 'sort=no', 'limit=0', 'limit=101', 'cursor=x', 'q=a&cursor=1-aaaaaaaaaaaa', 'q=a&cursor=s9999', `tag=${'t'.repeat(33)}`])
            assert.equal((await nobody.ask('GET', `shows?${bad}`)).status, 400, bad);
        assert.equal((await nobody.ask('GET', 'shows?creator=no.such.person')).status, 404);
        assert.equal((await nobody.ask('GET', 'shows?creator=me')).status, 401);
    });

    test('of what comes, the next one first', async () => {
        assert.deepEqual(await titles('state=scheduled&sort=start'), ['Café concert', 'Rabbits and other neighbours', 'Drawing birds that cannot sit still']);
    });

    test('in pages that leave nothing out and repeat nothing', async () => {
        for (const query of ['state=scheduled', 'state=scheduled&sort=start', 'q=episode', 'creator=bertil']) {
            const [whole, pages] = [await titles(`${query}&limit=100`), []];
            for (let cursor = ''; cursor !== null;) {
                const { body } = await nobody.ask('GET', `shows?${query}&limit=4${cursor && `&cursor=${cursor}`}`);
                pages.push(...body.items.map((s) => s.title));
                cursor = body.next;
            }
            assert.deepEqual(pages, whole, query);
        }
    });

    test('say at once who is live, and what has ended with its replay', async () => {
        const show = await make(creator, { title: 'Quickly now' });
        const peer = await goLive(own, show);
        assert.deepEqual(await titles('state=live'), ['Quickly now']);
        assert.equal((await nobody.ask('GET', 'shows?q=quickly')).body.items[0].state, 'live');
        await end(own, show.id, peer);
        const [item] = (await nobody.ask('GET', 'shows?creator=anna.artist&state=ended')).body.items;
        assert.deepEqual([item.state, item.replayUrl], ['ended', `/replay/${show.id}`]);
        assert.equal((await nobody.ask('GET', 'shows?q=quickly&state=ended')).body.items.length, 1);
        assert.deepEqual(await titles('state=ended'), ['Quickly now']);
        assert.deepEqual(await titles('state=ended&category=music'), []);
    });
});
