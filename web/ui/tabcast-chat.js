// SPDX-License-Identifier: MIT
// The chat of a room: what was said, what is said now, a field to say something, one's own name.
//
//   chat.room = viewer;           any EventTarget with the room's events (detail = the message of docs/protocol.md):
//                                 welcome, history, chat, you, face, state, error; and sendChat(text), setName(name)
//   chat.readonly = true;         a replay: no field, no name
//   chat.placeholder = '…';       what an empty chat says
//   chat.idleText = '…';          what stands there instead of chat and field until the room's first welcome
//
// Holds lines and what is being typed, nothing else; a line appears when the relay sends it back, never before.
// Text is only ever set as text.
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { LIMIT_CHAT_TEXT_BYTES } from '../wire/limits.js';
import { strings } from '../words/strings.js';
import { ChatLog, nameColour } from './chat-log.js';
import { chatStyles } from './chat-styles.js';
import { controlStyles } from './control-styles.js';
import { arrowDown, icon, pencil, send } from './icons.js';
import { checkName, keepOwnName, readOwnName, shownName } from './own-name.js';
import { renewFace } from './tabcast-face.js';

/**
 * @typedef {EventTarget & { sendChat?: (text: string) => unknown, setName?: (name: string) => unknown }} Room
 * @typedef {'connecting'|'open'|'waiting'|'closed'} ChatState
 */

/** Closer than this to the bottom counts as reading the newest. */
const NEAR_BOTTOM_PX = 48;
const encoder = new TextEncoder();

export class TabcastChat extends LitElement {
    static properties = {
        room: { attribute: false },
        readonly: { type: Boolean, reflect: true },
        placeholder: { type: String },
        idleText: { attribute: 'idle-text' },
        ownName: { state: true },
        state: { state: true },
        unread: { state: true },
        notice: { state: true },
        draft: { state: true },
        isInvisible: { state: true },
        isNaming: { state: true },
        nameFault: { state: true },
    };

    static styles = [controlStyles, chatStyles];

    #log = new ChatLog();
    /** @type {AbortController|null} */ #life = null;
    #session = '';
    #showId = '';
    /** Lines on their way: the relay answers each, in order, with the line itself or with a refusal. */
    /** @type {string[]} */ #sent = [];
    #isAtBottom = true;
    /** Closed because the show is over, and not because of what the player says. */
    #isOver = false;
    /** A keyboard that comes or a control bar that grows must not hide the newest line. */
    #resizes = new ResizeObserver(() => this.#stick());

    constructor() {
        super();
        /** @type {Room|null} */ this.room = null;
        this.readonly = false;
        this.placeholder = strings.chat.empty;
        this.idleText = '';
        this.ownName = readOwnName() ?? '';
        /** @type {ChatState} */ this.state = 'connecting';
        this.unread = 0;
        this.notice = '';
        this.draft = '';
        this.isInvisible = false;
        this.isNaming = false;
        this.nameFault = '';
    }

    connectedCallback() {
        super.connectedCallback();
        this.#listen();
        if (this.hasUpdated) this.#resizes.observe(this.#list);
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#life?.abort();
        this.#life = null;
        this.#resizes.disconnect();
    }

    firstUpdated() {
        this.#resizes.observe(this.#list);
    }

    /** @param {import('lit').PropertyValues<this>} changed */
    willUpdate(changed) {
        if (changed.has('room') && this.isConnected) this.#listen();
    }

    // ---- the room ---------------------------------------------------------------------------------

    #listen() {
        this.#life?.abort();
        this.#life = new AbortController();
        this.#log.clear();
        this.unread = 0;
        this.state = 'connecting';
        const { room } = this;
        if (!room) return;
        const { signal } = this.#life;
        /** @type {(type: string, take: (detail: any) => void) => void} */
        const on = (type, take) =>
            room.addEventListener(type, (event) => take(/** @type {CustomEvent} */ (event).detail ?? {}), { signal });
        on('welcome', (welcome) => this.#onWelcome(welcome));
        on('history', ({ messages = [], replace = false }) => this.#onHistory(messages, replace));
        on('chat', (line) => this.#onLine(line));
        on('you', (you) => this.#onYou(you));
        on('face', ({ account, version }) => renewFace(account, version));
        on('state', ({ state }) => this.#onState(state));
        on('reconnecting', () => this.state !== 'closed' && (this.state = 'waiting'));
        on('close', ({ isFatal, name }) => {
            this.#isOver ||= name === 'ended';
            this.state = isFatal === false ? 'waiting' : 'closed';
        });
        on('error', ({ code }) => this.#onError(code));
    }

    /** @param {{session: string, name: string, isInvisible?: boolean, show?: {id: string, state: string}}} welcome */
    #onWelcome({ session, name, isInvisible, show }) {
        // A studio may give one show after another.
        if (show && this.#showId !== '' && show.id !== this.#showId) this.#log.clear();
        this.#showId = show?.id ?? '';
        this.#sent = [];
        this.state = show?.state === 'ended' ? 'closed' : 'open';
        this.notice = '';
        this.#onYou({ session, name, isInvisible });
    }

    /** As whom others see this page. Who wants to be invisible has the name that the relay made up. @param {{session: string, name: string, isInvisible?: boolean}} you */
    #onYou({ session, name, isInvisible = false }) {
        const chosen = isInvisible ? null : readOwnName();
        this.#session = session;
        this.isInvisible = isInvisible;
        if (chosen && chosen !== name) this.room?.setName?.(chosen);
        this.ownName = chosen ?? name;
    }

    /** `replace`: a replay jumped, so what was said is another beginning. @param {import('./chat-log.js').ChatLine[]} messages @param {boolean} replace */
    #onHistory(messages, replace) {
        if (replace) this.#log.clear();
        this.#log.addAll(messages);
        this.#isAtBottom = true;
        this.unread = 0;
        this.requestUpdate();
    }

    /** @param {import('./chat-log.js').ChatLine} line */
    #onLine(line) {
        if (!this.#log.add(line)) return;
        // Scroll events come with the next picture, which a covered tab does not paint.
        if (this.hasUpdated) this.#onScroll();
        if (line.session === this.#session) {
            this.#isAtBottom = true;
            this.#sent.shift();
        }
        if (!this.#isAtBottom) this.unread += 1;
        this.requestUpdate();
    }

    /** @param {string} state */
    #onState(state) {
        this.#isOver = state === 'ended';
        if (state === 'ended') this.state = 'closed';
        else if (this.state === 'closed') this.state = 'open';
    }

    /** @param {string} code */
    #onError(code) {
        if (code !== 'chat-rate' && code !== 'chat-invalid') return;
        const refused = this.#sent.shift() ?? '';
        const isBack = this.draft === '';
        if (isBack) this.draft = refused;
        const words = code === 'chat-rate' ? strings.chat.rate : strings.chat.invalid;
        this.notice = isBack ? words.isBack : words.isLost(refused);
    }

    // ---- saying something --------------------------------------------------------------------------

    get #bytesOver() {
        return encoder.encode(this.draft.trim()).length - LIMIT_CHAT_TEXT_BYTES;
    }

    #send() {
        const text = this.draft.trim();
        if (text === '' || this.#bytesOver > 0) return;
        if (this.state !== 'open' || this.room?.sendChat?.(text) === false) {
            this.notice = strings.chat.notSent;
            return;
        }
        this.#sent.push(text);
        this.notice = '';
        this.draft = '';
    }

    /** @param {SubmitEvent} event */
    #onSubmit(event) {
        event.preventDefault();
        this.#send();
        this.renderRoot.querySelector('textarea')?.focus();
    }

    /** Enter sends; with Shift it makes a line; while an input method composes it is the method's. @param {KeyboardEvent} event */
    #onKey(event) {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.#send();
    }

    /** @param {InputEvent} event */
    #onInput(event) {
        this.draft = /** @type {HTMLTextAreaElement} */ (event.target).value;
        if (this.notice === strings.chat.notSent) this.notice = '';
    }

    // ---- one's name --------------------------------------------------------------------------------

    #openNaming() {
        this.isNaming = true;
        this.nameFault = '';
        this.updateComplete.then(() => {
            const field = /** @type {HTMLInputElement|null} */ (this.renderRoot.querySelector('#name'));
            field?.focus();
            field?.select();
        });
    }

    #closeNaming() {
        this.isNaming = false;
        this.updateComplete.then(() => /** @type {HTMLElement|null} */ (this.renderRoot.querySelector('.me'))?.focus());
    }

    /** @param {SubmitEvent} event */
    #onNameSubmit(event) {
        event.preventDefault();
        const typed = /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('#name')).value;
        const { name, fault } = checkName(typed);
        if (fault) {
            this.nameFault = fault === 'empty' ? strings.chat.nameEmpty : strings.chat.nameTooLong;
            return;
        }
        keepOwnName(name);
        this.ownName = name;
        this.room?.setName?.(name);
        this.#closeNaming();
    }

    // ---- reading -----------------------------------------------------------------------------------

    get #list() {
        return /** @type {HTMLElement} */ (this.renderRoot.querySelector('.log'));
    }

    #onScroll() {
        const { scrollTop, scrollHeight, clientHeight } = this.#list;
        this.#isAtBottom = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
        if (this.#isAtBottom) this.unread = 0;
    }

    #toNewest() {
        this.#isAtBottom = true;
        this.unread = 0;
        this.#stick();
    }

    #stick() {
        // To ask how high it is has the page laid out at once; while it begins nothing has been said yet.
        if (this.#isAtBottom && this.#log.lines.length > 0) this.#list.scrollTop = this.#list.scrollHeight;
    }

    updated() {
        this.#stick();
        const area = /** @type {HTMLTextAreaElement|null} */ (this.renderRoot.querySelector('textarea'));
        if (!area) return;
        if (area.value !== this.draft) area.value = this.draft;
        area.style.height = 'auto';
        if (this.draft && (this.draft.includes('\n') || area.scrollHeight > area.clientHeight + 2)) area.style.height = `${area.scrollHeight}px`;
    }

    // ---- what is shown -----------------------------------------------------------------------------

    render() {
        const { chat } = strings;
        const { lines } = this.#log;
        return html`<section aria-labelledby="heading">
            <header><h2 id="heading">${chat.title}</h2>${this.readonly ? nothing : this.#renderMe()}</header>
            <div class="scroller">
                <div class="log" role="log" aria-live="polite" aria-label=${chat.log} tabindex="0" @scroll=${this.#onScroll}>
                    ${repeat(lines, (line) => line.id, (line, index) => this.#renderLine(line, index))}
                </div>
                ${lines.length === 0 ? html`<p class="empty">${this.#emptyText()}</p>` : nothing}
                ${this.unread > 0
                    ? html`<button class="button primary unread" type="button" @click=${this.#toNewest}>${icon(arrowDown, 16)}${chat.unread(this.unread)}</button>`
                    : nothing}
            </div>
            ${this.readonly ? nothing : this.#renderComposer()}
        </section>`;
    }

    #emptyText() {
        if (this.state === 'connecting' && this.idleText) return this.idleText;
        return this.readonly || this.state === 'open' ? this.placeholder : this.state === 'connecting' ? strings.chat.connecting : '';
    }

    /** @param {import('./chat-log.js').ChatLine} line @param {number} index */
    #renderLine(line, index) {
        const isContinued = this.#log.isContinued(index);
        const isOwn = line.session !== '' && line.session === this.#session;
        const isCreator = line.role === 'publish';
        return html`<div class=${isContinued ? 'line continued' : 'line'}>
            ${line.account && !isContinued ? html`<tabcast-face name=${line.account} size="20"></tabcast-face>` : nothing}
            <span class=${isContinued ? 'visually-hidden' : `name colour-${nameColour(line.session)}`}>${shownName(line.name)}${isOwn
                ? html`<span class="mine">(${strings.chat.you})</span>`
                : nothing}</span>
            ${isCreator && !isContinued ? html`<span class="badge">${strings.chat.creator}</span>` : nothing}
            <span class="text">${line.text}</span>
        </div>`;
    }

    #renderMe() {
        const { chat } = strings;
        const as = chat.as(shownName(this.ownName));
        if (!this.ownName || this.isNaming || this.state === 'connecting' || !this.room?.setName) return nothing;
        if (this.isInvisible) return html`<span class="me-name">${as}</span>`;
        return html`<button class="button quiet me" type="button" @click=${this.#openNaming} aria-label=${`${as}: ${chat.changeName}`}>
            <span class="me-name">${as}</span>${icon(pencil, 16)}
        </button>`;
    }

    #renderNaming() {
        const { chat } = strings;
        return html`<form class="naming" @submit=${this.#onNameSubmit} @keydown=${(/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && this.#closeNaming()}>
            <label for="name">${chat.nameLabel}</label>
            <span class="hint" id="name-hint">${this.nameFault || chat.nameHint}</span>
            <input class="field" id="name" autocomplete="nickname" maxlength="64" .value=${shownName(this.ownName)}
                aria-describedby="name-hint" aria-invalid=${this.nameFault ? 'true' : 'false'}>
            <div class="row">
                <button class="button quiet" type="button" @click=${this.#closeNaming}>${chat.cancelName}</button>
                <button class="button primary" type="submit">${chat.saveName}</button>
            </div>
        </form>`;
    }

    #renderComposer() {
        const { chat } = strings;
        if (this.isNaming) return this.#renderNaming();
        if (this.state === 'closed') return this.#isOver ? html`<p class="closed">${chat.closed}</p>` : nothing;
        if (this.state === 'connecting' && this.idleText) return nothing;
        const over = this.#bytesOver;
        const notice = over > 0 ? chat.tooLong(over) : this.state === 'waiting' ? chat.waiting : this.notice;
        return html`<form class="composer" @submit=${this.#onSubmit}>
            <p class="notice" role="status" ?hidden=${!notice}>${notice}</p>
            <textarea class="field" rows="1" aria-label=${chat.message} placeholder=${chat.placeholder} enterkeyhint="send"
                autocomplete="off" @keydown=${this.#onKey} @input=${this.#onInput}></textarea>
            <button class="button primary icon-button" type="submit" aria-label=${chat.send} title=${chat.send}
                ?disabled=${over > 0}>${icon(send)}</button>
        </form>`;
    }
}

customElements.define('tabcast-chat', TabcastChat);
