// SPDX-License-Identifier: MIT
// The bar over every page (home, studio, account, theme) and the line under it (language). Owns the choice of theme; knows no show.
import { LitElement, css, html, nothing } from 'lit';
import { LANGUAGES, language } from '../words/languages.js';
import { strings } from '../words/strings.js';
import { currentSession, signInUrl } from './ask.js';
import { controlStyles } from './control-styles.js';
import { icon, moon, sun, video } from './icons.js';
import { setLanguage } from './language.js';
import { currentTheme, setTheme } from './theme.js';

/** The mark: a browser tab that is a curtain, drawn aside, light coming through. */
const mark = html`<svg class="mark" viewBox="0 0 36 30" width="36" height="30" aria-hidden="true" focusable="false">
    <path class="drape" d="M1 27.500c3.200 0 5-2 5-5V9a6 6 0 0 1 6-6h12a6 6 0 0 1 6 6v13.500c0 3 1.800 5 5 5z"></path>
    <path class="fold" d="M11 6.500c.5 7-.5 14-3.500 19.500M25 6.500c-.5 7 .5 14 3.500 19.500"></path>
    <path class="light" d="M18 3c0 9-2.500 17.500-7 24.500h14C20.500 20.500 18 12 18 3z"></path>
</svg>`;

export class TabcastTopBar extends LitElement {
    static properties = { theme: { state: true }, session: { state: true } };

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
            .drape {
                fill: var(--accent);
            }
            .fold {
                fill: none;
                stroke: #5a3000;
                stroke-opacity: 0.4;
                stroke-width: 1.500;
                stroke-linecap: round;
            }
            .light {
                fill: #3d2207;
                transform-origin: 18px 3px;
                transition: transform var(--calm) var(--ease);
            }
            .brand:hover .light {
                transform: scaleX(1.35);
            }
            nav {
                display: flex;
                align-items: center;
                gap: var(--space-1);
            }
            .sign-in[inert] {
                visibility: hidden;
            }
            @media (max-width: 479px) {
                header {
                    gap: var(--space-1);
                }
                .studio {
                    padding: 0;
                    width: var(--touch);
                }
                .studio .word {
                    position: absolute;
                    width: 1px;
                    height: 1px;
                    overflow: hidden;
                    clip-path: inset(50%);
                }
                .sign-in {
                    padding: 0 var(--space-3);
                }
            }
        `,
    ];

    /** @type {AbortController|null} */ #life = null;

    constructor() {
        super();
        this.theme = currentTheme();
        /** @type {import('./ask.js').Session|null} not known yet: neither a guest nor anybody */ this.session = null;
    }

    connectedCallback() {
        super.connectedCallback();
        this.#learn();
        this.#life = new AbortController();
        const { signal } = this.#life;
        matchMedia('(prefers-color-scheme: light)').addEventListener('change', () => (this.theme = currentTheme()), { signal });
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#life?.abort();
    }

    /** What only somebody who is signed in sees is loaded for them alone. */
    async #learn() {
        try {
            const session = await currentSession();
            if (session.account) await import('./tabcast-account-menu.js');
            this.session = session;
        } catch {
            // The page says it where it matters; the bar stays as it is.
        }
    }

    #renderAccount() {
        if (this.session?.account) return html`<tabcast-account-menu .account=${this.session.account}></tabcast-account-menu>`;
        const isThere = location.pathname === '/sign-in' || location.pathname === '/sign-up';
        // Its place is kept until it is known whether anybody is signed in, so that what stands beside it does not move.
        return isThere ? nothing : html`<a class="button quiet sign-in" ?inert=${!this.session} href=${signInUrl()}>${strings.topBar.signIn}</a>`;
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
                    ${isStudio ? null : html`<a class="button quiet studio" href="/studio">${icon(video)}<span class="word">${topBar.studio}</span></a>`}
                    ${this.#renderAccount()}
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
            .ways {
                display: flex;
                flex-wrap: wrap;
                align-items: center;
                gap: 0 var(--space-3);
            }
            button {
                color: var(--ink-muted);
                font-weight: 400;
            }
        `,
    ];

    render() {
        const { topBar } = strings;
        const others = Object.entries(LANGUAGES).filter(([code]) => code !== language);
        return html`<footer><span>${topBar.motto}</span>
            <div class="ways"><a href="/notices">${topBar.notices}</a>
                <div role="group" aria-label=${topBar.languages}>${others.map(([code, name]) => html`<button class="button quiet" type="button" lang=${code} @click=${() => setLanguage(code)}>${name}</button>`)}</div></div></footer>`;
    }
}

customElements.define('tabcast-top-bar', TabcastTopBar);
customElements.define('tabcast-footer', TabcastFooter);
