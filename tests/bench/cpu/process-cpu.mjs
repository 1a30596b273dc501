// SPDX-License-Identifier: MIT
// CPU time of a process and all its descendants, as Linux counts it (in ticks of 10 ms). For browsers, whose work is spread
// over many processes.
import { readFile, readdir } from 'node:fs/promises';

const TICKS_PER_SECOND = 100;

/** Parent and CPU seconds of every process. */
async function processes() {
    const found = new Map();
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
        try {
            const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
            const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
            // Of children that ended, too: fields 13 and 14.
            const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
            found.set(Number(pid), { parent: Number(fields[1]), seconds: ticks / TICKS_PER_SECOND });
        } catch {
            // ended between the listing and the read
        }
    }
    return found;
}

/**
 * CPU seconds that the process and its descendants have used so far.
 * @param {number} root
 * @param {{withRoot?: boolean}} [options] without the root itself, for a benchmark that looks at what it started
 */
export async function treeCpuSeconds(root, { withRoot = true } = {}) {
    const all = await processes();
    const pids = await treePids(root, all);
    return pids.filter((pid) => withRoot || pid !== root).reduce((sum, pid) => sum + all.get(pid).seconds, 0);
}

/** A process and all below it. @param {number} root @param {Map<number, {parent: number}>} [known] @returns {Promise<number[]>} */
export async function treePids(root, known) {
    const all = known ?? (await processes());
    const isBelow = (pid) => {
        for (let at = pid; at > 1; at = all.get(at)?.parent ?? 0) if (at === root) return true;
        return false;
    };
    return [...all.keys()].filter(isBelow);
}

/** The processes that this one has started and that still run. @returns {Promise<number[]>} */
export async function ownChildren() {
    return [...(await processes())].filter(([, { parent }]) => parent === process.pid).map(([pid]) => pid);
}
