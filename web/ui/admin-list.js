// SPDX-License-Identifier: MIT
// What the lists of /admin share: a page of the relay's list and more of it, one thing at a time, a question before what
// cannot be taken back. Renders into the document (form-styles.js is the page's).
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { faultSentence } from '../words/account.js';
import { words } from '../words/admin.js';
import { getJson } from './api.js';
import { FocusKeeper } from './focus-keeper.js';
import './tabcast-dialog.js';

/** @typedef {{heading: string, text: string, action: string}} Question */

export class AdminList extends LitElement {
    /** @type {import('lit').PropertyDeclarations} */
    static properties = { items: { state: true }, next: { state: true }, fault: { state: true }, isAsking: { state: true }, question: { state: true }, own: { attribute: false } };

    constructor() {
        super();
        new FocusKeeper(this);
        /** @type {any[]|null} */ this.items = null;
        /** @type {string|null} */ this.next = null;
        this.fault = '';
        this.isAsking = false;
        /** @type {Question|null} */ this.question = null;
        /** @type {import('./ask.js').Account|null} who looks */ this.own = null;
    }

    /** Where the list is; with a question mark already. @returns {string} */
    get path() {
        throw new Error('a list has a path');
    }

    createRenderRoot() {
        return this;
    }

    connectedCallback() {
        super.connectedCallback();
        this.load();
    }

    /** @param {string} [cursor] '' = anew */
    async load(cursor = '') {
        try {
            const { items, next } = await getJson(`${this.path}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
            this.items = cursor ? [...(this.items ?? []), ...items] : items;
            this.next = next;
            this.fault = '';
        } catch (error) {
            this.fault = faultSentence(error);
        }
    }

    /** One thing at a time; what went wrong is said here. @param {() => Promise<void>} what */
    async act(what) {
        this.isAsking = true;
        this.fault = '';
        try {
            await what();
            this.dispatchEvent(new CustomEvent('changed', { bubbles: true }));
        } catch (error) {
            this.fault = faultSentence(error);
        }
        this.isAsking = false;
    }

    /** @param {Question} question @param {() => Promise<void>} what is done if the answer is yes */
    async confirm(question, what) {
        this.question = question;
        await this.updateComplete;
        const dialog = /** @type {import('./tabcast-dialog.js').TabcastDialog} */ (this.querySelector('tabcast-dialog.confirm'));
        if ((await dialog.ask()) === 'yes') await this.act(what);
    }

    /** @param {(item: any) => unknown} renderItem @param {string} none */
    renderList(renderItem, none) {
        return html`${this.items === null && !this.fault ? html`<div class="wait" role="status" aria-label=${words.loading}></div>` : nothing}
            <p class="fault row apart" role="alert" ?hidden=${!this.fault}><span>${this.fault}</span>
                <button class="button" type="button" @click=${() => this.load()}>${words.retry}</button></p>
            ${this.items?.length === 0 ? html`<p class="hint">${none}</p>` : nothing}
            <ul class="items">${repeat(this.items ?? [], (item) => item.id, (item) => html`<li class="item">${renderItem(item)}</li>`)}</ul>
            ${this.next ? html`<div class="row"><button class="button" type="button" @click=${() => this.load(this.next ?? '')}>${words.more}</button></div>` : nothing}
            <tabcast-dialog class="confirm" heading=${this.question?.heading ?? ''}>
                <p>${this.question?.text ?? ''}</p>
                <button slot="actions" class="button" type="button" value="">${words.keep}</button>
                <button slot="actions" class="button primary" type="button" value="yes">${this.question?.action ?? ''}</button>
            </tabcast-dialog>`;
    }
}
