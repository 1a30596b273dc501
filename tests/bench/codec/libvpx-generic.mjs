// SPDX-License-Identifier: MIT
// The codec tool against libvpx built natively from its plain C, without assembly and intrinsics: what a compiler makes of
// the same pinned source (emsdk.lock) that the WebAssembly build starts from. Built once, at low priority.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { OUT, ROOT, linkNativeTool, run } from './tools.mjs';

const CONFIGURE = ['--target=generic-gnu', '--disable-vp9', '--disable-examples', '--disable-tools', '--disable-docs', '--disable-unit-tests',
    '--disable-webm-io', '--disable-libyuv', '--enable-multithread'];

/** Returns the folder with codec-native in it. */
export function buildGenericTool() {
    const sources = run(join(ROOT, 'scripts', 'fetch-sources.sh'), []).trim().split('\n').map((line) => line.split(' '));
    const source = sources.find(([name]) => name === 'libvpx')?.[2];
    if (!source) throw new Error('scripts/fetch-sources.sh names no libvpx');
    const folder = join(OUT, `generic-${basename(source)}`);
    if (existsSync(folder)) return folder;
    mkdirSync(OUT, { recursive: true });
    const work = mkdtempSync(join(OUT, '.generic-'));
    try {
        const low = (program, ...args) => run('nice', ['-n', '19', program, ...args], { cwd: work });
        low(join(source, 'configure'), ...CONFIGURE);
        low('make', '-j2', 'libvpx.a');
        linkNativeTool(work, ['-I', source, join(work, 'libvpx.a'), '-lm', '-lpthread']);
        if (!existsSync(folder)) renameSync(work, folder);
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
    return folder;
}
