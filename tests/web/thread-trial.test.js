// SPDX-License-Identifier: MIT
// web/publish/thread-trial.js: when a second thread is taken, and when it is let go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThreadGuard, ThreadTrial, threadsToTry } from '../../web/publish/thread-trial.js';

/** Plays a trial; `timeOf(who, n)` is the n-th picture's time at this encoder. */
function play(threads, timeOf) {
    const trial = new ThreadTrial(threads);
    const turns = [];
    const counts = [0, 0];
    for (let who = trial.turn; who !== null; who = trial.turn) {
        turns.push(who);
        trial.add(timeOf(who, counts[who]++));
        assert.ok(turns.length < 1000);
    }
    return { ...trial.verdict, turns };
}

test('a second thread is taken when it takes a quarter off, at live pace, in turns', () => {
    const good = play(2, (who) => (who === 0 ? 8 : 5));
    assert.deepEqual([good.threads, good.oneMs, good.manyMs], [2, 8, 5]);
    // Both are warm before either counts, then they take turns.
    assert.deepEqual(good.turns.slice(0, 50), [...Array(30).fill(0), ...Array(20).fill(1)]);
    assert.equal(good.turns.slice(50).join(''), `${'0'.repeat(10)}${'1'.repeat(10)}`.repeat(2));
    assert.equal(play(2, (who) => (who === 0 ? 8 : 7)).threads, 1);
    assert.equal(play(3, (who) => (who === 0 ? 20 : 9)).threads, 3);
});

test('slow first pictures count for neither', () => {
    const verdict = play(2, (who, n) => (n < 20 ? (who === 0 ? 20 : 90) : who === 0 ? 8 : 5));
    assert.deepEqual([verdict.oneMs, verdict.manyMs], [8, 5]);
});

test('threads that wait for a busy core now and then are not taken, quick as they are mostly', () => {
    assert.equal(play(2, (who, n) => (who === 0 ? 8 : n % 4 === 0 ? 60 : 4)).threads, 1);
});

test('one thread without a try: nothing to compare', () => {
    const alone = play(1, () => 8);
    assert.equal(alone.turns.length, 30);
    assert.equal(alone.threads, 1);
    assert.ok(Number.isNaN(alone.oneMs));
    const trial = new ThreadTrial(2);
    for (let i = 0; i < 30; i++) trial.add(8);
    assert.equal(trial.turn, 1);
    trial.giveUp();
    assert.equal(trial.turn, null);
    assert.equal(trial.verdict.threads, 1);
});

test('how many are tried', () => {
    const hd = { width: 1280, height: 720 };
    assert.equal(threadsToTry(hd, 1), 1);
    assert.equal(threadsToTry(hd, 2), 2);
    assert.equal(threadsToTry(hd, 16), 2);
    assert.equal(threadsToTry({ width: 1920, height: 1080 }, 4), 2);
    assert.equal(threadsToTry({ width: 1920, height: 1080 }, 8), 3);
    assert.equal(threadsToTry({ width: 320, height: 180 }, 8), 1);
});

test('threads go when pictures take longer than one thread took, for seconds', () => {
    const guard = new ThreadGuard({ threads: 2, oneMs: 8, manyMs: 5 });
    const seconds = [5, 6, 30, 30, 7, 13, 14, 40];
    assert.deepEqual(seconds.map((ms) => guard.update(ms)), [false, false, false, false, false, false, false, true]);
});
