// SPDX-License-Identifier: MIT
// Somebody in front of a page of puppeteer's, in Chromium or Firefox: finds things by role and name, waits for them, clicks
// and types. What page-sight.js finds is what they see.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { collectErrors } from './browsers.mjs';
import { until } from './relay.mjs';

const script = (name) => readFile(fileURLToPath(new URL(name, import.meta.url)), 'utf8');
const SIGHT = await script('./page-sight.js');
const PICTURE = await script('./picture.js');
const LONG_MS = 40_000;

export class Person {
    /** @param {import('puppeteer-core').Page} page @param {string} home the relay, under the name that is theirs */
    constructor(page, home) {
        this.page = page;
        this.home = home;
        this.errors = collectErrors(page);
    }

    /** @param {import('puppeteer-core').Browser} browser @param {string} home @param {string[]} [scripts] run first in every page */
    static async open(browser, home, scripts = []) {
        const page = await browser.newPage();
        for (const one of [SIGHT, PICTURE, ...scripts]) await page.evaluateOnNewDocument(one);
        return new Person(page, home);
    }

    goto(at) {
        return this.page.goto(this.home + at, { waitUntil: 'load' });
    }

    front() {
        return this.page.bringToFront();
    }

    at() {
        return this.page.evaluate(() => location.pathname + location.search);
    }

    /** Waits for the address. @param {RegExp} pattern */
    arrives(pattern) {
        return until(async () => pattern.test(await this.at()), `${pattern} in the address`, LONG_MS);
    }

    /** @returns {Promise<import('puppeteer-core').ElementHandle>} */
    sees(role, name, within) {
        return until(async () => {
            const handle = await this.page.evaluateHandle((...what) => window.__sight.find(...what), role, name, within);
            return handle.asElement();
        }, `${role} “${name}”${within ? ` in “${within}”` : ''} on ${this.page.url()}`, LONG_MS);
    }

    reads(text) {
        return until(() => this.page.evaluate((wanted) => window.__sight.hasText(wanted), text), `“${text}” on ${this.page.url()}`, LONG_MS);
    }

    async clicks(role, name, within) {
        const handle = await this.sees(role, name, within);
        await until(() => handle.evaluate((element) => !element.disabled), `“${name}” to be on offer`, LONG_MS);
        await handle.click();
    }

    async fills(name, text, role = 'textbox') {
        const field = await this.sees(role, name);
        await field.click();
        await field.evaluate((element) => element.select?.());
        await field.type(text);
    }

    /** Of a field that is no text: a date, a choice. */
    async sets(role, name, value) {
        await (await this.sees(role, name)).evaluate((element, to) => {
            element.value = to;
            for (const type of ['input', 'change']) element.dispatchEvent(new Event(type, { bubbles: true }));
        }, value);
    }

    /** Different frame counters of what the player shows, until there are so many. @returns {Promise<number[]>} */
    async pictures(count, ms = 4000) {
        await this.front();
        const seen = new Set();
        await until(async () => {
            for (const counter of await this.page.evaluate((time) => window.__picture.counters(time), ms)) seen.add(counter);
            return seen.size >= count;
        }, `${count} different pictures on ${this.page.url()}`, LONG_MS);
        return [...seen];
    }

    async stats() {
        return this.page.evaluate(() => document.querySelector('tabcast-player')?.stats ?? null);
    }
}
