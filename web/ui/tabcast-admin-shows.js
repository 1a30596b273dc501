// SPDX-License-Identifier: MIT
// <tabcast-admin-shows>: what is live or announced on the whole site, unlisted shows too; ending and cancelling.
import { html } from 'lit';
import { words } from '../words/admin.js';
import { AdminList } from './admin-list.js';
import { ask } from './ask.js';
import { formatWhen } from './format.js';
import { showToast } from './tabcast-toast.js';

/** @typedef {import('./api.js').Show} Show */

export class TabcastAdminShows extends AdminList {
    get path() {
        return '/api/v1/admin/shows?';
    }

    /** @param {Show} show */
    #onEnd(show) {
        const text = words.shows;
        const isOn = show.state !== 'scheduled';
        return this.confirm({ heading: text.endTitle(show.title), text: isOn ? text.endText : text.cancelText, action: isOn ? text.end : text.cancel }, async () => {
            await ask('DELETE', `/api/v1/shows/${show.id}`);
            showToast(text.done);
            await this.load();
        });
    }

    render() {
        return html`<section class="card" aria-labelledby="shows"><h2 id="shows">${words.parts.shows}</h2>
            ${this.renderList((show) => this.#renderShow(show), words.shows.none)}</section>`;
    }

    /** @param {Show} show */
    #renderShow(show) {
        const text = words.shows;
        const isOn = show.state !== 'scheduled';
        const when = show.startedAt ?? show.startsAt;
        const facts = [text.states[show.state], isOn && text.viewers(show.viewers ?? 0), show.creator?.displayName ?? text.guest, when && formatWhen(when, Date.now()), show.visibility !== 'public' && text.unlisted];
        const end = isOn ? text.end : text.cancel;
        return html`<strong>${show.title}</strong><p>${facts.filter(Boolean).join(' · ')}</p>
            <div class="row"><a class="button" href=${`/show/${show.id}`} aria-label=${`${text.watch}: ${show.title}`}>${text.watch}</a>
                <button class="button quiet" type="button" ?disabled=${this.isAsking} aria-label=${`${end}: ${show.title}`} @click=${() => this.#onEnd(show)}>${end}</button></div>`;
    }
}

customElements.define('tabcast-admin-shows', TabcastAdminShows);
