// SPDX-License-Identifier: MIT
// Known colours through every way a picture can take to the screen: <video>, 2D canvas, WebGL, and our own conversion for browsers
// without VideoFrame. One matrix (BT.601, limited range), whatever the browser would guess. The modules run unbundled here.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launchChromium, launchFirefox } from './lib/browsers.mjs';
import { projectRoot } from './lib/relay.mjs';

/** Name, Y, Cb, Cr. */
const COLOURS = [
    ['black', 16, 128, 128], ['white', 235, 128, 128], ['grey', 126, 128, 128], ['red', 81, 90, 240], ['green', 145, 54, 34], ['blue', 41, 240, 110],
    ['skin', 165, 110, 152], ['sky', 150, 160, 100],
];
const TOLERANCE = 5;

function expected([, y, cb, cr]) {
    const luma = 1.164384 * (y - 16);
    return [luma + 1.596027 * (cr - 128), luma - 0.391762 * (cb - 128) - 0.812968 * (cr - 128), luma + 2.017232 * (cb - 128)].map((v) =>
        Math.round(Math.max(0, Math.min(255, v))));
}

let server, url, chromium, firefox;

before(async () => {
    server = http.createServer(async (request, answer) => {
        const name = new URL(request.url, 'http://x').pathname;
        try {
            if (name === '/') answer.setHeader('content-type', 'text/html').end('<!doctype html><meta charset=utf-8><title>colours</title><body></body>');
            else if (!/^\/(watch|codec|wire)\/[a-z0-9-]+\.js$/.test(name)) answer.writeHead(404).end();
            else answer.setHeader('content-type', 'text/javascript').end(await readFile(path.join(projectRoot, 'web', name)));
        } catch {
            answer.writeHead(404).end();
        }
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${server.address().port}/`;
    chromium = await launchChromium();
    firefox = await launchFirefox();
});

after(async () => {
    await firefox?.close();
    await chromium?.close();
    server?.close();
});

/** In the page: each colour through each sink; {sink: [[r, g, b], …]}, or {sink: reason} where this browser lacks it. */
const look = async (colours) => {
    const { convertToRgba } = await import('/watch/yuv-to-rgba.js');
    const { GeneratorSink, videoFrameOf } = await import('/watch/video-sink-generator.js');
    const { Painter2d, PainterGl } = await import('/watch/picture-painter.js');
    const { VideoSurface } = await import('/watch/video-surface.js');
    const SIZE = 64;
    let timestampUs = 0;
    const decoded = ([, y, cb, cr]) => {
        const buffer = new Uint8Array(SIZE * SIZE * 1.5).fill(y, 0, SIZE * SIZE).fill(cb, SIZE * SIZE, SIZE * SIZE * 1.25).fill(cr, SIZE * SIZE * 1.25);
        const layout = [{ offset: 0, stride: SIZE }, { offset: SIZE * SIZE, stride: SIZE / 2 }, { offset: SIZE * SIZE * 1.25, stride: SIZE / 2 }];
        return { timestampUs: (timestampUs += 33_333), width: SIZE, height: SIZE, format: 'I420', buffer, layout };
    };
    const reader = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const middleOf = (source) => {
        reader.drawImage(source, 0, 0, 64, 64);
        return [...reader.getImageData(32, 32, 1, 1).data.slice(0, 3)];
    };
    const painted = (painter) => colours.map((colour) => {
        const frame = videoFrameOf(decoded(colour));
        painter.paint(frame);
        frame.close();
        return middleOf(painter.canvas);
    });
    const attempt = async (work) => {
        try {
            return await work();
        } catch (error) {
            return String(error);
        }
    };
    const throughVideo = async () => {
        let isReady = false;
        /** @type {GeneratorSink|undefined} */ let out;
        const surface = new VideoSurface(document.body, {
            seen() {},
            ready() {
                isReady = true;
                out?.open();
            },
        });
        const { sink } = surface.takeSink();
        if (sink.kind !== 'generator') throw new Error('no generator');
        out = new GeneratorSink(sink.writable);
        if (isReady) throw new Error('the <video> was ready before the page had a task of its own: nothing is shown by this');
        const video = document.querySelector('video');
        const seen = [];
        // One alone, before the <video> is connected to its track: the first picture of a show, when the page is busy.
        out.show(out.take(decoded(colours[0])));
        await Promise.race([
            new Promise((resolve) => video.requestVideoFrameCallback(resolve)),
            new Promise((_, reject) => setTimeout(() => reject(new Error('the first picture was lost')), 5000)),
        ]);
        for (const colour of colours) {
            // As a show does: picture after picture, of which the third that comes to the screen is surely of this colour.
            const beat = setInterval(() => out.show(out.take(decoded(colour))), 40);
            for (let i = 0; i < 3; i++) await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
            clearInterval(beat);
            seen.push(middleOf(video));
        }
        out.close();
        surface.close();
        return seen;
    };
    return {
        pixels: colours.map((colour) => [...new Uint8ClampedArray(convertToRgba(decoded(colour))).slice(0, 3)]),
        '2d': await attempt(() => painted(new Painter2d(document.createElement('canvas')))),
        webgl: await attempt(() => painted(new PainterGl(document.createElement('canvas'), { isSoftwareAllowed: true }))),
        refusesSoftware: await attempt(() => new PainterGl(document.createElement('canvas')).kind),
        video: await attempt(throughVideo),
    };
};

function assertColours(found, sinks) {
    for (const sink of sinks) {
        assert.ok(Array.isArray(found[sink]), `${sink}: ${found[sink]}`);
        COLOURS.forEach((colour, i) => {
            const wanted = expected(colour);
            const worst = Math.max(...wanted.map((v, c) => Math.abs(v - found[sink][i][c])));
            assert.ok(worst <= TOLERANCE, `${sink}, ${colour[0]}: ${found[sink][i]} instead of ${wanted}`);
        });
    }
}

test('Chromium: colours are right through <video>, 2D, WebGL and our own conversion', { timeout: 120_000 }, async (t) => {
    const page = await chromium.context.newPage();
    t.after(() => page.close());
    await page.goto(url);
    const found = await page.evaluate(look, COLOURS);
    assertColours(found, ['pixels', '2d', 'webgl', 'video']);
    assert.match(found.refusesSoftware, /without a graphics card/, 'a processor that plays graphics card is not used by itself');
});

test('Firefox: colours are right on the canvas', { timeout: 120_000 }, async (t) => {
    const page = await firefox.browser.newPage();
    t.after(() => page.close());
    await page.goto(url);
    const found = await page.evaluate(look, COLOURS);
    assertColours(found, Array.isArray(found.webgl) ? ['pixels', '2d', 'webgl'] : ['pixels', '2d']);
    assert.match(found.video, /no generator/);
});
