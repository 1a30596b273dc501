// SPDX-License-Identifier: MIT
// <tabcast-own-face name>: one's own picture on the account's page: seen, chosen from a file, removed.
import { LitElement, html } from 'lit';
import { faultSentence, words } from '../words/account.js';
import { ask } from './ask.js';
import { makeFace } from './face-maker.js';
import { FocusKeeper } from './focus-keeper.js';
import { camera, icon } from './icons.js';
import './tabcast-face.js';
import { showToast } from './tabcast-toast.js';

const PATH = '/api/v1/accounts/me/picture';

export class TabcastOwnFace extends LitElement {
    static properties = { name: { type: String }, version: { state: true }, fault: { state: true }, isAsking: { state: true } };

    constructor() {
        super();
        new FocusKeeper(this);
        this.name = '';
        this.version = 0;
        this.fault = '';
        this.isAsking = false;
    }

    createRenderRoot() {
        return this;
    }

    /** @param {() => Promise<void>} what @param {string} done */
    async #do(what, done) {
        this.isAsking = true;
        this.fault = '';
        try {
            await what();
            this.version = Date.now();
            showToast(done);
        } catch (error) {
            this.fault = faultSentence(error);
        }
        this.isAsking = false;
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
        await this.#do(() => ask('POST', PATH, face), words.face.set);
    }

    render() {
        const text = words.face;
        return html`<div class="row">
                <tabcast-face name=${this.name} size="88" .version=${this.version}></tabcast-face>
                <div class="input"><span class="label">${text.title}</span>
                    <div class="row">
                        <label class="button file" ?aria-disabled=${this.isAsking}>${icon(camera)}${text.choose}
                            <input class="visually-hidden" type="file" accept="image/*" ?disabled=${this.isAsking} @change=${this.#onFile}></label>
                        <button class="button quiet" type="button" ?disabled=${this.isAsking} @click=${() => this.#do(() => ask('DELETE', PATH), text.removed)}>${text.remove}</button>
                    </div>
                    <p class="hint">${text.hint}</p></div>
            </div>
            <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>`;
    }
}

customElements.define('tabcast-own-face', TabcastOwnFace);
