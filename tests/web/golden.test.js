// SPDX-License-Identifier: MIT
// tests/golden/wire.txt through web/wire/header.js: the same vectors that the relay's C reads (tests/unit/test_wire.c).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { WIRE_HEADER_LEN, WireError, payloadOf, readHeader, writeHeader } from '../../web/wire/header.js';

const lines = readFileSync(new URL('../golden/wire.txt', import.meta.url), 'utf8').split('\n');
const vectors = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
        const [name, hex] = line.split(' ', 2);
        const expected = JSON.parse(line.slice(name.length + hex.length + 2));
        const bytes = hex === '-' ? Buffer.alloc(0) : Buffer.from(hex, 'hex');
        const message = new Uint8Array(Math.max(bytes.length, expected.padTo ?? 0));
        message.set(bytes);
        return { name, message, expected };
    });

/** What the reader says: the fields, or the name of the refusal. */
function read(message) {
    try {
        return { status: 'ok', ...readHeader(message) };
    } catch (error) {
        if (!(error instanceof WireError)) throw error;
        return { status: error.code };
    }
}

test('there are vectors of every status', () => {
    const statuses = new Set(vectors.map(({ expected }) => expected.status));
    assert.deepEqual([...statuses].sort(), [
        'bad-flags', 'bad-rendition', 'bad-temporal-id', 'bad-timestamp', 'empty-payload', 'ok', 'too-long', 'too-short',
        'unknown-kind',
    ]);
});

for (const { name, message, expected } of vectors) {
    const { payloadBytes, padTo, ...fields } = expected;
    test(`wire: ${name}`, () => {
        assert.deepEqual(read(message), fields);
        if (expected.status !== 'ok') return;
        assert.equal(payloadOf(message).byteLength, payloadBytes);
        const head = new Uint8Array(WIRE_HEADER_LEN);
        writeHeader(head, fields);
        assert.deepEqual(head, message.subarray(0, WIRE_HEADER_LEN));
        // Cut inside the header nothing is read; behind it every length is a message of its own.
        for (let len = 0; len < WIRE_HEADER_LEN; len++) assert.equal(read(message.subarray(0, len)).status, 'too-short');
        assert.equal(read(message.subarray(0, WIRE_HEADER_LEN)).status, 'empty-payload');
        // The same bytes in the middle of a larger buffer.
        const around = new Uint8Array(message.length + 7).fill(0xff);
        around.set(message, 3);
        assert.deepEqual(read(around.subarray(3, 3 + message.length)), fields);
    });
}
