// SPDX-License-Identifier: MIT
// Prints what a page's visitor downloads (brotli) and holds the watching page to its budget.

const WATCH_BUDGET_BYTES = 350 * 1024;

/** @param {Record<string, string[]>} pages page -> the files it starts from. Returns false above the budget. */
export function printWeights(files, graph, pages) {
    const sizes = new Map(files.map((f) => [f.file.replace(/^assets\//, ''), f.brSize || f.size]));
    let fits = true;
    for (const [page, starts] of Object.entries(pages)) {
        const rows = [...graph.closure(starts)].map((name) => [name, sizes.get(name) ?? 0]).sort((a, b) => b[1] - a[1]);
        const total = rows.reduce((sum, [, size]) => sum + size, 0);
        console.log(`\n${page} page, compressed`);
        for (const [name, size] of rows) console.log(`${String(size).padStart(9)}  ${name}`);
        console.log(`${String(total).padStart(9)}  total${page === 'show' ? ` (budget ${WATCH_BUDGET_BYTES})` : ''}`);
        if (page !== 'show') continue;
        const encoder = rows.filter(([name]) => /^(encoder|publish|capture)/.test(name));
        if (encoder.length > 0) console.error(`the watching page leads to ${encoder.map(([name]) => name).join(', ')}`);
        if (total > WATCH_BUDGET_BYTES) console.error('the watching page is above its budget');
        fits = encoder.length === 0 && total <= WATCH_BUDGET_BYTES;
    }
    return fits;
}
