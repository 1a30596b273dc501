// SPDX-License-Identifier: MIT
// The studio's choices for the sound in Chromium: speech or music, echo cancellation and noise suppression, before the show and
// while it is on; kept for the next time.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { endShow, goLive } from '../bench/glass/tabcast.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { decodeComplaints, filePackets } from './lib/media.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { replayFile } from './lib/replay-file.mjs';

let folder, relay, chromium;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-sound-'));
    const clip = await makeClip({ out: folder, width: 640, height: 360, fps: 30, seconds: 4 });
    relay = await startRelay();
    chromium = await launchChromium({ camera: clip.camera, microphone: clip.microphone });
});

after(async () => {
    await chromium?.close();
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const soundOf = (page) => page.evaluate(() => document.querySelector('tabcast-studio').stats.sound);
const chosenOf = (page) => page.evaluate(() => document.querySelector('tabcast-studio').publisher.sound);
const filledOf = (page) => page.evaluate(() => document.querySelector('tabcast-studio').stats.soundFilledMs);
const isSetTo = (page, wanted) =>
    until(async () => {
        const sound = await soundOf(page);
        return sound && Object.entries(wanted).every(([name, value]) => sound[name] === value) && sound;
    }, `the encoder to be set to ${JSON.stringify(wanted)}`);

test('speech and music, before the show and while it is on, in one stream', { timeout: 120000 }, async () => {
    const page = await chromium.context.newPage();
    const errors = collectErrors(page);
    await page.goto(`${relay.url}/studio`);
    await page.getByLabel('Sound', { exact: true }).selectOption('speech');
    await isSetTo(page, { application: 'speech', bitrateBps: 40_000, channels: 1, dtx: false, fec: false, vbr: true });
    const url = await goLive(page, relay.url, 'Said and sung'); // opens the page anew: the choice was kept
    await isSetTo(page, { application: 'speech', channels: 1 });
    await page.getByRole('button', { name: 'Settings' }).click();
    assert.equal(await page.getByLabel('Sound', { exact: true }).inputValue(), 'speech');
    const bitrate = () => page.evaluate(() => document.querySelector('tabcast-studio').stats.soundBitrateBps);
    // With 36 kbit/s of headers, for a hundred packets a second.
    await until(async () => (await bitrate()) > 20_000 && (await bitrate()) < 88_000, 'the rate of a voice').catch(async (error) => {
        throw new Error(`${error.message}; ${await bitrate()}`);
    });
    await page.getByLabel('Sound', { exact: true }).selectOption('music');
    await isSetTo(page, { application: 'music', bitrateBps: 96_000, channels: 2 });
    await until(async () => (await bitrate()) > 92_000, 'the rate of music');
    await endShow(page);

    const id = url.split('/').pop();
    const file = await replayFile(relay.url, id, folder);
    assert.equal(await decodeComplaints(file), '');
    const times = (await filePackets(file)).filter(({ track }) => track === 2).map(({ pts }) => pts);
    assert.ok(times.length > 40, `${times.length} packets`);
    assert.ok(times.every((time, i) => i === 0 || Math.abs(time - times[i - 1] - 10) <= 1), 'a packet each 10 ms, also where the profile changed');
    assert.deepEqual(errors, []);
    await page.close();
});

test('echo cancellation and noise suppression are switched while live, and kept', { timeout: 120000 }, async () => {
    const page = await chromium.context.newPage();
    const errors = collectErrors(page);
    await goLive(page, relay.url, 'Switched');
    await page.getByRole('button', { name: 'Settings' }).click();
    const echo = page.getByRole('checkbox', { name: 'Echo cancellation' });
    const noise = page.getByRole('checkbox', { name: 'Noise suppression' });
    assert.deepEqual([await echo.isChecked(), await noise.isChecked()], [true, true]);
    const settings = () => chosenOf(page);
    assert.equal((await settings()).echoCancellation, true);
    await echo.uncheck();
    await until(async () => !(await settings()).echoCancellation, 'the browser to leave the echo in');
    assert.equal((await settings()).noiseSuppression, true);
    await noise.uncheck();
    await until(async () => !(await settings()).noiseSuppression, 'the browser to leave the noise in');
    // The microphone goes on: its level moves, and nothing had to be made up for it.
    const filled = await filledOf(page);
    await until(() => page.evaluate(() => document.querySelector('tabcast-studio').publisher.level > 0.05), 'sound');
    assert.ok((await filledOf(page)) - filled < 1000);
    await endShow(page);
    await page.reload();
    await page.getByLabel('Title').waitFor();
    await until(async () => !(await echo.isChecked()) && !(await noise.isChecked()), 'the choices of the last time');
    await until(() => page.evaluate(() => document.querySelector('tabcast-studio').publisher.hasMicrophone), 'the microphone');
    const { echoCancellation, noiseSuppression } = await settings();
    assert.deepEqual([echoCancellation, noiseSuppression], [false, false]);
    assert.deepEqual(errors, []);
    await page.evaluate(() => localStorage.removeItem('tabcast-sound'));
    await page.close();
});
