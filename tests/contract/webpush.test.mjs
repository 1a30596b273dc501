// SPDX-License-Identifier: MIT
// Web Push against a push endpoint of our own, which checks the relay's token (RFC 8292) and decrypts what came (RFC
// 8291, 8188): who follows is told of an announcement and of going live, who wanted to be reminded of that alone.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startRelay, until } from '../e2e/lib/relay.mjs';
import { Client, member } from './lib/client.mjs';
import { goLive } from './lib/live.mjs';
import { Subscription, startPushService } from './lib/push-service.mjs';

const ARGS = ['--accounts-per-minute', '1000', '--push-anywhere', '--push-contact', 'mailto:who@runs.example'];
let relay, service, origin, came, publicKey, creator;

before(async () => {
    service = await startPushService(({ url }) => (url.startsWith('/gone') ? 410 : 201));
    ({ origin, came } = service);
    relay = await startRelay({ args: ARGS });
    publicKey = (await new Client(relay).ask('GET', 'push-key')).body.publicKey;
    creator = await member(relay, 'creator', { displayName: 'Cré Ator' });
});
after(async () => {
    await relay.stop();
    service.close();
});

/** Claims of a token that is signed by the relay's key. */
function claims(authorization) {
    const [, head, body, signature, key] = /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(authorization);
    assert.equal(key, publicKey);
    const point = Buffer.from(key, 'base64url');
    const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
    assert.ok(verify('sha256', Buffer.from(`${head}.${body}`), { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')));
    assert.deepEqual(JSON.parse(Buffer.from(head, 'base64url')), { typ: 'JWT', alg: 'ES256' });
    return JSON.parse(Buffer.from(body, 'base64url'));
}

const subscribe = (client, browser) => client.ask('POST', 'push-subscriptions', browser.json);

test('who follows is told of an announcement and of going live, signed and sealed', { timeout: 60_000 }, async () => {
    const fan = await member(relay, 'fan');
    const stranger = await member(relay, 'stranger');
    const [browser, others] = [new Subscription(service, '/fan'), new Subscription(service, '/stranger')];
    assert.equal((await subscribe(fan, browser)).status, 204);
    assert.equal((await subscribe(stranger, others)).status, 204);
    assert.equal((await fan.ask('POST', 'follows', { name: 'creator' })).status, 204);
    const show = (await creator.ask('POST', 'shows', { title: 'Ink "and" <owls> é', startsAt: new Date(Date.now() + 3_600_000).toISOString() })).body;
    await until(() => browser.messages().length === 1, 'the announcement');
    assert.deepEqual(browser.messages()[0], { kind: 'scheduled', who: 'Cré Ator', title: 'Ink "and" <owls> é', url: `/show/${show.id}` });
    const peer = await goLive(relay, show);
    await until(() => browser.messages().length === 2, 'going live');
    assert.equal(browser.messages()[1].kind, 'live');
    peer.end();
    const { headers, method } = came.find((m) => m.url === '/fan');
    assert.equal(method, 'POST');
    assert.equal(headers['content-encoding'], 'aes128gcm');
    assert.equal(headers.ttl, '3600');
    const { aud, exp, sub } = claims(headers.authorization);
    assert.equal(aud, origin);
    assert.equal(sub, 'mailto:who@runs.example');
    assert.ok(exp > Date.now() / 1000 && exp < Date.now() / 1000 + 86_400);
    assert.equal(others.messages().length, 0, 'strangers are told nothing');
    assert.equal(new Set(came.filter((m) => m.url === '/fan').map((m) => createHash('sha256').update(m.body.subarray(0, 86)).digest('hex'))).size, 2, 'each with a salt and a key of its own');
});

test('a reminder tells of going live alone, an unlisted show nobody else, and letting go ends it', { timeout: 60_000 }, async () => {
    const reminded = await member(relay, 'reminded');
    const left = await member(relay, 'left');
    const [browser, gone] = [new Subscription(service, '/reminded'), new Subscription(service, '/left')];
    await subscribe(reminded, browser);
    await subscribe(left, gone);
    await left.ask('POST', 'follows', { name: 'creator' });
    assert.equal((await left.ask('POST', 'push-subscriptions/end', { endpoint: gone.endpoint })).status, 204);
    assert.equal((await left.ask('POST', 'push-subscriptions/end', { endpoint: gone.endpoint })).status, 404);
    const before = came.length;
    const show = (await creator.ask('POST', 'shows', { title: 'Quiet', visibility: 'unlisted', startsAt: new Date(Date.now() + 3_600_000).toISOString() })).body;
    assert.equal((await reminded.ask('POST', `shows/${show.id}/reminder`)).status, 204);
    const peer = await goLive(relay, show);
    await until(() => browser.messages().length === 1, 'the reminder');
    peer.end();
    assert.equal(browser.messages()[0].kind, 'live');
    assert.equal(came.length, before + 1, 'and nothing else');
    assert.equal(gone.messages().length, 0);
});

test('who is invited is told that they are, and when the show goes live, unless they mute that', { timeout: 60_000 }, async () => {
    const [early, late, muted] = [await member(relay, 'early'), await member(relay, 'late'), await member(relay, 'muted')];
    const [first, second, third] = [new Subscription(service, '/early'), new Subscription(service, '/late'), new Subscription(service, '/muted')];
    for (const [client, browser] of [[early, first], [late, second], [muted, third]]) await subscribe(client, browser);
    await muted.ask('PATCH', 'accounts/me/settings', { mutesInvitations: true });
    const bell = async (client) => (await client.ask('GET', 'notifications')).body.items.map(({ kind, show }) => [kind, show.id]);
    const about = { title: 'Closed', visibility: 'private', startsAt: new Date(Date.now() + 3_600_000).toISOString() };
    const show = (await creator.ask('POST', 'shows', { ...about, invited: ['Early', 'muted'] })).body;
    const invited = { kind: 'invited', who: 'Cré Ator', title: 'Closed', url: `/show/${show.id}` };
    await until(() => first.messages().length === 1, 'the invitation');
    assert.deepEqual(first.messages()[0], invited);
    assert.deepEqual(await bell(early), [['invited', show.id]]);
    // Who comes later is told then, and nobody twice.
    assert.equal((await creator.ask('PATCH', `shows/${show.id}`, { invited: ['early', 'late', 'muted'] })).status, 200);
    await until(() => second.messages().length === 1, 'the second invitation');
    assert.deepEqual(second.messages()[0], invited);
    assert.deepEqual(await bell(late), [['invited', show.id]]);
    const peer = await goLive(relay, show);
    await until(() => first.messages().length === 2 && second.messages().length === 2, 'going live');
    peer.end();
    assert.deepEqual([first.messages()[1].kind, second.messages()[1].kind], ['live', 'live']);
    assert.deepEqual(await bell(early), [['live', show.id], ['invited', show.id]]);
    assert.equal(third.messages().length, 0);
    assert.deepEqual(await bell(muted), []);
});

test('an endpoint that is gone is forgotten', { timeout: 60_000 }, async () => {
    const fan = await member(relay, 'moved');
    const browser = new Subscription(service, '/gone');
    await subscribe(fan, browser);
    await fan.ask('POST', 'follows', { name: 'creator' });
    await creator.ask('POST', 'shows', { title: 'First', startsAt: new Date(Date.now() + 3_600_000).toISOString() });
    await until(() => came.some((m) => m.url === '/gone'), 'the try');
    await until(async () => (await fan.ask('POST', 'push-subscriptions/end', { endpoint: browser.endpoint })).status === 404, 'it to be forgotten');
});

test('what is no subscription is refused, and so is who may not', async () => {
    const fan = await member(relay, 'wrong');
    const good = new Subscription(service, '/wrong').json;
    const bad = [
        [{}, 422], [{ ...good, endpoint: 'ftp://a.example/x' }, 422], [{ ...good, endpoint: 'https://' }, 422], [{ ...good, endpoint: 'https://a.example' }, 422], [{ ...good, endpoint: 'https://a.example/\r\nX: y' }, 422],
        [{ ...good, endpoint: `https://a.example/${'x'.repeat(700)}` }, 422], [{ ...good, endpoint: 'https://user@a.example/' }, 422], [{ ...good, keys: {} }, 422], [{ ...good, keys: { ...good.keys, auth: 'AAAA' } }, 422],
        [{ ...good, keys: { ...good.keys, p256dh: Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64url') } }, 422], ['[', 400],
    ];
    for (const [body, status] of bad) assert.equal((await fan.ask('POST', 'push-subscriptions', body)).status, status, JSON.stringify(body));
    assert.equal((await new Client(relay).ask('POST', 'push-subscriptions', good)).status, 401);
    assert.equal((await new Client(relay).ask('POST', 'push-subscriptions/end', { endpoint: good.endpoint })).status, 401);
    assert.equal((await fan.ask('POST', 'push-subscriptions', good, { origin: 'https://evil.example' })).status, 403);
    const other = await member(relay, 'other-owner');
    assert.equal((await fan.ask('POST', 'push-subscriptions', good)).status, 204);
    assert.equal((await other.ask('POST', 'push-subscriptions/end', { endpoint: good.endpoint })).status, 404, 'another’s');
});

test('without the option for tests nothing goes to plain http or private addresses; the key outlives the relay', { timeout: 60_000 }, async () => {
    const key = path.join(relay.dataDir, 'webpush.key');
    assert.equal((await stat(key)).mode & 0o777, 0o600);
    const strict = await startRelay({ args: ['--accounts-per-minute', '1000'] });
    const first = (await new Client(strict).ask('GET', 'push-key')).body.publicKey;
    const [fan, host] = [await member(strict, 'fan'), await member(strict, 'host')];
    const browser = new Subscription(service, '/strict');
    assert.equal((await subscribe(fan, browser)).status, 422);
    // https to a private address is taken (names are resolved when it is sent), and refused at the socket.
    assert.equal((await fan.ask('POST', 'push-subscriptions', { ...browser.json, endpoint: browser.endpoint.replace('http:', 'https:') })).status, 204);
    await fan.ask('POST', 'follows', { name: 'host' });
    let connections = 0;
    const count = () => connections++;
    service.server.on('connection', count);
    await host.ask('POST', 'shows', { title: 'T', startsAt: new Date(Date.now() + 3_600_000).toISOString() });
    await until(() => /push wanted=1 queued=1/.test(strict.log), 'the try');
    await until(async () => /tabcast_push_failed_total 1/.test(await (await fetch(`${strict.url}/metrics`)).text()), 'its failure to be counted');
    service.server.off('connection', count);
    assert.equal(connections, 0);
    await strict.kill();
    const again = await startRelay({ dataDir: strict.dataDir });
    assert.equal((await new Client(again).ask('GET', 'push-key')).body.publicKey, first);
    await again.stop();
});
