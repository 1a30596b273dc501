// SPDX-License-Identifier: MIT
// A real mail server (Debian's exim4) as a private instance: a folder, a port and a configuration of its own, nothing
// of the system's. It wants STARTTLS and a password, takes mail for anybody, and keeps it in its queue, where it is
// read. Whom it refuses: refused@…; for how long it puts off later@…: while holdBack is on.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawnChild } from '../../e2e/lib/children.mjs';
import { freePort } from '../../e2e/lib/free-port.mjs';
import { until } from '../../e2e/lib/relay.mjs';

const EXIM = '/usr/sbin/exim4';
export const hasMailServer = existsSync(EXIM);
export const MAIL_USER = 'shows';
export const MAIL_PASSWORD = 'a pass: word';

const configuration = (folder, port) => `
primary_hostname = mail.example.test
exim_path = ${EXIM}
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
pid_file_path = ${folder}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
admin_groups = ${process.getgid()}
keep_environment =
disable_ipv6 = true
host_lookup =
rfc1413_hosts =
dns_again_means_nonexist = *
queue_only = true
check_spool_space = 0
check_spool_inodes = 0
tls_advertise_hosts = *
tls_certificate = ${folder}/cert.pem
tls_privatekey = ${folder}/key.pem
auth_advertise_hosts = \${if def:tls_in_cipher {*}}
acl_smtp_rcpt = recipient
acl_smtp_data = accept
begin acl
recipient:
  deny !authenticated = *
       message = sign in first
  deny local_parts = refused
       message = nobody of the name $local_part
  defer local_parts = later
       condition = \${if exists{${folder}/hold}}
       message = greylisted
  accept
begin routers
begin transports
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{${MAIL_USER}}}{eq{$auth3}{${MAIL_PASSWORD}}}}}
  server_set_id = $auth2
`;

const answers = (port) =>
    new Promise((resolve) => {
        const socket = net.connect(port, '127.0.0.1');
        socket.once('data', () => resolve(true)).once('error', () => resolve(false)).once('close', () => resolve(false));
        socket.on('data', () => socket.destroy());
    });

/** An authority of its own, and a certificate by it for localhost. */
function makeCertificate(folder) {
    const at = (name) => path.join(folder, name);
    const run = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    run('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Authority of the tests', '-keyout', at('ca-key.pem'), '-out', at('ca.pem'));
    run('req', ...newKey, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', at('key.pem'), '-out', at('request.pem'));
    run('x509', '-req', '-in', at('request.pem'), '-CA', at('ca.pem'), '-CAkey', at('ca-key.pem'), '-days', '2', '-copy_extensions', 'copy', '-out', at('cert.pem'));
}

const decodeQuoted = (text) => Buffer.from(text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString();
const decodeWords = (text) => text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?UTF-8\?Q\?([^?]*)\?=/g, (_, word) => decodeQuoted(word.replaceAll('_', ' ')));

/** What lies in the queue as NAME-H (envelope and headers, each with its length and a letter before it) and NAME-D. */
function readMessage(head, data) {
    const [envelope, headers] = [head.slice(0, head.indexOf('\n\n')), head.slice(head.indexOf('\n\n') + 2)];
    const raw = [];
    for (let at = 0; at < headers.length;) {
        const [, digits, flag] = /^(\d{3,})(.) /.exec(headers.slice(at));
        at += digits.length + 2;
        if (flag !== '*') raw.push(headers.slice(at, at + Number(digits)));
        at += Number(digits);
    }
    const list = raw.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).replace(/\n\s/g, ' ').trim()]);
    const body = data.slice(data.indexOf('\n') + 1);
    return {
        from: /^<(.*)>$/m.exec(envelope)[1],
        to: envelope.split('\n').at(-1).split(' ')[0],
        names: list.map(([name]) => name),
        head: Object.fromEntries(list.map(([name, value]) => [name, decodeWords(value)])),
        raw: raw.join('') + '\n' + body,
        body: decodeQuoted(body),
        link: /https?:\S+#[\w-]+/.exec(decodeQuoted(body))?.[0] ?? null,
    };
}

export async function startMailServer() {
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-mail-'));
    const isRoot = process.getuid() === 0;
    // Exim gives up root's rights for a configuration that is not the system's; then its own user must own the folder.
    const [uid, gid] = isRoot ? ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'Debian-exim'], { encoding: 'utf8' }))) : [process.getuid(), process.getgid()];
    const port = await freePort();
    const file = path.join(folder, 'exim.conf');
    makeCertificate(folder);
    await writeFile(file, configuration(folder, port));
    for (const name of ['spool', 'log']) await mkdir(path.join(folder, name));
    await chmod(folder, 0o755);
    for (const name of ['.', 'spool', 'log', 'key.pem']) await chown(path.join(folder, name), uid, gid);
    let child = null;

    const server = {
        port,
        url: `smtp://localhost:${port}`,
        caFile: path.join(folder, 'ca.pem'),
        async start() {
            let said = '';
            child = spawnChild(EXIM, ['-bdf', '-C', file], { stdio: ['ignore', 'pipe', 'pipe'], uid, gid });
            const ended = new Promise((_, reject) => child.once('exit', (code) => reject(new Error(`exim ended with ${code}: ${said}`))));
            ended.catch(() => {});
            for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
            await Promise.race([until(() => answers(port), 'the mail server'), ended]);
        },
        async halt() {
            if (!child || child.exitCode !== null || child.signalCode) return;
            const ended = new Promise((resolve) => child.once('exit', resolve));
            child.kill('SIGTERM');
            await ended;
        },
        async stop() {
            await server.halt();
            await rm(folder, { recursive: true, force: true });
        },
        holdBack: (isOn) => (isOn ? writeFile(path.join(folder, 'hold'), '') : rm(path.join(folder, 'hold'))),
        /** All that was taken, oldest first. */
        async messages() {
            const input = path.join(folder, 'spool', 'input');
            const names = (await readdir(input).catch(() => [])).filter((name) => name.endsWith('-H')).sort();
            return Promise.all(names.map(async (name) => readMessage(...(await Promise.all([name, name.replace(/H$/, 'D')].map((n) => readFile(path.join(input, n), 'utf8')))))));
        },
        /** The n-th message (from 0) to that address. */
        message: (to, n = 0) => until(async () => (await server.messages()).filter((m) => m.to === to)[n], `mail ${n} to ${to}`, 60_000),
        log: () => readFile(path.join(folder, 'log', 'mainlog'), 'utf8').catch(() => ''),
    };
    await server.start();
    return server;
}
