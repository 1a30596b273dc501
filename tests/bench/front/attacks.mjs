// SPDX-License-Identifier: MIT
// slowhttptest's attacks on a stage, one at a time, and what the viewer, a stranger who asks /healthz, and the machine
// notice of each.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnChild } from '../../e2e/lib/children.mjs';
import { ask } from './stage.mjs';

const PROBE_MS = 200;
const OWN_CONNECTIONS = 3; // publisher, viewer, and the one that asks
const TICKS_PER_SECOND = 100; // of /proc, on every Linux there is

/** @type {{name: string, args: string[], target: (stage: object) => string}[]} */
export const ATTACKS = [
    { name: 'slow heads (slowloris)', args: ['-H', '-i', '5', '-x', '24', '-t', 'GET'], target: () => '/' },
    { name: 'slow bodies', args: ['-B', '-i', '5', '-s', '8000', '-x', '10', '-f', 'application/json'], target: () => '/api/v1/shows' },
    { name: 'slow readers of a replay', args: ['-X', '-w', '512', '-y', '1024', '-n', '5', '-z', '32', '-k', '3'], target: ({ replay }) => replay },
    { name: 'slow readers of the live stream', args: ['-X', '-w', '512', '-y', '1024', '-n', '5', '-z', '32'], target: ({ live }) => live },
    { name: 'many overlapping ranges', args: ['-R', '-a', '10', '-b', '3000', '-t', 'HEAD'], target: ({ replay }) => replay },
];

async function usageOf(pid) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND, residentMb: Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))[1]) / 1024 };
}

/** Asks /healthz again and again until stop(), and /metrics how many connections the relay holds. */
function startStranger(url) {
    const noticed = { asked: 0, failed: 0, worstMs: 0, most: 0, fullUntilS: 0, left: 0 };
    const startMs = performance.now();
    let isOver = false;
    const count = async () => {
        const { text } = await ask(`${url}/metrics`);
        noticed.left = Number(/^tabcast_connections (\d+)/m.exec(text)[1]) - OWN_CONNECTIONS;
        noticed.most = Math.max(noticed.most, noticed.left);
        if (noticed.left >= noticed.most * 0.9) noticed.fullUntilS = (performance.now() - startMs) / 1000;
    };
    const done = (async () => {
        while (!isOver) {
            const begunMs = performance.now();
            const { status } = await ask(`${url}/healthz`).catch(() => ({ status: 0 }));
            noticed.asked += 1;
            noticed.failed += status !== 200;
            noticed.worstMs = Math.max(noticed.worstMs, performance.now() - begunMs);
            if (noticed.asked % 5 === 0) await count();
            await sleep(PROBE_MS);
        }
        await count();
    })();
    return {
        async stop() {
            isOver = true;
            await done;
            return noticed;
        },
    };
}

/**
 * @param {{name: string, args: string[], target: Function}} attack
 * @param {object} stage
 * @param {{seconds: number, connections: number}} options
 */
export async function runAttack(attack, stage, { seconds, connections }) {
    stage.tally.read();
    const before = await usageOf(stage.relay.pid);
    const begunMs = performance.now();
    const stranger = startStranger(stage.url);
    const child = spawnChild('slowhttptest', [...attack.args, '-c', String(connections), '-r', '100', '-l', String(seconds), '-p', '3', '-v', '1', '-u', stage.url + attack.target(stage)], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (said = (said + chunk).slice(-4000)));
    await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
    const noticed = await stranger.stop();
    const after = await usageOf(stage.relay.pid);
    const viewer = stage.tally.read();
    return {
        how: /Exit status:[^A-Z]*([A-Za-z][^\r\n\x1b]+)/.exec(said)?.[1] ?? 'ended by itself',
        lastS: (performance.now() - begunMs) / 1000,
        noticed,
        viewer,
        cpuPercent: ((after.cpuMs - before.cpuMs) / (performance.now() - begunMs)) * 100,
        residentMb: after.residentMb,
        isFine: stage.isViewerThere && viewer.lost === 0 && noticed.failed === 0 && viewer.messages > 0,
    };
}
