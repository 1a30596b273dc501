// SPDX-License-Identifier: MIT
// <tabcast-own-settings>: how others see who is signed in, and what they are told: switches that hold from the moment they
// are set. Renders into the document (form-styles.js is the page's).
import { LitElement, html } from 'lit';
import { live } from 'lit/directives/live.js';
import { faultSentence, words } from '../words/account.js';
import { getJson } from './api.js';
import { ask } from './ask.js';
import { showToast } from './tabcast-toast.js';

/** @typedef {{isInvisible: boolean, mutesInvitations: boolean}} Settings */

export class TabcastOwnSettings extends LitElement {
    static properties = { settings: { state: true }, fault: { state: true }, asked: { state: true } };

    constructor() {
        super();
        /** @type {Settings|null} */ this.settings = null;
        this.fault = '';
        /** @type {Partial<Settings>|null} on its way to the relay */ this.asked = null;
    }

    createRenderRoot() {
        return this;
    }

    async connectedCallback() {
        super.connectedCallback();
        try {
            this.settings = await getJson('/api/v1/accounts/me/settings');
        } catch (error) {
            this.fault = faultSentence(error);
        }
    }

    /** @param {Partial<Settings>} change */
    async #change(change) {
        this.asked = change;
        this.fault = '';
        try {
            this.settings = await ask('PATCH', '/api/v1/accounts/me/settings', change);
            showToast(words.account.saved);
        } catch (error) {
            this.fault = faultSentence(error);
        }
        this.asked = null; // a switch that was not taken goes back
    }

    render() {
        const text = words.settings;
        const settings = this.settings && { ...this.settings, ...this.asked };
        return html`<section class="card" aria-labelledby="settings" aria-busy=${settings === null && !this.fault}>
            <h2 id="settings">${text.title}</h2>
            ${this.#renderSwitch('isInvisible', text.invisible, text.invisibleHint, settings?.isInvisible ?? false)}
            ${this.#renderSwitch('mutesInvitations', text.muteInvitations, text.muteInvitationsHint, settings?.mutesInvitations ?? false)}
            <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
        </section>`;
    }

    /** @param {keyof Settings} name @param {string} label @param {string} hint @param {boolean} isOn */
    #renderSwitch(name, label, hint, isOn) {
        return html`<label class="choice"><input type="checkbox" name=${name} .checked=${live(isOn)} ?disabled=${this.asked !== null || !this.settings}
            @change=${(/** @type {Event} */ event) => this.#change({ [name]: /** @type {HTMLInputElement} */ (event.target).checked })}>${label}<span class="hint">${hint}</span></label>`;
    }
}

customElements.define('tabcast-own-settings', TabcastOwnSettings);
