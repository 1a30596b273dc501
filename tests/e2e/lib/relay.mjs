// SPDX-License-Identifier: MIT
// Starts a real relay on a free port with a data folder of its own, and ends it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnChild } from './children.mjs';

export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));
export const relayBinary =
    process.env.TABCAST_BINARY ?? path.join(projectRoot, 'build/release/tabcast');

/**
 * @param {{args?: string[], dataDir?: string, port?: number, env?: Record<string,string>, binary?: string}} [options]
 *   dataDir: kept by the caller; without it a temporary one is made and removed by stop().
 * @returns a running relay once it has printed that it listens.
 */
export async function startRelay(options = {}) {
    const ownDir = !options.dataDir;
    const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'tabcast-test-')));
    const child = spawnChild(
        options.binary ?? relayBinary,
        ['serve', '--listen', `127.0.0.1:${options.port ?? 0}`, '--data', dataDir, ...(options.args ?? [])],
        { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } },
    );
    let log = '';
    const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    const url = await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`relay did not start:\n${log}`)), 15000);
        const take = (chunk) => {
            log += chunk;
            const m = /listening on (https?:\/\/\S+)/.exec(log);
            if (m) {
                clearTimeout(timer);
                resolve(m[1]);
            }
        };
        child.once('error', reject);
        child.stdout.setEncoding('utf8').on('data', take);
        child.stderr.setEncoding('utf8').on('data', take);
        exited.then((e) => reject(new Error(`relay ended at once (${JSON.stringify(e)}):\n${log}`)));
    });
    return {
        url: url.replace(/\/$/, ''),
        pid: child.pid,
        dataDir,
        exited,
        get log() {
            return log;
        },
        /** SIGTERM, waits for the end; fails if the relay does not exit 0. */
        async stop() {
            if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
            const timer = setTimeout(() => child.kill('SIGKILL'), 20000);
            const end = await exited;
            clearTimeout(timer);
            if (ownDir) await rm(dataDir, { recursive: true, force: true });
            if (end.code !== 0) throw new Error(`relay ended with ${JSON.stringify(end)}:\n${log}`);
        },
        async kill() {
            child.kill('SIGKILL');
            await exited;
        },
    };
}

/** Makes a show through the API. */
export async function createShow(relayUrl, title, more = {}) {
    const answer = await fetch(`${relayUrl}/api/v1/shows`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ title, ...more }),
    });
    if (answer.status !== 201) throw new Error(`POST /api/v1/shows: ${answer.status} ${await answer.text()}`);
    return answer.json();
}

/** Calls `probe` until it returns something truthy; the last error or value is told when time is up. */
export async function until(probe, what, timeoutMs = 20000) {
    const end = Date.now() + timeoutMs;
    let last;
    for (;;) {
        try {
            last = await probe();
            if (last) return last;
        } catch (error) {
            last = error;
        }
        if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}; last: ${last}`);
        await new Promise((r) => setTimeout(r, 50));
    }
}
