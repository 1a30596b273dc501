// SPDX-License-Identifier: MIT
// web/wire/connection.js against a WebSocket server of npm `ws` on 127.0.0.1 that plays the relay.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import WebSocket, { WebSocketServer } from 'ws';
import { Connection, localNow, socketUrl } from '../../web/wire/connection.js';
import { closeReason } from '../../web/wire/close-codes.js';
import { WIRE_AUDIO, WIRE_KEY, WIRE_SUBPROTOCOL_PUBLISH, frameMessage } from '../../web/wire/header.js';
import { formatRelayMessage, parseClientMessage } from '../../web/wire/messages.js';
import { RelayClock } from '../../web/wire/relay-clock.js';

const show = 'abcdefghij27';
const key = 'k'.repeat(43);
const RELAY_AHEAD_MS = 123_456;

function welcome(extra = {}) {
    return {
        type: 'welcome',
        version: 1,
        session: 's1',
        role: 'watch',
        name: 'Guest',
        show: { id: show, title: 'T', description: '', state: 'live' },
        now: localNow() + RELAY_AHEAD_MS,
        epochMs: 1_700_000_000_000,
        mediaTimeMs: 5,
        viewers: 1,
        limits: { mediaMessageBytes: 1048576, chatTextBytes: 1000 },
        ...extra,
    };
}

/** A server whose `onText(message, socket, nth connection)` decides; everything is closed at the end of `t`. */
async function startRelay(t, onText) {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: (set) => [...set][0] });
    await once(server, 'listening');
    const relay = {
        url: `ws://127.0.0.1:${server.address().port}/ws`,
        connections: 0,
        protocols: [],
        binary: [],
        say: (socket, message) => socket.send(formatRelayMessage(message)),
    };
    server.on('connection', (socket) => {
        const nth = relay.connections++;
        relay.protocols.push(socket.protocol);
        socket.on('message', (data, isBinary) => {
            if (isBinary) relay.binary.push(data);
            else onText(parseClientMessage(data.toString()), socket, nth, relay);
        });
    });
    t.after(() => {
        for (const socket of server.clients) socket.terminate();
        server.close();
    });
    return relay;
}

/** Answers hello with welcome and time with the relay's time, 123 s ahead of ours. */
function polite(message, socket, nth, relay) {
    if (message.type === 'hello') relay.say(socket, welcome({ role: message.role }));
    if (message.type === 'time') {
        relay.say(socket, { type: 'time', t: message.t, now: localNow() + RELAY_AHEAD_MS });
    }
}

function connect(t, relay, options = {}) {
    const connection = new Connection({ url: relay.url, role: 'watch', show, WebSocket, ...options });
    t.after(() => connection.close());
    return connection;
}

const detail = async (connection, type) => (await once(connection, type))[0].detail;

test('hello, welcome, subprotocol, the relay\'s clock', async (t) => {
    const heard = [];
    let asked = 0;
    const relay = await startRelay(t, (message, socket, nth, self) => {
        heard.push(message);
        if (message.type === 'time' && ++asked === 3) self.say(socket, { type: 'presence', viewers: 9 });
        polite(message, socket, nth, self);
    });
    const connection = connect(t, relay, { role: 'publish', key, name: 'Ada' });
    const answered = detail(connection, 'presence');
    const answer = await connection.open();
    assert.equal(answer.role, 'publish');
    assert.deepEqual(heard[0], { type: 'hello', version: 1, role: 'publish', show, key, name: 'Ada' });
    assert.deepEqual(relay.protocols, [WIRE_SUBPROTOCOL_PUBLISH]);
    assert.equal(connection.state, 'open');
    assert.equal((await answered).viewers, 9);
    const aheadMs = connection.relayNow() - localNow();
    assert.ok(Math.abs(aheadMs - RELAY_AHEAD_MS) < 50, `clock off by ${aheadMs - RELAY_AHEAD_MS} ms`);
    assert.ok(connection.roundTripMs >= 0 && connection.roundTripMs < 1000);
    assert.ok(Math.abs(connection.showNow() - (connection.relayNow() - 1_700_000_000_000)) < 50);
});

test('events carry the checked message; what is not understood is told and harms nothing', async (t) => {
    const relay = await startRelay(t, (message, socket, nth, self) => {
        polite(message, socket, nth, self);
        if (message.type !== 'chat') return;
        socket.send('{"type":"unheard-of"}');
        socket.send(new Uint8Array([9, 9, 9]));
        socket.send(frameMessage({ kind: WIRE_AUDIO, flags: WIRE_KEY, rendition: 0, temporalId: 0, sequence: 7, timestampUs: 20_000 }, new Uint8Array([1, 2])));
        self.say(socket, { type: 'chat', id: 1, session: 's1', name: 'Guest', text: message.text, at: 1, sentAt: 2, role: 'watch' });
    });
    const connection = connect(t, relay);
    await connection.open();
    const refused = [];
    connection.addEventListener('refused', (event) => refused.push(event.detail.code));
    const media = detail(connection, 'media');
    const chat = detail(connection, 'chat');
    assert.equal(connection.send({ type: 'chat', text: 'hello' }), true);
    assert.equal((await chat).text, 'hello');
    const { header, bytes } = await media;
    assert.equal(header.sequence, 7);
    assert.equal(bytes.byteLength, 18);
    assert.deepEqual(refused, ['bad-message', 'too-short']);
    assert.throws(() => connection.send({ type: 'chat', text: '' }), { code: 'bad-message' });
});

test('media goes out as it is', async (t) => {
    const relay = await startRelay(t, polite);
    const connection = connect(t, relay, { role: 'publish', key });
    assert.equal(connection.sendMedia(new Uint8Array(17)), false, 'not before the welcome');
    await connection.open();
    const backing = new Uint8Array(100).fill(5);
    assert.equal(connection.sendMedia(backing.subarray(10, 30)), true);
    connection.send({ type: 'end' });
    while (relay.binary.length === 0) await new Promise(setImmediate);
    assert.deepEqual([...relay.binary[0]], new Array(20).fill(5));
});

test('a refusal rejects open() with what the relay said', async (t) => {
    const relay = await startRelay(t, (message, socket, nth, self) => {
        self.say(socket, { type: 'error', code: 'forbidden', message: 'The key does not fit this show.' });
        socket.close(4003);
    });
    const connection = connect(t, relay, { role: 'publish', key, reconnect: true });
    const closed = detail(connection, 'close');
    await assert.rejects(connection.open(), { code: 'forbidden', message: 'The key does not fit this show.' });
    assert.equal((await closed).isFatal, true);
    assert.equal(connection.state, 'closed');
    assert.equal(relay.connections, 1, 'no second attempt after a fatal code');
});

test('a complaint about one chat line does not explain a later close', async (t) => {
    const relay = await startRelay(t, (message, socket, nth, self) => {
        polite(message, socket, nth, self);
        if (message.type !== 'chat') return;
        self.say(socket, { type: 'error', code: 'chat-rate', message: 'Slower, please.' });
        socket.close(1000);
    });
    const connection = connect(t, relay);
    await connection.open();
    const complaint = detail(connection, 'error');
    const closed = detail(connection, 'close');
    connection.send({ type: 'chat', text: 'x' });
    assert.equal((await complaint).code, 'chat-rate');
    assert.equal((await closed).name, 'ended');
});

test('without `reconnect` a loss is the end', async (t) => {
    const relay = await startRelay(t, (message, socket, nth, self) => {
        polite(message, socket, nth, self);
        if (message.type === 'chat') socket.terminate();
    });
    const connection = connect(t, relay);
    await connection.open();
    const closed = detail(connection, 'close');
    connection.send({ type: 'chat', text: 'x' });
    const reason = await closed;
    assert.equal(reason.code, 1006);
    assert.equal(reason.name, 'lost');
    assert.equal(connection.send({ type: 'chat', text: 'x' }), false);
});

test('with `reconnect` it comes back, later each time, and says hello again', async (t) => {
    const relay = await startRelay(t, (message, socket, nth, self) => {
        if (message.type === 'hello' && (nth === 1 || nth === 2)) socket.close(1013);
        else polite(message, socket, nth, self);
        if (message.type === 'chat') socket.terminate();
    });
    const connection = connect(t, relay, {
        reconnect: { firstDelayMs: 8, maxDelayMs: 20 },
        random: () => 0,
    });
    await connection.open();
    const delays = [];
    connection.addEventListener('reconnecting', (event) => {
        delays.push([event.detail.attempt, event.detail.delayMs, event.detail.reason.name]);
    });
    const again = detail(connection, 'welcome');
    connection.send({ type: 'chat', text: 'x' });
    await again;
    assert.deepEqual(delays, [[1, 4, 'lost'], [2, 8, 'busy'], [3, 10, 'busy']]);
    assert.equal(connection.state, 'open');
    assert.equal(relay.connections, 4);
});

test('a publisher that comes back waits for its own ghost; a stranger is turned away', async (t) => {
    const relay = await startRelay(t, (message, socket, nth, self) => {
        if (message.type === 'hello' && nth === 1) socket.close(4004);
        else polite(message, socket, nth, self);
        if (message.type === 'end') socket.terminate();
    });
    const options = { role: 'publish', key, reconnect: { firstDelayMs: 2 } };
    const connection = connect(t, relay, options);
    await connection.open();
    const again = detail(connection, 'welcome');
    connection.send({ type: 'end' });
    await again;
    assert.equal(relay.connections, 3);

    const full = await startRelay(t, (message, socket) => socket.close(4004));
    await assert.rejects(connect(t, full, options).open(), { code: 'already-publishing' });
    assert.equal(full.connections, 1);
});

test('a flow that stops is asked about, and without an answer the socket is given up', async (t) => {
    const picture = frameMessage({ kind: WIRE_AUDIO, flags: WIRE_KEY, rendition: 0, temporalId: 0, sequence: 0, timestampUs: 0 }, new Uint8Array(4));
    let asked = 0;
    // The first socket falls silent with its first picture, the second only sends nothing more.
    const relay = await startRelay(t, (message, socket, nth, self) => {
        if (message.type === 'chat') socket.send(picture);
        if (message.type === 'chat' && nth === 0) socket.isDead = true;
        if (message.type === 'time' && nth === 1) asked++;
        if (!socket.isDead) polite(message, socket, nth, self);
    });
    const connection = connect(t, relay, { reconnect: { firstDelayMs: 8 } });
    await connection.open();
    let losses = 0;
    connection.addEventListener('reconnecting', () => losses++);
    const again = detail(connection, 'welcome');
    connection.send({ type: 'chat', text: 'x' });
    const fromMs = localNow();
    await again;
    assert.ok(localNow() - fromMs > 2400, `given up after ${localNow() - fromMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 700)); // the first five round trips
    const before = asked;
    connection.send({ type: 'chat', text: 'x' });
    await new Promise((resolve) => setTimeout(resolve, 5000));
    assert.equal(asked, before + 1, 'a silence that is answered is asked about once');
    assert.deepEqual([losses, connection.state], [1, 'open']);
});

test('it gives up after the time it was given', async (t) => {
    const relay = await startRelay(t, (message, socket) => socket.terminate());
    const connection = connect(t, relay, {
        reconnect: { firstDelayMs: 5, maxDelayMs: 10, giveUpAfterMs: 40 },
    });
    await assert.rejects(connection.open(), { code: 'lost' });
    assert.ok(relay.connections >= 2, `${relay.connections} attempts`);
});

test('the signal closes it for good, also while it waits', async (t) => {
    const relay = await startRelay(t, (message, socket) => socket.terminate());
    const abort = new AbortController();
    const connection = connect(t, relay, { reconnect: { firstDelayMs: 60_000 }, signal: abort.signal });
    let closes = 0;
    connection.addEventListener('close', () => closes++);
    const opening = connection.open();
    await once(connection, 'reconnecting');
    abort.abort();
    await assert.rejects(opening, { code: 'closed' });
    connection.close();
    assert.equal(closes, 1);
    assert.equal(connection.state, 'closed');
});

test('an address that cannot be one rejects open()', async (t) => {
    const connection = connect(t, { url: 'nowhere' }, { reconnect: true });
    await assert.rejects(connection.open(), { code: 'bad-url' });
});

test('the address of the socket follows the page', () => {
    assert.equal(socketUrl('https://example.org/show/x?y#z'), 'wss://example.org/ws');
    assert.equal(socketUrl('http://localhost:8080/studio'), 'ws://localhost:8080/ws');
});

test('every close code of the protocol has a sentence', () => {
    const names = { 4000: 'bad-message', 4001: 'unsupported-version', 4002: 'not-found', 4003: 'forbidden', 4004: 'already-publishing', 4005: 'hello-timeout', 4006: 'room-full', 4007: 'rate', 4008: 'too-slow', 4009: 'locked', 4010: 'banned' };
    for (const [code, name] of Object.entries(names)) {
        const reason = closeReason(Number(code));
        assert.equal(reason.name, name);
        assert.match(reason.message, /^[A-Z].*\.$/);
    }
    assert.equal(closeReason(1000).isFatal, true);
    assert.equal(closeReason(1001).isFatal, false);
    assert.deepEqual(closeReason(1005), { ...closeReason(1006), code: 1005 });
});

test('the clock believes the shortest round trip and forgets old ones', () => {
    const clock = new RelayClock();
    assert.equal(clock.isKnown, false);
    assert.equal(clock.offsetMs, 0);
    clock.addOneWay(1000, 6007);
    assert.equal(clock.offsetMs, 5007);
    assert.equal(clock.roundTripMs, null);
    clock.addRoundTrip(1000, 1100, 6090); // 100 ms, unequal ways: offset 5040
    assert.equal(clock.offsetMs, 5040);
    clock.addRoundTrip(2000, 2004, 7002); // 4 ms: offset 5000
    clock.addRoundTrip(3000, 3050, 8000);
    assert.equal(clock.offsetMs, 5000);
    assert.equal(clock.roundTripMs, 4);
    clock.addRoundTrip(3000, 2999, 9000);
    assert.equal(clock.roundTripMs, 4, 'an answer before the question does not count');
    for (let i = 0; i < 12; i++) clock.addRoundTrip(4000, 4010, 9105);
    assert.equal(clock.offsetMs, 5100, 'after two minutes the old best has gone');
});
