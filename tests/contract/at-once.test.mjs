// SPDX-License-Identifier: MIT
// What changes about an account or a show's door reaches those inside rooms at once, on every loop, over real sockets:
// bans, signing out, doors, roles, names, pictures. By the API, and by the command beside the relay that serves.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { relayBinary, startRelay, until } from '../e2e/lib/relay.mjs';
import { Client, PASSWORD, member } from './lib/client.mjs';
import { Source } from './lib/media.mjs';
import { Peer, publish } from './lib/peer.mjs';

const ARGS = ['--accounts-per-minute', '1000', '--sign-ins-per-minute', '1000', '--shows-per-minute', '10000'];
const GUEST = /^Guest \d{4}$/;
const SECRET = 'open sesame';
const NEW_PASSWORD = 'another horse battery';
/** Sockets go round the loops: so many of one kind are on each of them. */
const EACH_LOOP = 4;
const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 1, 0, 1, 0, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xda, 0, 2]), Buffer.alloc(100, 7), Buffer.from([0xff, 0xd9])]);

for (const threads of ['1', '2']) {
    describe(`--threads ${threads}`, { concurrency: false }, () => {
        let relay, admin, owner, count = 0;
        before(async () => {
            relay = await startRelay({ args: [...ARGS, '--threads', threads] });
            admin = await member(relay, 'admin');
            owner = await member(relay, 'owner', { displayName: 'The Owner' });
        });
        after(() => relay.stop());

        const somebody = (more) => member(relay, `member-${(count += 1)}`, more);
        /** The same account from another browser. */
        const again = async (client) => {
            const other = new Client(relay);
            assert.equal((await other.signIn(client.account.name)).status, 201);
            other.account = client.account;
            return other;
        };
        function command(input, ...args) {
            const { status, stderr } = spawnSync(relayBinary, ['account', ...args, '--data', relay.dataDir], { input, encoding: 'utf8' });
            assert.equal(status, 0, stderr);
        }
        const change = async (client, path, body) => assert.equal((await client.ask('PATCH', path, body)).status, 200, JSON.stringify(body));
        const ban = (client) => change(admin, `admin/accounts/${client.account.name}`, { isBanned: true });

        /** A show that is on, with its creator's Peer, and what sends the next picture. */
        async function open(about = {}, by = owner) {
            const made = await by.ask('POST', 'shows', { title: 'At once', ...about });
            assert.equal(made.status, 201, JSON.stringify(made.body));
            const show = made.body;
            const publisher = await publish(relay.url, show);
            const source = new Source();
            let atMs = 0;
            for (const m of [source.init(), source.video(0, { isKey: true }), source.audio(0)]) publisher.send(m);
            await publisher.text('ack');
            const next = () => {
                atMs += 40;
                publisher.send(source.video(atMs));
                return atMs * 1000;
            };
            return { show, publisher, next, end: () => publisher.end() };
        }
        async function watch(client, show, { cookie, ...more } = {}) {
            const headers = { ...(client ? { authorization: `Bearer ${client.token}` } : {}), ...(cookie ? { cookie } : {}) };
            const peer = await new Peer(relay.url, { headers }).opened();
            peer.say({ type: 'hello', version: 1, role: 'watch', show: show.id, ...more });
            peer.welcome = await peer.text('welcome');
            await peer.until(() => peer.media.length > 0, 'a picture');
            return peer;
        }
        const several = (...args) => Promise.all(Array.from({ length: EACH_LOOP }, () => watch(...args)));
        async function closed(peers, code, name) {
            for (const peer of [peers].flat()) {
                assert.equal((await peer.closedWith()).code, code);
                assert.equal(peer.texts.filter((t) => t.type === 'error').at(-1)?.code, name);
            }
        }
        /** They go on watching. */
        async function goOn(peers, next) {
            const atUs = next();
            for (const peer of [peers].flat()) {
                await peer.until(() => peer.media.some((m) => m.header.timestampUs === atUs) || peer.closed, 'the next picture');
                assert.equal(peer.closed, null);
            }
        }
        /** The body of a plain GET of the show, until it ends. */
        async function stream(client, show) {
            const answer = await fetch(`${relay.url}/live/${show.id}.webm`, { headers: { authorization: `Bearer ${client.token}` } });
            assert.equal(answer.status, 200);
            return {
                async toItsEnd() {
                    for await (const bytes of answer.body) void bytes;
                },
            };
        }

        // ---- bans -----------------------------------------------------------------------------------

        test('a banned account\'s viewers are closed with 4010, and nobody else', async () => {
            const [bad, good] = [await somebody(), await somebody()];
            const { show, publisher, next, end } = await open();
            const theirs = await several(bad, show);
            const others = [...(await several(good, show)), await watch(null, show)];
            await ban(bad);
            await closed(theirs, 4010, 'banned');
            assert.match(theirs[0].texts.find((t) => t.type === 'error').message, /banned.*ask who runs it/);
            await publisher.until(() => publisher.texts.filter((t) => t.type === 'presence').at(-1)?.viewers === others.length, 'the others');
            await goOn(others, next);
            // Who comes back with the token of before is a guest.
            const back = await watch(bad, show);
            assert.match(back.welcome.name, GUEST);
            end();
        });

        test('a banned creator\'s socket is closed with 4010, and the show is over', async () => {
            const bad = await somebody();
            const { show, publisher } = await open({}, bad);
            const viewer = await watch(null, show);
            await ban(bad);
            await closed(publisher, 4010, 'banned');
            assert.equal((await viewer.closedWith()).code, 1000);
            assert.deepEqual(viewer.texts.filter((t) => t.type === 'state').map((t) => t.state), ['ended']);
        });

        test('an encoder elsewhere is told 403 of a banned account', async () => {
            const bad = await somebody();
            const { body: show } = await bad.ask('POST', 'shows', { title: 'From elsewhere' });
            const answer = new Promise((resolve, reject) => {
                const sent = http.request(`${relay.url}/ingest/${show.key}`, { method: 'PUT' }, (said) => {
                    let text = '';
                    said.on('data', (chunk) => (text += chunk)).on('end', () => {
                        sent.destroy();
                        resolve({ status: said.statusCode, text });
                    });
                });
                sent.on('error', reject);
                const source = new Source();
                const payload = (m) => m.subarray(16);
                for (const m of [source.init(), source.video(0, { isKey: true }), source.audio(0)]) sent.write(payload(m));
            });
            const isLive = async () => (await new Client(relay).ask('GET', `shows/${show.id}`)).body.state === 'live';
            await until(isLive, 'the show from elsewhere');
            await ban(bad);
            const { status, text } = await answer;
            assert.equal(status, 403);
            assert.match(JSON.parse(text).detail, /banned/);
        });

        test('a ban by the command is heard within two seconds', async () => {
            const bad = await somebody();
            const { show, next, end } = await open();
            const theirs = await several(bad, show);
            const guest = await watch(null, show);
            command('', 'ban', bad.account.name);
            const beganMs = performance.now();
            await closed(theirs, 4010, 'banned');
            const tookMs = performance.now() - beganMs;
            assert.ok(tookMs < 2000, `${tookMs} ms`);
            await goOn(guest, next);
            end();
        });

        // ---- signing out ----------------------------------------------------------------------------

        test('who signs out here goes on as a guest; the same account elsewhere stays', async () => {
            const here = await somebody({ displayName: 'Somebody' });
            const there = await again(here);
            const { show, publisher, next, end } = await open();
            const [mine, elsewhere] = [await several(here, show), await several(there, show)];
            await publisher.until(() => publisher.texts.filter((t) => t.type === 'join').length === 2 * EACH_LOOP, 'all');
            assert.equal((await here.ask('DELETE', 'sessions/current')).status, 204);
            for (const peer of mine) {
                const you = await peer.text('you');
                assert.match(you.name, GUEST);
                assert.deepEqual([you.isInvisible, 'account' in you], [false, false]);
                assert.notEqual(you.session, peer.welcome.session);
                const { session } = peer.welcome;
                await publisher.until(() => publisher.texts.some((t) => t.type === 'leave' && t.session === session && t.account), 'a member left');
                await publisher.until(() => publisher.texts.some((t) => t.type === 'join' && t.session === you.session && !('account' in t)), 'a guest came');
            }
            mine[0].say({ type: 'chat', text: 'as a guest' });
            elsewhere[0].say({ type: 'chat', text: 'as a member' });
            const said = await until(() => publisher.texts.filter((t) => t.type === 'chat').length === 2 && publisher.texts.filter((t) => t.type === 'chat'), 'both lines');
            assert.deepEqual(Object.fromEntries(said.map((t) => [t.text, t.account])), { 'as a guest': undefined, 'as a member': here.account.name });
            await goOn([...mine, ...elsewhere], next);
            end();
        });

        test('a session that is ended from elsewhere, and all of them', async () => {
            const here = await somebody();
            const there = await again(here);
            const { show, next, end } = await open();
            const [mine, elsewhere] = [await watch(here, show), await watch(there, show)];
            const sessions = (await there.ask('GET', 'sessions')).body.items;
            const { id } = sessions.find((s) => s.isCurrent === false);
            assert.equal((await there.ask('DELETE', `sessions/${id}`)).status, 204);
            assert.equal('account' in (await mine.text('you')), false);
            assert.equal(elsewhere.texts.some((t) => t.type === 'you'), false);
            assert.equal((await there.ask('DELETE', 'sessions')).status, 204);
            assert.equal('account' in (await elsewhere.text('you')), false);
            await goOn([mine, elsewhere], next);
            end();
        });

        test('a changed password ends the other sessions, a reset and the command all', async () => {
            const here = await somebody();
            const there = await again(here);
            const { show, next, end } = await open();
            const [mine, elsewhere] = [await watch(here, show), await watch(there, show)];
            const set = await here.ask('POST', 'accounts/me/password', { currentPassword: PASSWORD, password: NEW_PASSWORD });
            assert.equal(set.status, 204);
            assert.equal('account' in (await elsewhere.text('you')), false);
            const { code } = (await admin.ask('POST', `admin/accounts/${here.account.name}/reset`)).body;
            assert.equal(mine.texts.some((t) => t.type === 'you'), false);
            assert.equal((await new Client(relay).ask('POST', 'password-resets', { code, password: PASSWORD })).status, 200);
            assert.equal('account' in (await mine.text('you')), false);
            const third = await watch(await again(here), show);
            command(`${NEW_PASSWORD}\n`, 'passwd', here.account.name);
            assert.equal('account' in (await third.text('you')), false);
            await goOn([mine, elsewhere, third], next);
            end();
        });

        test('out of a private show goes who signs out; its creator\'s socket stays, it is there by the key', async () => {
            const [creator, friend] = [await somebody(), await somebody()];
            const { show, publisher, next, end } = await open({ visibility: 'private', invited: [friend.account.name] }, creator);
            const theirs = await several(friend, show);
            const plain = await stream(friend, show);
            assert.equal((await friend.ask('DELETE', 'sessions')).status, 204);
            await closed(theirs, 4002, 'not-found');
            next();
            await plain.toItsEnd();
            const own = await watch(creator, show);
            assert.equal((await creator.ask('DELETE', 'sessions')).status, 204);
            await closed(own, 4002, 'not-found');
            next();
            const acks = publisher.texts.filter((t) => t.type === 'ack').length;
            await publisher.until(() => publisher.texts.filter((t) => t.type === 'ack').length > acks || publisher.closed, 'an ack');
            assert.equal(publisher.closed, null);
            end();
        });

        test('who knows the password of a show stays in it as a guest', async () => {
            const friend = await somebody();
            const { show, next, end } = await open({ visibility: 'password', password: SECRET });
            const said = await friend.ask('POST', `shows/${show.id}/pass`, { password: SECRET });
            const cookie = said.headers.get('set-cookie').split(';')[0];
            const [knows, owns] = [await watch(friend, show, { cookie }), await watch(owner, show)];
            assert.equal((await friend.ask('DELETE', 'sessions')).status, 204);
            assert.equal('account' in (await knows.text('you')), false);
            await goOn([knows, owns], next);
            end();
        });

        // ---- doors ----------------------------------------------------------------------------------

        test('whose invitation is withdrawn is closed; the others notice nothing', async () => {
            const [friend, other] = [await somebody(), await somebody()];
            const { show, publisher, next, end } = await open({ visibility: 'private', invited: [friend.account.name, other.account.name] });
            const [theirs, stay] = [await several(friend, show), await several(other, show)];
            const [gone, plain] = [await stream(friend, show), await stream(other, show)];
            const creators = await watch(owner, show);
            await change(owner, `shows/${show.id}`, { invited: [other.account.name] });
            await closed(theirs, 4002, 'not-found');
            await goOn([...stay, creators], next);
            await gone.toItsEnd();
            await change(owner, `shows/${show.id}`, { invited: [] });
            await closed(stay, 4002, 'not-found');
            await goOn(creators, next);
            await plain.toItsEnd();
            assert.equal(publisher.closed, null);
            end();
        });

        test('a show that becomes private, and then has a password', async () => {
            const friend = await somebody();
            const { show, next, end } = await open();
            const [guests, friends, creators] = [await several(null, show), await several(friend, show), await watch(owner, show)];
            const administers = await watch(admin, show);
            await change(owner, `shows/${show.id}`, { visibility: 'private', invited: [friend.account.name] });
            await closed(guests, 4002, 'not-found');
            await goOn([...friends, creators, administers], next);
            await change(owner, `shows/${show.id}`, { visibility: 'password', password: SECRET });
            await closed(friends, 4009, 'locked');
            await goOn([creators, administers], next);
            end();
        });

        test('another password of the show closes those who knew the one before', async () => {
            const { show, next, end } = await open({ visibility: 'password', password: SECRET });
            const said = await new Client(relay).ask('POST', `shows/${show.id}/pass`, { password: SECRET });
            const cookie = said.headers.get('set-cookie').split(';')[0];
            const [knew, creators] = [await several(null, show, { cookie }), await watch(owner, show)];
            await change(owner, `shows/${show.id}`, { title: 'Another title closes nobody' });
            await goOn([...knew, creators], next);
            await change(owner, `shows/${show.id}`, { password: NEW_PASSWORD });
            await closed(knew, 4009, 'locked');
            await goOn(creators, next);
            end();
        });

        // ---- roles, names, pictures -----------------------------------------------------------------

        test('a role counts at once, by the API and by the command', async () => {
            const [one, two] = [await somebody(), await somebody()];
            for (const client of [one, two]) await change(admin, `admin/accounts/${client.account.name}`, { role: 'admin' });
            const { show, next, end } = await open({ visibility: 'private', invited: [] });
            const [ones, twos] = [await several(one, show), await several(two, show)];
            await change(admin, `admin/accounts/${one.account.name}`, { role: 'member' });
            await closed(ones, 4002, 'not-found');
            await goOn(twos, next);
            command('', 'grant', two.account.name, 'moderator'); // who may know of it, but not watch
            await closed(twos, 4009, 'locked');
            end();
        });

        test('a new display name is shown in every room the account is in', async () => {
            const ben = await somebody({ displayName: 'Ben' });
            const rooms = [await open(), await open()];
            for (const room of rooms) {
                room.peers = await several(ben, room.show);
                room.guest = await watch(null, room.show);
                room.called = await watch(ben, room.show, { name: 'Benny' });
            }
            await change(ben, 'accounts/me', { bio: 'says nothing of a name' });
            await change(ben, 'accounts/me', { displayName: 'Benedict' });
            for (const { peers, guest, called, publisher } of rooms) {
                for (const peer of peers) {
                    const you = await peer.text('you');
                    assert.deepEqual(you, { type: 'you', session: peer.welcome.session, name: 'Benedict', account: ben.account.name, isInvisible: false });
                    await publisher.until(() => publisher.texts.some((t) => t.type === 'join' && t.session === you.session && t.name === 'Benedict'), 'the new name');
                    assert.equal(peer.texts.filter((t) => t.type === 'you').length, 1);
                }
                peers[0].say({ type: 'chat', text: 'hello' });
                assert.equal((await guest.text('chat')).name, 'Benedict');
                called.say({ type: 'chat', text: 'the name that I said' });
                assert.equal((await guest.text('chat', 1)).name, 'Benny');
                assert.equal(publisher.texts.some((t) => t.type === 'leave'), false);
            }
            // And its own shows.
            const { show, publisher, end } = await open({}, ben);
            const guest = await watch(null, show);
            assert.equal(publisher.welcome.name, 'Benedict');
            await change(ben, 'accounts/me', { displayName: 'Benedict II' });
            assert.equal((await publisher.text('you')).name, 'Benedict II');
            publisher.say({ type: 'chat', text: 'good evening' });
            assert.equal((await guest.text('chat')).name, 'Benedict II');
            for (const room of rooms) room.end();
            end();
        });

        test('a new picture is told to those who see the account', async () => {
            const ben = await somebody();
            const { show, publisher, end } = await open();
            const guest = await watch(null, show);
            await watch(ben, show);
            const picture = (method, body) => fetch(`${relay.url}/api/v1/accounts/me/picture`, { method, headers: { authorization: `Bearer ${ben.token}`, ...(body ? { 'content-type': 'image/jpeg' } : {}) }, body });
            assert.equal((await picture('POST', JPEG)).status, 204);
            const [seen, told] = [await guest.text('face'), await publisher.text('face')];
            assert.equal(seen.account, ben.account.name);
            assert.ok(seen.version > 1_600_000_000_000);
            assert.deepEqual(told, seen);
            assert.equal((await picture('DELETE')).status, 204);
            assert.ok((await guest.text('face', 1)).version >= seen.version);
            end();
        });
    });
}
