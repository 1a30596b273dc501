// SPDX-License-Identifier: MIT
// kill -9 of the relay in the middle of a show, at random moments: after a restart on the same data each recording is
// valid and at most one second short. TABCAST_CRASH_ROUNDS (default 4) says how often.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { spawnChild } from './lib/children.mjs';
import { decodeComplaints, ffprobeComplaints, filePackets, mediaconchVerdicts } from './lib/media.mjs';
import { createShow, projectRoot, startRelay, until } from './lib/relay.mjs';

const ROUNDS = Number(process.env.TABCAST_CRASH_ROUNDS ?? 4);
const SHORTEST_MS = 1500;
const LONGEST_MS = 9000;

async function sentPackets(file) {
    const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line)).filter((p) => p.kind);
}

test('a killed relay loses at most a second of each recording', { timeout: 120000 + ROUNDS * 40000 }, async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-crash-'));
    const shortBy = [];
    let relay, creator, again;
    try {
        for (let round = 1; round <= ROUNDS; round++) {
            const dataDir = path.join(folder, `data-${round}`);
            const log = path.join(folder, `sent-${round}.jsonl`);
            relay = await startRelay({ dataDir });
            const show = await createShow(relay.url, `Crash ${round}`);
            creator = spawnChild(process.execPath, ['demo/creator.mjs', '--url', relay.url, '--show', show.id, '--key', show.key,
                '--width', '640', '--height', '360', '--bitrate', '700000', '--json', log], { cwd: projectRoot, stdio: ['ignore', 'ignore', 'inherit'] });
            const creatorEnded = new Promise((r) => creator.once('exit', r));
            await until(async () => {
                if (creator.exitCode !== null) throw new Error(`the creator ended with ${creator.exitCode}`);
                return (await sentPackets(log)).length > 20;
            }, 'packets', 60000);
            await new Promise((r) => setTimeout(r, SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS)));
            const sent = await sentPackets(log);
            await relay.kill();
            creator.kill('SIGKILL');
            await creatorEnded;

            again = await startRelay({ dataDir });
            const replay = await until(async () => {
                const r = await fetch(`${again.url}/api/v1/replays/${show.id}`);
                return r.ok && r.json();
            }, 'the repaired replay');
            const file = path.join(folder, `replay-${round}.webm`);
            await writeFile(file, Buffer.from(await (await fetch(again.url + replay.mediaUrl)).arrayBuffer()));
            await again.stop();

            assert.deepEqual(await mediaconchVerdicts(file), ['pass!', 'pass!'], `round ${round}`);
            assert.equal(await ffprobeComplaints(file), '', `round ${round}`);
            assert.equal(await decodeComplaints(file), '', `round ${round}`);
            const kept = await filePackets(file);
            for (const [track, kind] of [[1, 'video'], [2, 'audio']]) {
                const mine = kept.filter((p) => p.track === track).map((p) => p.hash);
                const theirs = sent.filter((p) => p.kind === kind).map((p) => p.sha256);
                const first = theirs.indexOf(mine[0]);
                const common = Math.min(mine.length, theirs.length - first);
                assert.ok(first >= 0 && common > 10, `round ${round}: ${kind} of the recording is not what was sent`);
                assert.deepEqual(mine.slice(0, common), theirs.slice(first, first + common), `round ${round}: ${kind} packets differ`);
            }
            const lastSent = Math.max(...sent.map((p) => p.timestampUs)) / 1000;
            const lastKept = Math.max(...kept.map((p) => p.pts));
            shortBy.push(Math.round(lastSent - lastKept));
            assert.ok(lastSent - lastKept <= 1000, `round ${round}: ${lastSent - lastKept} ms are lost`);
        }
        t.diagnostic(`${ROUNDS} kills, short by ${shortBy.join(', ')} ms`);
    } finally {
        creator?.kill('SIGKILL');
        await relay?.kill();
        await again?.kill();
        await rm(folder, { recursive: true, force: true });
    }
});
