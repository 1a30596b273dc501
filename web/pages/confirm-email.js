// SPDX-License-Identifier: MIT
// `/confirm-email#CODE`: confirms an e-mail address by the link that was sent there; by a button, since mail programs
// open links to look at them. The code leaves the address bar at once.
import { html } from 'lit';
import { ApiError } from '../ui/api.js';
import { ask } from '../ui/ask.js';
import { formStyles } from '../ui/form-styles.js';
import { faultSentence, words } from '../words/account.js';
import { PageElement } from './page-element.js';

class TabcastConfirmEmailPage extends PageElement {
    static properties = { fault: { state: true }, isSpent: { state: true }, isAsking: { state: true }, address: { state: true } };
    static pageStyles = [formStyles];

    #code = location.hash.slice(1);

    constructor() {
        super();
        this.fault = this.#code ? '' : words.confirmEmail.missing;
        /** The link will never do; another is sent from the account's page. */ this.isSpent = !this.#code;
        this.isAsking = false;
        this.address = '';
        // Neither history nor whoever looks over a shoulder shall keep it.
        history.replaceState(null, '', location.pathname);
    }

    async #onConfirm() {
        this.isAsking = true;
        this.fault = '';
        try {
            this.address = (await ask('POST', '/api/v1/email-confirmations', { code: this.#code })).address;
        } catch (error) {
            this.fault = faultSentence(error);
            this.isSpent = error instanceof ApiError && [404, 409, 422].includes(error.status);
        }
        this.isAsking = false;
    }

    render() {
        const text = words.confirmEmail;
        return html`<div class="plain narrow">
            <h1>${text.title}</h1>
            ${this.address
                ? html`<div class="card"><p class="lead" role="status">${text.done(this.address)}</p><a class="button primary large" href="/account">${text.toAccount}</a></div>`
                : html`<div class="card"><p class="lead" ?hidden=${this.isSpent}>${text.lead}</p>
                      <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
                      ${this.isSpent
                          ? html`<a class="button primary large" href="/account">${text.toAccount}</a>`
                          : html`<button class="button primary large" type="button" ?disabled=${this.isAsking} @click=${this.#onConfirm}>${text.submit}</button>`}</div>`}
        </div>`;
    }
}

customElements.define('tabcast-confirm-email-page', TabcastConfirmEmailPage);
