// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import test from 'node:test';
import * as wire from '../../web/wire/header.js';
import { LIMIT_TIMESTAMP_US } from '../../web/wire/limits.js';

const video = {
    kind: wire.WIRE_VIDEO,
    flags: wire.WIRE_KEY | wire.WIRE_SYNC,
    rendition: 2,
    temporalId: 0,
    sequence: 0xfffffffe,
    timestampUs: 0x12_3456_7890,
};

function refusal(message) {
    try {
        wire.readHeader(message);
    } catch (error) {
        assert.ok(error instanceof wire.WireError, String(error));
        return error.code;
    }
    return 'accepted';
}

/** The valid video message with one byte changed. */
function withByte(offset, value) {
    const message = wire.frameMessage(video, new Uint8Array([1]));
    message[offset] = value;
    return message;
}

test('bytes of a header', () => {
    const message = wire.frameMessage(video, new Uint8Array([0xab]));
    assert.equal(Buffer.from(message).toString('hex'), '02030200fffffffe0000001234567890ab');
    assert.deepEqual(wire.readHeader(message), video);
    assert.deepEqual(wire.payloadOf(message), new Uint8Array([0xab]));
});

test('a header is read inside a larger buffer', () => {
    const large = new Uint8Array(100).fill(0xff);
    large.set(wire.frameMessage(video, new Uint8Array([7])), 31);
    assert.deepEqual(wire.readHeader(large.subarray(31, 31 + 17)), video);
});

test('every refusal by name', () => {
    const message = wire.frameMessage(video, new Uint8Array([1]));
    for (let len = 0; len < wire.WIRE_HEADER_LEN; len++) {
        assert.equal(refusal(message.subarray(0, len)), 'too-short');
    }
    assert.equal(refusal(message.subarray(0, 16)), 'empty-payload');
    assert.equal(refusal(withByte(0, 0)), 'unknown-kind');
    assert.equal(refusal(withByte(0, 5)), 'unknown-kind');
    assert.equal(refusal(withByte(1, 8)), 'bad-flags');
    assert.equal(refusal(withByte(2, 3)), 'bad-rendition');
    assert.equal(refusal(withByte(3, 3)), 'bad-temporal-id');
    assert.equal(refusal(withByte(3, 1)), 'bad-temporal-id', 'a key frame lies in layer 0');
    assert.equal(refusal(withByte(8, 1)), 'bad-timestamp');
    const large = new Uint8Array(1024 * 1024 + 1);
    large.set(message);
    assert.equal(refusal(large), 'too-long');
    assert.equal(refusal(large.subarray(0, 1024 * 1024)), 'accepted');
});

test('sound always starts anew, and has one rendition without layers', () => {
    const audio = { ...video, kind: wire.WIRE_AUDIO, flags: wire.WIRE_KEY, rendition: 0 };
    assert.equal(refusal(wire.frameMessage(audio, new Uint8Array(4080))), 'accepted');
    assert.equal(refusal(wire.frameMessage(audio, new Uint8Array(4081))), 'too-long');
    assert.throws(() => wire.frameMessage({ ...audio, flags: 0 }, new Uint8Array(1)), { code: 'bad-flags' });
    assert.throws(() => wire.frameMessage({ ...audio, rendition: 1 }, new Uint8Array(1)), {
        code: 'bad-rendition',
    });
});

test('init and poster may weigh their cap behind the header', () => {
    const init = { ...video, kind: wire.WIRE_INIT, flags: 0 };
    assert.equal(refusal(wire.frameMessage(init, new Uint8Array(4096))), 'accepted');
    assert.equal(refusal(wire.frameMessage(init, new Uint8Array(4097))), 'too-long');
    const poster = { ...init, kind: wire.WIRE_POSTER, rendition: 0 };
    assert.equal(refusal(wire.frameMessage(poster, new Uint8Array(128 * 1024))), 'accepted');
    assert.equal(refusal(wire.frameMessage(poster, new Uint8Array(128 * 1024 + 1))), 'too-long');
});

test('timestamps up to the limit, whole microseconds', () => {
    const bytes = new Uint8Array(1);
    const last = { ...video, timestampUs: LIMIT_TIMESTAMP_US };
    assert.equal(wire.readHeader(wire.frameMessage(last, bytes)).timestampUs, LIMIT_TIMESTAMP_US);
    for (const timestampUs of [-1, LIMIT_TIMESTAMP_US + 1, NaN]) {
        assert.throws(() => wire.frameMessage({ ...video, timestampUs }, bytes), { code: 'bad-timestamp' });
    }
    const fraction = { ...video, timestampUs: 12.9 };
    assert.equal(wire.readHeader(wire.frameMessage(fraction, bytes)).timestampUs, 12);
});

test('a sequence wraps at 32 bits', () => {
    const message = wire.frameMessage({ ...video, sequence: 0x1_0000_0001 }, new Uint8Array(1));
    assert.equal(wire.readHeader(message).sequence, 1);
});
