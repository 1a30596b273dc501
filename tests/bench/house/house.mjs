// SPDX-License-Identifier: MIT
// What the benches of a full house share: the folder that fill_house fills once, the requests that people make of it, a
// relay that has one core for itself, and http_load beside it on the other.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { startRelay } from '../../e2e/lib/relay.mjs';

const run = promisify(execFile);
export const TOOLS = process.env.TABCAST_TOOLS ?? 'build/ci/tests';
const PASSWORD = 'a full house has many keys';
export const RELAY_CORE = '0';
export const LOAD_CORE = '1';
const MAKERS = 20_000;
const SEARCHES = 4000;
const PROFILES = 2000;
const WRITERS_EACH = 4; // writes of one account in a row of requests

const random = (seed) => () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 2 ** 32;
const makerName = (i) => `maker${String(i).padStart(5, '0')}`;
const viewerName = (i) => `viewer${String(i).padStart(5, '0')}`;

/** The folder, filled when it is not there yet. @param {string} folder @param {{accounts: number, shows: number}} size */
export async function ensureHouse(folder, { accounts, shows }) {
    const data = path.join(folder, 'data');
    if (!existsSync(data)) {
        await mkdir(folder, { recursive: true });
        const fresh = `${data}.filling`;
        await rm(fresh, { recursive: true, force: true });
        console.error(`filling ${data} …`);
        const { stderr } = await run(`${TOOLS}/fill_house`, [fresh, String(accounts), String(shows), PASSWORD]);
        console.error(stderr.trim());
        await rename(fresh, data);
    }
    return data;
}

/** A copy whose replays are the same files: what a bench writes is gone after it. */
export async function copyHouse(data, to) {
    await rm(to, { recursive: true, force: true });
    await mkdir(to, { recursive: true });
    await run('cp', ['-al', path.join(data, 'recordings'), to]);
    await run('cp', [path.join(data, 'tabcast.db'), to]);
    await run('sync', ['-f', to]); // else the copy is written out while something is measured
    return to;
}

// --- What people ask

const COMMON = ['show', 'live', 'drawing', 'birds', 'evening', 'concert', 'piano', 'garden', 'rabbits', 'theatre', 'reading', 'talking', 'games', 'kitchen', 'learning'];

/** What is typed into the search: beginnings of words, whole words, two words, words of few shows, and misspelt ones. */
function searches(next) {
    const word = () => (next() < 0.7 ? COMMON[Math.floor(next() * COMMON.length)] : `word${Math.floor(next() * 20_000)}`);
    return Array.from({ length: SEARCHES }, () => {
        const kind = next();
        let words = word();
        if (kind < 0.4) words = words.slice(0, 1 + Math.floor(next() * words.length));
        else if (kind < 0.7) words = `${words} ${word()}`;
        else if (kind < 0.75) words = `${words.slice(0, 2)}${words[3] ?? 'x'}${words[2] ?? 'y'}${words.slice(4)}`;
        const category = next() < 0.15 ? `&category=${['music', 'talk', 'art', 'games'][Math.floor(next() * 4)]}` : '';
        return `GET\t/api/v1/shows?limit=24&q=${encodeURIComponent(words)}${category}`;
    });
}

/** As the page of somebody asks; who makes much is looked at often. */
function profiles(next) {
    return Array.from({ length: PROFILES }, () => makerName(Math.floor(next() ** 2 * MAKERS))).flatMap((name) => [
        `GET\t/@${name}`,
        `GET\t/api/v1/accounts/${name}`,
        `GET\t/api/v1/shows?creator=${name}&limit=100`,
    ]);
}

const HOME = ['GET\t/', 'GET\t/api/v1/shows?state=live', 'GET\t/api/v1/shows?state=scheduled&sort=start&limit=12', 'GET\t/api/v1/replays'];

/** Small changes of many people: following and not, a line about oneself, having read what happened. */
function writes(tokens, next) {
    const rounds = Array.from({ length: WRITERS_EACH }, (_, round) =>
        tokens.map(({ token }) => {
            const name = makerName(Math.floor(next() ** 2 * MAKERS));
            if (round % 4 === 0) return `POST\t/api/v1/follows\t${token}\t{"name":"${name}"}`;
            if (round % 4 === 1) return `PATCH\t/api/v1/accounts/me\t${token}\t{"bio":"I watch ${name} and more."}`;
            if (round % 4 === 2) return `POST\t/api/v1/notifications/read\t${token}`;
            return `DELETE\t/api/v1/follows/${name}\t${token}`;
        }),
    );
    return rounds.flat();
}

function signIns(count) {
    return Array.from({ length: count }, (_, i) => `POST\t/api/v1/sessions\t-\t${JSON.stringify({ name: viewerName(2000 + i), password: PASSWORD })}`);
}

/** Writes the files that http_load reads; returns where each is. */
export async function writeRequests(folder, data) {
    const tokens = (await readFile(path.join(data, 'tokens'), 'utf8')).trim().split('\n').map((line) => ({ name: line.split('\t')[0], token: line.split('\t')[1] }));
    const next = random(11);
    const search = searches(next);
    const profile = profiles(next);
    const mixed = search.flatMap((line, i) => [HOME[i % HOME.length], line, profile[i % profile.length]]);
    const files = { home: HOME, search, profile, mixed, writes: writes(tokens, next), 'sign-ins': signIns(5000) };
    const paths = {};
    for (const [name, lines] of Object.entries(files)) {
        paths[name] = path.join(folder, `${name}.tsv`);
        await writeFile(paths[name], `${lines.join('\n')}\n`);
    }
    return paths;
}

// --- Relay and load

/** A relay with one loop, all of whose threads share one core. */
export async function startPinnedRelay(dataDir, args = []) {
    const relay = await startRelay({ dataDir, binary: process.env.TABCAST_BINARY, args: ['--threads', '1', '--log-level', 'error', '--sign-ins-per-minute', '60000', ...args] });
    await run('taskset', ['-a', '-p', '-c', RELAY_CORE, String(relay.pid)]);
    return relay;
}

/**
 * Runs http_load on the other core until it ends. Its refusals and losses are in what it tells.
 * @param {string} url of the relay @param {string} requests @param {string[]} args
 */
export async function load(url, requests, args, { niceness = 0 } = {}) {
    const command = [`${TOOLS}/http_load`, '--port', new URL(url).port, '--requests', requests, ...args];
    const { stdout } = await run('taskset', ['-c', LOAD_CORE, 'nice', '-n', String(niceness), ...command]).catch((error) => {
        if (!error.stdout) throw error;
        console.error(error.stderr.trim());
        return error;
    });
    return JSON.parse(stdout);
}

export const median = (numbers) => {
    const sorted = [...numbers].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
