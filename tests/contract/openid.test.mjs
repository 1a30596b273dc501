// SPDX-License-Identifier: MIT
// Signing in at an OpenID provider: a certified one, whose own forms are walked through, and one that lies.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startRelay, until } from '../e2e/lib/relay.mjs';
import { Client, PASSWORD, member } from './lib/client.mjs';
import { SECRET, Visit, certifiedProvider, ecKey, hostileProvider, jwk, rsaKey, token, walk } from './lib/openid.mjs';
import { codeAt, freshStep } from './lib/totp.mjs';

const NEEDED = 'urn:tabcast:second-factor';
const ARGS = ['--oidc-client-id', 'tabcast', '--oidc-name', 'Example ID', '--accounts-per-minute', '1000', '--sign-ins-per-minute', '1000'];
let folder, secretFile, provider, site, publicSite, closedSite;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-openid-'));
    secretFile = path.join(folder, 'secret');
    await writeFile(secretFile, `${SECRET}\n`);
    provider = await certifiedProvider([
        { client_id: 'tabcast', client_secret: SECRET, token_endpoint_auth_method: 'client_secret_basic' },
        { client_id: 'public', token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES256' },
    ]);
    const issuer = ['--oidc-issuer', provider.issuer];
    site = await startRelay({ args: [...ARGS, ...issuer, '--oidc-client-secret-file', secretFile] });
    publicSite = await startRelay({ args: [...ARGS, ...issuer, '--oidc-client-id', 'public', '--registration', 'invitation'] });
    closedSite = await startRelay({ args: [...ARGS, ...issuer, '--oidc-client-id', 'public', '--registration', 'closed'] });
    provider.serve(site.url, publicSite.url, closedSite.url);
});
after(async () => {
    await Promise.all([site, publicSite, closedSite].map((relay) => relay?.stop()));
    await provider?.stop();
    await rm(folder, { recursive: true, force: true });
});

/** Signs in as `login`; what the relay says to it. */
async function signIn(login, relay = site, more = {}) {
    const visit = new Visit(new Client(relay));
    const begun = await visit.begin();
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const back = await walk(visit.url, login);
    const answer = await visit.finish({ ...back, ...more });
    if (answer.status === 201) visit.client.token = answer.body.token;
    return { visit, back, answer, client: visit.client };
}

test('the first who comes is the admin, and finds the same account again', async () => {
    const guest = new Client(site);
    assert.equal((await guest.ask('GET', 'sessions/current')).body.openId, 'Example ID');
    const { answer, client, visit } = await signIn('4711 as Ann Lee');
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const { account } = answer.body;
    assert.deepEqual([account.name, account.displayName, account.role], ['Ann.Lee', 'Ann Lee of the provider', 'admin']);
    assert.match(answer.headers.get('set-cookie'), /^tabcast_session=/);
    assert.deepEqual(Object.fromEntries(['response_type', 'client_id', 'redirect_uri', 'scope', 'code_challenge_method'].map((name) => [name, visit.query.get(name)])), {
        response_type: 'code',
        client_id: 'tabcast',
        redirect_uri: `${site.url}/sign-in`,
        scope: 'openid profile',
        code_challenge_method: 'S256',
    });
    const current = (await client.ask('GET', 'sessions/current')).body;
    assert.equal(current.account.id, account.id);
    assert.equal(current.hasPassword, false);
    assert.equal((await signIn('4711 as another.name')).answer.body.account.id, account.id, 'a subject is who it is, whatever it is called');
    assert.deepEqual((await client.ask('GET', 'accounts/me/openid')).body, { name: 'Example ID', isLinked: true, hasPassword: false });
});

test('names that are taken or none get a number or a word; nobody is taken for somebody else', async () => {
    await member(site, 'dora');
    const first = (await signIn('1 as dora')).answer.body.account;
    const second = (await signIn('2 as D0ra')).answer.body.account;
    assert.match(first.name, /^dora\d+$/);
    assert.match(second.name, /^D0ra\d+$/);
    assert.notEqual(first.id, second.id);
    assert.match((await signIn('3 as 张')).answer.body.account.name, /^member\d*$/);
    assert.equal(first.role, 'member');
});

test('a code is good once, in the browser that began, for what it began', async () => {
    const { visit, back, answer } = await signIn('once');
    assert.equal(answer.status, 201);
    const again = await visit.finish(back);
    assert.equal(again.status, 403);
    assert.match(again.body.detail, /used already/);
    await visit.begin();
    const fresh = await walk(visit.url, 'once');
    const other = new Visit(new Client(site));
    assert.equal((await other.finish(fresh)).status, 403, 'no cookie');
    await other.begin();
    assert.match((await other.finish(fresh)).body.detail, /not begun in this browser/);
    assert.equal((await visit.finish({ ...fresh, state: fresh.state.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) })).status, 403);
    assert.equal((await visit.finish({ ...fresh, state: '' })).status, 403);
    assert.equal((await visit.finish({ ...fresh, iss: 'https://evil.example' })).status, 403, 'another issuer');
    const { client } = await signIn('link-by-sign-in');
    const linking = new Visit(client);
    linking.cookie = visit.cookie;
    assert.equal((await linking.finish(fresh, 'accounts/me/openid')).status, 403, 'signing in does not end as linking');
    assert.equal((await visit.finish(fresh)).status, 201, 'none of these has spent it');
});

test('the page alone may ask, and with JSON that fits', async () => {
    const client = new Client(site);
    const ask = (target, body, headers) => client.ask('POST', target, body, headers);
    assert.equal((await ask('sessions/openid/begin', {}, { origin: 'https://evil.example' })).status, 403);
    assert.equal((await ask('sessions/openid', { code: 'x' }, { origin: 'https://evil.example' })).status, 403);
    assert.equal((await ask('sessions/openid', {})).status, 422);
    assert.equal((await ask('sessions/openid', '[')).status, 400);
    assert.equal((await ask('sessions/openid', { code: 'x'.repeat(3000) })).status, 422);
    assert.equal((await ask('sessions/openid', 'x', { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await ask('sessions/openid', { factorCode: '123456' })).status, 403);
    assert.equal((await fetch(`${site.url}/healthz?code=${'c'.repeat(2000)}&state=${'s'.repeat(43)}`)).status, 200, 'a long code is no trouble in an address');
});

test('an account with a password is linked with it, and unlinked; not to two, not to one that is taken', async () => {
    const client = await member(site, 'linker');
    const visit = new Visit(client);
    const link = async (login) => {
        assert.equal((await visit.begin('accounts/me/openid/begin', { currentPassword: PASSWORD })).status, 201);
        return visit.finish(await walk(visit.url, login), 'accounts/me/openid');
    };
    assert.equal((await visit.begin('accounts/me/openid/begin', { currentPassword: 'a wrong password' })).status, 403);
    assert.equal((await link('77 as linker')).status, 204);
    assert.equal((await signIn('77')).answer.body.account.name, 'linker');
    assert.equal((await link('78')).status, 409, 'one is linked');
    const other = await member(site, 'other-linker');
    const theirs = new Visit(other);
    await theirs.begin('accounts/me/openid/begin', { currentPassword: PASSWORD });
    const back = await walk(theirs.url, '77');
    assert.equal((await new Visit(other).finish(back, 'accounts/me/openid')).status, 403);
    const asOther = new Visit(client);
    asOther.cookie = theirs.cookie;
    assert.equal((await asOther.finish(back, 'accounts/me/openid')).status, 403, 'begun by another account');
    assert.equal((await theirs.finish(back, 'accounts/me/openid')).status, 409, 'opens another account');
    assert.equal((await client.ask('DELETE', 'accounts/me/openid')).status, 204);
    assert.equal((await client.ask('DELETE', 'accounts/me/openid')).status, 404);
    assert.equal((await client.ask('GET', 'accounts/me/openid')).body.isLinked, false);
    assert.notEqual((await signIn('77')).answer.body.account.name, 'linker', 'now it is somebody new');
    for (const [method, target] of [['GET', 'accounts/me/openid'], ['DELETE', 'accounts/me/openid'], ['POST', 'accounts/me/openid/begin']])
        assert.equal((await new Client(site).ask(method, target, method === 'POST' ? { currentPassword: '' } : undefined)).status, 401);
});

test('the last way in stays; a first password is set soon after signing in, and the second factor is asked', async () => {
    const { client, answer } = await signIn('88 as keyless');
    const name = answer.body.account.name;
    const refused = await client.ask('DELETE', 'accounts/me/openid');
    assert.equal(refused.status, 409);
    assert.match(refused.body.detail, /set a password first/);
    for (const password of ['', 'x', PASSWORD]) assert.equal((await new Client(site).signIn(name, password)).status, 401, 'no password is right');
    assert.equal((await client.ask('POST', 'accounts/me/password', { currentPassword: '', password: PASSWORD })).status, 204);
    assert.equal((await client.ask('POST', 'accounts/me/password', { currentPassword: '', password: 'yet another one' })).status, 403, 'from now on it is asked for');
    assert.equal((await new Client(site).signIn(name)).status, 201);
    const step = await freshStep();
    const { secret } = (await client.ask('POST', 'accounts/me/second-factor', { currentPassword: PASSWORD })).body;
    assert.equal((await client.ask('POST', 'accounts/me/second-factor/confirm', { code: codeAt(secret, step - 1) })).status, 200);
    const { visit, answer: asked } = await signIn('88');
    assert.equal(asked.status, 401);
    assert.equal(asked.body.type, NEEDED);
    const pass = visit.cookie;
    assert.equal((await visit.finish({ factorCode: '000000' })).status, 401);
    assert.equal((await visit.finish({ factorCode: codeAt(secret, step) })).status, 201);
    assert.equal((await visit.finish({ factorCode: codeAt(secret, step) })).status, 401, 'a code is good once');
    const forged = new Visit(new Client(site));
    forged.cookie = pass.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A'));
    assert.equal((await forged.finish({ factorCode: codeAt(secret, step + 1) })).status, 403);
});

test('the banned are refused', async () => {
    const admin = (await signIn('4711')).client;
    const { client, answer } = await signIn('99 as nuisance');
    assert.equal((await admin.ask('PATCH', `admin/accounts/${answer.body.account.name}`, { isBanned: true })).status, 200);
    const refused = (await signIn('99')).answer;
    assert.equal(refused.status, 403);
    assert.match(refused.body.detail, /banned/);
    assert.equal((await client.ask('GET', 'accounts/me')).status, 401);
});

test('a public client, ES256, by invitation; and nobody new where it is closed', async () => {
    const refused = (await signIn('inv as inv', publicSite)).answer;
    assert.equal(refused.status, 403);
    assert.match(refused.body.detail, /needs an invitation/);
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    const { relayBinary } = await import('../e2e/lib/relay.mjs');
    const { stdout } = await promisify(execFile)(relayBinary, ['invitation', 'create', '--data', publicSite.dataDir]);
    const [invitation] = /[\w-]{43}/.exec(stdout);
    assert.equal((await signIn('inv', publicSite, { invitation: 'A'.repeat(43) })).answer.status, 403);
    assert.equal((await signIn('inv as inv', publicSite, { invitation })).answer.status, 201);
    assert.equal((await signIn('inv as inv', publicSite)).answer.status, 201, 'no longer new');
    assert.equal((await signIn('inv-2', publicSite, { invitation })).answer.status, 403, 'used');
    const closed = (await signIn('new', closedSite)).answer;
    assert.equal(closed.status, 403);
    assert.match(closed.body.detail, /nobody can sign up/);
});

// --- One that lies

/** A relay that knows this provider alone; both end with the test. */
async function relayBeside(t, liar, ...more) {
    const relay = await startRelay({ args: [...ARGS, '--oidc-issuer', liar.issuer, ...more] });
    t.after(async () => {
        await relay.stop();
        await liar.stop();
    });
    return relay;
}

test('nothing that a provider makes up is believed', async (t) => {
    const liar = await hostileProvider();
    liar.behave('');
    const relay = await relayBeside(t, liar, '--oidc-client-secret-file', secretFile, '--trust-proxy');
    let visits = 0;
    const attempt = async (prepare) => {
        const visit = new Visit(new Client(relay));
        visit.headers = { 'x-forwarded-for': `192.0.2.${++visits}` }; // so many of one address are slowed
        const begun = await visit.begin();
        assert.equal(begun.status, 201, JSON.stringify(begun.body));
        liar.behave(visit.query.get('nonce'));
        prepare(visit.query.get('nonce'), visit.query);
        return visit.finish({ code: 'c', state: visit.query.get('state') });
    };
    const now = Math.floor(Date.now() / 1000);
    const stranger = rsaKey();
    const body = (change) => (nonce) => {
        liar.behave(nonce);
        liar.say['/token'] = change(liar.say['/token']);
    };
    const good = await attempt((nonce) => liar.behave(nonce));
    assert.equal(good.status, 201, JSON.stringify(good.body));
    const posted = liar.asked.find(({ path: at }) => at === '/token');
    const form = new URLSearchParams(posted.body);
    assert.equal(Buffer.from(posted.authorization.replace('Basic ', ''), 'base64').toString(), `tabcast:${encodeURIComponent(SECRET).replace(/[!'()*]/g, escape)}`);
    assert.equal(form.get('code'), 'c');
    assert.match(form.get('code_verifier'), /^[\w-]{43}$/);
    assert.equal((await attempt((nonce) => liar.behave(nonce, {}, { alg: 'ES256', kid: 'ec' }, liar.keys.ec))).status, 201);
    assert.equal((await attempt((nonce) => liar.behave(nonce, {}, { kid: undefined }))).status, 201, 'one key of its kind');
    const lies = {
        'a nonce of another flow': () => liar.behave('A'.repeat(43)),
        'no nonce': (nonce) => liar.behave(nonce, { nonce: undefined }),
        'another issuer': (nonce) => liar.behave(nonce, { iss: 'https://id.example' }),
        'for another client': (nonce) => liar.behave(nonce, { aud: 'another' }),
        'for two, of whom it is not said whose': (nonce) => liar.behave(nonce, { aud: ['tabcast', 'another'] }),
        'given to another': (nonce) => liar.behave(nonce, { azp: 'another' }),
        'expired': (nonce) => liar.behave(nonce, { exp: now - 600, iat: now - 900 }),
        'without an end': (nonce) => liar.behave(nonce, { exp: undefined }),
        'of tomorrow': (nonce) => liar.behave(nonce, { iat: now + 86_400, exp: now + 90_000 }),
        'of nobody': (nonce) => liar.behave(nonce, { sub: '' }),
        'of somebody with a long name': (nonce) => liar.behave(nonce, { sub: 'x'.repeat(256) }),
        'signed by a stranger': (nonce) => liar.behave(nonce, {}, {}, stranger),
        'signed by nobody': (nonce) => liar.behave(nonce, {}, { alg: 'none' }),
        'signed with the public key as a password': (nonce) => liar.behave(nonce, {}, { alg: 'HS256' }, Buffer.from(JSON.stringify(jwk(liar.keys.rsa)))),
        'in another way than the key is for': (nonce) => liar.behave(nonce, {}, { alg: 'RS512' }),
        'with a header that must be understood': (nonce) => liar.behave(nonce, {}, { crit: ['b64'], b64: false }),
        'by the key of another name': (nonce) => liar.behave(nonce, {}, { kid: 'ec' }),
        'changed afterwards': body((said) => {
            const [head, , signature] = said.id_token.split('.');
            const claims = JSON.parse(Buffer.from(said.id_token.split('.')[1], 'base64url'));
            return { ...said, id_token: [head, Buffer.from(JSON.stringify({ ...claims, sub: 'admin' })).toString('base64url'), signature].join('.') };
        }),
        'no token': body((said) => ({ ...said, id_token: 'a.b.c' })),
        'five parts': body((said) => ({ ...said, id_token: `${said.id_token}.a.b` })),
    };
    for (const [lie, prepare] of Object.entries(lies)) {
        const answer = await attempt(prepare);
        assert.equal(answer.status, 403, lie);
        assert.match(answer.body.detail, /cannot be trusted/, lie);
        assert.equal(answer.headers.get('set-cookie'), null, lie);
    }
    const faults = {
        'an error of its own': () => (liar.say['/token'] = { raw: { status: 500, text: 'oh' } }),
        'our secret is wrong': () => (liar.say['/token'] = { raw: { status: 401, text: '{"error":"invalid_client"}' } }),
        'no JSON': () => (liar.say['/token'] = { raw: { text: '<html>' } }),
        'no token in it': () => (liar.say['/token'] = { access_token: 'a' }),
        'without end': () => (liar.say['/token'] = { raw: { text: `{"id_token":"${'x'.repeat(200_000)}"}` } }),
        'sent elsewhere': () => (liar.say['/token'] = { raw: { status: 307, headers: { location: `${liar.issuer}/other` }, text: '' } }),
    };
    for (const [fault, prepare] of Object.entries(faults)) {
        const answer = await attempt(prepare);
        assert.equal(answer.status, 503, fault);
        assert.match(answer.body.detail, /Example ID does not answer as it should/, fault);
    }
    assert.equal(liar.asked.some(({ path: at }) => at === '/other'), false, 'nobody is followed');
    const refused = await attempt(() => (liar.say['/token'] = { raw: { status: 400, text: '{"error":"invalid_grant"}' } }));
    assert.equal(refused.status, 403);
    assert.match(refused.body.detail, /used already, or took too long/);
    await until(() => relay.log.includes('openid-refused'), 'the log');
    assert.match(relay.log, /openid-refused why="token: nonce"/);
    assert.equal((await attempt((nonce) => liar.behave(nonce))).status, 201, 'and one that tells the truth is believed still');
});

test('a provider that is not what it was said to be is not gone to', async (t) => {
    const liar = await hostileProvider();
    t.after(() => liar.stop());
    const begin = async (change) => {
        liar.behave('');
        const document = '/.well-known/openid-configuration';
        liar.say[document] = change(liar.say[document]);
        const relay = await startRelay({ args: [...ARGS, '--oidc-issuer', liar.issuer] });
        try {
            const answer = await new Visit(new Client(relay)).begin();
            return { status: answer.status, log: relay.log };
        } finally {
            await relay.stop();
        }
    };
    assert.equal((await begin((said) => said)).status, 201);
    for (const [what, change] of Object.entries({
        'another issuer': (said) => ({ ...said, issuer: 'https://id.example' }),
        'plain http elsewhere': (said) => ({ ...said, token_endpoint: 'http://id.example/token' }),
        'no keys': (said) => ({ ...said, jwks_uri: undefined }),
        'not there': () => undefined,
        'too long': (said) => ({ ...said, more: 'x'.repeat(70_000) }),
    })) {
        const answer = await begin(change);
        assert.equal(answer.status, 503, what);
        assert.match(answer.log, /openid-refused/, what);
    }
});

test('beginning is limited by address', async (t) => {
    const liar = await hostileProvider();
    liar.behave('');
    const relay = await relayBeside(t, liar);
    const answers = [];
    for (let i = 0; i < 90; i++) answers.push((await new Visit(new Client(relay)).begin()).status);
    assert.ok(answers.slice(0, 60).every((status) => status === 201));
    assert.ok(answers.includes(429));
    assert.equal(liar.asked.length <= 2, true, 'the document is asked for once by each worker');
});

test('a key that is not there is not looked for again and again', async (t) => {
    const liar = await hostileProvider();
    liar.behave('');
    const relay = await relayBeside(t, liar);
    const unknown = ecKey();
    for (let i = 0; i < 6; i++) {
        const visit = new Visit(new Client(relay));
        await visit.begin();
        liar.behave(visit.query.get('nonce'));
        liar.say['/token'].id_token = token({ alg: 'ES256', kid: `unknown-${i}` }, { iss: liar.issuer }, unknown);
        assert.equal((await visit.finish({ code: 'c', state: visit.query.get('state') })).status, 403);
    }
    assert.ok(liar.asked.filter(({ path: at }) => at === '/keys').length <= 2, 'once by each worker');
});

test('a provider that says nothing holds up nobody but who wants to go there', async (t) => {
    const liar = await hostileProvider();
    liar.say['/.well-known/openid-configuration'] = () => new Promise(() => {});
    const relay = await relayBeside(t, liar, '--trust-proxy');
    const answers = Array.from({ length: 40 }, async (_, i) => {
        const visit = new Visit(new Client(relay));
        visit.headers = { 'x-forwarded-for': `192.0.2.${i + 1}` };
        return visit.begin();
    });
    const all = Promise.all(answers);
    let isOver = false;
    all.then(() => (isOver = true));
    let asked = 0;
    for (; !isOver; asked++) {
        const from = Date.now();
        assert.equal((await fetch(`${relay.url}/api/v1/sessions/current`)).status, 200);
        assert.ok(Date.now() - from < 1500, 'others are answered meanwhile');
    }
    assert.ok(asked > 10);
    const told = (await all).map(({ status, body }) => `${status} ${body.detail}`);
    assert.equal(told.length, told.filter((text) => text.startsWith('503 ')).length, told.join('\n'));
    assert.ok(told.some((text) => text.includes('too much to do')), 'beyond 32 nobody waits');
    assert.equal((await new Client(relay).signIn('nobody')).status, 401, 'and signing in by password goes on');
});
