// SPDX-License-Identifier: MIT
// A question over the page, on the browser's own <dialog>: focus stays inside, Escape closes, focus goes back.
//
//   <tabcast-dialog heading="End the show?">
//       <p>…</p>
//       <button slot="actions" value="end">End show</button>
//   </tabcast-dialog>
//   const answer = await dialog.ask();    // the pressed action's value, or '' when it was closed
import { LitElement, css, html } from 'lit';
import { strings } from '../words/strings.js';
import { controlStyles } from './control-styles.js';
import { icon, x } from './icons.js';

export class TabcastDialog extends LitElement {
    static properties = { heading: { type: String } };

    static styles = [
        controlStyles,
        css`
            dialog {
                width: min(30rem, calc(100vw - 2rem));
                padding: var(--space-5);
                border: 0;
                border-radius: var(--radius-lg);
                background: var(--surface);
                color: var(--ink);
                box-shadow: var(--shadow-lg);
            }
            dialog::backdrop {
                background: var(--scrim);
            }
            dialog[open] {
                animation: rise var(--calm) var(--ease);
            }
            @keyframes rise {
                from {
                    opacity: 0;
                    transform: translateY(0.75rem);
                }
            }
            header {
                display: flex;
                align-items: start;
                justify-content: space-between;
                gap: var(--space-3);
                margin-bottom: var(--space-2);
            }
            h2 {
                margin: 0.3rem 0 0;
                font: 600 var(--title-sm) / 1.2 var(--font-title);
            }
            header .button {
                flex: none;
                margin: -0.25rem -0.5rem 0 0;
            }
            .actions {
                display: flex;
                flex-wrap: wrap;
                justify-content: end;
                gap: var(--space-2);
                margin-top: var(--space-5);
            }
        `,
    ];

    /** @type {((answer: string) => void)|null} */ #answer = null;

    constructor() {
        super();
        this.heading = '';
    }

    get #dialog() {
        return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
    }

    /** Opens it; resolves once, when it is closed. A second question closes the first. @returns {Promise<string>} */
    async ask() {
        await this.updateComplete;
        this.close();
        this.#answer?.(''); // of a question before, whose close the browser has not told yet
        this.#dialog.returnValue = '';
        this.#dialog.showModal();
        return new Promise((resolve) => (this.#answer = resolve));
    }

    /** @param {string} [answer] */
    close(answer = '') {
        if (this.hasUpdated && this.#dialog.open) this.#dialog.close(answer);
    }

    #onClose() {
        if (this.#dialog.open) return; // told late: the next question is asked already
        const answer = this.#answer;
        this.#answer = null;
        answer?.(this.#dialog.returnValue);
    }

    /** @param {Event} event */
    #onAction(event) {
        const button = /** @type {HTMLElement} */ (event.target).closest('button');
        if (button) this.close(button.value);
    }

    /** A click beside the panel is a click on the backdrop. @param {MouseEvent} event */
    #onClick(event) {
        if (event.target === this.#dialog && event.detail > 0) {
            const box = this.#dialog.getBoundingClientRect();
            const isInside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
            if (!isInside) this.close();
        }
    }

    render() {
        return html`<dialog aria-labelledby="heading" @close=${this.#onClose} @click=${this.#onClick}>
            <header>
                <h2 id="heading">${this.heading}</h2>
                <button class="button quiet icon-button" type="button" aria-label=${strings.dialog.close} @click=${() => this.close()}>${icon(x)}</button>
            </header>
            <slot></slot>
            <div class="actions" @click=${this.#onAction}><slot name="actions"></slot></div>
        </dialog>`;
    }
}

customElements.define('tabcast-dialog', TabcastDialog);
