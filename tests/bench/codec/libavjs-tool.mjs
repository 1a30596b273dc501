// SPDX-License-Identifier: MIT
// libav.js (FFmpeg and libvpx for WebAssembly, from npm) doing the codec tool's work: the same command line, the same
// settings as far as FFmpeg passes them on, the same last line. One thread, in this process.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import libavjs from '@libav.js/variant-webm';

const [command, ...words] = process.argv.slice(2);
const settings = Object.fromEntries(words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
const warm = Number(settings.warm ?? 0);
const libav = await libavjs.LibAV({ noworker: true, nothreads: true });

let frames = 0;
let bytes = 0;
let cpuUs = 0;
let wallUs = 0;

/** Counts what one step takes, once warm. */
async function timed(index, step) {
    const cpu = process.cpuUsage();
    const wall = process.hrtime.bigint();
    const result = await step();
    if (index >= warm) {
        const used = process.cpuUsage(cpu);
        cpuUs += used.user + used.system;
        wallUs += Number(process.hrtime.bigint() - wall) / 1000;
        frames++;
    }
    return result;
}

async function encode() {
    const width = Number(settings.width);
    const height = Number(settings.height);
    const rate = Number(settings.bitrate ?? 2000) * 1000;
    const [, context, frame, packet] = await libav.ff_init_encoder('libvpx', {
        ctx: { bit_rate: rate, pix_fmt: libav.AV_PIX_FMT_YUV420P, width, height, framerate_num: 30, framerate_den: 1, gop_size: 90, qmin: 2, qmax: 56 },
        time_base: [1, 30],
        options: { deadline: 'realtime', 'cpu-used': settings['cpu-used'] ?? '-8', 'lag-in-frames': '0', 'error-resilient': 'default', minrate: `${rate}`,
            maxrate: `${rate}`, bufsize: `${rate}`, 'static-thresh': '1', threads: '1' },
    });
    const luma = width * height;
    const chroma = ((width + 1) >> 1) * ((height + 1) >> 1);
    const data = new Uint8Array(luma + 2 * chroma);
    const layout = [{ offset: 0, stride: width }, { offset: luma, stride: (width + 1) >> 1 }, { offset: luma + chroma, stride: (width + 1) >> 1 }];
    const file = openSync(settings.input, 'r');
    let at = 0;
    for (let i = 0; i < Number(settings.frames ?? 60); i++) {
        if (readSync(file, data, 0, data.length, at) < data.length) readSync(file, data, 0, data.length, (at = 0));
        at += data.length;
        const picture = { data, layout, format: libav.AV_PIX_FMT_YUV420P, width, height, pts: i, ptshi: 0 };
        const packets = await timed(i, () => libav.ff_encode_multi(context, frame, packet, [picture]));
        for (const { data: { length } } of packets) bytes += length;
    }
    closeSync(file);
}

async function decode() {
    const film = readFileSync(settings.input);
    const [, context, packet, frame] = await libav.ff_init_decoder('libvpx');
    for (let at = film.readUInt16LE(6), i = 0; at < film.length; i++) {
        const length = film.readUInt32LE(at);
        const data = new Uint8Array(film.subarray(at + 12, at + 12 + length));
        await timed(i, () => libav.ff_decode_multi(context, packet, frame, [{ data, pts: i, ptshi: 0 }], { ignoreErrors: false }));
        at += 12 + length;
    }
}

await (command === 'encode' ? encode() : decode());
console.log(`frames=${frames} bytes=${bytes} hash=0 cpu_us_per_frame=${(cpuUs / frames).toFixed(0)} wall_us_per_frame=${(wallUs / frames).toFixed(0)}`);
libav.terminate();
