// SPDX-License-Identifier: MIT
// What a server on the open net meets: handshakes that are none, requests that drip, one address that wants all
// connections, and several loops under one roof.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createShow, startRelay, until } from '../e2e/lib/relay.mjs';
import { Source } from './lib/media.mjs';
import { publish, watch } from './lib/peer.mjs';
import { exchange } from './lib/raw.mjs';

const hostOf = (relay) => new URL(relay.url).host;

async function metric(relay, name) {
    const text = await (await fetch(`${relay.url}/metrics`, { headers: { connection: 'close' } })).text();
    return Number(text.split('\n').find((line) => line.startsWith(`tabcast_${name} `))?.split(' ')[1]);
}

describe('WebSocket handshakes', () => {
    let relay;
    before(async () => {
        relay = await startRelay();
    });
    after(() => relay.stop());

    const shake = (changes) => {
        const headers = { Host: hostOf(relay), Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Protocol': 'tabcast.v1', ...changes };
        const lines = Object.entries(headers).filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${value}`);
        return exchange(relay.url, `GET /ws HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, (text) => text.includes('\r\n\r\n'));
    };

    test('the right one is taken', async () => {
        assert.match(await shake({}), /^HTTP\/1\.1 101 /);
    });

    for (const [name, changes] of Object.entries({
        'a key that is none': { 'Sec-WebSocket-Key': 'x' },
        'a key of the wrong length': { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ=' },
        'a key in other letters': { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25j!!==' },
        'no key': { 'Sec-WebSocket-Key': null },
        'version 99': { 'Sec-WebSocket-Version': '99' },
        'no version': { 'Sec-WebSocket-Version': null },
        'another origin': { Origin: 'https://evil.example' },
        'two Hosts': { Host: `${'a.example'}\r\nHost: b.example` },
        'no Host': { Host: null },
    })) {
        test(`${name} is refused`, async () => {
            const text = await shake(changes);
            assert.doesNotMatch(text, / 101 /);
            assert.ok(text === '' || /^HTTP\/1\.[01] 4\d\d /.test(text), text.slice(0, 60));
        });
    }
});

// Frames of a server in `bytes`; what is no whole frame at the end is left out.
function framesOf(bytes) {
    const found = [];
    for (let at = 0; at + 2 <= bytes.length; ) {
        const first = bytes[at + 1] & 0x7f;
        const head = first < 126 ? 2 : first === 126 ? 4 : 10;
        if (at + head > bytes.length) break;
        const length = first < 126 ? first : first === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
        if (at + head + length > bytes.length) break;
        found.push({ opcode: bytes[at] & 0x0f, payload: bytes.subarray(at + head, at + head + length) });
        at += head + length;
    }
    return found;
}

const masked = (opcode, payload) => Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);

test('nothing follows the close frame, PINGs are answered between messages', async (t) => {
    const relay = await startRelay();
    const show = await createShow(relay.url, 'Close');
    const publisher = await publish(relay.url, show);
    const source = new Source();
    publisher.send(source.init());
    publisher.send(source.video(0, { isKey: true }));
    let at = 0;
    const timer = setInterval(() => {
        for (let i = 0; i < 5; i++) publisher.send(source.video(++at, { bytes: 3000 }));
    }, 2);
    t.after(() => clearInterval(timer));
    for (let round = 0; round < 5; round++) {
        const socket = net.connect(Number(new URL(relay.url).port), '127.0.0.1');
        const chunks = [];
        const closed = new Promise((resolve) => socket.on('close', resolve));
        const frames = () => {
            const bytes = Buffer.concat(chunks);
            const head = bytes.indexOf('\r\n\r\n');
            return head < 0 ? [] : framesOf(bytes.subarray(head + 4));
        };
        const opcodes = () => frames().map(({ opcode }) => opcode);
        let answered = 0;
        socket.on('data', (chunk) => {
            chunks.push(chunk);
            for (const { payload } of frames().filter(({ opcode }) => opcode === 9).slice(answered)) {
                socket.write(masked(10, payload)); // the relay asks so how far a joiner has read
                answered++;
            }
        });
        socket.write(`GET /ws HTTP/1.1\r\nHost: ${hostOf(relay)}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: tabcast.v1\r\n\r\n`);
        socket.write(masked(1, Buffer.from(`{"type":"hello","version":1,"role":"watch","show":"${show.id}"}`)));
        await until(() => opcodes().filter((o) => o === 2).length > 20, 'media');
        socket.write(masked(9, Buffer.from('x')));
        await until(() => opcodes().includes(10), 'a PONG');
        socket.write(masked(8, Buffer.from([3, 232])));
        await closed;
        assert.deepEqual(opcodes().slice(opcodes().indexOf(8)), [8]);
    }
    publisher.end();
    await relay.stop();
});

describe('slow requests', () => {
    let relay;
    before(async () => {
        relay = await startRelay();
    });
    after(() => relay.stop());

    const post = () => `POST /api/v1/shows HTTP/1.1\r\nHost: ${hostOf(relay)}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n`;
    // How long the relay bears it, in seconds; `drip` goes out once a second.
    const bears = (first, drip) =>
        new Promise((resolve, reject) => {
            const begun = Date.now();
            const socket = net.connect(Number(new URL(relay.url).port), '127.0.0.1', () => socket.write(first));
            const timer = setInterval(() => (drip ? socket.write(drip) : 0), 1000);
            const limit = setTimeout(() => reject(new Error('it is borne for ever')), 60_000);
            socket.on('error', () => {});
            socket.resume();
            socket.on('close', () => {
                clearInterval(timer);
                clearTimeout(limit);
                resolve((Date.now() - begun) / 1000);
            });
        });

    test('heads and bodies that stop or drip are cut, meanwhile others are served', async () => {
        const cases = [['GET / HTTP/1.1\r\nHo', null], ['GET / HTTP/1.1\r\n', 'X-A: b\r\n'], [post(), null], [post(), ' ']];
        const borne = Promise.all(cases.map(([first, drip]) => bears(first, drip)));
        assert.equal((await fetch(`${relay.url}/healthz`)).status, 200);
        for (const seconds of await borne) assert.ok(seconds > 5 && seconds < 45, `${seconds} s`);
    });
});

test('one address has so many connections and no more, and gets them back', async () => {
    const relay = await startRelay({ args: ['--max-per-address', '10'] });
    const open = () =>
        new Promise((resolve) => {
            const socket = net.connect(Number(new URL(relay.url).port), '127.0.0.1');
            socket.on('error', () => {});
            socket.on('close', () => resolve(null));
            socket.write(`GET /healthz HTTP/1.1\r\nHost: ${hostOf(relay)}\r\n\r\n`);
            socket.once('data', () => resolve(socket));
        });
    const sockets = [];
    for (let i = 0; i < 14; i++) sockets.push(await open());
    const taken = sockets.filter(Boolean);
    assert.equal(taken.length, 10);
    for (const socket of taken) socket.destroy();
    const again = await until(open, 'a free place');
    again.destroy();
    await until(async () => (await metric(relay, 'connections')) === 1, 'all gone but the one that asks');
    assert.ok((await metric(relay, 'connections_refused_total')) >= 4);
    await relay.stop();
});

for (const fanout of ['send', 'auto']) {
    test(`viewers on four loops get the same show, by ${fanout}`, async () => {
        const relay = await startRelay({ args: ['--threads', '4', '--fanout', fanout, '--ride', fanout === 'send' ? 'always' : 'auto'] });
        assert.match(await until(() => /started .*threads=4 fanout=(\S+)/.exec(relay.log)?.[1], 'the log'), fanout === 'send' ? /^send$/ : /^(io_uring|send)$/);
        const show = await createShow(relay.url, 'Loops');
        const publisher = await publish(relay.url, show);
        const source = new Source();
        publisher.send(source.init());
        publisher.send(source.video(0, { isKey: true }));
        const viewers = await Promise.all(Array.from({ length: 24 }, () => watch(relay.url, show.id)));
        for (const viewer of viewers) await viewer.until(() => viewer.media.length === 2, 'init and key frame');
        for (let i = 1; i <= 60; i++) {
            publisher.send(source.video(i * 33));
            publisher.send(source.audio(i * 33));
            if (i % 20 === 0) viewers[i % 24].say({ type: 'chat', text: `line ${i}` });
        }
        for (const viewer of viewers) {
            await viewer.until(() => viewer.media.length === 122, 'all media');
            await viewer.text('chat', 2);
            const bytes = Buffer.concat(viewer.media.map((m) => m.bytes));
            assert.ok(bytes.equals(Buffer.concat(viewers[0].media.map((m) => m.bytes))), 'the same bytes in the same order');
            assert.deepEqual(viewer.texts.filter((t) => t.type === 'chat').map((t) => t.id), [1, 2, 3]);
        }
        publisher.say({ type: 'end' });
        for (const viewer of viewers) {
            assert.equal((await viewer.closedWith()).code, 1000);
            assert.equal(viewer.texts.findLast((t) => t.type === 'state').state, 'ended');
        }
        await relay.stop();
    });
}
