// SPDX-License-Identifier: MIT
// `/schedule`: announces a show; with `?show=ID` changes one. The key is shown once, after announcing.
import { html, nothing } from 'lit';
import { categories, faultSentence, words } from '../ui/account-words.js';
import { getJson } from '../ui/api.js';
import { ask, currentSession, signInUrl } from '../ui/ask.js';
import { formStyles } from '../ui/form-styles.js';
import { copy, icon, video } from '../ui/icons.js';
import { keepOwnShow } from '../ui/own-show.js';
import { showToast } from '../ui/tabcast-toast.js';
import '../ui/tabcast-empty-stage.js';
import '../ui/tabcast-share-button.js';
import { PageElement } from './page-element.js';

/** @typedef {import('../ui/api.js').Show} Show */

const ID = /^[a-z2-7]{12}$/;
const YEAR_MS = 366 * 86_400_000;
const HOUR_MS = 3_600_000;

/** What <input type=datetime-local> takes, in this time zone. @param {string|null|undefined} at */
function localTime(at) {
    if (!at) return '';
    const when = new Date(at);
    return new Date(when.getTime() - when.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

class TabcastSchedulePage extends PageElement {
    static properties = { session: { state: true }, show: { state: true }, made: { state: true }, fault: { state: true }, state: { state: true }, isAsking: { state: true } };
    static pageStyles = [formStyles];

    #id = new URLSearchParams(location.search).get('show') ?? '';
    /** One announcement, however often its answer is lost. */
    #request = crypto.randomUUID();

    constructor() {
        super();
        /** @type {'loading'|'ready'|'guest'|'refused'|'away'} */ this.state = 'loading';
        /** @type {Show|null} the one that is changed */ this.show = null;
        /** @type {(Show & {key: string})|null} just announced */ this.made = null;
        this.fault = '';
        this.isAsking = false;
    }

    async connectedCallback() {
        super.connectedCallback();
        try {
            const { account } = await currentSession();
            if (!account) {
                this.state = 'guest';
                return;
            }
            if (this.#id && ID.test(this.#id)) this.show = await getJson(`/api/v1/shows/${this.#id}`);
            const mayChange = this.show?.state !== 'ended' && (this.show?.creator?.name === account.name || account.role === 'admin');
            this.state = this.#id && !mayChange ? 'refused' : 'ready';
        } catch (error) {
            this.state = /** @type {{status?: number}} */ (error).status === 404 ? 'refused' : 'away';
        }
    }

    /** @param {SubmitEvent} event */
    async #onSubmit(event) {
        event.preventDefault();
        const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
        const field = (/** @type {string} */ name) => String(form.get(name) ?? '').replace(/\r\n/g, '\n').trim();
        const title = field('title');
        const starts = field('startsAt') ? new Date(field('startsAt')).getTime() : null;
        const isSame = starts !== null && localTime(this.show?.startsAt) === field('startsAt');
        if (!title || new TextEncoder().encode(title).length > 200) return this.#refuse(words.show.titleFault, 'title');
        if (starts !== null && !isSame && !(starts > Date.now() - HOUR_MS && starts < Date.now() + YEAR_MS)) return this.#refuse(words.show.timeFault, 'startsAt');
        const about = {
            title,
            description: field('description'),
            category: field('category'),
            tags: field('tags').split(/[,\n]/).map((tag) => tag.trim()).filter(Boolean),
            visibility: field('visibility'),
            isRecorded: form.get('isRecorded') !== null,
            ...(isSame ? {} : { startsAt: starts === null ? null : new Date(starts).toISOString() }),
        };
        this.isAsking = true;
        this.fault = '';
        try {
            if (this.show) {
                await ask('PATCH', `/api/v1/shows/${this.show.id}`, about);
                location.assign('/account');
            } else {
                this.made = await ask('POST', '/api/v1/shows', about, { 'idempotency-key': this.#request });
                showToast(words.show.created);
                this.updateComplete.then(() => /** @type {HTMLElement|null} */ (this.querySelector('h1'))?.focus());
            }
        } catch (error) {
            this.fault = faultSentence(error);
        }
        this.isAsking = false;
    }

    /** @param {string} fault @param {string} id */
    #refuse(fault, id) {
        this.fault = fault;
        /** @type {HTMLElement|null} */ (this.querySelector(`#${id}`))?.focus();
    }

    render() {
        if (this.state === 'loading') return html`<div class="plain" aria-busy="true"><h1>${words.show.newTitle}</h1><div class="wait"></div></div>`;
        if (this.state === 'guest')
            return html`<tabcast-empty-stage .level=${1} heading=${words.account.guestTitle} text=${words.signIn.lead}>
                <a class="button primary" href=${signInUrl()}>${words.signIn.submit}</a></tabcast-empty-stage>`;
        if (this.state !== 'ready')
            return html`<tabcast-empty-stage .level=${1} heading=${this.state === 'away' ? words.profile.failedTitle : words.show.failed} text=${this.state === 'away' ? words.away : words.show.notYours}>
                <a class="button primary" href="/account">${words.show.back}</a></tabcast-empty-stage>`;
        return this.made ? this.#renderMade(this.made) : this.#renderForm();
    }

    #renderForm() {
        const text = words.show;
        const show = this.show;
        return html`<div class="plain">
            <h1>${show ? text.editTitle : text.newTitle}</h1>
            <form class="card" novalidate @submit=${this.#onSubmit}>
                <div class="input"><label for="title">${text.title}</label>
                    <input id="title" name="title" class="field" maxlength="200" required autocomplete="off" .value=${show?.title ?? ''}></div>
                <div class="input"><label for="description">${text.description}</label>
                    <textarea id="description" name="description" class="field" maxlength="2000" aria-describedby="description-hint" .value=${show?.description ?? ''}></textarea>
                    <p class="hint" id="description-hint">${text.descriptionHint}</p></div>
                <div class="pair">
                    <div class="input"><label for="startsAt">${text.startsAt}</label>
                        <input id="startsAt" name="startsAt" class="field" type="datetime-local" aria-describedby="starts-hint" .value=${localTime(show?.startsAt)}>
                        <p class="hint" id="starts-hint">${text.startsAtHint}</p></div>
                    <div class="input"><label for="category">${text.category}</label>
                        <select id="category" name="category" class="field">
                            <option value="">${text.noCategory}</option>
                            ${Object.entries(categories).map(([id, name]) => html`<option value=${id} ?selected=${id === show?.category}>${name}</option>`)}
                        </select></div>
                </div>
                <div class="input"><label for="tags">${text.tags}</label>
                    <input id="tags" name="tags" class="field" autocomplete="off" autocapitalize="none" aria-describedby="tags-hint" .value=${show?.tags?.join(', ') ?? ''}>
                    <p class="hint" id="tags-hint">${text.tagsHint}</p></div>
                <fieldset><legend>${text.visibility}</legend>
                    ${this.#renderChoice('public', text.public, text.publicHint)} ${this.#renderChoice('unlisted', text.unlisted, text.unlistedHint)}</fieldset>
                <label class="choice"><input type="checkbox" name="isRecorded" ?checked=${show?.isRecorded ?? true}>${text.record}<span class="hint">${text.recordHint}</span></label>
                <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
                <div class="row"><button class="button primary large" ?disabled=${this.isAsking}>${show ? text.save : text.create}</button>
                    <a class="button quiet" href="/account">${text.back}</a></div>
            </form>
        </div>`;
    }

    /** @param {'public'|'unlisted'} value @param {string} label @param {string} hint */
    #renderChoice(value, label, hint) {
        const chosen = this.show?.visibility ?? 'public';
        return html`<label class="choice"><input type="radio" name="visibility" value=${value} ?checked=${chosen === value}>${label}<span class="hint">${hint}</span></label>`;
    }

    /** @param {Show & {key: string}} show */
    #renderMade(show) {
        const text = words.show;
        return html`<div class="plain">
            <h1 tabindex="-1">${show.title}</h1>
            <section class="card">
                <p class="lead">${text.keyText}</p>
                <div class="input"><span class="hint">${text.key}</span><code class="key">${show.key}</code></div>
                <div class="row">
                    <button class="button" type="button" @click=${() => this.#copy(show.key)}>${icon(copy)}${text.copyKey}</button>
                    <tabcast-share-button .title=${show.title} .url=${`${location.origin}/show/${show.id}`}></tabcast-share-button>
                    <button class="button primary" type="button" @click=${() => this.#start(show)}>${icon(video)}${text.start}</button>
                </div>
            </section>
            <div class="row"><a class="button quiet" href="/account">${text.back}</a></div>
        </div>`;
    }

    /** @param {string} key */
    async #copy(key) {
        try {
            await navigator.clipboard.writeText(key);
            showToast(words.show.copied);
        } catch {
            getSelection()?.selectAllChildren(/** @type {Node} */ (this.querySelector('.key'))); // by hand, then
        }
    }

    /** @param {Show & {key: string}} show */
    #start({ id, key, title }) {
        keepOwnShow({ id, key, title });
        location.assign('/studio');
    }
}

customElements.define('tabcast-schedule-page', TabcastSchedulePage);
