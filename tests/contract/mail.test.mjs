// SPDX-License-Identifier: MIT
// Mail through a real mail server, with STARTTLS and a password: addresses of accounts and links for a new password;
// then a server that is down, refuses, puts off, says nothing; and a relay without one.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { relayBinary, startRelay, until } from '../e2e/lib/relay.mjs';
import { Client, PASSWORD, member } from './lib/client.mjs';
import { MAIL_PASSWORD, MAIL_USER, hasMailServer, startMailServer } from './lib/mail-server.mjs';

const NEW_PASSWORD = 'owls at the window';
const SITE = 'https://show.example';
const FROM = 'Shöws & more <shows@example.org>';
const skip = hasMailServer ? false : 'exim4 is not installed';
// Each person asks from an address of their own, so that limits are each one's.
const BASE = ['--accounts-per-minute', '1000', '--sign-ins-per-minute', '1000', '--public-url', SITE, '--trust-proxy'];
let mail, relay, admin, passwordFile, settings, people = 0;

before(async () => {
    if (skip) return;
    mail = await startMailServer();
    passwordFile = path.join(path.dirname(mail.caFile), 'password');
    await writeFile(passwordFile, `${MAIL_PASSWORD}\n`);
    settings = ['--smtp-url', mail.url, '--smtp-user', MAIL_USER, '--smtp-password-file', passwordFile, '--smtp-ca', mail.caFile, '--mail-from', FROM];
    relay = await startRelay({ args: [...BASE, ...settings] });
    admin = await member(relay, 'admin');
});
after(async () => {
    await relay?.stop();
    await mail?.stop();
});

/** Asks as somebody behind the proxy, at an address of their own. */
class Person extends Client {
    from = `192.0.2.${++people % 250}`;
    ask(method, target, body, headers = {}) {
        return super.ask(method, target, body, { 'x-forwarded-for': this.from, ...headers });
    }
}

async function person(name, at = relay) {
    const somebody = new Person(at);
    assert.equal((await somebody.signUp(name)).status, 201);
    assert.equal((await somebody.signIn(name)).status, 201);
    return somebody;
}

const EMAIL = 'accounts/me/email';
const setEmail = (client, address, currentPassword = PASSWORD) => client.ask('POST', EMAIL, { address, currentPassword });
const confirm = (link, client = new Person(relay)) => client.ask('POST', 'email-confirmations', { code: link.split('#')[1] });
async function withAddress(name, address, at = relay) {
    const client = await person(name, at);
    assert.equal((await setEmail(client, address)).status, 200);
    const { link } = await mail.message(address);
    assert.equal((await confirm(link, new Person(at))).status, 200);
    return client;
}
const forgotten = (who, client = new Person(relay)) => client.ask('POST', 'password-mails', { who });
const metric = async (name, at = relay) => Number(new RegExp(`^tabcast_${name} (\\d+)$`, 'm').exec(await (await fetch(`${at.url}/metrics`)).text())[1]);
const command = (...words) => {
    const { status, stdout, stderr } = spawnSync(relayBinary, words, { encoding: 'utf8' });
    return { code: status, out: stdout, error: stderr };
};
const serveFails = (...args) => command('serve', '--listen', '127.0.0.1:0', '--data', '/nonexistent/tabcast', ...args);

test('an address is confirmed by the link that goes there; the message is as it should be', { skip, timeout: 60_000 }, async () => {
    const ann = await person('ann');
    assert.deepEqual((await ann.ask('GET', EMAIL)).body, { address: null, waiting: null, waitingUntil: null, canSend: true });
    const set = await setEmail(ann, 'Ann@Example.org');
    assert.equal(set.status, 200);
    assert.deepEqual([set.body.address, set.body.waiting], [null, 'Ann@Example.org']);
    assert.ok(Math.abs(new Date(set.body.waitingUntil) - Date.now() - 86_400_000) < 60_000);
    const message = await mail.message('Ann@Example.org');
    assert.equal(message.from, 'shows@example.org');
    assert.equal(message.head.from, FROM);
    assert.equal(message.head.to, 'Ann@Example.org');
    assert.equal(message.head.subject, 'Confirm your address for show.example');
    assert.ok(Math.abs(new Date(message.head.date) - Date.now()) < 60_000);
    assert.match(message.head['message-id'], /^<[a-z2-7]{12}@example\.org>$/);
    assert.equal(message.head['auto-submitted'], 'auto-generated');
    assert.equal(message.head['mime-version'], '1.0');
    assert.equal(message.head['content-type'], 'text/plain; charset=utf-8');
    assert.match(message.head.received, /helo=example\.org\)\s+by mail\.example\.test with esmtpsa/, 'over TLS, signed in');
    assert.match(message.body, /the account @ann\./);
    assert.ok(message.link.startsWith(`${SITE}/confirm-email#`));
    assert.match(message.raw, /^[\x20-\x7e\n\t]*$/, 'nothing but ASCII travels');
    const done = await confirm(message.link);
    assert.equal(done.status, 200);
    assert.equal(done.body.address, 'Ann@Example.org');
    assert.equal((await confirm(message.link)).status, 404, 'once');
    assert.deepEqual((await ann.ask('GET', EMAIL)).body, { address: 'Ann@Example.org', waiting: null, waitingUntil: null, canSend: true });
    // Seen by admins, and by nobody else.
    const listed = async (client) => (await client.ask('GET', 'admin/accounts?q=ann')).body.items?.find(({ name }) => name === 'ann').email;
    assert.equal(await listed(admin), 'Ann@Example.org');
    const helper = await person('helper');
    await admin.ask('PATCH', 'admin/accounts/helper', { role: 'moderator' });
    assert.equal(await listed(helper), null);
    assert.equal(JSON.stringify((await helper.ask('GET', 'accounts/ann')).body).includes('xample.org'), false);
    assert.equal((await setEmail(ann, 'Ann@Example.org')).status, 409);
});

test('changing and removing take the password, and the old address is told', { skip, timeout: 60_000 }, async () => {
    const eve = await withAddress('eve', 'eve@example.org');
    assert.equal((await setEmail(eve, 'eve@example.net', 'is not it')).status, 403);
    assert.equal((await setEmail(new Person(relay), 'eve@example.net')).status, 401);
    assert.equal((await eve.ask('POST', EMAIL, { address: 'eve@example.net', currentPassword: PASSWORD }, { origin: 'https://evil.example' })).status, 403);
    for (const address of ['eve', 'eve@example', 'eve@example.net\r\nBcc: x@example.org', 'éve@example.net', '', `${'e'.repeat(250)}@example.net`, 7]) assert.equal((await setEmail(eve, address)).status, 422, String(address));
    assert.equal((await setEmail(eve, 'eve@example.net')).status, 200);
    const told = await mail.message('eve@example.org', 1);
    assert.equal(told.head.subject, 'Another address for your account at show.example');
    assert.match(told.body, /eve@example\.net/);
    assert.equal((await eve.ask('GET', EMAIL)).body.address, 'eve@example.org', 'until the new one is confirmed');
    const first = (await mail.message('eve@example.net')).link;
    assert.equal((await eve.ask('POST', `${EMAIL}/again`, {})).status, 200);
    const second = (await mail.message('eve@example.net', 1)).link;
    assert.notEqual(first, second);
    assert.equal((await confirm(first)).status, 404, 'a newer one was sent');
    assert.equal((await confirm(second)).status, 200);
    assert.equal((await eve.ask('POST', `${EMAIL}/again`, {})).status, 404);
    assert.equal((await eve.ask('POST', `${EMAIL}/off`, { currentPassword: 'is not it' })).status, 403);
    assert.equal((await eve.ask('POST', `${EMAIL}/off`, { currentPassword: PASSWORD })).status, 204);
    assert.match((await mail.message('eve@example.net', 2)).head.subject, /was removed/);
    assert.equal((await eve.ask('GET', EMAIL)).body.address, null);
    assert.equal((await mail.messages()).filter(({ to }) => to === 'eve@example.org').length, 2, 'the old one heard once');
});

test('one address has one account; whose, nobody learns who cannot read its mail', { skip, timeout: 60_000 }, async () => {
    await withAddress('first', 'shared@example.org');
    const second = await person('second');
    assert.equal((await setEmail(second, 'SHARED@example.org')).status, 200, 'as any other');
    const { link } = await mail.message('SHARED@example.org');
    assert.equal((await confirm(link)).status, 409);
    assert.equal((await second.ask('GET', EMAIL)).body.address, null);
});

test('a forgotten password: by name or address, the same answer for everybody, a link that works once', { skip, timeout: 60_000 }, async () => {
    const mia = await withAddress('mia', 'mia@example.org');
    await person('no-address');
    const unconfirmed = await person('unconfirmed');
    await setEmail(unconfirmed, 'unconfirmed@example.org');
    const shape = ({ status, headers, body }) => [status, body, [...headers.keys()].filter((name) => name !== 'date').map((name) => `${name}: ${headers.get(name)}`)];
    const known = shape(await forgotten('mia'));
    assert.equal(known[0], 204);
    for (const who of ['nobody.at.all', 'no-address', 'nobody@example.org', 'unconfirmed@example.org', 'unconfirmed']) assert.deepEqual(shape(await forgotten(who)), known, who);
    for (const who of ['', '?', 'a b', 'a@b', 'x'.repeat(255)]) assert.equal((await forgotten(who)).status, 422, who);
    const { link, head, body } = await mail.message('mia@example.org', 1);
    assert.equal(head.subject, 'A new password for show.example');
    assert.match(body, /the account @mia\./);
    assert.ok(link.startsWith(`${SITE}/reset#`));
    assert.equal((await new Person(relay).ask('POST', 'password-mails', { who: 'MIA@Example.ORG', language: 'de' })).status, 204);
    const second = await mail.message('mia@example.org', 2);
    assert.equal(second.head.subject, 'Ein neues Passwort für show.example');
    const newer = second.link;
    const guest = new Person(relay);
    const use = (url) => guest.ask('POST', 'password-resets', { code: url.split('#')[1], password: NEW_PASSWORD });
    assert.equal((await use(link)).status, 404, 'a newer one was sent');
    // A link that an admin made does not go because somebody asked for one by mail.
    const given = (await admin.ask('POST', 'admin/accounts/mia/reset')).body.code;
    assert.equal((await forgotten('mia')).status, 204);
    await mail.message('mia@example.org', 3);
    assert.equal((await use(newer)).status, 404);
    assert.equal((await guest.ask('POST', 'password-resets', { code: given, password: NEW_PASSWORD })).status, 200);
    assert.equal((await use((await mail.message('mia@example.org', 3)).link)).status, 404, 'the password was set meanwhile');
    assert.equal((await mia.ask('GET', 'accounts/me')).status, 401, 'signed out everywhere');
    assert.equal((await new Person(relay).signIn('mia', NEW_PASSWORD)).status, 201);
    const all = await mail.messages();
    assert.equal(all.filter(({ to }) => to === 'unconfirmed@example.org').length, 1, 'its link alone');
    assert.equal(all.filter(({ head: { subject } }) => /new password|neues Passwort/.test(subject)).length, 3);
    await admin.ask('PATCH', 'admin/accounts/mia', { isBanned: true });
    assert.equal((await forgotten('mia')).status, 204);
    await until(() => /kind=reset domain=example\.org/.test(relay.log), 'the log');
    for (const secret of [link.split('#')[1], newer.split('#')[1], MAIL_PASSWORD, 'mia@', 'ann@', 'Ann@', 'eve@']) assert.equal(relay.log.includes(secret), false, `${secret} in the log`);
});

test('nobody is flooded: limits by who is named, by who asks, by account and by mailbox', { skip, timeout: 60_000 }, async () => {
    for (const who of ['flooded', 'nobody.of.this.name']) {
        if (who === 'flooded') await withAddress(who, 'flooded@example.org');
        for (let i = 0; i < 3; i++) assert.equal((await forgotten(who)).status, 204);
        const refused = await forgotten(who);
        assert.equal(refused.status, 429);
        assert.equal(refused.headers.get('retry-after'), '600');
    }
    const asker = new Person(relay);
    for (let i = 0; i < 10; i++) assert.equal((await forgotten(`name-${i}`, asker)).status, 204);
    const refused = await forgotten('name-10', asker);
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '60']);
    const one = await person('busy.one');
    for (let i = 0; i < 3; i++) assert.equal((await setEmail(one, `busy${i}@example.org`)).status, 200);
    assert.equal((await setEmail(one, 'busy3@example.org')).status, 429, 'one account');
    for (let i = 0; i < 3; i++) assert.equal((await setEmail(await person(`many${i}`), 'target@example.org')).status, 200);
    const last = await setEmail(await person('many3'), 'Target@example.org');
    assert.deepEqual([last.status, last.headers.get('retry-after')], [429, '600'], 'one mailbox');
});

test('what is refused is told once, what is put off comes later, and a server that was down is found again', { skip, timeout: 120_000 }, async () => {
    const [failed, retried] = [await metric('mail_failed_total'), await metric('mail_retries_total')];
    await setEmail(await person('refused.one'), 'refused@example.org');
    await until(() => /mail-failed kind=confirm domain=example\.org tries=1 code=550/.test(relay.log), 'the refusal');
    assert.equal(relay.log.includes('refused@'), false);
    assert.equal(await metric('mail_failed_total'), failed + 1);
    await mail.holdBack(true);
    await setEmail(await person('later.one'), 'later@example.org');
    await until(() => /mail-put-off kind=confirm domain=example\.org tries=1 code=451/.test(relay.log), 'the delay');
    await mail.holdBack(false);
    await mail.message('later@example.org');
    await until(() => /mail-sent kind=confirm domain=example\.org tries=2 code=250/.test(relay.log), 'the second try');
    await mail.halt();
    await setEmail(await person('patient'), 'patient@example.org');
    await until(() => /mail-put-off .* tries=1 code=0 said="?[^"]*connect/i.test(relay.log), 'the failure');
    assert.equal(await metric('mail_waiting'), 1);
    await mail.start();
    await mail.message('patient@example.org');
    await until(async () => (await metric('mail_waiting')) === 0, 'nothing to wait');
    assert.equal(await metric('mail_failed_total'), failed + 1);
    assert.ok((await metric('mail_retries_total')) >= retried + 2);
});

test('a mail server that says nothing holds up no one, and the end no longer than is allowed; what is lost is counted', { timeout: 60_000 }, async () => {
    const sockets = new Set();
    const silent = net.createServer((socket) => sockets.add(socket));
    await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const beside = await startRelay({ args: [...BASE, '--smtp-url', `smtp://127.0.0.1:${silent.address().port}`, '--mail-from', 'shows@example.org'] });
    const ann = await person('ann', beside);
    for (let i = 0; i < 3; i++) assert.equal((await setEmail(ann, `ann${i}@example.org`)).status, 200);
    await until(() => sockets.size === 1, 'the connection');
    const began = performance.now();
    for (let i = 0; i < 20; i++) assert.equal((await fetch(`${beside.url}/healthz`)).status, 200);
    assert.ok(performance.now() - began < 5000);
    const stopping = performance.now();
    await beside.stop();
    const tookMs = performance.now() - stopping;
    // 5 s for all mails together, 1 s to break off, and some for a busy machine.
    assert.ok(tookMs > 4500 && tookMs < 9000, `${tookMs} ms`);
    assert.match(beside.log, /mails-lost count=3\b/);
    for (const socket of sockets) socket.destroy();
    silent.close();
});

test('a relay that ends sends what still waits: what was asked for just now, and what was put off', { skip, timeout: 60_000 }, async () => {
    const beside = await startRelay({ args: [...BASE, ...settings, '--threads', '2'] });
    await withAddress('zoe', 'zoe@example.org', beside);
    await mail.holdBack(true);
    await setEmail(await person('later.two', beside), 'later@example.net');
    await until(() => /mail-put-off kind=confirm domain=example\.net tries=1/.test(beside.log), 'the delay');
    await mail.holdBack(false);
    assert.equal((await forgotten('zoe', new Person(beside))).status, 204);
    await beside.stop();
    assert.match((await mail.message('zoe@example.org', 1)).head.subject, /new password/);
    await mail.message('later@example.net');
    assert.match(beside.log, /mail-sent kind=reset domain=example\.org tries=1/);
    assert.match(beside.log, /mail-sent kind=confirm domain=example\.net tries=2/);
    assert.doesNotMatch(beside.log, /lost/);
});

test('asked twice to end, the relay waits for no mail', { timeout: 60_000 }, async () => {
    const sockets = new Set();
    const silent = net.createServer((socket) => sockets.add(socket));
    await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const beside = await startRelay({ args: [...BASE, '--threads', '2', '--smtp-url', `smtp://127.0.0.1:${silent.address().port}`, '--mail-from', 'shows@example.org'] });
    await setEmail(await person('ann', beside), 'ann@example.org');
    await until(() => sockets.size === 1, 'the connection');
    const stopping = performance.now();
    process.kill(beside.pid, 'SIGTERM');
    await until(() => fetch(`${beside.url}/healthz`).then(() => false, () => true), 'the end of its loops');
    let end = null;
    beside.exited.then((how) => (end = how));
    await until(() => end ?? (process.kill(beside.pid, 'SIGTERM'), null), 'the end');
    assert.ok(performance.now() - stopping < 4500, 'before the 5 s that one signal gives'); // 1 s to break off
    await beside.stop();
    assert.match(beside.log, /mails-lost count=1\b/);
    for (const socket of sockets) socket.destroy();
    silent.close();
});

test('a mail server that is down does not hold up the end at all', { timeout: 60_000 }, async () => {
    const beside = await startRelay({ args: [...BASE, '--smtp-url', 'smtp://127.0.0.1:1', '--mail-from', 'shows@example.org'] });
    await setEmail(await person('ann', beside), 'ann@example.org');
    await until(() => /mail-put-off/.test(beside.log), 'the failure');
    const stopping = performance.now();
    await beside.stop();
    assert.ok(performance.now() - stopping < 4500);
    assert.match(beside.log, /mail-put-off .* tries=2 [^]*mails-lost count=1\b/);
});

test('a certificate that does not hold, or a wrong password, and nothing is sent; the command says why', { skip, timeout: 60_000 }, async () => {
    const mailTest = (...args) => command('mail', 'test', 'try@example.org', '--public-url', SITE, ...args);
    const replace = (option, value) => settings.map((text, i) => (settings[i - 1] === option ? value : text));
    const fine = mailTest(...settings);
    assert.deepEqual([fine.code, fine.error], [0, '']);
    assert.match(fine.out, /^taken by localhost:\d+\t250 OK id=/);
    const message = await mail.message('try@example.org');
    assert.equal(message.head.subject, 'A test message from show.example');
    assert.match(message.body, /ä é ø/);
    const other = path.join(path.dirname(mail.caFile), 'other.pem');
    spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=x', '-keyout', '/dev/null', '-out', other]);
    const wrongCa = mailTest(...replace('--smtp-ca', other));
    assert.equal(wrongCa.code, 1);
    assert.match(wrongCa.error, /certificate/i);
    const wrongHost = mailTest(...replace('--smtp-url', mail.url.replace('localhost', '127.0.0.1')));
    assert.equal(wrongHost.code, 1);
    assert.match(wrongHost.error, /subject name/);
    const wrongFile = `${passwordFile}-wrong`;
    await writeFile(wrongFile, 'wrong');
    const wrongPassword = mailTest(...replace('--smtp-password-file', wrongFile));
    assert.equal(wrongPassword.code, 1);
    assert.match(wrongPassword.error, /535/);
    // Without --smtp-ca this machine is spoken to plainly, and this server then lets nobody in.
    const plain = mailTest('--smtp-url', mail.url, '--mail-from', 'shows@example.org');
    assert.equal(plain.code, 1);
    assert.match(plain.error, /550/);
    assert.equal((await mail.messages()).filter(({ to }) => to === 'try@example.org').length, 1);
    assert.equal(mailTest().code, 1);
    assert.equal(command('mail', 'test', 'nobody', ...settings, '--public-url', SITE).code, 1);
    assert.equal(command('mail', 'test').code, 2);
});

test('settings that cannot work stop the start, with a sentence', () => {
    const url = ['--smtp-url', 'smtps://mail.example.org'];
    const site = ['--public-url', SITE];
    const from = ['--mail-from', 'shows@example.org'];
    assert.match(serveFails('--smtp-url', 'http://mail.example.org', ...site, ...from).error, /smtp-url: smtp:/);
    assert.match(serveFails(...url, ...site).error, /mail-from/);
    assert.match(serveFails(...url, ...site, '--mail-from', 'nobody').error, /mail-from/);
    assert.match(serveFails(...url, ...from).error, /public-url/);
    assert.match(serveFails(...url, ...site, ...from, '--smtp-user', 'x').error, /belong together/);
});

test('without a mail server nothing is mailed, and it is told', { timeout: 60_000 }, async () => {
    const quiet = await startRelay();
    const ann = await member(quiet, 'ann');
    assert.deepEqual((await ann.ask('GET', EMAIL)).body, { address: null, waiting: null, waitingUntil: null, canSend: false });
    assert.equal((await setEmail(ann, 'ann@example.org')).status, 404);
    assert.equal((await ann.ask('POST', `${EMAIL}/again`, {})).status, 404);
    assert.equal((await ann.ask('POST', `${EMAIL}/off`, { currentPassword: PASSWORD })).status, 204);
    assert.equal((await ann.ask('POST', 'password-mails', { who: 'ann' })).status, 404);
    assert.equal((await ann.ask('GET', 'sessions/current')).body.sendsMail, false);
    await quiet.stop();
});
