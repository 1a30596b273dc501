// SPDX-License-Identifier: MIT
// A creator that is lost and comes back by itself: its socket breaks, it comes from another address, it sleeps, the
// relay is killed. Viewers are told, keep their seats and get the same show; the recording is one valid file in which
// nothing but the time away is missing. The creator is the demo's, with the real encoder.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { RelaySocket } from '../../demo/relay-socket.mjs';
import { Connection, socketUrl } from '../../web/wire/connection.js';
import { watch } from './lib/peer.mjs';
import { decodeComplaints, ffprobeComplaints, filePackets, mediaconchVerdicts } from '../e2e/lib/media.mjs';
import { createShow, projectRoot, startRelay, until } from '../e2e/lib/relay.mjs';
import { startLine } from '../e2e/lib/reconnect-proxy.mjs';

const SLEEP_S = Number(process.env.TABCAST_SLEEP_SECONDS ?? 30);
const PICTURES_BETWEEN = 60;

const states = (peer) => peer.texts.filter((t) => t.type === 'state').map((t) => t.state);
const pictures = (peer) => peer.media.filter((m) => m.header.kind === 2).length;

async function waitFor(viewer, probe, what, seconds = 60) {
    await until(() => probe() || (viewer.closed && Promise.reject(new Error(`closed with ${viewer.closed.code}`))), what, seconds * 1000);
}

/** A show over a line, with one viewer that was there before; `use` does the harm and waits until it is over. */
async function withShow(use) {
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-reconnect-'));
    const dataDir = path.join(folder, 'data');
    const log = path.join(folder, 'sent.jsonl');
    const stage = { relay: await startRelay({ dataDir }), folder, dataDir };
    stage.port = Number(new URL(stage.relay.url).port);
    stage.line = await startLine(() => stage.port);
    try {
        stage.show = await createShow(stage.relay.url, 'Away and back');
        stage.creator = spawn(process.execPath, ['demo/creator.mjs', '--url', stage.line.url, '--show', stage.show.id, '--key', stage.show.key,
            '--width', '320', '--height', '180', '--bitrate', '300000', '--json', log], { cwd: projectRoot, stdio: ['ignore', 'ignore', 'inherit'] });
        const creatorEnded = new Promise((resolve) => stage.creator.once('exit', resolve));
        stage.viewer = await watch(stage.relay.url, stage.show.id);
        await waitFor(stage.viewer, () => pictures(stage.viewer) > PICTURES_BETWEEN, 'pictures');
        stage.viewer.say({ type: 'chat', text: 'before' });
        await stage.viewer.text('chat');

        await use(stage);

        const { viewer, relay, show } = stage;
        const before = pictures(viewer);
        await waitFor(viewer, () => pictures(viewer) > before + PICTURES_BETWEEN, 'pictures after it');
        viewer.say({ type: 'chat', text: 'after' });
        await viewer.until(() => viewer.texts.some((t) => t.type === 'chat' && t.text === 'after'), 'the chat');
        const session = viewer.welcome.session;
        assert.equal(viewer.closed, null, `the seat of ${session} is kept`);
        assert.ok((await fetch(`${relay.url}/ingest/${show.key}`, { method: 'DELETE' })).ok);
        assert.equal((await viewer.closedWith()).code, 1000);
        await creatorEnded;
        await checkRecording(stage, log);
        await relay.stop();
    } finally {
        stage.creator?.kill('SIGKILL');
        stage.line.stop();
        await stage.relay.kill();
        await rm(folder, { recursive: true, force: true });
    }
}

async function checkRecording({ relay, show, folder, dataDir }, log) {
    const replay = await until(async () => {
        const answer = await fetch(`${relay.url}/api/v1/replays/${show.id}`);
        return answer.ok && answer.json();
    }, 'the replay');
    const { items } = await (await fetch(`${relay.url}/api/v1/replays`)).json();
    assert.deepEqual(items.map((r) => r.id), [show.id], 'one recording');
    assert.deepEqual((await readdir(path.join(dataDir, 'recordings'))).filter((name) => name.endsWith('.webm')), [`${show.id}.webm`]);
    const file = path.join(folder, 'replay.webm');
    await writeFile(file, Buffer.from(await (await fetch(relay.url + replay.mediaUrl)).arrayBuffer()));
    assert.deepEqual(await mediaconchVerdicts(file), ['pass!', 'pass!']);
    assert.equal(await ffprobeComplaints(file), '');
    assert.equal(await decodeComplaints(file), '');
    const kept = await filePackets(file);
    const sent = (await readFile(log, 'utf8')).split('\n').slice(0, -1).map((line) => JSON.parse(line)).filter((p) => p.kind);
    for (const [track, kind] of [[1, 'video'], [2, 'audio']]) {
        const mine = kept.filter((p) => p.track === track);
        const theirs = sent.filter((p) => p.kind === kind).map((p) => p.sha256);
        // The clip goes round, so the same bytes may be sent twice.
        const places = [];
        for (const p of mine) places.push(theirs.indexOf(p.hash, (places.at(-1) ?? -1) + 1));
        assert.ok(!places.includes(-1), `${kind}: what was sent, in order`);
        const holes = places.filter((place, i) => i > 0 && place !== places[i - 1] + 1).length;
        assert.ok(holes <= 1, `${kind}: ${holes} gaps`);
        assert.ok(mine.every((p, i) => i === 0 || p.pts >= mine[i - 1].pts));
    }
    const chat = (await (await fetch(relay.url + replay.chatUrl)).json()).messages;
    assert.deepEqual(chat.filter((m) => m.text !== undefined && ['before', 'after'].includes(m.text)).map((m) => m.text), ['before', 'after']);
    assert.equal(new Set(chat.map((m) => m.id)).size, chat.length, 'no id of a line twice');
}

async function awayAndBack(viewer, seconds = 60) {
    await waitFor(viewer, () => states(viewer).includes('reconnecting'), '"reconnecting"', seconds);
    await waitFor(viewer, () => states(viewer).at(-1) === 'live', '"live" again', seconds);
    assert.ok(!states(viewer).includes('ended'));
}

test("the creator's socket breaks", async () => {
    await withShow(async ({ line, viewer }) => {
        line.break();
        await awayAndBack(viewer);
    });
});

test('the creator comes back from another address while its old line hangs', async () => {
    await withShow(async ({ line, viewer }) => {
        line.moveTo('127.0.0.2');
        await awayAndBack(viewer);
    });
});

test(`the creator's laptop sleeps for ${SLEEP_S} s`, async () => {
    await withShow(async ({ creator, viewer }) => {
        creator.kill('SIGSTOP');
        await waitFor(viewer, () => states(viewer).includes('reconnecting'), '"reconnecting"');
        await new Promise((resolve) => setTimeout(resolve, SLEEP_S * 1000));
        creator.kill('SIGCONT');
        await awayAndBack(viewer);
    });
});

async function relayAwayAndBack(stage, end) {
    const { epochMs } = stage.viewer.texts.findLast((t) => t.type === 'state') ?? stage.viewer.welcome;
    const chatFile = path.join(stage.dataDir, 'recordings', `${stage.show.id}.chat.jsonl`);
    await until(async () => (await readFile(chatFile, 'utf8')).includes('before'), 'the chat on disk');
    const heard = { welcome: 0, reconnecting: 0, media: 0 };
    const tab = new Connection({ url: socketUrl(stage.relay.url), role: 'watch', show: stage.show.id, reconnect: true, WebSocket: RelaySocket });
    for (const type of Object.keys(heard)) tab.addEventListener(type, () => heard[type]++);
    await tab.open();
    await until(() => heard.media > 10, 'pictures in a second seat');
    await end(stage.relay);
    await stage.viewer.closedWith();
    const before = heard.media;
    stage.relay = await startRelay({ dataDir: stage.dataDir, port: stage.port });
    stage.viewer = await watch(stage.relay.url, stage.show.id);
    const { welcome } = stage.viewer;
    assert.match(welcome.show.state, /reconnecting|live/);
    assert.equal(welcome.epochMs, epochMs);
    assert.deepEqual((await stage.viewer.text('history')).messages.map((m) => m.text).filter((t) => t === 'before'), ['before']);
    await waitFor(stage.viewer, () => pictures(stage.viewer) > 0, 'pictures again');
    await until(() => heard.welcome === 2 && heard.media > before + 10, 'the second seat comes back by itself');
    assert.ok(heard.reconnecting >= 1);
    tab.close();
}

test('the relay is killed and comes back: the show, its clock and its recording go on', async () => {
    await withShow((stage) => relayAwayAndBack(stage, (relay) => relay.kill()));
});

test('the relay is restarted cleanly (SIGUSR2): the same', async () => {
    await withShow((stage) =>
        relayAwayAndBack(stage, async (relay) => {
            process.kill(relay.pid, 'SIGUSR2');
            assert.deepEqual(await relay.exited, { code: 0, signal: null });
            assert.equal(stage.viewer.closed.code, 1001);
        }),
    );
});
