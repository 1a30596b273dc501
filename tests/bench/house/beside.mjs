// SPDX-License-Identifier: MIT
// What 500 viewers of a show feel while people sign in as fast as passwords can be checked, and 1,000 small changes a second
// are written, in a house of 100,000 accounts and shows. Rounds with and without in turns; the relay on one core:
//   node tests/bench/house/beside.mjs [--folder FOLDER] [--viewers 500] [--seconds 8] [--rounds 3] [--parts both,none,…]
// Parts: none, sign-ins, writes, both. The status is 1 when `both` adds more than 5 ms to the 99th percentile of the
// pictures' delay, a viewer is lost, or a write gets no good answer.
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { LOAD_CORE, TOOLS, copyHouse, ensureHouse, load, median, startPinnedRelay, writeRequests } from './house.mjs';

const run = promisify(execFile);
const { values } = parseArgs({
    options: {
        folder: { type: 'string', default: 'build/house' },
        accounts: { type: 'string', default: '100000' },
        shows: { type: 'string', default: '100000' },
        viewers: { type: 'string', default: '500' },
        seconds: { type: 'string', default: '8' },
        rounds: { type: 'string', default: '3' },
        rate: { type: 'string', default: '1000' },
        parts: { type: 'string', default: 'none,both' },
    },
});
const MOST_ADDED_MS = 5;
const SETTLE_S = 4;
const JOIN_S = 3; // at most, until all viewers are in
const SIGN_INS_IN_FLIGHT = 8; // the workers always have a next one

async function watchShow(relay) {
    const args = ['--one', 'tabcast', '--port', new URL(relay.url).port, '--pid', String(relay.pid), '--viewers', values.viewers, '--seconds', values.seconds, '--settle', String(SETTLE_S)];
    const { stdout } = await run('taskset', ['-c', LOAD_CORE, `${TOOLS}/fanout`, ...args]);
    return JSON.parse(stdout);
}

async function round(part, relay, requests) {
    // The load that is measured lies within the load that is made; those who ask give way to those who measure.
    const time = ['--warm', String(SETTLE_S), '--seconds', String(Number(values.seconds) + JOIN_S)];
    const ask = (kind, how) => load(relay.url, requests[kind], [...how, ...time], { niceness: 5 });
    const [show, signIns, writes] = await Promise.all([
        watchShow(relay),
        part === 'sign-ins' || part === 'both' ? ask('sign-ins', ['--in-flight', String(SIGN_INS_IN_FLIGHT)]) : null,
        part === 'writes' || part === 'both' ? ask('writes', ['--rate', values.rate]) : null,
    ]);
    return { show, signIns, writes };
}

await mkdir(values.folder, { recursive: true });
const data = await ensureHouse(values.folder, { accounts: Number(values.accounts), shows: Number(values.shows) });
const requests = await writeRequests(values.folder, data);
const work = await copyHouse(data, path.join(values.folder, `work-${process.pid}`));
const relay = await startPinnedRelay(work, ['--ride', 'never']);
const found = new Map(values.parts.split(',').map((part) => [part, []]));
let isFine = true;
try {
    for (let n = 0; n < Number(values.rounds); n++) for (const [part, rounds] of found) rounds.push(await round(part, relay, requests));
    console.log(`${values.viewers} viewers, relay on one core, medians of ${values.rounds} rounds of ${values.seconds} s in turns\n`);
    console.log('| beside | pictures p50 / p99 ms | all p50 / p99 / most ms | delivered, lost | sign-ins/s, p95 ms | writes/s, p95 ms, refused |\n|---|---|---|---|---|---|');
    for (const [part, rounds] of found) {
        const show = (key) => median(rounds.map((r) => r.show[key]));
        const of = (load, key) => (rounds[0][load] ? median(rounds.map((r) => r[load][key])) : NaN);
        const asked = (load, ...cells) => (rounds[0][load] ? cells.join(', ') : '');
        console.log(`| ${part} | ${show('videoP50Ms').toFixed(2)} / ${show('videoP99Ms').toFixed(2)} (${rounds.map((r) => r.show.videoP99Ms.toFixed(1)).join(', ')}) | ${show('p50Ms').toFixed(2)} / ${show('p99Ms').toFixed(2)} / ${show('maxMs').toFixed(0)} | ${(show('delivered') * 100).toFixed(1)} %, ${show('lost')} | ${asked('signIns', of('signIns', 'answeredPerSecond').toFixed(1), of('signIns', 'p95Ms').toFixed(0))} | ${asked('writes', of('writes', 'answeredPerSecond').toFixed(0), of('writes', 'p95Ms').toFixed(1), of('writes', 'refused') + of('writes', 'lost'))} |`);
        isFine &&= rounds.every((r) => r.show.lost === 0 && !r.writes?.refused && !r.writes?.lost);
    }
    const p99 = (part) => median(found.get(part).map((r) => r.show.videoP99Ms));
    if (found.has('none') && found.has('both')) {
        const added = p99('both') - p99('none');
        console.log(`\nadded to the pictures' p99: ${added.toFixed(2)} ms (at most ${MOST_ADDED_MS})`);
        isFine &&= added <= MOST_ADDED_MS;
    }
} finally {
    await relay.kill();
    await rm(work, { recursive: true, force: true });
}
process.exitCode = isFine ? 0 : 1;
