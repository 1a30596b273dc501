// SPDX-License-Identifier: MIT
// <tabcast-push-setting>: whether this browser is told outside the page, on the account's page. Renders into the
// document (form-styles.js is the page's).
import { LitElement, html } from 'lit';
import { words } from '../words/account.js';
import { FocusKeeper } from './focus-keeper.js';
import { bell, icon } from './icons.js';
import { canPush, currentSubscription, subscribe, unsubscribe } from './push-subscription.js';
import { showToast } from './tabcast-toast.js';

export class TabcastPushSetting extends LitElement {
    static properties = { isOn: { state: true }, fault: { state: true }, isAsking: { state: true } };

    constructor() {
        super();
        new FocusKeeper(this);
        /** @type {boolean|null} null: not known yet */ this.isOn = null;
        this.fault = '';
        this.isAsking = false;
    }

    createRenderRoot() {
        return this;
    }

    async connectedCallback() {
        super.connectedCallback();
        this.isOn = canPush() ? (await currentSubscription().catch(() => null)) !== null : false;
    }

    async #onToggle() {
        const text = words.push;
        this.isAsking = true;
        this.fault = '';
        try {
            if (this.isOn) {
                await unsubscribe();
                this.isOn = false;
                showToast(text.isOff);
            } else if (await subscribe()) {
                this.isOn = true;
                showToast(text.isOn);
            } else {
                this.fault = text.denied;
            }
        } catch (error) {
            // The service of the browser's maker answers in words for programmers.
            this.fault = /** @type {{status?: number}} */ (error).status ? /** @type {Error} */ (error).message : text.failed;
        }
        this.isAsking = false;
    }

    render() {
        const text = words.push;
        return html`<section class="card" aria-labelledby="push" aria-busy=${this.isOn === null}>
            <h2 id="push">${text.title}</h2>
            <p class="hint">${canPush() ? text.lead : text.cannot}</p>
            <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
            <div class="row"><button class="button" type="button" aria-pressed=${this.isOn === true} ?disabled=${this.isAsking || this.isOn === null || !canPush()} @click=${this.#onToggle}>${icon(bell)}${this.isOn ? text.stop : text.start}</button></div>
        </section>`;
    }
}

customElements.define('tabcast-push-setting', TabcastPushSetting);
