// SPDX-License-Identifier: MIT
// Builds and runs the codec tool, natively against the system's libvpx and for WebAssembly against ours, and the
// check of the kernels; makes clips to feed them. What is built is kept in build/codec-tools (or TABCAST_CODEC_TOOLS)
// under a sum of all it is made from.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, '..', '..', '..');
export const OUT = process.env.TABCAST_CODEC_TOOLS ?? join(ROOT, 'build', 'codec-tools');
const KERNEL_CHECK = join(ROOT, 'tests', 'simd');

/** Runs a program to its end and returns what it printed; throws what it complained of. */
export function run(program, args, options = {}) {
    const result = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
    if (result.error) throw result.error;
    if (result.status !== 0) throw new Error(`${program} ended with ${result.status}: ${result.stderr.slice(-2000)}`);
    return result.stdout;
}

/** The folder of the WebAssembly libraries (wasm/libs/README.md). */
export function wasmLibraries() {
    if (process.env.TABCAST_WASM_LIBS) return process.env.TABCAST_WASM_LIBS;
    const told = join(ROOT, 'build', 'wasm-libs');
    const known = existsSync(told) ? readFileSync(told, 'utf8').trim() : '';
    if (known !== '' && existsSync(known)) return known;
    return run(join(ROOT, 'scripts', 'build-libs.sh'), [], { stdio: ['ignore', 'pipe', 'inherit'] }).trim().split('\n').at(-1);
}

const sourcesIn = (folder, pattern) => readdirSync(folder).filter((name) => pattern.test(name)).sort().map((name) => join(folder, name));

function emcc(libraries, folder, name, options) {
    run('emcc', ['-std=gnu17', '-msimd128', '-Wall', '-Wextra', '-sNODERAWFS=1', '-sEXIT_RUNTIME=1',
        '-sINITIAL_MEMORY=128MB', `--pre-js=${join(HERE, 'node-tool.js')}`, '-o', join(folder, name), ...options],
    { env: { ...process.env, NODE_PATH: '/usr/share/nodejs' } });
}

const toolSources = () => sourcesIn(HERE, /^codec_.*\.c$/);

/** Makes codec-native in the folder, against the libvpx that the flags name. */
export function linkNativeTool(folder, flags) {
    run('cc', ['-O2', '-std=c17', '-D_GNU_SOURCE', ...toolSources(), join(HERE, 'clock_native.c'), '-o', join(folder, 'codec-native'), ...flags]);
}

function buildInto(folder, libraries) {
    const tool = toolSources();
    linkNativeTool(folder, run('pkg-config', ['--cflags', '--libs', 'vpx']).trim().split(/\s+/));
    // Linked as the modules are: the encoder with -O1, the player with -O2 (wasm/CMakeLists.txt).
    for (const [name, vpx, more] of [
        ['encode.js', 'vpx', ['-O1', '-sENVIRONMENT=node']],
        ['decode.js', 'vpx', ['-O2', '-sENVIRONMENT=node']],
        ['threads.js', 'vpx-threads', ['-O1', '-pthread', '-sPTHREAD_POOL_SIZE=4', '-sENVIRONMENT=node,worker']],
    ]) {
        emcc(libraries, folder, name, [...tool, `--js-library=${join(HERE, 'clock-node.js')}`, '-I', join(libraries, vpx, 'include'),
            join(libraries, vpx, 'lib', 'libvpx.a'), ...more]);
    }
    const internal = join(libraries, 'vpx', 'kernels');
    emcc(libraries, folder, 'kernels.js', [...sourcesIn(KERNEL_CHECK, /\.c$/), '-I', internal, '-isystem', internal,
        join(libraries, 'vpx', 'lib', 'libvpx.a'), '-O2', '-sENVIRONMENT=node']);
}

/** Builds what is not there yet; returns the folder. */
export function buildTools() {
    const libraries = wasmLibraries();
    const sum = createHash('sha256').update(libraries);
    for (const file of [...sourcesIn(HERE, /\.([ch]|js)$/), join(HERE, 'tools.mjs'), ...sourcesIn(KERNEL_CHECK, /\.[ch]$/)]) {
        sum.update(file.slice(ROOT.length)).update(readFileSync(file));
    }
    const folder = join(OUT, sum.digest('hex').slice(0, 16));
    if (existsSync(folder)) return folder;
    mkdirSync(OUT, { recursive: true });
    const work = mkdtempSync(join(OUT, '.work-'));
    try {
        buildInto(work, libraries);
        if (!existsSync(folder)) renameSync(work, folder);
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
    return folder;
}

const words = (settings) => Object.entries(settings).map(([name, value]) => `${name}=${value}`);

/** @returns {{lines: string[], frames: number, bytes: number, hash: string, cpuUs: number, wallUs: number}} */
export function readResult(text) {
    const lines = text.trim().split('\n');
    const last = /^frames=(\d+) bytes=(\d+) hash=(\w+) cpu_us_per_frame=(\d+) wall_us_per_frame=(\d+)$/.exec(lines.pop() ?? '');
    if (!last) throw new Error(`no result in: ${text.slice(-500)}`);
    return { lines, frames: +last[1], bytes: +last[2], hash: last[3], cpuUs: +last[4], wallUs: +last[5] };
}

/** `command` is encode or decode; `settings` are those of codec_tool.c. */
export const runNative = (tools, command, settings) => readResult(run(join(tools, 'codec-native'), [command, ...words(settings)]));
export function runWasm(tools, command, settings) {
    const program = (settings.threads ?? 1) > 1 ? 'threads.js' : `${command}.js`;
    return readResult(run(process.execPath, [join(tools, program), command, ...words(settings)]));
}
export const runKernelCheck = (tools, args) => run(process.execPath, [join(tools, 'kernels.js'), ...args]);

// Pictures that move, with detail and noise as a camera's; and drawn ones with sharp edges as a screen's.
const MADE = {
    camera: (w, h) => `mandelbrot=size=${w >> 1}x${h >> 1}:rate=30:start_scale=0.4:end_pts=300,scale=${w}:${h}:flags=bilinear,noise=alls=6:allf=t`,
    screen: (w, h) => `testsrc2=size=${w}x${h}:rate=30`,
};

/** A raw I420 clip: made, or `source` (any film) scaled. Returns its path. */
export function makeClip({ kind = 'camera', source = null, width, height, frames }) {
    const name = source === null ? kind : createHash('sha256').update(source).digest('hex').slice(0, 12);
    const folder = join(OUT, 'clips');
    const file = join(folder, `${name}-${width}x${height}-${frames}.yuv`);
    if (existsSync(file)) return file;
    mkdirSync(folder, { recursive: true });
    const part = `${file}.${process.pid}.part`;
    const input = source === null ? ['-f', 'lavfi', '-i', MADE[kind](width, height)] : ['-i', source, '-vf', `scale=${width}:${height}`];
    // A film's broken first frames are no matter of ours.
    run('ffmpeg', ['-v', 'fatal', '-y', ...input, '-frames:v', String(frames), '-pix_fmt', 'yuv420p', '-f', 'rawvideo', part]);
    renameSync(part, file);
    return file;
}

export const outputFolder = () => (mkdirSync(OUT, { recursive: true }), mkdtempSync(join(OUT, '.run-')));
