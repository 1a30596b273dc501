// SPDX-License-Identifier: MIT
// <tabcast-show-actions .show>: who makes the show, following them, being reminded, the calendar. Stands on the show's
// page; a guest is led to sign in and back.
import { LitElement, css, html, nothing } from 'lit';
import { faultSentence, words } from '../words/account.js';
import { getJson } from './api.js';
import { ask, currentSession, signInUrl } from './ask.js';
import { controlStyles } from './control-styles.js';
import { FocusKeeper } from './focus-keeper.js';
import { bell, calendar, check, clock, icon } from './icons.js';
import { showToast } from './tabcast-toast.js';

export class TabcastShowActions extends LitElement {
    static properties = { show: { attribute: false }, account: { state: true }, isFollowed: { state: true }, isReminded: { state: true }, fault: { state: true }, isAsking: { state: true } };

    static styles = [
        controlStyles,
        css`
            :host {
                display: block;
            }
            div {
                display: flex;
                flex-wrap: wrap;
                align-items: center;
                gap: var(--space-1) var(--space-2);
            }
            a.who {
                display: inline-flex;
                align-items: center;
                min-height: var(--touch);
                color: var(--ink);
                font-weight: 600;
                text-underline-offset: 0.2em;
                overflow-wrap: anywhere;
            }
            p {
                margin: 0;
                font-size: var(--text-sm);
            }
        `,
    ];

    /** @type {string} whose following is known */ #asked = '';

    constructor() {
        super();
        new FocusKeeper(this);
        /** @type {import('./api.js').Show|null} */ this.show = null;
        /** @type {import('./ask.js').Account|null} */ this.account = null;
        this.isFollowed = false;
        this.isReminded = false;
        this.fault = '';
        this.isAsking = false;
    }

    /** @param {import('lit').PropertyValues<this>} changed */
    willUpdate(changed) {
        const name = this.show?.creator?.name;
        if (changed.has('show') && name && name !== this.#asked) this.#learn(name);
    }

    /** @param {string} name */
    async #learn(name) {
        this.#asked = name;
        try {
            this.account = (await currentSession()).account;
            if (this.account && this.account.name !== name) this.isFollowed = (await getJson(`/api/v1/accounts/${name}`)).isFollowed;
        } catch {
            this.#asked = ''; // the show is polled: it is asked again with the next answer
        }
    }

    /** @param {() => Promise<void>} what */
    async #do(what) {
        if (!this.account) {
            location.assign(signInUrl());
            return;
        }
        this.isAsking = true;
        this.fault = '';
        try {
            await what();
        } catch (error) {
            this.fault = faultSentence(error);
        }
        this.isAsking = false;
    }

    #onFollow() {
        const name = this.show?.creator?.name ?? '';
        return this.#do(async () => {
            if (this.isFollowed) await ask('DELETE', `/api/v1/follows/${name}`);
            else await ask('POST', '/api/v1/follows', { name });
            this.isFollowed = !this.isFollowed;
            showToast(this.isFollowed ? words.profile.follows : words.profile.unfollows);
        });
    }

    #onRemind() {
        return this.#do(async () => {
            await ask(this.isReminded ? 'DELETE' : 'POST', `/api/v1/shows/${this.show?.id}/reminder`);
            this.isReminded = !this.isReminded;
            if (this.isReminded) showToast(words.show.willRemind);
        });
    }

    render() {
        const { show } = this;
        if (!show) return nothing;
        const { creator } = show;
        const isOwn = creator !== undefined && creator !== null && creator.name === this.account?.name;
        const isComing = show.state === 'scheduled' && Boolean(show.startsAt);
        if (!creator && !isComing) return nothing;
        return html`<div>
            ${creator ? html`<a class="who" href=${creator.url}>${creator.displayName}</a>` : nothing}
            ${creator && !isOwn
                ? html`<button class="button" type="button" aria-pressed=${this.isFollowed} ?disabled=${this.isAsking} @click=${this.#onFollow}>${icon(this.isFollowed ? check : bell, 18)}${this.isFollowed ? words.profile.following : words.profile.follow}</button>`
                : nothing}
            ${isComing
                ? html`<button class="button" type="button" aria-pressed=${this.isReminded} ?disabled=${this.isAsking} @click=${this.#onRemind}>${icon(this.isReminded ? check : clock, 18)}${words.show.remind}</button>
                      <a class="button quiet" href=${`/calendar/${show.id}.ics`}>${icon(calendar, 18)}${words.profile.calendar}</a>`
                : nothing}
        </div>
        <p role="alert" ?hidden=${!this.fault}>${this.fault}</p>`;
    }
}

customElements.define('tabcast-show-actions', TabcastShowActions);
