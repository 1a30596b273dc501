// SPDX-License-Identifier: MIT
// A name server that never answers: the times that providers and mail servers are given hold all the same, and so does
// the one of the end. The relay sees that server by files of its own in a mount namespace, which takes root.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { relayBinary, startRelay, until } from '../e2e/lib/relay.mjs';
import { Client, PASSWORD, member } from './lib/client.mjs';

const ADDRESS = '127.13.0.53'; // of this machine, as all of 127.0.0.0/8; what runs here has others
const SITE = ['--public-url', 'https://show.example'];
const skip = process.getuid() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0 ? false : 'needs root and mount namespaces';
let folder, binary, server, questions = 0;

before(async () => {
    if (skip) return;
    server = createSocket('udp4').on('message', () => questions++);
    await new Promise((resolve) => server.bind(53, ADDRESS, resolve));
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-names-'));
    binary = path.join(folder, 'relay');
    const resolv = path.join(folder, 'resolv.conf');
    const nsswitch = path.join(folder, 'nsswitch.conf');
    await writeFile(resolv, `nameserver ${ADDRESS}\noptions timeout:5 attempts:2\n`); // 10 s in all
    await writeFile(nsswitch, 'hosts: files dns\n');
    await writeFile(binary, `#!/bin/sh
exec unshare --mount sh -c 'mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"' sh '${resolv}' '${nsswitch}' '${relayBinary}' "$@"
`);
    await chmod(binary, 0o755);
});
after(async () => {
    if (skip) return;
    server.close();
    await rm(folder, { recursive: true, force: true });
});

async function timeOf(work) {
    const began = performance.now();
    await work();
    return performance.now() - began;
}

test('a provider whose name is not found in time is away, and holds up no end', { skip, timeout: 60_000 }, async () => {
    const relay = await startRelay({ binary, args: [...SITE, '--oidc-client-id', 'tabcast', '--oidc-name', 'X', '--oidc-issuer', 'https://id.example.org'] });
    const begin = () => new Client(relay).ask('POST', 'sessions/openid/begin', {});
    const tookMs = await timeOf(async () => assert.equal((await begin()).status, 503));
    assert.ok(tookMs < 8000, `${tookMs} ms`); // 4 s an answer
    const before = questions;
    begin().catch(() => {}); // which the end may cut off
    await until(() => questions > before, 'the name to be asked for');
    const endMs = await timeOf(() => relay.stop());
    assert.ok(endMs < 8000, `${endMs} ms`); // 3 s for sockets, 4 s for the answer
});

test('mail whose server\'s name is not found holds up the end no longer than any other', { skip, timeout: 60_000 }, async () => {
    const relay = await startRelay({ binary, args: [...SITE, '--smtp-url', 'smtp://mail.example.org:587', '--mail-from', 'shows@example.org'] });
    const ann = await member(relay, 'ann');
    const before = questions;
    assert.equal((await ann.ask('POST', 'accounts/me/email', { address: 'ann@example.org', currentPassword: PASSWORD })).status, 200);
    await until(() => questions > before, 'the name to be asked for');
    const endMs = await timeOf(() => relay.stop());
    assert.ok(endMs < 8000, `${endMs} ms`); // 5 s for mails, 1 s to break off
    assert.match(relay.log, /mails-lost count=1\b/);
});
