// SPDX-License-Identifier: MIT
// A picture of every page in every state that matters (lib/page-states.mjs), in each language, theme and size, from a real relay with
// everything on it; for people to look at. Says on the way what a program can see: what is wider than the screen, what is
// cut off, what a thumb would miss, what the page complained of.
//
//   TABCAST_TEST_FILM=FILE node tests/e2e/every-page.mjs --out DIR [--group front,shows,door,signed-in,studio] [--only NAME,…]
//                          [--language en,de] [--theme dark,light] [--size desktop,phone] [--text 200]
//
// DIR/LANGUAGE/NAME-SIZE-THEME.png, the whole page. --text: size of letters in per cent. All of it takes minutes; each
// group can be made by itself.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { openFullHouse } from './lib/full-house.mjs';
import { GROUPS } from './lib/page-states.mjs';

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
/** A state that is not reached by then is told, and the next one is made. */
const WAIT_MS = 12_000;
const list = (value) => value.split(',').filter(Boolean);
const text = (value) => ({ type: /** @type {const} */ ('string'), default: value });
const { values: options } = parseArgs({
    options: { out: text(''), group: text(Object.keys(GROUPS).join(',')), only: text(''), language: text('en,de'), theme: text('dark,light'), size: text('desktop,phone'), text: text('100') },
});

/** What a program sees, in the page. @param {boolean} isPhone */
function findFaults(isPhone) {
    const found = [];
    const name = (element) => `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ''}${typeof element.className === 'string' && element.className ? `.${element.className.trim().split(/\s+/).join('.')}` : ''} “${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)}”`;
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 0) found.push(`scrolls sideways by ${wide} px`);
    const look = (element) => {
        const box = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        if (box.width < 2 || box.height < 2 || style.visibility !== 'visible' || style.clipPath !== 'none' || element.closest('[inert]')) return;
        const isText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
        if (isText && box.right > innerWidth + 1 && style.position !== 'fixed') found.push(`beyond the edge by ${Math.round(box.right - innerWidth)} px: ${name(element)}`);
        if (isText && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && style.display !== 'inline' && !/auto|scroll/.test(style.overflowX)) found.push(`wider than its place by ${element.scrollWidth - element.clientWidth} px: ${name(element)}`);
        if (element.matches('select') && element.selectedOptions[0]) {
            const pen = document.createElement('canvas').getContext('2d');
            pen.font = style.font;
            const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
            if (pen.measureText(element.selectedOptions[0].text).width > room + 2) found.push(`a choice is cut: ${element.selectedOptions[0].text}`);
        }
        if (!isPhone || !element.matches('button, summary, select, textarea, a.button, input:not([type=hidden])')) return;
        const label = element.matches('[type=checkbox], [type=radio], [type=file]') ? element.closest('label') : null;
        const target = label?.getBoundingClientRect() ?? box;
        if (target.height < 43.5 || target.width < 43.5) found.push(`small for a thumb, ${Math.round(target.width)} × ${Math.round(target.height)}: ${name(element)}`);
    };
    const visit = (root) => {
        for (const element of root.querySelectorAll('*')) {
            if (element.localName.startsWith('media-')) continue;
            look(element);
            if (element.shadowRoot) visit(element.shadowRoot);
        }
    };
    visit(document);
    return found;
}

class Album {
    #context;
    #house;
    /** What was found, by where. @type {Map<string, Set<string>>} */ faults = new Map();
    count = 0;

    constructor(context, house) {
        this.#context = context;
        this.#house = house;
    }

    /** All themes of what the page shows now. @param {any} page @param {string} name @param {import('./lib/page-states.mjs').State} state @param {{language: string, size: string}} form */
    async #shoot(page, name, state, { language, size }) {
        for (const theme of list(options.theme)) {
            await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
            await page.evaluate(() => document.fonts.ready);
            const file = path.join(options.out, language, `${name}-${size}-${theme}.png`);
            const isWhole = !state.isEndless && !(await page.locator('.theatre.fits').count());
            await page.screenshot({ path: file, fullPage: isWhole, animations: 'disabled', caret: 'hide', timeout: WAIT_MS });
            this.count += 1;
        }
        for (const fault of await page.evaluate(findFaults, size === 'phone')) this.#tell(`${name}, ${language}, ${size}`, fault);
    }

    #tell(where, fault) {
        const known = this.faults.get(fault) ?? new Set();
        this.faults.set(fault, known.add(where));
    }

    async #signIn(who) {
        await this.#context.clearCookies();
        const name = typeof who === 'function' ? await who(this.#house) : who;
        if (name) await this.#context.addCookies([{ name: 'tabcast_session', value: this.#house.cookies.get(name), url: this.#house.url, httpOnly: true, sameSite: 'Lax' }]);
    }

    /** A state and the ones after it. @param {string} name @param {import('./lib/page-states.mjs').State} state */
    async take(name, state, { language, size }) {
        await this.#signIn(state.who);
        const page = await this.#context.newPage();
        page.setDefaultTimeout(WAIT_MS);
        const errors = collectErrors(page);
        page.on('dialog', (dialog) => dialog.accept());
        let at = name;
        try {
            await page.setViewportSize(SIZES[size]);
            await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
            await page.addInitScript(([code, percent]) => {
                try {
                    localStorage.setItem('tabcast-language', code);
                } catch {
                    // a blank page has no storage
                }
                if (percent !== '100') document.addEventListener('DOMContentLoaded', () => (document.documentElement.style.fontSize = `${percent}%`));
            }, [language, options.text]);
            await state.before?.(page, this.#house);
            const address = state.at(this.#house);
            await page.goto(address.startsWith('/') ? this.#house.url + address : address);
            await state.ready(page, this.#house);
            await this.#shoot(page, name, state, { language, size });
            for (const [step, act] of state.steps ?? []) {
                at = step;
                await act(page, this.#house);
                await this.#shoot(page, step, state, { language, size });
            }
        } catch (error) {
            await page.screenshot({ path: path.join(options.out, language, `failed-${at}-${size}.png`) }).catch(() => {});
            this.#tell(`${at}, ${language}, ${size}`, `NOT REACHED: ${String(error.message).split('\n').slice(0, 3).join(' ')}`);
        }
        for (const error of errors.filter((e) => !/status of 40|ERR_FAILED|Failed to fetch/.test(e))) this.#tell(`${at}, ${language}, ${size}`, `the page says: ${error}`);
        await page.close({ runBeforeUnload: false });
    }
}

async function main() {
    if (!options.out) throw new Error('--out DIR');
    for (const language of list(options.language)) await mkdir(path.join(options.out, language), { recursive: true });
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-album-'));
    const ends = [() => rm(folder, { recursive: true, force: true })];
    try {
        const house = await openFullHouse(folder);
        ends.unshift(() => house.close());
        const chromium = await launchChromium({ camera: path.join(folder, 'camera.y4m'), microphone: path.join(folder, 'microphone.wav') });
        ends.unshift(() => chromium.close());
        console.log(`the house is open after ${process.uptime().toFixed(0)} s`);
        const album = new Album(chromium.context, house);
        const only = list(options.only);
        for (const group of list(options.group))
            for (const [name, state] of Object.entries(GROUPS[group])) {
                if (only.length > 0 && !only.includes(name)) continue;
                for (const language of list(options.language))
                    for (const size of list(options.size)) if (!state.only || state.only === size) await album.take(name, state, { language, size });
            }
        for (const [fault, places] of album.faults) console.log(`${fault}\n    ${[...places].slice(0, 6).join('; ')}${places.size > 6 ? ` and ${places.size - 6} more` : ''}`);
        console.log(`${album.count} pictures in ${process.uptime().toFixed(0)} s`);
    } finally {
        for (const end of ends) await end();
    }
}

await main();
