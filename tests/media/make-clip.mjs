// SPDX-License-Identifier: MIT
// Makes the tests' camera and microphone: camera.y4m (I420, frame counter on top, a flash each second) and
// microphone.wav (48 kHz stereo, a 3 kHz beep of 60 ms each second, in step with the flash).
//   node make-clip.mjs --out DIR [--source FILM] [--width 1280] [--height 720] [--fps 30] [--seconds 10]
// Without --source: a moving texture with noise, and speech by espeak-ng.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { drawCounter } from './barcode.mjs';

const SAMPLE_RATE = 48000;
const BEEP_HZ = 3000;
const BEEP_SECONDS = 0.06;

function run(command, args, input) {
    const r = spawnSync(command, args, { input, maxBuffer: 1 << 30 });
    if (r.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${r.stderr}`);
    return r.stdout;
}

/** @returns {Int16Array} interleaved stereo */
function makeSound(options) {
    const frames = options.seconds * SAMPLE_RATE;
    let raw;
    if (options.source) {
        raw = run('ffmpeg', ['-v', 'error', '-stream_loop', '-1', '-i', options.source, '-t', String(options.seconds),
            '-vn', '-ac', '2', '-ar', String(SAMPLE_RATE), '-f', 's16le', '-']);
    } else {
        const wav = path.join(options.out, 'speech.wav');
        run('espeak-ng', ['-w', wav, '-s', '150',
            'Welcome to the show. This voice was made by a machine, for a test of picture and sound. ' +
            'One, two, three, four, five, six, seven, eight, nine, ten. Thank you for watching, and good night.']);
        raw = run('ffmpeg', ['-v', 'error', '-stream_loop', '-1', '-i', wav, '-t', String(options.seconds),
            '-ac', '2', '-ar', String(SAMPLE_RATE), '-f', 's16le', '-']);
        rmSync(wav);
    }
    const out = new Int16Array(frames * 2);
    for (let i = 0; i < frames * 2 && i * 2 + 1 < raw.length; i++) out[i] = raw.readInt16LE(i * 2) * 0.35;
    for (let s = 0; s < options.seconds; s++) {
        for (let i = 0; i < BEEP_SECONDS * SAMPLE_RATE; i++) {
            const v = 14000 * Math.sin((2 * Math.PI * BEEP_HZ * i) / SAMPLE_RATE);
            const at = (s * SAMPLE_RATE + i) * 2;
            for (const c of [0, 1]) out[at + c] = Math.max(-32768, Math.min(32767, out[at + c] * 0.3 + v));
        }
    }
    return out;
}

function wavFile(samples) {
    const head = Buffer.alloc(44);
    const bytes = samples.length * 2;
    head.write('RIFF', 0);
    head.writeUInt32LE(36 + bytes, 4);
    head.write('WAVEfmt ', 8);
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20);
    head.writeUInt16LE(2, 22);
    head.writeUInt32LE(SAMPLE_RATE, 24);
    head.writeUInt32LE(SAMPLE_RATE * 4, 28);
    head.writeUInt16LE(4, 32);
    head.writeUInt16LE(16, 34);
    head.write('data', 36);
    head.writeUInt32LE(bytes, 40);
    return Buffer.concat([head, Buffer.from(samples.buffer, samples.byteOffset, bytes)]);
}

/** A white square at the lower right for the first two frames of each second. */
function drawFlash(picture, width, height) {
    const side = Math.floor(height / 6) & ~1;
    for (let y = height - side; y < height; y++) picture.fill(235, y * width + width - side, (y + 1) * width);
    const chroma = [width * height, width * height + (width >> 1) * (height >> 1)];
    for (const plane of chroma) {
        for (let y = (height - side) >> 1; y < height >> 1; y++) {
            picture.fill(128, plane + y * (width >> 1) + ((width - side) >> 1), plane + (y + 1) * (width >> 1));
        }
    }
}

async function makePicture(options, file) {
    const { width, height, fps, seconds } = options;
    const size = `${width}x${height}`;
    const input = options.source
        ? ['-stream_loop', '-1', '-i', options.source, '-an', '-vf',
            `scale=${width}:${height}:force_original_aspect_ratio=increase,crop=${width}:${height},fps=${fps}`]
        : ['-f', 'lavfi', '-i', `mandelbrot=size=${size}:rate=${fps}`, '-vf', 'noise=alls=6:allf=t,hue=H=t'];
    const ffmpeg = spawn('ffmpeg', ['-v', 'error', ...input, '-t', String(seconds + 1), '-pix_fmt', 'yuv420p', '-f', 'rawvideo', '-'],
        { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(ffmpeg, 'exit');
    const out = createWriteStream(file);
    out.write(`YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A1:1 C420jpeg\n`);
    const frameLength = (width * height * 3) / 2;
    let picture = Buffer.alloc(frameLength);
    let filled = 0;
    let count = 0;
    for await (const chunk of ffmpeg.stdout) {
        for (let at = 0; at < chunk.length && count < fps * seconds; ) {
            const n = Math.min(chunk.length - at, frameLength - filled);
            chunk.copy(picture, filled, at, at + n);
            filled += n;
            at += n;
            if (filled < frameLength) continue;
            drawCounter(picture, width, height, count);
            if (count % fps < 2) drawFlash(picture, width, height);
            out.write('FRAME\n');
            if (!out.write(picture)) await once(out, 'drain');
            picture = Buffer.alloc(frameLength);
            filled = 0;
            count++;
        }
    }
    await ended;
    out.end();
    await once(out, 'finish');
    if (count !== fps * seconds) throw new Error(`${options.source ?? 'lavfi'} gave ${count} of ${fps * seconds} pictures`);
}

/**
 * @param {{out: string, source?: string, width?: number, height?: number, fps?: number, seconds?: number}} o
 * @returns {Promise<{camera: string, microphone: string, frames: number, fps: number, seconds: number}>}
 */
export async function makeClip(o) {
    const options = { width: 1280, height: 720, fps: 30, seconds: 10, ...o };
    mkdirSync(options.out, { recursive: true });
    const camera = path.join(options.out, 'camera.y4m');
    const microphone = path.join(options.out, 'microphone.wav');
    writeFileSync(microphone, wavFile(makeSound(options)));
    await makePicture(options, `${camera}.part`);
    renameSync(`${camera}.part`, camera);
    return { camera, microphone, frames: options.fps * options.seconds, fps: options.fps, seconds: options.seconds };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
    const options = {};
    for (let i = 2; i < process.argv.length; i += 2) {
        const name = process.argv[i].replace(/^--/, '');
        const value = process.argv[i + 1];
        options[name] = ['width', 'height', 'fps', 'seconds'].includes(name) ? Number(value) : value;
    }
    if (!options.out) {
        console.error('usage: make-clip.mjs --out DIR [--source FILM] [--width W] [--height H] [--fps N] [--seconds N]');
        process.exit(2);
    }
    console.log(JSON.stringify(await makeClip(options)));
}
