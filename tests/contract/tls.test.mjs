// SPDX-License-Identifier: MIT
// The same relay behind its own certificate, and behind a proxy that has one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { test } from 'node:test';
import { createShow, startRelay, until } from '../e2e/lib/relay.mjs';
import { Source } from './lib/media.mjs';
import { Peer } from './lib/peer.mjs';

async function withCertificate(use) {
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-tls-'));
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
    try {
        await use({ cert, key });
    } finally {
        await rm(folder, { recursive: true });
    }
}

const ask = (url, { method = 'GET', headers, body } = {}) =>
    new Promise((resolve, reject) => {
        const request = https.request(url, { method, headers, rejectUnauthorized: false }, (answer) => {
            const chunks = [];
            answer.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString() }));
        });
        request.on('error', reject).end(body);
    });

test('HTTPS and wss carry a show', async () => {
    await withCertificate(async ({ cert, key }) => {
        const relay = await startRelay({ args: ['--tls-cert', cert, '--tls-key', key] });
        const { url } = relay;
        assert.match(url, /^https:/);
        const made = await ask(`${url}/api/v1/shows`, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': 13 }, body: '{"title":"T"}' });
        assert.equal(made.status, 201);
        assert.match(made.headers['strict-transport-security'], /max-age/);
        const show = JSON.parse(made.text);
        const open = async (hello) => {
            const peer = await new Peer(url, { rejectUnauthorized: false, origin: url }).opened();
            peer.say({ type: 'hello', version: 1, show: show.id, ...hello });
            await peer.text('welcome');
            return peer;
        };
        const publisher = await open({ role: 'publish', key: show.key });
        const viewer = await open({ role: 'watch' });
        publisher.say({ type: 'start', timestampMs: 0 });
        const source = new Source();
        const sent = [source.init(), source.video(0, { isKey: true, bytes: 300_000 }), source.audio(1), source.video(2, { bytes: 900 })];
        for (const m of sent) publisher.send(m);
        await viewer.until(() => viewer.media.length === sent.length, 'the media');
        assert.ok(Buffer.concat(viewer.media.map((m) => m.bytes)).equals(Buffer.concat(sent)));
        publisher.say({ type: 'end' });
        assert.equal((await viewer.closedWith()).code, 1000);
        await publisher.closedWith();

        const { hostname, port } = new URL(url);
        const handshake = (options) => new Promise((resolve, reject) => {
            const socket = tls.connect({ host: hostname, port, rejectUnauthorized: false, ...options }, () => {
                resolve(socket.getCipher().name);
                socket.destroy();
            });
            socket.on('error', reject);
        });
        assert.match(await handshake({ maxVersion: 'TLSv1.2' }), /GCM|CHACHA20/);
        await assert.rejects(handshake({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' }));
        await relay.stop();
    });
});

test('SIGHUP reads a renewed certificate; connections that are there go on', async () => {
    await withCertificate((old) =>
        withCertificate(async (renewed) => {
            const relay = await startRelay({ args: ['--tls-cert', old.cert, '--tls-key', old.key, '--threads', '3'] });
            const { hostname, port } = new URL(relay.url);
            const connect = () =>
                new Promise((resolve, reject) => {
                    const socket = tls.connect({ host: hostname, port, rejectUnauthorized: false }, () => resolve(socket));
                    socket.on('error', reject);
                });
            const shown = async () => {
                const socket = await connect();
                const { fingerprint256 } = socket.getPeerCertificate();
                socket.destroy();
                return fingerprint256;
            };
            const before = await shown();
            const staying = await connect();
            await copyFile(renewed.cert, old.cert);
            await copyFile(renewed.key, old.key);
            assert.equal(await shown(), before);
            process.kill(relay.pid, 'SIGHUP');
            await until(() => /certificate-read /.test(relay.log), 'the log');
            // Each loop follows at its next tick: then all of many connections see the new one.
            await until(async () => (await Promise.all(Array.from({ length: 12 }, shown))).every((f) => f !== before), 'the new certificate everywhere');
            staying.write(`GET /healthz HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
            assert.match((await once(staying, 'data'))[0].toString(), / 200 OK/);
            staying.destroy();
            await relay.stop();
        }),
    );
});

test('who comes back resumes, on whichever loop, also behind SIGHUP', async () => {
    await withCertificate(async ({ cert, key }) => {
        const relay = await startRelay({ args: ['--tls-cert', cert, '--tls-key', key, '--threads', '4'] });
        const { hostname, port } = new URL(relay.url);
        /** Resolves with whether `session` was resumed, and with one to come back with. */
        const visit = (options) =>
            new Promise((resolve, reject) => {
                const socket = tls.connect({ host: hostname, port, rejectUnauthorized: false, ...options });
                let ticket = null;
                // TLS 1.3 brings tickets behind the handshake: the answer comes after them.
                socket.on('session', (session) => (ticket = session));
                socket.on('secureConnect', () => socket.write(`GET /healthz HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`));
                socket.once('data', () => {
                    resolve({ isResumed: socket.isSessionReused(), ticket });
                    socket.destroy();
                });
                socket.on('error', reject);
            });
        const allResume = async (options) => {
            const visits = await Promise.all(Array.from({ length: 16 }, () => visit(options)));
            return visits.filter(({ isResumed }) => isResumed).length;
        };
        for (const version of ['TLSv1.2', 'TLSv1.3']) {
            const limits = { minVersion: version, maxVersion: version };
            const first = await visit(limits);
            assert.equal(first.isResumed, false);
            assert.ok(first.ticket, `${version} gives a ticket`);
            assert.equal(await allResume({ ...limits, session: first.ticket }), 16, version);
        }
        const { ticket } = await visit({});
        const hangUp = async (times) => {
            process.kill(relay.pid, 'SIGHUP');
            await until(() => relay.log.match(/certificate-read /g)?.length === times, 'the log');
        };
        await hangUp(1);
        assert.equal(await allResume({ session: ticket }), 16, 'the key before the newest still counts');
        const { ticket: newer } = await visit({});
        await hangUp(2);
        assert.equal(await allResume({ session: newer }), 16);
        assert.equal(await allResume({ session: ticket }), 0, 'an older one does not');
        await relay.stop();
    });
});

test('--public-url admits the origin that people see', async () => {
    const relay = await startRelay({ args: ['--public-url', 'https://show.example'] });
    const show = await createShow(relay.url, 'x');
    const peer = await new Peer(relay.url, { origin: 'https://show.example' }).opened();
    peer.say({ type: 'hello', version: 1, role: 'watch', show: show.id });
    await peer.text('welcome');
    peer.end();
    const stranger = new Peer(relay.url, { origin: 'https://show.example.evil' });
    await stranger.until(() => stranger.failed, 'a refused upgrade');
    await relay.stop();
});
