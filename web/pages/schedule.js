// SPDX-License-Identifier: MIT
// `/schedule`: announces a show; with `?show=ID` changes one, or who may watch its replay when it is over. The key is shown
// once, after announcing.
import { html, nothing } from 'lit';
import { getJson } from '../ui/api.js';
import { ask, currentSession, signInUrl } from '../ui/ask.js';
import { makeCover } from '../ui/cover-maker.js';
import { formStyles } from '../ui/form-styles.js';
import { camera, copy, icon, video } from '../ui/icons.js';
import { keepOwnShow } from '../ui/own-show.js';
import { showToast } from '../ui/tabcast-toast.js';
import '../ui/tabcast-empty-stage.js';
import '../ui/tabcast-share-button.js';
import { categories, faultSentence, words } from '../words/account.js';
import { languages } from '../words/show-languages.js';
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

/** @param {string} text words with commas in between */
const splitList = (text) => text.split(/[,\n]/).map((word) => word.trim()).filter(Boolean);

class TabcastSchedulePage extends PageElement {
    static properties = { session: { state: true }, show: { state: true }, made: { state: true }, fault: { state: true }, state: { state: true }, isAsking: { state: true }, visibility: { state: true }, cover: { state: true } };
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
        /** @type {NonNullable<Show['visibility']>} */ this.visibility = 'public';
        /** @type {{url: string, blob: Blob}|null|undefined} chosen just now; null: to be taken away; undefined: as it is */ this.cover = undefined;
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        if (this.cover) URL.revokeObjectURL(this.cover.url);
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
            this.visibility = this.show?.visibility ?? 'public';
            const mayChange = !this.show?.isCancelled && (this.show?.creator?.name === account.name || account.role === 'admin');
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
        if (this.#isOver) return this.#sendDoor(field);
        const title = field('title');
        const starts = field('startsAt') ? new Date(field('startsAt')).getTime() : null;
        const isSame = starts !== null && localTime(this.show?.startsAt) === field('startsAt');
        if (!title || new TextEncoder().encode(title).length > 200) return this.#refuse(words.show.titleFault, 'title');
        if (starts !== null && !isSame && !(starts > Date.now() - HOUR_MS && starts < Date.now() + YEAR_MS)) return this.#refuse(words.show.timeFault, 'startsAt');
        const door = this.#readDoor(field);
        if (!door) return this.#refuse(words.show.showPasswordFault, 'password');
        const [length, price] = [Number(field('lengthMinutes')), Number(field('priceCoins'))];
        if (!Number.isInteger(length) || length < 0 || length > 1440) return this.#refuse(words.show.lengthFault, 'lengthMinutes');
        if (!Number.isInteger(price) || price < 0 || price > 1_000_000) return this.#refuse(words.show.priceFault, 'priceCoins');
        const about = {
            title,
            description: field('description'),
            category: field('category'),
            tags: splitList(field('tags')),
            ...door,
            lengthMinutes: length || null,
            priceCoins: price,
            language: field('language'),
            isRecorded: form.get('isRecorded') !== null,
            ...(isSame ? {} : { startsAt: starts === null ? null : new Date(starts).toISOString() }),
        };
        this.isAsking = true;
        this.fault = '';
        try {
            if (this.show) {
                await ask('PATCH', `/api/v1/shows/${this.show.id}`, about);
                await this.#sendCover(this.show.id);
                location.assign('/account');
            } else {
                this.made = await ask('POST', '/api/v1/shows', about, { 'idempotency-key': this.#request });
                showToast(words.show.created);
                await this.#sendCover(/** @type {Show} */ (this.made).id).catch((error) => (this.fault = `${words.show.coverLost} ${faultSentence(error)}`));
                this.updateComplete.then(() => /** @type {HTMLElement|null} */ (this.querySelector('h1'))?.focus());
            }
        } catch (error) {
            this.fault = faultSentence(error);
        }
        this.isAsking = false;
    }

    /** What stays changeable when the show is over is who may watch it. */
    get #isOver() {
        return this.show?.state === 'ended';
    }

    /** Who may watch; null: the password is missing or too short. @param {(name: string) => string} field */
    #readDoor(field) {
        const needsPassword = this.visibility === 'password' && (field('password') !== '' || this.show?.visibility !== 'password');
        if (needsPassword && new TextEncoder().encode(field('password')).length < 6) return null;
        return {
            visibility: this.visibility,
            ...(this.visibility === 'private' ? { invited: splitList(field('invited')) } : {}),
            ...(needsPassword ? { password: field('password') } : {}),
        };
    }

    /** @param {(name: string) => string} field */
    async #sendDoor(field) {
        const door = this.#readDoor(field);
        if (!door) return this.#refuse(words.show.showPasswordFault, 'password');
        this.isAsking = true;
        this.fault = '';
        try {
            await ask('PATCH', `/api/v1/shows/${this.show?.id}`, door);
            location.assign('/account');
        } catch (error) {
            this.fault = faultSentence(error);
        }
        this.isAsking = false;
    }

    /** @param {string} id */
    async #sendCover(id) {
        if (this.cover) await ask('POST', `/api/v1/shows/${id}/cover`, this.cover.blob);
        else if (this.cover === null && this.show?.coverUrl) await ask('DELETE', `/api/v1/shows/${id}/cover`);
    }

    /** @param {Event} event */
    async #onCover(event) {
        const field = /** @type {HTMLInputElement} */ (event.target);
        const [file] = field.files ?? [];
        if (!file) return;
        const blob = await makeCover(file);
        field.value = '';
        if (!blob) return this.#refuse(words.show.coverFault, 'cover');
        if (this.cover) URL.revokeObjectURL(this.cover.url);
        this.cover = { blob, url: URL.createObjectURL(blob) };
        this.fault = '';
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
        return this.made ? this.#renderMade(this.made) : this.#isOver ? this.#renderDoorForm() : this.#renderForm();
    }

    /** Of a show that is over. */
    #renderDoorForm() {
        const text = words.show;
        return html`<div class="plain">
            <h1>${text.doorTitle}</h1>
            <p class="lead">${this.show?.title}</p>
            <form class="card" novalidate @submit=${this.#onSubmit}>
                ${this.#renderVisibility()}
                <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
                <div class="row"><button class="button primary large" ?disabled=${this.isAsking}>${text.save}</button>
                    <a class="button quiet" href="/account">${text.back}</a></div>
            </form>
        </div>`;
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
                ${this.#renderCover()}
                <div class="three">
                    <div class="input"><label for="lengthMinutes">${text.length}</label>
                        <input id="lengthMinutes" name="lengthMinutes" class="field" type="number" inputmode="numeric" min="1" max="1440" step="1" .value=${String(show?.lengthMinutes ?? '')}></div>
                    <div class="input"><label for="language">${text.language}</label>
                        <select id="language" name="language" class="field">
                            <option value="">${text.noLanguage}</option>
                            ${languages.map(([code, name]) => html`<option value=${code} ?selected=${code === show?.language}>${name}</option>`)}
                        </select></div>
                    <div class="input"><label for="priceCoins">${text.price}</label>
                        <input id="priceCoins" name="priceCoins" class="field" type="number" inputmode="numeric" min="0" max="1000000" step="1" aria-describedby="price-hint" .value=${String(show?.priceCoins ?? 0)}>
                        <p class="hint" id="price-hint">${text.priceHint}</p></div>
                </div>
                ${this.#renderVisibility()}
                <label class="choice"><input type="checkbox" name="isRecorded" ?checked=${show?.isRecorded ?? true}>${text.record}<span class="hint">${text.recordHint}</span></label>
                <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
                <div class="row"><button class="button primary large" ?disabled=${this.isAsking}>${show ? text.save : text.create}</button>
                    <a class="button quiet" href="/account">${text.back}</a></div>
            </form>
        </div>`;
    }

    #renderCover() {
        const text = words.show;
        const url = this.cover === undefined ? this.show?.coverUrl : this.cover?.url;
        return html`<div class="input"><span class="label" id="cover-label">${text.cover}</span>
            ${url ? html`<img class="cover" src=${url} alt="">` : nothing}
            <div class="row">
                <label class="button file">${icon(camera)}<span id="cover-choose">${words.face.choose}</span>
                    <input id="cover" class="visually-hidden" type="file" accept="image/*" aria-labelledby="cover-label cover-choose" aria-describedby="cover-hint" @change=${this.#onCover}></label>
                ${url ? html`<button class="button quiet" type="button" @click=${() => (this.cover = null)}>${text.coverRemove}</button>` : nothing}
            </div>
            <p class="hint" id="cover-hint">${text.coverHint}</p></div>`;
    }

    #renderVisibility() {
        const text = words.show;
        return html`<fieldset><legend>${text.visibility}</legend>
                ${this.#renderChoice('public', text.public, text.publicHint)} ${this.#renderChoice('unlisted', text.unlisted, text.unlistedHint)}
                ${this.#renderChoice('private', text.private, text.privateHint)} ${this.#renderChoice('password', text.password, text.passwordHint)}</fieldset>
            ${this.#renderDoor()}`;
    }

    /** Whom a closed show is open to. */
    #renderDoor() {
        const text = words.show;
        if (this.visibility === 'private')
            return html`<div class="input"><label for="invited">${text.invited}</label>
                <textarea id="invited" name="invited" class="field" rows="3" autocapitalize="none" spellcheck="false" aria-describedby="invited-hint" .value=${this.show?.invited?.join(', ') ?? ''}></textarea>
                <p class="hint" id="invited-hint">${text.invitedHint}</p></div>`;
        if (this.visibility !== 'password') return nothing;
        return html`<div class="input"><label for="password">${text.showPassword}</label>
            <input id="password" name="password" class="field" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="200" aria-describedby="password-hint">
            <p class="hint" id="password-hint">${text.showPasswordHint} ${this.show?.visibility === 'password' ? text.showPasswordKept : nothing}</p></div>`;
    }

    /** @param {NonNullable<Show['visibility']>} value @param {string} label @param {string} hint */
    #renderChoice(value, label, hint) {
        return html`<label class="choice"><input type="radio" name="visibility" value=${value} ?checked=${this.visibility === value} @change=${() => (this.visibility = value)}>${label}<span class="hint">${hint}</span></label>`;
    }

    /** @param {Show & {key: string}} show */
    #renderMade(show) {
        const text = words.show;
        return html`<div class="plain">
            <h1 tabindex="-1">${show.title}</h1>
            <section class="card">
                <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
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
