// SPDX-License-Identifier: MIT
// The page's build in small: what code names is what is built, and nothing else; notices become safe HTML; the shell
// refuses what it does not know.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { noticesHtml } from '../../web/tools/notices.mjs';
import { PAGES, renderShell } from '../../web/tools/shell.mjs';

let AssetGraph;
let root;

before(async () => {
    ({ AssetGraph } = await import('../../web/tools/asset-urls.mjs'));
    root = await mkdtemp(path.join(tmpdir(), 'tabcast-build-'));
    const files = {
        'web/pages/show.js': "import '../watch/viewer.js'; console.log('show');",
        'web/pages/studio.js': "import '../publish/publisher.js'; console.log('studio');",
        'web/watch/viewer.js': "export const worker = () => new Worker(new URL('./watch-worker.js', import.meta.url), { type: 'module' });\nconsole.log(worker);",
        'web/watch/watch-worker.js': "console.log(new URL('../../build/wasm/player.wasm', import.meta.url).href);",
        'web/publish/publisher.js': "console.log(new Worker(new URL('./publish-worker.js', import.meta.url)));",
        'web/publish/publish-worker.js': "console.log(new URL('../../build/wasm/encoder.wasm', import.meta.url).href);",
        'elsewhere/player.wasm': 'player',
        'elsewhere/encoder.wasm': 'encoder',
    };
    for (const [name, text] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(root, name)), { recursive: true });
        await writeFile(path.join(root, name), text);
    }
});

after(() => rm(root, { recursive: true, force: true }));

async function graphOf(out, options = {}) {
    const assets = path.join(root, out);
    await mkdir(assets, { recursive: true });
    return { assets, graph: new AssetGraph({ root, wasm: path.join(root, 'elsewhere'), assets, allowMissing: false, ...options }) };
}

const page = (name) => path.join(root, 'web', 'pages', `${name}.js`);

test('a page leads to its worker and its wasm, by hashed names, and to nothing of the other page', async () => {
    const { graph, assets } = await graphOf('out-1');
    const entries = await graph.addPages({ show: page('show'), studio: page('studio') });
    const watch = [...graph.closure([entries.show])].join(' ');
    assert.match(watch, /watch-worker-\w+\.js/);
    assert.match(watch, /player-\w+\.wasm/);
    assert.doesNotMatch(watch, /encoder|publish/);
    assert.match([...graph.closure([entries.studio])].join(' '), /encoder-\w+\.wasm/);
    const names = await readdir(assets);
    const worker = names.find((name) => name.startsWith('watch-worker-'));
    const wasm = names.find((name) => name.startsWith('player-'));
    assert.ok((await readFile(path.join(assets, worker), 'utf8')).includes(`./${wasm}`), 'the worker names the hashed module');
});

test('a change in a wasm module changes the names of all that lead to it', async () => {
    const before = await (await graphOf('out-2')).graph.addPages({ show: page('show') });
    await writeFile(path.join(root, 'elsewhere/player.wasm'), 'another player');
    const after = await (await graphOf('out-3')).graph.addPages({ show: page('show') });
    assert.notEqual(before.show, after.show);
});

test('a missing file fails the build, or is told when that is allowed', async () => {
    const lone = path.join(root, 'web/pages/lone.js');
    await writeFile(lone, "console.log(new URL('../../build/wasm/none.wasm', import.meta.url));");
    const strict = await graphOf('out-4');
    await assert.rejects(strict.graph.addPages({ lone }), /none\.wasm/);
    const lax = await graphOf('out-5', { allowMissing: true });
    await lax.graph.addPages({ lone });
    assert.equal(lax.graph.missing.size, 1);
});

test('notices: text stays text', () => {
    const html = noticesHtml('<!-- x -->\n# A & B\n\nSee [site](https://example.org/a?b=1&c) and <script>alert(1)</script>,\n`x < y` **bold**.\n\n- one\n  more\n- two\n\n```\n<b>raw</b>\n```\n');
    assert.match(html, /<h1>A &amp; B<\/h1>/);
    assert.match(html, /<a href="https:\/\/example\.org\/a\?b=1&amp;c" rel="noopener">site<\/a>/);
    assert.match(html, /&lt;script&gt;/);
    assert.match(html, /<code>x &lt; y<\/code> <strong>bold<\/strong>/);
    assert.match(html, /<ul><li>one more<\/li><li>two<\/li><\/ul>/);
    assert.match(html, /<pre tabindex="0">&lt;b&gt;raw&lt;\/b&gt;<\/pre>/);
    assert.doesNotMatch(html, /<script|<b>|<!--/);
});

test('notices: a table has its head and its cells, and no link but http', () => {
    const html = noticesHtml('| part | licence |\n|---|---|\n| `a` | MIT |\n| b | [x](javascript:alert(1)) |\n');
    assert.match(html, /<th>part<\/th><th>licence<\/th>/);
    assert.match(html, /<td><code>a<\/code><\/td><td>MIT<\/td>/);
    assert.doesNotMatch(html, /href/);
});

test('the shell fills every name and refuses one it does not know', () => {
    const values = { page: PAGES[0], main: '', style: 's.css', font: 'f.woff2', boot: 'b.js', favicon: 'i.svg', script: 'p.js', preloads: ['c.js'], words: { en: ['e.js', 'f.js'], de: ['d.js'] } };
    assert.equal(renderShell('{{title}}|{{style}}|{{preloads}}', values), 'Tabcast|/assets/s.css|<link rel="modulepreload" href="/assets/c.js">');
    assert.equal(renderShell('{{words}}', values), ' data-en="/assets/e.js /assets/f.js" data-de="/assets/d.js"');
    assert.equal(renderShell('<title{{titles}}>', { ...values, page: PAGES.find(({ name }) => name === 'not-found') }), '<title data-de="Nicht gefunden · Tabcast">');
    assert.throws(() => renderShell('{{nothing}}', values), /nothing/);
});
