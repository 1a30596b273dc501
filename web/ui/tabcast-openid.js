// SPDX-License-Identifier: MIT
// <tabcast-openid>: the site's OpenID provider as a way into one's account: linked, or to be linked, on the account's
// page.
import { html, nothing } from 'lit';
import { words } from '../words/account.js';
import { getJson } from './api.js';
import { ask } from './ask.js';
import { CardElement } from './card-element.js';
import { leaveToLink, takeLinkFault } from './openid.js';
import { showToast } from './tabcast-toast.js';

/** @typedef {{name: string, isLinked: boolean, hasPassword: boolean}} Link */

const PATH = '/api/v1/accounts/me/openid';

export class TabcastOpenid extends CardElement {
    static properties = { link: { state: true } };

    constructor() {
        super();
        /** @type {Link|null} */ this.link = null;
    }

    async connectedCallback() {
        super.connectedCallback();
        await this.known;
        this.fault ||= takeLinkFault();
    }

    async load() {
        this.link = await getJson(PATH);
    }

    /** @param {SubmitEvent} event */
    #onLink(event) {
        event.preventDefault();
        const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
        return this.act(() => leaveToLink(String(form.get('openid-password') ?? '')));
    }

    #onUnlink() {
        return this.act(async () => {
            await ask('DELETE', PATH);
            showToast(words.openId.unlinked(this.link?.name ?? ''));
            await this.load();
        });
    }

    render() {
        const text = words.openId;
        const { link } = this;
        const pill = link && html`<span class="pill">${link.isLinked ? text.linked : text.notLinked}</span>`;
        return this.renderCard('openid', text.heading(link?.name ?? ''), pill, () => link && (link.isLinked ? this.#renderLinked(link) : this.#renderUnlinked(link)));
    }

    /** @param {Link} link */
    #renderLinked(link) {
        const text = words.openId;
        return html`<p class="hint">${link.hasPassword ? text.isLinked(link.name) : text.onlyWay(link.name)}</p>
            ${link.hasPassword ? html`<div class="row"><button class="button" type="button" ?disabled=${this.isAsking} @click=${this.#onUnlink}>${text.unlink}</button></div>` : nothing}`;
    }

    /** @param {Link} link */
    #renderUnlinked(link) {
        const text = words.openId;
        return html`<p class="hint">${text.why(link.name)}</p>
            <form class="narrow-form" @submit=${this.#onLink}>
                <div class="input"><label for="openid-password">${words.factor.password}</label>
                    <input id="openid-password" name="openid-password" class="field" type="password" autocomplete="current-password" maxlength="200" required></div>
                <div class="row"><button class="button" ?disabled=${this.isAsking}>${text.link(link.name)}</button></div></form>`;
    }
}

customElements.define('tabcast-openid', TabcastOpenid);
