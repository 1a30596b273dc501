// SPDX-License-Identifier: MIT
// The line of a show (web/publish/line.js) and the publish worker's end of it, over a real port and a real socket: sound goes
// by itself, but never in front of INIT nor behind `end`, and is known as sent before its ack.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import WebSocket, { WebSocketServer } from 'ws';
import { Line } from '../../web/publish/line.js';
import { RemoteLine } from '../../web/publish/remote-line.js';
import { localNow } from '../../web/wire/connection.js';
import { WIRE_AUDIO, WIRE_INIT, WIRE_KEY, WIRE_VIDEO, frameMessage, readHeader } from '../../web/wire/header.js';
import { endMessage, formatRelayMessage, startMessage } from '../../web/wire/messages.js';
import { loadEncoder } from './helpers/codec.js';

const present = globalThis.WebSocket;
let module;
before(async () => {
    module = await loadEncoder();
    globalThis.WebSocket = WebSocket;
});
after(() => {
    globalThis.WebSocket = present;
});

/** A relay that welcomes everybody; `got` is what came: headers of media, types of texts. */
async function startRelay(t) {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: (set) => [...set][0] });
    await once(server, 'listening');
    const relay = { url: `ws://127.0.0.1:${server.address().port}/ws`, got: [], sockets: [] };
    const show = { id: 'abcdefghij27', title: 'T', description: '', state: 'live' };
    const welcome = { type: 'welcome', version: 1, session: 's', role: 'publish', name: 'N', show, epochMs: null, mediaTimeMs: 0, viewers: 0,
        limits: { mediaMessageBytes: 1048576, chatTextBytes: 1000 } };
    server.on('connection', (socket) => {
        relay.sockets.push(socket);
        socket.on('message', (data, isBinary) => {
            if (isBinary) {
                relay.got.push({ ...readHeader(new Uint8Array(data)), len: data.length });
                return;
            }
            const { type } = JSON.parse(data.toString());
            if (type !== 'time') relay.got.push({ kind: type });
            if (type === 'hello') socket.send(formatRelayMessage({ ...welcome, now: localNow() }));
        });
    });
    t.after(() => {
        for (const socket of server.clients) socket.terminate();
        server.close();
    });
    return relay;
}

async function until(holds, what) {
    const deadline = localNow() + 10_000;
    while (!holds()) {
        assert.ok(localNow() < deadline, `${what}: not in ten seconds`);
        await new Promise((resolve) => setTimeout(resolve, 2));
    }
}

async function openLine(t) {
    const { port1, port2 } = new MessageChannel();
    const isClosed = new Promise((resolve) => new Line(port1, module, resolve));
    const line = new RemoteLine(port2);
    t.after(async () => {
        line.close();
        await isClosed;
    });
    await line.ready;
    return line;
}

const media = (kind, flags, sequence) => frameMessage({ kind, flags, rendition: 0, temporalId: 0, sequence, timestampUs: 0 }, new Uint8Array(8));
const soundOf = (relay) => relay.got.filter(({ kind }) => kind === WIRE_AUDIO);

test('sound follows INIT by itself, in even times on the show\'s clock, until `end`', async (t) => {
    const relay = await startRelay(t);
    const line = await openLine(t);
    assert.deepEqual(line.sound.track.channels, 2);
    const connection = line.connect({ url: relay.url, role: 'publish', show: 'abcdefghij27', key: 'k'.repeat(43) });
    assert.equal(connection.send(startMessage(0)), false, 'not before the welcome');
    await until(() => connection.state === 'open', 'open');
    const originMs = localNow();
    connection.send(startMessage(0));
    line.sound.setLive(originMs);
    await until(() => line.sound.filledMs > 100, 'silence is made');
    assert.equal(soundOf(relay).length, 0, 'nothing in front of INIT');
    const picture = media(WIRE_VIDEO, WIRE_KEY, 0);
    connection.sendMedia(media(WIRE_INIT, 0, 0));
    connection.sendMedia(picture);
    assert.equal(picture.byteLength, 0, 'handed over, not copied');
    await until(() => soundOf(relay).length >= 20, 'sound');
    const times = soundOf(relay).map(({ timestampUs }) => timestampUs);
    times.slice(1).forEach((us, i) => assert.ok(Math.abs(us - times[i] - 10_000) <= 500, `${times}`));
    assert.ok(Math.abs(times[19] / 1000 - (localNow() - originMs)) < 1000, 'of the present');
    connection.send(endMessage());
    await until(() => relay.got.some(({ kind }) => kind === 'end'), 'end');
    const filledMs = line.sound.filledMs;
    await until(() => line.sound.filledMs > filledMs + 600, 'silence goes on');
    assert.equal(relay.got[relay.got.length - 1].kind, 'end', 'nothing behind it');
    assert.deepEqual(relay.got.slice(0, 4).map(({ kind }) => kind), ['hello', 'start', WIRE_INIT, WIRE_VIDEO]);
});

test('what was sent of the sound is told before the ack that covers it; after a loss INIT comes first again', async (t) => {
    const relay = await startRelay(t);
    const line = await openLine(t);
    const told = [];
    line.onSoundSent = (lengths) => told.push(...lengths);
    const connection = line.connect({ url: relay.url, role: 'publish', show: 'abcdefghij27', key: 'k'.repeat(43), reconnect: { firstDelayMs: 20 } });
    let acked = null;
    connection.addEventListener('ack', () => (acked = told.reduce((sum, bytes) => sum + bytes, 0)));
    await until(() => connection.state === 'open', 'open');
    line.sound.setLive(localNow());
    connection.sendMedia(media(WIRE_INIT, 0, 0));
    await until(() => soundOf(relay).length >= 5, 'sound');
    const bytes = soundOf(relay).reduce((sum, { len }) => sum + len, 0);
    relay.sockets[0].send(formatRelayMessage({ type: 'ack', bytes, timestampUs: 0, recording: 'on' }));
    await until(() => acked !== null, 'ack');
    assert.ok(acked >= bytes, `${acked} told, ${bytes} acknowledged`);
    relay.sockets[0].terminate();
    await until(() => relay.sockets.length === 2 && connection.state === 'open', 'the way back');
    const before = relay.got.length;
    const filledMs = line.sound.filledMs;
    await until(() => line.sound.filledMs > filledMs + 600, 'silence goes on');
    assert.deepEqual(relay.got.slice(before).filter(({ kind }) => kind === WIRE_AUDIO), []);
    connection.sendMedia(media(WIRE_INIT, 0, 1));
    const count = soundOf(relay).length;
    await until(() => soundOf(relay).length > count, 'sound again');
});

test('what was said to the last socket does not reach the next one', async (t) => {
    const relay = await startRelay(t);
    const line = await openLine(t);
    const connection = line.connect({ url: relay.url, role: 'publish', show: 'abcdefghij27', key: 'k'.repeat(43), reconnect: { firstDelayMs: 20 } });
    await until(() => connection.state === 'open', 'open');
    // A publish worker that encodes a picture hears of nothing meanwhile.
    const held = [];
    connection.take = (...event) => held.push(event);
    relay.sockets[0].terminate();
    await until(() => held.some(([name]) => name === 'welcome'), 'the way back');
    assert.equal(connection.state, 'open');
    connection.sendMedia(media(WIRE_VIDEO, WIRE_KEY, 0));
    connection.send(startMessage(0));
    delete connection.take;
    for (const event of held) connection.take(...event);
    connection.sendMedia(media(WIRE_INIT, 0, 0));
    await until(() => relay.got.some(({ kind }) => kind === WIRE_INIT), 'INIT');
    assert.deepEqual(relay.got.map(({ kind }) => kind), ['hello', 'hello', WIRE_INIT]);
});

test('a voice, another bitrate and a strained machine are told back; an older connection says nothing', async (t) => {
    const relay = await startRelay(t);
    const line = await openLine(t);
    assert.equal(line.sound.settings.application, 'music');
    line.sound.setProfile('speech');
    line.sound.setStrained(true);
    await until(() => line.sound.settings.application === 'speech' && line.sound.settings.complexity === 5, 'speech');
    line.sound.setProfile('music');
    line.sound.setBitrate(128_000);
    await until(() => line.sound.settings.bitrateBps === 128_000, 'bitrate');
    const options = { url: relay.url, role: 'publish', show: 'abcdefghij27', key: 'k'.repeat(43) };
    const first = line.connect(options);
    const heard = [];
    for (const name of ['welcome', 'close']) first.addEventListener(name, () => heard.push(name));
    const second = line.connect(options);
    await until(() => second.state === 'open', 'open');
    assert.deepEqual(heard, []);
    second.close();
    assert.equal(second.state, 'closed');
    assert.equal(second.sendMedia(media(WIRE_VIDEO, 0, 1)), false);
});
