// SPDX-License-Identifier: MIT
// Sound without holes, and the order in which a broadcast sends: web/publish with the real encoder and a real socket, in Node.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import WebSocket, { WebSocketServer } from 'ws';
import { Broadcast } from '../../web/publish/broadcast.js';
import { Line } from '../../web/publish/line.js';
import { qualityOf } from '../../web/publish/quality.js';
import { RemoteLine } from '../../web/publish/remote-line.js';
import { SoundPipeline } from '../../web/publish/sound-pipeline.js';
import { VideoPipeline } from '../../web/publish/video-pipeline.js';
import { localNow } from '../../web/wire/connection.js';
import { WIRE_AUDIO, WIRE_INIT, WIRE_POSTER, WIRE_VIDEO, readHeader } from '../../web/wire/header.js';
import { formatRelayMessage, parseClientMessage } from '../../web/wire/messages.js';
import { loadEncoder } from './helpers/codec.js';
import { decision, i420Frame, sound } from './helpers/made-frames.js';

let module;

before(async () => {
    module = await loadEncoder();
});

/** Collects packets until there are `count`, beating as the worker does. */
async function packetsUntil(pipeline, packets, count) {
    const deadline = localNow() + 10_000;
    while (packets.length < count) {
        assert.ok(localNow() < deadline, `${packets.length} packets in ten seconds`);
        pipeline.tick();
        await new Promise(setImmediate);
    }
}

test('without a device sound is silence, a packet each 10 ms, close behind the present', async () => {
    const packets = [];
    const pipeline = new SoundPipeline(module, 96_000, (encode, capturedMs) => {
        packets.push({ capturedMs, atMs: localNow(), message: encode(Math.round(packets.length * 10_000)) });
    });
    pipeline.tick();
    assert.equal(packets.length, 0, 'not while not live');
    pipeline.setLive(true);
    await packetsUntil(pipeline, packets, 20);
    pipeline.close();
    packets.slice(1).forEach(({ capturedMs }, i) => assert.ok(Math.abs(capturedMs - packets[i].capturedMs - 10) < 0.5));
    assert.ok(packets.every(({ capturedMs, atMs }) => capturedMs < atMs - 10), 'none is of the future');
    assert.ok(packets.every(({ message }) => readHeader(message).kind === WIRE_AUDIO));
    assert.ok(pipeline.filledMs >= 200);
});

test('blocks of a device become packets at their times, and the device gets its arrays back', async () => {
    const packets = [];
    const pipeline = new SoundPipeline(module, 96_000, (encode, capturedMs) => {
        packets.push({ capturedMs, message: encode(packets.length * 10_000) });
    });
    const { port1, port2 } = new MessageChannel();
    const returned = [];
    port1.onmessage = ({ data }) => returned.push(data);
    pipeline.usePort(port2);
    pipeline.setLive(true);
    const startMs = localNow();
    for (let i = 0; i < 20; i++) {
        const channels = [new Float32Array(480).fill(0.1), new Float32Array(480).fill(0.1)];
        port1.postMessage({ endFrame: 48_000 + (i + 1) * 480, channels }, channels.map((c) => c.buffer));
    }
    await packetsUntil(pipeline, packets, 20);
    while (returned.length < 20) await new Promise(setImmediate);
    pipeline.close();
    port1.close();
    assert.ok(returned.every(([left, right]) => left.length === 480 && right.length === 480));
    const steps = packets.slice(1).map(({ capturedMs }, i) => capturedMs - packets[i].capturedMs);
    // They came in one burst: the later ones tell that the first were not as late as it seemed.
    assert.ok(steps.every((step) => step >= 9.9 && step <= 10.1), `${steps}`);
    assert.ok(Math.abs(packets[0].capturedMs + 10 - startMs) < 500);
});

/** A relay of npm ws that welcomes everybody and keeps what it got: media headers and text messages in order. */
async function startRelay(t) {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: (set) => [...set][0] });
    await once(server, 'listening');
    const relay = { url: `ws://127.0.0.1:${server.address().port}/ws`, got: [], sockets: [], mediaTimeMs: 0 };
    server.on('connection', (socket) => {
        const log = [];
        relay.got.push(log);
        relay.sockets.push(socket);
        socket.on('message', (data, isBinary) => {
            if (isBinary) {
                log.push(readHeader(new Uint8Array(data)));
                return;
            }
            const message = parseClientMessage(data.toString());
            if (message.type === 'time') return;
            log.push(message);
            const show = { id: 'abcdefghij27', title: 'T', description: '', state: 'live' };
            const say = (answer) => socket.send(formatRelayMessage(answer));
            if (message.type === 'hello') {
                say({ type: 'welcome', version: 1, session: 's', role: 'publish', name: 'N', show, now: localNow(), epochMs: null,
                    mediaTimeMs: relay.mediaTimeMs, viewers: 4, limits: { mediaMessageBytes: 1048576, chatTextBytes: 1000 } });
            }
            if (message.type === 'start') say({ type: 'state', state: 'live', epochMs: localNow() - message.timestampMs });
            if (message.type === 'end') {
                say({ type: 'state', state: 'ended', epochMs: 0 });
                setImmediate(() => socket.close(1000));
            }
        });
    });
    t.after(() => {
        for (const socket of server.clients) socket.terminate();
        server.close();
    });
    return relay;
}

const present = globalThis.WebSocket;
before(() => {
    globalThis.WebSocket = WebSocket;
});
after(() => {
    globalThis.WebSocket = present;
});

/** A Broadcast and what it told; `until` waits for a message to the page of that type. */
function makeBroadcast(t) {
    const told = [];
    const calls = { begin: 0, pause: 0, wishes: [], wanted: [] };
    const { port1, port2 } = new MessageChannel();
    new Line(port1, module);
    const line = new RemoteLine(port2);
    const broadcast = new Broadcast({
        post: (message) => told.push(message),
        onBegin: () => calls.begin++,
        onPause: () => calls.pause++,
        onKeyframeWish: (rendition) => calls.wishes.push(rendition),
        onWanted: (renditions) => calls.wanted.push(renditions),
        connect: (options) => line.connect(options),
    });
    t.after(() => {
        broadcast.close();
        line.close();
    });
    const until = async (type, count = 1) => {
        const deadline = localNow() + 10_000;
        while (told.filter((m) => m.type === type).length < count) {
            assert.ok(localNow() < deadline, `no ${type} in ten seconds; told: ${told.map((m) => m.type)}`);
            await new Promise(setImmediate);
        }
        return told.filter((m) => m.type === type)[count - 1];
    };
    return { broadcast, told, calls, until };
}

const goLive = (broadcast, relay) =>
    broadcast.goLive({ type: 'go-live', url: relay.url, show: 'abcdefghij27', key: 'k'.repeat(43), name: 'Ada' });

/** INIT and a picture, as Publishing sends them. */
async function sendPicture(broadcast, video, timestampUs) {
    await video.takeIn(i420Frame(160, 90), 'camera');
    const { message } = video.encode(timestampUs);
    if (broadcast.wantsInit) broadcast.sendInit(video.init(sound, timestampUs));
    broadcast.sendPicture(message);
}

test('a broadcast: hello, start, INIT, media; after `end` nothing', async (t) => {
    const relay = await startRelay(t);
    const { broadcast, told, calls, until } = makeBroadcast(t);
    const video = new VideoPipeline(module, qualityOf('720p'), decision);
    assert.equal(broadcast.showUs(localNow()), -1, 'no clock before the show');
    goLive(broadcast, relay);
    await until('live');
    assert.equal(calls.begin, 1);
    assert.equal(broadcast.viewers, 4);
    assert.ok(broadcast.showUs(localNow() - 60_000) < 0, 'what was before the show has no time in it');
    broadcast.sendPoster(new Uint8Array([0xff, 0xd8, 0xff]));
    await sendPicture(broadcast, video, 1000);
    broadcast.sendPoster(new Uint8Array([0xff, 0xd8, 0xff]));
    assert.ok(broadcast.acks.unackedBytes > 200);
    relay.sockets[0].send(formatRelayMessage({ type: 'keyframe', rendition: 2 }));
    relay.sockets[0].send(formatRelayMessage({ type: 'wanted', renditions: [0, 2] }));
    relay.sockets[0].send(formatRelayMessage({ type: 'ack', bytes: broadcast.acks.unackedBytes, timestampUs: 1000, recording: 'on' }));
    relay.sockets[0].send(formatRelayMessage({ type: 'presence', viewers: 7 }));
    while (broadcast.viewers !== 7) await new Promise(setImmediate);
    assert.deepEqual(calls.wishes, [2]);
    assert.deepEqual(calls.wanted, [[0], [0, 2]]);
    assert.equal(broadcast.acks.unackedBytes, 0);
    assert.equal(broadcast.recording, 'on');
    broadcast.end();
    assert.equal(broadcast.isOpen, false);
    const { isFault } = await until('ended');
    assert.equal(isFault, false);
    video.close();
    assert.deepEqual(relay.got[0].map((m) => m.type ?? m.kind), ['hello', 'start', WIRE_INIT, WIRE_VIDEO, WIRE_POSTER, 'end']);
    assert.deepEqual(told.filter((m) => m.type === 'room').map((m) => m.message.type), ['welcome', 'state', 'presence', 'state']);
});

test('a broadcast that lost its socket starts again with INIT, later on the same clock', async (t) => {
    const relay = await startRelay(t);
    const { broadcast, calls, until } = makeBroadcast(t);
    const video = new VideoPipeline(module, qualityOf('720p'), decision);
    goLive(broadcast, relay);
    await until('live');
    await sendPicture(broadcast, video, 1000);
    relay.mediaTimeMs = 60_000; // the relay's clock ran ahead: ours follows
    relay.sockets[0].terminate();
    await until('reconnecting');
    assert.equal(broadcast.isOpen, false);
    assert.equal(calls.pause, 1);
    await until('live', 2);
    assert.deepEqual(calls.wanted, [[0], [0]], 'what was watched before says nothing');
    assert.equal(broadcast.wantsInit, true);
    assert.ok(broadcast.showUs(localNow()) >= 60_000_000);
    await sendPicture(broadcast, video, broadcast.showUs(localNow()));
    while (relay.got[1].length < 4) await new Promise(setImmediate);
    const [hello, start, init, picture] = relay.got[1];
    assert.deepEqual([hello.type, start.type, init.kind, picture.kind], ['hello', 'start', WIRE_INIT, WIRE_VIDEO]);
    assert.ok(start.timestampMs >= 60_000);
    assert.equal(init.sequence, 1);
    assert.equal(picture.sequence, 1);
    video.close();
});

test('a show that is over for the relay is over here, with its words', async (t) => {
    const relay = await startRelay(t);
    const { broadcast, until } = makeBroadcast(t);
    goLive(broadcast, relay);
    await until('live');
    relay.sockets[0].send(formatRelayMessage({ type: 'error', code: 'not-found', message: 'This show has ended.' }));
    relay.sockets[0].close(4002);
    const ended = await until('ended');
    assert.deepEqual(ended, { type: 'ended', code: 'not-found', message: 'This show has ended.', isFault: true });
});
