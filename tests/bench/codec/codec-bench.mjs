// SPDX-License-Identifier: MIT
// What the WebAssembly codec costs beside native libvpx and beside what else codes VP8 in a browser. Rounds are interleaved,
// so that other work on the machine falls on all alike; shares are medians over the rounds of native's CPU time by the other's.
//
//   node tests/bench/codec/codec-bench.mjs [--source FILM] [--rounds 5] [--frames 150] [--sizes 1280x720,640x360] [--without browser,generic]
//
// Without a film it makes its own pictures. Peers take part when they are installed: (cd tests/bench && npm install);
// WebCodecs with Debian's Chromium (cd tests && npm install). `--without` leaves contenders out: browser, generic, peers.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { buildGenericTool } from './libvpx-generic.mjs';
import { ROOT, buildTools, makeClip, outputFolder, readResult, run, runNative, runWasm } from './tools.mjs';

const { values: options } = parseArgs({
    options: {
        source: { type: 'string' },
        rounds: { type: 'string', default: '5' },
        frames: { type: 'string', default: '150' },
        sizes: { type: 'string', default: '1280x720,640x360' },
        without: { type: 'string', default: '' },
    },
});
const isWanted = (name) => !options.without.split(',').includes(name);
const ROUNDS = Number(options.rounds);
const FRAMES = Number(options.frames);
const WARM = 40;
const KBPS = { 1280: 2000, 640: 700 };

const MODULES = join(ROOT, 'tests', 'bench', 'node_modules');
const hasPeers = isWanted('peers') && existsSync(join(MODULES, '@ffmpeg')) && existsSync(join(MODULES, 'ogv'));
const runPeer = (tool, command, settings) =>
    readResult(run(process.execPath, [join(ROOT, 'tests', 'bench', 'codec', tool), command, ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)]));

const runWebCodecs = isWanted('browser') ? (await import('./webcodecs.mjs')).runWebCodecs : null;
const generic = isWanted('generic') ? buildGenericTool() : null;
const tools = buildTools();
const median = (values) => values.slice().sort((a, b) => a - b)[values.length >> 1];

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {() => any} call        one measurement
 * @property {number} [base]         whose CPU time is the share's numerator; the first one's when absent
 * @property {boolean} [hasBits]     its output must be the base's, bit for bit
 */

/** The lines of both commands: native first, then ours, then the others. @returns {Contender[]} */
function contenders(command, settings) {
    const threaded = { ...settings, threads: 2 };
    return [
        { name: 'native libvpx, assembly', call: () => runNative(tools, command, settings), hasBits: true },
        ...(generic ? [{ name: 'native libvpx, plain C', call: () => runNative(generic, command, settings), hasBits: true }] : []),
        { name: '**ours, 1 thread**', call: () => runWasm(tools, command, settings), hasBits: true },
        { name: '**ours, 2 threads**', call: () => runWasm(tools, command, threaded) },
        { name: 'native libvpx, 2 threads', call: () => runNative(tools, command, threaded) },
        ...(hasPeers ? [
            { name: 'libav.js', call: () => runPeer('libavjs-tool.mjs', command, settings) },
            { name: '@ffmpeg/core', call: () => runPeer('ffmpegcore-tool.mjs', command, settings) },
        ] : []),
        ...(hasPeers && command === 'decode' ? [{ name: 'ogv.js', call: () => runPeer('ogv-tool.mjs', command, settings) }] : []),
        ...(runWebCodecs ? [{ name: 'WebCodecs in Chromium, all processes', call: () => runWebCodecs(command, settings) }] : []),
    ];
}

/** Runs each contender once per round and tells a row of the table for each. */
async function measure(what, all) {
    const results = all.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
        for (const [i, { call }] of all.entries()) results[i].push(await call());
    }
    all.forEach(({ name, hasBits }, i) => {
        const shares = results[i].map((result, round) => results[0][round].cpuUs / result.cpuUs);
        const isSame = new Set([...results[i], ...results[0]].map(({ hash }) => hash)).size === 1;
        const ms = (key) => (median(results[i].map((result) => result[key])) / 1000).toFixed(2);
        console.log(`| ${what} | ${name} | ${ms('cpuUs')} | ${ms('wallUs')} ` +
            `| ${median(shares).toFixed(2)} (${Math.min(...shares).toFixed(2)}–${Math.max(...shares).toFixed(2)}) | ${!hasBits ? '' : isSame ? 'same bits' : '**differs**'} |`);
    });
}

async function measureSize(width, height, folder) {
    const film = options.source ?? null;
    const name = `${film === null ? 'made' : basename(film)} ${width}x${height}`;
    const input = makeClip({ source: film, width, height, frames: FRAMES });
    const settings = { input, width, height, frames: FRAMES, warm: WARM, bitrate: KBPS[width] ?? 2000 };
    const coded = join(folder, 'coded.ivf');
    runNative(tools, 'encode', { ...settings, output: coded });
    await measure(`encode ${name}`, contenders('encode', settings));
    await measure(`decode ${name}`, contenders('decode', { input: coded, warm: WARM }));
}

function tellModules() {
    const built = process.env.TABCAST_WASM_DIR ?? join(ROOT, 'build', 'wasm');
    console.log('\n| module | raw | gzip | brotli |\n|---|---|---|---|');
    for (const name of ['encoder', 'encoder-threads', 'player']) {
        const file = join(built, `${name}.wasm`);
        if (!existsSync(file)) continue;
        const bytes = readFileSync(file);
        const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } });
        console.log(`| ${name}.wasm | ${bytes.length} | ${gzipSync(bytes, { level: 9 }).length} | ${brotli.length} |`);
    }
}

const folder = outputFolder();
try {
    console.log('| what | who | CPU ms/frame | wall ms/frame | share of native (range) | output |\n|---|---|---|---|---|---|');
    for (const size of options.sizes.split(',')) {
        const [width, height] = size.split('x').map(Number);
        await measureSize(width, height, folder);
    }
    tellModules();
} finally {
    rmSync(folder, { recursive: true, force: true });
}
