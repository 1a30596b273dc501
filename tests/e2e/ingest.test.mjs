// SPDX-License-Identifier: MIT
// Encoders elsewhere, watched in a real browser: a page that waits for the show keeps waiting while H.264 and HEVC are
// refused with a sentence that helps, gets moving pictures and sound when ffmpeg sends as the documentation has it, and
// again, without a reload, from what OBS's custom output sends. The source is raw film, encoded while it goes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeClip } from '../media/make-clip.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { spawnChild } from './lib/children.mjs';
import { decodeComplaints, describe, ffprobeComplaints, mediaconchVerdicts } from './lib/media.mjs';
import { createShow, startRelay, until } from './lib/relay.mjs';
import { replayFile } from './lib/replay-file.mjs';

const PICTURE_PROBE = fileURLToPath(new URL('lib/picture.js', import.meta.url));
const SENSES = fileURLToPath(new URL('../bench/pairs/senses.js', import.meta.url));
const WATCH_MS = 3000;

/** docs/self-hosting.md, "From ffmpeg or OBS". */
const FFMPEG = ('-c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -maxrate 1M -bufsize 500k -g 60 -auto-alt-ref 0 -lag-in-frames 0 ' +
    '-c:a libopus -b:a 128k -ac 2 -f webm -cluster_time_limit 100 -method PUT').split(' ');
/**
 * What OBS's custom output makes of its settings: a constant bitrate alone, its own distance of key frames, threads as the
 * codec likes, colours marked as Rec. 709, its name as the encoder's, global headers.
 */
const OBS = ('-c:v libvpx -b:v 1M -g 250 -deadline realtime -cpu-used 8 -auto-alt-ref 0 -pix_fmt yuv420p -threads 0 -flags +global_header ' +
    '-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv -metadata encoding_tool=obs ' +
    '-c:a libopus -b:a 160k -ac 2 -ar 48000 -f webm -cluster_time_limit 100 -method PUT').split(' ');
let folder, clip, relay, chromium;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-elsewhere-'));
    clip = await makeClip({ out: folder, source: process.env.TABCAST_TEST_FILM, width: 640, height: 360, fps: 30, seconds: 8 });
    relay = await startRelay();
    chromium = await launchChromium({ autoplay: true });
});

after(async () => {
    await chromium?.close();
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

const endlessFilm = () => ['-re', ...[clip.camera, clip.microphone].flatMap((file) => ['-stream_loop', '-1', '-i', file])];

/** ffmpeg sends the film on and on, until stop(). */
function send(show, args) {
    const child = spawnChild('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...endlessFilm(), '-map', '0:v', '-map', '1:a', ...args, `${relay.url}/ingest/${show.key}`], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    return {
        get said() {
            return said;
        },
        /** As with Control-C, or OBS's "Stop recording": the file is ended properly. */
        async stop() {
            child.kill('SIGINT');
            await ended;
        },
    };
}

/** A whole file in one request. */
const put = (show, file) =>
    new Promise((resolve, reject) => {
        const body = createReadStream(file);
        const request = http.request(`${relay.url}/ingest/${show.key}`, { method: 'PUT' }, (answer) => {
            let text = '';
            answer.on('data', (chunk) => (text += chunk)).on('end', () => {
                body.destroy();
                request.destroy();
                resolve({ status: answer.statusCode, text });
            });
        });
        request.on('error', reject);
        body.pipe(request);
    });

/** Different pictures, all of which can be read, and sound that is heard. */
async function seenAndHeard(page, sender, what) {
    const senses = await until(async () => {
        if (sender.said) throw new Error(`ffmpeg: ${sender.said}`);
        const { pictures, level } = await page.evaluate((ms) => window.__senses(ms), WATCH_MS);
        return pictures >= 20 && level > 0.01 && { pictures, level };
    }, `moving pictures and sound from ${what}`, 60_000);
    const counters = await page.evaluate((ms) => window.__picture.counters(ms), WATCH_MS);
    assert.ok(counters.length >= 20, `${counters.length} different counters`);
    const stats = await until(async () => {
        const now = await page.evaluate(() => document.querySelector('tabcast-player').stats);
        return now.isSoundMaster && now;
    }, 'the sound to lead');
    assert.equal(stats.framesCorrupted, 0);
    return `${what}: ${counters.length} pictures in ${WATCH_MS / 1000} s, sound at ${(20 * Math.log10(senses.level)).toFixed(0)} dB, ${stats.latencyMs.toFixed(0)} ms behind`;
}

test('refused codecs say what to do; ffmpeg, then OBS, are seen and heard by a page that waited', { timeout: 200_000 }, async (t) => {
    const show = await createShow(relay.url, 'From elsewhere');
    const page = await chromium.context.newPage();
    for (const file of [PICTURE_PROBE, SENSES]) await page.addInitScript({ path: file });
    const errors = collectErrors(page);
    await page.goto(`${relay.url}/show/${show.id}`);
    await page.getByText('The curtain has not risen yet').waitFor();

    for (const [name, codec, encoder] of [['h264.mkv', 'H.264', ['libx264', '-preset', 'ultrafast']], ['hevc.mkv', 'HEVC', ['libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none']]]) {
        const file = path.join(folder, name);
        execFileSync('ffmpeg', ['-v', 'error', '-t', '1', '-i', clip.camera, '-t', '1', '-i', clip.microphone, '-c:v', ...encoder, '-c:a', 'libopus', file]);
        const { status, text } = await put(show, file);
        assert.equal(status, 415);
        const { detail } = JSON.parse(text);
        assert.ok(detail.includes(codec) && detail.includes('-c:v libvpx'), detail);
        t.diagnostic(detail);
    }
    assert.ok(await page.getByText('The curtain has not risen yet').isVisible(), 'nothing began');

    const ffmpeg = send(show, FFMPEG);
    t.diagnostic(await seenAndHeard(page, ffmpeg, 'ffmpeg'));
    await ffmpeg.stop();
    await page.getByText('The creator lost the connection').waitFor();
    const obs = send(show, OBS);
    t.diagnostic(await seenAndHeard(page, obs, 'OBS'));
    assert.equal(await page.getByText('The creator lost the connection').count(), 0);
    await obs.stop();

    assert.equal((await fetch(`${relay.url}/ingest/${show.key}`, { method: 'DELETE' })).status, 204);
    await page.getByText('The curtain has fallen').waitFor();
    // The replay is asked for while it is being prepared.
    assert.deepEqual(errors.filter((text) => !text.includes('/api/v1/replays/')), []);
    const file = await replayFile(relay.url, show.id, folder);
    assert.deepEqual(await mediaconchVerdicts(file), ['pass!', 'pass!']);
    assert.equal(await ffprobeComplaints(file), '');
    assert.equal(await decodeComplaints(file), '');
    assert.deepEqual((await describe(file)).codecs, ['vp8', 'opus']);
    await page.close();
});
