// SPDX-License-Identifier: MIT
// One viewer stops reading for a while: the others notice nothing, it is told what it gets, its stream stays a stream
// (whole frames, PINGs answered between them), and it comes back to everything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WIRE_AUDIO, WIRE_GAP, WIRE_KEY, WIRE_VIDEO } from '../../web/wire/header.js';
import { createShow, startRelay } from '../e2e/lib/relay.mjs';
import { Source } from './lib/media.mjs';
import { publish, watch } from './lib/peer.mjs';

const LAYERS = [0, 2, 1, 2];

/** Sends 30 pictures a second of `bytes` each until `signal` says stop; layers as the encoder makes them. */
async function stream(publisher, source, bytes, signal) {
    const begun = performance.now();
    for (let n = 0; !signal.aborted; n++) {
        const at = Math.round((n * 1000) / 30);
        const isKey = n % 30 === 0;
        const temporalId = isKey ? 0 : LAYERS[n % 4];
        publisher.send(source.video(at, { isKey, isSync: temporalId === 1 && n % 8 === 2, temporalId, bytes: isKey ? bytes * 3 : bytes }));
        publisher.send(source.audio(at));
        await sleep(Math.max(0, begun + ((n + 1) * 1000) / 30 - performance.now()));
    }
}

/** What a decoder would stumble over: a picture whose layer below it was left out since the last key frame. */
function brokenReferences(media) {
    let found = 0;
    let expected = { last: null };
    let hasKey = false;
    for (const { header } of media.filter((m) => m.header.kind === WIRE_VIDEO)) {
        if (header.flags & WIRE_KEY) {
            hasKey = true;
            expected = { last: header.sequence };
            continue;
        }
        if (!hasKey) found++;
        // Every fourth picture behind a key frame is of layer 0 and builds on the one before it.
        if (header.temporalId === 0) {
            const step = header.sequence % 4 === 0 ? 4 : header.sequence % 4;
            if (header.sequence - expected.last > Math.max(step, 4)) found++;
            expected.last = header.sequence;
        }
    }
    return found;
}

for (const fanout of ['auto', 'send']) {
    test(`a viewer that stops reading, by ${fanout}`, async () => {
        const relay = await startRelay({ args: ['--publisher-kbps', '400000', '--fanout', fanout] });
        const show = await createShow(relay.url, 'Slow');
        const publisher = await publish(relay.url, show);
        const source = new Source();
        publisher.send(source.init());
        const stop = new AbortController();
        const streaming = stream(publisher, source, 60_000, stop.signal);
        const quick = await watch(relay.url, show.id);
        const slow = await watch(relay.url, show.id);
        await slow.until(() => slow.media.length > 30, 'media');
        slow.socket.pause();
        const paused = quick.media.length;
        await quick.until(() => quick.media.length > paused + 240, 'four seconds of the show');
        slow.socket.resume();
        const before = quick.media.length;
        const said = await slow.until(() => slow.texts.filter((t) => t.type === 'quality').at(-1)?.stage === 'none' && slow.texts.filter((t) => t.type === 'quality'), 'everything again');
        assert.ok(said.some((t) => t.stage === 'keys' || t.stage === 'base'), JSON.stringify(said));
        assert.ok(said.every((t) => t.rendition === 0));
        assert.ok(slow.media.some((m) => m.header.flags & WIRE_GAP), 'an omission is marked');
        await quick.until(() => quick.media.length > before + 60, 'the show to go on');
        stop.abort();
        await streaming;
        const pictures = quick.media.filter((m) => m.header.kind === WIRE_VIDEO).map((m) => m.header.sequence);
        assert.deepEqual(pictures, pictures.map((_, i) => pictures[0] + i), 'the quick one has every picture');
        assert.ok(!quick.texts.some((t) => t.type === 'quality'));
        assert.equal(brokenReferences(slow.media), 0);
        const sound = slow.media.filter((m) => m.header.kind === WIRE_AUDIO).map((m) => m.header.sequence);
        assert.ok(sound.every((s, i) => i === 0 || s > sound[i - 1]), 'sound in order, nothing twice');
        const counters = await (await fetch(`${relay.url}/metrics`)).text();
        assert.match(counters, /^tabcast_slow_viewer_steps_total\{stage="(base|keys)",action="(fall|jump)"\} [1-9]/m);
        assert.match(counters, /^tabcast_slow_viewer_steps_total\{stage="none",action="rise"\} [1-9]/m);
        for (const peer of [quick, slow, publisher]) peer.end();
        await relay.stop();
    });
}
