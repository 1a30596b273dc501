// SPDX-License-Identifier: MIT
// `/sign-in` and `/sign-up`: one form with two faces. Goes on to where `next` says, on this site alone.
import { html, nothing } from 'lit';
import { ask, currentSession, nextUrl } from '../ui/ask.js';
import { leaveToSignIn, linkByReturn, keepLinkFault, signInByCode, signInByReturn, takeReturn } from '../ui/openid.js';
import { formStyles } from '../ui/form-styles.js';
import { showToast } from '../ui/tabcast-toast.js';
import { words, faultSentence } from '../words/account.js';
import { PageElement } from './page-element.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,30}[A-Za-z0-9]$/;
const PASSWORD_LEAST = 8;
const TOAST_MS = 1200;
const NEEDS_CODE = 'urn:tabcast:second-factor';

class TabcastSignInPage extends PageElement {
    static properties = { session: { state: true }, fault: { state: true }, isAsking: { state: true }, needsCode: { state: true }, isReturning: { state: true } };
    static pageStyles = [formStyles];

    #isNew = location.pathname === '/sign-up';
    #invitation = location.hash.slice(1); // of a link that an admin gave

    constructor() {
        super();
        /** @type {import('../ui/ask.js').Session|null} */ this.session = null;
        this.fault = '';
        this.isAsking = false;
        this.needsCode = false;
        /** The code goes with what the OpenID provider said, not with a password. */
        this.isByOpenId = false;
        this.isReturning = false;
        /** Where to go on to, as in an address. */
        this.goesOn = '';
        /** What was typed before the code was asked for; never written anywhere. */
        this.credentials = { name: '', password: '' };
    }

    async connectedCallback() {
        super.connectedCallback();
        const back = takeReturn();
        this.isReturning = back !== null;
        this.session = await currentSession().catch(() => null);
        if (back) await this.#comeBack(back);
    }

    /** From the OpenID provider. @param {import('../ui/openid.js').Return} back */
    async #comeBack(back) {
        const name = this.session?.openId ?? words.openId.provider;
        const refused = !back.error ? '' : back.error === 'access_denied' ? words.openId.denied(name) : words.openId.failed(name, back.error);
        if (back.kept.links) {
            if (refused) keepLinkFault(refused);
            else await linkByReturn(back, faultSentence);
            location.replace('/account');
            return;
        }
        try {
            if (!refused) {
                location.replace(await signInByReturn(back));
                return;
            }
            this.fault = refused;
        } catch (error) {
            this.isByOpenId = this.needsCode = /** @type {{type?: string}} */ (error).type === NEEDS_CODE;
            this.goesOn = back.kept.search;
            this.fault = this.needsCode ? '' : faultSentence(error);
        }
        this.isReturning = false;
        this.#focus(this.needsCode ? 'code' : 'openid');
    }

    async #onOpenId() {
        this.isAsking = true;
        this.fault = '';
        const field = /** @type {HTMLInputElement|null} */ (this.querySelector('#invitation'));
        try {
            await leaveToSignIn(location.search, field?.value.trim());
        } catch (error) {
            this.isAsking = false;
            this.fault = faultSentence(error);
        }
    }

    /** @param {SubmitEvent} event */
    async #onSubmit(event) {
        event.preventDefault();
        const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
        const field = (/** @type {string} */ name) => String(form.get(name) ?? '');
        if (this.needsCode) {
            await this.#signInByCode(field('code').trim());
            return;
        }
        const name = field('name').trim();
        const password = field('password');
        this.fault = this.#check(name, password);
        if (this.fault) {
            this.#focus(NAME.test(name) ? 'password' : 'name');
            return;
        }
        this.isAsking = true;
        try {
            const made = this.#isNew ? await this.#signUp(name, password, field('displayName').trim(), field('invitation').trim()) : null;
            await ask('POST', '/api/v1/sessions', { name, password });
            if (made?.role === 'admin') {
                showToast(words.signUp.welcomeAdmin);
                await new Promise((resolve) => setTimeout(resolve, TOAST_MS));
            }
            location.assign(nextUrl(location.search));
        } catch (error) {
            this.isAsking = false;
            const { status, type } = /** @type {{status?: number, type?: string}} */ (error);
            if (type === NEEDS_CODE) {
                this.credentials = { name, password };
                this.needsCode = true;
                this.#focus('code');
                return;
            }
            this.fault = status === 409 ? words.signUp.taken : faultSentence(error);
            this.#focus(status === 401 ? 'password' : 'name');
        }
    }

    /** @param {string} code */
    async #signInByCode(code) {
        this.isAsking = true;
        this.fault = '';
        try {
            if (this.isByOpenId) await signInByCode(code);
            else await ask('POST', '/api/v1/sessions', { ...this.credentials, code });
            location.assign(nextUrl(this.isByOpenId ? this.goesOn : location.search));
        } catch (error) {
            this.isAsking = false;
            this.fault = faultSentence(error);
            this.#focus('code');
        }
    }

    /** @param {string} name @param {string} password */
    #check(name, password) {
        if (!this.#isNew) return name && password ? '' : words.signIn.empty;
        if (!NAME.test(name)) return words.signUp.nameFault;
        return new TextEncoder().encode(password).length < PASSWORD_LEAST ? words.signUp.passwordFault : '';
    }

    /** @param {string} name @param {string} password @param {string} displayName @param {string} invitation */
    #signUp(name, password, displayName, invitation) {
        return ask('POST', '/api/v1/accounts', { name, password, ...(displayName && { displayName }), ...(invitation && { invitation }) });
    }

    /** @param {string} id */
    #focus(id) {
        this.updateComplete.then(() => /** @type {HTMLElement|null} */ (this.querySelector(`#${id}`))?.focus());
    }

    render() {
        const text = this.#isNew ? words.signUp : words.signIn;
        if (this.#isNew && this.session?.registration === 'closed')
            return html`<div class="plain narrow"><h1>${text.title}</h1><p class="card">${words.signUp.closed}</p></div>`;
        if (this.isReturning)
            return html`<div class="plain narrow" aria-busy="true"><h1>${text.title}</h1><p class="lead" role="status">${words.openId.wait(this.session?.openId ?? words.openId.provider)}</p><div class="wait"></div></div>`;
        if (this.needsCode) return this.#renderCode();
        return html`<div class="plain narrow">
            <h1>${text.title}</h1>
            <p class="lead">${text.lead}</p>
            ${this.#isNew && this.session && !this.session.hasAccounts ? html`<p class="fault" role="status">${words.signUp.first}</p>` : nothing}
            <form class="card" novalidate @submit=${this.#onSubmit}>
                ${this.session?.openId ? this.#renderOpenId(this.session.openId) : nothing}
                <div class="input">
                    <label for="name">${words.signIn.name}</label>
                    <input id="name" name="name" class="field" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="32" required
                        aria-describedby=${this.#isNew ? 'name-hint' : nothing}>
                    ${this.#isNew ? html`<p class="hint" id="name-hint">${words.signUp.nameHint(location.host)}</p>` : nothing}
                </div>
                <div class="input">
                    <label for="password">${words.signIn.password}</label>
                    <input id="password" name="password" class="field" type="password" maxlength="200" required
                        autocomplete=${this.#isNew ? 'new-password' : 'current-password'} aria-describedby=${this.#isNew ? 'password-hint' : nothing}>
                    ${this.#isNew ? html`<p class="hint" id="password-hint">${words.signUp.passwordHint}</p>` : nothing}
                </div>
                ${this.#isNew ? this.#renderMore() : nothing}
                <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
                <button class="button primary large" ?disabled=${this.isAsking}>${text.submit}</button>
            </form>
            <p class="row">${this.#isNew ? words.signUp.toSignIn : words.signIn.toSignUp}
                <a class="button" href=${`${this.#isNew ? '/sign-in' : '/sign-up'}${location.search}`}>${this.#isNew ? words.signIn.submit : words.signIn.signUp}</a></p>
            ${this.#isNew ? nothing : this.#renderForgotten()}
        </div>`;
    }

    #renderForgotten() {
        if (this.session?.sendsMail) return html`<p class="hint"><a href="/forgotten">${words.signIn.forgottenByMail}</a></p>`;
        return html`<p class="hint">${words.signIn.forgotten}</p>`;
    }

    #renderCode() {
        const text = words.factor;
        return html`<div class="plain narrow">
            <h1>${text.title}</h1>
            <p class="lead">${this.isByOpenId ? text.askedAfter(this.session?.openId ?? '') : text.asked}</p>
            <form class="card" novalidate @submit=${this.#onSubmit}>
                <div class="input"><label for="code">${text.code}</label>
                    <input id="code" name="code" class="field" autocomplete="one-time-code" spellcheck="false" autocapitalize="none" maxlength="20" required></div>
                <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
                <button class="button primary large" ?disabled=${this.isAsking}>${text.submit}</button>
            </form>
        </div>`;
    }

    /** @param {string} name */
    #renderOpenId(name) {
        return html`<button id="openid" class="button large" type="button" ?disabled=${this.isAsking} @click=${this.#onOpenId}>${words.openId.signIn(name)}</button>
            <p class="hint">${words.openId.or}</p>`;
    }

    #renderMore() {
        const text = words.signUp;
        return html`<div class="input">
                <label for="displayName">${text.displayName}</label>
                <input id="displayName" name="displayName" class="field" autocomplete="nickname" maxlength="64" aria-describedby="display-hint">
                <p class="hint" id="display-hint">${text.displayNameHint}</p>
            </div>
            ${this.session?.registration === 'invitation' || this.#invitation
                ? html`<div class="input"><label for="invitation">${text.invitation}</label>
                      <input id="invitation" name="invitation" class="field" autocomplete="off" spellcheck="false" maxlength="43" .value=${this.#invitation}></div>`
                : nothing}`;
    }
}

customElements.define('tabcast-sign-in-page', TabcastSignInPage);
