// SPDX-License-Identifier: MIT
// <tabcast-own-face name>: one's own picture on the account's page: seen, chosen from a file, removed.
import { html } from 'lit';
import { words } from '../words/account.js';
import { ask } from './ask.js';
import { CardElement } from './card-element.js';
import { makeFace } from './face-maker.js';
import { camera, icon } from './icons.js';
import './tabcast-face.js';
import { showToast } from './tabcast-toast.js';

const PATH = '/api/v1/accounts/me/picture';

export class TabcastOwnFace extends CardElement {
    static properties = { name: { type: String }, version: { state: true } };

    constructor() {
        super();
        this.name = '';
        this.version = 0;
    }

    /** @param {() => Promise<void>} what @param {string} done what is said then */
    #change(what, done) {
        return this.act(async () => {
            await what();
            this.version = Date.now();
            showToast(done);
        });
    }

    /** @param {Event} event */
    async #onFile(event) {
        const input = /** @type {HTMLInputElement} */ (event.target);
        const file = input.files?.[0];
        input.value = '';
        if (!file) return;
        const face = await makeFace(file);
        if (!face) {
            this.fault = words.face.unreadable;
            return;
        }
        await this.#change(() => ask('POST', PATH, face), words.face.set);
    }

    render() {
        const text = words.face;
        return html`<div class="row">
                <tabcast-face name=${this.name} size="88" .version=${this.version}></tabcast-face>
                <div class="input"><span class="label">${text.title}</span>
                    <div class="row">
                        <label class="button file" ?aria-disabled=${this.isAsking}>${icon(camera)}${text.choose}
                            <input class="visually-hidden" type="file" accept="image/*" ?disabled=${this.isAsking} @change=${this.#onFile}></label>
                        <button class="button quiet" type="button" ?disabled=${this.isAsking} @click=${() => this.#change(() => ask('DELETE', PATH), text.removed)}>${text.remove}</button>
                    </div>
                    <p class="hint">${text.hint}</p></div>
            </div>
            ${this.renderFault()}`;
    }
}

customElements.define('tabcast-own-face', TabcastOwnFace);
