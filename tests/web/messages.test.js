// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test from 'node:test';
import * as messages from '../../web/wire/messages.js';

const show = 'abcdefghij27';
const key = 'A'.repeat(43);
const chat = { type: 'chat', id: 3, session: 's1', name: 'Ada', text: 'hi\nthere', at: 0, sentAt: 1.5, role: 'watch' };
const welcome = {
    type: 'welcome',
    version: 1,
    session: 's1',
    role: 'watch',
    name: 'Guest',
    show: { id: show, title: 'T', description: '', state: 'live' },
    now: 1700000000000.25,
    epochMs: null,
    mediaTimeMs: 0,
    viewers: 0,
    limits: { mediaMessageBytes: 1048576, chatTextBytes: 1000 },
};

const clientMessages = [
    messages.helloMessage({ role: 'watch', show }),
    messages.helloMessage({ role: 'publish', show, key, name: 'Ada' }),
    messages.startMessage(12.5),
    messages.endMessage(),
    messages.chatMessage('  hello\tworld \r\n'),
    messages.keyframeMessage(),
    messages.lagMessage({ behindMs: 80, bufferedMs: 60.5, framesDropped: 0, framesDecoded: 9, hidden: false }),
    messages.lagMessage({ behindMs: 80, bufferedMs: 60.5, framesDropped: 0, framesDecoded: 9, hidden: false, newestMs: 5000.5 }),
    messages.timeMessage(-4.5),
    messages.nameMessage('Grace'),
    messages.timingMessage({ captureMs: 1.24, encodeMs: 70_000 }),
    messages.chooseMessage('auto'),
    messages.chooseMessage('audio'),
    messages.chooseMessage('auto', 2),
    messages.chooseMessage(2),
    messages.withdrawMessage(1),
    messages.programmeMessage(),
];

const relayMessages = [
    welcome,
    { ...welcome, epochMs: 1700000000000, role: 'publish' },
    { type: 'history', messages: [chat, { ...chat, id: 4 }] },
    { type: 'state', state: 'reconnecting', epochMs: 1 },
    { type: 'state', state: 'scheduled', epochMs: null },
    chat,
    { type: 'presence', viewers: 12 },
    { type: 'join', session: 's2', name: 'Guest 7' },
    { type: 'leave', session: 's2', name: 'Guest 7' },
    { type: 'join', session: 's2', name: 'Ann', account: 'ann' },
    { type: 'people', people: [] },
    { type: 'people', people: [{ session: 's2', name: 'Ann', account: 'ann' }, { session: 's3', name: 'Guest 0001' }] },
    { type: 'you', session: 's2', name: 'Guest 0002', account: 'ann', isInvisible: true },
    { type: 'you', session: 's2', name: 'Guest 0002', isInvisible: false },
    { type: 'face', account: 'ann', version: 1700000000000 },
    { ...welcome, account: 'ann', isInvisible: false },
    { ...chat, account: 'ann' },
    { type: 'ack', bytes: 123456, timestampUs: 40000, recording: 'lagging' },
    { type: 'keyframe', rendition: 1 },
    { type: 'renditions', renditions: [{ rendition: 0, width: 1280, height: 720 }, { rendition: 2, width: 320, height: 180 }] },
    { type: 'renditions', renditions: [] },
    { type: 'wanted', renditions: [0, 2] },
    { type: 'quality', stage: 'no-tl2', rendition: 0 },
    { type: 'programme', isWhole: true, shows: [] },
    { type: 'programme', isWhole: false, shows: [{ id: show, state: 'live', viewers: 7 }, { id: show, state: 'replay', viewers: 0 }] },
    { type: 'time', t: 3.25, now: 1700000000000 },
    { type: 'timing', captureMs: 1.2, encodeMs: 10.5 },
    { type: 'warning', code: 'recording-disk-full', message: 'The disk is full.' },
    { type: 'error', code: 'bad-message', message: 'What?' },
];

test('every message of a client comes back as it was', () => {
    for (const message of clientMessages) {
        const text = messages.formatClientMessage(message);
        assert.deepEqual(messages.parseClientMessage(text), message);
    }
    assert.equal(new Set(clientMessages.map((m) => m.type)).size, 12);
});

test('every message of the relay comes back as it was', () => {
    for (const message of relayMessages) {
        const text = messages.formatRelayMessage(message);
        assert.deepEqual(messages.parseRelayMessage(text), message);
    }
    assert.equal(new Set(relayMessages.map((m) => m.type)).size, 20);
});

test('a missing member or one of a wrong type is refused, whichever it is', () => {
    const both = [
        [clientMessages, messages.parseClientMessage],
        [relayMessages, messages.parseRelayMessage],
    ];
    let refused = 0;
    for (const [list, parse] of both) {
        for (const message of list) {
            for (const name of Object.keys(message)) {
                const isOptional = (message.type === 'hello' && name === 'name') || (message.type !== 'face' && name === 'account') || (message.type === 'welcome' && name === 'isInvisible') || name === 'newestMs' || name === 'best';
                const without = { ...message };
                delete without[name];
                if (!isOptional) assert.throws(() => parse(JSON.stringify(without)), messages.MessageError);
                const wrong = { ...message, [name]: { unexpected: true } };
                assert.throws(() => parse(JSON.stringify(wrong)), messages.MessageError, `${message.type}.${name}`);
                refused += 1;
            }
        }
    }
    assert.ok(refused > 60);
});

test('unknown members are ignored, unknown types are not', () => {
    const { type } = messages.parseRelayMessage('{"type":"keyframe","rendition":0,"why":"join"}');
    assert.equal(type, 'keyframe');
    for (const name of ['ping', 'constructor', '__proto__', '']) {
        assert.throws(() => messages.parseRelayMessage(JSON.stringify({ type: name })), /unknown type/);
    }
});

test('what is no object of JSON is refused', () => {
    for (const text of ['', 'null', '[]', '"end"', '{"type":"end"', '{type:"end"}', '1']) {
        assert.throws(() => messages.parseClientMessage(text), messages.MessageError, text);
    }
});

test('the same member twice is refused at any depth and in any spelling', () => {
    const refuse = (text) => assert.throws(() => messages.parseClientMessage(text), /same member twice/, text);
    refuse('{"type":"end","type":"end"}');
    refuse('{"type":"time","t":1,"\\u0074":2}');
    refuse('{"type":"end","x":{"a":1,"b":[{"c":1,"c" : 2}]}}');
    const fine = '{"type":"chat","text":"\\"t\\":{\\"t\\":","x":[{"t":1},{"t":2}],"y":{"text":":"}}';
    assert.equal(messages.parseClientMessage(fine).type, 'chat');
});

test('sizes: one text message, and history alone may be longer', () => {
    const long = { type: 'end', padding: 'x'.repeat(5000) };
    assert.throws(() => messages.parseClientMessage(JSON.stringify(long)), /limit/);
    assert.throws(() => messages.parseRelayMessage(JSON.stringify({ ...long, type: 'keyframe', rendition: 0 })), /limit/);
    const lines = Array.from({ length: 100 }, (_, id) => ({ ...chat, id, text: 'é'.repeat(400) }));
    const history = messages.parseRelayMessage(JSON.stringify({ type: 'history', messages: lines }));
    assert.equal(history.messages.length, 100);
    lines.push(chat);
    const tooMany = JSON.stringify({ type: 'history', messages: lines });
    assert.throws(() => messages.parseRelayMessage(tooMany), messages.MessageError);
});

test('hello: a publisher has a key, ids and keys have their alphabet', () => {
    const hello = { type: 'hello', version: 1, role: 'publish', show };
    const refuse = (message) =>
        assert.throws(() => messages.formatClientMessage(message), messages.MessageError, JSON.stringify(message));
    refuse(hello);
    refuse({ ...hello, key: 'A'.repeat(42) });
    refuse({ ...hello, key: '+'.repeat(43) });
    refuse({ ...hello, key, show: 'abcdefghij20' });
    refuse({ ...hello, key, version: 2 });
    refuse({ ...hello, key, role: 'admin' });
    refuse({ ...hello, key, name: 'two\nlines' });
    refuse({ ...hello, key, name: '' });
});

test('numbers are finite, counts are whole', () => {
    for (const t of ['1e999', 'null', '"1"']) {
        assert.throws(() => messages.parseClientMessage(`{"type":"time","t":${t}}`), messages.MessageError);
    }
    assert.throws(() => messages.parseRelayMessage('{"type":"presence","viewers":1.5}'), messages.MessageError);
    assert.throws(() => messages.parseRelayMessage('{"type":"presence","viewers":-1}'), messages.MessageError);
});

test('chat text is made acceptable: controls out, ends trimmed, cut between characters', () => {
    assert.equal(messages.cleanChatText(' a\u0000b\u009fc\r\nd\u007f '), 'abc\nd');
    assert.equal(messages.cleanChatText('\ud800x\udc00'), 'x');
    assert.equal(messages.cleanChatText(' \n\t '), '');
    const long = messages.cleanChatText('😀'.repeat(400));
    assert.equal(messages.utf8Length(long), 1000);
    assert.equal(messages.cleanChatText(`a${'😀'.repeat(400)}`).length, 1 + 249 * 2);
    assert.throws(() => messages.formatClientMessage({ type: 'chat', text: 'a\u0007' }), messages.MessageError);
    assert.throws(() => messages.formatClientMessage({ type: 'chat', text: '' }), messages.MessageError);
    const script = messages.chatMessage('<script>alert(1)</script>');
    assert.equal(script.text, '<script>alert(1)</script>', 'markup is text and stays as typed');
});

test('a long name is cut, not refused', () => {
    assert.equal(messages.nameMessage('é'.repeat(40)).name, 'é'.repeat(32));
});
