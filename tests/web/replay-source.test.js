// SPDX-License-Identifier: MIT
// A replay read over HTTP: by ranges, from servers that know none, across faults; from any place on, frame by frame.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Demuxer, ReplayIndex } from '../../web/codec/player-module.js';
import { RangeReader, ReadError } from '../../web/watch/range-reader.js';
import { ReplaySource } from '../../web/watch/replay-source.js';
import { loadPlayer } from './helpers/codec.js';

const SECONDS = 12;
let folder, file, module, server, url;
/** How the server behaves in a test; answers are logged in `requests`. */
let behaviour = {};
let requests = [];

/** Noise, so that the file is a few pieces long. */
function makeFile() {
    folder = mkdtempSync(path.join(tmpdir(), 'tabcast-replay-'));
    const out = path.join(folder, 'clip.webm');
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=s=320x180:r=30:d=${SECONDS},noise=alls=40:allf=t`, '-f', 'lavfi', '-i', `sine=440:d=${SECONDS}`,
        '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '2500k', '-g', '45', '-keyint_min', '45', '-c:a', 'libopus', '-frame_duration', '20',
        '-cues_to_front', '1', '-cluster_time_limit', '1500', out]);
    return readFileSync(out);
}

function answer(request, response) {
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    requests.push(request.headers.range ?? 'all');
    const { failures = [], isRangeIgnored = false, status, etag = '"a"', cutAfter } = behaviour;
    const failure = failures.shift();
    if (failure === 'reset') return request.socket.destroy();
    if (status ?? failure) return response.writeHead(status ?? failure).end('no');
    const from = isRangeIgnored || !range ? 0 : Number(range[1]);
    const to = isRangeIgnored || !range ? file.length : Math.min(file.length, Number(range[2]) + 1);
    if (from >= file.length) return response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
    const body = file.subarray(from, to);
    const headers = { 'content-length': body.length, etag: typeof etag === 'function' ? etag() : etag };
    if (!isRangeIgnored) headers['content-range'] = `bytes ${from}-${to - 1}/${file.length}`;
    response.writeHead(isRangeIgnored ? 200 : 206, headers);
    if (cutAfter !== undefined && cutAfter < body.length) {
        behaviour = { ...behaviour, cutAfter: undefined };
        response.write(body.subarray(0, cutAfter), () => request.socket.destroy());
        return undefined;
    }
    return response.end(body);
}

before(async () => {
    file = makeFile();
    module = await loadPlayer();
    server = http.createServer(answer);
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${server.address().port}/replays/a.webm`;
});
after(() => {
    server.close();
    server.closeAllConnections?.();
    rmSync(folder, { recursive: true, force: true });
});

/** @param {object} how */
function setUp(how = {}) {
    behaviour = how;
    requests = [];
    const life = new AbortController();
    const retries = [];
    const reader = new RangeReader(url, { signal: life.signal, retryMs: 1, onRetry: (attempt) => retries.push(attempt) });
    const source = new ReplaySource({ reader, createDemuxer: () => new Demuxer(module), createIndex: () => new ReplayIndex(module) });
    return { reader, source, life, retries };
}

async function readAll(reader) {
    const parts = [];
    for (let bytes = await reader.read(); bytes !== null; bytes = await reader.read()) parts.push(bytes);
    return Buffer.concat(parts);
}

async function packetsOf(source, count = Infinity) {
    const packets = [];
    while (!source.isAtEnd && packets.length < count) packets.push(...(await source.read()));
    return packets;
}

test('reader: the whole file in pieces, by few requests', async () => {
    const { reader, retries } = setUp();
    assert.ok((await readAll(reader)).equals(file));
    assert.equal(reader.length, file.length);
    assert.ok(file.length > 1.2e6, `${file.length} bytes are not enough for this test`);
    assert.equal(requests[0], 'bytes=0-131071');
    assert.ok(requests.length <= 2 + file.length / 1024 / 1024, `${requests.length} requests`);
    assert.deepEqual(retries, []);
});

test('reader: from any byte; a seek during a read ends it without bytes and loses none of the new place', async () => {
    const { reader } = setUp();
    const underWay = reader.read();
    reader.seek(500_000);
    assert.equal((await underWay).length, 0);
    assert.ok((await readAll(reader)).equals(file.subarray(500_000)));
    reader.seek(file.length);
    assert.equal(await reader.read(), null);
    reader.seek(file.length + 5);
    assert.equal(await reader.read(), null);
});

test('reader: a server that ignores Range', async () => {
    const { reader } = setUp({ isRangeIgnored: true });
    reader.seek(700_001);
    assert.ok((await readAll(reader)).equals(file.subarray(700_001)));
    assert.equal(reader.canSeek, false);
});

test('reader: resets, server errors and answers cut short are retried where it stopped', async () => {
    for (const isRangeIgnored of [false, true]) {
        const { reader, retries } = setUp({ failures: ['reset', 503, 429, 500], cutAfter: 50_000, isRangeIgnored });
        assert.ok((await readAll(reader)).equals(file));
        assert.ok(retries.includes(4), `${retries}`);
        assert.equal(retries.at(-1), 0, 'tells that it works again');
    }
});

test('reader: gives up after all retries, at once when the answer is final', async () => {
    const hasCode = (code) => (error) => error instanceof ReadError && error.code === code;
    await assert.rejects(setUp({ status: 503 }).reader.read(), hasCode('network'));
    assert.equal(requests.length, 10);
    await assert.rejects(setUp({ status: 404 }).reader.read(), hasCode('not-found'));
    assert.equal(requests.length, 1);
    await assert.rejects(setUp({ status: 403 }).reader.read(), hasCode('refused'));
    let version = 0;
    await assert.rejects(readAll(setUp({ etag: () => `"${version++}"` }).reader), hasCode('changed'));
});

test('reader: the signal ends requests and pauses', async () => {
    const { reader, life } = setUp({ status: 503 });
    const reading = reader.read();
    life.abort(new Error('over'));
    await assert.rejects(reading, /over/);
});

test('source: front, length, and all packets from the beginning', async () => {
    const { source } = setUp();
    await source.open();
    assert.ok(Math.abs(source.durationMs - SECONDS * 1000) < 50, `${source.durationMs}`);
    const packets = await packetsOf(source);
    const video = packets.filter((p) => p.track === 'video');
    assert.equal(video.length, SECONDS * 30);
    assert.deepEqual(source.tracks.video, { width: 320, height: 180 });
    assert.equal(source.tracks.audio.channels, 1);
    assert.ok(packets.filter((p) => p.track === 'audio').length >= SECONDS * 50);
    assert.deepEqual(video.filter((p) => p.isKey).map((p) => Math.round(p.timeMs / 100)), [0, 15, 30, 45, 60, 75, 90, 105]);
});

for (const isRangeIgnored of [false, true]) {
    test(`source: a seek begins at the key frame before the place (${isRangeIgnored ? 'no ranges' : 'ranges'})`, async () => {
        const { source } = setUp({ isRangeIgnored });
        await source.open();
        for (const [placeMs, keyMs] of [[7600, 7500], [7520, 7500], [7490, 6000], [0, 0], [11_900, 10_500], [999_999, 10_500]]) {
            requests = [];
            source.seek(placeMs);
            const packets = await packetsOf(source, 60);
            const first = packets.find((p) => p.track === 'video');
            assert.ok(Math.abs(first.timeMs - keyMs) < 10, `${first.timeMs} for ${placeMs}`); // ffmpeg moves all by the sound's look-ahead
            assert.ok(first.isKey);
            if (!isRangeIgnored && keyMs > 0) assert.ok(!requests[0].startsWith('bytes=0-'), `asked for ${requests[0]}`);
        }
    });
}

test('source: seeks that overtake each other give packets of the last place alone', async () => {
    const { source } = setUp();
    await source.open();
    const reading = source.read();
    source.seek(9000);
    source.seek(3100);
    await reading;
    const packets = await packetsOf(source, 100);
    assert.ok(packets.every((p) => p.timeMs >= 2900 && p.timeMs < 9000), `${packets.map((p) => p.timeMs)}`);
});

test('source: what is no WebM is told as such', async () => {
    const { reader } = setUp();
    const original = file;
    file = Buffer.alloc(300_000, 'not a film ');
    const source = new ReplaySource({ reader, createDemuxer: () => new Demuxer(module), createIndex: () => new ReplayIndex(module) });
    await assert.rejects(source.open(), (error) => error.code === 'bad-stream');
    file = original;
});
