// SPDX-License-Identifier: MIT
// Two network namespaces with a bad line between them (link.c), and programs started inside. Needs root; everything is gone after close().
import { execFileSync, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const ADDRESSES = { a: '10.77.0.1', b: '10.77.0.2' };

/** Namespaces are machine-wide: two runs must not share them. */
const nameOf = (side) => `tabcast-${process.pid}-${side}`;
const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });
/** In a namespace: `ip netns exec` becomes the program, so signals and pipes reach it. */
const inside = (side, command) => ['ip', 'netns', 'exec', nameOf(side), ...command];

/**
 * @param {string} linkBinary impaired_link
 * @returns {Promise<{set: (line: {delayMs?: number, jitterMs?: number, lossPermille?: number, rateKbit?: number, queueKb?: number}) => void,
 *   outage: (ms: number) => void, wrap: (side: 'a'|'b', program: string) => Promise<string>, close: () => Promise<string>}>}
 *   wrap: a program that is the given one inside a namespace. close: resolves with what became of the packets
 */
export async function openLine(linkBinary) {
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-line-'));
    const sides = /** @type {const} */ (['a', 'b']);
    const remove = () => {
        for (const side of sides) spawn('ip', ['netns', 'delete', nameOf(side)], { stdio: 'ignore' });
    };
    process.once('exit', remove);
    for (const side of sides) ip('netns', 'add', nameOf(side));
    const link = spawn(linkBinary, sides.map(nameOf), { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    link.stdout.setEncoding('utf8').on('data', (text) => (said += text));
    const ended = new Promise((resolve) => link.once('exit', resolve));
    while (!said.includes('ready')) {
        if (link.exitCode !== null) throw new Error(`${linkBinary} ended with ${link.exitCode}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const side of sides) {
        const other = side === 'a' ? 'b' : 'a';
        ip('-n', nameOf(side), 'link', 'set', 'lo', 'up');
        ip('-n', nameOf(side), 'address', 'add', ADDRESSES[side], 'peer', ADDRESSES[other], 'dev', 'line0');
        ip('-n', nameOf(side), 'link', 'set', 'line0', 'up');
        // A browser looks for its address on the way to everywhere. Cubic is what most machines have, whatever is the default here.
        ip('-n', nameOf(side), 'route', 'replace', ADDRESSES[other], 'dev', 'line0', 'src', ADDRESSES[side], 'congctl', 'cubic');
        ip('-n', nameOf(side), 'route', 'add', 'default', 'dev', 'line0');
    }
    return {
        set({ delayMs = 0, jitterMs = 0, lossPermille = 0, rateKbit = 0, queueKb = rateKbit ? 64 : 4096 }) {
            link.stdin.write(`line ${delayMs} ${jitterMs} ${lossPermille} ${rateKbit} ${queueKb}\n`);
        },
        outage(ms) {
            link.stdin.write(`outage ${ms}\n`);
        },
        async wrap(side, program) {
            const file = path.join(folder, `${side}-${path.basename(program)}`);
            await writeFile(file, `#!/bin/sh\nexec ${inside(side, [program]).join(' ')} "$@"\n`);
            await chmod(file, 0o755);
            return file;
        },
        async close() {
            link.stdin.end();
            await ended;
            process.off('exit', remove);
            for (const side of sides) ip('netns', 'delete', nameOf(side));
            await rm(folder, { recursive: true, force: true });
            return said.replace('ready', '').trim();
        },
    };
}
