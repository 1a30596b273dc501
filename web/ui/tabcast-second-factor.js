// SPDX-License-Identifier: MIT
// <tabcast-second-factor>: one's second factor: off, being set up (a QR code and a first code), on with the recovery
// codes shown once, turned off again.
import { html, nothing } from 'lit';
import { words } from '../words/account.js';
import { getJson } from './api.js';
import { ask } from './ask.js';
import { CardElement } from './card-element.js';
import { copy, icon } from './icons.js';
import { showToast } from './tabcast-toast.js';

/** @typedef {{isOn: boolean, recoveryCodesLeft: number}} Factor */

const PATH = '/api/v1/accounts/me/second-factor';

export class TabcastSecondFactor extends CardElement {
    static properties = { factor: { state: true }, setup: { state: true }, codes: { state: true } };

    /** @type {typeof import('./qr-code.js')|null} */ #qr = null;

    constructor() {
        super();
        /** @type {Factor|null} */ this.factor = null;
        /** @type {{secret: string, uri: string}|null} until it is confirmed */ this.setup = null;
        /** @type {string[]|null} shown this once */ this.codes = null;
    }

    async load() {
        this.factor = await getJson(PATH);
    }

    /** @param {SubmitEvent} event @returns {(name: string) => string} */
    #fields(event) {
        event.preventDefault();
        const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
        return (name) => String(form.get(name) ?? '');
    }

    /** @param {SubmitEvent} event */
    #onBegin(event) {
        const field = this.#fields(event);
        return this.act(async () => {
            const [setup, qr] = await Promise.all([ask('POST', PATH, { currentPassword: field('factor-password') }), import('./qr-code.js')]);
            this.#qr = qr;
            this.setup = setup;
            await this.updateComplete;
            /** @type {HTMLElement|null} */ (this.querySelector('#factor-code'))?.focus();
        });
    }

    /** @param {SubmitEvent} event */
    #onConfirm(event) {
        const field = this.#fields(event);
        return this.act(async () => {
            const { recoveryCodes } = await ask('POST', `${PATH}/confirm`, { code: field('factor-code').trim() });
            this.codes = recoveryCodes;
            this.setup = null;
            await this.load();
        });
    }

    /** @param {SubmitEvent} event */
    #onOff(event) {
        const field = this.#fields(event);
        return this.act(async () => {
            await ask('POST', `${PATH}/off`, { currentPassword: field('factor-password'), code: field('factor-code').trim() });
            this.codes = null;
            showToast(words.factor.isOff);
            await this.load();
        });
    }

    async #onCopy() {
        await navigator.clipboard?.writeText((this.codes ?? []).join('\n')).then(() => showToast(words.show.copied), () => {});
    }

    render() {
        const text = words.factor;
        const { factor, setup } = this;
        const pill = factor && html`<span class="pill">${factor.isOn ? text.on : text.off}</span>`;
        return this.renderCard('second-factor', text.title, pill, () => (factor?.isOn ? this.#renderOn(factor) : setup ? this.#renderSetup(setup) : this.#renderOff()));
    }

    #renderPassword() {
        return html`<div class="input"><label for="factor-password">${words.factor.password}</label>
            <input id="factor-password" name="factor-password" class="field" type="password" autocomplete="current-password" maxlength="200" required></div>`;
    }

    /** @param {string} label @param {string} hint */
    #renderCode(label, hint) {
        return html`<div class="input"><label for="factor-code">${label}</label>
            <input id="factor-code" name="factor-code" class="field" autocomplete="one-time-code" spellcheck="false" autocapitalize="none" maxlength="20" required aria-describedby="factor-hint">
            <p class="hint" id="factor-hint">${hint}</p></div>`;
    }

    #renderOff() {
        const text = words.factor;
        return html`<p class="hint">${text.why}</p>
            <form class="narrow-form" @submit=${this.#onBegin}>${this.#renderPassword()}
                <div class="row"><button class="button" ?disabled=${this.isAsking}>${text.begin}</button></div></form>`;
    }

    /** @param {{secret: string, uri: string}} setup */
    #renderSetup(setup) {
        const text = words.factor;
        return html`<ol class="steps">
                <li>${text.scan}<div class="scan">${this.#qr?.qrCode(setup.uri, text.qr) ?? nothing}
                    <p class="hint">${text.byHand} <span class="key">${setup.secret.replace(/(.{4})(?=.)/g, '$1 ')}</span></p></div></li>
                <li><form class="narrow-form" @submit=${this.#onConfirm}>${this.#renderCode(text.firstCode, text.firstCodeHint)}
                    <div class="row"><button class="button primary" ?disabled=${this.isAsking}>${text.confirm}</button>
                        <button class="button quiet" type="button" @click=${() => (this.setup = null)}>${text.later}</button></div></form></li>
            </ol>`;
    }

    /** @param {Factor} factor */
    #renderOn(factor) {
        const text = words.factor;
        if (this.codes)
            return html`<p role="status">${text.keepCodes}</p>
                <ul class="codes">${this.codes.map((code) => html`<li class="key">${code}</li>`)}</ul>
                <div class="row"><button class="button" type="button" @click=${this.#onCopy}>${icon(copy)}${text.copyCodes}</button>
                    <button class="button primary" type="button" @click=${() => (this.codes = null)}>${text.kept}</button></div>`;
        return html`<p class="hint">${text.isOn(factor.recoveryCodesLeft)}</p>
            <details><summary>${text.turnOff}</summary>
                <form class="narrow-form" @submit=${this.#onOff}>${this.#renderPassword()}${this.#renderCode(text.code, text.codeHint)}
                    <div class="row"><button class="button" ?disabled=${this.isAsking}>${text.turnOff}</button></div></form></details>`;
    }
}

customElements.define('tabcast-second-factor', TabcastSecondFactor);
