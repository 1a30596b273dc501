// SPDX-License-Identifier: MIT
// Timers that go off when a test says so. Node's own (mock.timers) are asked for in another way in each version.

const NAMES = /** @type {const} */ (['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval']);

/**
 * In place of the real ones until the test ends.
 * @param {import('node:test').TestContext} t
 * @returns {{tick(ms: number): void}} time passes, and what is due goes off in order
 */
export function useTimers(t) {
    const real = Object.fromEntries(NAMES.map((name) => [name, globalThis[name]]));
    const due = new Map();
    let nowMs = 0;
    let last = 0;
    const add = (run, ms, everyMs) => {
        due.set((last += 1), { atMs: nowMs + ms, everyMs, run });
        return last;
    };
    const remove = (id) => void due.delete(id);
    Object.assign(globalThis, {
        setTimeout: (run, ms = 0) => add(run, ms, null),
        setInterval: (run, ms) => add(run, ms, ms),
        clearTimeout: remove,
        clearInterval: remove,
    });
    t.after(() => Object.assign(globalThis, real));
    return {
        tick(ms) {
            const untilMs = nowMs + ms;
            for (;;) {
                const [next] = [...due].filter(([, { atMs }]) => atMs <= untilMs).sort(([, a], [, b]) => a.atMs - b.atMs);
                if (next === undefined) break;
                const [id, { atMs, everyMs, run }] = next;
                nowMs = atMs;
                if (everyMs === null) due.delete(id);
                else due.set(id, { atMs: atMs + everyMs, everyMs, run });
                run();
            }
            nowMs = untilMs;
        },
    };
}
