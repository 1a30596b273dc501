// SPDX-License-Identifier: MIT
// Which module of the page may import what: docs/architecture.md, "Who may include whom", as a table.
import path from 'node:path';

const WASM_OUTPUT = 'build/wasm';

// Folder in web/ -> what its modules may import, beside their own folder. `packages`: npm packages by name.
const RULES = {
    wire: { may: [], packages: [] },
    codec: { may: [WASM_OUTPUT], packages: [] },
    publish: { may: ['web/wire', 'web/codec'], packages: [] },
    watch: { may: ['web/wire', 'web/codec'], packages: [] },
    words: { may: [], packages: [] },
    ui: { may: ['web/words', 'web/wire/limits.js', 'web/publish/publisher.js', 'web/watch/viewer.js', 'web/watch/programme.js'], packages: ['lit', 'lean-qr', 'media-chrome', 'marked', 'dompurify'] },
    pages: { may: ['web/ui', 'web/words', 'web/publish/publisher.js', 'web/watch/viewer.js', 'web/watch/programme.js'], packages: ['lit', 'media-chrome'] },
};

// `import … from 'x'`, `export … from 'x'`, `import('x')`, `new URL('x', import.meta.url)`.
const IMPORTS = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /(?<!\*\s.*)\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
    /\bnew URL\(\s*['"]([^'"]+)['"]\s*,\s*import\.meta\.url/g,
];

function lineOf(text, index) {
    return text.slice(0, index).split('\n').length;
}

// Comments name modules in JSDoc types (`import('./x.js').T`), which are no imports.
function withoutComments(text) {
    return text.replace(/\/\*[\s\S]*?\*\//g, (c) => c.replace(/[^\n]/g, ' ')).replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

function importFinding(name, folder, target) {
    const rule = RULES[folder];
    if (!target.startsWith('.')) {
        if (rule.packages.some((p) => target === p || target.startsWith(`${p}/`))) return null;
        const allowed = rule.packages.length > 0 ? `only ${rule.packages.join(', ')}` : 'no package';
        return `imports '${target}', but web/${folder}/ uses ${allowed}`;
    }
    const file = path.posix.join(path.posix.dirname(name), target);
    const inside = (place) => file === place || file.startsWith(`${place}/`);
    if (inside(`web/${folder}`) || rule.may.some(inside)) return null;
    const allowed = ['itself', ...rule.may].join(', ');
    return `imports '${target}', but web/${folder}/ may import ${allowed}`;
}

/** @returns {string[]} findings as sentences, `file:line: …` */
export function checkJs(name, text) {
    const [top, folder] = name.split('/');
    if (top !== 'web' || !(folder in RULES)) return [];
    const code = withoutComments(text);
    const findings = [];
    for (const pattern of IMPORTS) {
        for (const match of code.matchAll(pattern)) {
            const what = importFinding(name, folder, match[1]);
            if (what) findings.push(`${name}:${lineOf(code, match.index)}: ${what}`);
        }
    }
    return findings;
}
