// SPDX-License-Identifier: MIT
// A studio that is lost and comes back by itself, in a real browser, watched in another tab: its socket breaks, it comes back
// over another network, its line stands still, the relay is killed. The studio says so and returns without a hand; viewers
// are told, and get the picture and the sound again without a reload; it stays one show with one recording, valid, in which
// nothing but the time away is missing. TABCAST_SLEEP_SECONDS (default 30) is how long the line stands still.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { endShow, goLive, watch } from '../bench/glass/tabcast.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { decodeComplaints, ffprobeComplaints, filePackets, mediaconchVerdicts } from './lib/media.mjs';
import { startLine } from './lib/reconnect-proxy.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { replayFile } from './lib/replay-file.mjs';

const SLEEP_S = Number(process.env.TABCAST_SLEEP_SECONDS ?? 30);
const PICTURE_PROBE = fileURLToPath(new URL('lib/picture.js', import.meta.url));
const CREATOR_IS_AWAY = 'The creator lost the connection for a moment';
const VIEWER_IS_AWAY = 'Your connection was lost';
/** Longer than any pause that a busy machine makes: so long at least each line is away. */
const AWAY_MS = 3000;
const GAP_MS = 1500;
/** A way back takes so long at most once the line is there: the relay's grace of 30 s is not to be needed. */
const RETURN_MS = 12_000;
let folder, chromium;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-back-'));
    const clip = await makeClip({ out: folder, source: process.env.TABCAST_TEST_FILM, width: 640, height: 360, fps: 30, seconds: 8 });
    chromium = await launchChromium({ camera: clip.camera, microphone: clip.microphone, autoplay: true });
});

after(async () => {
    await chromium?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const sentence = (studio) => studio.locator('tabcast-studio .state').innerText();
const statsOf = (viewer) => viewer.evaluate(() => document.querySelector('tabcast-player').stats);

/** The picture changes, each one readable, and the sound plays. */
async function playsOn(viewer, what) {
    await until(async () => (await viewer.evaluate(() => window.__picture.counters(600))).length >= 5, `moving pictures ${what}`, 30_000);
    await until(async () => (await statsOf(viewer)).isSoundMaster, `sound ${what}`);
}

const cameBack = (studio) => until(async () => (await sentence(studio)).startsWith('You are live'), 'the studio to be back', RETURN_MS);
const wasLong = ({ harmedMs }, ms = AWAY_MS) => until(() => performance.now() - harmedMs > ms, 'the line to come back', ms + 10_000);
const saysItIsLost = (studio) => until(async () => (await sentence(studio)).startsWith('The connection was lost'), 'the loss in words');

/** A show from a tab to a tab; `use` does the harm, waits until it is over, and returns for how many ms there was no line. */
async function withShow(title, use) {
    const dataDir = await mkdtemp(path.join(folder, 'data-'));
    const stage = { dataDir, relay: await startRelay({ dataDir }) };
    stage.port = Number(new URL(stage.relay.url).port);
    stage.line = await startLine(() => stage.port);
    try {
        stage.studio = await chromium.context.newPage();
        const id = (await goLive(stage.studio, stage.line.url, title)).split('/').pop();
        stage.viewer = await chromium.context.newPage();
        await stage.viewer.addInitScript({ path: PICTURE_PROBE });
        const errors = collectErrors(stage.studio);
        const { viewer, studio } = stage;
        await watch(viewer, `${stage.relay.url}/show/${id}`);
        await playsOn(viewer, 'before');
        await viewer.evaluate(() => (window.isFirstLoad = true));
        stage.harmedMs = performance.now();

        await use(stage);

        const awayMs = performance.now() - stage.harmedMs;
        await viewer.getByText(CREATOR_IS_AWAY).waitFor({ state: 'detached' });
        await viewer.getByText(VIEWER_IS_AWAY).waitFor({ state: 'detached' });
        await playsOn(viewer, 'again');
        assert.equal(await viewer.evaluate(() => window.isFirstLoad), true, 'the page was not loaded anew');
        const live = (await (await fetch(`${stage.relay.url}/api/v1/shows?state=live`)).json()).items;
        assert.deepEqual(live.map((show) => [show.id, show.title]), [[id, title]], 'one show');
        const { liveForMs } = await studio.evaluate(() => document.querySelector('tabcast-studio').stats);
        await endShow(studio);
        await studio.getByText('The curtain has fallen').waitFor();
        await viewer.getByText('The curtain has fallen').waitFor();
        assert.deepEqual(errors.filter((text) => !/WebSocket|ERR_CONNECTION/.test(text)), []);
        await checkRecording(stage, id, { awayMs, liveForMs });
    } finally {
        stage.line.stop();
        await stage.studio?.close({ runBeforeUnload: false });
        await stage.viewer?.close();
        await stage.relay.kill();
    }
}

async function checkRecording({ relay, dataDir }, id, { awayMs, liveForMs }) {
    const file = await replayFile(relay.url, id, folder);
    const { items } = await (await fetch(`${relay.url}/api/v1/replays`)).json();
    assert.deepEqual(items.map((replay) => replay.id), [id], 'one recording');
    assert.deepEqual((await readdir(path.join(dataDir, 'recordings'))).filter((name) => name.endsWith('.webm')), [`${id}.webm`]);
    assert.deepEqual(await mediaconchVerdicts(file), ['pass!', 'pass!']);
    assert.equal(await ffprobeComplaints(file), '');
    assert.equal(await decodeComplaints(file), '');
    const packets = await filePackets(file);
    for (const track of [1, 2]) {
        const kept = packets.filter((packet) => packet.track === track);
        const steps = kept.slice(1).map((packet, i) => ({ ms: packet.pts - kept[i].pts, packet }));
        assert.ok(steps.every(({ ms }) => ms >= 0), `track ${track}: times go on`);
        const gaps = steps.filter(({ ms }) => ms > GAP_MS);
        assert.equal(gaps.length, 1, `track ${track}: gaps of ${gaps.map(({ ms }) => ms)} ms`);
        assert.ok(gaps[0].ms < awayMs + 2000, `track ${track}: ${gaps[0].ms} ms are missing, ${awayMs.toFixed(0)} ms were lost`);
        if (track === 1) assert.ok(gaps[0].packet.key, 'pictures go on at a key frame');
        assert.ok(kept.at(-1).pts > liveForMs - 2000, `track ${track}: the show's clock went on: ${kept.at(-1).pts} of ${liveForMs} ms`);
    }
}

test("the creator's socket breaks, and its line is away until the viewer sees it", { timeout: 90_000 }, async () => {
    await withShow('Broken', async (stage) => {
        const { line, studio, viewer } = stage;
        line.shut();
        line.break();
        await saysItIsLost(studio);
        await viewer.getByText(CREATOR_IS_AWAY).waitFor();
        await wasLong(stage);
        line.open();
        await cameBack(studio);
    });
});

test('the creator comes back over another network, while its old line hangs', { timeout: 90_000 }, async () => {
    await withShow('Moved', async ({ line, studio, viewer }) => {
        line.shut();
        line.moveTo('127.0.0.2');
        await saysItIsLost(studio);
        await viewer.getByText(CREATOR_IS_AWAY).waitFor();
        line.open();
        await cameBack(studio);
    });
});

test(`the creator's line stands still for ${SLEEP_S} s`, { timeout: 90_000 + SLEEP_S * 1000 }, async () => {
    await withShow('Asleep', async (stage) => {
        const { line, studio, viewer } = stage;
        line.freeze();
        await saysItIsLost(studio);
        await viewer.getByText(CREATOR_IS_AWAY).waitFor();
        await wasLong(stage, SLEEP_S * 1000);
        line.thaw();
        await cameBack(studio);
    });
});

test('the relay is killed and started again on the same data', { timeout: 90_000 }, async () => {
    await withShow('Killed', async (stage) => {
        const { studio, viewer, dataDir, port } = stage;
        await stage.relay.kill();
        await saysItIsLost(studio);
        await viewer.getByText(VIEWER_IS_AWAY).waitFor();
        await wasLong(stage);
        stage.relay = await startRelay({ dataDir, port });
        await cameBack(studio);
    });
});
