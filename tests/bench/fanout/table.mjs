// SPDX-License-Identifier: MIT
// The fan-out table: the relay, two limits in C and the peers that are installed, in turns, medians as
// markdown.
//   node tests/bench/fanout/table.mjs [w1|w2|w3|tls|slow …] [--fanout FILE] [--binary FILE] [--rounds N]
//        [--seconds S] [--viewers N] [--only 'NAME|…'] [--keep FILE] [--stop-after SECONDS]
// `--keep` adds each round to a file of JSON lines, and what is there already is not measured again;
// with `--stop-after` no round begins later than that, so that a machine that others need as well can be
// had in parts: run it again until nothing is missing.
import { execFile } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs, promisify } from 'node:util';
import { peers, withCertificate, withPeer } from './servers.mjs';

const run = promisify(execFile);
const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        fanout: { type: 'string', default: 'build/ci/tests/fanout' },
        binary: { type: 'string', default: 'build/release/tabcast' },
        rounds: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '5' },
        viewers: { type: 'string' },
        only: { type: 'string' },
        keep: { type: 'string' },
        'stop-after': { type: 'string' },
    },
});

const own = (name, kind, more, workloads, options = []) => ({ name, kind, more, workloads, options, isThere: true });
const servers = [
    own('C, a send() per viewer', 'send', [], ['w1', 'w2', 'w3']),
    own('C, an SSL_write() per viewer', 'send', [], ['tls']),
    own('C, io_uring', 'io_uring', [], ['w1', 'w2', 'w3']),
    own('**tabcast** as it comes', 'tabcast', ['--threads', '1'], ['w1', 'w2', 'w3', 'tls']),
    own('**tabcast**', 'tabcast', ['--threads', '1', '--ride', 'never'], ['w1', 'w2', 'w3', 'tls', 'slow']),
    own('**tabcast**, send()', 'tabcast', ['--threads', '1', '--ride', 'never', '--fanout', 'send'], ['w1', 'w2', 'w3']),
    own('**tabcast**, sound rides', 'tabcast', ['--threads', '1', '--ride', 'always'], ['w1', 'w2', 'tls']),
    own('**tabcast**, nothing recorded', 'tabcast', ['--threads', '1', '--ride', 'never'], ['w1', 'w2'], ['--unrecorded']),
    own('**tabcast**, two loops', 'tabcast', ['--threads', '2', '--ride', 'never'], ['w1', 'w2', 'w3']),
    ...peers.map((peer) => (['ws', 'nchan', 'socketio', 'icecast', 'rtmp', 'flv'].includes(peer.kind) ? { ...peer, workloads: [...peer.workloads, 'slow'] } : peer)),
];
const workloads = {
    w1: { title: 'W1: one room, 500 viewers, 80 messages/s, 2.07 Mbit/s each', args: ['--workload', 'w1', '--viewers', values.viewers ?? '500'], settle: 4 },
    w2: { title: 'W2: 50 rooms of 20 viewers, each room as in W1', args: ['--workload', 'w2', '--viewers', values.viewers ?? '1000'], settle: 4 },
    w3: { title: 'W3: chat, 1000 members, 50 texts/s', args: ['--workload', 'w3', '--viewers', values.viewers ?? '1000'], settle: 2 },
    tls: { title: 'W1 under TLS 1.3 (AES-128-GCM), 300 viewers', args: ['--workload', 'w1', '--viewers', values.viewers ?? '300'], settle: 4, isSecure: true },
    slow: { title: '50 viewers at 8 Mbit/s, five of them read a tenth', args: ['--workload', 'w1', '--viewers', '50', '--slow', '5', '--scale', '4'], settle: 3, seconds: 12 },
};

async function measure(server, workload, tls) {
    const at = async ({ port, pid } = {}) => {
        const args = [...workload.args, '--one', server.kind, '--seconds', String(workload.seconds ?? values.seconds), '--settle', String(workload.settle), '--binary', values.binary];
        if (tls) args.push('--tls', tls);
        if (port) args.push('--port', String(port), '--pid', String(pid));
        args.push(...(server.options ?? []), '--', ...(server.more ?? []));
        const { stdout } = await run(values.fanout, args, { timeout: 120_000 });
        return JSON.parse(stdout);
    };
    return server.prepare ? withPeer(server, tls, at) : at();
}

const median = (numbers) => {
    const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length === 0 ? NaN : sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const columns = {
    'CPU µs/message': (r, base) => `${r('cpuUs').toFixed(2)} (${(r('cpuUs') / base).toFixed(2)})`,
    'CPU-s/GB': (r) => r('cpuSecondsPerGb').toFixed(2),
    'p50 / p99 ms': (r) => `${r('p50Ms').toFixed(1)} / ${r('p99Ms').toFixed(1)}`,
    'kB RSS/viewer': (r) => r('rssKb').toFixed(1),
    delivered: (r) => `${(r('delivered') * 100).toFixed(0)} %`,
    'gaps, lost': (r) => `${r('gaps')}, ${r('lost')}`,
};
const slowColumns = {
    'slow ones behind, ms': (r) => (r('slowMessages') ? r('slowBehindMs').toFixed(0) : 'nothing reached them'),
    'messages they got': (r) => String(r('slowMessages')),
    'p50 / p99 ms of the others': columns['p50 / p99 ms'],
    'lost connections': (r) => String(r('lost')),
    'kB RSS/viewer': columns['kB RSS/viewer'],
};

function print(name, results) {
    const table = name === 'slow' ? slowColumns : columns;
    const base = median((results.get('C, a send() per viewer') ?? results.get('C, an SSL_write() per viewer') ?? []).map((r) => r.cpuUs));
    console.log(`\n### ${workloads[name].title}\n\n| server | ${Object.keys(table).join(' | ')} |\n|---|${'---|'.repeat(Object.keys(table).length)}`);
    for (const [server, rounds] of results) {
        if (rounds.length === 0) continue;
        const value = (key) => median(rounds.map((r) => r[key]));
        console.log(`| ${server} | ${Object.values(table).map((cell) => cell(value, base)).join(' | ')} |`);
    }
}

async function kept(workload, name) {
    if (!values.keep) return [];
    const text = await readFile(values.keep, 'utf8').catch(() => '');
    return text.split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((r) => r.workload === workload && r.server === name);
}

const only = values.only?.split('|');
const chosen = positionals.length > 0 ? positionals : Object.keys(workloads);
const stopAt = Date.now() + 1000 * Number(values['stop-after'] ?? 1e9);
console.log(`Medians of ${values.rounds} rounds in turns; in brackets: of the C loop. ${cpus().length} × ${cpus()[0].model}.`);
const absent = servers.filter((s) => !s.isThere).map((s) => s.name);
if (absent.length > 0) console.log(`Not installed: ${absent.join(', ')}.`);

const results = new Map();
let missing = 0;
for (const workload of chosen) {
    results.set(workload, new Map());
    for (const server of servers)
        if (server.isThere && server.workloads.includes(workload) && (!only || only.includes(server.name))) results.get(workload).set(server.name, await kept(workload, server.name));
}
for (let round = 0; round < Number(values.rounds); round++) {
    for (const [workload, byName] of results) {
        for (const [name, rounds] of byName) {
            if (rounds.length > round) continue;
            missing++;
            if (Date.now() > stopAt) continue;
            try {
                const server = servers.find((s) => s.name === name);
                const result = workloads[workload].isSecure ? await withCertificate((tls) => measure(server, workloads[workload], tls)) : await measure(server, workloads[workload]);
                rounds.push(result);
                missing--;
                if (values.keep) await appendFile(values.keep, `${JSON.stringify({ workload, server: name, ...result })}\n`);
            } catch (error) {
                console.error(`${name}, ${workload}: ${String(error.stderr || error.message).trim()}`);
            }
        }
    }
}
for (const [workload, byName] of results) print(workload, byName);
if (missing > 0) console.log(`\n${missing} rounds are missing.`);
