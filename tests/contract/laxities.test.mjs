// SPDX-License-Identifier: MIT
// What the socket library would forgive, over a raw socket, plain and under TLS: each is refused with a status or a
// close code, and counted.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { startRelay, until } from '../e2e/lib/relay.mjs';
import { Source } from './lib/media.mjs';
import { Peer } from './lib/peer.mjs';

const WAIT_MS = 15_000;

/** A raw connection: `bytes` is all that came, `closed` tells how it ended. */
function dial(relay) {
    const { hostname, port, protocol } = new URL(relay.url);
    const options = { host: hostname, port: Number(port), rejectUnauthorized: false };
    const socket = protocol === 'https:' ? tls.connect(options) : net.connect(options);
    const line = { socket, bytes: Buffer.alloc(0), error: null };
    socket.on('data', (chunk) => {
        line.bytes = Buffer.concat([line.bytes, chunk]);
    });
    socket.on('error', (error) => {
        line.error = error;
    });
    line.closed = new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`not closed; got ${line.bytes.subarray(0, 300).toString('latin1')}`)), WAIT_MS);
        socket.on('close', () => {
            clearTimeout(timer);
            resolve();
        });
    });
    return line;
}

/** All that comes back for `pieces`, each written when the one before has left. */
async function ask(relay, ...pieces) {
    const line = dial(relay);
    for (const piece of pieces) await new Promise((resolve) => line.socket.write(Buffer.from(piece, 'latin1'), resolve));
    await line.closed;
    return line.bytes.toString('latin1');
}

async function counters(relay) {
    const host = new URL(relay.url).host;
    const text = await ask(relay, `GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    return (name, reason) => Number(text.split('\n').find((l) => l.startsWith(`tabcast_${name}{reason="${reason}"} `))?.split(' ')[1]);
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const handshake = (host) =>
    `GET /ws HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: tabcast.v1\r\n\r\n`;

/** What stands behind the handshake's answer. */
function framesOf(bytes) {
    const head = bytes.indexOf('\r\n\r\n');
    const frames = [];
    if (head < 0) return frames;
    for (let at = head + 4; at + 2 <= bytes.length; ) {
        const first = bytes[at + 1] & 0x7f;
        const start = at + (first < 126 ? 2 : 4);
        const length = first < 126 ? first : bytes.readUInt16BE(at + 2);
        frames.push({ opcode: bytes[at] & 15, payload: bytes.subarray(start, start + length) });
        at = start + length;
    }
    return frames;
}

const MASK = [0, 0, 0, 0];
const text = (string) => Buffer.from([0x81, 0x80 | string.length, ...MASK, ...Buffer.from(string)]);
const pings = (count) => Buffer.concat(Array.from({ length: count }, () => Buffer.from([0x89, 0x80, ...MASK])));

const heads = {
    'a bare LF behind the request line': ['line-end', (host) => `GET /healthz HTTP/1.1\nHost: ${host}\r\n\r\n`],
    'a bare LF behind a field': ['line-end', (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\nX: y\r\n\r\n`],
    'bare LFs throughout': ['line-end', (host) => `GET /healthz HTTP/1.1\nHost: ${host}\n\n`],
    'a bare LF at the end': ['line-end', (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\n`],
    'a bare CR in a value': ['line-end', (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\rX: y\r\n\r\n`],
    'a NUL in a value': ['field', (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nX: a\0b\r\n\r\n`],
    'a blank before the colon': ['field', (host) => `GET /healthz HTTP/1.1\r\nHost : ${host}\r\n\r\n`],
    'a field without a colon': ['field', (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nnonsense\r\n\r\n`],
    'a folded field': ['folded', (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nX: a\r\n b\r\n\r\n`],
    'HTTP/2.7': ['request-line', (host) => `GET /healthz HTTP/2.7\r\nHost: ${host}\r\n\r\n`],
    'HTTP/1.10': ['request-line', (host) => `GET /healthz HTTP/1.10\r\nHost: ${host}\r\n\r\n`],
    'no version': ['request-line', () => 'GET /healthz\r\n\r\n'],
    'an empty line in front': ['request-line', (host) => `\r\nGET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    'two blanks in the request line': ['request-line', (host) => `GET  /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    'no Host': ['host', () => 'GET /healthz HTTP/1.1\r\n\r\n'],
    'two Hosts': ['host', (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nHost: ${host}\r\n\r\n`],
    'a negative length': ['length', (host) => `POST /api/v1/shows HTTP/1.1\r\nHost: ${host}\r\nContent-Length: -1\r\n\r\n`],
    'a length with a sign': ['length', (host) => `POST /api/v1/shows HTTP/1.1\r\nHost: ${host}\r\nContent-Length: +5\r\n\r\nhello`],
    'a length that is no number': ['length', (host) => `POST /api/v1/shows HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5x\r\n\r\nhello`],
    'an empty length': ['length', (host) => `POST /api/v1/shows HTTP/1.1\r\nHost: ${host}\r\nContent-Length:\r\n\r\n`],
    'two lengths': ['length', (host) => `POST /api/v1/shows HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
    'a length and an encoding': ['framing', (host) => `POST /api/v1/shows HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    'two encodings': ['framing', (host) => `PUT /ingest/abc HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`],
    'an encoding in HTTP/1.0': ['framing', () => 'PUT /ingest/abc HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    'a TLS greeting or other bytes': ['request-line', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
};

const frames = {
    'an unmasked text': ['frame-unmasked', Buffer.from([0x81, 2, 0x7b, 0x7d])],
    'an unmasked PING': ['frame-unmasked', Buffer.from([0x89, 0])],
    'an unmasked frame behind a good one': ['frame-unmasked', Buffer.concat([Buffer.from([0x89, 0x81, ...MASK, 1]), Buffer.from([0x81, 0])])],
    'a short length in two bytes': ['frame-length', Buffer.from([0x81, 0xfe, 0, 5, ...MASK, 1, 2, 3, 4, 5])],
    'a short length in eight bytes': ['frame-length', Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 5, ...MASK, 1, 2, 3, 4, 5])],
    'a two-byte length in eight bytes': ['frame-length', Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...MASK])],
    'a negative length': ['frame-length', Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, ...MASK])],
    'a long PING': ['frame-length', Buffer.from([0x89, 0xfe, 0, 126, ...MASK])],
    'a PING in pieces': ['frame-bits', Buffer.from([0x09, 0x80, ...MASK])],
    'a reserved bit': ['frame-bits', Buffer.from([0xc1, 0x80, ...MASK])],
    'a reserved opcode': ['frame-bits', Buffer.from([0x83, 0x80, ...MASK])],
    'a piece of nothing': ['frame-order', Buffer.from([0x80, 0x80, ...MASK])],
    'a message within another': ['frame-order', Buffer.from([0x01, 0x80, ...MASK, 0x81, 0x80, ...MASK])],
};

for (const isSecure of [false, true]) {
    describe(isSecure ? 'under TLS' : 'plain', () => {
        let relay;
        let host;
        let folder;
        before(async () => {
            folder = await mkdtemp(path.join(tmpdir(), 'tabcast-lax-'));
            const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
            if (isSecure) execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
            relay = await startRelay({ args: isSecure ? ['--tls-cert', cert, '--tls-key', key] : [] });
            host = new URL(relay.url).host;
        });
        after(async () => {
            await relay.stop();
            await rm(folder, { recursive: true });
        });

        for (const [name, [reason, make]] of Object.entries(heads)) {
            test(`${name} is refused`, async () => {
                const earlier = (await counters(relay))('http_heads_refused_total', reason);
                const head = make(host);
                assert.match(await ask(relay, `${head}GET /readyz HTTP/1.1\r\nHost: ${host}\r\n\r\n`), /^HTTP\/1\.1 400 [^]*Connection: close[^]*\{[^{]*$/);
                const half = Math.ceil(head.length / 2);
                assert.match(await ask(relay, head.slice(0, half), head.slice(half)), /^HTTP\/1\.1 400 /);
                assert.equal((await counters(relay))('http_heads_refused_total', reason), earlier + 2);
            });
        }

        test('a head without end is refused', async () => {
            assert.match(await ask(relay, `GET / HTTP/1.1\r\nHost: ${host}\r\n${`X: ${'y'.repeat(60)}\r\n`.repeat(400)}`), /^(HTTP\/1\.1 431 |$)/);
        });

        test('what came before the bad request is answered first', async () => {
            const good = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
            const answers = await ask(relay, `${good}${good}GET /healthz HTTP/1.1\nHost: ${host}\n\n`);
            assert.deepEqual(answers.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400']);
        });

        test('requests behind an answer that goes on wait without work, however many', async () => {
            const open = async (hello) => {
                const peer = await new Peer(relay.url, { rejectUnauthorized: false, origin: relay.url }).opened();
                peer.say({ type: 'hello', version: 1, ...hello });
                await peer.text('welcome');
                return peer;
            };
            const body = '{"title":"Long"}';
            const made = await ask(relay, `POST /api/v1/shows HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
            const show = JSON.parse(made.slice(made.indexOf('{')));
            const publisher = await open({ role: 'publish', show: show.id, key: show.key });
            publisher.say({ type: 'start', timestampMs: 0 });
            const source = new Source();
            publisher.send(source.init());
            publisher.send(source.video(0, { isKey: true }));
            const line = dial(relay);
            line.socket.write(`GET /live/${show.id}.webm HTTP/1.1\r\nHost: ${host}\r\n\r\nGET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
            await until(() => line.bytes.includes('webm'), 'the stream');
            const cpuMs = () => {
                const fields = readFileSync(`/proc/${relay.pid}/stat`, 'latin1').split(') ')[1].split(' ');
                return (Number(fields[11]) + Number(fields[12])) * 10;
            };
            const [usedMs, begunMs] = [cpuMs(), performance.now()];
            await until(() => performance.now() - begunMs > 1000, 'a second to pass');
            assert.ok(cpuMs() - usedMs < 250, `${cpuMs() - usedMs} ms of work`);
            for (let i = 0; i < 10; i++) await new Promise((resolve) => line.socket.write(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nX: ${'y'.repeat(4000)}\r\n\r\n`, resolve));
            publisher.send(source.video(40));
            publisher.say({ type: 'end' });
            await line.closed;
            assert.equal(line.bytes.toString('latin1').match(/HTTP\/1\.1 /g).length, 1, 'the stream ends with its connection');
        });

        test('a body is not taken for a request, and what follows it is looked at', async () => {
            const body = '{"title":"GET / HTTP/1.1"}';
            const post = `POST /api/v1/shows HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
            const answers = await ask(relay, `${post}GET /healthz HTTP/1.1\nHost: ${host}\n\n`);
            assert.deepEqual(answers.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 201', 'HTTP/1.1 400']);
        });

        test('strict heads in any cut are taken', async () => {
            const head = `GET /healthz HTTP/1.1\r\nhOsT:${host}\r\nX-Empty:\r\nX-Latin: \xe4\r\nConnection: close\r\n\r\n`;
            for (let at = 1; at < head.length; at += 7) assert.match(await ask(relay, head.slice(0, at), head.slice(at)), /^HTTP\/1\.1 200 /);
        });

        for (const [name, [reason, bytes]] of Object.entries(frames)) {
            test(`${name} closes with 1002`, async () => {
                const earlier = (await counters(relay))('refusals_total', reason);
                const line = dial(relay);
                line.socket.write(handshake(host));
                await until(() => line.bytes.includes('\r\n\r\n'), 'the handshake');
                line.socket.write(bytes);
                line.socket.write(text('{"type":"hello"}'));
                await line.closed;
                const found = framesOf(line.bytes);
                const last = found.at(-1);
                assert.equal(last.opcode, 8);
                assert.equal(last.payload.readUInt16BE(0), 1002);
                assert.equal(JSON.parse(found.find((f) => f.opcode === 1).payload).code, 'bad-message');
                assert.equal((await counters(relay))('refusals_total', reason), earlier + 1);
            });
        }

        test('a bad frame in the same bytes as the handshake is refused, too', async () => {
            const found = framesOf(Buffer.from(await ask(relay, handshake(host) + '\x81\x02{}'), 'latin1'));
            assert.equal(found.at(-1).payload.readUInt16BE(0), 1002);
        });

        test('PINGs are answered, a flood of them is refused', async () => {
            const line = dial(relay);
            line.socket.write(handshake(host));
            await until(() => line.bytes.includes('\r\n\r\n'), 'the handshake'); // before it a client has nothing to say (RFC 6455 4.1)
            line.socket.write(pings(10));
            await until(() => framesOf(line.bytes).some((f) => f.opcode === 10), 'a PONG');
            line.socket.write(pings(200));
            await line.closed;
            assert.equal(framesOf(line.bytes).at(-1).payload.readUInt16BE(0), 4007);
            assert.ok((await counters(relay))('refusals_total', 'rate-control') >= 1);
        });

        test('whoever goes on sending is cut all the same', async () => {
            const line = dial(relay);
            line.socket.write('GET / HTTP/1.1\n');
            const timer = setInterval(() => line.socket.write(Buffer.alloc(100_000, 'x')), 5);
            await line.closed;
            clearInterval(timer);
        });
    });
}
