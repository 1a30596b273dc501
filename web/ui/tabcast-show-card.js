// SPDX-License-Identifier: MIT
// One show or replay on the home page: its picture, its title, and what one wants to know before going in.
// The title is the link; the link covers the card.
import { LitElement, css, html, nothing } from 'lit';
import { strings } from '../words/strings.js';
import { controlStyles } from './control-styles.js';
import { formatDuration, formatWhen, isoDuration, onStageFor, withoutMarks } from './format.js';
import { eye, icon } from './icons.js';
import './tabcast-face.js';
import './tabcast-poster.js';

/** The creator's tab sends a new picture every few seconds. */
const POSTER_AGE_MS = 10_000;

/** @param {string|null|undefined} url @param {number} nowMs a live show's picture changes under one address */
export function livePosterUrl(url, nowMs) {
    return url ? `${url}?at=${Math.floor(nowMs / POSTER_AGE_MS)}` : null;
}

export class TabcastShowCard extends LitElement {
    static properties = {
        show: { attribute: false },
        replay: { attribute: false },
        nowMs: { attribute: false },
        featured: { type: Boolean, reflect: true },
    };

    static styles = [
        controlStyles,
        css`
            :host {
                display: block;
            }
            article {
                position: relative;
                display: grid;
                gap: var(--space-3);
            }
            .picture {
                position: relative;
                border-radius: var(--radius-md);
                box-shadow: var(--shadow-md);
                transition: box-shadow var(--calm) var(--ease), transform var(--calm) var(--ease);
            }
            tabcast-poster {
                border-radius: inherit;
            }
            /* Light from the footlights when one comes near. */
            .picture::after {
                content: '';
                position: absolute;
                inset: 0;
                border-radius: inherit;
                background: radial-gradient(ellipse 80% 60% at 50% 115%, rgb(255 190 96 / 0.55), transparent 70%);
                opacity: 0;
                transition: opacity var(--calm);
                pointer-events: none;
            }
            article:hover .picture,
            article:focus-within .picture {
                transform: translateY(-3px);
                box-shadow: var(--shadow-md), 0 18px 48px -8px var(--glow);
            }
            article:hover .picture::after,
            article:focus-within .picture::after {
                opacity: 1;
            }
            .mark {
                position: absolute;
                z-index: 1;
            }
            .top-left {
                top: var(--space-3);
                left: var(--space-3);
            }
            .bottom-right {
                right: var(--space-3);
                bottom: var(--space-3);
            }
            .glass {
                background: var(--scrim);
                color: var(--on-picture);
                font-variant-numeric: tabular-nums;
            }
            h3 {
                margin: 0;
                font: 600 var(--title-sm) / 1.2 var(--font-title);
                letter-spacing: -0.01em;
                text-wrap: balance;
                overflow-wrap: anywhere;
            }
            a {
                color: inherit;
                text-decoration: none;
            }
            a::after {
                content: '';
                position: absolute;
                inset: 0;
                z-index: 2;
                border-radius: var(--radius-md);
            }
            a:focus-visible {
                outline: none;
            }
            a:focus-visible::after {
                outline: 3px solid var(--accent-text);
                outline-offset: 6px;
            }
            .words {
                display: grid;
                gap: var(--space-1);
            }
            p {
                margin: 0;
                color: var(--ink-muted);
                font-size: var(--text-sm);
            }
            .description {
                display: none;
            }
            :host([featured]) .description {
                display: -webkit-box;
                -webkit-box-orient: vertical;
                -webkit-line-clamp: 4;
                line-clamp: 4;
                overflow: hidden;
                font-size: var(--text-md);
            }
            .watch {
                display: none;
            }
            @media (min-width: 800px) {
                :host([featured]) article {
                    grid-template-columns: minmax(0, 1.75fr) minmax(16rem, 1fr);
                    align-items: center;
                    gap: var(--space-6);
                }
                :host([featured]) h3 {
                    font-size: var(--title-lg);
                }
                :host([featured]) .words {
                    gap: var(--space-3);
                    justify-items: start;
                }
                :host([featured]) .watch {
                    display: inline-flex;
                    margin-top: var(--space-2);
                }
                :host([featured]) .picture {
                    border-radius: var(--radius-lg);
                    box-shadow: var(--shadow-md), 0 30px 90px -20px var(--glow);
                }
            }
        `,
    ];

    constructor() {
        super();
        /** @type {import('./api.js').Show|null} */ this.show = null;
        /** @type {import('./api.js').Replay|null} */ this.replay = null;
        this.nowMs = Date.now();
        this.featured = false;
    }

    render() {
        if (this.show) return this.#renderShow(this.show);
        if (this.replay) return this.#renderReplay(this.replay);
        return nothing;
    }

    /** @param {import('./api.js').Show} show */
    #renderShow(show) {
        const { card } = strings;
        const isOn = show.state === 'live' || show.state === 'reconnecting';
        const when = isOn ? onStageFor(show.startedAt, this.nowMs) : formatWhen(show.startedAt ?? show.startsAt, this.nowMs);
        return html`<article>
            <div class="picture">
                <tabcast-poster .src=${(isOn && livePosterUrl(show.posterUrl, this.nowMs)) || (show.coverUrl ?? show.posterUrl ?? null)}></tabcast-poster>
                ${isOn ? html`<span class="mark top-left pill live">${card.live}</span>` : nothing}
                ${show.replayUrl && show.durationMs ? html`<time class="mark bottom-right pill glass" datetime=${isoDuration(show.durationMs)}><span class="visually-hidden">${card.length('')}</span>${formatDuration(show.durationMs)}</time>` : nothing}
                ${isOn && show.viewers ? html`<span class="mark bottom-right pill glass">${icon(eye, 14)}${card.watching(show.viewers)}</span>` : nothing}
            </div>
            <div class="words">
                <h3><a lang=${show.language || nothing} href=${show.replayUrl ?? `/show/${show.id}`}>${show.title}</a></h3>
                <p>${show.creator ? html`<tabcast-face name=${show.creator.name} size="24"></tabcast-face> ` : nothing}${[show.creator?.displayName, when, show.state === 'scheduled' && show.lengthMinutes && card.expected(show.lengthMinutes), show.priceCoins && card.price(show.priceCoins)].filter(Boolean).join(' · ')}</p>
                ${show.description ? html`<p class="description" lang=${show.language || nothing}>${withoutMarks(show.description)}</p>` : nothing}
                ${isOn ? html`<span class="button primary watch" aria-hidden="true">${card.watch}</span>` : nothing}
            </div>
        </article>`;
    }

    /** @param {import('./api.js').Replay} replay */
    #renderReplay(replay) {
        const { card } = strings;
        const duration = formatDuration(replay.durationMs);
        return html`<article>
            <div class="picture">
                <tabcast-poster .src=${replay.posterUrl ?? null}></tabcast-poster>
                <time class="mark bottom-right pill glass" datetime=${isoDuration(replay.durationMs)}><span
                    class="visually-hidden">${card.length('')}</span>${duration}</time>
            </div>
            <div class="words">
                <h3><a href=${`/replay/${replay.id}`}>${replay.title}</a></h3>
                <p><time datetime=${replay.startedAt}>${formatWhen(replay.startedAt, this.nowMs)}</time></p>
            </div>
        </article>`;
    }
}

customElements.define('tabcast-show-card', TabcastShowCard);
