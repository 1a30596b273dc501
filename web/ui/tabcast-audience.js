// SPDX-License-Identifier: MIT
// <tabcast-audience .people .viewers>: who is in the creator's room, behind the count of all: members by face and name,
// guests by name, and how many more there are than are listed.
import { LitElement, css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { studioStrings as words } from '../words/studio.js';
import { controlStyles } from './control-styles.js';
import { formatCount } from './format.js';
import { icon, user } from './icons.js';
import { shownName } from './own-name.js';
import './tabcast-face.js';

export class TabcastAudience extends LitElement {
    static properties = { people: { attribute: false }, viewers: { type: Number } };

    static styles = [
        controlStyles,
        css`
            :host {
                display: block;
                color: var(--ink-muted);
                font-size: var(--text-sm);
            }
            summary {
                display: inline-flex;
                align-items: center;
                gap: var(--space-2);
                min-height: 2rem;
                border-radius: var(--radius-sm);
                cursor: pointer;
                list-style: none;
            }
            @media (max-width: 999.98px) {
                summary {
                    min-height: var(--touch);
                }
            }
            summary::-webkit-details-marker {
                display: none;
            }
            ul {
                display: flex;
                flex-wrap: wrap;
                gap: var(--space-2) var(--space-4);
                max-height: 12rem;
                margin: var(--space-2) 0;
                padding: var(--space-4);
                overflow-y: auto;
                border-radius: var(--radius-md);
                background: var(--surface);
                list-style: none;
            }
            li,
            li a {
                display: inline-flex;
                align-items: center;
                gap: var(--space-2);
                max-width: 100%;
                color: var(--ink);
                overflow-wrap: anywhere;
                unicode-bidi: isolate;
            }
            li .guest {
                color: var(--ink-muted);
            }
            li svg {
                flex: none;
            }
        `,
    ];

    constructor() {
        super();
        /** @type {readonly import('../wire/messages.js').Person[]} */ this.people = [];
        this.viewers = 0;
    }

    render() {
        const { people } = this;
        const others = Math.max(0, this.viewers - people.length);
        return html`<details>
            <summary>${icon(user, 16)}<span>${words.audience(formatCount(this.viewers))}</span></summary>
            ${people.length === 0 && others === 0
                ? html`<p>${words.audienceEmpty}</p>`
                : html`<ul aria-label=${words.audienceList}>${repeat(people, ({ session }) => session, ({ name, account }) => html`<li>${this.#renderPerson(name, account)}</li>`)}
                      ${others ? html`<li class="guest">${words.audienceMore(formatCount(others))}</li>` : nothing}</ul>`}
        </details>`;
    }

    /** The studio must not be left by mistake while it sends. @param {string} name @param {string} [account] */
    #renderPerson(name, account) {
        if (!account) return html`<span class="guest">${shownName(name)}</span>`;
        return html`<a href=${`/@${account}`} target="_blank" rel="noopener" aria-label=${words.audienceProfile(name)}><tabcast-face name=${account} size="24"></tabcast-face>${name}</a>`;
    }
}

customElements.define('tabcast-audience', TabcastAudience);
