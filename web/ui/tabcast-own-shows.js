// SPDX-License-Identifier: MIT
// <tabcast-own-shows>: the shows of who is signed in, with all that can be done with them: open in the studio, change,
// cancel and take that back, a new key.
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { categories, words } from '../words/account.js';
import { getJson } from './api.js';
import { ask } from './ask.js';
import { CardElement } from './card-element.js';
import { formatWhen } from './format.js';
import { clock, icon, pencil, video } from './icons.js';
import { keepOwnShow } from './own-show.js';
import { showToast } from './tabcast-toast.js';

/** @typedef {import('./api.js').Show} Show */

const PAGE_COUNT = 20;

export class TabcastOwnShows extends CardElement {
    static properties = { shows: { state: true }, next: { state: true }, cancelled: { state: true }, discarded: { state: true }, key: { state: true } };

    constructor() {
        super();
        /** @type {Show[]} */ this.shows = [];
        /** @type {string|null} */ this.next = null;
        /** @type {Show|null} what Undo brings back */ this.cancelled = null;
        /** @type {Show|null} the one whose replay Undo brings back */ this.discarded = null;
        /** @type {{id: string, key: string}|null} shown this once */ this.key = null;
    }

    /** @param {string} [cursor] '' = anew */
    async load(cursor = '') {
        const { items, next } = await getJson(`/api/v1/shows?creator=me&limit=${PAGE_COUNT}${cursor && `&cursor=${cursor}`}`);
        this.shows = cursor ? [...this.shows, ...items] : items;
        this.next = next;
    }

    /** The studio finds the show in this tab's storage, with a key that nobody else has. @param {Show} show */
    #start(show) {
        return this.act(async () => {
            const { id, key, title } = await ask('POST', `/api/v1/shows/${show.id}/stream-key`);
            keepOwnShow({ id, key, title });
            location.assign('/studio');
        });
    }

    /** @param {Show} show */
    #renew(show) {
        return this.act(async () => {
            this.key = await ask('POST', `/api/v1/shows/${show.id}/stream-key`);
            showToast(words.show.newKeyDone);
        });
    }

    /** @param {Show} show */
    #cancel(show) {
        return this.act(async () => {
            await ask('DELETE', `/api/v1/shows/${show.id}`);
            this.cancelled = show;
            await this.load();
        });
    }

    #undo() {
        return this.act(async () => {
            await ask('POST', `/api/v1/shows/${this.cancelled?.id}/restore`);
            this.cancelled = null;
            showToast(words.show.restored);
            await this.load();
        });
    }

    /** @param {Show} show */
    #discard(show) {
        return this.act(async () => {
            await ask('POST', `/api/v1/replays/${show.id}/discard`);
            this.discarded = show;
            await this.load();
        });
    }

    #restore() {
        return this.act(async () => {
            await ask('POST', `/api/v1/replays/${this.discarded?.id}/restore`);
            this.discarded = null;
            showToast(words.show.replayRestored);
            await this.load();
        });
    }

    render() {
        const text = words.show;
        const announce = html`<a class="button primary" href="/schedule">${icon(clock)}${words.account.announce}</a>`;
        return this.renderCard('own-shows', words.account.shows, announce, () => html`${this.cancelled
                ? html`<p class="fault row apart" role="status"><span>${text.cancelled(this.cancelled.title)}</span>
                      <button class="button" type="button" ?disabled=${this.isAsking} @click=${this.#undo}>${text.undo}</button></p>`
                : nothing}
            ${this.discarded
                ? html`<p class="fault row apart" role="status"><span>${text.replayDeleted(this.discarded.title)}</span>
                      <button class="button" type="button" ?disabled=${this.isAsking} @click=${this.#restore}>${text.undo}</button></p>`
                : nothing}
            ${this.shows.length === 0 ? html`<p class="hint"><strong>${words.account.noShowsTitle}.</strong> ${words.account.noShows}</p>` : nothing}
            <ul class="items">${repeat(this.shows, (show) => show.id, (show) => html`<li class="item">${this.#renderShow(show)}</li>`)}</ul>
            ${this.next ? html`<button class="button" type="button" ?disabled=${this.isAsking} @click=${() => this.act(() => this.load(this.next ?? ''))}>${text.more}</button>` : nothing}`);
    }

    /** @param {Show} show */
    #renderShow(show) {
        const text = words.show;
        const isOver = show.state === 'ended';
        const when = show.startedAt ?? show.startsAt;
        const facts = [show.isCancelled ? text.cancelledState : text.states[show.state], when && formatWhen(when, Date.now()), show.category && categories[show.category], { public: '', unlisted: text.unlistedState, private: text.privateState, password: text.passwordState }[show.visibility ?? 'public']];
        return html`<strong>${show.title}</strong>
            <p>${facts.filter(Boolean).join(' · ')}</p>
            <div class="row">
                ${isOver ? nothing : html`<button class="button primary" type="button" ?disabled=${this.isAsking} aria-label=${`${text.start}: ${show.title}`} @click=${() => this.#start(show)}>${icon(video)}${text.start}</button>
                    <a class="button" href=${`/schedule?show=${show.id}`} aria-label=${`${text.edit}: ${show.title}`}>${icon(pencil)}${text.edit}</a>`}
                ${show.isCancelled ? nothing : html`<a class="button" href=${isOver && show.replayUrl ? show.replayUrl : `/show/${show.id}`} aria-label=${`${show.replayUrl ? text.watchReplay : text.watch}: ${show.title}`}>${show.replayUrl ? text.watchReplay : text.watch}</a>`}
                ${isOver && show.replayUrl
                    ? html`<a class="button" href=${`/schedule?show=${show.id}`} aria-label=${`${text.door}: ${show.title}`}>${text.door}</a>
                          <button class="button quiet" type="button" ?disabled=${this.isAsking} aria-label=${`${text.deleteReplay}: ${show.title}`} @click=${() => this.#discard(show)}>${text.deleteReplay}</button>`
                    : nothing}
                ${show.state === 'scheduled'
                    ? html`<button class="button quiet" type="button" ?disabled=${this.isAsking} aria-label=${`${text.newKey}: ${show.title}`} @click=${() => this.#renew(show)}>${text.newKey}</button>
                          <button class="button quiet" type="button" ?disabled=${this.isAsking} aria-label=${`${text.cancel}: ${show.title}`} @click=${() => this.#cancel(show)}>${text.cancel}</button>`
                    : nothing}
            </div>
            ${this.key?.id === show.id ? html`<p>${text.key}: <span class="key">${this.key.key}</span></p>` : nothing}`;
    }
}

customElements.define('tabcast-own-shows', TabcastOwnShows);
