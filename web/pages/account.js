// SPDX-License-Identifier: MIT
// `/account`: one's shows, page, password, and where one is signed in.
import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { getJson } from '../ui/api.js';
import { ask, currentSession, signInUrl } from '../ui/ask.js';
import { CardElement } from '../ui/card-element.js';
import { formStyles } from '../ui/form-styles.js';
import { formatWhen } from '../ui/format.js';
import { showToast } from '../ui/tabcast-toast.js';
import '../ui/tabcast-email-setting.js';
import '../ui/tabcast-empty-stage.js';
import '../ui/tabcast-openid.js';
import '../ui/tabcast-own-face.js';
import '../ui/tabcast-own-settings.js';
import '../ui/tabcast-own-shows.js';
import '../ui/tabcast-push-setting.js';
import '../ui/tabcast-second-factor.js';
import { faultSentence, words } from '../words/account.js';
import { PageElement } from './page-element.js';

/** @typedef {{id: string, createdAt: string, address: string, agent: string, isCurrent: boolean}} Login */
/** @typedef {'profile'|'password'|'sessions'} Part */

/** Cards come together, so that none pushes away another that is being read; what takes longer than this comes by itself. */
const TOGETHER_MS = 2000;

class TabcastAccountPage extends PageElement {
    static properties = { session: { state: true }, logins: { state: true }, fault: { state: true }, isAway: { state: true }, isReady: { state: true }, isAsking: { state: true } };
    static pageStyles = [
        formStyles,
        css`
            /* A card that has nothing to say takes no gap. */
            tabcast-email-setting:empty {
                display: none;
            }
        `,
    ];

    constructor() {
        super();
        /** @type {import('../ui/ask.js').Session|null} */ this.session = null;
        /** @type {Login[]|null} */ this.logins = null;
        /** @type {{part: Part, text: string}|null} */ this.fault = null;
        this.isAway = false;
        /** All of it is known. */ this.isReady = false;
        this.isAsking = false;
    }

    async connectedCallback() {
        super.connectedCallback();
        this.session = await currentSession().catch(() => null);
        this.isAway = this.session === null;
        if (!this.session?.account) return;
        await this.updateComplete;
        const cards = [...this.querySelectorAll('*')].filter((element) => element instanceof CardElement);
        const isAllKnown = Promise.all([this.#loadLogins(), ...cards.map(({ known }) => known)]);
        await Promise.race([isAllKnown, new Promise((resolve) => setTimeout(resolve, TOGETHER_MS))]);
        this.isReady = true;
    }

    async #loadLogins() {
        try {
            this.logins = (await getJson('/api/v1/sessions')).items;
        } catch (error) {
            this.fault = { part: 'sessions', text: faultSentence(error) };
        }
    }

    /** @param {Part} part @param {() => Promise<void>} what */
    async #do(part, what) {
        this.isAsking = true;
        this.fault = null;
        try {
            await what();
        } catch (error) {
            this.fault = { part, text: faultSentence(error) };
        }
        this.isAsking = false;
    }

    /** @param {SubmitEvent} event */
    #onProfile(event) {
        event.preventDefault();
        const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
        const field = (/** @type {string} */ name) => String(form.get(name) ?? '').replace(/\r\n/g, '\n').trim();
        const links = field('links').split(/\s+/).filter(Boolean);
        return this.#do('profile', async () => {
            const account = await ask('PATCH', '/api/v1/accounts/me', { displayName: field('displayName'), bio: field('bio'), links });
            if (this.session) this.session = { ...this.session, account };
            showToast(words.account.saved);
        });
    }

    /** @param {SubmitEvent} event */
    #onPassword(event) {
        event.preventDefault();
        const element = /** @type {HTMLFormElement} */ (event.target);
        const form = new FormData(element);
        return this.#do('password', async () => {
            await ask('POST', '/api/v1/accounts/me/password', { currentPassword: String(form.get('current') ?? ''), password: String(form.get('password')) });
            element.reset();
            showToast(this.session?.hasPassword ? words.account.changed : words.openId.passwordSet);
            if (this.session) this.session = { ...this.session, hasPassword: true };
            await this.#loadLogins();
        });
    }

    /** @param {Login} login */
    #onEnd(login) {
        return this.#do('sessions', async () => {
            await ask('DELETE', `/api/v1/sessions/${login.id}`);
            showToast(words.account.ended);
            await this.#loadLogins();
        });
    }

    /** @param {string} path */
    #leave(path) {
        return this.#do('sessions', async () => {
            await ask('DELETE', path);
            location.assign('/');
        });
    }

    render() {
        if (this.isAway) return html`<tabcast-empty-stage .level=${1} heading=${words.profile.failedTitle} text=${words.away}>
            <a class="button primary" href="/account">${words.account.retry}</a></tabcast-empty-stage>`;
        if (!this.session) return this.#renderWait();
        if (!this.session.account)
            return html`<tabcast-empty-stage .level=${1} heading=${words.account.guestTitle} text=${words.account.guest}>
                <a class="button primary" href=${signInUrl()}>${words.signIn.submit}</a></tabcast-empty-stage>`;
        const { account } = this.session;
        const text = words.account;
        return html`${this.isReady ? nothing : this.#renderWait()}<div class="plain" ?hidden=${!this.isReady}>
            <header class="row apart">
                <div>
                    <h1>${account.displayName}</h1>
                    <p class="lead">@${account.name}
                        ${account.role === 'member' ? nothing : html`<span class="pill">${text[account.role]}</span>`}</p>
                </div>
                <div class="row">${account.role === 'member' ? nothing : html`<a class="button" href="/admin">${text.toAdmin}</a>`}<a class="button" href=${`/@${account.name}`}>${text.toProfile}</a>
                    <button class="button quiet" type="button" @click=${() => this.#leave('/api/v1/sessions/current')}>${text.signOut}</button></div>
            </header>
            <tabcast-own-shows></tabcast-own-shows>
            ${this.#renderProfile(account)}
            <tabcast-own-settings></tabcast-own-settings>
            <tabcast-push-setting></tabcast-push-setting>
            ${this.#renderPassword(account)}
            ${this.session.hasPassword ? html`<tabcast-email-setting></tabcast-email-setting>` : nothing}
            ${this.session.openId ? html`<tabcast-openid></tabcast-openid>` : nothing}
            ${this.session.hasPassword ? html`<tabcast-second-factor></tabcast-second-factor>` : nothing}
            ${this.#renderSessions()}
        </div>`;
    }

    #renderWait() {
        return html`<div class="plain" aria-busy="true"><h1>${words.account.title}</h1><div class="wait"></div><div class="wait"></div></div>`;
    }

    /** @param {Part} part */
    #renderFault(part) {
        const text = this.fault?.part === part ? this.fault.text : '';
        return html`<p class="fault" role="alert" ?hidden=${!text}>${text}</p>`;
    }

    /** @param {import('../ui/ask.js').Account} account */
    #renderProfile(account) {
        const text = words.account;
        return html`<form class="card" aria-labelledby="profile" @submit=${this.#onProfile}>
            <h2 id="profile">${text.profile}</h2>
            <tabcast-own-face name=${account.name}></tabcast-own-face>
            <div class="input"><label for="displayName">${text.displayName}</label>
                <input id="displayName" name="displayName" class="field" .value=${account.displayName} maxlength="64" required autocomplete="nickname"></div>
            <div class="input"><label for="bio">${text.bio}</label>
                <textarea id="bio" name="bio" class="field" maxlength="1000" aria-describedby="bio-hint" .value=${account.bio}></textarea>
                <p class="hint" id="bio-hint">${text.bioHint}</p></div>
            <div class="input"><label for="links">${text.links}</label>
                <textarea id="links" name="links" class="field" rows="3" spellcheck="false" autocapitalize="none" aria-describedby="links-hint" .value=${account.links.join('\n')}></textarea>
                <p class="hint" id="links-hint">${text.linksHint}</p></div>
            ${this.#renderFault('profile')}
            <div class="row"><button class="button primary" ?disabled=${this.isAsking}>${text.save}</button></div>
        </form>`;
    }

    /** @param {import('../ui/ask.js').Account} account */
    #renderPassword(account) {
        const text = words.account;
        const isFirst = !this.session?.hasPassword;
        return html`<form class="card" aria-labelledby="security" @submit=${this.#onPassword}>
            <h2 id="security">${text.security}</h2>
            <input type="text" name="username" autocomplete="username" .value=${account.name} hidden>
            ${isFirst ? html`<p class="hint">${words.openId.firstPassword}</p>` : nothing}
            <div class="pair">
                ${isFirst ? nothing : html`<div class="input"><label for="current">${text.current}</label>
                    <input id="current" name="current" class="field" type="password" autocomplete="current-password" maxlength="200" required></div>`}
                <div class="input"><label for="password">${text.next}</label>
                    <input id="password" name="password" class="field" type="password" autocomplete="new-password" minlength="8" maxlength="200" required></div>
            </div>
            ${this.#renderFault('password')}
            <div class="row"><button class="button" ?disabled=${this.isAsking}>${isFirst ? words.openId.setPassword : text.change}</button></div>
        </form>`;
    }

    #renderSessions() {
        const text = words.account;
        return html`<section class="card" aria-labelledby="sessions" aria-busy=${this.logins === null}>
            <h2 id="sessions">${text.sessions}</h2>
            ${this.logins === null && !this.fault ? html`<div class="wait"></div>` : nothing}
            <ul class="items">${repeat(this.logins ?? [], (login) => login.id, (login) => this.#renderLogin(login))}</ul>
            ${this.#renderFault('sessions')}
            <div class="row"><button class="button" type="button" ?disabled=${this.isAsking} @click=${() => this.#leave('/api/v1/sessions')}>${text.signOutAll}</button></div>
        </section>`;
    }

    /** @param {Login} login */
    #renderLogin(login) {
        const text = words.account;
        const name = browserName(login.agent);
        return html`<li class="item row apart">
            <div><strong>${login.isCurrent ? text.here : name}</strong>
                <p>${login.isCurrent ? `${name} · ` : ''}${login.address} · ${text.since(formatWhen(login.createdAt, Date.now()))}</p></div>
            ${login.isCurrent ? nothing : html`<button class="button" type="button" ?disabled=${this.isAsking} @click=${() => this.#onEnd(login)}>${text.end}</button>`}
        </li>`;
    }
}

/** "Firefox on Linux" out of what a browser calls itself, or what it says as it is. @param {string} agent */
function browserName(agent) {
    const browser = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(`${name}/`));
    const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'Linux'].find((name) => agent.includes(name));
    if (!browser) return agent || words.account.unknownAgent;
    const known = { Edg: 'Edge', OPR: 'Opera' }[browser] ?? browser;
    return system ? words.account.browserOn(known, system) : known;
}

customElements.define('tabcast-account-page', TabcastAccountPage);
