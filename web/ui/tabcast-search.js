// SPDX-License-Identifier: MIT
// <tabcast-search>: a field and a choice of category over the programme; asks as one types, shows what is found, page by
// page. Tells its host by `searching {detail: boolean}` whether there is something to find, and keeps the address in step.
// Renders into the document (the home page's styles).
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { categories, faultSentence } from '../words/account.js';
import { languages } from '../words/show-languages.js';
import { strings } from '../words/strings.js';
import { getJson } from './api.js';
import { icon, search as glass } from './icons.js';
import './tabcast-show-card.js';

/** @typedef {import('./api.js').Show} Show */

const PAUSE_MS = 250;
const PAGE_COUNT = 24;

export class TabcastSearch extends LitElement {
    static properties = { words: { state: true }, category: { state: true }, state: { state: true }, language: { state: true }, found: { state: true }, next: { state: true }, fault: { state: true } };

    /** @type {AbortController|null} */ #asking = null;
    /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;

    constructor() {
        super();
        const query = new URLSearchParams(location.search);
        this.words = query.get('q') ?? '';
        this.category = categories[query.get('category') ?? ''] ? (query.get('category') ?? '') : '';
        this.state = ['live', 'scheduled', 'ended'].includes(query.get('state') ?? '') ? (query.get('state') ?? '') : '';
        this.language = languages.some(([code]) => code === query.get('language')) ? (query.get('language') ?? '') : '';
        /** @type {Show[]|null} */ this.found = null;
        /** @type {string|null} */ this.next = null;
        this.fault = '';
    }

    createRenderRoot() {
        return this;
    }

    connectedCallback() {
        super.connectedCallback();
        if (this.isSearching) this.#search('');
        this.#tell();
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#asking?.abort();
        clearTimeout(this.#timer);
    }

    get isSearching() {
        return this.words.trim() !== '' || this.category !== '' || this.state !== '' || this.language !== '';
    }

    #tell() {
        this.dispatchEvent(new CustomEvent('searching', { detail: this.isSearching }));
    }

    #changed(pauseMs = 0) {
        const query = new URLSearchParams();
        for (const [name, value] of [['q', this.words.trim()], ['category', this.category], ['state', this.state], ['language', this.language]]) if (value) query.set(name, value);
        history.replaceState(null, '', query.size === 0 ? location.pathname : `${location.pathname}?${query}`);
        this.#tell();
        clearTimeout(this.#timer);
        this.#asking?.abort();
        if (!this.isSearching) {
            this.found = null;
            this.next = null;
            this.fault = '';
            return;
        }
        this.#timer = setTimeout(() => this.#search(''), pauseMs);
    }

    /** @param {string} cursor '' = from the beginning */
    async #search(cursor) {
        const asking = new AbortController();
        this.#asking = asking;
        const query = new URLSearchParams({ limit: String(PAGE_COUNT) });
        for (const [name, value] of [['q', this.words.trim()], ['category', this.category], ['state', this.state], ['language', this.language], ['cursor', cursor]]) if (value) query.set(name, value);
        try {
            const { items, next } = await getJson(`/api/v1/shows?${query}`, asking.signal);
            if (asking.signal.aborted) return;
            this.found = cursor ? [...(this.found ?? []), ...items] : items;
            this.next = next;
            this.fault = '';
        } catch (error) {
            if (!asking.signal.aborted) this.fault = faultSentence(error);
        }
    }

    render() {
        const text = strings.search;
        return html`<form class="search" role="search" @submit=${(/** @type {Event} */ e) => e.preventDefault()}>
                <label class="find"><span class="visually-hidden">${text.label}</span>${icon(glass)}
                    <input class="field" type="search" name="q" placeholder=${text.placeholder} maxlength="100" autocomplete="off" .value=${this.words}
                        @input=${(/** @type {Event} */ e) => this.#set('words', e, PAUSE_MS)}></label>
                <label><span class="visually-hidden">${text.category}</span>
                    <select class="field" .value=${this.category} @change=${(/** @type {Event} */ e) => this.#set('category', e)}>
                        <option value="">${text.allCategories}</option>
                        ${Object.entries(categories).map(([id, name]) => html`<option value=${id} ?selected=${id === this.category}>${name}</option>`)}
                    </select></label>
                <label><span class="visually-hidden">${text.state}</span>
                    <select class="field" .value=${this.state} @change=${(/** @type {Event} */ e) => this.#set('state', e)}>
                        <option value="">${text.allStates}</option>
                        ${Object.entries(text.states).map(([id, name]) => html`<option value=${id} ?selected=${id === this.state}>${name}</option>`)}
                    </select></label>
                <label class="language"><span class="visually-hidden">${text.language}</span>
                    <select class="field" .value=${this.language} @change=${(/** @type {Event} */ e) => this.#set('language', e)}>
                        <option value="">${text.allLanguages}</option>
                        ${languages.map(([id, name]) => html`<option value=${id} ?selected=${id === this.language}>${name}</option>`)}
                    </select></label>
            </form>
            ${this.isSearching ? this.#renderFound() : nothing}`;
    }

    /** @param {'words'|'category'|'state'|'language'} name @param {Event} event @param {number} [pauseMs] */
    #set(name, event, pauseMs) {
        this[name] = /** @type {HTMLInputElement|HTMLSelectElement} */ (event.target).value;
        this.#changed(pauseMs);
    }

    #renderFound() {
        const text = strings.search;
        const nowMs = Date.now();
        return html`<section class="programme" aria-labelledby="found" aria-busy=${this.found === null && !this.fault}>
            <h2 id="found">${text.found}</h2>
            <p class=${this.found?.length === 0 || this.fault ? 'no-replays' : 'visually-hidden'} role="status">${this.fault || (this.found === null ? text.looking : text.count(this.found.length))}</p>
            <ul class="cards small">${repeat(this.found ?? [], (show) => show.id, (show) => html`<li><tabcast-show-card .show=${show} .nowMs=${nowMs}></tabcast-show-card></li>`)}</ul>
            ${this.next ? html`<p><button class="button" type="button" @click=${() => this.#search(this.next ?? '')}>${text.more}</button></p>` : nothing}
        </section>`;
    }
}

customElements.define('tabcast-search', TabcastSearch);
