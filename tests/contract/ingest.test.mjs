// SPDX-License-Identifier: MIT
// Encoders elsewhere: real ffmpeg (and curl, and bare sockets) into /ingest, what viewers and the recording get of it,
// and what is refused with which words.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createShow, startRelay, until } from '../e2e/lib/relay.mjs';
import { watch } from './lib/peer.mjs';
import { exchange } from './lib/raw.mjs';

let relay, folder;
const files = {};

function ffmpeg(args) {
    execFileSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function make(name, codecs, seconds = 2) {
    files[name] = path.join(folder, name);
    const inputs = ['-f', 'lavfi', '-i', 'testsrc2=size=192x108:rate=30', '-f', 'lavfi', '-i', 'sine=f=440'];
    ffmpeg([...inputs, '-t', String(seconds), ...codecs.split(' '), files[name]]);
}

const VP8 = '-c:v libvpx -deadline realtime -cpu-used 16 -b:v 300k -g 30 -auto-alt-ref 0';

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-ingest-'));
    make('show.webm', `${VP8} -c:a libopus -b:a 48k`, 4);
    // As ffmpeg sends it: copied into a new file, its times move by the sound's pre-skip.
    files['sent.webm'] = path.join(folder, 'sent.webm');
    ffmpeg(['-i', files['show.webm'], '-c', 'copy', files['sent.webm']]);
    make('show.mkv', `${VP8} -c:a libopus -b:a 48k`, 2);
    make('h264.mkv', '-c:v libx264 -preset ultrafast -c:a aac', 1);
    make('hevc.mkv', '-c:v libx265 -preset ultrafast -x265-params log-level=none -c:a libopus', 1);
    make('vp9.webm', '-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus', 1);
    make('aac.mkv', `${VP8} -c:a aac`, 1);
    make('h264.flv', '-c:v libx264 -preset ultrafast -c:a aac', 1);
    relay = await startRelay({ args: ['--shows-per-minute', '1000'] });
});
after(async () => {
    await relay.stop();
    await rm(folder, { recursive: true });
});

const live = (id, state = 'live') =>
    until(async () => (await (await fetch(`${relay.url}/api/v1/shows/${id}`)).json()).state === state, `a show that is ${state}`, 60_000);

/** A program that ends by itself, or by stop(). */
function run(command, args) {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal, said })));
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    ended.then(() => clearTimeout(timer));
    return { ended, kill: (signal) => (child.kill(signal), ended) };
}

/** ffmpeg as the documentation has it, from a file at its own speed. */
const publishByFfmpeg = (show, more = [], file = files['show.webm']) =>
    run('ffmpeg', ['-hide_banner', '-loglevel', 'warning', '-re', ...more, '-i', file, '-c', 'copy', '-f', 'webm', '-method', 'PUT', `${relay.url}/ingest/${show.key}`]);

/** Packets of a file: stream, bytes and a hash of them, in order per stream. */
function packets(file) {
    const text = execFileSync('ffprobe', ['-v', 'error', '-show_packets', '-show_data_hash', 'sha256', '-of', 'json', file], { maxBuffer: 1 << 26 });
    const lists = { 0: [], 1: [] };
    for (const p of JSON.parse(text).packets) lists[p.stream_index].push({ hash: p.data_hash, key: p.flags.includes('K'), ms: Math.round(Number(p.pts_time) * 1000) });
    return [lists[0], lists[1]];
}

const hashes = (list) => list.map((p) => `${p.hash} ${p.key}`);
const recordingOf = (show) =>
    until(async () => {
        const answer = await fetch(`${relay.url}/api/v1/replays/${show.id}`);
        return answer.ok && path.join(relay.dataDir, 'recordings', `${show.id}.webm`);
    }, 'the recording');

/**
 * One request; its body is a stream or a text. Not by fetch, which in Node 18 stumbles over an answer that comes before the whole
 * body went out.
 * @returns {Promise<{status: number, headers: object, text: string}>}
 */
function send(url, { method = 'PUT', body, headers = {} } = {}) {
    return new Promise((resolve, reject) => {
        const { request } = url.startsWith('https:') ? https : http;
        const sent = request(url, { method, headers, rejectUnauthorized: false }, (answer) => {
            let text = '';
            answer.on('data', (chunk) => (text += chunk)).on('end', () => {
                body?.destroy?.();
                sent.destroy();
                resolve({ status: answer.statusCode, headers: answer.headers, text });
            });
        });
        sent.on('error', reject);
        if (body?.pipe) body.pipe(sent);
        else sent.end(body);
    });
}
const put = (url, file, { method } = {}) => send(url, { method, body: createReadStream(file) });
const end = (show) => fetch(`${relay.url}/ingest/${show.key}`, { method: 'DELETE' });

describe('ffmpeg', () => {
    test('publishes: viewers and the recording get its packets', async () => {
        const show = await createShow(relay.url, 'From ffmpeg');
        const viewer = await watch(relay.url, show.id);
        const sender = publishByFfmpeg(show);
        await live(show.id);
        const read = path.join(folder, 'live.webm');
        const reader = run('curl', ['-sN', `${relay.url}/live/${show.id}.webm`, '-o', read]);
        assert.deepEqual(await sender.ended, { code: 0, signal: null, said: '' });
        await live(show.id, 'reconnecting');
        assert.equal((await end(show)).status, 204);
        await live(show.id, 'ended');
        await viewer.closedWith();
        assert.equal((await reader.ended).code, 0);

        const sent = packets(files['sent.webm']);
        const recording = await recordingOf(show);
        const recorded = packets(recording);
        for (const i of [0, 1]) {
            assert.deepEqual(hashes(recorded[i]), hashes(sent[i]));
            // The stream's own distances, moved onto the show's clock by one number.
            const shift = recorded[0][0].ms - sent[0][0].ms;
            recorded[i].forEach((p, n) => assert.ok(Math.abs(p.ms - sent[i][n].ms - shift) <= 1, `packet ${n} of ${i}`));
        }
        const verdict = execFileSync('mediaconch', ['-fs', recording]).toString();
        assert.match(verdict, /^pass!/);
        // The plain stream: what came after its reader did, beginning with a key frame, nothing else.
        const [video] = packets(read);
        assert.ok(video.length > 30 && video[0].key);
        assert.deepEqual(hashes(video), hashes(sent[0]).slice(-video.length));
        // The viewer's messages hold the same frames.
        const frames = viewer.media.filter((m) => m.header.kind === 2);
        assert.equal(frames.length, sent[0].length);
        assert.ok(frames.every((m) => m.header.temporalId === 0 && m.header.rendition === 0));
        assert.equal(viewer.media.filter((m) => m.header.kind === 1).length, 1);
    });

    test('comes back to the same show, and the recording goes on', async () => {
        const show = await createShow(relay.url, 'Twice');
        const first = publishByFfmpeg(show, ['-stream_loop', '-1']);
        await live(show.id);
        const read = run('curl', ['-sN', '--max-time', '60', `${relay.url}/live/${show.id}.webm`, '-o', path.join(folder, 'twice.webm')]);
        await first.kill('SIGKILL');
        await live(show.id, 'reconnecting');
        const second = publishByFfmpeg(show);
        await live(show.id);
        assert.equal((await second.ended).code, 0);
        assert.equal((await end(show)).status, 204);
        assert.equal((await read.ended).code, 0);
        const [video, audio] = packets(await recordingOf(show));
        const sent = packets(files['show.webm']);
        assert.deepEqual(hashes(video).slice(-sent[0].length), hashes(sent[0]));
        for (const list of [video, audio]) assert.ok(list.every((p, i) => !i || p.ms >= list[i - 1].ms), 'time goes on');
        execFileSync('ffmpeg', ['-v', 'error', '-xerror', '-i', await recordingOf(show), '-f', 'null', '-'], { stdio: 'inherit' });
    });

    test('is refused before it sends when it waits for 100 Continue', async () => {
        const show = await createShow(relay.url, 'Ended');
        const wrong = `${relay.url}/ingest/${'A'.repeat(43)}`;
        const { code, said } = await run('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-re', '-i', files['show.webm'], '-c', 'copy', '-f', 'webm', '-method', 'PUT', '-send_expect_100', '1', wrong]).ended;
        assert.notEqual(code, 0);
        assert.match(said, /403/);
        const right = run('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-re', '-i', files['show.webm'], '-c', 'copy', '-f', 'webm', '-method', 'PUT', '-send_expect_100', '1', `${relay.url}/ingest/${show.key}`]);
        await live(show.id);
        assert.equal((await right.ended).code, 0);
        await end(show);
    });
});

describe('bodies', () => {
    test('a Matroska file sent at once plays in its own time', async () => {
        const show = await createShow(relay.url, 'A file');
        const begun = Date.now();
        const answer = await put(`${relay.url}/ingest/${show.key}`, files['show.mkv'], { method: 'POST' });
        assert.equal(answer.status, 204);
        // 2 s of film, of which 1.5 s were gathered and 1 s may lie ahead: the sender is let go at once or soon after.
        assert.ok(Date.now() - begun < 10_000);
        await end(show);
        const recorded = packets(await recordingOf(show));
        assert.deepEqual(recorded.map(hashes), packets(files['show.mkv']).map(hashes));
    });

    test('a sender ahead of the clock is held back', async () => {
        const show = await createShow(relay.url, 'Fast');
        const begun = Date.now();
        assert.equal((await put(`${relay.url}/ingest/${show.key}`, files['show.webm'])).status, 204);
        assert.ok(Date.now() - begun > 1000, `${Date.now() - begun} ms for 4 s of film`);
        await end(show);
    });

    test('of known length, and until the connection closes', async () => {
        const bytes = await readFile(files['show.mkv']);
        for (const framing of ['Content-Length', 'Connection']) {
            const show = await createShow(relay.url, framing);
            const { hostname, port, host } = new URL(relay.url);
            const socket = net.connect({ host: hostname, port: Number(port), allowHalfOpen: true });
            const closed = new Promise((resolve) => socket.once('close', resolve));
            let text = '';
            socket.setEncoding('latin1').on('data', (chunk) => (text += chunk)).on('end', () => socket.end());
            const head = framing === 'Connection' ? 'Connection: close' : `Content-Length: ${bytes.length}`;
            socket.write(`PUT /ingest/${show.key} HTTP/1.1\r\nHost: ${host}\r\n${head}\r\n\r\n`);
            socket.write(bytes);
            if (framing === 'Connection') socket.end();
            await closed;
            assert.match(text, /^HTTP\/1\.1 204 /);
            await end(show);
            assert.deepEqual(packets(await recordingOf(show)).map(hashes), packets(files['show.mkv']).map(hashes));
        }
    });

    test('chunks that are none end it with 400', async () => {
        const show = await createShow(relay.url, 'Bad chunks');
        const head = (more) => `PUT /ingest/${show.key} HTTP/1.1\r\nHost: ${new URL(relay.url).host}\r\n${more}\r\n\r\n`;
        assert.match(await exchange(relay.url, `${head('Transfer-Encoding: chunked')}xyz\r\n`), /^HTTP\/1\.1 400 .*chunked coding is damaged/s);
        assert.match(await exchange(relay.url, head('Transfer-Encoding: gzip, chunked')), /^HTTP\/1\.1 501 /);
        assert.match(await exchange(relay.url, head('Transfer-Encoding: chunked\r\nContent-Length: 5')), /^HTTP\/1\.1 400 /);
        assert.match(await exchange(relay.url, head('Accept: */*')), /^HTTP\/1\.1 411 /);
        assert.match(await exchange(relay.url, head('Content-Length: 0')), /^HTTP\/1\.1 400 /);
        assert.match(await exchange(relay.url, head('Transfer-Encoding: chunked\r\nHost: other')), /^HTTP\/1\.1 400 /);
        // The seat is free again.
        assert.equal((await put(`${relay.url}/ingest/${show.key}`, files['show.mkv'])).status, 204);
        await end(show);
    });
});

describe('refusals', () => {
    for (const [file, ...words] of [
        ['h264.mkv', 'H.264', 'AAC', '-c:v libvpx', '-c:a libopus'],
        ['hevc.mkv', 'HEVC', '-c:v libvpx'],
        ['vp9.webm', 'VP9', '-c:v libvpx'],
        ['aac.mkv', 'AAC', '-c:a libopus'],
        ['h264.flv', 'neither WebM nor Matroska', '-f webm'],
    ])
        test(`${file} says what to change`, async () => {
            const show = await createShow(relay.url, file);
            const answer = await put(`${relay.url}/ingest/${show.key}`, files[file]);
            assert.equal(answer.status, 415);
            assert.equal(answer.headers['content-type'], 'application/problem+json');
            const problem = JSON.parse(answer.text);
            for (const word of words) assert.ok(problem.detail.includes(word), problem.detail);
            assert.equal((await (await fetch(`${relay.url}/api/v1/shows/${show.id}`)).json()).state, 'scheduled');
        });

    test('the publisher’s rules hold', async () => {
        const show = await createShow(relay.url, 'One seat');
        const sender = publishByFfmpeg(show, ['-stream_loop', '-1']);
        await live(show.id);
        const status = async (key, method = 'PUT') => (await put(`${relay.url}/ingest/${key}`, files['show.mkv'], { method })).status;
        assert.equal(await status(show.key), 409);
        assert.equal(await status('B'.repeat(43)), 403);
        assert.equal(await status('nonsense'), 404);
        assert.equal(await status(show.key, 'PATCH'), 405);
        assert.equal((await fetch(`${relay.url}/ingest/${show.key}`)).status, 405);
        assert.equal((await end(show)).status, 204);
        await sender.ended; // cut off: nothing to send to
        assert.equal(await status(show.key), 410);
        assert.equal((await end(show)).status, 410);
        assert.equal((await end(await createShow(relay.url, 'Never begun'))).status, 409);
    });
});

test('over TLS, and the relay goes away in the middle', async () => {
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const secure = await startRelay({ args: ['--tls-cert', cert, '--tls-key', key] });
    const ask = (target, method, body, headers) => send(secure.url + target, { method, body, headers });
    const made = await ask('/api/v1/shows', 'POST', '{"title":"S"}', { 'content-type': 'application/json', 'content-length': 13 });
    const show = JSON.parse(made.text);
    assert.equal((await ask(`/ingest/${show.key}`, 'PUT', createReadStream(files['show.webm']))).status, 204);
    const sender = run('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-re', '-stream_loop', '-1', '-i', files['show.webm'], '-c', 'copy', '-f', 'webm', '-method', 'PUT', '-tls_verify', '0', `${secure.url}/ingest/${show.key}`]);
    await until(async () => JSON.parse((await ask(`/api/v1/shows/${show.id}`, 'GET')).text).state === 'live', 'the second ffmpeg');
    await secure.stop();
    assert.notEqual((await sender.ended).code, null);
});
