// SPDX-License-Identifier: MIT
// Starts Debian's Chromium (playwright-core; puppeteer-core where tabs must really be hidden) and Firefox ESR
// (puppeteer-core) with a fake camera and microphone.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

export const CHROMIUM = process.env.TABCAST_CHROMIUM ?? '/usr/bin/chromium';
const FIREFOX = process.env.TABCAST_FIREFOX ?? '/usr/bin/firefox-esr';

const CHROMIUM_FLAGS = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
];

function chromiumArgs(options) {
    const args = [...CHROMIUM_FLAGS, '--use-fake-device-for-media-stream', ...(options.args ?? [])];
    if (options.camera) args.push(`--use-file-for-fake-video-capture=${options.camera}`);
    if (options.microphone) args.push(`--use-file-for-fake-audio-capture=${options.microphone}`);
    if (options.screenTitle) args.push(`--auto-select-tab-capture-source-by-title=${options.screenTitle}`);
    if (options.autoplay) args.push('--autoplay-policy=no-user-gesture-required');
    return args;
}

/**
 * @param {{camera?: string, microphone?: string, screenTitle?: string, autoplay?: boolean, viewport?: object,
 *   colorScheme?: 'dark'|'light', locale?: string, bypassCSP?: boolean, args?: string[], permissions?: string[], executable?: string}} options
 *   camera: y4m file, microphone: wav file; screenTitle: the tab that getDisplayMedia picks.
 * @returns {Promise<{context: import('playwright-core').BrowserContext, close: () => Promise<void>}>}
 */
export async function launchChromium(options = {}) {
    const profile = await mkdtemp(path.join(tmpdir(), 'tabcast-chromium-'));
    const args = chromiumArgs(options);
    const context = await chromium.launchPersistentContext(profile, {
        executablePath: options.executable ?? CHROMIUM,
        headless: true,
        args,
        viewport: options.viewport ?? { width: 1280, height: 800 },
        colorScheme: options.colorScheme ?? 'dark',
        locale: options.locale ?? 'en-US',
        bypassCSP: options.bypassCSP ?? false,
        permissions: options.permissions ?? ['camera', 'microphone'],
    });
    return {
        context,
        async close() {
            await context.close();
            await rm(profile, { recursive: true, force: true, maxRetries: 5 });
        },
    };
}

/** @param {import('puppeteer-core').Browser} browser whose profile goes with it */
const withClose = (browser, profile) => ({
    browser,
    async close() {
        // A page that hangs would keep the polite way waiting for minutes.
        const timer = setTimeout(() => browser.process()?.kill('SIGKILL'), 10000);
        await browser.close().catch(() => {});
        clearTimeout(timer);
        await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
});

/**
 * Chromium whose tabs are hidden when another comes to the front, which Playwright keeps from happening.
 * @param {{camera?: string, microphone?: string, args?: string[]}} options as for launchChromium()
 */
export async function launchChromiumTabs(options = {}) {
    const profile = await mkdtemp(path.join(tmpdir(), 'tabcast-chromium-'));
    const browser = await puppeteer.launch({
        executablePath: CHROMIUM,
        headless: true,
        userDataDir: profile,
        defaultViewport: { width: 1280, height: 800 },
        args: [...chromiumArgs({ ...options, autoplay: true }), '--auto-accept-camera-and-microphone-capture'],
    });
    return withClose(browser, profile);
}

/**
 * Firefox ESR with its built-in fake camera (a moving pattern) and a fake microphone tone.
 * @param {{headless?: boolean, env?: Record<string,string>, width?: number, height?: number, prefs?: object}} options
 */
export async function launchFirefox(options = {}) {
    const profile = await mkdtemp(path.join(tmpdir(), 'tabcast-firefox-'));
    const browser = await puppeteer.launch({
        browser: 'firefox',
        executablePath: FIREFOX,
        headless: options.headless ?? true,
        userDataDir: profile,
        defaultViewport: { width: options.width ?? 1280, height: options.height ?? 800 },
        env: { ...process.env, ...options.env },
        extraPrefsFirefox: {
            'media.navigator.streams.fake': true,
            'media.navigator.permission.disabled': true,
            'media.autoplay.default': 0,
            'media.navigator.video.default_width': 1280,
            'media.navigator.video.default_height': 720,
            ...options.prefs,
        },
    });
    return withClose(browser, profile);
}

/** Collects what a page complains about, for an assertion at the end. Works for both drivers. */
export function collectErrors(page) {
    const errors = [];
    page.on('pageerror', (e) => errors.push(String(e?.message ?? e)));
    page.on('console', (m) => {
        if (m.type() === 'error') errors.push(`${m.text()} ${m.location?.()?.url ?? ''}`.trim());
    });
    return errors;
}
