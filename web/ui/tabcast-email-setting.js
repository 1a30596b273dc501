// SPDX-License-Identifier: MIT
// <tabcast-email-setting>: one's e-mail address on the account's page: none, waiting for its link to be opened (sent
// again at will), confirmed; changed and taken away by the password. Nothing where the site sends no mail and there is
// no address.
import { html, nothing } from 'lit';
import { words } from '../words/account.js';
import { getJson } from './api.js';
import { ask } from './ask.js';
import { CardElement } from './card-element.js';
import { formatWhen } from './format.js';
import { showToast } from './tabcast-toast.js';

/** @typedef {{address: string|null, waiting: string|null, waitingUntil: string|null, canSend: boolean}} Email */

const PATH = '/api/v1/accounts/me/email';

export class TabcastEmailSetting extends CardElement {
    static properties = { email: { state: true } };

    constructor() {
        super();
        /** @type {Email|null} */ this.email = null;
    }

    async load() {
        this.email = await getJson(PATH);
    }

    /** @param {SubmitEvent} event */
    #onSet(event) {
        event.preventDefault();
        const element = /** @type {HTMLFormElement} */ (event.target);
        const form = new FormData(element);
        const address = String(form.get('email')).trim();
        return this.act(async () => {
            this.email = await ask('POST', PATH, { address, currentPassword: String(form.get('email-password')), language: document.documentElement.lang });
            element.reset();
            showToast(words.email.sent(address));
        });
    }

    #onAgain() {
        return this.act(async () => {
            this.email = await ask('POST', `${PATH}/again`, { language: document.documentElement.lang });
            showToast(words.email.sent(this.email?.waiting ?? ''));
        });
    }

    /** @param {SubmitEvent} event */
    #onRemove(event) {
        event.preventDefault();
        const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
        return this.act(async () => {
            await ask('POST', `${PATH}/off`, { currentPassword: String(form.get('email-off-password')) });
            showToast(words.email.removed);
            await this.load();
        });
    }

    render() {
        const text = words.email;
        const email = this.email;
        if (email && !email.canSend && !email.address && !email.waiting) return nothing;
        const state = email?.waiting ? text.isWaiting : email?.address ? text.isConfirmed : text.none;
        return this.renderCard('email-title', text.title, email && html`<span class="pill">${state}</span>`, () => email && this.#renderState(email));
    }

    /** @param {Email} email */
    #renderState(email) {
        const text = words.email;
        if (!email.address && !email.waiting) return html`<p class="hint">${text.why}</p>${this.#renderForm()}`;
        return html`${email.waiting ? this.#renderWaiting(email, email.waiting) : html`<p class="lead">${text.confirmed(email.address ?? '')}</p>`}
            ${email.canSend ? html`<details><summary>${text.change}</summary>${this.#renderForm()}</details>` : nothing}
            <details><summary>${text.remove}</summary>
                <form class="narrow-form" @submit=${this.#onRemove}><p class="hint">${text.removeText}</p>${this.#renderPassword('email-off-password')}
                    <div class="row"><button class="button" ?disabled=${this.isAsking}>${text.remove}</button></div></form></details>`;
    }

    /** @param {Email} email @param {string} waiting */
    #renderWaiting(email, waiting) {
        const text = words.email;
        if (!email.canSend) return html`<p class="lead">${text.waitingUnsent(waiting)}</p>`;
        return html`<p class="lead" role="status">${text.waiting(waiting, formatWhen(email.waitingUntil ?? '', Date.now()))} ${email.address ? text.stillOld(email.address) : nothing}</p>
            <p class="hint">${text.notThere}</p>
            <div class="row"><button class="button" type="button" ?disabled=${this.isAsking} @click=${this.#onAgain}>${text.again}</button></div>`;
    }

    #renderForm() {
        const text = words.email;
        return html`<form class="narrow-form" @submit=${this.#onSet}>
            <div class="input"><label for="email">${text.address}</label>
                <input id="email" name="email" class="field" type="email" autocomplete="email" maxlength="254" required></div>
            ${this.#renderPassword('email-password')}
            <div class="row"><button class="button" ?disabled=${this.isAsking}>${text.set}</button></div></form>`;
    }

    /** @param {string} id */
    #renderPassword(id) {
        return html`<div class="input"><label for=${id}>${words.email.password}</label>
            <input id=${id} name=${id} class="field" type="password" autocomplete="current-password" maxlength="200" required></div>`;
    }
}

customElements.define('tabcast-email-setting', TabcastEmailSetting);
