// SPDX-License-Identifier: MIT
// The page of `/show/ID`: the player, what is played, who watches, the chat. The relay's room tells state and viewers as they
// change; the API tells what the room does not (title, description, whether there is such a show, its replay).
import { css, html, nothing } from 'lit';
import { ApiError, getJson, idFromPath } from '../ui/api.js';
import { formatWhen, onStageFor } from '../ui/format.js';
import { eye, icon, rotateCw } from '../ui/icons.js';
import { PollController } from '../ui/poll-controller.js';
import '../ui/tabcast-chat.js';
import '../ui/tabcast-empty-stage.js';
import '../ui/tabcast-player.js';
import '../ui/tabcast-share-button.js';
import '../ui/tabcast-text.js';
import { strings } from '../words/strings.js';
import { PageElement } from './page-element.js';
import { theatreStyles } from './theatre-styles.js';

/** @typedef {import('../ui/api.js').Show} Show */
/** @typedef {import('../ui/api.js').Replay} Replay */

const POLL_MS = 10_000;
/** While the replay is being made one looks more often. */
const REPLAY_POLL_MS = 2500;

/** @param {string} path @param {AbortSignal} signal */
const findJson = (path, signal) =>
    getJson(path, signal).catch((error) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
    });

class TabcastShowPage extends PageElement {
    static properties = {
        room: { state: true },
        roomState: { state: true },
        roomViewers: { state: true },
        hasPlayed: { state: true },
        isPlayedOut: { state: true },
    };

    static pageStyles = [
        theatreStyles,
        css`
            tabcast-show-page {
                display: flex;
                flex-direction: column;
                flex: 1;
                min-height: 0;
            }
            .cover {
                grid-column: 1 / -1;
                width: min(100%, 32rem);
                aspect-ratio: 16 / 9;
                object-fit: cover;
                border-radius: var(--radius-md);
                box-shadow: var(--shadow-md);
            }
        `,
    ];

    #id = idFromPath(location.pathname);
    #show = new PollController(this, (signal) => this.#loadShow(signal), POLL_MS);
    #replay = new PollController(this, (signal) => this.#loadReplay(signal), REPLAY_POLL_MS);
    /** @type {AbortController|null} */ #roomLife = null;

    constructor() {
        super();
        /** @type {import('../ui/tabcast-chat.js').Room|null} */ this.room = null;
        /** @type {Show['state']|null} what the room says, newer than the API */ this.roomState = null;
        /** @type {number|null} */ this.roomViewers = null;
        this.hasPlayed = false;
        /** The player has shown all there was; until then the curtain waits. */ this.isPlayedOut = false;
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#roomLife?.abort();
    }

    /** @param {AbortSignal} signal @returns {Promise<{show: Show|null, nowMs: number}>} */
    async #loadShow(signal) {
        const show = this.#id ? await findJson(`/api/v1/shows/${this.#id}`, signal) : null;
        if (show) document.title = strings.pageTitle(show.title);
        // Who makes it, and when: only where somebody does, or said when.
        if (show?.creator || show?.startsAt) import('../ui/tabcast-show-actions.js');
        if (show?.isLocked) import('../ui/tabcast-locked.js');
        return { show, nowMs: Date.now() };
    }

    /** Asked for only when the show is over or unknown. @param {AbortSignal} signal @returns {Promise<{replay: Replay|null}>} */
    async #loadReplay(signal) {
        const isWanted = this.#id && (this.#state === 'ended' || (this.#show.value && !this.#show.value.show));
        if (!isWanted || this.#replay.value?.replay) return this.#replay.value ?? { replay: null };
        return { replay: await findJson(`/api/v1/replays/${this.#id}`, signal) };
    }

    get #state() {
        return this.roomState ?? this.#show.value?.show?.state ?? null;
    }

    // ---- the room -----------------------------------------------------------------------------------

    /** @param {import('lit').PropertyValues<this>} _changed */
    updated(_changed) {
        const player = /** @type {(HTMLElement & {viewer: import('../ui/tabcast-chat.js').Room|null})|null} */ (this.querySelector('tabcast-player'));
        const viewer = player?.viewer ?? null;
        if (viewer && viewer !== this.room) this.#enter(viewer);
    }

    /** @param {import('../ui/tabcast-chat.js').Room} room */
    #enter(room) {
        this.#roomLife?.abort();
        this.#roomLife = new AbortController();
        const { signal } = this.#roomLife;
        this.room = room;
        /** @type {(type: string, take: (detail: any) => void) => void} */
        const on = (type, take) => room.addEventListener(type, (event) => take(/** @type {CustomEvent} */ (event).detail ?? {}), { signal });
        on('welcome', ({ show, viewers }) => {
            this.roomViewers = viewers;
            this.#takeState(show.state);
        });
        on('state', ({ state }) => this.#takeState(state));
        on('presence', ({ viewers }) => (this.roomViewers = viewers));
        on('ended', () => (this.isPlayedOut = true));
        on('close', () => this.#show.refresh()); // its door may be another one
    }

    /** @param {Show['state']} state */
    #takeState(state) {
        if (state !== 'scheduled' && state !== 'ended') {
            this.hasPlayed = true;
            this.isPlayedOut = false;
        }
        if (state === this.roomState) return;
        this.roomState = state;
        // The room says that the show began or ended, the API knows when and where the replay is.
        this.#show.refresh();
        if (state === 'ended') this.#replay.refresh();
    }

    // ---- what is shown --------------------------------------------------------------------------------

    render() {
        const { value, error, isLoading } = this.#show;
        if (value?.show?.isLocked) return this.#renderLocked(value.show, value.nowMs);
        if (value?.show) return this.#renderTheatre(value.show, value.nowMs);
        if (this.#replay.value?.replay && value) return this.#renderOver(this.#replay.value.replay);
        if (value) return this.#renderEmpty(strings.show.notFoundTitle, strings.show.notFound);
        // The player needs nothing but the id: it connects while the API is asked.
        if (this.#id && (isLoading || this.hasPlayed)) return this.#renderTheatre(null, Date.now());
        if (error) return this.#renderFailure();
        return nothing;
    }

    /** @param {Show|null} show null: not known yet @param {number} nowMs */
    #renderTheatre(show, nowMs) {
        const state = this.#state;
        const isOver = state === 'ended' && (this.isPlayedOut || !this.hasPlayed);
        const hasChat = !isOver || this.hasPlayed;
        // Who waits reads what it will be about; once there is something to see, a phone has it and the chat on one screen.
        const shape = !hasChat ? 'alone' : state === 'scheduled' ? 'waiting' : 'fits';
        return html`<div class=${`theatre ${shape}`}>
            <div class="stage">
                <div class="picture">
                    ${isOver ? this.#renderCurtain(show) : html`<tabcast-player class=${state === 'scheduled' ? 'behind' : ''} src=${`/live/${this.#id}.webm`}></tabcast-player>`}
                    ${state === 'scheduled' ? this.#renderWaiting() : nothing}
                </div>
                <div class="footlights under"></div>
            </div>
            <div class=${show ? 'about' : 'about coming'}>${show ? this.#renderAbout(show, nowMs) : html`<p class="visually-hidden" role="status">${strings.show.loading}</p>`}</div>
            ${hasChat ? html`<div class="seats"><tabcast-chat .room=${this.room}></tabcast-chat></div>` : nothing}
        </div>`;
    }

    /** The door instead of the stage. @param {Show} show @param {number} nowMs */
    #renderLocked(show, nowMs) {
        return html`<div class="theatre alone">
            <div class="stage">
                <div class="picture"><tabcast-locked fill .show=${show}></tabcast-locked></div>
                <div class="footlights under"></div>
            </div>
            <div class="about">${this.#renderAbout(show, nowMs)}</div>
        </div>`;
    }

    /** @param {Show} show @param {number} nowMs */
    #renderAbout(show, nowMs) {
        return html`<h1 lang=${show.language || nothing}>${show.title}</h1>
            <tabcast-share-button .title=${show.title}></tabcast-share-button>
            <div class="facts">${this.#renderFacts(show, nowMs)}</div>
            ${show.creator || show.startsAt ? html`<tabcast-show-actions class="hint-line" .show=${show}></tabcast-show-actions>` : nothing}
            ${show.coverUrl && this.#state === 'scheduled' ? html`<img class="cover" src=${show.coverUrl} alt="">` : nothing}
            ${show.description ? html`<tabcast-text class="description" lang=${show.language || nothing} .text=${show.description}></tabcast-text>` : nothing}`;
    }

    /** @param {Show} show @param {number} nowMs */
    #renderFacts(show, nowMs) {
        const words = strings.show;
        const state = this.#state ?? show.state;
        const viewers = this.roomViewers ?? show.viewers ?? 0;
        const pill = state === 'live' ? html`<span class="pill live">${words.live}</span>` : html`<span class="pill">${show.isCancelled ? words.cancelled : words[/** @type {'ended'} */ (state)]}</span>`;
        return html`${pill}
            ${state === 'ended' ? nothing : html`<span class="count">${icon(eye, 16)}<span role="status" aria-label=${words.viewers}>${strings.card.watching(viewers)}</span></span>`}
            ${show.priceCoins ? html`<span>${strings.card.price(show.priceCoins)}</span>` : nothing}
            ${state === 'scheduled' && show.lengthMinutes ? html`<span>${strings.card.expected(show.lengthMinutes)}</span>` : nothing}
            ${state === 'scheduled' && show.startsAt ? html`<time datetime=${show.startsAt}>${words.begins(formatWhen(show.startsAt, nowMs))}</time>` : nothing}
            ${state === 'live' && show.startedAt ? html`<span>${onStageFor(show.startedAt, nowMs)}</span>` : nothing}`;
    }

    /** In front of the player, which is in the room already and shows the picture as soon as there is one. */
    #renderWaiting() {
        return html`<tabcast-empty-stage fill heading=${strings.show.scheduledTitle} text=${strings.show.scheduledText}></tabcast-empty-stage>`;
    }

    /** In the player's place when it has played out. @param {Show|null} show */
    #renderCurtain(show) {
        const words = strings.show;
        const replay = this.#replay.value?.replay;
        const isWithout = show?.isCancelled || show?.isRecorded === false; // nothing is being prepared
        const text = show?.isCancelled ? words.cancelledText : replay || isWithout ? words.endedText : words.endedPreparing;
        return html`<tabcast-empty-stage fill heading=${show?.isCancelled ? words.cancelledTitle : words.endedTitle} text=${text}>
            ${replay ? html`<a class="button primary" href=${`/replay/${replay.id}`}>${words.endedReplay}</a>` : nothing}
            <a class="button" href="/">${words.toHome}</a>
        </tabcast-empty-stage>`;
    }

    /** @param {Replay} replay */
    #renderOver(replay) {
        return html`<tabcast-empty-stage .level=${1} heading=${strings.show.endedTitle} text=${replay.title}>
            <a class="button primary" href=${`/replay/${replay.id}`}>${strings.show.endedReplay}</a>
            <a class="button" href="/">${strings.show.toHome}</a>
        </tabcast-empty-stage>`;
    }

    /** @param {string} heading @param {string} text */
    #renderEmpty(heading, text) {
        return html`<tabcast-empty-stage .level=${1} heading=${heading} text=${text}>
            <a class="button primary" href="/">${strings.show.toHome}</a>
            <a class="button" href=${`/sign-in?next=${encodeURIComponent(location.pathname)}`}>${strings.show.signIn}</a>
        </tabcast-empty-stage>`;
    }

    #renderFailure() {
        const { show, home } = strings;
        return html`<tabcast-empty-stage .level=${1} heading=${show.failedTitle} text=${show.failed}>
            <button class="button primary" type="button" @click=${() => this.#show.refresh()}>${icon(rotateCw)}${home.retry}</button>
        </tabcast-empty-stage>`;
    }
}

customElements.define('tabcast-show-page', TabcastShowPage);
