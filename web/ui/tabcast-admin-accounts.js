// SPDX-License-Identifier: MIT
// <tabcast-admin-accounts .own>: everybody, found by a part of their name; roles, bans, links for a new password, as far
// as `own` may (relay/admin_rights.c decides, whatever is shown here).
import { html, nothing } from 'lit';
import { words } from '../words/admin.js';
import { AdminList } from './admin-list.js';
import { ask } from './ask.js';
import { formatWhen } from './format.js';
import { copy, icon, search } from './icons.js';
import './tabcast-face.js';
import { showToast } from './tabcast-toast.js';

/** @typedef {import('./ask.js').Account & {bannedAt: string|null, email: string|null}} AdminAccount */

export class TabcastAdminAccounts extends AdminList {
    static properties = { reset: { state: true } };

    #words = '';

    constructor() {
        super();
        /** @type {{name: string, url: string, expiresAt: string}|null} shown this once */ this.reset = null;
    }

    get path() {
        return `/api/v1/admin/accounts?limit=30&q=${encodeURIComponent(this.#words)}`;
    }

    /** @param {SubmitEvent} event */
    #onSearch(event) {
        event.preventDefault();
        this.#words = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('q') ?? '').trim();
        return this.act(() => this.load());
    }

    /** @param {AdminAccount} account @param {unknown} body @param {string} done */
    async #patch(account, body, done) {
        const changed = await ask('PATCH', `/api/v1/admin/accounts/${account.name}`, body);
        this.items = (this.items ?? []).map((item) => (item.id === changed.id ? changed : item));
        showToast(done);
    }

    /** @param {AdminAccount} account @param {Event} event */
    #onRole(account, event) {
        const role = /** @type {AdminAccount['role']} */ (/** @type {HTMLSelectElement} */ (event.target).value);
        return this.change(() => this.#patch(account, { role }, words.accounts.roleDone(account.name, words.accounts.roles[role])));
    }

    /** @param {AdminAccount} account */
    #onBan(account) {
        const text = words.accounts;
        return this.confirm({ heading: text.banTitle(account.name), text: text.banText, action: text.ban }, () => this.#patch(account, { isBanned: true }, text.banDone(account.name)));
    }

    /** @param {AdminAccount} account */
    #onReset(account) {
        return this.change(async () => {
            this.reset = await ask('POST', `/api/v1/admin/accounts/${account.name}/reset`);
            await this.updateComplete;
            /** @type {import('./tabcast-dialog.js').TabcastDialog} */ (this.querySelector('tabcast-dialog.link')).ask();
        });
    }

    async #onCopy() {
        await navigator.clipboard?.writeText(location.origin + this.reset?.url).then(() => showToast(words.accounts.copied), () => {});
    }

    render() {
        const text = words.accounts;
        return html`<section class="card" aria-labelledby="accounts">
            <h2 id="accounts">${words.parts.accounts}</h2>
            <form class="row" role="search" @submit=${this.#onSearch}>
                <label class="visually-hidden" for="q">${text.search}</label>
                <input id="q" name="q" class="field grow" type="search" maxlength="64" placeholder=${text.search} spellcheck="false" autocapitalize="none">
                <button class="button">${icon(search)}${text.find}</button>
            </form>
            ${this.renderList((account) => this.#renderAccount(account), text.none)}
            <tabcast-dialog class="link" heading=${text.resetTitle(this.reset?.name ?? '')}>
                <p>${text.resetText(formatWhen(this.reset?.expiresAt, Date.now()))}</p>
                <p class="key">${this.reset ? location.origin + this.reset.url : ''}</p>
                <button slot="actions" class="button primary" type="button" @click=${this.#onCopy}>${icon(copy)}${text.copy}</button>
            </tabcast-dialog>
        </section>`;
    }

    /** @param {AdminAccount} account */
    #renderAccount(account) {
        const text = words.accounts;
        const isOwn = account.id === this.own?.id;
        const isAdmin = this.own?.role === 'admin';
        const mayBan = !isOwn && (isAdmin || account.role === 'member');
        return html`<div class="row apart">
                <div class="row nowrap"><tabcast-face name=${account.name} size="44"></tabcast-face><div><strong>${account.displayName}</strong>
                    <p><a href=${`/@${account.name}`}>@${account.name}</a>${isOwn ? ` (${text.you})` : ''} · ${text.since(formatWhen(account.createdAt, Date.now()))}${account.email ? html` · ${account.email}` : nothing}</p></div></div>
                ${isAdmin && !isOwn
                    ? html`<select class="field short" aria-label=${text.role(account.name)} ?disabled=${this.isAsking} @change=${(/** @type {Event} */ event) => this.#onRole(account, event)}>
                          ${/** @type {AdminAccount['role'][]} */ (['member', 'moderator', 'admin']).map((role) => html`<option value=${role} ?selected=${role === account.role}>${text.roles[role]}</option>`)}</select>`
                    : html`<span class="pill">${text.roles[account.role]}</span>`}
            </div>
            ${account.bannedAt ? html`<p class="fault">${text.banned(formatWhen(account.bannedAt, Date.now()))}</p>` : nothing}
            <div class="row">
                ${isAdmin && !account.bannedAt ? html`<button class="button" type="button" ?disabled=${this.isAsking} aria-label=${`${text.reset}: ${account.name}`} @click=${() => this.#onReset(account)}>${text.reset}</button>` : nothing}
                ${mayBan && !account.bannedAt ? html`<button class="button quiet" type="button" ?disabled=${this.isAsking} aria-label=${`${text.ban}: ${account.name}`} @click=${() => this.#onBan(account)}>${text.ban}</button>` : nothing}
                ${mayBan && account.bannedAt ? html`<button class="button" type="button" ?disabled=${this.isAsking} aria-label=${`${text.unban}: ${account.name}`}
                    @click=${() => this.change(() => this.#patch(account, { isBanned: false }, text.unbanDone(account.name)))}>${text.unban}</button>` : nothing}
            </div>`;
    }
}

customElements.define('tabcast-admin-accounts', TabcastAdminAccounts);
