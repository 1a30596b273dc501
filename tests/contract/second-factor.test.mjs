// SPDX-License-Identifier: MIT
// The second factor over real sockets: set up, asked for, spent once, guessed in vain, turned off.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startRelay } from '../e2e/lib/relay.mjs';
import { Client, PASSWORD, member } from './lib/client.mjs';
import { codeAt, freshStep } from './lib/totp.mjs';

const NEEDED = 'urn:tabcast:second-factor';
let relay;
before(async () => {
    relay = await startRelay({ args: ['--accounts-per-minute', '1000', '--sign-ins-per-minute', '1000'] });
});
after(() => relay.stop());

const signIn = (name, code, password = PASSWORD) => new Client(relay).ask('POST', 'sessions', { name, password, ...(code === undefined ? {} : { code }) });

/** Somebody whose second factor is on; the code of the step before `step` is spent. */
async function secured(name, step) {
    const client = await member(relay, name);
    const begun = await client.ask('POST', 'accounts/me/second-factor', { currentPassword: PASSWORD });
    assert.equal(begun.status, 201);
    const { secret, uri } = begun.body;
    const on = await client.ask('POST', 'accounts/me/second-factor/confirm', { code: codeAt(secret, step - 1) });
    assert.equal(on.status, 200, JSON.stringify(on.body));
    return { client, secret, uri, codes: on.body.recoveryCodes };
}

test('is set up with the password and a first code, and then asked for', async () => {
    const step = await freshStep();
    const { client, secret, uri, codes } = await secured('factored', step);
    assert.match(secret, /^[A-Z2-7]{32}$/);
    assert.equal(uri, `otpauth://totp/127.0.0.1:factored?secret=${secret}&issuer=127.0.0.1`);
    assert.equal(codes.length, 10);
    assert.equal(new Set(codes).size, 10);
    assert.ok(codes.every((code) => /^[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}$/.test(code)));
    assert.deepEqual((await client.ask('GET', 'accounts/me/second-factor')).body, { isOn: true, recoveryCodesLeft: 10 });
    const asked = await signIn('factored');
    assert.equal(asked.status, 401);
    assert.equal(asked.body.type, NEEDED);
    assert.equal(asked.headers.get('set-cookie'), null);
    const wrong = await signIn('factored', undefined, 'a wrong password');
    assert.equal(wrong.body.type, 'about:blank', 'nothing is told without the password');
    assert.equal((await signIn('factored', codeAt(secret, step))).status, 201);
    assert.equal((await signIn('factored', codeAt(secret, step))).status, 401, 'a code is good once');
    assert.equal((await signIn('factored', codeAt(secret, step - 1))).status, 401, 'and the one before it is not any more');
    assert.equal((await signIn('factored', codeAt(secret, step + 1))).status, 201);
    assert.equal((await client.ask('POST', 'accounts/me/second-factor', { currentPassword: PASSWORD })).status, 409);
});

test('a code that comes twice at once lets one in', async () => {
    const step = await freshStep();
    const { secret } = await secured('at-once', step);
    const answers = await Promise.all(Array.from({ length: 4 }, () => signIn('at-once', codeAt(secret, step))));
    assert.deepEqual(answers.map((a) => a.status).sort(), [201, 401, 401, 401]);
});

test('recovery codes are good once each, however they are typed', async () => {
    const { client, codes } = await secured('recovering', await freshStep());
    assert.equal((await signIn('recovering', codes[0].toUpperCase().replaceAll('-', ' '))).status, 201);
    assert.equal((await signIn('recovering', codes[0])).status, 401);
    assert.equal((await signIn('recovering', codes[1])).status, 201);
    assert.equal((await client.ask('GET', 'accounts/me/second-factor')).body.recoveryCodesLeft, 8);
    const other = await secured('recovering-2', await freshStep());
    assert.equal((await signIn('recovering', other.codes[2])).status, 401, 'another’s');
});

test('guessing is slowed, whatever the address, and a right password does not undo it', async () => {
    const { client, codes } = await secured('guessed-at', await freshStep());
    let refused;
    for (let i = 0; i < 20 && !refused; i++) {
        const answer = await signIn('guessed-at', String(100000 + i));
        if (answer.status === 429) refused = answer;
        else assert.equal(answer.status, 401);
    }
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    assert.equal((await signIn('guessed-at', codes[0])).status, 429);
    assert.equal((await client.ask('GET', 'accounts/me')).status, 200, 'who is signed in stays');
});

test('is turned off with password and code alone', async () => {
    const step = await freshStep();
    const { client, secret, codes } = await secured('turner', step);
    const off = (currentPassword, code) => client.ask('POST', 'accounts/me/second-factor/off', { currentPassword, code });
    assert.equal((await off('a wrong password', codeAt(secret, step))).status, 403);
    assert.equal((await off(PASSWORD, '000000')).status, 401);
    assert.equal((await off(PASSWORD, '')).status, 401);
    assert.equal((await client.ask('POST', 'accounts/me/second-factor/off', { currentPassword: PASSWORD })).status, 422);
    assert.equal((await off(PASSWORD, codes[3])).status, 204);
    assert.equal((await off(PASSWORD, codes[4])).status, 404);
    assert.equal((await signIn('turner')).status, 201);
    assert.deepEqual((await client.ask('GET', 'accounts/me/second-factor')).body, { isOn: false, recoveryCodesLeft: 0 });
});

test('begun and not confirmed it asks for nothing; confirming needs the newest secret', async () => {
    const client = await member(relay, 'half-way');
    const begin = (currentPassword) => client.ask('POST', 'accounts/me/second-factor', { currentPassword });
    assert.equal((await begin('a wrong password')).status, 403);
    const step = await freshStep();
    const first = (await begin(PASSWORD)).body;
    const second = (await begin(PASSWORD)).body;
    assert.notEqual(first.secret, second.secret);
    assert.equal((await signIn('half-way')).status, 201);
    const confirm = (code) => client.ask('POST', 'accounts/me/second-factor/confirm', { code });
    assert.equal((await confirm(codeAt(first.secret, step))).status, 403);
    assert.equal((await confirm(codeAt(second.secret, step))).status, 200);
    assert.equal((await confirm(codeAt(second.secret, step + 1))).status, 404);
});

test('belongs to its owner, on this site alone; recovery codes are kept as hashes', async () => {
    const { codes } = await secured('keeper', await freshStep());
    const client = await member(relay, 'another');
    const calls = [['GET', 'accounts/me/second-factor'], ['POST', 'accounts/me/second-factor', { currentPassword: PASSWORD }], ['POST', 'accounts/me/second-factor/confirm', { code: '000000' }], ['POST', 'accounts/me/second-factor/off', { currentPassword: PASSWORD, code: '000000' }]];
    for (const [method, where, body] of calls) {
        assert.equal((await new Client(relay).ask(method, where, body)).status, 401, `${method} ${where}`);
        if (method === 'POST') assert.equal((await client.ask(method, where, body, { origin: 'https://evil.example' })).status, 403, where);
    }
    for (const name of (await readdir(relay.dataDir)).filter((n) => n.startsWith('tabcast.db'))) {
        const bytes = await readFile(path.join(relay.dataDir, name));
        for (const code of codes) assert.equal(bytes.includes(code.replaceAll('-', '')), false, name);
    }
});
