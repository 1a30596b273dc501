// SPDX-License-Identifier: MIT
// HTTP as browsers, players, proxies and attackers speak it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import { createShow, startRelay, until } from '../e2e/lib/relay.mjs';
import { Source } from './lib/media.mjs';
import { publish } from './lib/peer.mjs';
import { exchange } from './lib/raw.mjs';

const SCRIPT = `// ${'a script that compresses well '.repeat(4000)}`;
let relay, page, host;

/** A built page as web/build.mjs leaves it, small. */
async function buildPage() {
    page = await mkdtemp(path.join(tmpdir(), 'tabcast-page-'));
    await mkdir(path.join(page, 'assets'));
    const sources = { 'index.html': '<!doctype html><title>home</title>', 'show.html': '<!doctype html><title>show</title>', '404.html': '<!doctype html><title>lost</title>', 'assets/app-HASH.js': SCRIPT };
    const files = [];
    for (const [file, text] of Object.entries(sources)) {
        const bytes = Buffer.from(text);
        const [br, gz] = file.endsWith('.js') ? [brotliCompressSync(bytes), gzipSync(bytes)] : [Buffer.alloc(0), Buffer.alloc(0)];
        await writeFile(path.join(page, file), bytes);
        if (br.length) await writeFile(path.join(page, `${file}.br`), br);
        if (gz.length) await writeFile(path.join(page, `${file}.gz`), gz);
        const type = file.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8';
        files.push({ file, type, immutable: file.startsWith('assets/'), etag: createHash('sha256').update(bytes).digest('hex').slice(0, 16), size: bytes.length, brSize: br.length, gzSize: gz.length });
    }
    const routes = [{ route: '/', file: 'index.html' }, { route: '/show/ID', file: 'show.html' }, { route: null, file: '404.html' }];
    await writeFile(path.join(page, 'manifest.json'), JSON.stringify({ version: 1, routes, files }));
}

before(async () => {
    await buildPage();
    relay = await startRelay({ args: ['--web', page, '--shows-per-minute', '1000'] });
    host = new URL(relay.url).host;
});
after(async () => {
    await relay.stop();
    await rm(page, { recursive: true });
});

const get = (target, headers = {}) => fetch(relay.url + target, { headers });
/** A request as text; the answer once the relay closed. */
const raw = (lines, body = '') => exchange(relay.url, `${lines.join('\r\n')}\r\n\r\n${body}`);
const statusOf = (text) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);

describe('pages', () => {
    test('are isolated, strict and revalidated', async () => {
        const answer = await get('/show/abcdefgh2345');
        assert.equal(answer.status, 200);
        assert.match(await answer.text(), /show/);
        const h = answer.headers;
        assert.equal(h.get('cross-origin-opener-policy'), 'same-origin');
        assert.equal(h.get('cross-origin-embedder-policy'), 'require-corp');
        assert.equal(h.get('cross-origin-resource-policy'), 'same-origin');
        assert.equal(h.get('x-content-type-options'), 'nosniff');
        assert.equal(h.get('cache-control'), 'no-cache');
        assert.match(h.get('permissions-policy'), /camera=\(self\), microphone=\(self\), display-capture=\(self\)/);
        const csp = h.get('content-security-policy');
        assert.match(csp, /default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self';/);
        assert.match(csp, new RegExp(`connect-src 'self' ws://${host} wss://${host};`));
        assert.doesNotMatch(csp, /unsafe-eval'[^;]*unsafe-inline|script-src[^;]*unsafe-inline|\*/);
        assert.equal((await get('/', { 'if-none-match': (await get('/')).headers.get('etag') })).status, 304);
    });

    test('unknown paths are a page of their own, unknown API paths a problem', async () => {
        const lost = await get('/nowhere');
        assert.equal(lost.status, 404);
        assert.match(await lost.text(), /lost/);
        const problem = await get('/api/v1/nowhere');
        assert.equal(problem.status, 404);
        assert.equal(problem.headers.get('content-type'), 'application/problem+json');
    });

    test('no path leaves the table of files', async () => {
        for (const target of ['/../../etc/passwd', '/assets/../../etc/passwd', '/assets/%2e%2e/manifest.json', '/manifest.json', '/assets/', '/index.html', '//etc/passwd', '/assets/app-HASH.js.br', '/%00', '/show/abcdefgh2345/..']) {
            const text = await raw([`GET ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close']);
            const status = statusOf(text);
            assert.ok(status === 404 || Number.isNaN(status) || (status === 200 && /home/.test(text)), `${target}: ${text.slice(0, 60)}`);
            assert.doesNotMatch(text, /root:|"routes"/);
        }
    });
});

describe('assets', () => {
    test('come compressed as asked, each form with its own ETag, for a year', async () => {
        const tags = new Set();
        for (const [accept, coding] of [['br, gzip', 'br'], ['gzip', 'gzip'], ['br;q=0, gzip;q=0.5', 'gzip'], ['identity', null]]) {
            const answer = await get('/assets/app-HASH.js', { 'accept-encoding': accept });
            assert.equal(answer.headers.get('content-encoding'), coding);
            assert.equal(answer.headers.get('vary'), 'Accept-Encoding');
            assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable');
            assert.equal(await answer.text(), SCRIPT); // fetch decompresses
            tags.add(answer.headers.get('etag'));
            const again = await get('/assets/app-HASH.js', { 'accept-encoding': accept, 'if-none-match': answer.headers.get('etag') });
            assert.equal(again.status, 304);
            assert.equal((await again.arrayBuffer()).byteLength, 0);
        }
        assert.equal(tags.size, 3);
        const text = await raw(['GET /assets/app-HASH.js HTTP/1.1', `Host: ${host}`, 'Accept-Encoding: br', 'Connection: close']);
        const body = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1');
        assert.equal(brotliDecompressSync(body).toString(), SCRIPT);
    });

    test('HEAD has the head of GET and no body', async () => {
        for (const target of ['/', '/assets/app-HASH.js', '/metrics', '/api/v1/shows', '/api/v1/openapi.json', '/healthz']) {
            const text = await raw([`HEAD ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close']);
            assert.equal(statusOf(text), 200, target);
            assert.ok(Number(/content-length: (\d+)/i.exec(text)[1]) > 0, target);
            assert.ok(text.endsWith('\r\n\r\n'), target);
        }
    });

    test('a response larger than a socket takes at once arrives whole', async () => {
        const answers = await Promise.all(Array.from({ length: 8 }, () => get('/assets/app-HASH.js', { 'accept-encoding': 'identity', connection: 'close' })));
        for (const answer of answers) assert.equal((await answer.text()).length, SCRIPT.length);
    });
});

describe('the API', () => {
    const post = (body, headers = {}) => fetch(`${relay.url}/api/v1/shows`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

    test('creates shows and refuses bad ones with what is wrong', async () => {
        const made = await post(JSON.stringify({ title: 'Ünïcode 🎭', description: 'a\nb' }));
        assert.equal(made.status, 201);
        const show = await made.json();
        assert.equal(made.headers.get('location'), `/api/v1/shows/${show.id}`);
        assert.equal(show.title, 'Ünïcode 🎭');
        assert.match(show.key, /^[\w-]{43}$/);
        const again = await (await get(`/api/v1/shows/${show.id}`)).json();
        assert.equal('key' in again, false);
        for (const [body, status, headers] of [
            ['{}', 422], ['{"title":""}', 422], ['{"title":"a","description":5}', 422], ['', 411], ['nonsense', 400],
            ['{"title":"a","title":"b"}', 400], [Buffer.from([0x7b, 0xff, 0x7d]), 400], [JSON.stringify({ title: 'x'.repeat(201) }), 422],
            [JSON.stringify({ title: 'x' }), 403, { origin: 'https://evil.example' }], ['title=x', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
            ['x'.repeat(65_537), 413],
        ]) {
            const answer = await post(body || undefined, headers);
            assert.ok(answer.status === status || (body === '' && [400, 411].includes(answer.status)), `${body.slice(0, 30)}: ${answer.status}`);
            const problem = await answer.json();
            assert.equal(problem.status, answer.status);
            assert.ok(problem.detail.length > 10);
        }
        assert.equal((await fetch(`${relay.url}/api/v1/shows`, { method: 'DELETE' })).status, 405);
        assert.equal((await fetch(`${relay.url}/metrics`, { method: 'POST', body: 'x' })).headers.get('allow'), 'GET, HEAD');
    });

    test('limits what one address creates, and nobody else', async () => {
        const strict = await startRelay({ args: ['--shows-per-minute', '3', '--trust-proxy'] });
        const create = (address) => fetch(`${strict.url}/api/v1/shows`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-forwarded-for': `1.1.1.1, ${address}` }, body: '{"title":"x"}' });
        const statuses = [];
        for (let i = 0; i < 4; i++) statuses.push((await create('203.0.113.1')).status);
        assert.deepEqual(statuses, [201, 201, 201, 429]);
        assert.equal((await create('203.0.113.2')).status, 201);
        await strict.stop();
    });

    test('pages through lists by cursor', async () => {
        const made = [];
        for (let i = 0; i < 5; i++) made.push((await createShow(relay.url, `page ${i}`)).id);
        const seen = [];
        let cursor = '';
        do {
            const list = await (await get(`/api/v1/shows?state=scheduled&limit=2${cursor && `&cursor=${cursor}`}`)).json();
            assert.ok(list.items.length <= 2);
            seen.push(...list.items.map((s) => s.id));
            cursor = list.next;
        } while (cursor);
        assert.equal(new Set(seen).size, seen.length);
        for (const id of made) assert.ok(seen.includes(id));
        for (const query of ['state=on', 'limit=0', 'limit=x', 'cursor=%3Cscript%3E']) assert.equal((await get(`/api/v1/shows?${query}`)).status, 400);
    });
});

describe('media', () => {
    let show, publisher, source;
    const sent = [];
    before(async () => {
        show = await createShow(relay.url, 'Media');
        publisher = await publish(relay.url, show);
        source = new Source();
        sent.push(source.init(), source.video(0, { isKey: true, bytes: 30_000 }));
        for (let t = 20; t < 2000; t += 20) sent.push(source.audio(t), source.video(t, { isKey: t % 500 === 0, bytes: 3000 }));
        for (const bytes of sent) publisher.send(bytes);
        publisher.send(source.poster(2000));
        await publisher.until(() => publisher.texts.some((t) => t.type === 'ack' && t.timestampUs >= 1_980_000), 'all acknowledged');
    });

    test('/live is the init segment, then from the newest key frame on, until the end', async () => {
        const answer = await get(`/live/${show.id}.webm`);
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get('content-type'), 'video/webm');
        assert.equal(answer.headers.get('cache-control'), 'no-store');
        const expected = [sent[0], ...sent.slice(sent.findIndex((m) => m[0] === 2 && m.readBigUInt64BE(8) === 1_500_000n))].map((m) => m.subarray(16));
        const wanted = Buffer.concat(expected);
        const chunks = [];
        const reader = answer.body.getReader();
        let length = 0;
        while (length < wanted.length) {
            const { value } = await reader.read();
            chunks.push(value);
            length += value.length;
        }
        assert.ok(Buffer.concat(chunks).equals(wanted));
        assert.equal((await (await get(`/api/v1/shows/${show.id}`)).json()).viewers, 1);
        await reader.cancel();
        let t = 2000; // a socket that went away shows at the next bytes for it
        await until(async () => {
            publisher.send(source.audio((t += 20)));
            return (await (await get(`/api/v1/shows/${show.id}`)).json()).viewers === 0;
        }, 'the viewer gone');
        assert.equal((await get('/live/aaaaaaaaaaaa.webm')).status, 404);
    });

    test('posters are told, served and revalidated', async () => {
        const { posterUrl } = await (await get(`/api/v1/shows/${show.id}`)).json();
        const answer = await get(posterUrl);
        assert.equal(answer.headers.get('content-type'), 'image/jpeg');
        assert.deepEqual([...new Uint8Array(await answer.arrayBuffer())].slice(0, 3), [0xff, 0xd8, 0xff]);
        assert.equal((await get(posterUrl, { 'if-none-match': answer.headers.get('etag') })).status, 304);
    });

    test('replays answer ranges and preconditions', async () => {
        publisher.say({ type: 'chat', text: 'first line' });
        await publisher.text('chat');
        publisher.say({ type: 'end' });
        await publisher.closedWith();
        const replay = await until(async () => {
            const answer = await get(`/api/v1/replays/${show.id}`);
            return answer.status === 200 && answer.json();
        }, 'the replay');
        const whole = await get(replay.mediaUrl);
        const bytes = Buffer.from(await whole.arrayBuffer());
        assert.equal(bytes.length, replay.sizeBytes);
        assert.equal(whole.headers.get('accept-ranges'), 'bytes');
        const etag = whole.headers.get('etag');
        for (const [range, first, end] of [['bytes=0-99', 0, 100], ['bytes=1000-', 1000, bytes.length], ['bytes=-77', bytes.length - 77, bytes.length], ['bytes=5-5', 5, 6]]) {
            const part = await get(replay.mediaUrl, { range, 'if-range': etag });
            assert.equal(part.status, 206);
            assert.equal(part.headers.get('content-range'), `bytes ${first}-${end - 1}/${bytes.length}`);
            assert.ok(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(first, end)));
        }
        assert.equal((await get(replay.mediaUrl, { range: 'bytes=0-9', 'if-range': '"other"' })).status, 200);
        const beyond = await get(replay.mediaUrl, { range: `bytes=${bytes.length}-` });
        assert.equal(beyond.status, 416);
        assert.equal(beyond.headers.get('content-range'), `bytes */${bytes.length}`);
        assert.equal((await get(replay.mediaUrl, { 'if-none-match': etag })).status, 304);
        assert.equal((await get(replay.mediaUrl, { 'if-match': '"other"' })).status, 412);
        assert.equal((await get(replay.mediaUrl, { 'if-modified-since': whole.headers.get('last-modified') })).status, 304);
        const head = await fetch(relay.url + replay.mediaUrl, { method: 'HEAD' });
        assert.equal(Number(head.headers.get('content-length')), bytes.length);
        const { messages } = await (await get(replay.chatUrl)).json();
        assert.deepEqual(messages.map((m) => m.text), ['first line']);
        assert.equal((await get(replay.posterUrl)).status, 200);
        assert.equal((await get('/replays/aaaaaaaaaaaa.webm')).status, 404);
        assert.equal((await get(`/live/${show.id}.webm`)).status, 404);
    });
});

describe('framing', () => {
    test('what could smuggle a request is refused and closes', async () => {
        const smuggled = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
        const cases = {
            'no Host': ['GET / HTTP/1.1'],
            'two Hosts': ['GET / HTTP/1.1', `Host: ${host}`, 'Host: other'],
            'a Host that is none': ['GET / HTTP/1.1', 'Host: a/b'],
            'a length and an encoding': ['POST /api/v1/shows HTTP/1.1', `Host: ${host}`, 'Content-Length: 5', 'Transfer-Encoding: chunked'],
            'a negative length': ['POST /api/v1/shows HTTP/1.1', `Host: ${host}`, 'Content-Length: -1'],
            'a length that is no number': ['POST /api/v1/shows HTTP/1.1', `Host: ${host}`, 'Content-Length: 5x'],
            'two lengths': ['POST /api/v1/shows HTTP/1.1', `Host: ${host}`, 'Content-Length: 5', 'Content-Length: 6'],
            'another version': ['GET / HTTP/2.7', `Host: ${host}`],
        };
        for (const [name, lines] of Object.entries(cases)) {
            const text = await raw(lines, smuggled);
            assert.doesNotMatch(text, /\r\n\r\nok\n/, name);
            assert.ok(text === '' || statusOf(text) >= 400, `${name}: ${text.slice(0, 80)}`);
        }
        for (const lines of [['GET / HTTP/1.1', `Host: ${host}`, `Content-Length: ${smuggled.length}`], ['POST /metrics HTTP/1.1', `Host: ${host}`, `Content-Length: ${smuggled.length}`]]) {
            const text = await raw(lines, smuggled);
            assert.match(text, /Connection: close/);
            assert.doesNotMatch(text, /\r\n\r\nok\n/);
        }
    });

    test('connections are kept, pipelined requests answered in order', async () => {
        const one = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
        const text = await exchange(relay.url, one + one + `GET /readyz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
        assert.equal(text.match(/HTTP\/1\.1 200 OK/g)?.length, 3);
    });

    test('heads that are too long, and bytes that are no HTTP', async () => {
        const long = await raw([`GET /${'a'.repeat(3000)} HTTP/1.1`, `Host: ${host}`, 'Connection: close']);
        assert.ok(long === '' || [404, 414].includes(statusOf(long)), long.slice(0, 40));
        const range = await raw(['GET / HTTP/1.1', `Host: ${host}`, `Range: bytes=${'0-1,'.repeat(200)}`, 'Connection: close']);
        assert.ok(range === '' || statusOf(range) === 431);
        for (const junk of ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\0'.repeat(100) + '\r\n\r\n', 'GET\r\n\r\n']) {
            const text = await exchange(relay.url, Buffer.from(junk, 'latin1'));
            assert.doesNotMatch(text, / 200 /);
        }
        assert.equal((await get('/healthz')).status, 200);
    });

    test('a request that never ends is cut', async () => {
        const started = Date.now();
        const text = await exchange(relay.url, 'GET / HTTP/1.1\r\nHost:', undefined, 40_000);
        assert.doesNotMatch(text, / 200 /);
        assert.ok(Date.now() - started < 30_000);
    });
});

test('metrics are well-formed Prometheus text', async () => {
    const answer = await get('/metrics');
    assert.match(answer.headers.get('content-type'), /text\/plain; version=0\.0\.4/);
    const described = new Set();
    for (const line of (await answer.text()).trimEnd().split('\n')) {
        const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
        if (type) described.add(type[1]);
        else if (!line.startsWith('# HELP ')) {
            const sample = /^([a-z_]+)(\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? (\d+(\.\d+)?)$/.exec(line);
            assert.ok(sample, line);
            assert.ok(described.has(sample[1].replace(/_(bucket|sum|count)$/, '')) || described.has(sample[1]), line);
        }
    }
    assert.ok(described.size > 30);
});
