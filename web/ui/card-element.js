// SPDX-License-Identifier: MIT
// What the cards of /account and the lists of /admin share: they learn what they are about when they come, ask one thing at
// a time, say on themselves what went wrong, and keep the place of who goes by keyboard. They render into the document
// (form-styles.js is the page's). What a card says and asks is its own.
import { LitElement, html, nothing } from 'lit';
import { faultSentence } from '../words/account.js';
import { FocusKeeper } from './focus-keeper.js';

export class CardElement extends LitElement {
    /** @type {import('lit').PropertyDeclarations} */
    static properties = { fault: { state: true }, isAsking: { state: true }, isKnown: { state: true } };

    /** Fulfilled, never rejected, when load() is over for the first time. @type {Promise<void>} */ known = Promise.resolve();

    constructor() {
        super();
        new FocusKeeper(this);
        this.fault = '';
        this.isAsking = false;
        this.isKnown = false;
    }

    createRenderRoot() {
        return this;
    }

    connectedCallback() {
        super.connectedCallback();
        this.known = this.act(async () => {
            await this.load();
            this.isKnown = true;
        });
    }

    /** Learns what the card is about. @returns {Promise<void>} */
    async load() {}

    /** Does one thing; what went wrong is said on the card. @param {() => Promise<unknown>} what */
    async act(what) {
        this.isAsking = true;
        this.fault = '';
        try {
            await what();
        } catch (error) {
            this.fault = this.sentenceOf(error);
        }
        this.isAsking = false;
    }

    /** @param {unknown} error @returns {string} what is said of it */
    sentenceOf(error) {
        return faultSentence(error);
    }

    renderFault() {
        return html`<p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>`;
    }

    /** @param {string} id of its heading @param {string} title @param {unknown} aside beside the heading @param {() => unknown} renderBody once it is known */
    renderCard(id, title, aside, renderBody) {
        return html`<section class="card" aria-labelledby=${id} aria-busy=${!this.isKnown && !this.fault}>
            <div class="row apart"><h2 id=${id}>${title}</h2>${aside}</div>
            ${this.renderFault()}
            ${this.isKnown ? renderBody() : this.fault ? nothing : html`<div class="wait"></div>`}
        </section>`;
    }
}
