// SPDX-License-Identifier: MIT
// Drives Debian's WebKitGTK (MiniBrowser) by raw W3C WebDriver over HTTP, with WebKit's mock camera and microphone. Needs a
// display and a sound server: the `env` of startDesktop().
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.mjs';
import { until } from './relay.mjs';

const DRIVER = process.env.TABCAST_WEBKIT_DRIVER ?? '/usr/bin/WebKitWebDriver';
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const ARGS = ['--automation', '--enable-media-stream=true', '--enable-mock-capture-devices=true', '--autoplay-policy=allow', '--enable-write-console-messages-to-stdout=true'];
const SCRIPT_TIMEOUT_MS = 60000;

/** MiniBrowser lies in a folder named after the machine. */
function miniBrowser() {
    if (process.env.TABCAST_WEBKIT) return process.env.TABCAST_WEBKIT;
    const found = readdirSync('/usr/lib').map((name) => `/usr/lib/${name}/webkit2gtk-4.1/MiniBrowser`).find((file) => existsSync(file));
    if (!found) throw new Error('no MiniBrowser of webkit2gtk-4.1 below /usr/lib');
    return found;
}

/** One command of the protocol. @returns the answer's `value` */
async function command(base, method, at, body) {
    const answer = await fetch(base + at, { method, body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined, signal: AbortSignal.timeout(SCRIPT_TIMEOUT_MS + 10000) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`WebDriver ${method} ${at}: ${value.error}: ${value.message}`);
    return value;
}

/** Runs a function in the page, promises awaited; like evaluate() of the other drivers. */
const CALL = (source) => `const [args, done] = arguments;
    Promise.resolve().then(() => (${source})(...args)).then((value) => done({ value }), (e) => done({ error: String(e && e.message || e) + '\\n' + (e && e.stack || '') }));`;

/**
 * @param {{env?: Record<string,string>, hasSharedMemory?: boolean, isComposited?: boolean, args?: string[]}} [options]
 *   isComposited: true unless said otherwise. env: of startDesktop(). hasSharedMemory: WebKitGTK has no SharedArrayBuffer unless told so, also where a page is isolated.
 */
export async function launchWebKit(options = {}) {
    const home = await mkdtemp(path.join(tmpdir(), 'tabcast-webkit-'));
    const port = await freePort();
    const env = { ...process.env, ...options.env, HOME: home, XDG_RUNTIME_DIR: home, GDK_BACKEND: 'x11', GSETTINGS_BACKEND: 'memory', NO_AT_BRIDGE: '1' };
    // Without a GPU, compositing takes more than a core and leaves 5 to 10 frames a second of a page with a large canvas.
    // Without compositing, a <video> announces no pictures (requestVideoFrameCallback).
    if (options.isComposited === false) env.WEBKIT_DISABLE_COMPOSITING_MODE = '1';
    if (options.hasSharedMemory) env.JSC_useSharedArrayBuffer = '1';
    const driver = spawn(DRIVER, [`--port=${port}`, '--host=127.0.0.1'], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const exited = new Promise((resolve) => driver.once('exit', resolve));
    let log = '';
    for (const stream of [driver.stdout, driver.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (log += chunk));
    // The browser is a child of the driver, in a process group of their own.
    const kill = () => {
        try {
            process.kill(-driver.pid, 'SIGKILL');
        } catch {
            // ended already
        }
    };
    const onSignal = () => process.exit(143);
    process.once('exit', kill).once('SIGTERM', onSignal);
    const stop = async () => {
        kill();
        await exited;
        process.off('exit', kill).off('SIGTERM', onSignal);
        await rm(home, { recursive: true, force: true, maxRetries: 5 });
    };
    const root = `http://127.0.0.1:${port}`;
    try {
        await until(async () => (await command(root, 'GET', '/status')).ready, 'WebKitWebDriver', 20000);
        const { sessionId } = await command(root, 'POST', '/session', {
            capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary: miniBrowser(), args: [...ARGS, ...(options.args ?? [])] } } },
        });
        const session = `${root}/session/${sessionId}`;
        await command(session, 'POST', '/timeouts', { script: SCRIPT_TIMEOUT_MS, pageLoad: 60000 });
        return {
            page: new WebKitPage(session),
            get log() {
                return log;
            },
            async close() {
                await Promise.race([fetch(session, { method: 'DELETE' }).catch(() => {}), new Promise((r) => setTimeout(r, 5000))]);
                await stop();
            },
        };
    } catch (error) {
        await stop();
        throw new Error(`${error.message}\n${log}`);
    }
}

/** The session's one tab. */
class WebKitPage {
    #session;

    constructor(session) {
        this.#session = session;
    }

    goto(url) {
        return command(this.#session, 'POST', '/url', { url });
    }

    /** @param {Function} fn runs in the page, hidden or not @param {...any} args JSON */
    async evaluate(fn, ...args) {
        const { value, error } = await command(this.#session, 'POST', '/execute/async', { script: CALL(fn.toString()), args: [args] });
        if (error) throw new Error(error);
        return value;
    }

    /** A real click, as a person's. @param {Function} fn finds the element in the page, through shadow roots too */
    async click(fn, ...args) {
        const element = await command(this.#session, 'POST', '/execute/sync', { script: `return (${fn.toString()})(...arguments)`, args });
        if (!element?.[ELEMENT]) throw new Error(`nothing to click for ${fn}`);
        await command(this.#session, 'POST', `/element/${element[ELEMENT]}/click`);
    }

    /** Hides the page by making its window an icon: a tab behind another counts as visible under WebDriver. */
    async hide() {
        await command(this.#session, 'POST', '/window/minimize');
        await until(() => this.evaluate(() => document.visibilityState === 'hidden'), 'the tab to be hidden');
    }

    async show() {
        await command(this.#session, 'POST', '/window/rect', { x: 0, y: 0, width: 1024, height: 768 });
        await until(() => this.evaluate(() => document.visibilityState === 'visible'), 'the tab to be visible');
    }

    /** @returns {Promise<Buffer>} PNG */
    async screenshot() {
        return Buffer.from(await command(this.#session, 'GET', '/screenshot'), 'base64');
    }
}
