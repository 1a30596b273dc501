// SPDX-License-Identifier: MIT
// shared/limits.h and web/wire/limits.js name the same caps with the same values.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import * as limits from '../../web/wire/limits.js';

const header = readFileSync(new URL('../../shared/limits.h', import.meta.url), 'utf8');

/** Value of a C constant expression made of numbers, `*` and parentheses. */
function evaluate(expression) {
    const factors = expression.replace(/[()]/g, '').split('*');
    return factors.reduce((product, factor) => {
        const number = /^\s*(\d+)(?:U|L)*\s*$/.exec(factor);
        assert.ok(number, `cannot evaluate "${expression}"`);
        return product * Number(number[1]);
    }, 1);
}

test('the page and the relay agree about every limit', () => {
    const inC = new Map();
    for (const [, name, expression] of header.matchAll(/^#define (LIMIT_\w+) (.+)$/gm)) {
        inC.set(name, evaluate(expression.replace(/\/\/.*$/, '')));
    }
    assert.ok(inC.size >= 16, `only ${inC.size} limits found in shared/limits.h`);
    assert.deepEqual(Object.fromEntries(inC), { ...limits });
});

test('the relay counts timestamps that a double holds exactly', () => {
    assert.ok(Number.isSafeInteger(limits.LIMIT_TIMESTAMP_US));
});
