// SPDX-License-Identifier: MIT
// `/forgotten`: asks for a link for a new password by mail. What it says does not depend on whether there is such an
// account: the relay does not tell.
import { html } from 'lit';
import { ask, currentSession } from '../ui/ask.js';
import { formStyles } from '../ui/form-styles.js';
import { faultSentence, words } from '../words/account.js';
import { PageElement } from './page-element.js';

class TabcastForgottenPage extends PageElement {
    static properties = { fault: { state: true }, isAsking: { state: true }, isSent: { state: true }, sendsMail: { state: true } };
    static pageStyles = [formStyles];

    constructor() {
        super();
        this.fault = '';
        this.isAsking = false;
        this.isSent = false;
        this.sendsMail = true;
    }

    async connectedCallback() {
        super.connectedCallback();
        this.sendsMail = (await currentSession().catch(() => null))?.sendsMail ?? true;
    }

    /** @param {SubmitEvent} event */
    async #onSubmit(event) {
        event.preventDefault();
        const who = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('who') ?? '').trim();
        this.fault = who ? '' : words.forgotten.empty;
        if (this.fault) return;
        this.isAsking = true;
        try {
            await ask('POST', '/api/v1/password-mails', { who, language: document.documentElement.lang });
            this.isSent = true;
        } catch (error) {
            this.fault = faultSentence(error);
        }
        this.isAsking = false;
    }

    render() {
        const text = words.forgotten;
        if (this.isSent)
            return html`<div class="plain narrow"><h1>${text.sentTitle}</h1><div class="card"><p class="lead" role="status">${text.sent}</p>
                <div class="row"><button class="button" type="button" @click=${() => (this.isSent = false)}>${text.another}</button></div></div>
                ${this.#renderBack()}</div>`;
        if (!this.sendsMail) return html`<div class="plain narrow"><h1>${text.title}</h1><p class="card">${text.noMail}</p>${this.#renderBack()}</div>`;
        return html`<div class="plain narrow">
            <h1>${text.title}</h1>
            <p class="lead">${text.lead}</p>
            <form class="card" novalidate @submit=${this.#onSubmit}>
                <div class="input"><label for="who">${text.who}</label>
                    <input id="who" name="who" class="field" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="254" required></div>
                <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
                <button class="button primary large" ?disabled=${this.isAsking}>${text.submit}</button>
            </form>
            ${this.#renderBack()}
        </div>`;
    }

    #renderBack() {
        return html`<p class="hint"><a href="/sign-in">${words.forgotten.back}</a></p>`;
    }
}

customElements.define('tabcast-forgotten-page', TabcastForgottenPage);
