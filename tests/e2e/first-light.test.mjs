// SPDX-License-Identifier: MIT
// The main job, with real parts only: a Chromium tab goes live from a film-like camera; a second Chromium tab and a
// Firefox watch and chat; the recording is the live bits, valid and seekable, and plays on its replay page.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { joinBeeps, joinPictures, quantile, soundAgainstPicture } from '../bench/glass/latency.mjs';
import { endShow, goLive, watch } from '../bench/glass/tabcast.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { collectErrors, launchChromium, launchFirefox } from './lib/browsers.mjs';
import { decodeComplaints, describe, ffprobeComplaints, filePackets, mediaconchVerdicts, messagePacket } from './lib/media.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { clientMessages, startTap } from './lib/tap.mjs';

const PROBE = fileURLToPath(new URL('../bench/glass/probe.js', import.meta.url));
const PICTURE = fileURLToPath(new URL('./lib/picture.js', import.meta.url));
let folder, clip, relay, tap, chromium, firefox;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-e2e-'));
    clip = await makeClip({ out: folder, source: process.env.TABCAST_TEST_FILM, width: 1280, height: 720, fps: 30, seconds: 10 });
    relay = await startRelay();
    tap = await startTap(relay.url);
    chromium = await launchChromium({ camera: clip.camera, microphone: clip.microphone, autoplay: true, bypassCSP: true });
    await chromium.context.addInitScript({ path: PROBE });
    await chromium.context.addInitScript({ path: PICTURE });
    firefox = await launchFirefox();
});

after(async () => {
    await firefox?.close();
    await chromium?.close();
    tap?.close();
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

async function say(page, text) {
    const message = page.getByRole('textbox', { name: 'Message' });
    await message.fill(text);
    await page.getByRole('button', { name: 'Send' }).click();
}

const chatText = (page) => page.getByRole('region', { name: 'Chat' }).innerText();

/** innerText of the chat, through shadow roots, in a puppeteer page. */
const firefoxChat = (page) =>
    page.evaluate(() => {
        const text = (node) =>
            node.nodeType === Node.TEXT_NODE
                ? node.textContent
                : [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes]
                      .filter((n) => n.nodeName !== 'STYLE')
                      .map(text)
                      .join(' ');
        return text(document.querySelector('tabcast-chat'));
    });

test('a show from one tab to two browsers, recorded and replayed', { timeout: 240000 }, async (t) => {
    const { context } = chromium;
    const studio = await context.newPage();
    const studioErrors = collectErrors(studio);
    const showUrl = await goLive(studio, tap.url, 'First light');
    const id = showUrl.split('/').pop();
    const viewer = await context.newPage();
    const viewerErrors = collectErrors(viewer);
    await watch(viewer, showUrl.replace(tap.url, relay.url));
    const fox = await firefox.browser.newPage();
    await fox.evaluateOnNewDocument(await readFile(PICTURE, 'utf8'));
    await fox.goto(`${relay.url}/show/${id}`);

    await t.test('each picture and each beep arrives in Chromium', async () => {
        await viewer.evaluate(() => window.__probe.watch('video, canvas', document.querySelector('tabcast-player').shadowRoot));
        await until(() => viewer.evaluate(() => window.__probe.heard.length >= 10), 'ten beeps', 40000);
        const source = await studio.evaluate(() => window.__probe);
        const sink = await viewer.evaluate(() => window.__probe);
        const pictures = joinPictures(source.captured, sink.shown, clip.seconds * 1000);
        const beeps = joinBeeps(source.spoken, sink.heard);
        const latencies = pictures.map((p) => p.latency);
        const offset = quantile(soundAgainstPicture(beeps, pictures), 0.5);
        t.diagnostic(`picture p50 ${quantile(latencies, 0.5).toFixed(0)} ms, p95 ${quantile(latencies, 0.95).toFixed(0)} ms, ${pictures.length} pictures; sound against picture ${offset.toFixed(0)} ms over ${beeps.length} beeps`);
        assert.ok(pictures.length >= 30, `only ${pictures.length} pictures were identified`);
        assert.ok(beeps.length >= 8, `only ${beeps.length} beeps were heard`);
        assert.equal(sink.unreadable, 0, 'pictures whose counter cannot be read');
        assert.ok(quantile(latencies, 0.5) < 2000, 'the picture is seconds behind');
        assert.ok(Math.abs(offset) < 250, `sound is ${offset} ms from the picture`);
    });

    await t.test('Firefox shows numbered pictures', async () => {
        await until(() => fox.evaluate(() => document.querySelector('tabcast-player')?.stats?.framesDecoded > 30), 'pictures in Firefox', 40000);
        const counters = await fox.evaluate(() => window.__picture.counters(4000));
        t.diagnostic(`Firefox: ${counters.length} different pictures in 4 s`);
        assert.ok(counters.length >= 20, `only ${counters.length} different pictures in 4 s`);
        assert.ok(counters.every((c) => c < clip.frames), `a counter that the camera never had: ${counters}`);
    });

    await t.test('chat goes between three tabs, stays text, and has a history', async () => {
        await say(viewer, 'hello from the second tab');
        await say(studio, '<img src=x onerror="window.__hit=1"><script>window.__hit=1</script>');
        await until(async () => (await firefoxChat(fox)).includes('hello from the second tab'), 'the line in Firefox');
        await until(async () => (await chatText(studio)).includes('hello from the second tab'), 'the line in the studio');
        await until(async () => (await chatText(viewer)).includes('<script>window.__hit=1</script>'), 'script as text');
        const late = await context.newPage();
        await late.goto(`${relay.url}/show/${id}`);
        await until(async () => (await chatText(late)).includes('hello from the second tab'), 'the history for the fourth');
        for (const page of [viewer, studio, late]) assert.equal(await page.evaluate(() => window.__hit), undefined);
        assert.equal(await fox.evaluate(() => window.__hit), undefined);

        const otherStudio = await context.newPage();
        const otherUrl = await goLive(otherStudio, relay.url, 'The other room');
        const otherViewer = await context.newPage();
        await otherViewer.goto(otherUrl);
        await say(otherViewer, 'only for the other room');
        await until(async () => (await chatText(otherStudio)).includes('only for the other room'), 'the other room\'s line');
        for (const page of [viewer, studio, late]) assert.ok(!(await chatText(page)).includes('only for the other room'));
        assert.ok(!(await chatText(otherViewer)).includes('hello from the second tab'));
        await endShow(otherStudio);
        for (const page of [late, otherViewer, otherStudio]) await page.close();
    });

    await t.test('the running show plays over plain HTTP', async () => {
        const abort = new AbortController();
        const answer = await fetch(`${relay.url}/live/${id}.webm`, { signal: abort.signal });
        assert.equal(answer.status, 200);
        assert.match(answer.headers.get('content-type'), /^video\/webm/);
        const parts = [];
        let length = 0;
        for await (const part of answer.body) {
            parts.push(part);
            length += part.length;
            if (length > 700000) break;
        }
        abort.abort();
        const file = path.join(folder, 'live.webm');
        await writeFile(file, Buffer.concat(parts));
        assert.deepEqual((await describe(file)).codecs.sort(), ['opus', 'vp8']);
    });

    await t.test('the recording is what the tab sent, valid, with cues in front', async () => {
        // While the show lasts; behind its end the page asks for the replay until it is there, which browsers log as 404.
        assert.deepEqual(viewerErrors, [], 'errors in the viewer\'s console');
        await endShow(studio);
        const replay = await until(async () => {
            const r = await fetch(`${relay.url}/api/v1/replays/${id}`);
            return r.ok && r.json();
        }, 'the replay');
        const file = path.join(folder, 'replay.webm');
        const body = Buffer.from(await (await fetch(`${relay.url}${replay.mediaUrl}`)).arrayBuffer());
        await writeFile(file, body);
        assert.deepEqual(await mediaconchVerdicts(file), ['pass!', 'pass!']);
        assert.equal(await ffprobeComplaints(file), '');
        assert.equal(await decodeComplaints(file), '');
        const cues = body.indexOf(Buffer.from([0x1c, 0x53, 0xbb, 0x6b]), 0);
        const cluster = body.indexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75]), 0);
        assert.ok(cues > 0, 'there are Cues');
        const headIds = body.subarray(0, cluster).lastIndexOf(Buffer.from([0x1c, 0x53, 0xbb, 0x6b]));
        assert.ok(headIds > 0, 'the Cues stand in front of the first Cluster');

        const sent = tap.connections.flatMap((c) => clientMessages(c)).filter((m) => m.binary)
            .map((m) => messagePacket(m.body)).filter((p) => p && p.rendition === 0);
        const kept = await filePackets(file);
        for (const track of [1, 2]) {
            const sentHere = sent.filter((p) => p.track === track);
            const keptHere = kept.filter((p) => p.track === track);
            const first = sentHere.findIndex((p) => p.hash === keptHere[0].hash && Math.abs(p.pts - keptHere[0].pts) <= 10);
            assert.ok(first >= 0 && first < 60, `track ${track}: the recording begins ${first} packets late`);
            assert.deepEqual(keptHere.map((p) => p.hash), sentHere.slice(first).map((p) => p.hash), `track ${track}: packets differ`);
        }
        const cut = (await describe(file)).durationMs;
        t.diagnostic(`recording: ${kept.length} packets, ${cut} ms, ${body.length} bytes`);
    });

    await t.test('the replay page plays and seeks to the right picture', async () => {
        const page = await context.newPage();
        await page.goto(`${relay.url}/replay/${id}`);
        await page.waitForFunction(() => document.querySelector('tabcast-player')?.duration > 5, null, { timeout: 20000 });
        const shown = await page.evaluate(async () => {
            const player = document.querySelector('tabcast-player');
            player.muted = true;
            await player.play();
            await new Promise((r) => setTimeout(r, 1500));
            player.pause();
            const seeked = new Promise((r) => player.addEventListener('seeked', r, { once: true }));
            player.currentTime = 6.5;
            await seeked;
            await new Promise((r) => setTimeout(r, 500));
            return { time: player.currentTime, ended: player.ended, error: player.error?.message ?? null };
        });
        assert.equal(shown.error, null);
        assert.ok(Math.abs(shown.time - 6.5) < 0.05, `currentTime is ${shown.time} after a seek to 6.5`);
        const counter = await page.evaluate(() => window.__picture.counter());
        const expected = await pictureAt(path.join(folder, 'replay.webm'), 6.5);
        assert.equal(counter, expected, 'the seek shows the newest picture not later than the asked time');
        await page.close();
    });

    assert.deepEqual(studioErrors, [], 'errors in the studio\'s console');
});

/** The counter of the newest picture at or before `seconds`, by ffmpeg. */
async function pictureAt(file, seconds) {
    const { execFileSync } = await import('node:child_process');
    const { readCounter, CELLS } = await import('../media/barcode.mjs');
    const raw = execFileSync('ffmpeg', ['-v', 'error', '-copyts', '-i', file, '-an', '-vf',
        `trim=end=${seconds + 0.001},crop=iw:2:0:ih/30,format=gray`, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-'],
    { maxBuffer: 1 << 30 });
    const { width } = await describe(file);
    const last = raw.subarray(raw.length - width * 2);
    return readCounter(Array.from({ length: CELLS }, (_, i) => last[Math.floor(((i + 0.5) * width) / CELLS)]));
}
