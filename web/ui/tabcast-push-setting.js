// SPDX-License-Identifier: MIT
// <tabcast-push-setting>: whether this browser is told outside the page, on the account's page.
import { html, nothing } from 'lit';
import { words } from '../words/account.js';
import { CardElement } from './card-element.js';
import { bell, icon } from './icons.js';
import { canPush, currentSubscription, subscribe, unsubscribe } from './push-subscription.js';
import { showToast } from './tabcast-toast.js';

export class TabcastPushSetting extends CardElement {
    static properties = { isOn: { state: true } };

    constructor() {
        super();
        this.isOn = false;
    }

    async load() {
        this.isOn = canPush() ? (await currentSubscription().catch(() => null)) !== null : false;
    }

    /** The service of the browser's maker answers in words for programmers. @param {unknown} error */
    sentenceOf(error) {
        return /** @type {{status?: number}} */ (error).status ? super.sentenceOf(error) : words.push.failed;
    }

    #onToggle() {
        const text = words.push;
        return this.act(async () => {
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
        });
    }

    render() {
        const text = words.push;
        return this.renderCard('push', text.title, nothing, () => html`<p class="hint">${canPush() ? text.lead : text.cannot}</p>
            <div class="row"><button class="button" type="button" aria-pressed=${this.isOn} ?disabled=${this.isAsking || !canPush()} @click=${this.#onToggle}>${icon(bell)}${this.isOn ? text.stop : text.start}</button></div>`);
    }
}

customElements.define('tabcast-push-setting', TabcastPushSetting);
