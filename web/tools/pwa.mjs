// SPDX-License-Identifier: MIT
// What makes the site installable: its manifest, its icon at a fixed address, the service worker at the root (it serves
// no more than the folder it lies in). Files with a route, as pages are.
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import esbuild from 'esbuild';
import { pages } from '../words/en/shell.js';

export const PWA_FILES = [
    { route: '/service-worker.js', file: 'service-worker.js' },
    { route: '/site.webmanifest', file: 'site.webmanifest' },
    { route: '/icon.svg', file: 'icon.svg' },
];

const manifest = {
    name: pages.home.title,
    short_name: pages.home.title,
    description: pages.home.description,
    lang: 'en',
    id: '/',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: '#14100d',
    theme_color: '#14100d',
    icons: [{ src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
};

/** @param {string} web the sources @param {string} out @param {object} common esbuild's options */
export async function writePwa(web, out, common) {
    await esbuild.build({ ...common, entryPoints: [join(web, 'pages', 'service-worker.js')], format: 'iife', outfile: join(out, 'service-worker.js') });
    await writeFile(join(out, 'site.webmanifest'), `${JSON.stringify(manifest, null, 1)}\n`);
    await copyFile(join(web, 'ui', 'favicon.svg'), join(out, 'icon.svg'));
}
