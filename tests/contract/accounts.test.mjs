// SPDX-License-Identifier: MIT
// Accounts and sessions over real sockets, as people and as attackers use them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { relayBinary, startRelay } from '../e2e/lib/relay.mjs';
import { Client, PASSWORD } from './lib/client.mjs';
import { exchange } from './lib/raw.mjs';

/** A relay with one admin, `admin`, made before all others. */
async function relayWithAdmin(args = []) {
    const relay = await startRelay({ args });
    const admin = new Client(relay);
    assert.equal((await admin.signUp('admin')).body.role, 'admin');
    await admin.signIn('admin');
    return { relay, admin };
}

/** Runs `tabcast account …` with a password on standard input. */
function tool(dataDir, words, input = '') {
    return new Promise((resolve) => {
        const child = spawn(relayBinary, ['account', ...words, '--data', dataDir]);
        let out = '';
        child.stdout.on('data', (chunk) => (out += chunk));
        child.stderr.on('data', (chunk) => (out += chunk));
        child.stdin.on('error', () => {}); // it may refuse without reading
        child.on('exit', (code) => resolve({ code, out }));
        child.stdin.end(input);
    });
}

describe('accounts', () => {
    let relay, admin;
    before(async () => {
        ({ relay, admin } = await relayWithAdmin(['--accounts-per-minute', '1000', '--sign-ins-per-minute', '1000']));
    });
    after(() => relay.stop());
    const client = () => new Client(relay);

    test('are made once, whatever the spelling, and are members but for the first', async () => {
        const made = await client().signUp('Bill.Lee', { displayName: 'Bill é <b>' });
        assert.equal(made.status, 201);
        assert.equal(made.body.role, 'member');
        assert.equal(made.body.displayName, 'Bill é <b>');
        assert.equal(JSON.stringify(made.body).includes('password'), false);
        for (const name of ['Bill.Lee', 'bill-lee', 'BI11LEE', 'b1l1_1ee']) assert.equal((await client().signUp(name)).status, 409, name);
        const one = client();
        assert.equal((await one.signIn('bi11-lee')).body.account.id, made.body.id);
        assert.equal((await one.ask('GET', 'accounts/me')).body.name, 'Bill.Lee');
    });

    test('of the same name asked for at once are one', async () => {
        const answers = await Promise.all(Array.from({ length: 8 }, () => client().signUp('at-once')));
        assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array(7).fill(409)]);
    });

    test('with bad names, passwords and bodies are refused in words', async () => {
        const bad = [
            [{}, 422], [{ name: 'x', password: PASSWORD }, 422], [{ name: 'has space', password: PASSWORD }, 422], [{ name: 'аnn', password: PASSWORD }, 422],
            [{ name: '<script>', password: PASSWORD }, 422], [{ name: 'n'.repeat(33), password: PASSWORD }, 422], [{ name: 5, password: PASSWORD }, 422],
            [{ name: 'good', password: 'short' }, 422], [{ name: 'good', password: 'p'.repeat(201) }, 422], [{ name: 'goodgood', password: 'GoodGood' }, 422],
            [{ name: 'good', password: 'aaaaaaaaaa' }, 422], [{ name: 'good', password: PASSWORD, displayName: '' }, 422], [{ name: 'good', password: PASSWORD, displayName: 'a\nb' }, 422],
            [{ name: 'good', password: PASSWORD, displayName: ['x'] }, 422], ['{"name":"good","name":"other","password":"correct horse"}', 400], ['[]', 400], ['{', 400], ['"\\u0000"', 400],
        ];
        for (const [body, status] of bad) {
            const answer = await client().ask('POST', 'accounts', body);
            assert.equal(answer.status, status, JSON.stringify(body));
            assert.equal(answer.headers.get('content-type'), 'application/problem+json');
            assert.ok(answer.body.detail.length > 10);
        }
        assert.equal((await client().ask('POST', 'accounts', '{}', { 'content-type': 'text/plain' })).status, 415);
        assert.equal((await client().signIn('good')).status, 401, 'none of them made an account');
    });

    test('change their password with the current one, which ends the other sessions', async () => {
        const [here, there] = [client(), client()];
        await here.signUp('changer');
        await here.signIn('changer');
        await there.signIn('changer');
        const change = (currentPassword, password) => here.ask('POST', 'accounts/me/password', { currentPassword, password });
        assert.equal((await change('wrong one, sorry', 'another password')).status, 403);
        assert.equal((await change(PASSWORD, 'short')).status, 422);
        assert.equal((await change(PASSWORD, 'another password')).status, 204);
        assert.equal((await here.ask('GET', 'accounts/me')).status, 200);
        assert.equal((await there.ask('GET', 'accounts/me')).status, 401);
        assert.equal((await client().signIn('changer')).status, 401);
        assert.equal((await client().signIn('changer', 'another password')).status, 201);
    });

    test('cannot be changed from other sites', async () => {
        const headers = { origin: 'https://evil.example' };
        for (const [method, target, body] of [['POST', 'accounts', { name: 'foreign', password: PASSWORD }], ['POST', 'sessions', { name: 'admin', password: PASSWORD }], ['DELETE', 'sessions'], ['DELETE', 'sessions/current'], ['DELETE', 'sessions/aaaaaaaaaaaa'], ['POST', 'accounts/me/password', { currentPassword: PASSWORD, password: 'another password' }], ['POST', 'invitations', {}]])
            assert.equal((await admin.ask(method, target, body, headers)).status, 403, `${method} ${target}`);
        assert.equal((await admin.ask('GET', 'accounts/me')).status, 200);
        assert.equal((await admin.ask('GET', 'sessions', undefined, { origin: relay.url })).status, 200);
    });

    test('and nothing of them without a session: 401, and 403 without the right', async () => {
        const nobody = client(), member = client();
        await member.signUp('member');
        await member.signIn('member');
        const calls = [['GET', 'accounts/me'], ['POST', 'accounts/me/password', { currentPassword: PASSWORD, password: 'another password' }], ['GET', 'sessions'], ['DELETE', 'sessions'], ['DELETE', 'sessions/current'], ['DELETE', 'sessions/aaaaaaaaaaaa'], ['POST', 'invitations', {}]];
        for (const token of [null, 'x', 'A'.repeat(43), `${member.token}x`, member.token.toLowerCase(), `${member.token.slice(0, 42)}\t`]) {
            nobody.token = token;
            for (const [method, target, body] of calls) {
                const answer = await nobody.ask(method, target, body);
                assert.equal(answer.status, 401, `${method} ${target} ${token}`);
                assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
            }
        }
        assert.equal((await member.ask('POST', 'invitations', {})).status, 403);
        assert.equal((await member.ask('PUT', 'sessions')).status, 405);
        assert.equal((await member.ask('GET', 'accounts')).headers.get('allow'), 'POST');
    });
});

describe('sessions', () => {
    let relay;
    before(async () => {
        ({ relay } = await relayWithAdmin(['--sign-ins-per-minute', '1000']));
    });
    after(() => relay.stop());
    const client = () => new Client(relay);

    test('come as a cookie that scripts and other sites never see, and as a token; an Authorization header alone counts', async () => {
        const one = client();
        const { headers, body } = await one.signIn('admin');
        const cookie = headers.get('set-cookie');
        assert.match(cookie, /^tabcast_session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/);
        assert.ok(cookie.includes(body.token));
        const by = (cookieHeader, more = {}) => client().ask('GET', 'accounts/me', undefined, { cookie: cookieHeader, ...more });
        assert.equal((await by(`a=b; tabcast_session=${body.token}; c=d`)).status, 200);
        assert.equal((await by(`xtabcast_session=${body.token}`)).status, 401);
        assert.equal((await by(`tabcast_session="${body.token}"`)).status, 401);
        assert.equal((await by(`tabcast_session=${body.token}`, { authorization: 'Bearer nonsense' })).status, 401);
        assert.equal((await by(`x=${'y'.repeat(2500)}; tabcast_session=${body.token}`)).status, 200);
        const text = await exchange(relay.url, `GET /api/v1/accounts/me HTTP/1.1\r\nHost: ${new URL(relay.url).host}\r\nAuthorization: bearer ${body.token}\r\nConnection: close\r\n\r\n`);
        assert.match(text, /^HTTP\/1\.1 200 /);
    });

    test('are listed, and ended one by one or all at once', async () => {
        const clients = [client(), client(), client()];
        for (const one of clients) assert.equal((await one.signIn('admin')).status, 201);
        const [a, b, c] = clients;
        const { items } = (await a.ask('GET', 'sessions', undefined, { 'user-agent': 'x' })).body;
        assert.equal(items.filter((s) => s.isCurrent).length, 1);
        assert.ok(items.every((s) => s.address === '127.0.0.1' && /^(node|undici)$/.test(s.agent) && !('token' in s)));
        const other = (await b.ask('GET', 'sessions')).body.items.find((s) => s.isCurrent);
        assert.equal((await a.ask('DELETE', `sessions/${other.id}`)).status, 204);
        assert.equal((await a.ask('DELETE', `sessions/${other.id}`)).status, 404);
        assert.equal((await b.ask('GET', 'sessions')).status, 401);
        const out = await a.ask('DELETE', 'sessions/current');
        assert.equal(out.status, 204);
        assert.match(out.headers.get('set-cookie'), /^tabcast_session=; .*Max-Age=0/);
        assert.equal((await a.ask('GET', 'sessions')).status, 401);
        const stranger = client();
        await stranger.signUp('stranger');
        await stranger.signIn('stranger');
        const cs = (await c.ask('GET', 'sessions')).body.items.find((s) => s.isCurrent);
        assert.equal((await stranger.ask('DELETE', `sessions/${cs.id}`)).status, 404, 'another’s is none of ours');
        assert.equal((await c.ask('DELETE', 'sessions')).status, 204);
        assert.equal((await c.ask('GET', 'sessions')).status, 401);
        assert.equal((await stranger.ask('GET', 'sessions')).status, 200);
    });

    test('neither answer nor time tells whether a name is somebody’s', async () => {
        const timed = async (name) => {
            const begun = performance.now();
            const answer = await client().ask('POST', 'sessions', { name, password: 'wrong password' });
            assert.equal(answer.status, 401);
            return { ms: performance.now() - begun, text: JSON.stringify(answer.body) };
        };
        const texts = new Set();
        const sums = { admin: 0, nobodyatall: 0 };
        for (let i = 0; i < 4; i++)
            for (const name of Object.keys(sums)) {
                const { ms, text } = await timed(name);
                sums[name] += ms;
                texts.add(text);
            }
        for (const name of ['', 'not a name', 'n'.repeat(100)]) texts.add((await timed(name)).text);
        assert.equal(texts.size, 1);
        assert.ok(sums.admin < 8 * sums.nobodyatall && sums.nobodyatall < 8 * sums.admin, JSON.stringify(sums));
    });

    test('guessing is slowed, told in Retry-After, and the owner still comes in', async () => {
        const owner = client();
        await owner.signUp('guessed');
        let refused;
        for (let i = 0; i < 20 && !refused; i++) {
            const answer = await client().ask('POST', 'sessions', { name: 'guessed', password: `wrong ${i} wrong` });
            if (answer.status === 429) refused = answer;
            else assert.equal(answer.status, 401);
        }
        assert.ok(Number(refused.headers.get('retry-after')) > 0);
        assert.equal((await client().signIn('admin')).status, 201, 'another name from here');
        for (let i = 0; i < 20; i++) assert.equal((await client().signIn('admin')).status, 201, 'right ones cost nothing');
    });

    test('more sign-ins than the workers can do are told to come back, and each gets an answer', async () => {
        const answers = await Promise.all(Array.from({ length: 150 }, () => client().ask('POST', 'sessions', { name: 'admin', password: PASSWORD })));
        const count = (status) => answers.filter((a) => a.status === status).length;
        assert.equal(count(201) + count(503) + count(429), 150);
        assert.ok(count(201) > 0, JSON.stringify(answers.map((a) => a.status)));
        for (const answer of answers.filter((a) => a.status !== 201)) assert.ok(Number(answer.headers.get('retry-after')) > 0);
        assert.equal((await fetch(`${relay.url}/healthz`)).status, 200);
    });
});

test('behind TLS of a proxy cookies are Secure, and its origin is ours', async () => {
    const { relay, admin } = await relayWithAdmin(['--public-url', 'https://shows.example']);
    const answer = await admin.ask('POST', 'sessions', { name: 'admin', password: PASSWORD }, { origin: 'https://shows.example' });
    assert.equal(answer.status, 201);
    assert.match(answer.headers.get('set-cookie'), /; Secure$/);
    await relay.stop();
});

test('by invitation alone: each is used once', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'tabcast-invite-'));
    assert.equal((await tool(dataDir, ['create', 'admin'], `${PASSWORD}\n`)).code, 0);
    const relay = await startRelay({ dataDir, args: ['--registration', 'invitation'] });
    const admin = new Client(relay);
    await admin.signIn('admin');
    const { status, body } = await admin.ask('POST', 'invitations');
    assert.equal(status, 201);
    const guest = new Client(relay);
    assert.equal((await guest.signUp('guest')).status, 403);
    assert.equal((await guest.signUp('guest', { invitation: 'A'.repeat(43) })).status, 403);
    assert.equal((await guest.signUp('guest', { invitation: body.code })).status, 201);
    assert.equal((await guest.signUp('again', { invitation: body.code })).status, 403);
    await relay.stop();
    const closed = await startRelay({ dataDir, args: ['--registration', 'closed'] });
    assert.equal((await new Client(closed).signUp('late', { invitation: body.code })).status, 403);
    await closed.stop();
    await rm(dataDir, { recursive: true });
});

test('the command makes, changes and grants while the relay serves; nothing on disk or in the log tells a secret', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'tabcast-accounts-'));
    const relay = await startRelay({ dataDir });
    const made = await tool(dataDir, ['create', 'Root'], `${PASSWORD}\n`);
    assert.equal(made.code, 0);
    assert.match(made.out, /^[a-z2-7]{12}\tRoot\tadmin$/m);
    const root = new Client(relay);
    assert.equal((await root.signIn('root')).status, 201);
    assert.equal((await tool(dataDir, ['create', 'r00t'], `${PASSWORD}\n`)).code, 1);
    assert.equal((await tool(dataDir, ['create', 'weak'], 'short\n')).code, 1);
    assert.equal((await tool(dataDir, ['create', 'none'], '')).code, 1);
    const member = new Client(relay);
    await member.signUp('member');
    assert.equal((await tool(dataDir, ['grant', 'member', 'admin'])).code, 0);
    assert.equal((await tool(dataDir, ['grant', 'member', 'king'])).code, 1);
    assert.equal((await tool(dataDir, ['grant', 'nobody', 'admin'])).code, 1);
    await member.signIn('member');
    assert.equal((await member.ask('POST', 'invitations')).status, 201);
    assert.equal((await tool(dataDir, ['passwd', 'root'], 'a new pass phrase\n')).code, 0);
    assert.equal((await root.ask('GET', 'accounts/me')).status, 401);
    assert.equal((await root.signIn('root', 'a new pass phrase')).status, 201);
    for (const words of [[], ['create'], ['grant', 'root'], ['sing', 'root']]) assert.equal((await tool(dataDir, words)).code, 2, words.join(' '));
    await relay.kill(); // the write-ahead log, too, stays as it is
    const files = (await readdir(dataDir)).filter((name) => name.startsWith('tabcast.db'));
    assert.ok(files.length >= 2);
    const texts = [relay.log, ...(await Promise.all(files.map((name) => readFile(path.join(dataDir, name), 'latin1'))))];
    for (const secret of [PASSWORD, 'a new pass phrase', root.token, member.token]) for (const text of texts) assert.equal(text.includes(secret), false);
    const again = await startRelay({ dataDir });
    const back = new Client(again);
    back.token = root.token;
    assert.equal((await back.ask('GET', 'accounts/me')).body.role, 'admin', 'sessions outlive the relay');
    await again.stop();
    await rm(dataDir, { recursive: true });
});
