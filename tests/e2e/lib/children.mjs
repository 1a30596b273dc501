// SPDX-License-Identifier: MIT
// Programs that end with the test: a test that is stopped from outside (its time is up) leaves nothing running behind.
import { spawn } from 'node:child_process';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

process.on('exit', () => {
    for (const child of running) child.kill('SIGKILL');
});
// By itself a signal ends Node without 'exit'.
for (const [signal, status] of [['SIGTERM', 143], ['SIGINT', 130], ['SIGHUP', 129]]) process.once(signal, () => process.exit(status));

/** spawn() of Node; the child is killed when this process ends before it does. */
export function spawnChild(command, args, options) {
    const child = spawn(command, args, options);
    running.add(child);
    child.once('exit', () => running.delete(child)).once('error', () => running.delete(child));
    return child;
}
