// SPDX-License-Identifier: MIT
// Sizes of one show through a real relay, on one loop and on several, by each way of pushing: a publisher that makes what is wanted,
// viewers that choose, leave and are moved, and what each is sent: its own size and all of the sound, each number once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WIRE_AUDIO, WIRE_INIT, WIRE_KEY, WIRE_VIDEO } from '../../web/wire/header.js';
import { createShow, startRelay } from '../e2e/lib/relay.mjs';
import { Source } from './lib/media.mjs';
import { publish, watch } from './lib/peer.mjs';

/** A studio without an encoder: each 33 ms a picture in every size that is wanted, key frames when they are wished for. */
class Studio {
    source = new Source();
    wanted = [0];
    made = [0, 0, 0];
    #wishes = new Set([0]);
    #offered = [0];
    #stop = new AbortController();

    constructor(publisher) {
        this.publisher = publisher;
        publisher.socket.on('message', (data, isBinary) => {
            if (isBinary) return;
            const message = JSON.parse(data.toString());
            if (message.type === 'keyframe') this.#wishes.add(message.rendition);
            if (message.type === 'wanted') {
                for (const rendition of message.renditions) if (!this.wanted.includes(rendition)) this.#wishes.add(rendition);
                this.wanted = message.renditions;
            }
        });
        publisher.send(this.source.init());
        this.#running = this.#run();
    }

    #running;

    offer(rendition) {
        this.#offered.push(rendition);
        this.#wishes.add(rendition);
        this.publisher.send(this.source.init({ rendition }));
    }

    withdraw(rendition) {
        this.#offered = this.#offered.filter((r) => r !== rendition);
        this.publisher.say({ type: 'withdraw', rendition });
    }

    async #run() {
        const begun = performance.now();
        for (let n = 0; !this.#stop.signal.aborted; n++) {
            const at = Math.round((n * 1000) / 30);
            for (const rendition of this.wanted.filter((r) => this.#offered.includes(r))) {
                const isKey = this.#wishes.delete(rendition) || n % 90 === 0;
                this.publisher.send(this.source.video(at, { isKey, rendition, bytes: 4000 >> (2 * rendition) }));
                this.made[rendition] += 1;
            }
            this.publisher.send(this.source.audio(at));
            await sleep(Math.max(0, begun + ((n + 1) * 1000) / 30 - performance.now()));
        }
    }

    stop() {
        this.#stop.abort();
        return this.#running;
    }
}

const renditionOf = (viewer) => viewer.media.findLast(({ header }) => header.kind === WIRE_VIDEO)?.header.rendition;
const reaches = (viewer, rendition) => viewer.until(() => renditionOf(viewer) === rendition, `rendition ${rendition}`);

/** Fails unless each rendition begins with INIT and a key frame and goes on without a hole, and sound has none at all. */
function assertWhole(viewer, what) {
    let last = null;
    let init = -1;
    for (const { header } of viewer.media) {
        if (header.kind === WIRE_INIT) init = header.rendition;
        if (header.kind !== WIRE_VIDEO) continue;
        const isNext = last !== null && last.rendition === header.rendition && last.sequence + 1 === header.sequence;
        if (!isNext) assert.ok(header.flags & WIRE_KEY, `${what}: ${JSON.stringify(header)} behind ${JSON.stringify(last)}`);
        assert.equal(header.rendition, init, `${what}: its init segment comes first`);
        last = header;
    }
    const sound = viewer.media.filter(({ header }) => header.kind === WIRE_AUDIO).map(({ header }) => header.sequence);
    assert.deepEqual(sound, sound.map((_, i) => sound[0] + i), `${what}: all of the sound`);
}

for (const args of [['--threads', '1', '--fanout', 'auto'], ['--threads', '2', '--fanout', 'send']]) {
    test(`sizes that are offered, wanted, chosen and withdrawn: ${args.join(' ')}`, { timeout: 60_000 }, async () => {
        const relay = await startRelay({ args });
        const show = await createShow(relay.url, 'Sizes');
        const publisher = await publish(relay.url, show);
        const studio = new Studio(publisher);
        const viewers = await Promise.all(Array.from({ length: 8 }, () => watch(relay.url, show.id)));
        const [free, small, least, sound] = viewers;
        await reaches(free, 0);
        for (const rendition of [1, 2]) studio.offer(rendition);
        await free.until(() => free.texts.findLast((m) => m.type === 'renditions')?.renditions.length === 3, 'three sizes on offer');
        assert.deepEqual([studio.made[1], studio.made[2]], [0, 0], 'nobody wants them');

        for (const viewer of [small, viewers[4], viewers[5]]) viewer.say({ type: 'quality', choice: 1 });
        least.say({ type: 'quality', choice: 2 });
        sound.say({ type: 'quality', choice: 'audio' });
        await Promise.all([reaches(small, 1), reaches(viewers[4], 1), reaches(viewers[5], 1), reaches(least, 2)]);
        await sound.until(() => sound.texts.some((m) => m.type === 'quality' && m.stage === 'audio'), 'sound alone');
        const before = viewers.map((viewer) => viewer.media.length);
        await Promise.all(viewers.map((viewer, i) => viewer.until(() => viewer.media.length > before[i] + 60, 'a second or two')));
        const late = sound.media.slice(before[3]);
        assert.ok(late.every(({ header }) => header.kind === WIRE_AUDIO), 'no pictures for who wants none');
        viewers.forEach((viewer, i) => {
            const renditions = new Set(viewer.media.slice(before[i]).filter(({ header }) => header.kind === WIRE_VIDEO).map(({ header }) => header.rendition));
            assert.ok(renditions.size <= 1, `viewer ${i} gets one size: ${[...renditions]}`);
        });

        studio.withdraw(2);
        await reaches(least, 1);
        studio.withdraw(1);
        await Promise.all([small, least, viewers[4]].map((viewer) => reaches(viewer, 0)));
        studio.offer(1);
        studio.offer(2);
        await Promise.all([reaches(small, 1), reaches(least, 2), reaches(viewers[5], 1)]);
        small.say({ type: 'quality', choice: 'auto' });
        sound.say({ type: 'quality', choice: 'auto' });
        await Promise.all([reaches(small, 0), sound.until(() => sound.media.at(-1).header.kind === WIRE_VIDEO, 'pictures again')]);
        assert.equal(renditionOf(free), 0);
        for (const viewer of [least, viewers[4], viewers[5]]) viewer.end();
        await publisher.until(() => publisher.texts.findLast((m) => m.type === 'wanted')?.renditions.length === 1, 'nobody to want them any more');

        await studio.stop();
        viewers.forEach((viewer, i) => assertWhole(viewer, `viewer ${i}`));
        for (const peer of [...viewers, publisher]) peer.end();
        await relay.stop();
    });
}
