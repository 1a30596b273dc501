// SPDX-License-Identifier: MIT
// The browser's own WebCodecs (headless Chromium, no GPU) doing the codec tool's work: the same input and bitrate, and the
// CPU time of all the browser's processes, less what the browser takes while it does nothing. Pictures go in as fast
// as they come out, never more than two at a time.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { launchChromium } from '../../e2e/lib/browsers.mjs';
import { treeCpuSeconds } from '../cpu/process-cpu.mjs';

const IDLE_MS = 1000;
/** Ticks of 10 ms are coarse for a decoder: it decodes the film so many times. */
const DECODE_TIMES = 4;

/** Runs in the page. */
function pageScript() {
    const until = async (coder, room) => {
        while (coder.encodeQueueSize >= room || coder.decodeQueueSize >= room) await new Promise((resolve) => coder.addEventListener('dequeue', resolve, { once: true }));
    };
    let coder;
    let input;
    let bytes = 0;
    let pictures = 0;
    const error = (e) => { throw e; };
    window.openEncoder = async ({ width, height, bitrate }) => {
        input = new Uint8Array(await (await fetch('/input')).arrayBuffer());
        const size = width * height * 1.5;
        coder = new VideoEncoder({ output: (chunk) => { bytes += chunk.byteLength; pictures++; }, error });
        coder.configure({ codec: 'vp8', width, height, bitrate: bitrate * 1000, bitrateMode: 'constant', framerate: 30, latencyMode: 'realtime' });
        window.code = async (from, to) => {
            const start = performance.now();
            for (let i = from; i < to; i++) {
                await until(coder, 2);
                const at = (i * size) % input.length;
                const frame = new VideoFrame(input.subarray(at, at + size), { format: 'I420', codedWidth: width, codedHeight: height, timestamp: (i * 1e6) / 30 });
                coder.encode(frame, { keyFrame: i % 90 === 0 });
                frame.close();
            }
            await coder.flush();
            return { wallMs: performance.now() - start, bytes, pictures };
        };
    };
    window.openDecoder = async () => {
        const film = new Uint8Array(await (await fetch('/input')).arrayBuffer());
        const view = new DataView(film.buffer);
        const frames = [];
        for (let at = view.getUint16(6, true); at < film.length; at += 12 + view.getUint32(at, true)) frames.push(film.subarray(at + 12, at + 12 + view.getUint32(at, true)));
        coder = new VideoDecoder({ output: (frame) => { pictures++; frame.close(); }, error });
        coder.configure({ codec: 'vp8', optimizeForLatency: true });
        window.code = async (from, to) => {
            const start = performance.now();
            for (let i = from; i < to; i++) {
                await until(coder, 2);
                const data = frames[i % frames.length];
                coder.decode(new EncodedVideoChunk({ type: data[0] & 1 ? 'delta' : 'key', timestamp: (i * 1e6) / 30, data }));
            }
            await coder.flush();
            return { wallMs: performance.now() - start, bytes, pictures };
        };
        return frames.length;
    };
}

/** Serves one file under /input and an empty page beside it. */
async function serve(input) {
    const server = createServer((request, response) => {
        if (request.url !== '/input') return response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>WebCodecs</title>');
        response.setHeader('Content-Length', statSync(input).size);
        createReadStream(input).pipe(response);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/**
 * The same result as tools.mjs' readResult, without hash.
 * @param {'encode'|'decode'} command
 * @param {{input: string, width?: number, height?: number, frames?: number, warm: number, bitrate?: number}} settings
 */
export async function runWebCodecs(command, { input, width, height, frames = 0, warm, bitrate }) {
    const server = await serve(input);
    const chromium = await launchChromium();
    try {
        const page = await chromium.context.newPage();
        await page.goto(server.url);
        await page.evaluate(`(${pageScript})()`);
        const found = await page.evaluate(`open${command === 'encode' ? 'Encoder' : 'Decoder'}(${JSON.stringify({ width, height, bitrate })})`);
        const film = command === 'encode' ? frames : found;
        const first = command === 'encode' ? warm : film;
        const last = command === 'encode' ? frames : film * (1 + DECODE_TIMES);
        await page.evaluate(`code(0, ${first})`);
        const used = () => treeCpuSeconds(process.pid, { withRoot: false });
        const idleFrom = await used();
        await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
        const from = await used();
        const { wallMs, bytes, pictures } = await page.evaluate(`code(${first}, ${last})`);
        const count = last - first;
        const idle = ((from - idleFrom) / IDLE_MS) * wallMs;
        // Without any result this would be the cost of refusing.
        if (pictures < count / 2) throw new Error(`WebCodecs gave ${pictures} pictures of ${last}`);
        return { lines: [], frames: count, bytes, hash: '0', cpuUs: (((await used()) - from - idle) * 1e6) / count, wallUs: (wallMs * 1000) / count };
    } finally {
        await chromium.close();
        server.close();
    }
}
