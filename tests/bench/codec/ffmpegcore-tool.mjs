// SPDX-License-Identifier: MIT
// @ffmpeg/core (the ffmpeg program for WebAssembly, from npm) doing the codec tool's work: the same command line, nearly the
// same settings, the same last line. One thread, in this process. ffmpeg runs as a whole, so the first pictures are
// coded by a run of their own to warm it up, and the time of the second run is divided by its pictures.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const [command, ...words] = process.argv.slice(2);
const settings = Object.fromEntries(words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
const warm = Number(settings.warm ?? 0);

// Its glue is made for a Worker; given the module's bytes it needs nothing of one but an address.
globalThis.self = { location: { href: 'file:///' } };
const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('@ffmpeg/core'));
const core = await require(join(folder, 'ffmpeg-core.js'))({ wasmBinary: readFileSync(join(folder, 'ffmpeg-core.wasm')) });
let log = '';
core.setLogger(({ message }) => (log += `${message}\n`));

function ffmpeg(args) {
    const cpu = process.cpuUsage();
    const wall = process.hrtime.bigint();
    const status = core.exec('-v', 'error', ...args);
    core.reset();
    if (status !== 0) throw new Error(`ffmpeg ended with ${status}: ${log.slice(-2000)}`);
    const used = process.cpuUsage(cpu);
    return { cpuUs: used.user + used.system, wallUs: Number(process.hrtime.bigint() - wall) / 1000 };
}

/** Puts `count` pictures from `first` on into ffmpeg's file system; the input starts again when it ends. */
function writePictures(name, first, count) {
    const width = Number(settings.width);
    const height = Number(settings.height);
    const size = width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);
    const data = new Uint8Array(size * count);
    const file = openSync(settings.input, 'r');
    for (let i = 0, at = first * size; i < count; i++, at += size) {
        if (readSync(file, data, i * size, size, at) < size) readSync(file, data, i * size, size, (at = 0));
    }
    closeSync(file);
    core.FS.writeFile(name, data);
}

function encode(name, first, count) {
    writePictures(name, first, count);
    const rate = `${settings.bitrate ?? 2000}k`;
    const used = ffmpeg(['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${settings.width}x${settings.height}`, '-r', '30', '-i', name, '-c:v', 'libvpx',
        '-deadline', 'realtime', '-cpu-used', settings['cpu-used'] ?? '-8', '-lag-in-frames', '0', '-error-resilient', 'default', '-b:v', rate, '-minrate', rate,
        '-maxrate', rate, '-bufsize', rate, '-static-thresh', '1', '-g', '90', '-qmin', '2', '-qmax', '56', '-threads', '1', 'out.ivf']);
    core.FS.unlink(name);
    return { ...used, bytes: core.FS.stat('out.ivf').size };
}

/** An IVF file with the first `count` frames of another. */
function cutFilm(film, count) {
    let at = film.readUInt16LE(6);
    for (let i = 0; i < count && at < film.length; i++) at += 12 + film.readUInt32LE(at);
    return film.subarray(0, at);
}

function decode(name, film) {
    core.FS.writeFile(name, film);
    return ffmpeg(['-threads', '1', '-c:v', 'libvpx', '-i', name, '-f', 'null', '-']);
}

let frames;
let used;
if (command === 'encode') {
    frames = Number(settings.frames ?? 60) - warm;
    if (warm > 0) encode('warm.yuv', 0, warm);
    used = encode('in.yuv', warm, frames);
} else {
    const film = readFileSync(settings.input);
    frames = film.readUInt32LE(24) || countFrames(film);
    if (warm > 0) decode('warm.ivf', cutFilm(film, warm));
    used = decode('in.ivf', film);
}

function countFrames(film) {
    let count = 0;
    for (let at = film.readUInt16LE(6); at < film.length; at += 12 + film.readUInt32LE(at)) count++;
    return count;
}

console.log(`frames=${frames} bytes=${used.bytes ?? 0} hash=0 cpu_us_per_frame=${(used.cpuUs / frames).toFixed(0)} wall_us_per_frame=${(used.wallUs / frames).toFixed(0)}`);
