// SPDX-License-Identifier: MIT
// axe-core on a Playwright page, shadow trees included.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @returns {Promise<string[]>} one sentence per violation */
export async function violations(page) {
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
    const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.flat().join(' ')}: ${n.failureSummary.replace(/\s+/g, ' ')}`));
}
