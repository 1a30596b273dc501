// SPDX-License-Identifier: MIT
// How much of a page moved while it came (all its layout shifts together, 0 = nothing), when the answers of the API come one
// after another, each when what the one before brought has been drawn. Chromium tells this.

const WATCH = () => {
    window.__shifts = [];
    const take = (list) => window.__shifts.push(...list.filter(({ hadRecentInput }) => !hadRecentInput));
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    window.__takeShifts = () => {
        take(observer.takeRecords());
        return window.__shifts.map(({ value, sources }) => [value, sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? 'gone').join(', ')]);
    };
};
const isDrawn = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/**
 * @param {import('playwright-core').Page} page a fresh one
 * @param {string} url
 * @param {(page: import('playwright-core').Page) => Promise<unknown>} ready waits for what the page is about
 * @returns {Promise<{sum: number, shifts: [number, string][]}>} shifts: each with what moved
 */
export async function shiftsWhileComing(page, url, ready) {
    await page.addInitScript(WATCH);
    let turn = Promise.resolve();
    await page.route('**/api/v1/**', (route) => {
        turn = turn.then(async () => {
            await route.fulfill({ response: await route.fetch() });
            await isDrawn(page);
        });
        return turn;
    });
    await page.goto(url);
    await ready(page);
    await isDrawn(page);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    const shifts = await page.evaluate(() => window.__takeShifts());
    return { sum: shifts.reduce((sum, [value]) => sum + value, 0), shifts };
}
