// SPDX-License-Identifier: MIT
// A name as typed becomes a name as the relay takes it, or a fault that can be told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkName } from '../../web/ui/own-name.js';
import { LIMIT_NAME_BYTES } from '../../web/wire/limits.js';

test('a name becomes one line with single blanks', () => {
    assert.deepEqual(checkName('  Ann\t\n  Lee \u0000'), { name: 'Ann Lee', fault: null });
    assert.deepEqual(checkName('Žluťoučký kůň'), { name: 'Žluťoučký kůň', fault: null });
    assert.deepEqual(checkName('日本'), { name: '日本', fault: null });
    assert.deepEqual(checkName('🦊'), { name: '🦊', fault: null });
    assert.deepEqual(checkName('<b>Ann</b>'), { name: '<b>Ann</b>', fault: null });
});

test('a name without a letter is empty', () => {
    for (const typed of ['', '   ', '\n', '...', '\u200b\u200b']) assert.equal(checkName(typed).fault, 'empty', JSON.stringify(typed));
});

test('the limit counts bytes, not characters', () => {
    assert.equal(checkName('x'.repeat(LIMIT_NAME_BYTES)).fault, null);
    assert.equal(checkName('x'.repeat(LIMIT_NAME_BYTES + 1)).fault, 'too-long');
    assert.equal(checkName('é'.repeat(LIMIT_NAME_BYTES / 2)).fault, null);
    assert.equal(checkName('é'.repeat(LIMIT_NAME_BYTES / 2 + 1)).fault, 'too-long');
});
