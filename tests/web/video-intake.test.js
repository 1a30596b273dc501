// SPDX-License-Identifier: MIT
// web/publish/video-intake.js: capture never queues. However slow the encoder, one picture is inside, and the next it gets is
// the newest; every frame is closed, once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VideoIntake } from '../../web/publish/video-intake.js';

const tick = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A camera's frame that counts how often it was closed. */
class Frame {
    closed = 0;
    constructor(number) {
        this.number = number;
        this.timestamp = number * 33_333;
    }
    close() {
        this.closed += 1;
    }
}

/** What MediaStreamTrackProcessor does with maxBufferSize 1: the newest frame waits, older ones are closed unseen. */
class OneFrameStream {
    #waiting = null;
    #wanted = null;
    isCancelled = false;
    readable = new ReadableStream({
        pull: (controller) => {
            if (this.#waiting === null) return new Promise((resolve) => (this.#wanted = () => (controller.enqueue(this.#take()), resolve())));
            controller.enqueue(this.#take());
        },
        cancel: () => void (this.isCancelled = true),
    }, { highWaterMark: 0 });

    push(frame) {
        this.#waiting?.close();
        this.#waiting = frame;
        this.#wanted?.();
        this.#wanted = null;
    }

    #take() {
        const frame = this.#waiting;
        this.#waiting = null;
        return frame;
    }
}

/** An encoder that takes as long as the test wants. */
function slowIntake() {
    const seen = { taken: [], inside: 0, most: 0, free: [], refused: [], faults: [] };
    let done = () => {};
    const intake = new VideoIntake({
        take: async (frame, capturedMs, kind) => {
            seen.taken.push({ number: frame.number, capturedMs, kind });
            seen.inside += 1;
            seen.most = Math.max(seen.most, seen.inside);
            await new Promise((resolve) => (done = resolve));
            seen.inside -= 1;
        },
        onFree: (generation) => seen.free.push(generation),
        onRefused: (generation) => seen.refused.push(generation),
        onFault: (error) => seen.faults.push(error),
    });
    return { intake, seen, finish: async () => (done(), await tick(), await tick()) };
}

test('a stream faster than the encoder: one inside, then the newest', async () => {
    const { intake, seen, finish } = slowIntake();
    const stream = new OneFrameStream();
    intake.useStream({ type: 'video-stream', generation: 1, kind: 'camera', readable: stream.readable });
    const frames = Array.from({ length: 20 }, (_, i) => new Frame(i));
    for (const [i, frame] of frames.entries()) {
        stream.push(frame);
        await tick();
        if (i % 5 === 4) await finish();
    }
    assert.equal(seen.most, 1);
    assert.deepEqual(seen.taken.map(({ number }) => number), [0, 4, 9, 14, 19]);
    await finish();
    assert.ok(frames.every(({ closed }) => closed === 1), 'each frame is closed once');
    intake.stop(2);
    await tick();
    assert.equal(stream.isCancelled, true);
    assert.deepEqual(seen.faults, []);
});

test('a mailbox is told that there is room only when there is', async () => {
    const { intake, seen, finish } = slowIntake();
    intake.useMailbox({ type: 'video-mailbox', generation: 3, kind: 'camera', framesPerSecond: 30 });
    assert.deepEqual(seen.free, [3]);
    const first = new Frame(0);
    const uninvited = new Frame(1);
    const offered = intake.offerFromMailbox({ type: 'video-frame', frame: first, generation: 3, sourceMs: NaN, arrivedMs: 1000 }, 'camera');
    await intake.offerFromMailbox({ type: 'video-frame', frame: uninvited, generation: 3, sourceMs: NaN, arrivedMs: 1033 }, 'camera');
    const another = new Frame(2);
    await intake.offerFromMailbox({ type: 'video-frame', frame: another, generation: 3, sourceMs: NaN, arrivedMs: 1066 }, 'camera');
    assert.deepEqual([seen.taken.length, first.closed, uninvited.closed, another.closed], [1, 0, 1, 1]);
    assert.deepEqual(seen.free, [3], 'no room yet');
    await finish();
    await offered;
    assert.equal(first.closed, 1);
    assert.equal(seen.most, 1);
    assert.deepEqual(seen.free, [3, 3]);
});

test('a new source while a picture of the old one is inside', async () => {
    const { intake, seen, finish } = slowIntake();
    const old = new OneFrameStream();
    intake.useStream({ type: 'video-stream', generation: 1, kind: 'camera', readable: old.readable });
    const frames = [new Frame(0), new Frame(1), new Frame(2)];
    old.push(frames[0]);
    await tick();
    const next = new OneFrameStream();
    intake.useStream({ type: 'video-stream', generation: 2, kind: 'screen', readable: next.readable });
    await finish();
    next.push(frames[2]);
    await tick();
    assert.deepEqual(seen.taken.map(({ number, kind }) => [number, kind]), [[0, 'camera'], [2, 'screen']]);
    assert.equal(old.isCancelled, true);
    await finish();
    assert.deepEqual([frames[0].closed, frames[2].closed], [1, 1]);
});

test('a mailbox that begins while the last source is still inside is not forgotten', async () => {
    const { intake, seen, finish } = slowIntake();
    const old = new OneFrameStream();
    intake.useStream({ type: 'video-stream', generation: 1, kind: 'camera', readable: old.readable });
    old.push(new Frame(0));
    await tick();
    intake.useMailbox({ type: 'video-mailbox', generation: 2, kind: 'camera', framesPerSecond: 30 });
    const early = new Frame(1);
    await intake.offerFromMailbox({ type: 'video-frame', frame: early, generation: 2, sourceMs: NaN, arrivedMs: 1000 }, 'camera');
    assert.deepEqual([early.closed, seen.free], [1, [2]]);
    await finish(); // the old source's picture is done: now there is room
    assert.deepEqual(seen.free, [2, 2]);
    intake.offerFromMailbox({ type: 'video-frame', frame: new Frame(2), generation: 2, sourceMs: NaN, arrivedMs: 1033 }, 'camera');
    await tick();
    assert.deepEqual(seen.taken.map(({ number }) => number), [0, 2]);
    await finish();
    assert.deepEqual(seen.free, [2, 2, 2]);
    assert.equal(seen.most, 1);
});

const handedOver = (generation, track) => ({ type: 'video-track', generation, kind: 'camera', track, framesPerSecond: 30 });
const newTrack = () => ({ stopped: 0, stop() { this.stopped += 1; } });

/** Gives workers a processor for the time of a test. */
async function withProcessor(readable, work) {
    globalThis.MediaStreamTrackProcessor = class {
        constructor(init) {
            assert.equal(init.maxBufferSize, 1);
            this.readable = readable;
        }
    };
    try {
        await work();
    } finally {
        delete globalThis.MediaStreamTrackProcessor;
    }
}

test('a track that was handed over: read by the processor that workers have, stopped when the source goes', async () => {
    const { intake, seen, finish } = slowIntake();
    const stream = new OneFrameStream();
    const track = newTrack();
    await withProcessor(stream.readable, async () => {
        intake.useTrack(handedOver(2, track));
        const frame = new Frame(7);
        stream.push(frame);
        await tick();
        assert.deepEqual(seen.taken.map(({ number }) => number), [7]);
        await finish();
        intake.stop(3);
        assert.deepEqual([track.stopped, frame.closed], [1, 1]);
    });
    assert.deepEqual(seen.refused, []);
});

test('a track is refused without a processor, and when it gives no picture', async () => {
    const { intake, seen } = slowIntake();
    const tracks = [newTrack(), newTrack()];
    intake.useTrack(handedOver(1, tracks[0]));
    assert.deepEqual([seen.refused, tracks[0].stopped], [[1], 1]);
    // One source that gives a picture, and one that never does.
    const other = slowIntake();
    const good = new OneFrameStream();
    const goodTrack = newTrack();
    await withProcessor(good.readable, async () => other.intake.useTrack(handedOver(1, goodTrack)));
    good.push(new Frame(1));
    await withProcessor(new OneFrameStream().readable, async () => intake.useTrack(handedOver(2, tracks[1])));
    const begunMs = Date.now();
    while (seen.refused.length < 2 && Date.now() < begunMs + 10_000) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([seen.refused, tracks[1].stopped], [[1, 2], 1]);
    assert.ok(Date.now() - begunMs > 2000, 'a camera may take its time');
    await tick();
    assert.deepEqual([other.seen.taken.length, other.seen.refused, goodTrack.stopped], [1, [], 0]);
    await other.finish();
    other.intake.stop(2);
});
