// SPDX-License-Identifier: MIT
// Bad input against every operation that the API describes (openapi.json): what is not from here, from nobody, without a
// body, of another type, too long. Each is refused in words, changes nothing, and none of it is a fault of the relay's.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startRelay } from '../e2e/lib/relay.mjs';
import { Client, PASSWORD, member } from './lib/client.mjs';
import { Peer, publish, watch } from './lib/peer.mjs';

const ARGS = ['--accounts-per-minute', '60000', '--sign-ins-per-minute', '60000', '--shows-per-minute', '60000'];
/** What this relay does not do, for it was told no mail server and no provider: mail.test.mjs and openid.test.mjs have them. */
const ELSEWHERE = /openid|mail/;
const NOBODYS = 'A'.repeat(43);
let relay, api, admin, ann, ben, show, hidden, operations;
before(async () => {
    relay = await startRelay({ args: ARGS });
    api = await (await fetch(`${relay.url}/api/v1/openapi.json`)).json();
    [admin, ann, ben] = [await member(relay, 'admin'), await member(relay, 'ann'), await member(relay, 'ben')];
    show = (await ann.ask('POST', 'shows', { title: 'Open' })).body;
    hidden = (await ann.ask('POST', 'shows', { title: 'Closed', visibility: 'private', invited: [], startsAt: new Date(Date.now() + 3_600_000).toISOString() })).body;
    operations = Object.entries(api.paths).flatMap(([path, methods]) =>
        Object.entries(methods).filter(([method]) => ['post', 'patch', 'delete'].includes(method) && !path.startsWith('/ingest/') && !ELSEWHERE.test(path)).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })));
});
after(() => relay.stop());

const resolve = (schema) => (schema?.$ref ? schema.$ref.slice(2).split('/').reduce((node, name) => node[name], api) : schema);
const schemaOf = (operation) => resolve(operation.requestBody?.content?.['application/json']?.schema);
const address = ({ path }, name = 'nobody-here') => relay.url + path.replace('{id}', show.id).replace('{name}', name);
const label = ({ method, path }) => `${method} ${path}`;

async function send(operation, { token = ann.token, body, headers = {}, name } = {}) {
    const answer = await fetch(address(operation, name), {
        method: operation.method,
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        body,
    });
    const text = await answer.text();
    return { status: answer.status, type: answer.headers.get('content-type'), text, body: text && answer.headers.get('content-type')?.endsWith('json') ? JSON.parse(text) : null };
}

/** Refused, in words, and not because the relay broke down. */
function assertRefused(answer, what, codes) {
    assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status}`);
    if (codes) assert.ok(codes.includes(answer.status), `${what}: ${answer.status}`);
    assert.equal(answer.type, 'application/problem+json', what);
    assert.ok(answer.body.detail.length > 10, what);
}

/** One account may not change things without end (429), and not each account may do each thing: somebody new for each. */
let fresh = 0;
const somebody = () => member(relay, `somebody${(fresh += 1)}`);

describe('every change', () => {
    test('from another site is refused, whoever asks', async () => {
        for (const operation of operations)
            for (const origin of ['https://evil.example', 'null', `${relay.url}.evil.example`, relay.url.replace('http:', 'https:').replace(/:\d+$/, ':1')]) {
                if (operation.path.endsWith('/pass')) continue; // it gives only what the password opens: below
                const body = schemaOf(operation) ? '{}' : undefined;
                assertRefused(await send(operation, { token: admin.token, body, headers: { origin } }), `${label(operation)} from ${origin}`, [403, 415]);
            }
        assert.equal((await ann.ask('GET', `shows/${show.id}`)).body.state, 'scheduled');
    });

    test('with a token that is nobody\'s, of another relay, ended, or a key of something else is nobody\'s', async () => {
        const other = await startRelay({ args: ARGS });
        const foreign = await member(other, 'ann');
        await other.stop();
        const left = await member(relay, 'left');
        await left.ask('DELETE', 'sessions/current');
        const ids = (await ann.ask('GET', 'sessions')).body.items.map(({ id }) => id);
        for (const operation of operations.filter(({ security }) => security)) {
            const isPicture = operation.requestBody && !schemaOf(operation);
            if (isPicture) continue; // is looked at before anybody is asked who they are
            for (const token of [NOBODYS, foreign.token, left.token, show.key, ids[0], '%00', '🎭'.repeat(4)]) {
                const schema = schemaOf(operation);
                const body = schema ? JSON.stringify(example(schema)) : undefined;
                const headers = /^[\x20-\x7e]+$/.test(token) ? {} : { authorization: 'Bearer \xff\xfe' };
                const answer = await send(operation, { token: headers.authorization ? null : token, body, headers });
                assertRefused(answer, `${label(operation)} with ${token}`, [401]);
            }
        }
    });
});

/** Something that fits the schema. */
function example(schema, name = '') {
    const one = resolve(schema);
    if (one.enum) return one.enum[0];
    const [type] = [one.type].flat();
    // Where nothing is required something is, all the same.
    if (type === 'object') return Object.fromEntries(Object.entries(one.properties ?? {}).filter(([key], index) => one.required?.includes(key) ?? index === 0).map(([key, member]) => [key, example(member, key)]));
    if (type === 'array') return [];
    if (type === 'integer' || type === 'number') return one.minimum ?? 1;
    if (type === 'boolean') return true;
    if (name.toLowerCase().includes('password')) return 'a password of some length';
    return name === 'endpoint' ? 'https://push.example/x' : name === 'name' ? 'nobody-here' : 'x';
}

describe('every body', () => {
    const BODIES = ['', ' ', 'null', '[]', '"x"', '1', 'true', '{', '{}}', '{"a":}', '{"title":"a","title":"b","name":"a","name":"b","code":"a","code":"b"}', '﻿{}', `${'['.repeat(5000)}`, `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, '{"title":"\\u0000","name":"\\u0000"}', '{"title":"\\ud800","name":"\\ud800"}', Buffer.from('{"title":"\xff","name":"\xff"}', 'latin1')];

    test('that is missing, broken, or no object is refused', async () => {
        for (const operation of operations.filter(schemaOf)) {
            const { token } = await somebody();
            for (const body of BODIES) assertRefused(await send(operation, { token, body }), `${label(operation)} with ${String(body).slice(0, 40)}`, [400, 403, 404, ...(operation.path.endsWith('/pass') ? [422] : [])]);
            assertRefused(await send(operation, { token, body: 'x'.repeat(70_000) }), `${label(operation)} too long`, [413]);
            for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])
                assertRefused(await send(operation, { token, body: '{}', headers: { 'content-type': type } }), `${label(operation)} as ${type}`, [415]);
        }
    });

    test('with a member of another type, or longer than anything may be, is refused', async () => {
        const VALUES = [1, -1, 1.5, 1e308, '', 'x', true, [], [[]], [1], {}, { a: 1 }, 'x'.repeat(20_000)];
        for (const operation of operations.filter(schemaOf)) {
            const schema = schemaOf(operation);
            let { token } = await somebody();
            let asked = 0;
            for (const [name, given] of Object.entries(schema.properties)) {
                const property = resolve(given);
                const types = [property.type].flat().filter(Boolean);
                for (const value of VALUES) {
                    const type = Array.isArray(value) ? 'array' : typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
                    const isLong = typeof value === 'string' && value.length > 100;
                    // What is of the right type is other tests' to try.
                    if (!isLong && (types.includes(type) || (types.length === 0 && (type === 'string' || type === 'boolean')))) continue;
                    if ((asked += 1) % 8 === 0) ({ token } = await somebody());
                    const body = JSON.stringify({ ...example(schema), [name]: value });
                    assertRefused(await send(operation, { token, body }), `${label(operation)} with ${name}: ${JSON.stringify(value).slice(0, 30)}`, [400, 401, 403, 404, 422]);
                }
            }
        }
    });
});

describe('names that look alike', () => {
    test('of accounts are one, or none: the same letters of other scripts are no letters here', async () => {
        assert.equal((await new Client(relay).signUp('Colin.Lee')).status, 201);
        for (const name of ['colin.lee', 'COLIN-LEE', 'c0lin.lee', 'co1in.1ee', 'coiin_lee', 'colinlee']) assert.equal((await new Client(relay).signUp(name)).status, 409, name);
        for (const name of ['соlin.lee', 'cοlin.lee', 'colın.lee', 'ｃolin.lee', '𝒸olin.lee', 'colin.lee\u200b', 'col\u00adin.lee', 'colin\u202elee', 'colin․lee', 'cölin.lee', 'ﬁlip', 'colin lee', 'colin/lee', '..', 'colin.lee/../x', '@colin'])
            assert.equal((await new Client(relay).signUp(name)).status, 422, name);
    });

    test('of people and shows show something, and turn nothing around', async () => {
        const dora = await member(relay, 'dora');
        for (const text of ['\u200b', '\u00a0 \u2003', '\u3164', '\u2800', '\ufeff', '\u200d', '\u2028', 'x\u202enimda', '\u2066x', 'x\u2069', 'a\u0000', 'a\u0007', 'a\u0085', '\ud800']) {
            assert.ok([400, 422].includes((await dora.ask('PATCH', 'accounts/me', { displayName: text })).status), JSON.stringify(text));
            assert.ok([400, 422].includes((await ben.ask('POST', 'shows', { title: text })).status), JSON.stringify(text));
        }
        assert.equal((await dora.ask('GET', 'accounts/me')).body.displayName, 'dora');
    });

    test('of guests in a room as well: then they have none', async () => {
        for (const name of ['\u200b', '\u202enimda', '\u3164']) {
            const peer = await watch(relay.url, show.id, { name });
            assert.match(peer.welcome.name, /^Guest \d{4}$/, JSON.stringify(name));
            peer.say({ type: 'name', name });
            peer.say({ type: 'chat', text: 'hi' });
            const line = await peer.text('chat');
            assert.match(line.name, /^Guest \d{4}$/);
            peer.end();
        }
    });

    test('and nobody gets the account of another into the chat by taking their name', async () => {
        const publisher = await publish(relay.url, show);
        const peer = await new Peer(relay.url, { headers: { authorization: `Bearer ${ben.token}` } }).opened();
        peer.say({ type: 'hello', version: 1, role: 'watch', show: show.id, name: 'ann', account: 'ann' });
        await peer.text('welcome');
        peer.say({ type: 'chat', text: 'I am ann', account: 'ann', name: 'ann', role: 'publish' });
        const line = await publisher.until(() => publisher.texts.find((t) => t.type === 'chat' && t.text === 'I am ann'), 'the line');
        assert.deepEqual([line.account, line.role], ['ben', 'watch']);
        peer.end();
        publisher.say({ type: 'end' });
        await publisher.closedWith();
    });
});

describe('HTML and script', () => {
    const SCRIPT = '<script>alert(1)</script>"\'&amp;<img src=x onerror=alert(1)>';

    test('in every field come back as the text they are, as JSON that no browser takes for a page', async () => {
        const eve = await member(relay, 'eve');
        const profile = await eve.ask('PATCH', 'accounts/me', { displayName: SCRIPT.slice(0, 64), bio: SCRIPT });
        assert.deepEqual([profile.status, profile.body.displayName, profile.body.bio], [200, SCRIPT.slice(0, 64), SCRIPT]);
        const made = await eve.ask('POST', 'shows', { title: SCRIPT, description: SCRIPT, startsAt: new Date(Date.now() + 3_600_000).toISOString() });
        assert.deepEqual([made.status, made.body.title, made.body.description], [201, SCRIPT, SCRIPT]);
        for (const target of ['accounts/me', 'accounts/eve', `shows/${made.body.id}`, 'shows', 'shows?q=script', 'shows?creator=eve', 'sessions']) {
            const answer = await eve.ask('GET', target);
            assert.equal(answer.status, 200, target);
            assert.equal(answer.headers.get('content-type').split(';')[0], 'application/json', target);
            assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', target);
        }
        for (const [target, type] of [['/@eve/feed.xml', 'application/rss+xml'], ['/@eve/calendar.ics', 'text/calendar'], [`/calendar/${made.body.id}.ics`, 'text/calendar'], ['/@eve/picture', 'image/svg+xml']]) {
            const answer = await fetch(relay.url + target);
            assert.equal(answer.headers.get('content-type').split(';')[0], type, target);
            assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', target);
            const text = await answer.text();
            if (!type.includes('calendar')) assert.doesNotMatch(text, /<script>|<img/, target);
        }
    });

    test('in an address, a search or a name that is not there is not repeated as HTML', async () => {
        for (const target of ['/<script>alert(1)</script>', '/%3Cscript%3Ealert(1)%3C/script%3E', '/show/%3Cscript%3E', '/@%3Cscript%3E', '/api/v1/shows/%3Cscript%3E', '/api/v1/accounts/%3Cscript%3E', '/api/v1/shows?q=%3Cscript%3E&state=%3Cscript%3E', '/api/v1/shows?cursor=%3Cscript%3E', '/posters/%3Cscript%3E.jpg']) {
            const text = await (await fetch(relay.url + target)).text();
            assert.doesNotMatch(text, /<script>alert|<script>(?!\s*$)[^<]*alert/i, target);
        }
    });

    test('links lead to http and https alone', async () => {
        for (const link of ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,<script>', ' https://a.example', 'https://a.example/"onclick="x', 'https://a.example/<b>', 'ftp://a.example', '//a.example', 'https://', 'https://a.example\u202e', 'https://a.example/\n'])
            assert.equal((await ben.ask('PATCH', 'accounts/me', { links: [link] })).status, 422, link);
    });
});

test('a private show answers nobody else than one that never was, word by word', async () => {
    const nowhere = 'aaaaaaaaaaaa';
    const [guest, stranger] = [new Client(relay), await member(relay, 'stranger')];
    const asked = [
        ['GET', (id) => `/api/v1/shows/${id}`], ['PATCH', (id) => `/api/v1/shows/${id}`, '{"title":"x"}'], ['DELETE', (id) => `/api/v1/shows/${id}`], ['POST', (id) => `/api/v1/shows/${id}/restore`], ['POST', (id) => `/api/v1/shows/${id}/stream-key`],
        ['POST', (id) => `/api/v1/shows/${id}/reminder`], ['POST', (id) => `/api/v1/shows/${id}/pass`, '{"password":"guess me"}'], ['DELETE', (id) => `/api/v1/shows/${id}/cover`], ['GET', (id) => `/api/v1/replays/${id}`], ['DELETE', (id) => `/api/v1/replays/${id}`],
        ['POST', (id) => `/api/v1/replays/${id}/discard`], ['POST', (id) => `/api/v1/replays/${id}/restore`], ['GET', (id) => `/posters/${id}.jpg`], ['GET', (id) => `/covers/${id}`], ['GET', (id) => `/live/${id}.webm`], ['GET', (id) => `/replays/${id}.webm`], ['GET', (id) => `/replays/${id}/chat.json`], ['GET', (id) => `/calendar/${id}.ics`],
    ];
    const differing = [];
    for (const client of [guest, stranger])
        for (const [method, at, body] of asked) {
            const told = [];
            for (const id of [hidden.id, nowhere]) {
                const answer = await fetch(relay.url + at(id), { method, headers: { ...(client.token ? { authorization: `Bearer ${client.token}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) }, body });
                told.push(`${answer.status} ${(await answer.text()).replaceAll(id, 'ID')}`);
            }
            if (told[0] !== told[1]) differing.push([`${method} ${at('ID')} ${client === guest ? 'as a guest' : 'as a stranger'}`, ...told]);
        }
    assert.deepEqual(differing, []);
});

test('a request that is sent again does not do it twice', async () => {
    const gus = await member(relay, 'gus');
    const one = await gus.ask('POST', 'shows', { title: 'Once' }, { 'idempotency-key': 'the same' });
    const again = await gus.ask('POST', 'shows', { title: 'Once' }, { 'idempotency-key': 'the same' });
    const announced = (await ben.ask('POST', 'shows', { title: 'To come' })).body;
    assert.equal(one.body.id, again.body.id);
    for (const [method, target, body, statuses] of [
        ['DELETE', `shows/${one.body.id}`, undefined, [204, 409]], ['POST', `shows/${one.body.id}/restore`, undefined, [204, 409]], ['POST', 'follows', { name: 'ann' }, [204, 204]], ['DELETE', 'follows/ann', undefined, [204, 204]],
        ['POST', `shows/${announced.id}/reminder`, undefined, [204, 204]], ['DELETE', 'sessions/current', undefined, [204, 401]],
    ]) {
        const first = await gus.ask(method, target, body);
        const second = await gus.ask(method, target, body);
        assert.deepEqual([first.status, second.status], statuses, `${method} ${target}`);
    }
    // What opened a session once opens none again.
    const { code } = (await admin.ask('POST', 'invitations', {})).body;
    assert.equal((await new Client(relay).ask('POST', 'password-resets', { code, password: PASSWORD })).status, 404, 'an invitation is no reset');
});
