// SPDX-License-Identifier: MIT
// Somebody who has a keyboard and nothing else, at a Playwright page: walks by Tab, presses and types. At every stop what has
// the focus must show that it has it, and must not lie under something else; and there is always a way on.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { until } from './relay.mjs';

const SIGHT = fileURLToPath(new URL('./page-sight.js', import.meta.url));
/** More stops than any of our pages has. */
const MOST_STOPS = 150;
/** Controls that had faded come back. */
const COMES_MS = 1500;

export class Keyboard {
    /** @param {import('playwright-core').Page} page of a context that has been taught (below) */
    constructor(page) {
        this.page = page;
        this.stops = 0;
    }

    /** @param {import('playwright-core').BrowserContext} context */
    static teach(context) {
        return context.addInitScript({ path: SIGHT });
    }

    /** What has the focus; null: the page itself. */
    async stop() {
        const stop = await this.page.evaluate(() => window.__sight.stop());
        const where = `on ${new URL(this.page.url()).pathname}`;
        if (stop?.before) assert.ok(stop.before.isShown, `${stop.before.name} does not show that it has the focus, ${where}`);
        if (stop && !stop.isUncovered) await until(() => this.page.evaluate(() => window.__sight.isFocusUncovered()), `${stop.role} “${stop.name}”, which has the focus, to be seen ${where}`, COMES_MS);
        if (stop) this.stops++;
        return stop;
    }

    async tab(isBack = false) {
        await this.page.keyboard.press(isBack ? 'Shift+Tab' : 'Tab');
        return this.stop();
    }

    /** Walks to it, however far. @param {string} role @param {string|RegExp} name */
    async to(role, name, isBack = false) {
        const fits = (stop) => stop?.role === role && (name instanceof RegExp ? name.test(stop.name) : stop.name === name);
        const passed = [];
        for (let stop = await this.stop(); passed.length < MOST_STOPS; stop = await this.tab(isBack)) {
            if (fits(stop)) return stop;
            passed.push(stop ? `${stop.role} “${stop.name}”` : 'the page');
        }
        throw new Error(`no ${role} “${name}” on ${this.page.url()}; passed ${[...new Set(passed)].join(', ')}`);
    }

    press(key) {
        return this.page.keyboard.press(key);
    }

    /** Walks to it and presses it. */
    async use(role, name, key = 'Enter') {
        await this.to(role, name);
        await this.press(key);
    }

    /** Walks to a field and writes, over what stood there. */
    async write(name, text, role = 'textbox') {
        await this.to(role, name);
        await this.press('Control+A');
        await this.page.keyboard.type(text);
        await until(async () => (await this.stop())?.value === text, `“${text}” in ${name}`);
    }

    /** What was pressed must not lose the place: the focus is on something, perhaps a moment later. */
    async keeps(what) {
        await until(async () => (await this.stop()) !== null, `the focus to be somewhere after ${what} on ${this.page.url()}`, 5000);
    }

    /**
     * All the way round: from the page's beginning through every stop until the page itself has the focus again, or the
     * first stop. Then one step back.
     * @returns {Promise<string[]>}
     */
    async round() {
        await this.page.evaluate(() => document.activeElement?.blur());
        await this.page.evaluate(() => getSelection()?.collapse(document.body, 0));
        const names = [];
        const keys = new Set();
        let last = 0;
        // A date has several stops in one field.
        for (let stop = await this.tab(); stop && (stop.key === last || !keys.has(stop.key)); stop = await this.tab()) {
            keys.add((last = stop.key));
            names.push(`${stop.role} “${stop.name}”`);
            assert.ok(stop.name, `a ${stop.tag} without a name has the focus on ${this.page.url()}`);
            assert.ok(names.length <= MOST_STOPS, `no end of ${this.page.url()}: ${names.join(', ')}`);
        }
        await this.tab();
        const ahead = await this.tab();
        const back = await this.tab(true);
        assert.notEqual(back?.key, ahead?.key, `no way back from ${ahead?.name} on ${this.page.url()}`);
        return names;
    }
}
