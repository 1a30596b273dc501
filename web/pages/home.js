// SPDX-License-Identifier: MIT
// `/`: what is on stage now, what can be watched again, and the invitation to go live oneself.
// The relay tells by socket what changes (programme.js); asked are the lists when something comes or goes, and every few seconds only
// while there is no socket. Lists keep their elements, so nothing flickers; what is new comes in gently.
import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { getJson } from '../ui/api.js';
import { icon, rotateCw, triangleAlert, video } from '../ui/icons.js';
import { PollController } from '../ui/poll-controller.js';
import '../ui/tabcast-empty-stage.js';
import '../ui/tabcast-search.js';
import '../ui/tabcast-show-card.js';
import { Programme as Changes } from '../watch/programme.js';
import { strings } from '../words/strings.js';
import { PageElement } from './page-element.js';

const POLL_MS = 5000;
/** While the relay tells by itself: for the pictures of what is on, and its minutes. */
const SELDOM_MS = 10_000;
/** Thousands of front pages hear of a new show in the same moment. */
const SPREAD_MS = 1500;

/** @typedef {{shows: import('../ui/api.js').Show[], upcoming: import('../ui/api.js').Show[], replays: import('../ui/api.js').Replay[], nextReplays: string|null, nowMs: number}} Programme */

/** @returns {Promise<Programme>} */
async function loadProgramme(/** @type {AbortSignal} */ signal) {
    const [shows, upcoming, replays] = await Promise.all([
        getJson('/api/v1/shows?state=live', signal),
        getJson('/api/v1/shows?state=scheduled&sort=start&limit=12', signal),
        getJson('/api/v1/replays', signal),
    ]);
    const live = (shows.items ?? []).sort((/** @type {any} */ a, /** @type {any} */ b) => (b.viewers ?? 0) - (a.viewers ?? 0));
    return { shows: live, upcoming: upcoming.items ?? [], replays: replays.items ?? [], nextReplays: replays.next ?? null, nowMs: Date.now() };
}

class TabcastHomePage extends PageElement {
    static properties = { isSearching: { state: true }, older: { state: true }, olderNext: { state: true } };

    static pageStyles = [
        css`
            tabcast-home-page {
                display: block;
                padding-bottom: var(--space-7);
            }
            .wide {
                width: min(100% - 2 * var(--gutter), var(--page-width));
                margin-inline: auto;
            }
            .hero {
                padding-top: clamp(1rem, 3vw, 2.25rem);
                background: radial-gradient(ellipse 55% 80% at 50% calc(100% - 1.75rem), var(--glow-soft), transparent 78%);
            }
            .hero .wide {
                display: grid;
                gap: var(--space-5) var(--space-7);
                align-items: end;
                padding-bottom: clamp(2.5rem, 5vw, 3.5rem);
            }
            .hero h1 {
                font-size: var(--title-xl);
                line-height: 1.02;
                letter-spacing: -0.025em;
            }
            .hero p {
                margin: 0 0 var(--space-4);
                max-width: 34rem;
                color: var(--ink-muted);
                text-wrap: pretty;
            }
            @media (min-width: 860px) {
                .hero .wide {
                    grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr);
                }
            }
            .programme {
                margin-top: var(--space-6);
            }
            .programme > h2 {
                display: flex;
                align-items: center;
                gap: var(--space-3);
                margin-bottom: var(--space-4);
                font-size: var(--title-md);
            }
            .cards {
                display: grid;
                grid-template-columns: repeat(auto-fill, minmax(min(100%, 23rem), 1fr));
                gap: var(--space-6) var(--space-5);
                margin: 0;
                padding: 0;
                list-style: none;
            }
            @media (prefers-reduced-motion: no-preference) {
                .cards > .new {
                    animation: come 0.6s var(--ease);
                }
                @keyframes come {
                    from {
                        opacity: 0;
                        transform: translateY(1rem);
                    }
                }
            }
            .cards.small {
                grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr));
            }
            /* Few shows take the width between them. */
            .cards.few {
                grid-template-columns: repeat(auto-fit, minmax(min(100%, 23rem), 1fr));
            }
            .search {
                display: grid;
                grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
                gap: var(--space-2);
                margin-top: var(--space-3);
            }
            .search .language {
                grid-column: 1 / -1;
            }
            .search .find {
                position: relative;
                grid-column: 1 / -1;
            }
            .search .find .icon {
                position: absolute;
                left: var(--space-3);
                top: calc(50% - 10px);
                color: var(--ink-muted);
                pointer-events: none;
            }
            .search .find .field {
                padding-left: 2.6rem;
            }
            @media (min-width: 720px) {
                .search {
                    grid-template-columns: minmax(0, 1fr) 11rem 10rem 11rem;
                }
                .search .find,
                .search .language {
                    grid-column: auto;
                }
            }
            .stale {
                display: flex;
                align-items: center;
                gap: var(--space-2);
                margin: 0 0 var(--space-4);
                padding: var(--space-3) var(--space-4);
                border-radius: var(--radius-md);
                background: var(--warn-soft);
                font-size: var(--text-sm);
            }
            .no-replays {
                margin: 0;
                padding: var(--space-6) var(--space-5);
                border-radius: var(--radius-lg);
                background: var(--surface);
                color: var(--ink-muted);
                text-align: center;
                text-wrap: balance;
            }
            .no-replays strong {
                display: block;
                margin-bottom: var(--space-1);
                color: var(--ink);
                font: 600 var(--title-sm) / 1.2 var(--font-title);
            }
            .skeleton {
                display: grid;
                gap: var(--space-3);
            }
            .skeleton span {
                height: 1.25rem;
                width: 60%;
                border-radius: var(--radius-sm);
                background: var(--surface);
                animation: dim 1.6s ease-in-out infinite;
            }
            .skeleton span:first-child {
                height: auto;
                width: auto;
                aspect-ratio: 16 / 9;
                border-radius: var(--radius-md);
            }
            @keyframes dim {
                50% {
                    opacity: 0.45;
                }
            }
        `,
    ];

    #programme = new PollController(this, loadProgramme, POLL_MS);
    #changes = new Changes({ pageUrl: location.href });
    /** @type {ReturnType<typeof setTimeout>|undefined} */ #soon;
    /** @type {AbortController|null} */ #life = null;
    /** @type {Set<string>|null} ids of cards that were there before; null: nothing was shown yet */ #known = null;

    constructor() {
        super();
        this.isSearching = false;
        /** @type {import('../ui/api.js').Replay[]} beyond the first page */ this.older = [];
        /** @type {string|null|undefined} where they go on; undefined: not asked yet */ this.olderNext = undefined;
    }

    connectedCallback() {
        super.connectedCallback();
        this.#life = new AbortController();
        const { signal } = this.#life;
        this.#changes.addEventListener('programme', (event) => this.#onChanges(/** @type {import('../watch/programme.js').ProgrammeEvent} */ (event).detail), { signal });
        this.#changes.addEventListener('lost', () => this.#ask(POLL_MS), { signal });
        document.addEventListener('visibilitychange', () => this.#listen(), { signal });
        this.#listen();
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#life?.abort();
        clearTimeout(this.#soon);
        this.#changes.close();
    }

    #listen() {
        if (document.visibilityState === 'hidden') {
            this.#changes.close();
            this.#programme.every(POLL_MS);
        } else {
            this.#changes.open();
        }
    }

    /** Numbers change where they stand; for what comes and goes the lists are asked. @param {import('../wire/messages.js').ProgrammeMessage} message */
    #onChanges({ isWhole, shows }) {
        const { value } = this.#programme;
        this.#programme.every(SELDOM_MS);
        if (!value) return; // the first answer is under way, and as new as this
        const now = new Map(shows.map((item) => [item.id, item]));
        const isOn = (/** @type {string} */ state) => state === 'live' || state === 'reconnecting';
        const shown = new Set(value.shows.map(({ id }) => id));
        const comes = shows.some(({ id, state }) => isOn(state) !== shown.has(id) || !isOn(state));
        const goes = isWhole && value.shows.some(({ id }) => !now.has(id));
        this.#programme.value = {
            ...value,
            shows: value.shows.map((show) => {
                const item = now.get(show.id);
                return item && isOn(item.state) ? { ...show, state: /** @type {'live'} */ (item.state), viewers: item.viewers } : show;
            }),
            nowMs: Date.now(),
        };
        this.requestUpdate();
        if (!comes && !goes) return;
        this.#ask(SELDOM_MS);
    }

    /** Soon, and from then on so often. @param {number} intervalMs */
    #ask(intervalMs) {
        this.#programme.every(intervalMs);
        clearTimeout(this.#soon);
        this.#soon = setTimeout(() => this.#programme.refresh(), Math.random() * SPREAD_MS);
    }

    /** What was not there when the page was last shown. @param {string} id */
    #isNew(id) {
        return this.#known !== null && !this.#known.has(id);
    }

    updated() {
        const { value } = this.#programme;
        if (!value) return;
        const { shows, upcoming, replays } = value;
        this.#known = new Set([...shows, ...upcoming, ...replays, ...this.older].map(({ id }) => id));
    }

    /** @param {string} cursor */
    async #loadOlder(cursor) {
        const { items, next } = await getJson(`/api/v1/replays?cursor=${encodeURIComponent(cursor)}`).catch(() => ({ items: [], next: cursor }));
        this.older = [...this.older, ...items];
        this.olderNext = next;
    }

    render() {
        const { home } = strings;
        const { value, error, isLoading } = this.#programme;
        return html`${this.#renderHero()}
            <div class="wide" aria-busy=${isLoading}>
                <tabcast-search @searching=${(/** @type {CustomEvent} */ e) => (this.isSearching = e.detail)}></tabcast-search>
                ${value && error ? html`<p class="stale" role="status">${icon(triangleAlert, 18)}${home.stale}</p>` : nothing}
                ${this.isSearching ? nothing : value ? this.#renderProgramme(value) : isLoading ? this.#renderSkeleton() : this.#renderFailure()}
            </div>`;
    }

    #renderHero() {
        const { home } = strings;
        return html`<section class="hero">
            <div class="wide">
                <h1>${home.headline}</h1>
                <div>
                    <p>${home.lead}</p>
                    <a class="button primary large" href="/studio">${icon(video)}${home.goLive}</a>
                </div>
            </div>
            <div class="footlights"></div>
        </section>`;
    }

    /** @param {Programme} programme */
    #renderProgramme({ shows, upcoming, replays, nextReplays, nowMs }) {
        const { home } = strings;
        const isOne = shows.length === 1;
        const next = this.olderNext === undefined ? nextReplays : this.olderNext;
        const known = new Set(replays.map(({ id }) => id));
        const all = [...replays, ...this.older.filter(({ id }) => !known.has(id))];
        return html`<section class="programme" aria-labelledby="live-now">
                <h2 id="live-now">${home.liveNow}</h2>
                ${shows.length === 0
                    ? html`<tabcast-empty-stage .level=${3} heading=${home.emptyLiveTitle} text=${home.emptyLive}>
                          <a class="button primary" href="/studio">${home.openStudio}</a>
                      </tabcast-empty-stage>`
                    : html`<ul class=${shows.length < 3 ? 'cards few' : 'cards'}>
                          ${repeat(shows, (show) => show.id, (show) => html`<li class=${this.#isNew(show.id) ? 'new' : ''}><tabcast-show-card .show=${show} .nowMs=${nowMs} ?featured=${isOne}></tabcast-show-card></li>`)}
                      </ul>`}
            </section>
            ${upcoming.length === 0
                ? nothing
                : html`<section class="programme" aria-labelledby="upcoming">
                      <h2 id="upcoming">${home.upcoming}</h2>
                      <ul class="cards small">
                          ${repeat(upcoming, (show) => show.id, (show) => html`<li><tabcast-show-card .show=${show} .nowMs=${nowMs}></tabcast-show-card></li>`)}
                      </ul>
                  </section>`}
            <section class="programme" aria-labelledby="replays">
                <h2 id="replays">${home.replays}</h2>
                ${replays.length === 0
                    ? html`<p class="no-replays"><strong>${home.emptyReplaysTitle}</strong>${home.emptyReplays}</p>`
                    : html`<ul class="cards small">
                          ${repeat(all, (replay) => replay.id, (replay) => html`<li><tabcast-show-card .replay=${replay} .nowMs=${nowMs}></tabcast-show-card></li>`)}
                      </ul>`}
                ${next ? html`<p><button class="button" type="button" @click=${() => this.#loadOlder(next)}>${home.moreReplays}</button></p>` : nothing}
            </section>`;
    }

    #renderSkeleton() {
        const card = html`<div class="skeleton"><span></span><span></span></div>`;
        return html`<section class="programme">
            <h2>${strings.home.liveNow}</h2>
            <p class="visually-hidden" role="status">${strings.home.loading}</p>
            <div class="cards">${card}${card}${card}</div>
        </section>`;
    }

    #renderFailure() {
        const { home } = strings;
        return html`<section class="programme">
            <tabcast-empty-stage heading=${home.failedTitle} text=${home.failed}>
                <button class="button primary" type="button" @click=${() => this.#programme.refresh()}>${icon(rotateCw)}${home.retry}</button>
            </tabcast-empty-stage>
        </section>`;
    }
}

customElements.define('tabcast-home-page', TabcastHomePage);
