// SPDX-License-Identifier: MIT
// What the page offers is what the relay takes: categories; where signing in may lead; and what every page's words may not ask for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { categories, faultSentence, words } from '../../web/words/account.js';
import { ApiError } from '../../web/ui/api.js';
import { nextUrl } from '../../web/ui/ask.js';

test('the categories are those of the relay, in its words and in its description', () => {
    const source = readFileSync(new URL('../../relay/show_about.c', import.meta.url), 'utf8');
    const [, list] = /static const char \*const names\[\] = \{([^}]*)\}/.exec(source);
    const known = [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name);
    assert.deepEqual(Object.keys(categories), known);
    const api = JSON.parse(readFileSync(new URL('../../relay/openapi.json', import.meta.url), 'utf8'));
    assert.deepEqual(api.components.schemas.NewShow.properties.category.enum, ['', ...known, null]);
});

test('signing in leads to this site\'s own pages alone', () => {
    globalThis.location = { origin: 'https://tabcast.example' };
    const goes = { '?next=%2F%40ann%3Fx%3D1': '/@ann?x=1', '': '/', '?next=': '/', '?next=//evil.example/': '/', '?next=https://evil.example/': '/', '?next=javascript:alert(1)': '/', '?next=/%5Cevil.example': '/', '?next=account': '/' };
    for (const [query, page] of Object.entries(goes)) assert.equal(nextUrl(query), page, query);
    delete globalThis.location;
});

test('a failure is the relay\'s own sentence, or that it is away', () => {
    assert.equal(faultSentence(new ApiError(409, 'Taken.')), 'Taken.');
    assert.equal(faultSentence(new ApiError(0, 'TypeError')), words.away);
});

test('the words that every page has ask for no names of languages, which are slow to come on a phone', async (t) => {
    const asked = t.mock.method(Intl, 'DisplayNames', function () {});
    await import('../../web/words/account.js?anew');
    assert.equal(asked.mock.callCount(), 0);
    await import('../../web/words/show-languages.js?anew').catch(() => {}); // there they would be
    assert.equal(asked.mock.callCount(), 1);
});
