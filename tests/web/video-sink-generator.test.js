// SPDX-License-Identifier: MIT
// Pictures on their way to a <video>: none is lost before it takes any, the newest wins, each is closed once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GeneratorSink } from '../../web/watch/video-sink-generator.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A sink, what it wrote, and pictures that know how often they were closed. */
function makeSink() {
    /** @type {number[]} */
    const written = [];
    /** @type {(() => void)[]} */
    const waiting = [];
    const writable = new WritableStream({
        write: (picture) => new Promise((resolve) => {
            written.push(picture.number);
            waiting.push(() => resolve(undefined));
        }),
    });
    const sink = new GeneratorSink(writable);
    /** @param {number} number */
    const show = (number) => {
        const frame = { number, closed: 0, close: () => (frame.closed += 1) };
        sink.show(/** @type {any} */ ({ frame }));
        return frame;
    };
    return { sink, written, show, takeOne: () => waiting.shift()?.() };
}

test('what is shown before the <video> takes pictures is kept, the newest alone', async () => {
    const { sink, written, show } = makeSink();
    const first = show(1);
    const second = show(2);
    await settle();
    assert.deepEqual(written, []);
    assert.equal(first.closed, 1, 'a newer one replaced it');
    assert.equal(second.closed, 0);
    sink.open();
    await settle();
    assert.deepEqual(written, [2]);
});

test('while a picture is being written the newest waits, and each is closed once', async () => {
    const { sink, written, show, takeOne } = makeSink();
    sink.open();
    const pictures = [show(1), show(2), show(3)];
    await settle();
    assert.deepEqual(written, [1]);
    takeOne();
    await settle();
    assert.deepEqual(written, [1, 3]);
    takeOne();
    await settle();
    assert.deepEqual(pictures.map(({ closed }) => closed), [1, 1, 1]);
    const left = show(4);
    await settle();
    assert.deepEqual(written, [1, 3, 4]);
    takeOne();
    await settle();
    assert.equal(left.closed, 1);
});

test('a picture that still waits when the show is closed is closed, too', async () => {
    const { sink, written, show } = makeSink();
    const picture = show(1);
    sink.close();
    await settle();
    assert.equal(picture.closed, 1);
    assert.deepEqual(written, []);
});
