#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// A creator without a browser: makes a show and streams a clip into it on and on, with the studio's own encoder and
// wire. ./run.sh --demo starts it; tests use it as a publisher that tells what it sent.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadEncoderModule, warmUpEncoder } from '../web/codec/encoder-module.js';
import { Broadcast } from './broadcast.mjs';
import { ClipSource } from './clip-source.mjs';
import { demoClip } from './demo-clip.mjs';
import { SentLog } from './sent-log.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const USAGE = `node demo/creator.mjs [options]

  --url URL        the relay (default http://localhost:8080)
  --title TEXT     the show's title (default "Demo: the curtain never falls")
  --show ID --key KEY   go live in this show instead of making one
  --clip FILE      anything ffmpeg reads, over and over (default: a clip of our own, made once)
  --sound FILE     take the sound from this file
  --width N --height N --fps N   the picture (default 1280 720 30); the clip is fitted in
  --bitrate BPS    of the picture (default 2000000)
  --cpu-used N     -16 (fastest) to -1 (default -8)
  --seconds N      end the show after so long (default: never)
  --greeting TEXT  said in chat at the beginning; empty for none
  --json FILE      what was sent, a line of JSON per packet, and a summary
  --wasm FILE      the encoder (default build/wasm/encoder.wasm)
`;

const OPTIONS = {
    url: { type: 'string', default: 'http://localhost:8080' },
    title: { type: 'string', default: 'Demo: the curtain never falls' },
    show: { type: 'string' },
    key: { type: 'string' },
    clip: { type: 'string' },
    sound: { type: 'string' },
    width: { type: 'string', default: '1280' },
    height: { type: 'string', default: '720' },
    fps: { type: 'string', default: '30' },
    bitrate: { type: 'string', default: '2000000' },
    'cpu-used': { type: 'string', default: '-8' },
    seconds: { type: 'string', default: '0' },
    greeting: { type: 'string', default: 'Hello! This is a demo: a clip, encoded and sent like any show. Say something.' },
    json: { type: 'string' },
    wasm: { type: 'string', default: path.join(ROOT, 'build/wasm/encoder.wasm') },
    help: { type: 'boolean', default: false },
};
const SOURCE_TIMEOUT_MS = 20_000;

const say = (line) => console.log(`demo: ${line}`);

class UsageError extends Error {}

function readOptions() {
    let values;
    try {
        // parseArgs takes "-8", and a key that begins with a dash, for an option; "--cpu-used=-8" is what it understands.
        const isDashed = (arg) => arg === '--cpu-used' || arg === '--key';
        const args = process.argv.slice(2).flatMap((arg, i, all) => (isDashed(all[i - 1]) ? [] : isDashed(arg) ? [`${arg}=${all[i + 1]}`] : [arg]));
        values = parseArgs({ args, options: OPTIONS }).values;
    } catch (error) {
        throw new UsageError(error.message);
    }
    const number = (name, low, high) => {
        const value = Number(values[name]);
        if (!(value >= low && value <= high)) throw new UsageError(`--${name} is from ${low} to ${high}, not ${values[name]}`);
        return value;
    };
    const video = {
        width: number('width', 16, 4096),
        height: number('height', 16, 4096),
        fps: number('fps', 1, 60),
        bitrateBps: number('bitrate', 30_000, 20_000_000),
        cpuUsed: number('cpu-used', -16, -1),
    };
    if (Boolean(values.show) !== Boolean(values.key)) throw new UsageError('--show and --key belong together');
    return { ...values, video, seconds: number('seconds', 0, 1e6) };
}

/** Makes a show through the API, as the studio does. */
async function createShow(url, title) {
    const answer = await fetch(new URL('/api/v1/shows', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ title, description: 'A clip on and on, to see that everything works.' }),
    });
    if (answer.status !== 201) throw new Error(`the relay makes no show: ${answer.status} ${await answer.text()}`);
    return answer.json();
}

async function whenReady(source, failed) {
    const deadline = Date.now() + SOURCE_TIMEOUT_MS;
    while (!source.isReady) {
        if (failed.error) throw failed.error;
        if (Date.now() > deadline) throw new Error('the clip gives no picture or no sound');
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
}

async function main() {
    const options = readOptions();
    if (options.help) {
        console.log(USAGE);
        return;
    }
    const onMaking = () => say('making its clip, this once; some seconds');
    const clip = options.clip ?? (await demoClip(path.join(ROOT, 'build/demo'), onMaking));
    const module = await loadEncoderModule({ wasmBytes: await readFile(options.wasm) });
    warmUpEncoder(module, { ...options.video, framesPerSecond: options.video.fps });

    const failed = { error: null };
    let stop = () => {};
    const onFailure = (error) => {
        failed.error = error;
        stop();
    };
    const source = new ClipSource({ clip, sound: options.sound, ...options.video, hasClock: !options.clip, onFailure });
    const log = options.json ? new SentLog(options.json) : undefined;
    try {
        await whenReady(source, failed);
        const show = options.show ? { id: options.show, key: options.key } : await createShow(options.url, options.title);
        const broadcast = new Broadcast({ ...options, module, source, show, name: 'Demo', log, say });
        let isStopping = false;
        stop = () => {
            isStopping = true;
            broadcast.end();
        };
        for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);
        const timer = options.seconds > 0 ? setTimeout(stop, options.seconds * 1000) : undefined;

        const reason = await broadcast.run();
        clearTimeout(timer);
        const { stats } = broadcast;
        const summary = { show: show.id, ...stats, encodeMs: stats.encodeMs / Math.max(1, stats.pictures + stats.picturesDropped), reason };
        await log?.close(summary);
        say(`over: ${stats.pictures} pictures, ${stats.sounds} sounds, ${(stats.bytes / 1e6).toFixed(1)} MB, ${summary.encodeMs.toFixed(1)} ms per picture`);
        if (failed.error) throw failed.error;
        if (!isStopping && reason.code !== 1000) throw new Error(reason.message);
    } finally {
        source.close();
        module.close();
    }
}

try {
    await main();
} catch (error) {
    console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : `demo: ${error.message}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
}
