// SPDX-License-Identifier: MIT
// `/admin`: what admins and moderators see of the whole site. The part shown is the address's fragment.
import { css, html, nothing } from 'lit';
import { getJson } from '../ui/api.js';
import { currentSession, signInUrl } from '../ui/ask.js';
import { formStyles } from '../ui/form-styles.js';
import { formatBytes, formatCount } from '../ui/format.js';
import { PollController } from '../ui/poll-controller.js';
import '../ui/tabcast-admin-accounts.js';
import '../ui/tabcast-admin-invitations.js';
import '../ui/tabcast-admin-replays.js';
import '../ui/tabcast-admin-shows.js';
import '../ui/tabcast-empty-stage.js';
import { words as accountWords } from '../words/account.js';
import { words } from '../words/admin.js';
import { PageElement } from './page-element.js';

/** @typedef {{accounts: number, live: number, viewers: number, replays: number, storage: {replaysBytes: number, databaseBytes: number, freeBytes: number}}} Site */
/** @typedef {keyof typeof words.parts} Part */

const POLL_MS = 10_000;

class TabcastAdminPage extends PageElement {
    static properties = { session: { state: true }, isAway: { state: true }, shown: { state: true } };
    static pageStyles = [
        formStyles,
        css`
            .figures {
                display: grid;
                grid-template-columns: repeat(auto-fit, minmax(6.25rem, 1fr));
                gap: var(--space-3);
                margin: 0;
            }
            .figures div {
                padding: var(--space-3);
                border-radius: var(--radius-md);
                background: var(--surface);
            }
            .figures dt {
                color: var(--ink-muted);
                font-size: var(--text-sm);
            }
            .figures dd {
                margin: 0;
                font: 600 var(--title-sm) / 1.2 var(--font-title);
                font-variant-numeric: tabular-nums;
            }
            .parts {
                display: flex;
                flex-wrap: wrap;
                gap: var(--space-2);
            }
            .parts [aria-current] {
                background: var(--accent-soft);
                color: var(--accent-text);
            }
            /* A closed dialog is no row of the card. */
            .card > * > tabcast-dialog,
            .card > tabcast-dialog {
                position: absolute;
            }
            .row.nowrap {
                flex-wrap: nowrap;
            }
            .row.nowrap > div {
                min-width: 0;
            }
            .field.grow {
                flex: 1;
                min-width: 8rem;
                width: auto;
            }
            .field.short {
                width: auto;
            }
        `,
    ];

    #site = new PollController(this, (signal) => this.#load(signal), POLL_MS);
    /** @type {AbortController|null} */ #life = null;

    constructor() {
        super();
        /** @type {import('../ui/ask.js').Session|null} */ this.session = null;
        this.isAway = false;
        /** @type {Part} */ this.shown = 'accounts';
    }

    async connectedCallback() {
        super.connectedCallback();
        this.#life = new AbortController();
        window.addEventListener('hashchange', () => this.#onHash(), { signal: this.#life.signal });
        this.addEventListener('changed', () => this.#site.refresh(), { signal: this.#life.signal });
        this.#onHash();
        this.session = await currentSession().catch(() => null);
        this.isAway = this.session === null;
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#life?.abort();
    }

    #onHash() {
        const wanted = location.hash.slice(1);
        this.shown = wanted in words.parts ? /** @type {Part} */ (wanted) : 'accounts';
    }

    /** @param {AbortSignal} signal @returns {Promise<Site|null>} */
    async #load(signal) {
        const { account } = await currentSession();
        return account && account.role !== 'member' ? getJson('/api/v1/admin', signal) : null;
    }

    render() {
        if (this.isAway) return html`<tabcast-empty-stage .level=${1} heading=${accountWords.profile.failedTitle} text=${accountWords.away}>
            <a class="button primary" href="/admin">${words.retry}</a></tabcast-empty-stage>`;
        if (!this.session) return html`<div class="plain" aria-busy="true"><h1>${words.title}</h1><div class="wait"></div></div>`;
        const { account } = this.session;
        if (!account || account.role === 'member')
            return html`<tabcast-empty-stage .level=${1} heading=${words.guestTitle} text=${account ? words.notAllowed : words.guest}>
                ${account ? nothing : html`<a class="button primary" href=${signInUrl()}>${accountWords.signIn.submit}</a>`}</tabcast-empty-stage>`;
        const parts = /** @type {Part[]} */ (Object.keys(words.parts)).filter((part) => part !== 'invitations' || account.role === 'admin');
        const part = parts.includes(this.shown) ? this.shown : 'accounts';
        return html`<div class="plain">
            <h1>${words.title}</h1>
            ${this.#renderFigures()}
            <nav class="parts" aria-label=${words.partsLabel}>${parts.map((name) => html`<a class="button" href=${`#${name}`} aria-current=${name === part ? 'page' : nothing}>${words.parts[name]}</a>`)}</nav>
            ${this.#renderPart(part, account)}
        </div>`;
    }

    #renderFigures() {
        const site = this.#site.value;
        const text = words.site;
        // Their places are there before they are known, so that nothing moves.
        const figures = [
            [text.accounts, site && formatCount(site.accounts)],
            [text.live, site && formatCount(site.live)],
            [text.viewers, site && formatCount(site.viewers)],
            [text.replays, site && formatBytes(site.storage.replaysBytes)],
            [text.database, site && formatBytes(site.storage.databaseBytes)],
            [text.free, site && formatBytes(site.storage.freeBytes)],
        ];
        return html`<dl class="figures" aria-label=${text.label} aria-busy=${!site}>${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value ?? '–'}</dd></div>`)}</dl>`;
    }

    /** @param {Part} part @param {import('../ui/ask.js').Account} account */
    #renderPart(part, account) {
        switch (part) {
            case 'accounts':
                return html`<tabcast-admin-accounts .own=${account}></tabcast-admin-accounts>`;
            case 'shows':
                return html`<tabcast-admin-shows .own=${account}></tabcast-admin-shows>`;
            case 'replays':
                return html`<tabcast-admin-replays .own=${account}></tabcast-admin-replays>`;
            case 'invitations':
                return html`<tabcast-admin-invitations .own=${account}></tabcast-admin-invitations>`;
        }
    }
}

customElements.define('tabcast-admin-page', TabcastAdminPage);
