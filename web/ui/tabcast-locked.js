// SPDX-License-Identifier: MIT
// <tabcast-locked .show>: in the player's place when one may know of a show, but not watch: asks for the password, or says
// that it takes an invitation. When the password was right the page is loaded anew: the pass is a cookie by then.
import { LitElement, css, html } from 'lit';
import { faultSentence, words } from '../words/account.js';
import { ask } from './ask.js';
import { controlStyles } from './control-styles.js';
import { FocusKeeper } from './focus-keeper.js';
import './tabcast-empty-stage.js';

export class TabcastLocked extends LitElement {
    static properties = { show: { attribute: false }, level: { type: Number }, fill: { type: Boolean }, fault: { state: true }, isAsking: { state: true } };

    static styles = [
        controlStyles,
        css`
            :host {
                display: contents;
            }
            /* By itself it stands in the page as an empty stage does (theme.css). */
            :host(:not([fill])) tabcast-empty-stage {
                flex: 1;
                width: min(100% - 2 * var(--gutter), var(--page-width));
                margin: var(--space-4) auto;
            }
            form {
                display: grid;
                gap: var(--space-2);
                width: min(100%, 20rem);
                text-align: left;
            }
            label {
                font-weight: 600;
                font-size: var(--text-sm);
            }
            .row {
                display: grid;
                grid-template-columns: minmax(0, 1fr) auto;
                gap: var(--space-2);
            }
            p {
                margin: 0;
                font-size: var(--text-sm);
            }
        `,
    ];

    constructor() {
        super();
        new FocusKeeper(this);
        /** @type {import('./api.js').Show|null} */ this.show = null;
        this.level = 2;
        this.fill = false;
        this.fault = '';
        this.isAsking = false;
    }

    /** @param {SubmitEvent} event */
    async #onSubmit(event) {
        event.preventDefault();
        const field = /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('input'));
        if (!field.value) {
            this.fault = words.locked.empty;
            field.focus();
            return;
        }
        this.isAsking = true;
        this.fault = '';
        try {
            await ask('POST', `/api/v1/shows/${this.show?.id}/pass`, { password: field.value });
            location.reload();
            return;
        } catch (error) {
            this.fault = /** @type {{status?: number}} */ (error).status === 429 ? words.locked.wait : faultSentence(error);
        }
        this.isAsking = false;
        await this.updateComplete;
        field.select();
        field.focus();
    }

    render() {
        const text = words.locked;
        if (this.show?.visibility !== 'password') return html`<tabcast-empty-stage ?fill=${this.fill} .level=${this.level} heading=${text.privateTitle} text=${text.privateText}></tabcast-empty-stage>`;
        return html`<tabcast-empty-stage ?fill=${this.fill} .level=${this.level} heading=${text.title} text=${text.text}>
            <form novalidate @submit=${this.#onSubmit}>
                <label for="password">${text.password}</label>
                <div class="row">
                    <input id="password" class="field" type="password" maxlength="200" autocomplete="off" aria-describedby="fault" aria-invalid=${this.fault !== ''}>
                    <button class="button primary" ?disabled=${this.isAsking}>${text.submit}</button>
                </div>
                <p id="fault" role="alert">${this.fault}</p>
            </form>
        </tabcast-empty-stage>`;
    }
}

customElements.define('tabcast-locked', TabcastLocked);
