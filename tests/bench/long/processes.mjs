// SPDX-License-Identifier: MIT
// Memory of a tab's renderer process, from /proc.
import { readFile, readdir } from 'node:fs/promises';

/** @param {string} status /proc/PID/status @param {string} name */
const megabytes = (status, name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;

/**
 * The largest renderer of a browser (Chromium or Firefox) is its one tab with something in it; the others are spares.
 * @param {number} rootPid the browser
 * @returns {Promise<{residentMb: number, ownMb: number}>} ownMb: without what is shared with other processes (programs, capture buffers)
 */
export async function tabMemory(rootPid) {
    /** @type {Map<number, {parent: number, residentMb: number, ownMb: number, isRenderer: boolean}>} */
    const processes = new Map();
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)) {
        try {
            const [status, commandLine] = await Promise.all(['status', 'cmdline'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')));
            processes.set(pid, {
                parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]),
                residentMb: megabytes(status, 'VmRSS'),
                ownMb: megabytes(status, 'RssAnon'),
                isRenderer: /--type=renderer|-contentproc.*[ \0]tab\0?$/.test(commandLine),
            });
        } catch {
            // ended between the listing and the read
        }
    }
    let largest = { residentMb: 0, ownMb: 0 };
    for (const [pid, { residentMb, ownMb, isRenderer }] of processes) {
        let up = pid;
        while (up > 1 && up !== rootPid) up = processes.get(up)?.parent ?? 0;
        if (up === rootPid && isRenderer && residentMb > largest.residentMb) largest = { residentMb, ownMb };
    }
    return largest;
}
