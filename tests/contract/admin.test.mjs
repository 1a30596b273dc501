// SPDX-License-Identifier: MIT
// What admins and moderators do, by the API and by the command, and that nobody else does it: every endpoint by every
// role, cell by cell.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { relayBinary, startRelay, until } from '../e2e/lib/relay.mjs';
import { Client, PASSWORD, member } from './lib/client.mjs';
import { goLive } from './lib/live.mjs';

const ARGS = ['--accounts-per-minute', '1000', '--sign-ins-per-minute', '1000', '--shows-per-minute', '10000'];
const NEW_PASSWORD = 'quite another horse';
let relay, admin, moderator, guest;

/** `tabcast …` on the relay's folder. */
function command(...words) {
    const { status, stdout, stderr } = spawnSync(relayBinary, [...words, '--data', relay.dataDir], { encoding: 'utf8' });
    return { code: status, out: stdout, error: stderr };
}

const make = async (client, title = 'A show') => {
    const made = await client.ask('POST', 'shows', { title });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
};

/** A show that is over, with its replay. */
async function recorded(client) {
    const show = await make(client, 'Recorded');
    const peer = await goLive(relay, show);
    peer.say({ type: 'end' });
    await peer.closedWith();
    await until(async () => (await client.ask('GET', `replays/${show.id}`)).status === 200, 'the replay');
    return show;
}

before(async () => {
    relay = await startRelay({ args: ARGS });
    admin = await member(relay, 'admin');
    moderator = await member(relay, 'moderator');
    assert.equal((await admin.ask('PATCH', 'admin/accounts/moderator', { role: 'moderator' })).status, 200);
    guest = new Client(relay);
});
after(() => relay.stop());

describe('who may', () => {
    test('every endpoint by every role, and on whom', { timeout: 120_000 }, async () => {
        const mem = await member(relay, 'some-member');
        const made = (await admin.ask('POST', 'invitations')).body;
        let count = 0;
        const fresh = async (role) => {
            const target = await member(relay, `t${count++}-target`);
            if (role !== 'member') assert.equal((await admin.ask('PATCH', `admin/accounts/${target.account.name}`, { role })).status, 200);
            return target.account.name;
        };
        // [what, guest, member, moderator, admin]; targets are made anew for each cell.
        const table = [
            [['GET', () => 'admin'], 401, 403, 200, 200],
            [['GET', () => 'admin/accounts'], 401, 403, 200, 200],
            [['GET', () => 'admin/shows'], 401, 403, 200, 200],
            [['GET', () => 'admin/replays'], 401, 403, 200, 200],
            [['GET', () => 'invitations'], 401, 403, 403, 200],
            [['POST', () => 'invitations'], 401, 403, 403, 201],
            [['DELETE', () => `invitations/${made.id}`], 401, 403, 403, 204],
            [['PATCH', () => fresh('member'), { isBanned: true }], 401, 403, 200, 200],
            [['PATCH', () => fresh('moderator'), { isBanned: true }], 401, 403, 403, 200],
            [['PATCH', () => fresh('admin'), { isBanned: true }], 401, 403, 403, 200],
            [['PATCH', () => fresh('member'), { role: 'moderator' }], 401, 403, 403, 200],
            [['PATCH', () => fresh('admin'), { role: 'member' }], 401, 403, 403, 200],
            [['PATCH', () => fresh('member'), { role: 'admin', isBanned: true }], 401, 403, 403, 200],
            [['POST', () => fresh('member'), undefined, '/reset'], 401, 403, 403, 201],
            [['POST', () => fresh('admin'), undefined, '/reset'], 401, 403, 403, 201],
            [['DELETE', async () => `replays/${(await recorded(mem)).id}`], 401, 204, 403, 204],
        ];
        const actors = [guest, mem, moderator, admin];
        for (const [[method, target, body, tail = ''], ...statuses] of table)
            for (const [i, status] of statuses.entries()) {
                const named = await target();
                const where = named.includes('target') ? `admin/accounts/${named}${tail}` : named;
                const answer = await actors[i].ask(method, where, body);
                assert.equal(answer.status, status, `${method} ${where} ${JSON.stringify(body)} by ${['guest', 'member', 'moderator', 'admin'][i]}: ${JSON.stringify(answer.body)}`);
                if (status >= 400) assert.equal(answer.headers.get('content-type'), 'application/problem+json');
            }
    });

    test('nobody bans or demotes themselves, another site asks in vain, and what is not there is told to those who may know', async () => {
        assert.equal((await admin.ask('PATCH', 'admin/accounts/admin', { role: 'member' })).status, 403);
        assert.equal((await admin.ask('PATCH', 'admin/accounts/admin', { isBanned: true })).status, 403);
        assert.equal((await moderator.ask('PATCH', 'admin/accounts/moderator', { isBanned: true })).status, 403);
        const origin = { origin: 'https://evil.example' };
        for (const [method, where, body] of [['PATCH', 'admin/accounts/moderator', { isBanned: true }], ['POST', 'admin/accounts/moderator/reset'], ['DELETE', 'replays/aaaaaaaaaaaa'], ['DELETE', 'invitations/aaaaaaaaaaaa'], ['POST', 'password-resets', { code: 'x', password: NEW_PASSWORD }]])
            assert.equal((await admin.ask(method, where, body, origin)).status, 403, `${method} ${where}`);
        const mem = await member(relay, 'curious');
        assert.equal((await mem.ask('PATCH', 'admin/accounts/no-such-name', { isBanned: true })).status, 403);
        assert.equal((await admin.ask('PATCH', 'admin/accounts/no-such-name', { isBanned: true })).status, 404);
        assert.equal((await admin.ask('POST', 'admin/accounts/no-such-name/reset')).status, 404);
        assert.equal((await admin.ask('DELETE', 'replays/aaaaaaaaaaaa')).status, 404);
        assert.equal((await admin.ask('DELETE', 'invitations/aaaaaaaaaaaa')).status, 404);
        for (const body of [{}, { role: 'emperor' }, { role: 2 }, { isBanned: 'yes' }, { isBanned: null }])
            assert.equal((await admin.ask('PATCH', 'admin/accounts/curious', body)).status, 422, JSON.stringify(body));
    });
});

describe('a ban', () => {
    test('ends sessions, live show and announced ones; sign-in says why, but only with the password', async () => {
        const bad = await member(relay, 'bad-actor');
        const live = await make(bad, 'Live');
        const announced = await make(bad, 'Announced');
        const other = await member(relay, 'bystander');
        const theirs = await make(other);
        const peer = await goLive(relay, live);
        const banned = await moderator.ask('PATCH', 'admin/accounts/bad-actor', { isBanned: true });
        assert.equal(banned.status, 200);
        assert.match(banned.body.bannedAt, /^20\d\d-/);
        assert.equal((await peer.closedWith()).code, 4010);
        assert.equal((await bad.ask('GET', 'accounts/me')).status, 401);
        assert.equal((await guest.ask('GET', `shows/${live.id}`)).body.state, 'ended');
        assert.equal((await guest.ask('GET', `shows/${announced.id}`)).body.isCancelled, true);
        assert.equal((await guest.ask('GET', `shows/${theirs.id}`)).body.state, 'scheduled');
        const refused = await new Client(relay).signIn('bad-actor');
        assert.equal(refused.status, 403);
        assert.match(refused.body.detail, /banned/);
        assert.equal((await new Client(relay).signIn('bad-actor', 'a wrong password')).status, 401, 'no word without the password');
        assert.equal((await admin.ask('POST', 'admin/accounts/bad-actor/reset')).status, 409);
        const back = await moderator.ask('PATCH', 'admin/accounts/bad-actor', { isBanned: false });
        assert.equal(back.body.bannedAt, null);
        assert.equal((await bad.signIn('bad-actor')).status, 201);
    });

    test('by the command does the same while the relay serves', async () => {
        const bad = await member(relay, 'worse-actor');
        const peer = await goLive(relay, await make(bad));
        assert.deepEqual(command('account', 'ban', 'Worse-Actor'), { code: 0, out: '', error: '' });
        assert.equal((await bad.ask('GET', 'accounts/me')).status, 401);
        assert.equal((await peer.closedWith()).code, 4010);
        assert.match(command('account', 'list').out, /\tworse-actor\tmember\tbanned\t/);
        assert.equal(command('account', 'unban', 'worse-actor').code, 0);
        assert.equal((await bad.signIn('worse-actor')).status, 201);
        assert.equal(command('account', 'ban', 'nobody-here').code, 1);
    });
});

describe('the lists', () => {
    test('of accounts: by part of a name or display name, page by page', async () => {
        for (let i = 0; i < 5; i++) await member(relay, `page-${'abcde'[i]}`, { displayName: `Ünïcode ${i} "x"` });
        const found = async (query) => (await admin.ask('GET', `admin/accounts?${query}`)).body;
        assert.deepEqual((await found('q=page-')).items.map((a) => a.name), ['page-a', 'page-b', 'page-c', 'page-d', 'page-e']);
        assert.equal((await found(`q=${encodeURIComponent('Ünïcode 3')}`)).items[0].name, 'page-d');
        const names = [];
        for (let cursor = ''; cursor !== null; ) {
            const page = await found(`q=page-&limit=2${cursor && `&cursor=${cursor}`}`);
            names.push(...page.items.map((a) => a.name));
            cursor = page.next;
        }
        assert.equal(names.length, 5);
        assert.equal(new Set(names).size, 5);
        assert.deepEqual((await found('q=%25')).items, [], 'no pattern, but text');
        assert.equal((await admin.ask('GET', 'admin/accounts?limit=0')).status, 400);
        assert.equal((await admin.ask('GET', 'admin/accounts?q=%ff')).status, 400);
        assert.equal(JSON.stringify(await found('')).includes('argon2'), false);
    });

    test('of shows: unlisted ones too, live ones first; a guest\'s is closed by a moderator', async () => {
        const unlisted = (await admin.ask('POST', 'shows', { title: 'Hidden', visibility: 'unlisted' })).body;
        const show = await make(guest, 'A guest\'s');
        const peer = await goLive(relay, show);
        const { items } = (await moderator.ask('GET', 'admin/shows')).body;
        assert.equal(items[0].id, show.id);
        assert.equal(items[0].creator, null);
        assert.ok(items.some((s) => s.id === unlisted.id));
        assert.ok(items.every((s) => !('key' in s)));
        assert.equal((await moderator.ask('DELETE', `shows/${show.id}`)).status, 204);
        assert.equal((await peer.closedWith()).code, 1000);
    });

    test('and closing and deleting by the command reaches the relay that serves', async () => {
        const owner = await member(relay, 'filmer');
        const show = await make(owner, 'To be ended');
        const peer = await goLive(relay, show);
        assert.match(command('show', 'list').out, new RegExp(`^${show.id}\tlive\t.*\tfilmer\tTo be ended$`, 'm'));
        assert.equal(command('show', 'end', show.id).code, 0);
        assert.equal((await peer.closedWith()).code, 1000);
        const { id } = await recorded(owner);
        assert.equal(command('replay', 'delete', id).code, 0);
        await until(async () => (await guest.ask('GET', `replays/${id}`)).status === 404, 'the replay to be forgotten');
        assert.equal(command('replay', 'delete', id).code, 1);
        assert.equal(command('show', 'end', '../../etc').code, 1);
        assert.match(command('storage').out, /^replays\t\d+\t\d+\ndatabase\t1\t\d+\nfree\t-\t\d+\n$/);
    });

    test('a deleted replay leaves no file, and what is used says so', async () => {
        const owner = await member(relay, 'deleter');
        const { id } = await recorded(owner);
        const before = (await admin.ask('GET', 'admin')).body;
        assert.ok(before.storage.replaysBytes > 0 && before.storage.databaseBytes > 0 && before.storage.freeBytes > 0);
        assert.ok(before.accounts > 3 && before.sessions > 3);
        assert.equal((await owner.ask('DELETE', `replays/${id}`)).status, 204);
        assert.equal((await fetch(`${relay.url}/replays/${id}.webm`)).status, 404);
        assert.equal((await admin.ask('GET', 'admin/replays')).body.items.some((r) => r.id === id), false);
        await until(async () => !(await readdir(path.join(relay.dataDir, 'recordings'))).some((name) => name.startsWith(id)), 'its files to go');
        assert.ok((await admin.ask('GET', 'admin')).body.storage.replaysBytes < before.storage.replaysBytes);
    });
});

describe('invitations', () => {
    test('are listed without their codes, and revoked', async () => {
        const made = (await admin.ask('POST', 'invitations')).body;
        assert.deepEqual(Object.keys(made).sort(), ['code', 'createdAt', 'creator', 'expiresAt', 'id']);
        const { items } = (await admin.ask('GET', 'invitations')).body;
        const listed = items.find((i) => i.id === made.id);
        assert.equal(listed.creator, 'admin');
        assert.equal('code' in listed, false);
        assert.equal((await admin.ask('DELETE', `invitations/${made.id}`)).status, 204);
        assert.equal((await admin.ask('DELETE', `invitations/${made.id}`)).status, 404);
        assert.equal((await guest.signUp('by-revoked', { invitation: made.code })).status, 403);
        const [, id, code] = /^([a-z2-7]{12})\t([\w-]{43})$/m.exec(command('invitation', 'create').out);
        assert.match(command('invitation', 'list').out, new RegExp(`^${id}\t`, 'm'));
        assert.equal((await guest.signUp('by-command', { invitation: code })).status, 201);
        assert.equal(command('invitation', 'revoke', id).code, 1);
    });
});

describe('a link for a new password', () => {
    const use = (code, password = NEW_PASSWORD) => guest.ask('POST', 'password-resets', { code, password });

    test('sets one, once, and ends all sessions', async () => {
        const lost = await member(relay, 'forgetful');
        const made = await admin.ask('POST', 'admin/accounts/forgetful/reset');
        assert.equal(made.status, 201);
        assert.equal(made.body.url, `/reset#${made.body.code}`);
        assert.equal((await use(made.body.code, 'short')).status, 422);
        assert.equal((await use(made.body.code, 'Forgetful')).status, 422);
        const set = await use(made.body.code);
        assert.equal(set.status, 200);
        assert.equal(set.body.name, 'forgetful');
        assert.equal((await use(made.body.code)).status, 404);
        assert.equal((await lost.ask('GET', 'accounts/me')).status, 401);
        assert.equal((await lost.signIn('forgetful')).status, 401);
        assert.equal((await lost.signIn('forgetful', NEW_PASSWORD)).status, 201);
    });

    test('is one at a time, of the command too, and dies with a ban', async () => {
        await member(relay, 'forgetful-2');
        const first = (await admin.ask('POST', 'admin/accounts/forgetful-2/reset')).body.code;
        const [, second] = /^\/reset#([\w-]{43})\t20/.exec(command('account', 'reset', 'forgetful-2').out);
        assert.equal((await use(first)).status, 404);
        await admin.ask('PATCH', 'admin/accounts/forgetful-2', { isBanned: true });
        await admin.ask('PATCH', 'admin/accounts/forgetful-2', { isBanned: false });
        assert.equal((await use(second)).status, 404);
        assert.equal((await new Client(relay).signIn('forgetful-2', PASSWORD)).status, 201);
        for (const code of ['', 'x', 'A'.repeat(43), 'A'.repeat(5000)]) assert.ok([404, 429].includes((await use(code)).status), code.slice(0, 9));
        assert.equal((await guest.ask('POST', 'password-resets', { password: NEW_PASSWORD })).status, 422);
    });

    test('cannot be guessed fast', async () => {
        let refused;
        for (let i = 0; i < 20 && !refused; i++) {
            const answer = await use('B'.repeat(43));
            if (answer.status === 429) refused = answer;
            else assert.equal(answer.status, 404);
        }
        assert.ok(Number(refused.headers.get('retry-after')) > 0);
    });

    test('and none of it is on disk or in the log as it was', async () => {
        await member(relay, 'forgetful-3');
        const { code } = (await admin.ask('POST', 'admin/accounts/forgetful-3/reset')).body;
        const { readFile } = await import('node:fs/promises');
        for (const name of (await readdir(relay.dataDir)).filter((n) => n.startsWith('tabcast.db')))
            assert.equal((await readFile(path.join(relay.dataDir, name))).includes(code), false, name);
        assert.equal(relay.log.includes(code), false);
    });
});
