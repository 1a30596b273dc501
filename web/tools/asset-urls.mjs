// SPDX-License-Identifier: MIT
// The graph of hashed files under assets/: what is bundled, copied, and which file leads to which.
// Rewrites `new URL('./file', import.meta.url)` in our sources (and in Emscripten's glue) to the hashed name beside
// the bundle; a .js file so named becomes a bundle of its own (worker, worklet), any other file is copied.
// Refuses (fails the build) a reference to a file that is not there, unless `allowMissing`.
import { createHash } from 'node:crypto';
import { access, copyFile, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import esbuild from 'esbuild';

const REFERENCE = /new URL\(\s*(['"])(\.{1,2}\/[^'"]+)\1\s*,\s*import\.meta\.url\s*\)/g;

/** A bundle's name before its hash: words of several languages have one file name. */
const bundleName = (path) => basename(path, extname(path)) + (/[\\/]words([\\/]\w\w)[\\/]/.exec(path)?.[1].replace(/^./, '.') ?? '');

const exists = (path) => access(path).then(() => true, () => false);

export class AssetGraph {
    #root;
    #wasm;
    #assets;
    #allowMissing;
    /** absolute path -> promise of the hashed name */
    #names = new Map();
    /** hashed name -> set of hashed names it loads */
    #edges = new Map();
    #staticImports = new Map();
    missing = new Set();

    constructor({ root, wasm, assets, allowMissing }) {
        this.#root = root;
        this.#wasm = wasm;
        this.#assets = assets;
        this.#allowMissing = allowMissing;
        this.common = {
            bundle: true,
            minify: true,
            legalComments: 'none',
            target: ['chrome110', 'firefox115', 'safari16.4'],
            logLevel: 'warning',
        };
    }

    /** build/wasm/ in the sources means the folder of --wasm. */
    #place(path) {
        const inWasm = relative(join(this.#root, 'build', 'wasm'), path);
        return inWasm.startsWith('..') ? path : join(this.#wasm, inWasm);
    }

    dependsOn(name, others) {
        const set = this.#edges.get(name) ?? new Set();
        for (const other of others) set.add(other);
        this.#edges.set(name, set);
    }

    /** All files that `names` lead to, themselves included. */
    closure(names) {
        const seen = new Set();
        const visit = (name) => {
            if (seen.has(name)) return;
            seen.add(name);
            for (const next of this.#edges.get(name) ?? []) visit(next);
        };
        names.forEach(visit);
        return seen;
    }

    /** The files of these names that `name` leads to. @param {RegExp} which */
    ledTo(name, which) {
        return [...this.closure([name])].filter((other) => which.test(other));
    }

    /** Names of the chunks which `name` imports statically, for modulepreload. */
    staticImports(name) {
        const seen = new Set();
        const visit = (current) => {
            for (const next of this.#staticImports.get(current) ?? []) {
                if (!seen.has(next)) {
                    seen.add(next);
                    visit(next);
                }
            }
        };
        visit(name);
        return [...seen];
    }

    async addFile(path) {
        const known = this.#names.get(path);
        if (known) return known;
        const promise = (async () => {
            const hash = createHash('sha256').update(await readFile(path)).digest('base64url').replace(/[-_]/g, '').slice(0, 8).toUpperCase();
            const extension = extname(path);
            const name = `${basename(path, extension)}-${hash}${extension}`;
            await copyFile(path, join(this.#assets, name));
            return name;
        })();
        this.#names.set(path, promise);
        return promise;
    }

    async addEntry(path, format = 'esm') {
        const known = this.#names.get(path);
        if (known) return known;
        const promise = this.#bundle({ [bundleName(path)]: path }, { format, splitting: false }).then((names) => Object.values(names)[0]);
        this.#names.set(path, promise);
        return promise;
    }

    /**
     * Bundles each page into one file. Shared chunks would be six more requests for a viewer who opens one page, a second batch
     * of connections on a slow line, to save 20 KB to whoever opens a second one. name -> path in, name -> hashed name out.
     */
    async addPages(entryPoints) {
        return this.#bundle(entryPoints, { format: 'esm', splitting: false });
    }

    async #bundle(entryPoints, { format, splitting }) {
        /** @type {Map<string, Set<string>>} source path -> hashed names it refers to */
        const references = new Map();
        const result = await esbuild.build({
            ...this.common,
            entryPoints,
            format,
            splitting,
            outdir: this.#assets,
            entryNames: '[name]-[hash]',
            chunkNames: 'chunk-[hash]',
            metafile: true,
            plugins: [this.#plugin(references)],
        });
        const names = {};
        for (const [output, info] of Object.entries(result.metafile.outputs)) {
            const name = basename(output);
            const imports = info.imports.filter((i) => !i.external);
            this.dependsOn(name, imports.map((i) => basename(i.path)));
            this.#staticImports.set(name, imports.filter((i) => i.kind === 'import-statement').map((i) => basename(i.path)));
            for (const input of Object.keys(info.inputs)) this.dependsOn(name, references.get(resolve(input)) ?? []);
            if (!info.entryPoint) continue;
            const entry = Object.keys(entryPoints).find((key) => resolve(entryPoints[key]) === resolve(info.entryPoint));
            if (entry) names[entry] = name;
        }
        return names;
    }

    #plugin(references) {
        return {
            name: 'asset-urls',
            setup: (build) => {
                build.onResolve({ filter: /^\.{1,2}\// }, async (args) => {
                    const path = this.#place(resolve(args.resolveDir, args.path));
                    if (args.importer.includes(`${sep}node_modules${sep}`)) return undefined;
                    if (await exists(path)) return { path };
                    this.#onMissing(path, args.importer);
                    return { path, namespace: 'missing' };
                });
                // media-chrome's English, by itself: the keys are the words. Ours are web/ui/player-labels.js.
                build.onLoad({ filter: /media-chrome[\\/]dist[\\/]lang[\\/]en\.js$/ }, () => ({ contents: 'export const En = {};' }));
                build.onLoad({ filter: /.*/, namespace: 'missing' }, () => ({ contents: 'export default undefined;' }));
                build.onLoad({ filter: /\.m?js$/, namespace: 'file' }, (args) => this.#load(args.path, references));
            },
        };
    }

    async #load(path, references) {
        if (path.includes(`${sep}node_modules${sep}`)) return undefined;
        const source = await readFile(path, 'utf8');
        const names = new Map();
        for (const [, , reference] of source.matchAll(REFERENCE)) {
            const target = this.#place(resolve(dirname(path), reference));
            if (!(await exists(target))) {
                this.#onMissing(target, path);
                continue;
            }
            const isScript = /\.m?js$/.test(target);
            names.set(reference, await (isScript ? this.addEntry(target) : this.addFile(target)));
        }
        references.set(path, new Set(names.values()));
        const contents = source.replace(REFERENCE, (whole, _quote, reference) =>
            names.has(reference) ? `new URL(${JSON.stringify(`./${names.get(reference)}`)}, import.meta.url)` : whole);
        return { contents, loader: 'js' };
    }

    #onMissing(path, importer) {
        const text = `${relative(this.#root, path)} (asked for by ${relative(this.#root, importer)})`;
        if (!this.#allowMissing) throw new Error(`missing: ${text}; build the wasm modules first, or pass --allow-missing`);
        this.missing.add(text);
    }
}
