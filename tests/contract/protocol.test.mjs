// SPDX-License-Identifier: MIT
// docs/protocol.md over real sockets: every message, every close code, and that one peer's fault is nobody else's.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WIRE_AUDIO, WIRE_GAP, WIRE_INIT, WIRE_KEY, WIRE_VIDEO } from '../../web/wire/header.js';
import { LIMIT_MEDIA_MESSAGE_BYTES, LIMIT_TEXT_MESSAGE_BYTES } from '../../web/wire/limits.js';
import { parseRelayMessage } from '../../web/wire/messages.js';
import { createShow, startRelay, until } from '../e2e/lib/relay.mjs';
import { cluster, initSegment, message, Source } from './lib/media.mjs';
import { Peer, publish, watch } from './lib/peer.mjs';

let relay;
const peers = [];
const keep = (peer) => (peers.push(peer), peer);

before(async () => {
    relay = await startRelay({ args: ['--shows-per-minute', '1000', '--max-members', '30'] });
});
after(async () => {
    for (const peer of peers) peer.end();
    await relay.stop();
});

async function liveShow() {
    const show = await createShow(relay.url, 'Contract');
    const publisher = keep(await publish(relay.url, show));
    const source = new Source();
    publisher.send(source.init());
    return { show, publisher, source };
}

async function counter(name) {
    const text = await (await fetch(`${relay.url}/metrics`)).text();
    const line = text.split('\n').find((l) => l.startsWith(`tabcast_${name} `));
    return Number(line.split(' ')[1]);
}

describe('messages', () => {
    test('all texts are as web/wire/messages.js reads them', async () => {
        const { show, publisher, source } = await liveShow();
        publisher.send(source.video(10, { isKey: true }));
        const viewer = keep(await watch(relay.url, show.id, { name: 'Ann' }));
        viewer.say({ type: 'time', t: 1.5 });
        viewer.say({ type: 'chat', text: 'hello' });
        viewer.say({ type: 'chat', text: '' });
        viewer.say({ type: 'keyframe' });
        viewer.say({ type: 'lag', behindMs: 10, bufferedMs: 20, framesDropped: 0, framesDecoded: 3, hidden: false });
        for (const type of ['history', 'time', 'chat', 'error']) await viewer.text(type);
        for (const type of ['history', 'state', 'ack', 'join', 'chat', 'keyframe', 'presence']) await publisher.text(type);
        viewer.end();
        await publisher.text('leave');
        for (const text of [...viewer.texts, ...publisher.texts]) parseRelayMessage(JSON.stringify(text));
        const [first, second] = viewer.texts;
        assert.equal(first.type, 'welcome');
        assert.equal(second.type, 'history');
        assert.equal(first.name, 'Ann');
        assert.deepEqual(first.limits, { mediaMessageBytes: LIMIT_MEDIA_MESSAGE_BYTES, chatTextBytes: 1000 });
        assert.equal((await publisher.text('join')).name, 'Ann');
        const acked = () => publisher.texts.find((t) => t.type === 'ack' && t.timestampUs === 10_000);
        assert.equal((await publisher.until(acked, 'the ack of the picture')).recording, 'on');
    });

    test('media arrives byte for byte, from the newest key frame on', async () => {
        const { show, publisher, source } = await liveShow();
        const sent = [];
        const send = (bytes) => (sent.push(bytes), publisher.send(bytes));
        send(source.video(0, { isKey: true, bytes: 70_000 }));
        send(source.audio(10));
        send(source.video(33, { bytes: 300 }));
        const early = keep(await watch(relay.url, show.id));
        await early.until(() => early.media.length === 4, 'everything so far');
        const mark = sent.length;
        send(source.video(66, { isKey: true, bytes: 100 }));
        send(source.video(100, { bytes: 60 })); // frames of each length of WebSocket header
        send(source.audio(101, { bytes: 200 }));
        await early.until(() => early.media.length === 7, 'the rest');
        assert.deepEqual(early.media.slice(1).map((m) => m.bytes), sent);
        const late = keep(await watch(relay.url, show.id));
        await late.until(() => late.media.length === 4, 'init and three messages');
        assert.equal(late.media[0].header.kind, WIRE_INIT);
        assert.deepEqual(late.media[0].bytes, source.constructor && early.media[0].bytes);
        assert.deepEqual(late.media.slice(1).map((m) => m.bytes), sent.slice(mark));
    });

    test('only rendition 0 goes to viewers, all renditions are accepted', async () => {
        const { show, publisher, source } = await liveShow();
        const viewer = keep(await watch(relay.url, show.id));
        publisher.send(source.init({ rendition: 1, segment: initSegment('video-only') }));
        publisher.send(source.video(5, { rendition: 1, isKey: true }));
        publisher.send(source.video(5, { isKey: true }));
        publisher.send(source.audio(6));
        await viewer.until(() => viewer.media.length === 3, 'three messages');
        assert.deepEqual(viewer.media.map((m) => [m.header.kind, m.header.rendition]), [[WIRE_INIT, 0], [WIRE_VIDEO, 0], [WIRE_AUDIO, 0]]);
    });

    test('chat stays in its room, comes as history, and script stays text', async () => {
        const one = await liveShow();
        const two = await liveShow();
        const ann = keep(await watch(relay.url, one.show.id, { name: '<b>Ann</b>' }));
        const bob = keep(await watch(relay.url, two.show.id));
        const text = '<script>alert("1")</script> \u2028 naïve 🎭\nsecond line';
        ann.say({ type: 'chat', text });
        assert.equal((await one.publisher.text('chat')).text, text);
        bob.say({ type: 'chat', text: 'other room' });
        assert.equal((await two.publisher.text('chat')).text, 'other room');
        const late = keep(await watch(relay.url, one.show.id));
        const history = await late.text('history');
        assert.deepEqual(history.messages.map((m) => [m.id, m.name, m.text]), [[1, '<b>Ann</b>', text]]);
        assert.equal(ann.texts.some((t) => t.text === 'other room'), false);
    });

    test('a burst of chat is slowed, the socket stays', async () => {
        const { show } = await liveShow();
        const ann = keep(await watch(relay.url, show.id));
        for (let i = 0; i < 6; i++) ann.say({ type: 'chat', text: `line ${i}` });
        assert.equal((await ann.text('error')).code, 'chat-rate');
        await ann.text('chat', 4);
        ann.say({ type: 'name', name: 'Annie' });
        ann.say({ type: 'time', t: 2 });
        await ann.text('time');
        assert.equal(ann.closed, null);
    });

    test('the shows clock and the relays clock agree', async () => {
        const { show, publisher } = await liveShow();
        const viewer = keep(await watch(relay.url, show.id));
        const { now, epochMs, mediaTimeMs } = viewer.welcome;
        assert.ok(Math.abs(now - epochMs - mediaTimeMs) < 0.01);
        assert.ok(Math.abs(now - Date.now()) < 1000);
        assert.equal((await publisher.text('state')).epochMs, epochMs);
    });

    test('a lost publisher may come back, its show and clock go on', async () => {
        const { show, publisher, source } = await liveShow();
        const viewer = keep(await watch(relay.url, show.id));
        publisher.send(source.video(1, { isKey: true }));
        await viewer.until(() => viewer.media.length === 2, 'picture');
        publisher.end();
        await viewer.until(() => viewer.texts.some((t) => t.state === 'reconnecting'), 'reconnecting');
        assert.equal((await (await fetch(`${relay.url}/api/v1/shows/${show.id}`)).json()).state, 'reconnecting');
        const again = keep(await publish(relay.url, show));
        assert.ok(again.welcome.mediaTimeMs > 0);
        assert.equal(again.welcome.epochMs, viewer.welcome.epochMs);
        const second = new Source();
        again.send(second.init());
        again.send(second.video(Math.ceil(again.welcome.mediaTimeMs), { isKey: true }));
        await viewer.until(() => viewer.media.length === 4, 'init and picture again');
        assert.equal(viewer.media[2].header.kind, WIRE_INIT);
    });

    test('end says so and closes everybody with 1000', async () => {
        const { show, publisher } = await liveShow();
        const viewer = keep(await watch(relay.url, show.id));
        publisher.say({ type: 'end' });
        assert.equal((await viewer.closedWith()).code, 1000);
        assert.equal((await publisher.closedWith()).code, 1000);
        assert.equal(viewer.texts.at(-1).state, 'ended');
    });
});

describe('refusals', () => {
    /** A peer that says `texts` (strings or bytes) and must be closed with `code`. */
    async function refused(code, reason, ...messages) {
        const before = reason && (await counter(`refusals_total{reason="${reason}"}`));
        const peer = keep(await new Peer(relay.url).opened());
        for (const m of messages) (Buffer.isBuffer(m) ? peer.send(m) : peer.say(m));
        assert.equal((await peer.closedWith()).code, code);
        if (reason) assert.equal(await counter(`refusals_total{reason="${reason}"}`), before + 1);
        return peer;
    }
    const unknownShow = { type: 'hello', version: 1, role: 'watch', show: 'aaaaaaaaaaaa' };

    test('of hello', async () => {
        const show = await createShow(relay.url, 'x');
        const peer = await refused(4002, 'not-found', unknownShow);
        assert.equal(peer.texts[0].code, 'not-found');
        await refused(4001, 'version', { ...unknownShow, version: 2 });
        await refused(4003, 'wrong-key', { ...unknownShow, role: 'publish', show: show.id, key: 'A'.repeat(43) });
        await refused(4000, 'unexpected', { type: 'chat', text: 'hi' });
        await refused(4000, 'not-json', 'hello');
        await refused(4000, 'not-json', '{"type":"hello","type":"hello"}');
        await refused(4000, 'unknown-type', { type: 'wave' });
        await refused(4000, 'members', { type: 'hello', version: 1, role: 'admin', show: show.id });
        await refused(4000, 'media-early', new Source().init());
        await refused(4000, 'media-early', Buffer.alloc(100_000)); // cut at its announcement
    });

    test('of texts that are too long or not UTF-8', async () => {
        const show = await createShow(relay.url, 'x');
        await refused(1009, 'too-long', 'x'.repeat(LIMIT_TEXT_MESSAGE_BYTES + 1));
        const peer = keep(await watch(relay.url, show.id));
        peer.socket.send(Buffer.from('{"type":"chat","text":"\xff\xfe"}', 'latin1'), { binary: false });
        assert.equal((await peer.closedWith()).code, 1007);
    });

    test('of a second publisher, of a viewer who publishes', async () => {
        const { show, publisher } = await liveShow();
        const second = keep(await publish(relay.url, show, { start: false }));
        assert.equal((await second.closedWith()).code, 4004);
        for (const bad of [new Source().init(), JSON.stringify({ type: 'end' }), JSON.stringify({ type: 'start', timestampMs: 0 })]) {
            const viewer = keep(await watch(relay.url, show.id));
            viewer.socket.send(bad);
            assert.equal((await viewer.closedWith()).code, 4003);
        }
        assert.equal(publisher.closed, null);
        assert.equal((await (await fetch(`${relay.url}/api/v1/shows/${show.id}`)).json()).state, 'live');
    });

    const key = { kind: WIRE_VIDEO, flags: WIRE_KEY, timestampUs: 50_000 };
    const frame = (more = {}) => cluster({ track: 1, timestampMs: 50, isKey: true, frame: Buffer.alloc(30), ...more });
    const raw = (bytes) => Buffer.concat([bytes, frame()]);
    const badMedia = {
        'header cut short': ['media-header', Buffer.from([2, 1, 0])],
        'unknown kind': ['media-header', raw(Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))],
        'unknown flag': ['media-header', raw(Buffer.from([2, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))],
        'GAP from a publisher': ['media-header', message({ ...key, flags: WIRE_KEY | WIRE_GAP }, frame())],
        'no WebM': ['media-webm', message(key, Buffer.from('this is no cluster'))],
        'a cut cluster': ['media-webm', message(key, frame().subarray(0, 20))],
        'two clusters': ['media-webm', message(key, Buffer.concat([frame(), frame()]))],
        'another track': ['media-disagrees', message(key, frame({ track: 2 }))],
        'another key flag': ['media-disagrees', message(key, frame({ isKey: false }))],
        'another time': ['media-disagrees', message(key, frame({ timestampMs: 51 }))],
        'time going back': ['media-time', message({ ...key, timestampUs: 9_000 }, frame({ timestampMs: 9 }))],
        'a rendition without init': ['media-no-init', message({ ...key, rendition: 2 }, frame())],
        'an init that is none': ['media-webm', message({ kind: WIRE_INIT }, frame())],
        'a poster that is none': ['poster', message({ kind: 4 }, Buffer.from('GIF89a<script>'))],
        'a message over the limit': ['too-long', Buffer.alloc(LIMIT_MEDIA_MESSAGE_BYTES + 1)],
    };
    for (const [name, [reason, bytes]] of Object.entries(badMedia)) {
        test(`of media: ${name}`, async () => {
            const { show, publisher, source } = await liveShow();
            const other = await liveShow();
            const viewer = keep(await watch(relay.url, show.id));
            const outsider = keep(await watch(relay.url, other.show.id));
            publisher.send(source.video(10, { isKey: true }));
            await viewer.until(() => viewer.media.length === 2, 'good media');
            const before = await counter(`refusals_total{reason="${reason}"}`);
            publisher.send(bytes);
            assert.equal((await publisher.closedWith()).code, reason === 'too-long' ? 1009 : 4000);
            assert.equal(await counter(`refusals_total{reason="${reason}"}`), before + 1);
            await viewer.until(() => viewer.texts.some((t) => t.state === 'reconnecting'), 'reconnecting');
            assert.equal(viewer.media.length, 2);
            other.publisher.send(other.source.video(10, { isKey: true }));
            await outsider.until(() => outsider.media.length === 2, 'the other show');
        });
    }

    test('of floods', async () => {
        const { show } = await liveShow();
        const ann = keep(await watch(relay.url, show.id));
        for (let i = 0; i < 400; i++) ann.say({ type: 'time', t: i });
        assert.equal((await ann.closedWith()).code, 4007);
    });

    test('of a full room', async () => {
        const { show } = await liveShow();
        for (let i = 0; i < 29; i++) keep(await watch(relay.url, show.id));
        const late = keep(await watch(relay.url, show.id));
        assert.equal((await late.closedWith()).code, 4006);
        const plain = await fetch(`${relay.url}/live/${show.id}.webm`);
        assert.equal(plain.status, 503);
    });

    test('of upgrades: other origin, other path, no subprotocol', async () => {
        const failure = async (options, path = '') => {
            const peer = new Peer(relay.url + path, options);
            await peer.until(() => peer.failed, 'a refused upgrade');
            return peer.failed.message;
        };
        assert.match(await failure({ origin: 'https://evil.example' }), /403/);
        assert.match(await failure({}, '/other'), /403|404/);
        assert.match(await failure({ protocol: null }), /400/);
        assert.match(await failure({ protocol: 'mqtt' }), /400|hang up|disconnected/);
        const ours = keep(await new Peer(relay.url, { origin: relay.url }).opened());
        assert.equal(ours.socket.protocol, 'tabcast.v1');
        const publisher = keep(await new Peer(relay.url, { protocol: ['tabcast.publish.v1', 'tabcast.v1'] }).opened());
        assert.equal(publisher.socket.protocol, 'tabcast.publish.v1');
    });

    test('of silence after 10 s', async () => {
        const peer = keep(await new Peer(relay.url).opened());
        assert.equal((await peer.closedWith()).code, 4005);
        assert.equal(peer.texts[0].code, 'hello-timeout');
    });
});

test('viewers count in presence and the list of shows', async () => {
    const { show, publisher } = await liveShow();
    const ann = keep(await watch(relay.url, show.id));
    await publisher.until(() => publisher.texts.some((t) => t.type === 'presence' && t.viewers === 1), 'one viewer');
    ann.end();
    await publisher.until(() => publisher.texts.some((t) => t.type === 'presence' && t.viewers === 0), 'no viewer');
    const item = await until(async () => {
        const { items } = await (await fetch(`${relay.url}/api/v1/shows?state=live&limit=100`)).json();
        return items.find((s) => s.id === show.id);
    }, 'the show in the list');
    assert.equal(item.viewers, 0);
});
