// SPDX-License-Identifier: MIT
// <tabcast-openid>: the site's OpenID provider as a way into one's account: linked, or to be linked, on the account's
// page. Renders into the document (form-styles.js is the page's).
import { LitElement, html, nothing } from 'lit';
import { faultSentence, words } from '../words/account.js';
import { getJson } from './api.js';
import { ask } from './ask.js';
import { leaveToLink, takeLinkFault } from './openid.js';
import { showToast } from './tabcast-toast.js';

/** @typedef {{name: string, isLinked: boolean, hasPassword: boolean}} Link */

const PATH = '/api/v1/accounts/me/openid';

export class TabcastOpenid extends LitElement {
    static properties = { link: { state: true }, fault: { state: true }, isAsking: { state: true } };

    constructor() {
        super();
        /** @type {Link|null} */ this.link = null;
        this.fault = '';
        this.isAsking = false;
    }

    createRenderRoot() {
        return this;
    }

    async connectedCallback() {
        super.connectedCallback();
        await this.#do(() => this.#load());
        this.fault ||= takeLinkFault();
    }

    async #load() {
        this.link = await getJson(PATH);
    }

    /** @param {() => Promise<void>} what */
    async #do(what) {
        this.isAsking = true;
        this.fault = '';
        try {
            await what();
        } catch (error) {
            this.fault = faultSentence(error);
        }
        this.isAsking = false;
    }

    /** @param {SubmitEvent} event */
    #onLink(event) {
        event.preventDefault();
        const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
        return this.#do(() => leaveToLink(String(form.get('openid-password') ?? '')));
    }

    #onUnlink() {
        return this.#do(async () => {
            await ask('DELETE', PATH);
            showToast(words.openId.unlinked(this.link?.name ?? ''));
            await this.#load();
        });
    }

    render() {
        const text = words.openId;
        const { link } = this;
        return html`<section class="card" aria-labelledby="openid" aria-busy=${link === null && !this.fault}>
            <div class="row apart"><h2 id="openid">${text.heading(link?.name ?? '')}</h2>${link ? html`<span class="pill">${link.isLinked ? text.linked : text.notLinked}</span>` : nothing}</div>
            <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
            ${link === null ? (this.fault ? nothing : html`<div class="wait"></div>`) : link.isLinked ? this.#renderLinked(link) : this.#renderUnlinked(link)}
        </section>`;
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
