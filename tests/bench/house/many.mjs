// SPDX-License-Identifier: MIT
// Home, search and profiles of a house with 100,000 accounts and 100,000 shows, at 200 requests a second each, the relay on
// one core:
//   node tests/bench/house/many.mjs [--folder FOLDER] [--rate 200] [--seconds 10] [--rounds 1] [--only KIND,…]
// FOLDER is filled once and kept (default build/house). The status is 1 when the 95th percentile of a kind is above 20 ms,
// or a request gets no good answer.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setInterval } from 'node:timers';
import { parseArgs } from 'node:util';
import { goLive } from '../../contract/lib/live.mjs';
import { Source } from '../../contract/lib/media.mjs';
import { createShow } from '../../e2e/lib/relay.mjs';
import { treeCpuSeconds } from '../cpu/process-cpu.mjs';
import { copyHouse, ensureHouse, load, median, startPinnedRelay, writeRequests } from './house.mjs';

const { values } = parseArgs({
    options: {
        folder: { type: 'string', default: 'build/house' },
        accounts: { type: 'string', default: '100000' },
        shows: { type: 'string', default: '100000' },
        rate: { type: 'string', default: '200' },
        seconds: { type: 'string', default: '10' },
        rounds: { type: 'string', default: '1' },
        only: { type: 'string', default: 'home,search,profile,mixed' },
    },
});
const MOST_MS = 20;
const LIVE = 12;
const ALIVE_MS = 1000;

/** Shows that are on, each with a word now and then. */
async function keepLive(relay) {
    const peers = [];
    for (let i = 0; i < LIVE; i++) peers.push(await goLive(relay, await createShow(relay.url, `On stage now, number ${i}`, { isRecorded: false })));
    const source = new Source();
    source.audio(0); // which goLive has sent
    let n = 1;
    const timer = setInterval(() => {
        const sound = source.audio(n++ * ALIVE_MS);
        for (const peer of peers) peer.send(sound);
    }, ALIVE_MS);
    return () => {
        clearInterval(timer);
        for (const peer of peers) peer.end();
    };
}

await mkdir(values.folder, { recursive: true });
const data = await ensureHouse(values.folder, { accounts: Number(values.accounts), shows: Number(values.shows) });
const requests = await writeRequests(values.folder, data);
const work = await copyHouse(data, path.join(values.folder, `work-${process.pid}`));
const begun = Date.now();
const relay = await startPinnedRelay(work);
console.log(`${values.accounts} accounts and ${values.shows} shows, the relay on one core (started in ${((Date.now() - begun) / 1000).toFixed(1)} s), ${values.rate} requests/s, ${values.seconds} s each, ${values.rounds} round(s), medians\n`);
const found = new Map(values.only.split(',').map((kind) => [kind, []]));
let isFine = true;
try {
    const endLive = await keepLive(relay);
    for (let round = 0; round < Number(values.rounds); round++) {
        for (const [kind, rounds] of found) {
            const before = await treeCpuSeconds(relay.pid);
            const at = Date.now();
            const result = await load(relay.url, requests[kind], ['--rate', values.rate, '--seconds', values.seconds, '--warm', '1']);
            rounds.push({ ...result, core: (await treeCpuSeconds(relay.pid) - before) / ((Date.now() - at) / 1000) });
        }
    }
    endLive();
    console.log('| | p50 ms | p95 ms | p99 ms | most ms | kB an answer | share of the core | refused, lost | asked late by, p99 ms |\n|---|---|---|---|---|---|---|---|---|');
    for (const [kind, rounds] of found) {
        const of = (key) => median(rounds.map((r) => r[key]));
        console.log(`| ${kind} | ${of('p50Ms').toFixed(2)} | ${of('p95Ms').toFixed(2)} | ${of('p99Ms').toFixed(2)} | ${of('maxMs').toFixed(1)} | ${(of('bytesPerAnswer') / 1000).toFixed(1)} | ${(of('core') * 100).toFixed(0)} % | ${of('refused')}, ${of('lost')} | ${of('lateP99Ms').toFixed(2)} |`);
        isFine &&= of('p95Ms') <= MOST_MS && rounds.every((r) => r.refused === 0 && r.lost === 0);
    }
} finally {
    await relay.kill();
    await rm(work, { recursive: true, force: true });
}
process.exitCode = isFine ? 0 : 1;
