// SPDX-License-Identifier: MIT
// Compresses every file of the output (.br, .gz; left out where they would not be smaller) and writes manifest.json,
// which the relay's build reads to embed them.
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { PWA_FILES } from './pwa.mjs';
import { PAGES } from './shell.mjs';

const TYPES = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.png': 'image/png',
    '.svg': 'image/svg+xml',
    '.wasm': 'application/wasm',
    '.webmanifest': 'application/manifest+json',
    '.woff2': 'font/woff2',
};

async function compress(bytes) {
    const [br, gz] = await Promise.all([
        promisify(brotliCompress)(bytes, {
            params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length, [constants.BROTLI_PARAM_LGWIN]: 22 },
        }),
        promisify(gzip)(bytes, { level: 9 }),
    ]);
    return { br, gz };
}

/** @returns {Promise<{file: string, size: number, brSize: number, gzSize: number}[]>} */
export async function writeManifest(out) {
    const names = [...(await readdir(out)).filter((n) => n.endsWith('.html')), ...PWA_FILES.map(({ file }) => file), ...(await readdir(join(out, 'assets'))).map((n) => `assets/${n}`)].sort();
    const files = [];
    for (const file of names) {
        const type = TYPES[extname(file)];
        if (!type) throw new Error(`no content type for ${file}`);
        const bytes = await readFile(join(out, file));
        const { br, gz } = await compress(bytes);
        if (br.length < bytes.length) await writeFile(join(out, `${file}.br`), br);
        if (gz.length < bytes.length) await writeFile(join(out, `${file}.gz`), gz);
        files.push({
            file,
            type,
            immutable: file.startsWith('assets/'),
            etag: createHash('sha256').update(bytes).digest('hex').slice(0, 16),
            size: bytes.length,
            brSize: br.length < bytes.length ? br.length : 0,
            gzSize: gz.length < bytes.length ? gz.length : 0,
        });
    }
    const routes = [...PAGES, ...PWA_FILES].map(({ route, file }) => ({ route, file }));
    await writeFile(join(out, 'manifest.json'), `${JSON.stringify({ version: 1, routes, files }, null, 1)}\n`);
    return files;
}
