// SPDX-License-Identifier: MIT
// Starts and ends the servers of the fan-out table: each on a port of its own, in a folder of its own.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../e2e/lib/free-port.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

async function untilListening(port, child) {
    for (let i = 0; i < 400; i++) {
        if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended at once`);
        const isUp = await new Promise((resolve) => {
            const socket = net.connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
            socket.once('connect', () => socket.destroy());
        });
        if (isUp) return;
        await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`${child.spawnfile} does not listen`);
}

const nginxHead = (folder, modules) => `
${modules.map((name) => `load_module /usr/lib/nginx/modules/${name}.so;`).join('\n')}
daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log warn;
worker_rlimit_nofile 65536;
events { worker_connections 20000; }
`;

async function nginx(modules, config) {
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-bench-'));
    const port = await freePort();
    await writeFile(path.join(folder, 'nginx.conf'), nginxHead(folder, modules) + config(port, folder));
    return { command: '/usr/sbin/nginx', args: ['-c', path.join(folder, 'nginx.conf'), '-p', folder, '-e', path.join(folder, 'error.log')], port, folder };
}

const nchan = (tls) => nginx(['ngx_nchan_module'], (port, folder) => `
http {
  access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  nchan_shared_memory_size 256M;
  server {
    listen 127.0.0.1:${port}${tls ? ' ssl' : ''};
    ${tls ? `ssl_certificate ${tls}/cert.pem; ssl_certificate_key ${tls}/key.pem; ssl_protocols TLSv1.3;` : ''}
    location = /pub { nchan_publisher websocket; nchan_channel_id $arg_id; nchan_message_buffer_length 5; nchan_message_timeout 5s; }
    location = /sub { nchan_subscriber websocket; nchan_channel_id $arg_id; nchan_subscriber_first_message newest; }
  }
}`);

const rtmp = () => nginx(['ngx_rtmp_module'], (port) => `
rtmp { server { listen 127.0.0.1:${port}; chunk_size 60000; application live { live on; } } }`);

async function icecast(tls) {
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-bench-'));
    const port = await freePort();
    await mkdir(path.join(folder, 'web'));
    await writeFile(path.join(folder, 'icecast.xml'), `<icecast>
  <limits><clients>6000</clients><sources>4</sources><queue-size>4194304</queue-size><burst-on-connect>0</burst-on-connect><burst-size>0</burst-size></limits>
  <authentication><source-password>bench</source-password><admin-user>a</admin-user><admin-password>a</admin-password></authentication>
  <hostname>localhost</hostname><listen-socket><port>${port}</port><bind-address>127.0.0.1</bind-address>${tls ? '<ssl>1</ssl>' : ''}</listen-socket>
  <paths><basedir>${folder}</basedir><logdir>${folder}</logdir><webroot>${folder}/web</webroot><adminroot>${folder}/web</adminroot>${tls ? `<ssl-certificate>${folder}/both.pem</ssl-certificate>` : ''}</paths>
  <logging><accesslog>-</accesslog><errorlog>error.log</errorlog><loglevel>1</loglevel></logging>
  <security><chroot>0</chroot><changeowner><user>nobody</user><group>nogroup</group></changeowner></security>
</icecast>`);
    if (tls) await writeFile(path.join(folder, 'both.pem'), (await readFile(path.join(tls, 'cert.pem'))) + (await readFile(path.join(tls, 'key.pem'))), { mode: 0o644 });
    if (process.getuid() === 0) {
        await chmod(folder, 0o755);
        await chown(folder, 65534, 65534); // it refuses to run as root
    }
    return { command: '/usr/bin/icecast2', args: ['-c', path.join(folder, 'icecast.xml')], port, folder };
}

/** The peers' own scripts: a port where one must be given, then the folder of a certificate. */
const node = (file, tls, port) => ({ command: process.execPath, args: [path.join(here, 'peers', file), ...(port ? [String(port)] : []), ...(tls ? [tls] : [])], port });

/** A folder with cert.pem and key.pem for `use`. */
export async function withCertificate(use) {
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-bench-'));
    try {
        await chmod(folder, 0o755);
        execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'cert.pem')], { stdio: 'ignore' });
        return await use(folder);
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

/** name, kind as the load generator calls it, how it is started, and what must be installed. */
export const peers = [
    { name: 'nginx-rtmp', kind: 'rtmp', needs: '/usr/lib/nginx/modules/ngx_rtmp_module.so', workloads: ['w1'], prepare: rtmp },
    { name: 'nginx nchan', kind: 'nchan', needs: '/usr/lib/nginx/modules/ngx_nchan_module.so', workloads: ['w1', 'w2', 'w3', 'tls'], prepare: nchan },
    { name: 'icecast (WebM)', kind: 'icecast', needs: '/usr/bin/icecast2', workloads: ['w1', 'tls'], prepare: icecast },
    { name: 'npm ws', kind: 'ws', needs: path.join(here, 'peers/node_modules/ws'), workloads: ['w1', 'w2', 'w3', 'tls'], prepare: async (tls) => node('ws-server.mjs', tls) },
    { name: 'socket.io', kind: 'socketio', needs: path.join(here, 'peers/node_modules/socket.io'), workloads: ['w1', 'w3', 'tls'], prepare: async (tls) => node('socketio-server.mjs', tls) },
    { name: 'node-media-server (HTTP-FLV)', kind: 'flv', needs: path.join(here, 'peers/node_modules/node-media-server'), workloads: ['w1'], prepare: async () => node('nms-server.mjs', '', await freePort()) },
].map((peer) => ({ ...peer, isThere: existsSync(peer.needs) }));

/** Runs `use({port, pid})` beside the peer's server, then ends it; `tls`: the folder of its certificate, or nothing. */
export async function withPeer(peer, tls, use) {
    const { command, args, port, folder } = await peer.prepare(tls);
    const child = spawn(command, args, { stdio: ['ignore', port ? 'ignore' : 'pipe', 'ignore'] });
    try {
        let listening = port;
        if (port) await untilListening(port, child);
        else listening = Number(/port (\d+)/.exec((await once(child.stdout, 'data')).toString())[1]);
        return await use({ port: listening, pid: child.pid });
    } finally {
        const ended = once(child, 'exit');
        if (child.exitCode === null) {
            child.kill('SIGTERM');
            const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
            await ended;
            clearTimeout(timer);
        }
        if (folder) await rm(folder, { recursive: true, force: true });
    }
}
