// SPDX-License-Identifier: MIT
// Prints what a page's visitor downloads (brotli), in each language, and holds the watching page to its budget.
import { LANGUAGES } from '../words/languages.js';

const WATCH_BUDGET_BYTES = 350 * 1024;
/** Words are loaded in one language alone; their names say in which. */
const WORDS = /^\w+\.(\w\w)-\w+\.js$/;
/** Loaded when the relay refuses something, and not before: no part of what a page weighs. */
const FOR_REFUSALS = /^relay\.\w\w-/;

/** @param {Record<string, string[]>} pages page -> the files it starts from. Returns false above the budget. */
export function printWeights(files, graph, pages) {
    const sizes = new Map(files.map((f) => [f.file.replace(/^assets\//, ''), f.brSize || f.size]));
    let fits = true;
    for (const [page, starts] of Object.entries(pages)) {
        const rows = [...graph.closure(starts)].map((name) => [name, sizes.get(name) ?? 0]).sort((a, b) => b[1] - a[1]);
        console.log(`\n${page} page, compressed`);
        for (const [name, size] of rows) console.log(`${String(size).padStart(9)}  ${name}${FOR_REFUSALS.test(name) ? ' (after a refusal alone; not in the total)' : ''}`);
        for (const language of Object.keys(LANGUAGES)) {
            const total = rows.filter(([name]) => !FOR_REFUSALS.test(name) && (WORDS.exec(name)?.[1] ?? language) === language).reduce((sum, [, size]) => sum + size, 0);
            console.log(`${String(total).padStart(9)}  total, ${language}${page === 'show' ? ` (budget ${WATCH_BUDGET_BYTES})` : ''}`);
            if (page !== 'show' || total <= WATCH_BUDGET_BYTES) continue;
            console.error('the watching page is above its budget');
            fits = false;
        }
        if (page !== 'show') continue;
        const encoder = rows.filter(([name]) => /^(encoder|publish|capture)/.test(name));
        if (encoder.length === 0) continue;
        console.error(`the watching page leads to ${encoder.map(([name]) => name).join(', ')}`);
        fits = false;
    }
    return fits;
}
