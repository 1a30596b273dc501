// SPDX-License-Identifier: MIT
// Cuts Fraunces down to what the page shows: one weight, soft, drawn for display sizes, Latin only.
// The second file (Latin Extended) is fetched by a browser only when a title needs it (unicode-range).
import { createRequire } from 'node:module';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import subsetFont from 'subset-font';

const require = createRequire(import.meta.url);

// SOFT rounds the serifs, opsz 72 is drawn for titles, WONK 0 keeps the letters upright in small sizes.
const AXES = { opsz: 72, SOFT: 100, WONK: 0, wght: 600 };

const range = (from, to) => String.fromCodePoint(...Array.from({ length: to - from + 1 }, (_, i) => from + i));
const FILES = [
    { name: 'fraunces-latin.woff2', source: 'fraunces-latin-full-normal.woff2', text: range(0x20, 0x7e) + range(0xa0, 0xff) + 'ŒœŸ–—‘’‚“”„•…‹›€™−' },
    { name: 'fraunces-latin-ext.woff2', source: 'fraunces-latin-ext-full-normal.woff2', text: range(0x100, 0x24f) + range(0x1e00, 0x1eff) },
];

/** Writes the subsets to `dir` and returns an esbuild plugin that resolves `font:NAME` in style sheets to them. */
export async function writeFonts(dir) {
    await mkdir(dir, { recursive: true });
    for (const { name, source, text } of FILES) {
        const whole = await readFile(require.resolve(`@fontsource-variable/fraunces/files/${source}`));
        await writeFile(join(dir, name), await subsetFont(whole, text, { targetFormat: 'woff2', variationAxes: AXES }));
    }
    const plugin = {
        name: 'fonts',
        setup(build) {
            build.onResolve({ filter: /^font:/ }, (args) => ({ path: join(dir, args.path.slice('font:'.length)) }));
        },
    };
    return { plugin };
}
