// SPDX-License-Identifier: MIT
// The sink before there is one: which pictures reach the true sink, and that each is closed once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LateSink } from '../../web/watch/video-sink-late.js';

/** Pictures whose closings are counted; a sink that takes them over, as sinks do. */
function cinema() {
    const closed = [];
    const shown = [];
    const picture = (name) => ({ name, close: () => closed.push(name) });
    const sink = {
        kind: 'video',
        delayMs: 20,
        isClosed: false,
        show(each) {
            shown.push(each.name);
            each.close();
        },
        close() {
            sink.isClosed = true;
        },
    };
    return { closed, shown, picture, sink };
}

test('the newest picture waits for the sink; what comes behind goes straight to it', () => {
    const { closed, shown, picture, sink } = cinema();
    const late = new LateSink();
    assert.deepEqual([late.kind, late.delayMs], ['none', 0]);
    late.delayMs = 33; // nobody has seen anything yet
    for (const name of ['a', 'b', 'c']) late.show(picture(name));
    assert.deepEqual(closed, ['a', 'b']);
    late.attach(sink);
    assert.deepEqual(shown, ['c']);
    assert.deepEqual([late.kind, late.delayMs], ['video', 20]);
    late.delayMs = 12;
    assert.equal(sink.delayMs, 12);
    late.show(picture('d'));
    late.close();
    assert.deepEqual(shown, ['c', 'd']);
    assert.deepEqual(closed, ['a', 'b', 'c', 'd']);
    assert.equal(sink.isClosed, true);
});

test('a page that never opens its player: what waited is closed, once', () => {
    const { closed, picture } = cinema();
    const late = new LateSink();
    late.show(picture('a'));
    late.close();
    late.close();
    assert.deepEqual(closed, ['a']);
});
