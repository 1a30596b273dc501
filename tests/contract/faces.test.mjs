// SPDX-License-Identifier: MIT
// Accounts' pictures: set, served with a validator, removed; what is no such picture is refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRelay } from '../e2e/lib/relay.mjs';
import { Client, member } from './lib/client.mjs';

let relay;
before(async () => {
    relay = await startRelay({ args: ['--accounts-per-minute', '1000'] });
});
after(() => relay.stop());

/** A JPEG as far as its head goes, `filling` bytes long behind it. */
function jpeg(width, height, filling = 100) {
    const frame = [0xff, 0xc0, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1];
    return Buffer.concat([Buffer.from([0xff, 0xd8, ...frame, 0xff, 0xda, 0, 2]), Buffer.alloc(filling, 7), Buffer.from([0xff, 0xd9])]);
}

async function send(client, body, type = 'image/jpeg', headers = {}) {
    const answer = await fetch(`${relay.url}/api/v1/accounts/me/picture`, { method: 'POST', headers: { 'content-type': type, ...(client.token ? { authorization: `Bearer ${client.token}` } : {}), ...headers }, body });
    await answer.arrayBuffer();
    return answer.status;
}

test('a picture is served as it came, kept by browsers, and removed', async () => {
    const ann = await member(relay, 'Ann', { displayName: 'ünn <b>' });
    const get = (headers = {}) => fetch(`${relay.url}/@ann/picture`, { headers });
    const letter = await get();
    assert.equal(letter.headers.get('content-type'), 'image/svg+xml');
    assert.match(await letter.text(), /^<svg .*>ü<\/text><\/svg>$/s);
    assert.equal(await send(ann, jpeg(256, 256)), 204);
    const face = await get();
    assert.equal(face.headers.get('content-type'), 'image/jpeg');
    assert.equal(face.headers.get('cache-control'), 'public, max-age=60');
    assert.equal(face.headers.get('x-content-type-options'), 'nosniff');
    assert.deepEqual(Buffer.from(await face.arrayBuffer()), jpeg(256, 256));
    const etag = face.headers.get('etag');
    const same = await get({ 'if-none-match': etag });
    assert.equal(same.status, 304);
    assert.equal(await same.text(), '');
    assert.equal(await send(ann, jpeg(256, 256, 200)), 204);
    assert.notEqual((await get()).headers.get('etag'), etag);
    assert.equal((await ann.ask('DELETE', 'accounts/me/picture')).status, 204);
    assert.equal((await get()).headers.get('content-type'), 'image/svg+xml');
    assert.equal((await ann.ask('DELETE', 'accounts/me/picture')).status, 204);
});

test('letters of names are text, whatever they are', async () => {
    for (const [name, displayName, letter] of [['tag', '<script>', '&#60;'], ['amp', '&amp;', '&#38;'], ['emoji', '🎭 x', '🎭'], ['low', 'zoe', 'Z']]) {
        await member(relay, name, { displayName });
        assert.ok((await (await fetch(`${relay.url}/@${name}/picture`)).text()).endsWith(`>${letter}</text></svg>`), name);
    }
    assert.equal((await fetch(`${relay.url}/@nobody-here/picture`)).status, 404);
});

test('what is no such picture is refused, and so is who may not', async () => {
    const bob = await member(relay, 'bob');
    for (const [status, body, type] of [
        [422, jpeg(255, 256)], [422, jpeg(4000, 4000)], [422, Buffer.from('\x89PNG\r\n\x1a\n')], [422, Buffer.alloc(0)], [422, jpeg(256, 256).subarray(0, 40)],
        [413, jpeg(256, 256, 49 * 1024)], [413, jpeg(256, 256, 70_000)], [415, jpeg(256, 256), 'image/svg+xml'], [415, '{}', 'application/json'],
    ])
        assert.equal(await send(bob, body, type), status, `${type} ${body.length}`);
    assert.equal(await send(new Client(relay), jpeg(256, 256)), 401);
    assert.equal(await send(bob, jpeg(256, 256), 'image/jpeg', { origin: 'https://evil.example' }), 403);
    assert.equal((await new Client(relay).ask('DELETE', 'accounts/me/picture')).status, 401);
    assert.match((await fetch(`${relay.url}/@bob/picture`)).headers.get('content-type'), /svg/);
});
