// SPDX-License-Identifier: MIT
// The page's way to the OpenID provider and back: what is kept, what is taken out of the address, what is asked.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { keepLinkFault, leaveToLink, leaveToSignIn, linkByReturn, signInByReturn, takeLinkFault, takeReturn } from '../../web/ui/openid.js';

const NAMES = ['location', 'sessionStorage', 'history', 'fetch'];
const before = Object.fromEntries(NAMES.map((name) => [name, globalThis[name]]));
let asked, answers, went;

function comeTo(address) {
    globalThis.location = { ...new URL(address), search: new URL(address).search, origin: new URL(address).origin, assign: (url) => (went = url) };
}
beforeEach(() => {
    asked = [];
    answers = [];
    went = null;
    const kept = new Map();
    globalThis.sessionStorage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text), removeItem: (name) => kept.delete(name) };
    globalThis.history = { replaceState: (_, __, url) => (went = url) };
    globalThis.fetch = async (path, { method, body }) => {
        asked.push([method, path, JSON.parse(body)]);
        const { status, ...said } = answers.shift();
        return { ok: status < 400, status, json: async () => said };
    };
});
afterEach(() => Object.assign(globalThis, before));

test('there and back, to where one wanted to go, with the invitation', async () => {
    comeTo('https://show.example/sign-up?next=%2F%40ann');
    answers = [{ status: 201, url: 'https://id.example/a?state=s' }, { status: 201 }];
    await leaveToSignIn('?next=%2F%40ann', 'code of the invitation');
    assert.equal(went, 'https://id.example/a?state=s');
    comeTo('https://show.example/sign-in?code=c%2Bd&state=s&iss=https%3A%2F%2Fid.example&session_state=more');
    const back = takeReturn();
    assert.equal(went, '/sign-in?next=%2F%40ann', 'the code is not left in the address');
    assert.equal(await signInByReturn(back), '/@ann');
    assert.deepEqual(asked, [
        ['POST', '/api/v1/sessions/openid/begin', {}],
        ['POST', '/api/v1/sessions/openid', { code: 'c+d', state: 's', iss: 'https://id.example', invitation: 'code of the invitation' }],
    ]);
    assert.equal(takeReturn().kept.search, '', 'what was kept is good once');
});

test('linking goes to the account, and its failure is told there once', async () => {
    comeTo('https://show.example/account');
    answers = [{ status: 201, url: 'https://id.example/a' }, { status: 409, detail: 'Taken.' }];
    await leaveToLink('a password');
    comeTo('https://show.example/sign-in?code=c&state=s');
    const back = takeReturn();
    assert.equal(back.kept.links, true);
    await linkByReturn(back, (error) => error.message);
    assert.deepEqual(asked.map(([, path]) => path), ['/api/v1/accounts/me/openid/begin', '/api/v1/accounts/me/openid']);
    assert.equal(takeLinkFault(), 'Taken.');
    assert.equal(takeLinkFault(), '');
    keepLinkFault('again');
    assert.equal(takeLinkFault(), 'again');
});

test('an address that brings nothing is no return, and nobody\'s text gets onto the page', () => {
    for (const query of ['', '?next=%2F', '?code=c', '?state=s', '?error=access_denied']) {
        comeTo(`https://show.example/sign-in${query}`);
        assert.equal(takeReturn(), null, query);
    }
    const errors = { access_denied: 'access_denied', 'call%20555%20now': 'error', [`${'a'.repeat(60)}`]: 'error' };
    for (const [said, error] of Object.entries(errors)) {
        comeTo(`https://show.example/sign-in?state=s&error=${said}`);
        assert.equal(takeReturn().error, error);
    }
    globalThis.sessionStorage.setItem('tabcast-openid', '{broken');
    comeTo('https://show.example/sign-in?code=c&state=s');
    assert.deepEqual(takeReturn().kept, { links: false, search: '', invitation: '' });
});
