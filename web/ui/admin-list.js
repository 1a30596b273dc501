// SPDX-License-Identifier: MIT
// What the lists of /admin share beyond what cards do (card-element.js): a page of the relay's list and more of it, a question
// before what cannot be taken back, and `changed`, fired when something was done.
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { words } from '../words/admin.js';
import { getJson } from './api.js';
import { CardElement } from './card-element.js';
import './tabcast-dialog.js';

/** @typedef {{heading: string, text: string, action: string}} Question */

export class AdminList extends CardElement {
    /** @type {import('lit').PropertyDeclarations} */
    static properties = { items: { state: true }, next: { state: true }, question: { state: true }, own: { attribute: false } };

    constructor() {
        super();
        /** @type {any[]|null} */ this.items = null;
        /** @type {string|null} */ this.next = null;
        /** @type {Question|null} */ this.question = null;
        /** @type {import('./ask.js').Account|null} who looks */ this.own = null;
    }

    /** Where the list is; with a question mark already. @returns {string} */
    get path() {
        throw new Error('a list has a path');
    }

    /** @param {string} [cursor] '' = anew */
    async load(cursor = '') {
        const { items, next } = await getJson(`${this.path}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
        this.items = cursor ? [...(this.items ?? []), ...items] : items;
        this.next = next;
    }

    /** Like act(), for what the site's figures may tell of. @param {() => Promise<void>} what */
    change(what) {
        return this.act(async () => {
            await what();
            this.dispatchEvent(new CustomEvent('changed', { bubbles: true }));
        });
    }

    /** @param {Question} question @param {() => Promise<void>} what is done if the answer is yes */
    async confirm(question, what) {
        this.question = question;
        await this.updateComplete;
        const dialog = /** @type {import('./tabcast-dialog.js').TabcastDialog} */ (this.querySelector('tabcast-dialog.confirm'));
        if ((await dialog.ask()) === 'yes') await this.change(what);
    }

    /** @param {(item: any) => unknown} renderItem @param {string} none */
    renderList(renderItem, none) {
        return html`${this.items === null && !this.fault ? html`<div class="wait" role="status" aria-label=${words.loading}></div>` : nothing}
            <p class="fault row apart" role="alert" ?hidden=${!this.fault}><span>${this.fault}</span>
                <button class="button" type="button" @click=${() => this.act(() => this.load())}>${words.retry}</button></p>
            ${this.items?.length === 0 ? html`<p class="hint">${none}</p>` : nothing}
            <ul class="items">${repeat(this.items ?? [], (item) => item.id, (item) => html`<li class="item">${renderItem(item)}</li>`)}</ul>
            ${this.next ? html`<div class="row"><button class="button" type="button" ?disabled=${this.isAsking} @click=${() => this.act(() => this.load(this.next ?? ''))}>${words.more}</button></div>` : nothing}
            <tabcast-dialog class="confirm" heading=${this.question?.heading ?? ''}>
                <p>${this.question?.text ?? ''}</p>
                <button slot="actions" class="button" type="button" value="">${words.keep}</button>
                <button slot="actions" class="button primary" type="button" value="yes">${this.question?.action ?? ''}</button>
            </tabcast-dialog>`;
    }
}
