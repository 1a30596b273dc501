// SPDX-License-Identifier: MIT
// A short word at the bottom of the page that goes by itself: `showToast(strings.show.copied)`. For what went well;
// what needs an answer is a dialog, what went wrong stands where it happened.
import { LitElement, css, html, nothing } from 'lit';
import { strings } from '../words/strings.js';

const SHOWN_MS = 4000;

export class TabcastToast extends LitElement {
    static properties = { text: { state: true } };

    static styles = css`
        :host {
            position: fixed;
            inset: auto 0 max(1.5rem, env(safe-area-inset-bottom)) 0;
            z-index: 20;
            display: grid;
            place-items: center;
            pointer-events: none;
        }
        p {
            margin: 0 var(--space-4);
            padding: var(--space-3) var(--space-5);
            border-radius: var(--radius-full);
            background: var(--ink);
            color: var(--bg);
            font-weight: 600;
            font-size: var(--text-sm);
            box-shadow: var(--shadow-lg);
            animation: rise var(--calm) var(--ease);
        }
        @keyframes rise {
            from {
                opacity: 0;
                transform: translateY(1rem);
            }
        }
        @media (prefers-reduced-motion: reduce) {
            p {
                animation: none;
            }
        }
    `;

    /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;

    constructor() {
        super();
        this.text = '';
    }

    /** @param {string} text */
    show(text) {
        clearTimeout(this.#timer);
        this.text = text;
        this.#timer = setTimeout(() => (this.text = ''), SHOWN_MS);
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        clearTimeout(this.#timer);
    }

    render() {
        return html`<div role="status" aria-label=${strings.toast.region}>${this.text ? html`<p>${this.text}</p>` : nothing}</div>`;
    }
}

customElements.define('tabcast-toast', TabcastToast);

/** @param {string} text */
export async function showToast(text) {
    let toast = /** @type {TabcastToast|null} */ (document.querySelector('tabcast-toast'));
    if (!toast) {
        toast = /** @type {TabcastToast} */ (document.createElement('tabcast-toast'));
        document.body.append(toast);
        // The region must be there before its words, or a screen reader stays silent.
        await toast.updateComplete;
    }
    toast.show(text);
}
