// SPDX-License-Identifier: MIT
// The front page's socket against a made-up one: what it says, what it hands on, how it comes back.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Programme } from '../../web/watch/programme.js';
import { useTimers } from './helpers/timers.js';

class Socket extends EventTarget {
    /** @type {Socket[]} */ static all = [];
    sent = [];
    isClosed = false;
    constructor(url, protocols) {
        super();
        Object.assign(this, { url, protocols });
        Socket.all.push(this);
    }
    send(text) {
        this.sent.push(JSON.parse(text));
    }
    close() {
        this.isClosed = true;
    }
    fire(type, members = {}) {
        this.dispatchEvent(Object.assign(new Event(type), members));
    }
}

function begin(t) {
    Socket.all = [];
    const timers = useTimers(t);
    const programme = new Programme({ pageUrl: 'https://a.example/?q=1', WebSocket: Socket, random: () => 1 });
    const heard = [];
    programme.addEventListener('programme', (event) => heard.push(event.detail));
    let lost = 0;
    programme.addEventListener('lost', () => (lost += 1));
    programme.open();
    return { programme, heard, timers, lost: () => lost };
}
const told = { type: 'programme', isWhole: true, shows: [{ id: 'abcdefghij27', state: 'live', viewers: 3 }] };

test('it asks for the programme and hands on what is told, and nothing else', (t) => {
    const { programme, heard, timers } = begin(t);
    const [socket] = Socket.all;
    assert.deepEqual([socket.url, socket.protocols], ['wss://a.example/ws', ['tabcast.v1']]);
    socket.fire('open');
    assert.deepEqual(socket.sent, [{ type: 'programme', version: 1 }]);
    assert.equal(programme.isHeard, false);
    for (const data of ['{', '{"type":"new"}', '{"type":"time","t":0,"now":1}', JSON.stringify({ ...told, shows: [{ id: 'x' }] })]) socket.fire('message', { data });
    assert.deepEqual(heard, []);
    socket.fire('message', { data: JSON.stringify(told) });
    assert.deepEqual(heard, [told]);
    assert.equal(programme.isHeard, true);
    timers.tick(20_000);
    assert.equal(socket.sent[1].type, 'time');
    programme.close();
    assert.equal(socket.isClosed, true);
    timers.tick(60_000);
    assert.equal(Socket.all.length, 1);
});

test('it comes back, later each time, until it is heard again', (t) => {
    const { programme, timers, lost } = begin(t);
    Socket.all[0].fire('close');
    assert.equal(lost(), 0, 'it was never there');
    timers.tick(999);
    assert.equal(Socket.all.length, 1);
    timers.tick(1);
    assert.equal(Socket.all.length, 2);
    Socket.all[1].fire('close');
    Socket.all[0].fire('close'); // an old one's word counts no more
    timers.tick(1999);
    assert.equal(Socket.all.length, 2);
    timers.tick(1);
    Socket.all[2].fire('open');
    Socket.all[2].fire('message', { data: JSON.stringify(told) });
    Socket.all[2].fire('close');
    assert.deepEqual([programme.isHeard, lost()], [false, 1]);
    timers.tick(1000);
    assert.equal(Socket.all.length, 4);
    programme.close();
    programme.open();
    assert.equal(Socket.all.length, 5);
    programme.close();
});
