// SPDX-License-Identifier: MIT
// The studio in Chromium against a real relay: going live, muting, sharing a screen, losing the network, reloading, devices
// that are missing, forbidden, held or unplugged; and whether it fits both widths.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { endShow, goLive } from '../bench/glass/tabcast.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { violations } from './lib/axe.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { describe, ffprobeComplaints, messagePacket } from './lib/media.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { replayFile } from './lib/replay-file.mjs';
import { clientMessages, startTap } from './lib/tap.mjs';

const RED_TAB = 'Tabcast red tab';
let folder, clip, relay, chromium;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-studio-'));
    clip = await makeClip({ out: folder, width: 1280, height: 720, fps: 30, seconds: 6 });
    relay = await startRelay();
    chromium = await launchChromium({ camera: clip.camera, microphone: clip.microphone, screenTitle: RED_TAB });
});

after(async () => {
    await chromium?.close();
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const idOf = (showUrl) => showUrl.split('/').pop();
const statsOf = (page) => page.evaluate(() => document.querySelector('tabcast-studio').stats);
const stateOf = (page) => page.locator('tabcast-studio .state').innerText();
const framesAfter = async (page, count) => {
    const { framesEncoded } = await statsOf(page);
    await until(async () => (await statsOf(page)).framesEncoded >= framesEncoded + count, `${count} more pictures`).catch(async (error) => {
        throw new Error(`${error.message}; ${framesEncoded} before, now ${JSON.stringify(await statsOf(page))}`);
    });
};

/** Mean colour of each picture: [seconds, Y, U, V]. */
function colours(file) {
    const times = JSON.parse(execFileSync('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'json', file], { maxBuffer: 1 << 28 }))
        .packets.map((p) => Number(p.pts_time));
    const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-an', '-vf', 'crop=iw/2:ih/2,scale=2:2:flags=area,format=yuv444p', '-fps_mode', 'passthrough', '-f', 'rawvideo', '-'], { maxBuffer: 1 << 28 });
    const mean = (from) => (raw[from] + raw[from + 1] + raw[from + 2] + raw[from + 3]) / 4;
    return times.map((time, i) => [time, mean(i * 12), mean(i * 12 + 4), mean(i * 12 + 8)]);
}

/** Loudness of each 20 ms of sound, 0…1. */
function loudness(file) {
    const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-vn', '-ac', '1', '-ar', '48000', '-f', 'f32le', '-'], { maxBuffer: 1 << 28 });
    const samples = new Float32Array(raw.buffer, raw.byteOffset, raw.length / 4);
    return Array.from({ length: Math.floor(samples.length / 960) }, (_, i) => Math.max(...samples.subarray(i * 960, i * 960 + 960).map(Math.abs)));
}

test('going live: the state in words, the numbers, the card, a stream that others can play', { timeout: 90000 }, async (t) => {
    const page = await chromium.context.newPage();
    const errors = collectErrors(page);
    await page.goto(`${relay.url}/studio`);
    await page.getByRole('button', { name: 'Go live' }).click();
    await page.getByText('Give your show a title first').waitFor();
    const started = Date.now();
    const id = idOf(await goLive(page, relay.url, 'Opening night'));
    t.diagnostic(`from opening the page to live: ${Date.now() - started} ms`);
    await framesAfter(page, 60);
    assert.match(await stateOf(page), /^You are live: 0 watching, \S/);
    const stats = await statsOf(page);
    t.diagnostic(JSON.stringify(stats));
    assert.ok(stats.framesPerSecond > 5 && stats.framesPerSecond < 32, `${stats.framesPerSecond} fps`);
    assert.ok(stats.encodeMs > 0 && stats.bitrateBps > 100_000 && stats.soundBitrateBps > 20_000);
    assert.ok(stats.ackDelayMs > 0 && stats.ackDelayMs < 3000, `acks after ${stats.ackDelayMs} ms`);
    assert.equal(stats.recording, 'on');
    // Nobody watches: only the best size is made.
    assert.deepEqual(stats.renditions.map(({ height, state }) => [height, state]), [[720, 'sent'], [360, 'idle'], [180, 'idle']]);

    await page.locator('tabcast-studio .numbers summary').click();
    await page.getByText('Encoding a picture').waitFor();
    const card = await until(async () => {
        const answer = await fetch(`${relay.url}/posters/${id}.jpg`);
        return answer.ok && answer.arrayBuffer();
    }, 'the show\'s card');
    assert.deepEqual([...new Uint8Array(card).subarray(0, 3)], [0xff, 0xd8, 0xff]);
    await endShow(page);
    await page.getByText('The curtain has fallen').waitFor();
    const file = await replayFile(relay.url, id, folder);
    const { codecs } = await describe(file);
    assert.deepEqual(codecs.sort(), ['opus', 'vp8']);
    assert.equal(await ffprobeComplaints(file), '');
    assert.equal(await page.evaluate(() => sessionStorage.getItem('tabcast-own-show')), null);
    assert.deepEqual(errors, []);
    await page.close();
});

test('a second show from the same page is a show of its own', { timeout: 90000 }, async () => {
    const page = await chromium.context.newPage();
    const first = idOf(await goLive(page, relay.url, 'Matinee'));
    const say = async (text) => {
        await page.getByRole('textbox', { name: 'Message' }).fill(text);
        await page.getByRole('button', { name: 'Send' }).click();
        await page.getByRole('region', { name: 'Chat' }).getByText(text).waitFor();
    };
    await say('in the afternoon');
    await until(async () => (await statsOf(page)).liveForMs > 5000, 'five seconds');
    await endShow(page);
    await page.getByText('The curtain has fallen').waitFor();
    await page.getByLabel('Title').fill('Evening');
    await page.getByRole('button', { name: 'Go live' }).click();
    await page.getByRole('button', { name: 'End show' }).waitFor();
    await framesAfter(page, 30);
    await say('in the evening');
    assert.equal(await page.getByText('in the afternoon').count(), 0, 'another room, another chat');
    const { items } = await (await fetch(`${relay.url}/api/v1/shows?state=live`)).json();
    const second = items.find((show) => show.title === 'Evening').id;
    assert.notEqual(second, first);
    await endShow(page);
    const file = await replayFile(relay.url, second, folder);
    assert.equal(await ffprobeComplaints(file), '');
    const start = execFileSync('ffprobe', ['-v', 'error', '-select_streams', 'v', '-read_intervals', '%+#1', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', file]).toString();
    assert.ok(parseFloat(start) < 3, `its first picture is at ${start.trim()} s`);
    await page.close();
});

test('muting silences the microphone and nothing else', { timeout: 90000 }, async () => {
    const page = await chromium.context.newPage();
    const id = idOf(await goLive(page, relay.url, 'Quiet, please'));
    await framesAfter(page, 60);
    await page.getByRole('button', { name: 'Mute microphone', exact: true }).click();
    await page.getByText('Microphone muted').waitFor();
    await framesAfter(page, 75);
    await page.getByRole('button', { name: 'Unmute microphone' }).click();
    await framesAfter(page, 60);
    await endShow(page);
    const loud = loudness(await replayFile(relay.url, id, folder)).map((peak) => peak > 0.01);
    // The microphone's file is never silent for a whole second; the mute lasted two and a half.
    let longest = 0;
    for (let i = 0, run = 0; i < loud.length; i++) {
        run = loud[i] ? 0 : run + 1;
        longest = Math.max(longest, run);
    }
    assert.ok(longest >= 80, `longest silence: ${longest * 20} ms`);
    assert.ok(loud.slice(0, 60).includes(true) && loud.slice(-40).includes(true), 'sound before and after');
    await page.close();
});

test('a screen is shared and given back while live, in one stream', { timeout: 120000 }, async () => {
    const red = await chromium.context.newPage();
    await red.setContent(`<title>${RED_TAB}</title><body style="margin:0;background:#f00"></body>`);
    const page = await chromium.context.newPage();
    const errors = collectErrors(page);
    const id = idOf(await goLive(page, relay.url, 'Look at my screen'));
    await framesAfter(page, 45);
    await page.getByRole('button', { name: 'Share screen' }).click();
    await page.getByRole('button', { name: 'Stop sharing' }).waitFor();
    // A still tab sends hardly any pictures of its own: the worker repeats the last one each second.
    const { liveForMs } = await statsOf(page);
    await until(async () => (await statsOf(page)).liveForMs > liveForMs + 4000, 'four seconds of screen');
    await page.getByRole('button', { name: 'Stop sharing' }).click();
    await page.getByRole('button', { name: 'Share screen' }).waitFor();
    await framesAfter(page, 45);
    await endShow(page);
    const file = await replayFile(relay.url, id, folder);
    assert.equal(await ffprobeComplaints(file), '');
    const isRed = colours(file).map(([, y, u, v]) => v > 200 && u < 110 && y < 110);
    const first = isRed.indexOf(true);
    const last = isRed.lastIndexOf(true);
    assert.ok(first > 30, `red from picture ${first} on`);
    assert.ok(last - first >= 2, 'the screen was seen');
    assert.ok(isRed.length - last > 30, 'the camera came back');
    assert.ok(isRed.slice(first, last + 1).every(Boolean), 'no other picture between');
    assert.deepEqual(errors, []);
    await page.close();
    await red.close();
});

test('another quality while live: another size in the same stream', { timeout: 90000 }, async () => {
    const page = await chromium.context.newPage();
    const id = idOf(await goLive(page, relay.url, 'Smaller'));
    await framesAfter(page, 30);
    const quality = await page.evaluate(() => document.querySelector('tabcast-studio').stats.renditions[0]);
    assert.ok(quality.width > 640, `begins with ${quality.width}`);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Quality').selectOption('360p');
    await until(async () => (await statsOf(page)).renditions[0].width <= 640, 'a smaller picture');
    await framesAfter(page, 30);
    assert.ok((await statsOf(page)).renditions[0].targetBitrateBps <= 700_000);
    await page.getByLabel('Quality').selectOption('720p');
    await endShow(page);
    const file = await replayFile(relay.url, id, folder);
    assert.equal(await ffprobeComplaints(file), '');
    const sizes = execFileSync('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=width', '-of', 'csv=p=0', file], { maxBuffer: 1 << 28 }).toString();
    assert.deepEqual([...new Set(sizes.match(/\d+/g))].includes('640'), true, 'decodes across the change');
    await page.close();
});

test('the network goes and comes: the same show, its clock goes on', { timeout: 90000 }, async () => {
    const tap = await startTap(relay.url);
    try {
        const page = await chromium.context.newPage();
        const id = idOf(await goLive(page, tap.url, 'On a train'));
        await framesAfter(page, 45);
        tap.cut();
        await until(async () => (await stateOf(page)).startsWith('The connection was lost'), 'the loss in words');
        await until(async () => (await stateOf(page)).startsWith('You are live'), 'the return in words');
        await framesAfter(page, 45);
        await endShow(page);
        await page.getByText('The curtain has fallen').waitFor();
        const streams = tap.connections.map((chunks) => clientMessages(chunks)).filter((messages) => messages.length > 0);
        assert.equal(streams.length, 2, 'two sockets');
        const [before, later] = streams.map((messages) => messages.filter((m) => m.binary).map((m) => m.body));
        assert.equal(later[0][0], 1, 'INIT comes first again');
        const firstPicture = messagePacket(later.find((body) => body[0] === 2));
        assert.equal(firstPicture.key, true, 'then a key frame');
        const lastPicture = messagePacket(before.filter((body) => body[0] === 2).pop());
        assert.ok(firstPicture.pts > lastPicture.pts, 'time goes forward');
        const starts = streams.flatMap((messages) => messages.filter((m) => !m.binary).map((m) => JSON.parse(m.body))).filter((m) => m.type === 'start');
        assert.equal(starts.length, 2);
        assert.ok(starts[1].timestampMs > lastPicture.pts);
        assert.equal(await ffprobeComplaints(await replayFile(relay.url, id, folder)), '');
        await page.close();
    } finally {
        tap.close();
    }
});

test('a reload takes the show up again', { timeout: 90000 }, async () => {
    const page = await chromium.context.newPage();
    const warnings = [];
    page.on('dialog', (dialog) => {
        warnings.push(dialog.type());
        dialog.accept();
    });
    const id = idOf(await goLive(page, relay.url, 'Second act'));
    await framesAfter(page, 30);
    await page.reload();
    assert.deepEqual(warnings, ['beforeunload'], 'leaving is warned of while live');
    await page.getByRole('button', { name: 'Continue the show' }).click();
    await page.getByRole('button', { name: 'End show' }).waitFor();
    await framesAfter(page, 30);
    const show = await (await fetch(`${relay.url}/api/v1/shows/${id}`)).json();
    assert.equal(show.state, 'live');
    await endShow(page);
    const file = await replayFile(relay.url, id, folder);
    assert.equal(await ffprobeComplaints(file), '');
    assert.ok((await describe(file)).durationMs > 2000);
    await page.close();
});

test('a camera that is unplugged is told, and the sound goes on', { timeout: 90000 }, async () => {
    const page = await chromium.context.newPage();
    await goLive(page, relay.url, 'No camera');
    await framesAfter(page, 30);
    await page.evaluate(() => {
        const [track] = document.querySelector('tabcast-studio').publisher.stream.getVideoTracks();
        track.stop();
        track.dispatchEvent(new Event('ended')); // what the browser does when the plug is pulled
    });
    await page.getByText('Your camera was unplugged').waitFor();
    await until(async () => /no picture, but they hear you/.test(await stateOf(page)), 'the state in words');
    const before = await statsOf(page);
    await until(async () => (await statsOf(page)).liveForMs > before.liveForMs + 2500, 'two seconds');
    const later = await statsOf(page);
    assert.ok(later.soundBitrateBps > 20_000, 'sound goes on');
    assert.ok(later.framesEncoded > before.framesEncoded, 'the last picture is repeated, so that joiners see something');
    await page.getByRole('button', { name: 'Try again' }).click();
    await framesAfter(page, 45);
    await until(async () => (await stateOf(page)).startsWith('You are live'), 'the camera is back');
    assert.equal(await page.getByText('Your camera was unplugged').count(), 0);
    await endShow(page);
    await page.close();
});

/** Opens the studio where getUserMedia fails as `name` says, and asks for the camera. */
async function studioWithout(name) {
    const page = await chromium.context.newPage();
    await page.addInitScript((exception) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('test', exception));
    }, name);
    await page.goto(`${relay.url}/studio`);
    await page.getByLabel('Title').fill('Nothing to see');
    await page.getByRole('button', { name: 'Go live' }).click();
    return page;
}

test('devices that are forbidden, missing or held each say what to do, and nothing is announced', { timeout: 60000 }, async () => {
    const sentences = [
        ['NotAllowedError', /may not use your camera and microphone.*allow/],
        ['NotFoundError', /Neither a camera nor a microphone was found\. Plug one in/],
        ['NotReadableError', /Your camera and microphone are held by another program.*Close it there/],
    ];
    for (const [name, sentence] of sentences) {
        const page = await studioWithout(name);
        await page.getByText(sentence).waitFor();
        assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 1, 'both lack the same, which is said once');
        const { items } = await (await fetch(`${relay.url}/api/v1/shows`)).json();
        assert.ok(!items.some((show) => show.title === 'Nothing to see'), name);
        await page.close();
    }
});

test('without a microphone the show goes on with silence', { timeout: 60000 }, async () => {
    const page = await chromium.context.newPage();
    await page.addInitScript(() => {
        const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = (wish) => (wish.audio ? Promise.reject(new DOMException('test', 'NotFoundError')) : open(wish));
    });
    const id = idOf(await goLive(page, relay.url, 'A silent film'));
    await page.getByText('No microphone was found').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Mute microphone' }).isDisabled());
    await framesAfter(page, 60);
    await endShow(page);
    const loud = loudness(await replayFile(relay.url, id, folder));
    assert.ok(loud.length > 60, `${loud.length * 20} ms of sound`);
    assert.ok(Math.max(...loud) < 0.001, 'silence');
    await page.close();
});

test('the studio has no accessibility faults and fits both widths', { timeout: 90000 }, async () => {
    const page = await chromium.context.newPage();
    for (const viewport of [{ width: 375, height: 700 }, { width: 1280, height: 800 }]) {
        await page.setViewportSize(viewport);
        await page.goto(`${relay.url}/studio`);
        await page.getByRole('meter', { name: 'Microphone level' }).waitFor();
        const check = async (what) => {
            assert.deepEqual(await violations(page), [], `${what} at ${viewport.width}`);
            const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
            assert.equal(overflow, 0, `${what} at ${viewport.width}: ${overflow} px too wide`);
        };
        await check('before');
        await page.getByLabel('Title').fill(`At ${viewport.width}`);
        await page.getByRole('button', { name: 'Go live' }).click();
        await page.getByRole('button', { name: 'End show' }).waitFor();
        await check('live');
        const bar = await page.getByRole('group', { name: 'Show controls' }).boundingBox();
        assert.ok(bar.y + bar.height <= viewport.height, 'the bar is in view');
        await page.getByRole('button', { name: 'End show' }).click();
        await check('asked');
        await page.getByRole('button', { name: 'Keep going' }).click();
        assert.ok((await stateOf(page)).startsWith('You are live'), 'still on');
        await endShow(page);
        await page.getByText('The curtain has fallen').waitFor();
    }
    await page.close();
});
