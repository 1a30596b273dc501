// SPDX-License-Identifier: MIT
// tests/golden/programme.txt through web/wire/messages.js: the same vectors that the relay's C reads and writes
// (tests/unit/test_programme_golden.c).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { MessageError, formatClientMessage, formatRelayMessage, parseClientMessage, parseRelayMessage, programmeMessage } from '../../web/wire/messages.js';

const vectors = readFileSync(new URL('../golden/programme.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
        const [name, hex] = line.split(' ', 2);
        return { name, bytes: Buffer.from(hex === '-' ? '' : hex, 'hex'), expected: JSON.parse(line.slice(name.length + hex.length + 2)) };
    });

/** The message, or null where it is refused: of a text that is not UTF-8 a socket never hands out anything. */
function read(bytes, parse) {
    try {
        return parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch (error) {
        if (!(error instanceof MessageError || error instanceof TypeError)) throw error;
        return null;
    }
}

test('there are vectors of both sides and every status', () => {
    const kinds = new Set(vectors.map(({ expected }) => `${expected.from} ${expected.status}`));
    assert.deepEqual([...kinds].sort(), ['client bad-message', 'client ok', 'client unsupported-version', 'relay bad-message', 'relay ok']);
    assert.equal(Buffer.from(formatClientMessage(programmeMessage())).toString('hex'), vectors[0].bytes.toString('hex'), 'what the page asks is the first of them');
});

for (const { name, bytes, expected } of vectors) {
    const isAsked = expected.from === 'client';
    test(`programme: ${name}`, () => {
        const message = read(bytes, isAsked ? parseClientMessage : parseRelayMessage);
        assert.equal(message !== null, expected.status === 'ok');
        if (message === null || isAsked) return;
        const shows = Array.from({ length: expected.count }, (_, i) => ({ id: expected[`id${i}`], state: expected[`state${i}`], viewers: expected[`viewers${i}`] }));
        assert.deepEqual(message, { type: 'programme', isWhole: expected.isWhole, shows });
        assert.equal(formatRelayMessage(message), bytes.toString());
    });
}
