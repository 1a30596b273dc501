// SPDX-License-Identifier: MIT
// Ours: a studio tab goes live by its own buttons, a show tab watches with sound.

/**
 * @param {object} contexts a browser context, or {publisher, viewer}
 * @returns {Promise<{publisher: object, viewer: object, showUrl: string, close: () => Promise<void>}>}
 */
export async function openTabcast(contexts, relayUrl, { title = 'Glass to glass', setting = 'normal' } = {}) {
    const publisher = await (contexts.publisher ?? contexts).newPage();
    const showUrl = await goLive(publisher, relayUrl, title);
    const viewer = await (contexts.viewer ?? contexts).newPage();
    await watch(viewer, showUrl);
    await viewer.evaluate((wanted) => document.querySelector('tabcast-player').viewer.setSetting(wanted), setting);
    await viewer.evaluate(() => window.__probe.watch('video, canvas', document.querySelector('tabcast-player').shadowRoot));
    return {
        publisher,
        viewer,
        showUrl,
        async close() {
            await endShow(publisher);
            await publisher.close();
            await viewer.close();
        },
    };
}

/** Fills the studio in and goes live. @returns {Promise<string>} the show's page */
export async function goLive(page, relayUrl, title) {
    await page.goto(`${relayUrl}/studio`);
    await page.getByLabel('Title').fill(title);
    await page.getByRole('button', { name: 'Go live' }).click();
    await page.getByRole('button', { name: 'End show' }).waitFor({ timeout: 30000 });
    const items = await page.evaluate(() => fetch('/api/v1/shows?state=live').then((r) => r.json()));
    const show = items.items.find((s) => s.title === title);
    if (!show) throw new Error(`"${title}" is not among the live shows: ${JSON.stringify(items)}`);
    return `${relayUrl}/show/${show.id}`;
}

export async function watch(page, showUrl) {
    await page.goto(showUrl);
    await page.waitForFunction(() => document.querySelector('tabcast-player')?.stats?.framesDecoded > 5, null, { timeout: 30000 });
    const sound = page.getByRole('button', { name: /tap for sound/i });
    if (await sound.isVisible()) await sound.click();
}

export async function endShow(page) {
    await page.getByRole('button', { name: 'End show' }).click();
    const confirm = page.getByRole('dialog').getByRole('button', { name: 'End show' });
    await confirm.waitFor({ timeout: 2000 }).then(() => confirm.click(), () => {});
}
