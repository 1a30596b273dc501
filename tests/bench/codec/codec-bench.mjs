// SPDX-License-Identifier: MIT
// What the WebAssembly codec costs beside native libvpx and libav.js. Rounds are interleaved, so that
// other work on the machine falls on all alike; shares are medians over the rounds of native's CPU time by the other's.
//
//   node tests/bench/codec/codec-bench.mjs [--rounds 5] [--frames 150] [--sizes 1280x720,640x360] [FILM ...]
//
// Without a film it makes its own pictures. libav.js takes part when it is installed: (cd tests/bench && npm install).
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { ROOT, buildTools, makeClip, outputFolder, readResult, run, runNative, runWasm } from './tools.mjs';

const options = { rounds: 5, frames: 150, sizes: '1280x720,640x360' };
const films = [];
for (let words = process.argv.slice(2); words.length > 0; ) {
    const word = words.shift();
    if (!word.startsWith('--')) films.push(word);
    else if (word.slice(2) in options && words.length > 0) options[word.slice(2)] = words.shift();
    else throw new Error(`no such option, or no value: ${word}`);
}
const WARM = 40;
const KBPS = { 1280: 2000, 640: 700 };

const peer = join(ROOT, 'tests', 'bench', 'codec', 'libavjs-tool.mjs');
const hasPeer = existsSync(join(ROOT, 'tests', 'bench', 'node_modules', '@libav.js'));
const runPeer = (command, settings) =>
    readResult(run(process.execPath, [peer, command, ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)]));

const tools = buildTools();
const median = (values) => values.slice().sort((a, b) => a - b)[values.length >> 1];

/** Runs each contender once per round and tells a row of the table for each. */
function measure(what, contenders, rounds) {
    const results = contenders.map(() => []);
    for (let round = 0; round < rounds; round++) {
        contenders.forEach(({ call }, i) => results[i].push(call()));
    }
    contenders.forEach(({ name, base, comparable = true }, i) => {
        const shares = results[i].map((result, round) => results[base ?? 0][round].cpuUs / result.cpuUs);
        const same = comparable ? (new Set([...results[i], ...results[base ?? 0]].map(({ hash }) => hash)).size === 1 ? 'same bits' : '**differs**') : '';
        console.log(`| ${what} | ${name} | ${(median(results[i].map((r) => r.cpuUs)) / 1000).toFixed(2)} | ${(median(results[i].map((r) => r.wallUs)) / 1000).toFixed(2)} ` +
            `| ${median(shares).toFixed(2)} (${Math.min(...shares).toFixed(2)}–${Math.max(...shares).toFixed(2)}) | ${same} |`);
    });
}

function measureFilm(film, width, height, folder) {
    const frames = Number(options.frames);
    const name = `${film === null ? 'made' : basename(film)} ${width}x${height}`;
    const input = makeClip({ source: film, width, height, frames });
    const settings = { input, width, height, frames, warm: WARM, bitrate: KBPS[width] ?? 2000 };
    const coded = join(folder, 'coded.ivf');
    runNative(tools, 'encode', { ...settings, output: coded });
    measure(`encode ${name}`, [
        { name: 'native libvpx, 1 thread', call: () => runNative(tools, 'encode', settings) },
        { name: 'ours, 1 thread', call: () => runWasm(tools, 'encode', settings) },
        ...(hasPeer ? [{ name: 'libav.js', comparable: false, call: () => runPeer('encode', settings) }] : []),
        { name: 'native libvpx, 2 threads', base: hasPeer ? 3 : 2, call: () => runNative(tools, 'encode', { ...settings, threads: 2 }) },
        { name: 'ours, 2 threads', base: hasPeer ? 3 : 2, call: () => runWasm(tools, 'encode', { ...settings, threads: 2 }) },
    ], Number(options.rounds));
    const decode = { input: coded, warm: WARM };
    measure(`decode ${name}`, [
        { name: 'native libvpx', call: () => runNative(tools, 'decode', decode) },
        { name: 'ours', call: () => runWasm(tools, 'decode', decode) },
        ...(hasPeer ? [{ name: 'libav.js', comparable: false, call: () => runPeer('decode', decode) }] : []),
    ], Number(options.rounds));
}

function tellSizes() {
    console.log('\n| module | raw | gzip | brotli |\n|---|---|---|---|');
    for (const name of ['encoder', 'encoder-threads', 'player']) {
        const file = join(ROOT, 'build', 'wasm', `${name}.wasm`);
        if (!existsSync(file)) continue;
        const bytes = readFileSync(file);
        const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } });
        console.log(`| ${name}.wasm | ${bytes.length} | ${gzipSync(bytes, { level: 9 }).length} | ${brotli.length} |`);
    }
}

const folder = outputFolder();
try {
    console.log('| what | who | CPU ms/frame | wall ms/frame | share of native (range) | output |\n|---|---|---|---|---|---|');
    for (const film of films.length > 0 ? films : [null]) {
        for (const size of options.sizes.split(',')) {
            const [width, height] = size.split('x').map(Number);
            measureFilm(film, width, height, folder);
        }
    }
    tellSizes();
} finally {
    rmSync(folder, { recursive: true, force: true });
}
