// SPDX-License-Identifier: MIT
// Gives this page's address away: the phone's own sheet where there is one, else the clipboard, else a field to copy from.
import { LitElement, css, html } from 'lit';
import { strings } from '../words/strings.js';
import { controlStyles } from './control-styles.js';
import { icon, share2 } from './icons.js';
import './tabcast-dialog.js';
import { showToast } from './tabcast-toast.js';

export class TabcastShareButton extends LitElement {
    static properties = { title: { attribute: false }, url: { attribute: false } };

    static styles = [
        controlStyles,
        css`
            @media (max-width: 599.98px) {
                .word {
                    display: none;
                }
                .share {
                    width: var(--touch);
                    padding: 0;
                }
            }
            p {
                margin: 0 0 var(--space-3);
                color: var(--ink-muted);
            }
        `,
    ];

    constructor() {
        super();
        this.title = '';
        /** @type {string} absolute; this page by default */ this.url = '';
    }

    get #address() {
        return this.url || `${location.origin}${location.pathname}`;
    }

    async #onShare() {
        const url = this.#address;
        if (matchMedia('(pointer: coarse)').matches && navigator.share) {
            // Closing the sheet rejects too; there is nothing to say about it.
            await navigator.share({ title: this.title, url }).catch(() => {});
            return;
        }
        try {
            await navigator.clipboard.writeText(url);
            await showToast(strings.show.copied);
        } catch {
            // Without HTTPS a browser has no clipboard for pages.
            /** @type {import('./tabcast-dialog.js').TabcastDialog} */ (this.renderRoot.querySelector('tabcast-dialog')).ask();
        }
    }

    render() {
        const { show } = strings;
        return html`<button class="button share" type="button" aria-label=${show.share} @click=${this.#onShare}>${icon(share2)}<span class="word">${show.share}</span></button>
            <tabcast-dialog heading=${show.shareTitle}>
                <p>${show.shareHint}</p>
                <input class="field" readonly aria-label=${show.address} .value=${this.#address}
                    @focus=${(/** @type {FocusEvent} */ event) => /** @type {HTMLInputElement} */ (event.target).select()}>
            </tabcast-dialog>`;
    }
}

customElements.define('tabcast-share-button', TabcastShareButton);
