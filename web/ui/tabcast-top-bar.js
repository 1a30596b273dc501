// SPDX-License-Identifier: MIT
// The bar over every page (home, studio, theme) and the line under it. Owns the choice of theme; knows no show.
import { LitElement, css, html } from 'lit';
import { controlStyles } from './control-styles.js';
import { icon, moon, sun, video } from './icons.js';
import { strings } from './strings.js';
import { currentTheme, setTheme } from './theme.js';

/** The mark: a browser tab with its curtain drawn aside, and three footlights. */
const mark = html`<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
    <path class="tab" d="M3 12V8a4 4 0 0 1 4-4h8.500a3 3 0 0 1 2.500 1.300L19.500 8H26a4 4 0 0 1 4 4v13a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3z"></path>
    <path class="drape" d="M5 10.500h6.500C11.500 16.500 9 21 5 23zM27 10.500h-6.500c0 6 2.500 10.500 6.500 12.500z"></path>
    <path class="lamp" d="M6.500 28a2.200 2.200 0 0 1 4.400 0zM13.800 28a2.200 2.200 0 0 1 4.400 0zM21.100 28a2.200 2.200 0 0 1 4.400 0z"></path>
</svg>`;

export class TabcastTopBar extends LitElement {
    static properties = { theme: { state: true } };

    static styles = [
        controlStyles,
        css`
            :host {
                display: block;
            }
            .skip {
                position: absolute;
                left: var(--space-4);
                top: -4rem;
                z-index: 10;
            }
            .skip:focus {
                top: var(--space-2);
            }
            header {
                display: flex;
                align-items: center;
                justify-content: space-between;
                gap: var(--space-4);
                height: var(--top-bar);
                padding: 0 var(--gutter);
            }
            .brand {
                display: inline-flex;
                align-items: center;
                gap: 0.6rem;
                min-height: var(--touch);
                color: var(--ink);
                font: 600 1.4375rem/1 var(--font-title);
                letter-spacing: -0.015em;
                text-decoration: none;
                border-radius: var(--radius-sm);
            }
            .tab {
                fill: var(--surface-raised);
            }
            .drape {
                fill: var(--curtain-light);
                transition: transform var(--calm) var(--ease);
            }
            .lamp {
                fill: var(--accent);
                transition: filter var(--calm);
            }
            .brand:hover .lamp {
                filter: drop-shadow(0 -2px 4px var(--accent));
            }
            nav {
                display: flex;
                align-items: center;
                gap: var(--space-1);
            }
        `,
    ];

    /** @type {AbortController|null} */ #life = null;

    constructor() {
        super();
        this.theme = currentTheme();
    }

    connectedCallback() {
        super.connectedCallback();
        this.#life = new AbortController();
        const { signal } = this.#life;
        matchMedia('(prefers-color-scheme: light)').addEventListener('change', () => (this.theme = currentTheme()), { signal });
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#life?.abort();
    }

    #onToggle() {
        setTheme(this.theme === 'dark' ? 'light' : 'dark');
        this.theme = currentTheme();
    }

    render() {
        const { topBar } = strings;
        const isStudio = location.pathname === '/studio';
        return html`<a class="button skip" href="#main">${topBar.skip}</a>
            <header>
                <a class="brand" href="/" aria-label=${topBar.home}>${mark}<span>${strings.product}</span></a>
                <nav>
                    ${isStudio ? null : html`<a class="button quiet" href="/studio">${icon(video)}${topBar.studio}</a>`}
                    <button class="button quiet icon-button" type="button" @click=${this.#onToggle}
                        aria-label=${this.theme === 'dark' ? topBar.toLight : topBar.toDark}
                        title=${this.theme === 'dark' ? topBar.toLight : topBar.toDark}>
                        ${icon(this.theme === 'dark' ? sun : moon)}
                    </button>
                </nav>
            </header>`;
    }
}

export class TabcastFooter extends LitElement {
    static styles = [
        controlStyles,
        css`
            footer {
                display: flex;
                flex-wrap: wrap;
                align-items: center;
                justify-content: space-between;
                gap: 0 var(--space-4);
                padding: var(--space-4) var(--gutter) max(var(--space-4), env(safe-area-inset-bottom));
                color: var(--ink-faint);
                font-size: var(--text-sm);
            }
            a {
                display: inline-flex;
                align-items: center;
                min-height: var(--touch);
                color: var(--ink-muted);
                text-underline-offset: 0.2em;
            }
        `,
    ];

    render() {
        return html`<footer><span>${strings.topBar.motto}</span><a href="/notices">${strings.topBar.notices}</a></footer>`;
    }
}

customElements.define('tabcast-top-bar', TabcastTopBar);
customElements.define('tabcast-footer', TabcastFooter);
