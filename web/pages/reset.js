// SPDX-License-Identifier: MIT
// `/reset#CODE`: a new password by a link that an admin made. The code leaves the address bar at once.
import { html } from 'lit';
import { ask } from '../ui/ask.js';
import { formStyles } from '../ui/form-styles.js';
import { showToast } from '../ui/tabcast-toast.js';
import { faultSentence, words as accountWords } from '../words/account.js';
import { words } from '../words/admin.js';
import { PageElement } from './page-element.js';

const PASSWORD_LEAST = 8;

class TabcastResetPage extends PageElement {
    static properties = { fault: { state: true }, isAsking: { state: true }, name: { state: true } };
    static pageStyles = [formStyles];

    #code = location.hash.slice(1);

    constructor() {
        super();
        this.fault = this.#code ? '' : words.reset.missing;
        this.isAsking = false;
        this.name = '';
        // Neither history nor whoever looks over a shoulder shall keep it.
        history.replaceState(null, '', location.pathname);
    }

    /** @param {SubmitEvent} event */
    async #onSubmit(event) {
        event.preventDefault();
        const password = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('password') ?? '');
        if (new TextEncoder().encode(password).length < PASSWORD_LEAST) {
            this.fault = accountWords.signUp.passwordFault;
            return;
        }
        this.isAsking = true;
        this.fault = '';
        try {
            const { name } = await ask('POST', '/api/v1/password-resets', { code: this.#code, password });
            this.name = name;
            showToast(words.reset.done(name));
        } catch (error) {
            this.fault = faultSentence(error);
        }
        this.isAsking = false;
    }

    render() {
        const text = words.reset;
        if (this.name) return html`<div class="plain narrow"><h1>${text.title}</h1><div class="card"><p>${text.done(this.name)}</p>
            <a class="button primary large" href="/sign-in">${accountWords.signIn.submit}</a></div></div>`;
        return html`<div class="plain narrow">
            <h1>${text.title}</h1>
            <p class="lead">${text.lead}</p>
            <form class="card" novalidate @submit=${this.#onSubmit}>
                <div class="input"><label for="password">${text.password}</label>
                    <input id="password" name="password" class="field" type="password" maxlength="200" required autocomplete="new-password" aria-describedby="password-hint" ?disabled=${!this.#code}>
                    <p class="hint" id="password-hint">${text.hint}</p></div>
                <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
                <button class="button primary large" ?disabled=${this.isAsking || !this.#code}>${text.submit}</button>
            </form>
        </div>`;
    }
}

customElements.define('tabcast-reset-page', TabcastResetPage);
