// SPDX-License-Identifier: MIT
// <tabcast-account-menu .account>: the bell with what happened, and the way to one's account. The top bar loads it for
// who is signed in. Asks every few seconds while the tab is visible.
import { LitElement, css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { words } from '../words/account.js';
import { getJson } from './api.js';
import { ask } from './ask.js';
import { controlStyles } from './control-styles.js';
import { FocusKeeper } from './focus-keeper.js';
import { formatWhen } from './format.js';
import { bell, icon, user, x } from './icons.js';
import { PollController } from './poll-controller.js';
import './tabcast-face.js';

/** @typedef {{kind: 'scheduled'|'live'|'reminder'|'invited', at: string, isUnread: boolean, show: import('./api.js').Show}} Notification */

const POLL_MS = 8000;

export class TabcastAccountMenu extends LitElement {
    static properties = { account: { attribute: false }, isOpen: { state: true } };

    static styles = [
        controlStyles,
        css`
            :host {
                display: flex;
                align-items: center;
                gap: var(--space-1);
                position: relative;
            }
            .count {
                position: absolute;
                top: 0.2rem;
                left: 1.45rem;
                min-width: 1.25rem;
                padding: 0 0.3rem;
                border-radius: var(--radius-full);
                background: var(--accent);
                color: var(--accent-ink);
                font: 700 0.75rem/1.25rem var(--font-text);
                text-align: center;
                pointer-events: none;
            }
            .panel {
                position: absolute;
                z-index: 12;
                top: calc(100% + var(--space-2));
                right: 0;
                width: min(24rem, calc(100vw - 2rem));
                max-height: min(30rem, calc(100dvh - var(--top-bar) - 2rem));
                overflow-y: auto;
                padding: var(--space-4);
                border-radius: var(--radius-lg);
                background: var(--surface);
                box-shadow: var(--shadow-lg), 0 0 0 1px var(--line);
            }
            header {
                display: flex;
                align-items: center;
                justify-content: space-between;
                gap: var(--space-3);
            }
            h2 {
                margin: 0;
                font: 600 var(--title-sm) / 1.2 var(--font-title);
            }
            ul {
                display: grid;
                gap: var(--space-2);
                margin: var(--space-3) 0 0;
                padding: 0;
                list-style: none;
            }
            li {
                display: grid;
                grid-template-columns: minmax(0, 1fr) auto;
                align-items: center;
                border-radius: var(--radius-md);
                background: var(--surface-raised);
            }
            li.unread {
                box-shadow: inset 3px 0 0 var(--accent);
            }
            li a {
                display: grid;
                gap: 0.1rem;
                min-height: var(--touch);
                padding: var(--space-2) var(--space-3);
                color: inherit;
                text-decoration: none;
                overflow-wrap: anywhere;
                border-radius: var(--radius-md);
            }
            li a:hover {
                background: var(--surface-hover);
            }
            strong {
                font-weight: 600;
            }
            .live strong {
                color: var(--live-text);
            }
            small,
            .note {
                margin: 0;
                color: var(--ink-muted);
                font-size: var(--text-sm);
            }
            .note {
                margin-top: var(--space-3);
            }
            @media (max-width: 600px) {
                .panel {
                    position: fixed;
                    top: calc(var(--top-bar) + var(--space-1));
                    right: 1rem;
                }
            }
        `,
    ];

    #told = new PollController(this, (signal) => this.#load(signal), POLL_MS);
    /** @type {AbortController|null} */ #life = null;

    constructor() {
        super();
        new FocusKeeper(this);
        /** @type {import('./ask.js').Account|null} */ this.account = null;
        this.isOpen = false;
    }

    connectedCallback() {
        super.connectedCallback();
        this.#life = new AbortController();
        const { signal } = this.#life;
        document.addEventListener('pointerdown', (event) => this.isOpen && !event.composedPath().includes(this) && this.#close(), { signal });
        this.addEventListener('keydown', (event) => event.key === 'Escape' && this.isOpen && this.#close(true), { signal });
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#life?.abort();
    }

    /** @param {AbortSignal} signal @returns {Promise<{items: Notification[], unread: number}>} */
    #load(signal) {
        return getJson('/api/v1/notifications', signal);
    }

    async #toggle() {
        if (this.isOpen) {
            this.#close();
            return;
        }
        this.isOpen = true;
        if (!this.#told.value?.unread) return;
        // What is new keeps its mark as long as the list is open; the number goes.
        this.#told.value = { ...this.#told.value, unread: 0 };
        await ask('POST', '/api/v1/notifications/read').catch(() => {}); // then it is new once more
    }

    #close(takesFocus = false) {
        this.isOpen = false;
        this.#told.refresh();
        if (takesFocus) /** @type {HTMLElement|null} */ (this.renderRoot.querySelector('#bell'))?.focus();
    }

    /** @param {string} name */
    async #unfollow(name) {
        await ask('DELETE', `/api/v1/follows/${name}`).catch(() => {}); // it stays in the list, then
        await this.#told.refresh();
    }

    async #mute() {
        await ask('PATCH', '/api/v1/accounts/me/settings', { mutesInvitations: true }).catch(() => {});
        await this.#told.refresh();
    }

    render() {
        const unread = this.#told.value?.unread ?? 0;
        const name = words.bell.open(unread);
        return html`<button id="bell" class="button quiet icon-button" type="button" aria-label=${name} title=${name} aria-expanded=${this.isOpen} aria-controls="panel" @click=${this.#toggle}>${icon(bell)}</button>
            ${unread ? html`<span class="count" aria-hidden="true">${unread}</span>` : nothing}
            <span class="visually-hidden" role="status">${unread ? name : ''}</span>
            <a class="button quiet icon-button" href="/account" aria-label=${words.bell.account} title=${this.account?.displayName ?? words.bell.account}>${icon(user)}</a>
            <section id="panel" class="panel" aria-label=${words.bell.title} ?hidden=${!this.isOpen}>${this.isOpen ? this.#renderPanel() : nothing}</section>`;
    }

    #renderPanel() {
        const { value, isLoading } = this.#told;
        const text = words.bell;
        return html`<header><h2>${text.title}</h2>
                <button class="button quiet icon-button" type="button" aria-label=${words.bell.close} @click=${() => this.#close(true)}>${icon(x)}</button></header>
            ${isLoading ? html`<p class="note" role="status">${text.loading}</p>` : nothing}
            ${!value && !isLoading ? html`<p class="note" role="alert">${text.failed}</p>` : nothing}
            ${value?.items.length === 0 ? html`<p class="note"><strong>${text.emptyTitle}.</strong> ${text.empty}</p>` : nothing}
            <ul>${repeat(value?.items ?? [], ({ kind, show }) => `${kind}${show.id}`, (item) => this.#renderItem(item))}</ul>`;
    }

    /** @param {Notification} item */
    #renderItem({ kind, at, isUnread, show }) {
        const text = words.bell;
        const who = show.creator?.displayName ?? '';
        const isOn = show.state === 'live' || show.state === 'reconnecting';
        const what = kind === 'scheduled' ? text.scheduled(who) : kind === 'reminder' ? text.reminder : kind === 'invited' ? text.invited(who) : isOn ? text.live(who) : text.wasLive(who);
        const when = kind === 'scheduled' && show.startsAt ? formatWhen(show.startsAt, Date.now()) : formatWhen(at, Date.now());
        // One is told of a show that is not public because of an invitation, not of following.
        const isInvited = kind === 'invited' || (kind === 'live' && show.visibility === 'private');
        const stop = isInvited ? text.mute : text.unfollow(who);
        return html`<li class=${`${isUnread ? 'unread' : ''} ${isOn ? 'live' : ''}`}>
            <a href=${show.replayUrl ?? `/show/${show.id}`}><strong>${show.creator ? html`<tabcast-face name=${show.creator.name} size="24"></tabcast-face> ` : nothing}${what}</strong><span>${show.title}</span><small>${when}</small></a>
            ${kind === 'reminder' || !show.creator ? nothing : html`<button class="button quiet icon-button" type="button" aria-label=${stop} title=${stop} @click=${() => (isInvited ? this.#mute() : this.#unfollow(show.creator?.name ?? ''))}>${icon(x, 16)}</button>`}
        </li>`;
    }
}

customElements.define('tabcast-account-menu', TabcastAccountMenu);
