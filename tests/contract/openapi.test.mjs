// SPDX-License-Identifier: MIT
// The running relay against its own description, and the description against the relay: every path and status it
// names is tried, every answer fits its schema.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createShow, startRelay, until } from '../e2e/lib/relay.mjs';
import { Source } from './lib/media.mjs';
import { publish } from './lib/peer.mjs';
import { misfits } from './lib/schema.mjs';

let relay, api, live, replay;
before(async () => {
    // A mail server that is never there: what is mailed waits.
    relay = await startRelay({ args: ['--smtp-url', 'smtp://127.0.0.1:9', '--mail-from', 'shows@example.org', '--public-url', 'http://show.example'] });
    api = await (await fetch(`${relay.url}/api/v1/openapi.json`)).json();
    const ended = await createShow(relay.url, 'Ended', { description: 'd' });
    const show = await publish(relay.url, ended);
    const source = new Source();
    for (const m of [source.init(), source.video(0, { isKey: true }), source.audio(0), source.poster(0)]) show.send(m);
    show.say({ type: 'chat', text: 'hi' });
    await show.text('chat');
    show.say({ type: 'end' });
    await show.closedWith();
    replay = await until(async () => {
        const answer = await fetch(`${relay.url}/api/v1/replays/${ended.id}`);
        return answer.ok && answer.json();
    }, 'the replay');
    live = await createShow(relay.url, 'Live');
    const peer = await publish(relay.url, live);
    const second = new Source();
    for (const m of [second.init(), second.video(0, { isKey: true }), second.poster(0)]) peer.send(m);
    await peer.text('ack');
    live.peer = peer;
});
after(async () => {
    live.peer.end();
    await relay.stop();
});

const resolve = (ref) => ref.slice(2).split('/').reduce((node, name) => node[name], api);
const described = (thing) => (thing.$ref ? resolve(thing.$ref) : thing);

/** Asks, and holds the answer against the operation that describes it. */
async function ask(path, method, target, options = {}, keep = () => {}) {
    const operation = api.paths[path]?.[method];
    assert.ok(operation, `${method} ${path} is not described`);
    const answer = await fetch(relay.url + target, { method: method.toUpperCase(), ...options });
    const response = operation.responses[answer.status];
    assert.ok(response, `${method} ${target} answers ${answer.status}, which is not described`);
    const content = described(response).content;
    const type = answer.headers.get('content-type')?.split(';')[0];
    if (!content) return answer.status;
    assert.ok(type in content, `${method} ${target} answers ${type}`);
    if (!type.endsWith('json')) {
        await answer.body?.cancel();
        return answer.status;
    }
    const body = await answer.json();
    keep(body);
    const schema = content[type].schema;
    assert.deepEqual(misfits(body, schema, resolve), []);
    return answer.status;
}

test('every path is answered as described', async () => {
    const id = live.id;
    const idle = await createShow(relay.url, 'Idle');
    const json = { 'content-type': 'application/json' };
    let session, bob, own, invitation, reset, closed;
    const as = ({ token }) => ({ authorization: `Bearer ${token}` });
    const about = { title: 'Own show', category: 'art', tags: ['ink'], startsAt: new Date(Date.now() + 86_400_000).toISOString(), visibility: 'public', isRecorded: true };
    const picture = readFileSync(new URL('../fuzz/corpus/image_check/lossy.webp', import.meta.url));
    const signedIn = () => ({ headers: { authorization: `Bearer ${session.token}` } });
    const credentials = (name) => JSON.stringify({ name, password: 'correct horse' });
    const asked = [
        ['/api/v1/shows', 'get', '/api/v1/shows', 200],
        ['/api/v1/shows', 'get', '/api/v1/shows?state=ended', 200],
        ['/api/v1/shows', 'get', '/api/v1/shows?limit=1000', 400],
        ['/api/v1/shows', 'post', '/api/v1/shows', 201, { headers: json, body: '{"title":"t"}' }],
        ['/api/v1/shows', 'post', '/api/v1/shows', 400, { headers: json, body: '[' }],
        ['/api/v1/shows', 'post', '/api/v1/shows', 422, { headers: json, body: '{}' }],
        ['/api/v1/shows', 'post', '/api/v1/shows', 415, { headers: { 'content-type': 'text/plain' }, body: '{}' }],
        ['/api/v1/shows', 'post', '/api/v1/shows', 413, { headers: json, body: 'x'.repeat(70_000) }],
        ['/api/v1/shows', 'post', '/api/v1/shows', 403, { headers: { ...json, origin: 'http://a.example' }, body: '{"title":"t"}' }],
        ['/api/v1/shows/{id}', 'get', `/api/v1/shows/${id}`, 200],
        ['/api/v1/shows/{id}', 'get', `/api/v1/shows/${replay.id}`, 200],
        ['/api/v1/shows/{id}', 'get', '/api/v1/shows/aaaaaaaaaaaa', 404],
        ['/api/v1/replays', 'get', '/api/v1/replays', 200],
        ['/api/v1/replays', 'get', '/api/v1/replays?cursor=x', 400],
        ['/api/v1/replays/{id}', 'get', `/api/v1/replays/${replay.id}`, 200],
        ['/api/v1/replays/{id}', 'get', '/api/v1/replays/aaaaaaaaaaaa', 404],
        ['/api/v1/openapi.json', 'get', '/api/v1/openapi.json', 200],
        ['/posters/{id}.jpg', 'get', `/posters/${id}.jpg`, 200],
        ['/posters/{id}.jpg', 'get', `/posters/${replay.id}.jpg`, 200],
        ['/posters/{id}.jpg', 'get', '/posters/aaaaaaaaaaaa.jpg', 404],
        ['/ingest/{streamKey}', 'put', `/ingest/${live.key}`, 409, { body: 'x' }],
        ['/ingest/{streamKey}', 'put', `/ingest/${idle.key}`, 415, { body: 'This is no stream of WebM.' }],
        ['/ingest/{streamKey}', 'post', `/ingest/${'A'.repeat(43)}`, 403, { body: 'x' }],
        ['/ingest/{streamKey}', 'delete', `/ingest/${idle.key}`, 409],
        ['/ingest/{streamKey}', 'delete', '/ingest/short', 404],
        ['/live/{id}.webm', 'get', `/live/${id}.webm`, 200],
        ['/live/{id}.webm', 'get', `/live/${replay.id}.webm`, 404],
        ['/replays/{id}.webm', 'get', replay.mediaUrl, 200],
        ['/replays/{id}.webm', 'get', replay.mediaUrl, 206, { headers: { range: 'bytes=1-2' } }],
        ['/replays/{id}.webm', 'get', replay.mediaUrl, 416, { headers: { range: 'bytes=99999999-' } }],
        ['/replays/{id}.webm', 'get', replay.mediaUrl, 412, { headers: { 'if-match': '"x"' } }],
        ['/replays/{id}.webm', 'get', '/replays/aaaaaaaaaaaa.webm', 404],
        ['/replays/{id}/chat.json', 'get', replay.chatUrl, 200],
        ['/replays/{id}/chat.json', 'get', '/replays/aaaaaaaaaaaa/chat.json', 404],
        ['/api/v1/accounts', 'post', '/api/v1/accounts', 201, { headers: json, body: credentials('ann') }],
        ['/api/v1/accounts', 'post', '/api/v1/accounts', 409, { headers: json, body: credentials('Ann') }],
        ['/api/v1/accounts', 'post', '/api/v1/accounts', 422, { headers: json, body: credentials('a') }],
        ['/api/v1/accounts', 'post', '/api/v1/accounts', 400, { headers: json, body: '[' }],
        ['/api/v1/accounts', 'post', '/api/v1/accounts', 415, { body: '{}' }],
        ['/api/v1/accounts', 'post', '/api/v1/accounts', 413, { headers: json, body: 'x'.repeat(70_000) }],
        ['/api/v1/sessions', 'post', '/api/v1/sessions', 201, { headers: json, body: credentials('ann') }, (body) => (session = body)],
        ['/api/v1/sessions', 'post', '/api/v1/sessions', 401, { headers: json, body: credentials('eve') }],
        ['/api/v1/sessions', 'post', '/api/v1/sessions', 403, { headers: { ...json, origin: 'http://a.example' }, body: credentials('ann') }],
        ['/api/v1/accounts/me', 'get', '/api/v1/accounts/me', 200, signedIn],
        ['/api/v1/accounts/me', 'get', '/api/v1/accounts/me', 401],
        ['/api/v1/accounts/me/settings', 'get', '/api/v1/accounts/me/settings', 200, signedIn],
        ['/api/v1/accounts/me/settings', 'get', '/api/v1/accounts/me/settings', 401],
        ['/api/v1/accounts/me/settings', 'patch', '/api/v1/accounts/me/settings', 200, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"isInvisible":true}' })],
        ['/api/v1/accounts/me/settings', 'patch', '/api/v1/accounts/me/settings', 422, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"isInvisible":"yes"}' })],
        ['/api/v1/accounts/me/settings', 'patch', '/api/v1/accounts/me/settings', 400, () => ({ headers: { ...json, ...signedIn().headers }, body: '[' })],
        ['/api/v1/accounts/me/settings', 'patch', '/api/v1/accounts/me/settings', 415, () => ({ headers: signedIn().headers, body: '{}' })],
        ['/api/v1/accounts/me/settings', 'patch', '/api/v1/accounts/me/settings', 403, () => ({ headers: { ...json, ...signedIn().headers, origin: 'http://a.example' }, body: '{}' })],
        ['/api/v1/accounts/me/settings', 'patch', '/api/v1/accounts/me/settings', 413, () => ({ headers: { ...json, ...signedIn().headers }, body: 'x'.repeat(70_000) })],
        ['/api/v1/accounts/me', 'patch', '/api/v1/accounts/me', 200, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"bio":"b","links":["https://a.example/"]}' })],
        ['/api/v1/accounts/me', 'patch', '/api/v1/accounts/me', 422, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"links":["javascript:x"]}' })],
        ['/api/v1/accounts/me', 'patch', '/api/v1/accounts/me', 401, { headers: json, body: '{}' }],
        ['/api/v1/accounts/{name}', 'get', '/api/v1/accounts/ANN', 200],
        ['/api/v1/accounts/{name}', 'get', '/api/v1/accounts/nobody', 404],
        ['/api/v1/sessions/current', 'get', '/api/v1/sessions/current', 200],
        ['/api/v1/sessions/current', 'get', '/api/v1/sessions/current', 200, signedIn],
        ['/api/v1/accounts', 'post', '/api/v1/accounts', 201, { headers: json, body: credentials('bob') }],
        ['/api/v1/sessions', 'post', '/api/v1/sessions', 201, { headers: json, body: credentials('bob') }, (body) => (bob = body)],
        ['/api/v1/shows', 'post', '/api/v1/shows', 201, () => ({ headers: { ...json, ...as(bob) }, body: JSON.stringify(about) }), (body) => (own = body)],
        ['/api/v1/shows', 'post', '/api/v1/shows', 401, { headers: { ...json, authorization: `Bearer ${'A'.repeat(43)}` }, body: '{"title":"t"}' }],
        ['/api/v1/shows', 'get', '/api/v1/shows?q=show', 200],
        ['/api/v1/shows', 'get', '/api/v1/shows?creator=bob', 200],
        ['/api/v1/shows', 'get', '/api/v1/shows?creator=nobody', 404],
        ['/api/v1/shows', 'get', '/api/v1/shows?creator=me', 401],
        ['/api/v1/shows', 'get', '/api/v1/shows?sort=start&state=scheduled&category=art&tag=ink', 200],
        ['/api/v1/shows/{id}', 'patch', () => `/api/v1/shows/${own.id}`, 200, () => ({ headers: { ...json, ...as(bob) }, body: '{"title":"u"}' })],
        ['/api/v1/shows/{id}', 'patch', () => `/api/v1/shows/${own.id}`, 401, { headers: json, body: '{"title":"u"}' }],
        ['/api/v1/shows/{id}', 'patch', () => `/api/v1/shows/${idle.id}`, 403, () => ({ headers: { ...json, ...as(bob) }, body: '{"title":"u"}' })],
        ['/api/v1/shows/{id}', 'patch', '/api/v1/shows/aaaaaaaaaaaa', 404, () => ({ headers: { ...json, ...as(bob) }, body: '{"title":"u"}' })],
        ['/api/v1/shows/{id}', 'patch', () => `/api/v1/shows/${own.id}`, 422, () => ({ headers: { ...json, ...as(bob) }, body: '{"title":""}' })],
        ['/api/v1/shows/{id}', 'patch', () => `/api/v1/shows/${own.id}`, 413, () => ({ headers: { ...json, ...as(bob) }, body: 'x'.repeat(70_000) })],
        ['/api/v1/shows', 'post', '/api/v1/shows', 422, () => ({ headers: { ...json, ...as(bob) }, body: '{"title":"t","visibility":"private","invited":["nobody.here"]}' })],
        ['/api/v1/shows', 'post', '/api/v1/shows', 201, () => ({ headers: { ...json, ...as(bob) }, body: '{"title":"t","visibility":"private","invited":["Ann"],"priceCoins":3,"lengthMinutes":90,"language":"de"}' }), (body) => (closed = body)],
        ['/api/v1/shows/{id}', 'get', () => `/api/v1/shows/${closed.id}`, 200, signedIn],
        ['/api/v1/shows/{id}', 'get', () => `/api/v1/shows/${closed.id}`, 404],
        ['/api/v1/shows', 'post', '/api/v1/shows', 201, () => ({ headers: { ...json, ...as(bob) }, body: '{"title":"t","visibility":"password","password":"sesame"}' }), (body) => (closed = body)],
        ['/api/v1/shows/{id}', 'get', () => `/api/v1/shows/${closed.id}`, 200],
        ['/live/{id}.webm', 'get', () => `/live/${closed.id}.webm`, 403],
        ['/posters/{id}.jpg', 'get', () => `/posters/${closed.id}.jpg`, 403],
        ['/api/v1/shows/{id}/pass', 'post', () => `/api/v1/shows/${closed.id}/pass`, 201, { headers: json, body: '{"password":"sesame"}' }],
        ['/api/v1/shows/{id}/pass', 'post', () => `/api/v1/shows/${closed.id}/pass`, 403, { headers: json, body: '{"password":"open up"}' }],
        ['/api/v1/shows/{id}/pass', 'post', () => `/api/v1/shows/${closed.id}/pass`, 422, { headers: json, body: '{}' }],
        ['/api/v1/shows/{id}/pass', 'post', () => `/api/v1/shows/${closed.id}/pass`, 415, { body: '{}' }],
        ['/api/v1/shows/{id}/cover', 'post', () => `/api/v1/shows/${own.id}/cover`, 200, () => ({ headers: as(bob), body: picture })],
        ['/api/v1/shows/{id}/cover', 'post', () => `/api/v1/shows/${own.id}/cover`, 401, { body: picture }],
        ['/api/v1/shows/{id}/cover', 'post', () => `/api/v1/shows/${idle.id}/cover`, 403, () => ({ headers: as(bob), body: picture })],
        ['/api/v1/shows/{id}/cover', 'post', () => `/api/v1/shows/${own.id}/cover`, 415, () => ({ headers: as(bob), body: '<svg/>' })],
        ['/api/v1/shows/{id}/cover', 'post', () => `/api/v1/shows/${own.id}/cover`, 413, () => ({ headers: as(bob), body: 'x'.repeat(263_000) })],
        ['/covers/{id}', 'get', () => `/covers/${own.id}`, 200],
        ['/covers/{id}', 'get', '/covers/aaaaaaaaaaaa', 404],
        ['/api/v1/shows/{id}/cover', 'delete', () => `/api/v1/shows/${own.id}/cover`, 200, () => ({ headers: as(bob) })],
        ['/api/v1/shows/{id}/cover', 'delete', () => `/api/v1/shows/${own.id}/cover`, 401],
        ['/covers/{id}', 'get', () => `/covers/${own.id}`, 404],
        ['/api/v1/shows/{id}/pass', 'post', () => `/api/v1/shows/${own.id}/pass`, 404, { headers: json, body: '{"password":"sesame"}' }],
        ['/api/v1/shows', 'get', '/api/v1/shows?language=de', 200],
        ['/api/v1/shows/{id}/stream-key', 'post', () => `/api/v1/shows/${own.id}/stream-key`, 201, () => ({ headers: as(bob) })],
        ['/api/v1/shows/{id}/stream-key', 'post', () => `/api/v1/shows/${own.id}/stream-key`, 403, signedIn],
        ['/api/v1/shows/{id}/reminder', 'post', () => `/api/v1/shows/${own.id}/reminder`, 204, signedIn],
        ['/api/v1/shows/{id}/reminder', 'post', '/api/v1/shows/aaaaaaaaaaaa/reminder', 404, signedIn],
        ['/api/v1/shows/{id}/reminder', 'delete', () => `/api/v1/shows/${own.id}/reminder`, 204, signedIn],
        ['/calendar/{id}.ics', 'get', () => `/calendar/${own.id}.ics`, 200],
        ['/calendar/{id}.ics', 'get', `/calendar/${id}.ics`, 404],
        ['/@{name}/calendar.ics', 'get', '/@bob/calendar.ics', 200],
        ['/@{name}/calendar.ics', 'get', '/@nobody/calendar.ics', 404],
        ['/@{name}/feed.xml', 'get', '/@bob/feed.xml', 200],
        ['/@{name}/feed.xml', 'get', '/@nobody/feed.xml', 404],
        ['/api/v1/follows', 'post', '/api/v1/follows', 204, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"name":"bob"}' })],
        ['/api/v1/follows', 'post', '/api/v1/follows', 404, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"name":"eve"}' })],
        ['/api/v1/follows', 'get', '/api/v1/follows', 200, signedIn],
        ['/api/v1/follows', 'get', '/api/v1/follows', 401],
        ['/api/v1/shows', 'post', '/api/v1/shows', 201, () => ({ headers: { ...json, ...as(bob) }, body: JSON.stringify(about) })],
        ['/api/v1/notifications', 'get', '/api/v1/notifications', 200, signedIn, (body) => assert.equal(body.unread, 2)],
        ['/api/v1/notifications', 'get', '/api/v1/notifications', 401],
        ['/api/v1/notifications/read', 'post', '/api/v1/notifications/read', 204, signedIn],
        ['/api/v1/notifications/read', 'post', '/api/v1/notifications/read', 401],
        ['/api/v1/follows/{name}', 'delete', '/api/v1/follows/bob', 204, signedIn],
        ['/api/v1/follows/{name}', 'delete', '/api/v1/follows/bob', 401],
        ['/api/v1/shows/{id}', 'delete', () => `/api/v1/shows/${own.id}`, 204, () => ({ headers: as(bob) })],
        ['/api/v1/shows/{id}', 'delete', () => `/api/v1/shows/${own.id}`, 409, () => ({ headers: as(bob) })],
        ['/api/v1/shows/{id}/restore', 'post', () => `/api/v1/shows/${own.id}/restore`, 204, () => ({ headers: as(bob) })],
        ['/api/v1/shows/{id}/restore', 'post', () => `/api/v1/shows/${own.id}/restore`, 409, () => ({ headers: as(bob) })],
        ['/api/v1/sessions', 'get', '/api/v1/sessions', 200, signedIn],
        ['/api/v1/sessions', 'get', '/api/v1/sessions', 401],
        ['/api/v1/push-key', 'get', '/api/v1/push-key', 200],
        ['/api/v1/push-subscriptions', 'post', '/api/v1/push-subscriptions', 422, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"endpoint":"https://a.example/","keys":{"p256dh":"x","auth":"x"}}' })],
        ['/api/v1/push-subscriptions', 'post', '/api/v1/push-subscriptions', 401, { headers: json, body: '{"endpoint":"https://a.example/","keys":{"p256dh":"x","auth":"x"}}' }],
        ['/api/v1/push-subscriptions/end', 'post', '/api/v1/push-subscriptions/end', 404, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"endpoint":"https://a.example/"}' })],
        ['/api/v1/accounts/me/picture', 'post', '/api/v1/accounts/me/picture', 422, () => ({ headers: { 'content-type': 'image/jpeg', ...signedIn().headers }, body: 'x' })],
        ['/api/v1/accounts/me/picture', 'delete', '/api/v1/accounts/me/picture', 204, signedIn],
        ['/@{name}/picture', 'get', '/@ann/picture', 200],
        ['/@{name}/picture', 'get', '/@nobody/picture', 404],
        ['/api/v1/accounts/me/second-factor', 'get', '/api/v1/accounts/me/second-factor', 200, signedIn],
        ['/api/v1/accounts/me/second-factor', 'post', '/api/v1/accounts/me/second-factor', 201, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"currentPassword":"correct horse"}' })],
        ['/api/v1/accounts/me/second-factor', 'post', '/api/v1/accounts/me/second-factor', 403, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"currentPassword":"is not it"}' })],
        ['/api/v1/accounts/me/second-factor/confirm', 'post', '/api/v1/accounts/me/second-factor/confirm', 403, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"code":"x"}' })],
        ['/api/v1/accounts/me/second-factor/confirm', 'post', '/api/v1/accounts/me/second-factor/confirm', 422, () => ({ headers: { ...json, ...signedIn().headers }, body: '{}' })],
        ['/api/v1/accounts/me/second-factor/off', 'post', '/api/v1/accounts/me/second-factor/off', 204, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"currentPassword":"correct horse","code":"x"}' })],
        ['/api/v1/accounts/me/second-factor/off', 'post', '/api/v1/accounts/me/second-factor/off', 404, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"currentPassword":"correct horse","code":"x"}' })],
        ['/api/v1/accounts/me/second-factor/off', 'post', '/api/v1/accounts/me/second-factor/off', 401, { headers: json, body: '{"currentPassword":"correct horse","code":"x"}' }],
        // No provider is configured here; openid.test.mjs has one.
        ['/api/v1/sessions/openid/begin', 'post', '/api/v1/sessions/openid/begin', 404, { headers: json, body: '{}' }],
        ['/api/v1/sessions/openid', 'post', '/api/v1/sessions/openid', 404, { headers: json, body: '{"code":"x"}' }],
        ['/api/v1/accounts/me/openid', 'get', '/api/v1/accounts/me/openid', 404, signedIn],
        ['/api/v1/accounts/me/openid', 'post', '/api/v1/accounts/me/openid', 404, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"code":"x"}' })],
        ['/api/v1/accounts/me/openid', 'delete', '/api/v1/accounts/me/openid', 404, signedIn],
        ['/api/v1/accounts/me/openid/begin', 'post', '/api/v1/accounts/me/openid/begin', 404, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"currentPassword":"correct horse"}' })],
        ['/api/v1/accounts/me/email', 'post', '/api/v1/accounts/me/email', 200, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"address":"ann@example.org","currentPassword":"correct horse"}' })],
        ['/api/v1/accounts/me/email', 'post', '/api/v1/accounts/me/email', 422, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"address":"ann","currentPassword":"correct horse"}' })],
        ['/api/v1/accounts/me/email', 'post', '/api/v1/accounts/me/email', 403, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"address":"ann@example.org","currentPassword":"is not it"}' })],
        ['/api/v1/accounts/me/email', 'get', '/api/v1/accounts/me/email', 200, signedIn, (body) => assert.equal(body.waiting, 'ann@example.org')],
        ['/api/v1/accounts/me/email', 'get', '/api/v1/accounts/me/email', 401],
        ['/api/v1/accounts/me/email/again', 'post', '/api/v1/accounts/me/email/again', 200, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"language":"de"}' })],
        ['/api/v1/accounts/me/email/again', 'post', '/api/v1/accounts/me/email/again', 404, () => ({ headers: { ...json, ...as(bob) }, body: '{}' })],
        ['/api/v1/email-confirmations', 'post', '/api/v1/email-confirmations', 404, { headers: json, body: '{"code":"x"}' }],
        ['/api/v1/email-confirmations', 'post', '/api/v1/email-confirmations', 422, { headers: json, body: '{}' }],
        ['/api/v1/accounts/me/email/off', 'post', '/api/v1/accounts/me/email/off', 204, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"currentPassword":"correct horse"}' })],
        ['/api/v1/accounts/me/email/off', 'post', '/api/v1/accounts/me/email/off', 401, { headers: json, body: '{"currentPassword":"correct horse"}' }],
        ['/api/v1/password-mails', 'post', '/api/v1/password-mails', 204, { headers: json, body: '{"who":"nobody.at.all"}' }],
        ['/api/v1/password-mails', 'post', '/api/v1/password-mails', 422, { headers: json, body: '{"who":"?"}' }],
        ['/api/v1/invitations', 'post', '/api/v1/invitations', 201, signedIn, (body) => (invitation = body)],
        ['/api/v1/invitations', 'post', '/api/v1/invitations', 401],
        ['/api/v1/invitations', 'get', '/api/v1/invitations', 200, signedIn],
        ['/api/v1/invitations', 'get', '/api/v1/invitations', 403, () => ({ headers: as(bob) })],
        ['/api/v1/invitations/{id}', 'delete', () => `/api/v1/invitations/${invitation.id}`, 204, signedIn],
        ['/api/v1/invitations/{id}', 'delete', () => `/api/v1/invitations/${invitation.id}`, 404, signedIn],
        ['/api/v1/admin', 'get', '/api/v1/admin', 200, signedIn],
        ['/api/v1/admin', 'get', '/api/v1/admin', 403, () => ({ headers: as(bob) })],
        ['/api/v1/admin/accounts', 'get', '/api/v1/admin/accounts?q=bob&limit=1', 200, signedIn],
        ['/api/v1/admin/accounts', 'get', '/api/v1/admin/accounts?limit=1', 200, signedIn, (body) => assert.equal(typeof body.next, 'string')],
        ['/api/v1/admin/accounts', 'get', '/api/v1/admin/accounts?limit=x', 400, signedIn],
        ['/api/v1/admin/shows', 'get', '/api/v1/admin/shows', 200, signedIn],
        ['/api/v1/admin/shows', 'get', '/api/v1/admin/shows', 401],
        ['/api/v1/admin/replays', 'get', '/api/v1/admin/replays', 200, signedIn],
        ['/api/v1/admin/replays', 'get', '/api/v1/admin/replays?cursor=x', 400, signedIn],
        ['/api/v1/admin/accounts/{name}/reset', 'post', '/api/v1/admin/accounts/bob/reset', 201, signedIn, (body) => (reset = body)],
        ['/api/v1/admin/accounts/{name}/reset', 'post', '/api/v1/admin/accounts/nobody/reset', 404, signedIn],
        ['/api/v1/password-resets', 'post', '/api/v1/password-resets', 422, () => ({ headers: json, body: JSON.stringify({ code: reset.code, password: 'short' }) })],
        ['/api/v1/password-resets', 'post', '/api/v1/password-resets', 200, () => ({ headers: json, body: JSON.stringify({ code: reset.code, password: 'another horse' }) })],
        ['/api/v1/password-resets', 'post', '/api/v1/password-resets', 404, () => ({ headers: json, body: JSON.stringify({ code: reset.code, password: 'another horse' }) })],
        ['/api/v1/admin/accounts/{name}', 'patch', '/api/v1/admin/accounts/bob', 200, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"isBanned":true}' })],
        ['/api/v1/admin/accounts/{name}', 'patch', '/api/v1/admin/accounts/ann', 403, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"role":"member"}' })],
        ['/api/v1/admin/accounts/{name}', 'patch', '/api/v1/admin/accounts/bob', 422, () => ({ headers: { ...json, ...signedIn().headers }, body: '{}' })],
        ['/api/v1/admin/accounts/{name}/reset', 'post', '/api/v1/admin/accounts/bob/reset', 409, signedIn],
        ['/api/v1/replays/{id}/discard', 'post', `/api/v1/replays/${replay.id}/discard`, 401],
        ['/api/v1/replays/{id}/discard', 'post', `/api/v1/replays/${replay.id}/discard`, 403, () => ({ headers: { ...signedIn().headers, origin: 'http://a.example' } })],
        ['/api/v1/replays/{id}/discard', 'post', `/api/v1/replays/${replay.id}/discard`, 204, signedIn],
        ['/api/v1/replays/{id}/discard', 'post', `/api/v1/replays/${replay.id}/discard`, 404, signedIn],
        ['/api/v1/replays/{id}/restore', 'post', `/api/v1/replays/${replay.id}/restore`, 401],
        ['/api/v1/replays/{id}/restore', 'post', `/api/v1/replays/${replay.id}/restore`, 204, signedIn],
        ['/api/v1/replays/{id}/restore', 'post', `/api/v1/replays/${replay.id}/restore`, 409, signedIn],
        ['/api/v1/replays/{id}/restore', 'post', '/api/v1/replays/aaaaaaaaaaaa/restore', 404, signedIn],
        ['/api/v1/replays/{id}', 'delete', `/api/v1/replays/${replay.id}`, 401],
        ['/api/v1/replays/{id}', 'delete', `/api/v1/replays/${replay.id}`, 204, signedIn],
        ['/api/v1/replays/{id}', 'delete', `/api/v1/replays/${replay.id}`, 404, signedIn],
        ['/api/v1/accounts/me/password', 'post', '/api/v1/accounts/me/password', 403, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"currentPassword":"is not it","password":"another one"}' })],
        ['/api/v1/accounts/me/password', 'post', '/api/v1/accounts/me/password', 204, () => ({ headers: { ...json, ...signedIn().headers }, body: '{"currentPassword":"correct horse","password":"another one"}' })],
        ['/api/v1/sessions/{id}', 'delete', '/api/v1/sessions/aaaaaaaaaaaa', 404, signedIn],
        ['/api/v1/sessions/{id}', 'delete', '/api/v1/sessions/aaaaaaaaaaaa', 401],
        ['/api/v1/sessions/current', 'delete', '/api/v1/sessions/current', 403, () => ({ headers: { ...signedIn().headers, origin: 'http://a.example' } })],
        ['/api/v1/sessions/current', 'delete', '/api/v1/sessions/current', 204, signedIn],
        ['/api/v1/sessions', 'delete', '/api/v1/sessions', 401, signedIn],
        ['/healthz', 'get', '/healthz', 200],
        ['/readyz', 'get', '/readyz', 200],
        ['/metrics', 'get', '/metrics', 200],
    ];
    for (const [path, method, where, status, options, keep] of asked) {
        const target = typeof where === 'function' ? where() : where;
        assert.equal(await ask(path, method, target, typeof options === 'function' ? options() : options, keep), status, `${method} ${target}`);
    }
    const covered = new Set(asked.map(([path, method]) => `${method} ${path}`));
    for (const [path, item] of Object.entries(api.paths))
        for (const method of Object.keys(item).filter((name) => name !== 'parameters')) assert.ok(covered.has(`${method} ${path}`), `${method} ${path} was never asked`);
});

test('every route of the relay is described, and no other', async () => {
    const source = readFileSync(new URL('../../relay/api.c', import.meta.url), 'utf8');
    const methods = ['get', 'post', 'patch', 'delete'];
    const routes = [...source.matchAll(/^\s*\{"(\/[^"]+)", (\w+), (\w+), (\w+), (\w+)\},/gm)].map(([, pattern, ...handlers]) => [pattern.replace('ID', '{id}').replace('NAME', '{name}'), methods.filter((_, i) => handlers[i] !== 'NULL')]);
    assert.ok(routes.length > 10);
    // /ingest never reaches the API: its bodies have no end (relay/net_lws_ingest.c).
    const paths = Object.entries(api.paths).filter(([path]) => !path.startsWith('/ingest/')).map(([path, item]) => [path, methods.filter((method) => item[method])]);
    assert.deepEqual(Object.fromEntries(paths), Object.fromEntries(routes));
});
