// SPDX-License-Identifier: MIT
// Memory of a browser's processes, from /proc.
import { readFile, readdir } from 'node:fs/promises';

const PAGE_BYTES = 4096;

/**
 * @param {number} rootPid the browser
 * @returns {Promise<{renderersMb: number, allMb: number}>} resident memory of its renderer processes, and of all its processes
 */
export async function browserMemory(rootPid) {
    /** @type {Map<number, {parent: number, rssBytes: number, isRenderer: boolean}>} */
    const processes = new Map();
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)) {
        try {
            const [stat, statm, commandLine] = await Promise.all(['stat', 'statm', 'cmdline'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')));
            const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
            processes.set(pid, { parent, rssBytes: Number(statm.split(' ')[1]) * PAGE_BYTES, isRenderer: commandLine.includes('--type=renderer') });
        } catch {
            // ended between the listing and the read
        }
    }
    let renderers = 0;
    let all = 0;
    for (const [pid, { rssBytes, isRenderer }] of processes) {
        let up = pid;
        while (up > 1 && up !== rootPid) up = processes.get(up)?.parent ?? 0;
        if (up !== rootPid) continue;
        all += rssBytes;
        if (isRenderer) renderers += rssBytes;
    }
    return { renderersMb: renderers / 2 ** 20, allMb: all / 2 ** 20 };
}
