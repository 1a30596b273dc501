// SPDX-License-Identifier: MIT
// <tabcast-own-settings>: how others see who is signed in, and what they are told: switches that hold from the moment they
// are set.
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { words } from '../words/account.js';
import { getJson } from './api.js';
import { ask } from './ask.js';
import { CardElement } from './card-element.js';
import { showToast } from './tabcast-toast.js';

const PATH = '/api/v1/accounts/me/settings';

/** @typedef {{isInvisible: boolean, mutesInvitations: boolean}} Settings */

export class TabcastOwnSettings extends CardElement {
    static properties = { settings: { state: true }, asked: { state: true } };

    constructor() {
        super();
        /** @type {Settings|null} */ this.settings = null;
        /** @type {Partial<Settings>|null} on its way to the relay */ this.asked = null;
    }

    async load() {
        this.settings = await getJson(PATH);
    }

    /** @param {Partial<Settings>} change */
    async #change(change) {
        this.asked = change;
        await this.act(async () => {
            this.settings = await ask('PATCH', PATH, change);
            showToast(words.account.saved);
        });
        this.asked = null; // a switch that was not taken goes back
    }

    render() {
        const text = words.settings;
        const settings = this.settings && { ...this.settings, ...this.asked };
        return this.renderCard('settings', text.title, nothing, () => settings && html`${this.#renderSwitch('isInvisible', text.invisible, text.invisibleHint, settings.isInvisible)}
            ${this.#renderSwitch('mutesInvitations', text.muteInvitations, text.muteInvitationsHint, settings.mutesInvitations)}`);
    }

    /** @param {keyof Settings} name @param {string} label @param {string} hint @param {boolean} isOn */
    #renderSwitch(name, label, hint, isOn) {
        return html`<label class="choice"><input type="checkbox" name=${name} .checked=${live(isOn)} ?disabled=${this.isAsking}
            @change=${(/** @type {Event} */ event) => this.#change({ [name]: /** @type {HTMLInputElement} */ (event.target).checked })}>${label}<span class="hint">${hint}</span></label>`;
    }
}

customElements.define('tabcast-own-settings', TabcastOwnSettings);
