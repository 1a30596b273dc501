// SPDX-License-Identifier: MIT
// The codec modules in real browsers, in a module worker under the relay's own CSP, from the sources without a bundler:
// streaming compilation, frames in and out through VideoFrame, threads.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { launchChromium, launchFirefox } from './lib/browsers.mjs';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const WASM_DIR = process.env.TABCAST_WASM_DIR ?? path.join(ROOT, 'build', 'wasm');
const HEADERS = {
    'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
};
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html' };

const PAGE = '<!doctype html><title>codec</title><script type="module" src="/page.js"></script>';
const PAGE_JS = `
const worker = new Worker('/worker.js', { type: 'module' });
globalThis.result = new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => resolve({ error: event.message ?? 'worker does not start' });
});`;
const WORKER_JS = `
import { AudioEncoder, VideoEncoder, initMessage, loadEncoderModule, warmUpEncoder } from '/web/codec/encoder-module.js';
import { AudioDecoder, Demuxer, VideoDecoder, loadPlayerModule } from '/web/codec/player-module.js';

let streamed = 0;
const { compileStreaming } = WebAssembly;
WebAssembly.compileStreaming = (source) => { streamed++; return compileStreaming.call(WebAssembly, source); };
const WIDTH = 640, HEIGHT = 360;

async function show(threads) {
    const encoder = await loadEncoderModule({ threads });
    const player = await loadPlayerModule();
    const options = { width: WIDTH, height: HEIGHT, framesPerSecond: 30, bitrateBps: 1e6, threads };
    warmUpEncoder(encoder, options);
    const video = new VideoEncoder(encoder, options);
    const audio = new AudioEncoder(encoder, { channels: 2, bitrateBps: 96000, application: 'music' });
    const demuxer = new Demuxer(player);
    const decoder = new VideoDecoder(player);
    let sounds;
    const out = { threads, pictures: 0, packets: 0, late: 0, red: null, size: null };
    const feed = (message) => {
        // as it goes over a socket: a plain buffer of its own
        const { data } = new MessageEvent('message', { data: structuredClone(message.buffer) });
        demuxer.push(new Uint8Array(data, 16));
    };
    feed(initMessage(encoder, { video, audio }));
    const pen = new OffscreenCanvas(1000, 500).getContext('2d');
    for (let i = 0; i < 12; i++) {
        pen.fillStyle = 'rgb(255,0,0)';
        pen.fillRect(0, 0, 1000, 500);
        pen.fillStyle = 'white';
        pen.fillRect(i * 20, 0, 40, 40);
        const frame = new VideoFrame(pen.canvas, { timestamp: i * 33333 });
        const { width, height } = frame.visibleRect;
        const source = video.source(frame.format, width, height);
        await frame.copyTo(source.buffer, { layout: source.layout });
        frame.close();
        video.convertSource();
        const message = video.encode({ timestampUs: i * 33333 });
        if (!message) continue;
        feed(message);
        const packet = demuxer.next();
        if (!packet) { out.late++; continue; }
        const picture = decoder.decode(packet);
        const shown = new VideoFrame(picture.buffer, { format: picture.format, codedWidth: picture.width, codedHeight: picture.height,
            layout: picture.layout, timestamp: picture.timestampUs });
        const copy = new Uint8Array(shown.allocationSize());
        await shown.copyTo(copy);
        out.size = [shown.codedWidth, shown.codedHeight];
        const at = (WIDTH * HEIGHT / 2) + WIDTH / 2, chroma = WIDTH * HEIGHT + (WIDTH / 2) * (HEIGHT / 4) + WIDTH / 4;
        out.red = [copy[at], copy[chroma], copy[chroma + WIDTH * HEIGHT / 4]];
        shown.close();
        out.pictures++;
        feed(audio.encode({ timestampUs: i * 20000 }));
        const sound = demuxer.next();
        sounds ??= new AudioDecoder(player, demuxer.tracks.audio);
        out.packets += sounds.decode(sound).frames > 0;
    }
    for (const each of [video, audio, demuxer, decoder, sounds]) each.close();
    encoder.close();
    return out;
}

try {
    const shows = [await show(1)];
    // Firefox's new Worker inside a worker now and then never returns: the studio has no threads there.
    if (self.crossOriginIsolated && !navigator.userAgent.includes('Firefox/')) shows.push(await show(2));
    self.postMessage({ shows, streamed });
} catch (error) {
    self.postMessage({ error: String(error.stack ?? error) });
}`;

let server;
let origin;
before(async () => {
    const made = { '/': ['.html', PAGE], '/page.js': ['.js', PAGE_JS], '/worker.js': ['.js', WORKER_JS] };
    server = createServer(async (request, response) => {
        const { pathname } = new URL(request.url, 'http://localhost');
        try {
            const name = path.normalize(pathname);
            const file = name.startsWith('/build/wasm/') ? path.join(WASM_DIR, path.basename(name)) : path.join(ROOT, name);
            if (!made[pathname] && !/^\/(web\/codec|build\/wasm)\//.test(name)) throw new Error('not served');
            const [type, body] = made[pathname] ?? [path.extname(name), await readFile(file)];
            response.writeHead(200, { ...HEADERS, 'Content-Type': TYPES[type] }).end(body);
        } catch {
            response.writeHead(404, HEADERS).end();
        }
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${server.address().port}/`;
});
after(() => server.close());

function check({ error, shows, streamed }, threads) {
    assert.equal(error, undefined);
    assert.equal(shows.length, threads, 'the page is not cross-origin isolated');
    for (const [i, show] of shows.entries()) {
        assert.deepEqual([show.threads, show.pictures, show.packets, show.late], [i + 1, 12, 12, 0]);
        assert.deepEqual(show.size, [640, 360]);
        [82, 90, 240].forEach((wanted, plane) => assert.ok(Math.abs(show.red[plane] - wanted) <= 4, `red is ${show.red}`));
    }
    assert.equal(streamed, 2 * threads); // encoder, player, encoder-threads, player: none compiled from a whole buffer
}

test('Chromium encodes and decodes in a worker, with and without threads', { timeout: 120000 }, async () => {
    const { context, close } = await launchChromium();
    try {
        const page = await context.newPage();
        await page.goto(origin);
        check(await page.evaluate(() => globalThis.result), 2);
    } finally {
        await close();
    }
});

test('Firefox encodes and decodes in a worker, on one thread', { timeout: 120000 }, async () => {
    const { browser, close } = await launchFirefox();
    try {
        const page = await browser.newPage();
        await page.goto(origin);
        check(await page.evaluate(() => globalThis.result), 1);
    } finally {
        await close();
    }
});
