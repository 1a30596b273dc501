// SPDX-License-Identifier: MIT
// `/replay/ID`: the recording in the same player, with seeking; when it was, how long, the file to keep; the chat in
// step with the picture.
import { css, html, nothing } from 'lit';
import { ApiError, getJson, idFromPath } from '../ui/api.js';
import { formatBytes, formatDuration, formatWhen, isoDuration } from '../ui/format.js';
import { clock, download, icon, rotateCw } from '../ui/icons.js';
import { ReplayRoom, chatLinesOf } from '../ui/replay-room.js';
import '../ui/tabcast-chat.js';
import '../ui/tabcast-empty-stage.js';
import '../ui/tabcast-player.js';
import '../ui/tabcast-share-button.js';
import { strings } from '../words/strings.js';
import { PageElement } from './page-element.js';
import { theatreStyles } from './theatre-styles.js';

class TabcastReplayPage extends PageElement {
    static properties = { replay: { state: true }, room: { state: true }, failure: { state: true }, locked: { state: true } };

    static pageStyles = [
        theatreStyles,
        css`
            tabcast-replay-page {
                display: flex;
                flex-direction: column;
                flex: 1;
                min-height: 0;
            }
            tabcast-replay-page > tabcast-empty-stage {
                flex: 1;
                width: min(100% - 2 * var(--gutter), var(--page-width));
                margin: var(--space-4) auto;
            }
            /* A title and one or two lines of facts. */
            .theatre .about.coming {
                min-height: 8.25rem;
            }
            @media (min-width: 500px) {
                .theatre .about.coming {
                    min-height: 6.25rem;
                }
            }
            .keep {
                display: inline-flex;
                align-items: center;
                gap: 0.4em;
                min-height: var(--touch);
                margin-block: calc((1.5em - var(--touch)) / 2);
            }
        `,
    ];

    #id = idFromPath(location.pathname);
    /** @type {AbortController|null} */ #life = null;

    constructor() {
        super();
        /** @type {import('../ui/api.js').Replay|null} */ this.replay = null;
        /** @type {ReplayRoom|null} */ this.room = null;
        /** @type {'not-found'|'failed'|'locked'|null} */ this.failure = null;
        /** @type {import('../ui/api.js').Show|null} whose replay it is, when that is not for everybody */ this.locked = null;
    }

    connectedCallback() {
        super.connectedCallback();
        this.#load();
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#life?.abort();
    }

    async #load() {
        this.#life?.abort();
        this.#life = new AbortController();
        const { signal } = this.#life;
        this.failure = null;
        try {
            if (!this.#id) throw new ApiError(404, '');
            this.replay = /** @type {import('../ui/api.js').Replay} */ (await getJson(`/api/v1/replays/${this.#id}`, signal));
            document.title = strings.pageTitle(this.replay.title);
            // A show in which nobody wrote may have no file for it.
            const chat = await getJson(this.replay.chatUrl ?? `/replays/${this.#id}/chat.json`, signal).catch(() => []);
            this.room = new ReplayRoom(chatLinesOf(chat));
        } catch (error) {
            if (signal.aborted) return;
            const status = error instanceof ApiError ? error.status : 0;
            if (status === 403) await this.#findDoor(signal);
            this.failure = this.locked ? 'locked' : status === 404 ? 'not-found' : 'failed';
        }
    }

    /** What the password is asked for. @param {AbortSignal} signal */
    async #findDoor(signal) {
        this.locked = await getJson(`/api/v1/shows/${this.#id}`, signal).catch(() => null);
        if (!this.locked) return;
        document.title = strings.pageTitle(this.locked.title);
        await import('../ui/tabcast-locked.js');
    }

    /** @param {Event} event */
    #onTime(event) {
        this.room?.show(/** @type {HTMLMediaElement} */ (/** @type {unknown} */ (event.currentTarget)).currentTime * 1000);
    }

    /** @param {import('lit').PropertyValues<this>} changed */
    updated(changed) {
        const player = /** @type {HTMLMediaElement|null} */ (/** @type {unknown} */ (this.querySelector('tabcast-player')));
        if (changed.has('room') && this.room && player) this.room.show(player.currentTime * 1000);
    }

    render() {
        if (this.failure) return this.#renderFailure();
        const { replay } = strings;
        return html`<div class="theatre fits">
            <div class="stage">
                <div class="picture">
                    ${this.replay
                        ? html`<tabcast-player src=${this.replay.mediaUrl} @timeupdate=${this.#onTime} @seeked=${this.#onTime}></tabcast-player>`
                        : nothing}
                </div>
                <div class="footlights under"></div>
            </div>
            <div class=${this.replay ? 'about' : 'about coming'}>${this.replay ? this.#renderAbout(this.replay) : html`<p class="visually-hidden" role="status">${replay.loading}</p>`}</div>
            <div class="seats">
                <tabcast-chat readonly .room=${this.room} placeholder=${this.room?.count === 0 ? replay.chatNone : replay.chatQuiet}></tabcast-chat>
            </div>
        </div>`;
    }

    /** @param {import('../ui/api.js').Replay} replay */
    #renderAbout(replay) {
        const words = strings.replay;
        return html`<h1>${replay.title}</h1>
            <tabcast-share-button .title=${replay.title}></tabcast-share-button>
            <div class="facts">
                <span class="pill">${words.label}</span>
                <time datetime=${replay.startedAt}>${formatWhen(replay.startedAt, Date.now())}</time>
                <span class="count">${icon(clock, 16)}<time datetime=${isoDuration(replay.durationMs)}>${formatDuration(replay.durationMs)}</time></span>
                <a class="keep" href=${replay.mediaUrl} download=${`${replay.id}.webm`}>${icon(download, 16)}${words.download(formatBytes(replay.sizeBytes))}</a>
            </div>`;
    }

    #renderFailure() {
        const words = strings.replay;
        if (this.failure === 'locked') return html`<tabcast-locked .level=${1} .show=${this.locked}></tabcast-locked>`;
        const isUnknown = this.failure === 'not-found';
        return html`<tabcast-empty-stage .level=${1} heading=${isUnknown ? words.notFoundTitle : words.failedTitle} text=${isUnknown ? words.notFound : words.failed}>
            ${isUnknown
                ? html`<a class="button primary" href="/">${strings.show.toHome}</a>`
                : html`<button class="button primary" type="button" @click=${this.#load}>${icon(rotateCw)}${strings.home.retry}</button>`}
        </tabcast-empty-stage>`;
    }
}

customElements.define('tabcast-replay-page', TabcastReplayPage);
