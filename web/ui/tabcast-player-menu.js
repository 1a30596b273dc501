// SPDX-License-Identifier: MIT
// <tabcast-player-menu>: the player's settings behind a button: how near to live, and the statistics. A menu by the
// book: opened by click, Enter or arrow; arrows, Home and End walk, Escape and Tab close, focus goes back to the button.
// Holds no truth: it says `choose` {setting} and `statistics`, and shows what its properties tell; `toggle` {isOpen}, so that
// the controls stay while it is open.
import { LitElement, css, html, nothing } from 'lit';
import { check, icon, settings } from './icons.js';
import { strings } from './strings.js';

const words = strings.player;

/** @typedef {import('../watch/viewer.js').Setting} Setting */

export class TabcastPlayerMenu extends LitElement {
    static properties = {
        isLive: { attribute: false },
        setting: { attribute: false },
        hasStatistics: { attribute: false },
        isOpen: { state: true },
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
            width: 18rem;
            max-width: calc(100cqw - 1rem);
            max-height: calc(100cqh - 4.5rem);
            overflow: auto;
            padding: 0.375rem;
            border-radius: var(--radius-md, 0.875rem);
            background: rgb(20 14 9 / 0.96);
            box-shadow: 0 8px 32px rgb(0 0 0 / 0.5);
            font: 400 0.875rem/1.35 var(--font-text, system-ui, sans-serif);
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
        this.isOpen = false;
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
        this.#setOpen(true);
        await this.updateComplete;
        this.#items.at(index)?.focus();
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
            case 'Home':
                items[0].focus();
                return true;
            case 'End':
                items.at(-1)?.focus();
                return true;
            case 'Escape':
                this.#close(true);
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
        return html`<div role="menu" aria-label=${words.settings}>
            ${this.isLive ? html`${this.#renderSetting('normal')}${this.#renderSetting('closest')}<hr role="separator">` : nothing}
            <button type="button" role="menuitemcheckbox" tabindex="-1" aria-checked=${this.hasStatistics} @click=${() => this.#say('statistics')}>
                <span class="mark">${this.hasStatistics ? icon(check, 20) : nothing}</span>
                <span>${words.statistics}<span class="about">${words.statisticsKey}</span></span>
            </button>
        </div>`;
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
