// SPDX-License-Identifier: MIT
// What makes the site installable: its manifest, its icon at a fixed address, the service worker at the root (it serves
// no more than the folder it lies in). Files with a route, as pages are.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import esbuild from 'esbuild';
import { pages } from '../words/en/shell.js';
import { drawIcon } from './icons.mjs';

const BACKGROUND = '#14100d';

/** Drawn from favicon.svg. */
export const DRAWN = [
    { file: 'icon-192.png', side: 192, share: 0.9 },
    { file: 'icon-512.png', side: 512, share: 0.9 },
    // A system may cut it to a circle of 80 % of the side (W3C Manifest, "Icon masks").
    { file: 'icon-maskable.png', side: 512, share: 0.56, background: BACKGROUND },
    // iOS reads no manifest for it, fills what is clear with black, and rounds the corners.
    { file: 'apple-touch-icon.png', side: 180, share: 0.7, background: BACKGROUND },
];

export const PWA_FILES = [
    { route: '/service-worker.js', file: 'service-worker.js' },
    { route: '/site.webmanifest', file: 'site.webmanifest' },
    { route: '/icon.svg', file: 'icon.svg' },
    ...DRAWN.map(({ file }) => ({ route: `/${file}`, file })),
];

export const manifest = {
    name: pages.home.title,
    short_name: pages.home.title,
    description: pages.home.description,
    lang: 'en',
    id: '/',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: BACKGROUND,
    theme_color: BACKGROUND,
    icons: [
        { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
        { src: '/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
        { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
        { src: '/icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
};

/** @param {string} web the sources @param {string} out @param {object} common esbuild's options */
export async function writePwa(web, out, common) {
    await esbuild.build({ ...common, entryPoints: [join(web, 'pages', 'service-worker.js')], format: 'iife', outfile: join(out, 'service-worker.js') });
    await writeFile(join(out, 'site.webmanifest'), `${JSON.stringify(manifest, null, 1)}\n`);
    const svg = await readFile(join(web, 'ui', 'favicon.svg'), 'utf8');
    await writeFile(join(out, 'icon.svg'), svg);
    for (const { file, ...icon } of DRAWN) await writeFile(join(out, file), drawIcon(svg, icon));
}
