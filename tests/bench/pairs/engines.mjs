// SPDX-License-Identifier: MIT
// One page in any of the three browsers, with the same few verbs: goto, evaluate, hide, show. The browser speaks to the
// relay through a proxy of its own, which takes SharedArrayBuffer away where that is wanted and puts the probe into the page.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launchChromiumTabs, launchFirefox } from '../../e2e/lib/browsers.mjs';
import { startFront } from '../../e2e/lib/front.mjs';
import { until } from '../../e2e/lib/relay.mjs';
import { launchWebKit } from '../../e2e/lib/webkit.mjs';

const text = (name) => readFile(fileURLToPath(new URL(name, import.meta.url)), 'utf8');
const PROBE = await text('../glass/probe.js');
const SOURCE = await text('./source.js');
const SENSES = await text('./senses.js');

/** Two tabs of a puppeteer browser: the page, and one that is in front of it while the page is hidden. */
async function tabsOf({ browser, close }) {
    const page = await browser.newPage();
    let other = null;
    const is = (state) => until(() => page.evaluate(() => document.visibilityState).then((s) => s === state), `the tab to be ${state}`, 15000);
    return {
        pid: browser.process().pid,
        goto: (url) => page.goto(url, { waitUntil: 'load' }),
        evaluate: (fn, ...args) => page.evaluate(fn, ...args),
        async hide() {
            other ??= await browser.newPage();
            await other.bringToFront();
            await is('hidden');
        },
        async show() {
            await page.bringToFront();
            await is('visible');
        },
        close,
    };
}

const open = {
    chromium: async ({ clip, args }) => tabsOf(await launchChromiumTabs({ ...clip, args })),
    firefox: async ({ desktop }) => tabsOf(await launchFirefox({ headless: false, env: desktop.env })),
    async webkit({ desktop, hasSharedMemory }) {
        const { page, close } = await launchWebKit({ env: desktop.env, hasSharedMemory, isComposited: false });
        return { goto: (url) => page.goto(url), evaluate: (fn, ...args) => page.evaluate(fn, ...args), hide: () => page.hide(), show: () => page.show(), close };
    },
};

/**
 * @param {'chromium'|'firefox'|'webkit'} engine
 * @param {{relayUrl: string, desktop: {env: Record<string,string>}, clip: {camera: string, microphone: string},
 *   hasSharedMemory?: boolean, isMock?: boolean, script?: string, args?: string[]}} options isMock: the browser's own mock camera,
 *   without counter and beep; script: one more for the page; args: Chromium's
 */
export async function openPage(engine, { relayUrl, desktop, clip, hasSharedMemory = true, isMock = false, script: more = '', args = [] }) {
    const script = [...(engine === 'chromium' || isMock ? [] : [SOURCE]), PROBE, SENSES, more].join('\n');
    // WebKitGTK lacks SharedArrayBuffer by itself, in isolated pages too.
    const front = await startFront(relayUrl, { isIsolated: hasSharedMemory || engine === 'webkit', script });
    try {
        const page = await open[engine]({ desktop, clip, hasSharedMemory, args });
        return {
            ...page,
            engine,
            url: front.url,
            async close() {
                await page.close();
                front.close();
            },
        };
    } catch (error) {
        front.close();
        throw error;
    }
}
