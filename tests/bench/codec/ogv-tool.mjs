// SPDX-License-Identifier: MIT
// ogv.js (libvpx for WebAssembly, from npm) doing the codec tool's decoding: the same command line, the same last line. One
// thread, in this process.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const [, ...words] = process.argv.slice(2);
const settings = Object.fromEntries(words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
const warm = Number(settings.warm ?? 0);

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('ogv/dist/ogv-decoder-video-vp8-wasm.js'));
const film = readFileSync(settings.input);
const width = film.readUInt16LE(12);
const height = film.readUInt16LE(14);
const videoFormat = { width, height, chromaWidth: width >> 1, chromaHeight: height >> 1, cropLeft: 0, cropTop: 0, cropWidth: width, cropHeight: height,
    displayWidth: width, displayHeight: height };
const decoder = await require(join(folder, 'ogv-decoder-video-vp8-wasm.js'))({
    videoFormat,
    wasmBinary: readFileSync(join(folder, 'ogv-decoder-video-vp8-wasm.wasm')),
});
await new Promise((resolve) => decoder.init(resolve));

let frames = 0;
let cpuUs = 0;
let wallUs = 0;
for (let at = film.readUInt16LE(6), i = 0; at < film.length; i++) {
    const length = film.readUInt32LE(at);
    const data = new Uint8Array(film.subarray(at + 12, at + 12 + length)).buffer;
    const cpu = process.cpuUsage();
    const wall = process.hrtime.bigint();
    const isDone = await new Promise((resolve) => decoder.processFrame(data, resolve));
    if (!isDone || decoder.frameBuffer?.format.cropWidth !== width) throw new Error(`ogv.js did not decode picture ${i}`);
    if (i >= warm) {
        const used = process.cpuUsage(cpu);
        cpuUs += used.user + used.system;
        wallUs += Number(process.hrtime.bigint() - wall) / 1000;
        frames++;
    }
    decoder.recycleFrame(decoder.frameBuffer);
    at += 12 + length;
}
console.log(`frames=${frames} bytes=0 hash=0 cpu_us_per_frame=${(cpuUs / frames).toFixed(0)} wall_us_per_frame=${(wallUs / frames).toFixed(0)}`);
