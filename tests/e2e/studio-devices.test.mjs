// SPDX-License-Identifier: MIT
// What happens to devices and to the machine while a show is on, in Chromium: another camera and another microphone are chosen;
// the machine sleeps and wakes.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ownChildren, treePids } from '../bench/cpu/process-cpu.mjs';
import { goLive } from '../bench/glass/tabcast.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { decodeComplaints, filePackets } from './lib/media.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { replayFile } from './lib/replay-file.mjs';

/** Longer than the relay waits for a silent publisher, shorter than it keeps the show. */
const SLEEP_MS = 14_000;

let folder, relay;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-devices-'));
    relay = await startRelay();
});

after(async () => {
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const studio = (page, body) => page.evaluate(`(() => { const s = document.querySelector('tabcast-studio'); return ${body}; })()`);
const more = async (page, count, what) => {
    const from = await studio(page, 's.stats.framesEncoded');
    await until(async () => (await studio(page, 's.stats.framesEncoded')) > from + count, what, 40000);
};

test('another camera and another microphone while live', { timeout: 90000 }, async () => {
    const chromium = await launchChromium({ args: ['--use-fake-device-for-media-stream=device-count=3'] });
    try {
        const page = await chromium.context.newPage();
        const errors = collectErrors(page);
        const id = (await goLive(page, relay.url, 'Changing places')).split('/').pop();
        await more(page, 30, 'the first camera');
        await page.getByRole('button', { name: 'Settings' }).click();
        const { cameras, microphones } = await studio(page, 's.publisher.devices');
        assert.ok(cameras.length >= 2 && microphones.length >= 2, `${cameras.length} cameras, ${microphones.length} microphones`);
        const [camera, microphone] = [await studio(page, 's.publisher.cameraId'), await studio(page, 's.publisher.microphoneId')];
        const otherCamera = cameras.find((c) => c.id !== camera);
        await page.getByLabel('Camera', { exact: true }).selectOption(otherCamera.id);
        await until(async () => (await studio(page, 's.publisher.cameraId')) === otherCamera.id, 'the other camera');
        await more(page, 30, 'pictures of the other camera');
        const otherMicrophone = microphones.find((m) => m.id !== microphone && m.id !== 'default');
        await page.getByLabel('Microphone', { exact: true }).selectOption(otherMicrophone.id);
        await until(async () => (await studio(page, 's.publisher.microphoneId')) === otherMicrophone.id, 'the other microphone');
        await more(page, 30, 'pictures after that');
        assert.equal(await studio(page, 's.publisher.phase'), 'live');
        await studio(page, 's.publisher.endShow()');
        const file = await replayFile(relay.url, id, folder);
        assert.equal(await decodeComplaints(file), '');
        const sound = (await filePackets(file)).filter(({ track }) => track === 2).map(({ pts }) => pts);
        assert.ok(sound.every((time, i) => i === 0 || Math.abs(time - sound[i - 1] - 10) <= 1), 'no hole in the sound');
        assert.deepEqual(errors, []);
    } finally {
        await chromium.close();
    }
});

test('the machine sleeps and wakes: the same show goes on, on its clock', { timeout: 120000 }, async () => {
    const before = new Set(await ownChildren());
    const chromium = await launchChromium();
    try {
        const [root] = (await ownChildren()).filter((pid) => !before.has(pid));
        const page = await chromium.context.newPage();
        const id = (await goLive(page, relay.url, 'A nap')).split('/').pop();
        await more(page, 60, 'two seconds');
        const awake = await studio(page, '({ keyframes: s.stats.keyframes, liveForMs: s.stats.liveForMs })');
        const pids = await treePids(root);
        for (const pid of pids) process.kill(pid, 'SIGSTOP');
        await new Promise((resolve) => setTimeout(resolve, SLEEP_MS));
        for (const pid of pids) process.kill(pid, 'SIGCONT');
        await until(async () => (await studio(page, 's.publisher.phase')) === 'live' && (await studio(page, 's.stats.keyframes')) > awake.keyframes, 'the show to go on', 40000);
        await more(page, 60, 'two seconds awake');
        assert.ok((await studio(page, 's.stats.liveForMs')) > awake.liveForMs + SLEEP_MS);
        await studio(page, 's.publisher.endShow()');
        const file = await replayFile(relay.url, id, folder);
        assert.equal(await decodeComplaints(file), '');
        const pictures = (await filePackets(file)).filter(({ track }) => track === 1);
        const gaps = pictures.map(({ pts }, i) => (i === 0 ? 0 : pts - pictures[i - 1].pts));
        assert.ok(gaps.every((gap, i) => i === 0 || gap > 0), 'times ascend');
        const nap = gaps.indexOf(Math.max(...gaps));
        assert.ok(gaps[nap] > SLEEP_MS - 4000 && gaps[nap] < SLEEP_MS + 8000, `the nap is ${gaps[nap]} ms long`);
        assert.equal(pictures[nap].key, true, 'a key frame first');
    } finally {
        await chromium.close();
    }
});
