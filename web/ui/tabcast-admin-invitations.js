// SPDX-License-Identifier: MIT
// <tabcast-admin-invitations>: codes by which people sign up: made, listed, revoked. For admins.
import { html, nothing } from 'lit';
import { words } from '../words/admin.js';
import { AdminList } from './admin-list.js';
import { ask } from './ask.js';
import { formatWhen } from './format.js';
import { copy, icon } from './icons.js';
import { showToast } from './tabcast-toast.js';

/** @typedef {{id: string, createdAt: string, expiresAt: string, creator: string|null}} Invitation */

export class TabcastAdminInvitations extends AdminList {
    static properties = { made: { state: true } };

    constructor() {
        super();
        /** @type {string} the address with the code, shown this once */ this.made = '';
    }

    get path() {
        return '/api/v1/invitations?';
    }

    #onMake() {
        return this.change(async () => {
            const { code } = await ask('POST', '/api/v1/invitations');
            this.made = `${location.origin}/sign-up#${code}`;
            await this.load();
        });
    }

    /** @param {Invitation} invitation */
    #onRevoke(invitation) {
        return this.change(async () => {
            await ask('DELETE', `/api/v1/invitations/${invitation.id}`);
            this.items = (this.items ?? []).filter((item) => item.id !== invitation.id);
            showToast(words.invitations.revoked);
        });
    }

    async #onCopy() {
        await navigator.clipboard?.writeText(this.made).then(() => showToast(words.accounts.copied), () => {});
    }

    render() {
        const text = words.invitations;
        return html`<section class="card" aria-labelledby="invitations">
            <div class="row apart"><h2 id="invitations">${words.parts.invitations}</h2>
                <button class="button primary" type="button" ?disabled=${this.isAsking} @click=${this.#onMake}>${text.make}</button></div>
            <p class="hint">${text.lead}</p>
            ${this.made
                ? html`<div class="item" role="status"><p>${text.made}</p><p class="key">${this.made}</p>
                      <div class="row"><button class="button" type="button" @click=${this.#onCopy}>${icon(copy)}${words.accounts.copy}</button></div></div>`
                : nothing}
            ${this.renderList((invitation) => this.#renderInvitation(invitation), text.none)}
        </section>`;
    }

    /** @param {Invitation} invitation */
    #renderInvitation(invitation) {
        const text = words.invitations;
        const made = formatWhen(invitation.createdAt, Date.now());
        return html`<div class="row apart"><div><strong>${text.until(formatWhen(invitation.expiresAt, Date.now()))}</strong>
                <p>${invitation.creator ? text.by(invitation.creator, made) : text.byCommand(made)}</p></div>
            <button class="button" type="button" ?disabled=${this.isAsking} aria-label=${`${text.revoke}: ${invitation.id}`} @click=${() => this.#onRevoke(invitation)}>${text.revoke}</button></div>`;
    }
}

customElements.define('tabcast-admin-invitations', TabcastAdminInvitations);
