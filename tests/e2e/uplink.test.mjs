// SPDX-License-Identifier: MIT
// A studio whose uplink narrows: the acknowledgements drive the bitrate, the smaller sizes are given up, the sound stays whole, and
// when the line is wide again everything comes back. Viewers are plain sockets that take what they chose and keep count of it.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { endShow, goLive } from '../bench/glass/tabcast.mjs';
import { startSlowLine } from '../bench/start/slow-line.mjs';
import { watch } from '../contract/lib/peer.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { WIRE_AUDIO, WIRE_VIDEO } from '../../web/wire/header.js';
import { launchChromium } from './lib/browsers.mjs';
import { decodeComplaints, ffprobeComplaints, mediaconchVerdicts } from './lib/media.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { replayFile } from './lib/replay-file.mjs';

const WIDE_BPS = 20_000_000;
const NARROW_BPS = 1_000_000;
const NARROW_MS = 25_000;
let folder, relay, chromium, line;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-uplink-'));
    const clip = await makeClip({ out: folder, width: 1280, height: 720, fps: 30, seconds: 6 });
    relay = await startRelay();
    line = await startSlowLine(relay.url, { rateBps: WIDE_BPS, roundTripMs: 40, queueBytes: 64_000 });
    chromium = await launchChromium({ camera: clip.camera, microphone: clip.microphone });
});

after(async () => {
    await chromium?.close();
    line?.close();
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const statsOf = (page) => page.evaluate(() => document.querySelector('tabcast-studio').stats);
const statesOf = (stats) => stats.renditions.map(({ state }) => state).join();

/** What a viewer has got: numbers of the sound's packets, and of pictures of each rendition. */
function tally(viewer) {
    const sound = [];
    const pictures = [0, 0, 0];
    for (const { header } of viewer.media) {
        if (header.kind === WIRE_AUDIO) sound.push(header.sequence);
        else if (header.kind === WIRE_VIDEO) pictures[header.rendition] += 1;
    }
    return { sound, pictures };
}

test('a narrow uplink: bits and sizes are given up, sound is not; all come back', { timeout: 230_000 }, async (t) => {
    const studio = await chromium.context.newPage();
    const showUrl = await goLive(studio, line.url, 'Over a thin uplink');
    const id = showUrl.split('/').pop();
    const viewers = [];
    for (const choice of ['auto', 1, 2]) {
        const viewer = await watch(relay.url, id);
        viewer.say({ type: 'quality', choice });
        viewers.push(viewer);
    }
    await until(async () => statesOf(await statsOf(studio)) === 'sent,sent,sent' && tally(viewers[2]).pictures[2] > 30 && tally(viewers[1]).pictures[1] > 30, 'three sizes on their way');
    const rows = [];
    const startMs = performance.now();
    const note = async (what) => {
        const stats = await statsOf(studio);
        const [best] = stats.renditions;
        rows.push(`${((performance.now() - startMs) / 1000).toFixed(1)} s, ${what}: ${(stats.bitrateBps / 1000).toFixed(0)} kbit/s sent, best ${best.width}x${best.height} at ${(best.targetBitrateBps / 1000).toFixed(0)}, ` +
            `${statesOf(stats)}, ack ${stats.ackDelayMs.toFixed(0)} ms, sound ${(stats.soundBitrateBps / 1000).toFixed(0)}`);
        return stats;
    };
    t.after(() => rows.forEach((row) => t.diagnostic(row)));
    await note('wide');

    line.setRate(NARROW_BPS);
    await until(async () => statesOf(await statsOf(studio)) === 'sent,given-up,given-up', 'the smaller sizes to be given up', NARROW_MS);
    await note('smaller sizes given up');
    await until(() => viewers.every((viewer) => viewer.texts.filter(({ type }) => type === 'renditions').at(-1).renditions.length === 1), 'viewers to be told');
    await until(async () => /connection is slow/.test(await studio.locator('tabcast-studio .state').innerText()), 'the studio to say why');
    // Everybody is given the best one then, from a key frame on.
    for (const viewer of viewers) await until(() => viewer.media.at(-1) && viewer.media.findLast(({ header }) => header.kind === WIRE_VIDEO).header.rendition === 0, 'the best one for all');
    await until(() => performance.now() - startMs > NARROW_MS, 'the narrow time to be over', NARROW_MS * 2);
    const narrow = await note('narrow');
    assert.ok(narrow.renditions[0].targetBitrateBps < NARROW_BPS * 1.1, 'no more than the line carries, but for a try');
    assert.ok(narrow.bitrateBps < NARROW_BPS * 1.5 && narrow.bitrateBps > NARROW_BPS * 0.2, `${narrow.bitrateBps}`);
    assert.ok(narrow.ackDelayMs < 3000, `acknowledged after ${narrow.ackDelayMs} ms`);

    line.setRate(WIDE_BPS);
    const wideMs = performance.now();
    await until(async () => {
        const stats = await statsOf(studio);
        return statesOf(stats) === 'sent,sent,sent' && stats.renditions[0].targetBitrateBps === 2_500_000 && stats.renditions[0].width === 1280;
    }, 'all to come back', 120_000).catch(async (error) => {
        throw new Error(`${error.message}; ${JSON.stringify(await statsOf(studio))}`);
    });
    await note(`all back ${((performance.now() - wideMs) / 1000).toFixed(1)} s after the line was wide`);
    const before = viewers.map((viewer) => tally(viewer).pictures);
    await until(() => viewers.every((viewer, r) => tally(viewer).pictures[r] > before[r][r] + 15), 'each its own size again');

    viewers.forEach((viewer, i) => {
        const { sound } = tally(viewer);
        assert.equal(viewer.closed, null);
        assert.deepEqual(sound, sound.map((_, n) => sound[0] + n), `viewer ${i} has every packet of sound`);
    });
    assert.ok((await statsOf(studio)).soundFilledMs < 1000, 'no silence was put in');
    await endShow(studio);
    await studio.getByText('The curtain has fallen').waitFor();
    const file = await replayFile(relay.url, id, folder);
    assert.equal(await ffprobeComplaints(file), '');
    assert.equal(await decodeComplaints(file), '');
    assert.deepEqual(await mediaconchVerdicts(file), ['pass!', 'pass!']);
    for (const viewer of viewers) viewer.end();
    await studio.close();
});
