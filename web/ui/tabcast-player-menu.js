// SPDX-License-Identifier: MIT
// <tabcast-player-menu>: the player's settings behind a button: in which size, how near to live, and the statistics. A menu by
// the book: opened by click, Enter or arrow; arrows, Home and End walk, Escape and Tab close, focus goes back to the button.
// The sizes are a page of their own: Right or Enter opens it, Left goes back. Holds no truth: it says `choose` {setting},
// `size` {choice} and `statistics`, and shows what its properties tell; `toggle` {isOpen}, so that the controls stay while it is open.
import { LitElement, css, html, nothing } from 'lit';
import { strings } from '../words/strings.js';
import { check, chevronLeft, chevronRight, icon, settings } from './icons.js';
import { sizeName } from './size-choice.js';

const words = strings.player;

/** @typedef {import('../watch/viewer.js').Setting} Setting */
/** @typedef {import('../wire/messages.js').RenditionInfo} RenditionInfo */
/** @typedef {import('./size-choice.js').SizeChoice} SizeChoice */

/** Too small a player on too small a screen for a menu within it. @param {Element} element */
function isCramped(element) {
    const { host } = /** @type {ShadowRoot} */ (element.getRootNode());
    const isSmallScreen = window.innerWidth < 700 || window.innerHeight < 500;
    return 'showPopover' in HTMLElement.prototype && isSmallScreen && (host?.clientHeight ?? Infinity) < 400;
}

export class TabcastPlayerMenu extends LitElement {
    static properties = {
        isLive: { attribute: false },
        setting: { attribute: false },
        hasStatistics: { attribute: false },
        sizes: { attribute: false },
        size: { attribute: false },
        sizeNow: { attribute: false },
        isOpen: { state: true },
        isAtSizes: { state: true },
        isSheet: { state: true },
    };

    static styles = css`
        :host {
            position: relative;
            display: block;
        }
        button {
            display: flex;
            align-items: center;
            border: 0;
            background: none;
            color: inherit;
            font: inherit;
            cursor: pointer;
        }
        button:focus-visible {
            outline: none;
            box-shadow: inset 0 0 0 3px var(--accent, #ffb648);
        }
        .opener {
            justify-content: center;
            width: 2.75rem;
            height: 2.75rem;
            padding: 0;
            border-radius: 999px;
        }
        .opener:hover {
            background: rgb(255 248 238 / 0.14);
        }
        [role='menu'] {
            position: absolute;
            z-index: 1;
            inset: auto 0 calc(100% + 0.5rem) auto;
            box-sizing: border-box;
            width: 20rem;
            max-width: calc(100cqw - 1rem);
            max-height: calc(100cqh - 4.5rem);
            overflow: auto;
            padding: 0.375rem;
            border-radius: var(--radius-md, 0.875rem);
            background: rgb(20 14 9 / 0.96);
            box-shadow: 0 8px 32px rgb(0 0 0 / 0.5);
            font: 400 0.875rem/1.35 var(--font-text, system-ui, sans-serif);
        }
        /* On a small screen the player has no room for it: a sheet at the window's foot. */
        [role='menu'][popover] {
            position: fixed;
            inset: auto 0.5rem max(0.5rem, env(safe-area-inset-bottom)) 0.5rem;
            width: auto;
            max-width: none;
            max-height: calc(100dvh - 4rem);
            margin: 0;
            border: 0;
            background: rgb(20 14 9);
            color: var(--on-picture, #fff8ee);
        }
        [role='menu'] button {
            gap: 0.625rem;
            width: 100%;
            min-height: 2.75rem;
            padding: 0.375rem 0.625rem;
            border-radius: 0.5rem;
            text-align: start;
        }
        [role='menu'] button:hover,
        [role='menu'] button:focus {
            background: rgb(255 248 238 / 0.14);
        }
        .mark {
            flex: none;
            width: 1.25rem;
            height: 1.25rem;
            color: var(--accent, #ffb648);
        }
        .end {
            flex: none;
            display: flex;
            align-items: center;
            gap: 0.25rem;
            margin-inline-start: auto;
            color: var(--on-picture-muted, #d9c9b6);
        }
        [role='menu'] .back {
            font-weight: 600;
        }
        .about {
            display: block;
            color: var(--on-picture-muted, #d9c9b6);
            font-size: 0.8125rem;
        }
        hr {
            margin: 0.375rem 0.625rem;
            border: 0;
            border-top: 1px solid rgb(255 248 238 / 0.18);
        }
    `;

    constructor() {
        super();
        this.isLive = false;
        /** @type {Setting} */ this.setting = 'normal';
        this.hasStatistics = false;
        /** What the show is on offer in. @type {RenditionInfo[]} */ this.sizes = [];
        /** @type {SizeChoice} */ this.size = 'auto';
        /** Of the picture on show, '' without one. */ this.sizeNow = '';
        this.isOpen = false;
        this.isAtSizes = false;
        this.isSheet = false;
    }

    connectedCallback() {
        super.connectedCallback();
        document.addEventListener('pointerdown', this.#closeFromOutside);
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        document.removeEventListener('pointerdown', this.#closeFromOutside);
    }

    /** @param {Event} event */
    #closeFromOutside = (event) => {
        if (this.isOpen && !event.composedPath().includes(this)) this.#close(false);
    };

    /** @returns {HTMLElement[]} */
    get #items() {
        return [.../** @type {NodeListOf<HTMLElement>} */ (this.renderRoot.querySelectorAll('[role="menu"] button'))];
    }

    /** @param {number} index */
    async #open(index = 0) {
        this.isAtSizes = false;
        this.isSheet = isCramped(this);
        this.#setOpen(true);
        await this.updateComplete;
        this.#items.at(index)?.focus();
    }

    updated() {
        const menu = /** @type {HTMLElement|null} */ (this.renderRoot.querySelector('[role="menu"][popover]'));
        if (menu !== null && !menu.matches(':popover-open')) menu.showPopover();
    }

    /** To the page of sizes, at the one that is chosen, or back from it. @param {boolean} isAtSizes */
    async #turn(isAtSizes) {
        this.isAtSizes = isAtSizes;
        await this.updateComplete;
        const chosen = isAtSizes ? this.#items.find((item) => item.ariaChecked === 'true') : undefined;
        (chosen ?? this.#items[0])?.focus();
    }

    /** @param {boolean} isOpen */
    #setOpen(isOpen) {
        if (isOpen === this.isOpen) return;
        this.isOpen = isOpen;
        this.dispatchEvent(new CustomEvent('toggle', { detail: { isOpen } }));
    }

    /** @param {boolean} takesFocus back to the button */
    #close(takesFocus) {
        this.#setOpen(false);
        if (takesFocus) /** @type {HTMLElement|null} */ (this.renderRoot.querySelector('.opener'))?.focus();
    }

    /** @param {KeyboardEvent} event */
    #onKey(event) {
        if (!this.isOpen) {
            if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
            this.#open(event.key === 'ArrowUp' ? -1 : 0);
        } else if (!this.#walk(event.key)) {
            // The player's own keys rest while the menu is open; what presses a button must reach it.
            if (event.key !== 'Enter' && event.key !== ' ') return;
            event.stopPropagation();
            return;
        }
        event.stopPropagation();
        if (event.key !== 'Tab') event.preventDefault();
    }

    /** @param {string} key @returns {boolean} it was for the menu */
    #walk(key) {
        const items = this.#items;
        const at = items.indexOf(/** @type {HTMLElement} */ (/** @type {ShadowRoot} */ (this.renderRoot).activeElement));
        switch (key) {
            case 'ArrowDown':
                items[(at + 1) % items.length].focus();
                return true;
            case 'ArrowUp':
                items.at(at - 1)?.focus();
                return true;
            case 'ArrowRight':
                if (items[at]?.ariaHasPopup === 'menu') this.#turn(true);
                return true;
            case 'ArrowLeft':
                if (this.isAtSizes) this.#turn(false);
                return true;
            case 'Home':
                items[0].focus();
                return true;
            case 'End':
                items.at(-1)?.focus();
                return true;
            case 'Escape':
                if (this.isAtSizes) this.#turn(false);
                else this.#close(true);
                return true;
            case 'Tab':
                this.#close(false);
                return true;
            default:
                return false;
        }
    }

    /** @param {string} type @param {object} [detail] */
    #say(type, detail) {
        this.#close(true);
        this.dispatchEvent(new CustomEvent(type, { detail }));
    }

    render() {
        return html`<div @keydown=${this.#onKey}>
            <button class="opener" type="button" aria-label=${words.settings} aria-haspopup="menu" aria-expanded=${this.isOpen}
                @click=${() => (this.isOpen ? this.#close(true) : this.#open())}>${icon(settings, 22)}</button>
            ${this.isOpen ? this.#renderMenu() : nothing}
        </div>`;
    }

    #renderMenu() {
        return this.isAtSizes ? this.#renderSizes() : this.#renderMain();
    }

    #renderMain() {
        return html`<div role="menu" aria-label=${words.settings} popover=${this.isSheet ? 'manual' : nothing}>
            ${this.isLive && this.sizes.length > 0 ? this.#renderSizesOpener() : nothing}
            ${this.isLive ? html`${this.#renderSetting('normal')}${this.#renderSetting('closest')}<hr role="separator">` : nothing}
            <button type="button" role="menuitemcheckbox" tabindex="-1" aria-checked=${this.hasStatistics} @click=${() => this.#say('statistics')}>
                <span class="mark">${this.hasStatistics ? icon(check, 20) : nothing}</span>
                <span>${words.statistics}<span class="about">${words.statisticsKey}</span></span>
            </button>
        </div>`;
    }

    #renderSizesOpener() {
        const value = this.size === 'audio' ? words.sizeAudio : this.size !== 'auto' ? this.size : this.sizeNow === '' ? words.sizeAuto : words.sizeAutoNow(this.sizeNow);
        return html`<button type="button" role="menuitem" tabindex="-1" aria-haspopup="menu" @click=${() => this.#turn(true)}>
            <span class="mark"></span><span>${words.size}</span><span class="end">${value}${icon(chevronRight, 18)}</span>
        </button><hr role="separator">`;
    }

    #renderSizes() {
        return html`<div role="menu" aria-label=${words.size} popover=${this.isSheet ? 'manual' : nothing}>
            <button type="button" role="menuitem" tabindex="-1" class="back" aria-label=${words.sizeBack} @click=${() => this.#turn(false)}>
                <span class="mark">${icon(chevronLeft, 20)}</span><span>${words.size}</span>
            </button><hr role="separator">
            ${this.#renderSize('auto', words.sizeAuto, words.sizeAutoAbout)}
            ${this.sizes.map((size) => this.#renderSize(sizeName(size), sizeName(size), ''))}
            ${this.#renderSize('audio', words.sizeAudio, words.sizeAudioAbout)}
        </div>`;
    }

    /** @param {SizeChoice} choice @param {string} name @param {string} about */
    #renderSize(choice, name, about) {
        const isChosen = this.size === choice;
        return html`<button type="button" role="menuitemradio" tabindex="-1" aria-checked=${isChosen} @click=${() => this.#say('size', { choice })}>
            <span class="mark">${isChosen ? icon(check, 20) : nothing}</span>
            <span>${name}${about === '' ? nothing : html`<span class="about">${about}</span>`}</span>
        </button>`;
    }

    /** @param {Setting} setting */
    #renderSetting(setting) {
        const isChosen = this.setting === setting;
        const { name, about } = words.clock[setting];
        return html`<button type="button" role="menuitemradio" tabindex="-1" aria-checked=${isChosen} @click=${() => this.#say('choose', { setting })}>
            <span class="mark">${isChosen ? icon(check, 20) : nothing}</span>
            <span>${name}<span class="about">${about}</span></span>
        </button>`;
    }
}

customElements.define('tabcast-player-menu', TabcastPlayerMenu);
