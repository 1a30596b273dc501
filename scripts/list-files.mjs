#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// Writes docs/files.md: every source file and what it is in charge of, taken from the first sentence of its head
// comment, so that the list cannot drift. `--check` fails when the file is not what it would write.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const OUT = path.join(ROOT, 'docs/files.md');
const FOLDERS = [
    ['shared', 'What both sides compile: wire, WebM, limits'],
    ['wasm', 'The codec modules'],
    ['wasm/simd', 'VP8 kernels in simd128'],
    ['relay', 'The relay'],
    ['web/wire', 'The wire in JavaScript'],
    ['web/codec', 'The codec modules as JavaScript classes'],
    ['web/publish', 'The creator\'s side'],
    ['web/watch', 'The viewer\'s side'],
    ['web/words', 'The words of the page'],
    ['web/words/en', 'In English'],
    ['web/words/de', 'In German'],
    ['web/ui', 'Elements and theme'],
    ['web/pages', 'Pages'],
    ['demo', 'The headless creator'],
];

/** The first sentence of the comment behind the SPDX line; '' when the file has none. */
function charge(file) {
    const lines = readFileSync(path.join(ROOT, file), 'utf8').split('\n');
    const spdx = lines.findIndex((line) => line.includes('SPDX-License-Identifier'));
    if (spdx < 0) return '';
    const words = [];
    for (const line of lines.slice(spdx + 1)) {
        const text = /^(?:\/\/|\/\*|#| \*)\s?(.*)$/.exec(line)?.[1];
        if (text === undefined || /^(include|define|ifndef|pragma)\b/.test(text)) break;
        if (text.trim() === '' && words.length === 0) continue;
        if (text.trim() === '' || /^ {2,}/.test(text)) break;
        words.push(text.trim());
    }
    const text = words.join(' ').replace(/\*\//g, '').trim();
    return (/^.*?[.!](?=\s+[A-Z]|$)/.exec(text)?.[0] ?? text).replace(/\|/g, '\\|');
}

function table(folder) {
    // With the files that git does not know yet: the list is written before they are added, and must be right after.
    const files = execFileSync('git', ['-C', ROOT, 'ls-files', '--cached', '--others', '--exclude-standard', '--', folder], { encoding: 'utf8' }).split('\n').sort()
        .filter((f) => path.dirname(f) === folder && /\.(c|h|js|mjs)$/.test(f) && existsSync(path.join(ROOT, f)));
    const rows = new Map();
    for (const file of files) {
        const extension = path.extname(file);
        const base = extension === '.c' || extension === '.h' ? file.slice(0, -2) : file;
        const row = rows.get(base) ?? { names: [], text: '' };
        row.names.push(path.basename(file));
        // A header is the manual; its source file speaks where there is none.
        if (!row.text || extension === '.h') row.text = charge(file) || row.text;
        rows.set(base, row);
    }
    return [...rows.values()].map((row) => `| ${row.names.map((n) => `\`${n}\``).join(' ')} | ${row.text} |`);
}

const parts = ['# Files, and what each is in charge of', '', 'Written by `scripts/list-files.mjs` from the head of each file; a test keeps it true.'];
for (const [folder, title] of FOLDERS) {
    const rows = table(folder);
    if (rows.length) parts.push('', `## \`${folder}/\` ${title}`, '', '| file | in charge of |', '|---|---|', ...rows);
}
const text = `${parts.join('\n')}\n`;
if (process.argv[2] === '--check') {
    if (!existsSync(OUT) || readFileSync(OUT, 'utf8') !== text) {
        console.error('docs/files.md is not what the files say of themselves: run scripts/list-files.mjs');
        process.exit(1);
    }
} else {
    writeFileSync(OUT, text);
}
