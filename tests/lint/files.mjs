// SPDX-License-Identifier: MIT
// What the lints look at: the project's own text files. Inside a git clone these are the tracked and the new,
// unignored files; in an unpacked archive everything but build results.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NOT_OURS = new Set(['.git', 'node_modules', 'build', 'data']);

function* walk(folder) {
    for (const entry of readdirSync(path.join(ROOT, folder), { withFileTypes: true })) {
        if (NOT_OURS.has(entry.name)) continue;
        const name = path.posix.join(folder, entry.name);
        if (entry.isDirectory()) yield* walk(name);
        else if (entry.isFile()) yield name;
    }
}

/** Paths from the project's root, sorted. */
export function projectFiles() {
    try {
        const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
            cwd: ROOT,
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
        });
        const present = new Set(walk(''));
        return [...new Set(list.split('\0'))].filter((name) => present.has(name)).sort();
    } catch {
        return [...walk('')].sort();
    }
}

/** A file's text, or null when it is not text. */
export function readText(name) {
    const bytes = readFileSync(path.join(ROOT, name));
    return bytes.subarray(0, 8000).includes(0) ? null : bytes.toString('utf8');
}

/** Prints what was found, one line each, and sets the exit status. */
export function report(title, looked, findings) {
    for (const line of findings) console.log(line);
    console.log(`${title}: ${looked} files looked at, ${findings.length} findings`);
    // A lint that saw nothing has shown nothing.
    process.exitCode = findings.length > 0 || looked === 0 ? 1 : 0;
}
