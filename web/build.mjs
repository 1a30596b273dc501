// SPDX-License-Identifier: MIT
// Builds the page: web/ and the wasm modules in, build/web/ out (docs/decisions/0004-page-build.md).
//
//   node build.mjs [--out DIR] [--wasm DIR] [--allow-missing] [--no-compress] [--watch]
//
// How code refers to a worker, a worklet or a wasm module: by its true place in the tree,
//
//   new Worker(new URL('./watch-worker.js', import.meta.url), { type: 'module' })
//   fetch(new URL('../../build/wasm/player.wasm', import.meta.url))
//   import createPlayer from '../../build/wasm/player.js'
//
// so the sources also run unbundled. tools/asset-urls.mjs rewrites the first two to the hashed name beside the
// bundle; build/wasm/ means the folder given by --wasm. Whatever no page refers to is not in the output.
import { watch } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';
import { AssetGraph } from './tools/asset-urls.mjs';
import { writeFonts } from './tools/fonts.mjs';
import { writeManifest } from './tools/manifest.mjs';
import { noticesHtml } from './tools/notices.mjs';
import { writePwa } from './tools/pwa.mjs';
import { printWeights } from './tools/weights.mjs';
import { PAGES, renderShell } from './tools/shell.mjs';
import { LANGUAGES } from './words/languages.js';

const WEB = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(WEB);

const { values: options } = parseArgs({
    options: {
        out: { type: 'string', default: join(ROOT, 'build', 'web') },
        wasm: { type: 'string', default: join(ROOT, 'build', 'wasm') },
        'allow-missing': { type: 'boolean', default: false },
        'no-compress': { type: 'boolean', default: false },
        watch: { type: 'boolean', default: false },
    },
});
const OUT = resolve(options.out);
const ASSETS = join(OUT, 'assets');

/** Bundles the style sheet; its fonts become hashed files beside it. */
async function buildStyle(graph) {
    const fonts = await writeFonts(join(ASSETS, 'fonts'));
    const result = await esbuild.build({
        ...graph.common,
        entryPoints: { theme: join(WEB, 'ui', 'theme.css') },
        entryNames: '[name]-[hash]',
        loader: { '.woff2': 'file' },
        plugins: [fonts.plugin],
        outdir: ASSETS,
        metafile: true,
    });
    await rm(join(ASSETS, 'fonts'), { recursive: true, force: true });
    const names = Object.keys(result.metafile.outputs).map((path) => basename(path));
    const style = names.find((name) => name.endsWith('.css'));
    graph.dependsOn(style, names.filter((name) => /^fraunces-[^x].*woff2$/.test(name) && !name.includes('-ext-')));
    return { style, font: names.find((name) => name.startsWith('fraunces-latin-') && !name.includes('-ext-')) };
}

async function build() {
    const started = Date.now();
    await rm(OUT, { recursive: true, force: true });
    await mkdir(ASSETS, { recursive: true });
    const graph = new AssetGraph({ root: ROOT, wasm: resolve(options.wasm), assets: ASSETS, allowMissing: options['allow-missing'] });

    const { style, font } = await buildStyle(graph);
    const boot = await graph.addEntry(join(WEB, 'ui', 'boot.js'), 'iife');
    const entries = await graph.addPages(Object.fromEntries(PAGES.map((page) => [page.name, join(WEB, 'pages', `${page.name}.js`)])));

    const shell = await readFile(join(WEB, 'pages', 'shell.html'), 'utf8');
    const favicon = await graph.addFile(join(WEB, 'ui', 'favicon.svg'));
    for (const page of PAGES) {
        const script = entries[page.name];
        const main = page.name === 'notices' ? noticesHtml(await readFile(join(ROOT, 'NOTICE.md'), 'utf8').catch(() => '')) : '';
        const preloads = [...graph.staticImports(script), ...(page.isPlayer ? graph.ledTo(script, /^watch-worker-/) : [])];
        const wordsOf = async (language) => Promise.all(['strings', ...(page.words ?? [])].map((name) => graph.addEntry(join(WEB, 'words', language, `${name}.js`))));
        const words = {};
        for (const language of Object.keys(LANGUAGES)) words[language] = await wordsOf(language);
        const html = renderShell(shell, { page, main, style, font, boot, favicon, script, preloads, words });
        await writeFile(join(OUT, page.file), html);
    }
    await writePwa(WEB, OUT, graph.common);
    for (const missing of graph.missing) console.warn(`missing, left out: ${missing}`);
    if (options['no-compress']) return;
    const files = await writeManifest(OUT);
    const fits = printWeights(files, graph, { show: ['show.html', style, boot, entries.show], studio: ['studio.html', style, boot, entries.studio] });
    console.log(`${OUT}: ${files.length} files in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    if (!fits) process.exitCode = 1;
}

/** Rebuilds after each change of a source; a broken build is told and waits for the next change. */
async function buildOnChange() {
    let timer;
    const rebuild = () => build().catch((error) => console.error(error.message));
    const folders = (await readdir(WEB, { withFileTypes: true })).filter((entry) => entry.isDirectory() && entry.name !== 'node_modules').map(({ name }) => name);
    for (const folder of [...folders, ...Object.keys(LANGUAGES).map((language) => join('words', language))]) {
        watch(join(WEB, folder), { recursive: false }, () => {
            clearTimeout(timer);
            timer = setTimeout(rebuild, 100);
        });
    }
    await rebuild();
}

await (options.watch ? buildOnChange() : build());
