// SPDX-License-Identifier: MIT
// Covers over real sockets: given, seen, kept by browsers, replaced, taken away; refused when they are no picture, too large, or
// not for whoever asks.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startRelay } from '../e2e/lib/relay.mjs';
import { Client, member } from './lib/client.mjs';

const picture = (name) => readFileSync(new URL(`../fuzz/corpus/image_check/${name}`, import.meta.url));
let relay, owner, other;
before(async () => {
    relay = await startRelay({ args: ['--accounts-per-minute', '100', '--shows-per-minute', '1000'] });
    owner = await member(relay, 'owner');
    other = await member(relay, 'other');
});
after(() => relay.stop());

const make = async (about) => (await owner.ask('POST', 'shows', { title: 'Covered', ...about })).body;
const set = async (client, id, bytes, headers = {}) => {
    const answer = await fetch(`${relay.url}/api/v1/shows/${id}/cover`, { method: 'POST', body: bytes, headers: { authorization: `Bearer ${client.token}`, ...headers } });
    return { status: answer.status, body: await answer.json() };
};
const get = (at, headers) => fetch(relay.url + at, { headers });

test('a cover is handed out byte for byte, by its own type, and kept by browsers under its version', async () => {
    const { id } = await make();
    const versions = new Set();
    for (const [name, type] of [['baseline.jpg', 'image/jpeg'], ['grey.png', 'image/png'], ['lossless.webp', 'image/webp']]) {
        const { status, body } = await set(owner, id, picture(name), { 'content-type': 'text/html' });
        assert.equal(status, 200);
        versions.add(body.coverUrl);
        const seen = await get(body.coverUrl);
        assert.deepEqual([seen.status, seen.headers.get('content-type'), seen.headers.get('cache-control'), seen.headers.get('x-content-type-options')], [200, type, 'public, max-age=31536000, immutable', 'nosniff']);
        assert.deepEqual(Buffer.from(await seen.arrayBuffer()), picture(name));
        assert.equal((await get(`/covers/${id}`)).headers.get('cache-control'), 'no-cache');
        assert.equal((await get(`/covers/${id}`, { 'if-none-match': seen.headers.get('etag') })).status, 304);
        assert.equal((await new Client(relay).ask('GET', `shows/${id}`)).body.coverUrl, body.coverUrl);
    }
    assert.equal(versions.size, 3);
    assert.match(await (await get('/@owner/feed.xml')).text(), new RegExp(`<media:thumbnail url="http[^"]*/covers/${id}\\?v=`));
    assert.equal((await owner.ask('PATCH', `shows/${id}`, { title: 'Still covered' })).body.coverUrl, [...versions].at(-1));
    assert.equal((await owner.ask('DELETE', `shows/${id}/cover`)).body.coverUrl, null);
    assert.equal((await get(`/covers/${id}`)).status, 404);
    assert.deepEqual(readdirSync(path.join(relay.dataDir, 'recordings')).filter((name) => name.includes('cover')), []);
});

test('what is no picture, too large, or comes from somebody else is refused and changes nothing', async () => {
    const { id } = await make();
    const jpeg = picture('baseline.jpg');
    const huge = picture('grey.png');
    huge.writeUInt32BE(5000, 16);
    for (const [bytes, status] of [[jpeg.subarray(0, 100), 415], ['GIF89a', 415], ['<svg xmlns="http://www.w3.org/2000/svg"/>', 415], ['', 415], [huge, 422], [Buffer.alloc(262_145), 413]])
        assert.equal((await set(owner, id, bytes)).status, status);
    assert.equal((await set(other, id, jpeg)).status, 403);
    assert.equal((await set(new Client(relay), id, jpeg, { authorization: '' })).status, 401);
    assert.equal((await set(owner, 'aaaaaaaaaaaa', jpeg)).status, 404);
    assert.equal((await set(owner, id, jpeg, { origin: 'http://evil.example' })).status, 403);
    assert.equal((await other.ask('DELETE', `shows/${id}/cover`)).status, 403);
    assert.equal((await new Client(relay).ask('GET', `shows/${id}`)).body.coverUrl, null);
});

test('the cover of a closed show is for those whom it is open to, and no cache of others keeps it', async () => {
    const { id } = await make({ visibility: 'private', invited: ['other'] });
    const { body } = await set(owner, id, picture('lossy.webp'));
    assert.equal((await get(body.coverUrl)).status, 404);
    const seen = await get(body.coverUrl, { authorization: `Bearer ${other.token}` });
    assert.deepEqual([seen.status, seen.headers.get('cache-control')], [200, 'no-cache']);
    assert.equal((await set(new Client(relay), id, picture('lossy.webp'), { authorization: '' })).status, 401);
    const locked = await make({ visibility: 'password', password: 'open sesame' });
    await set(owner, locked.id, picture('lossy.webp'));
    const told = await new Client(relay).ask('GET', `shows/${locked.id}`);
    assert.deepEqual([told.body.isLocked, told.body.coverUrl], [true, null]);
    assert.equal((await get(`/covers/${locked.id}`)).status, 403);
});

test('a cover outlives the relay', async () => {
    const { id } = await make();
    const { body } = await set(owner, id, picture('progressive.jpg'));
    await relay.kill();
    relay = await startRelay({ args: ['--accounts-per-minute', '100'], dataDir: relay.dataDir });
    assert.deepEqual(Buffer.from(await (await get(body.coverUrl)).arrayBuffer()), picture('progressive.jpg'));
});
