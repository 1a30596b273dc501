// SPDX-License-Identifier: MIT
// <tabcast-player src>: the player with its controls and its words. Behaves like a media element (media-api.js) and has
// `viewer`, the facade, which is also the chat's room.
//
//   src         /live/ID.webm or /replays/ID.webm
//   autoplay, noautoplay, muted   see tabcast-media.js
//   nocontrols  the picture alone; so it is by itself in `slot="media"` of a media-controller
//
// Controls are media-chrome's, and a menu of our own; they come after the picture (player-controls.js, player-frame.js). Keys with the focus inside: space or k, m, f, i, arrows, j, l, 0–9. What the state is,
// is said in words where the picture would be: opening, starts soon, buffering, reconnecting, ended, failed.
import { LitElement, html, nothing } from 'lit';
import { strings } from '../words/strings.js';
import { icon, maximize, minimize, pause, play, rotateCw, volume1, volume2, volumeX } from './icons.js';
import './tabcast-player-statistics.js';
import { keepSetting, readSetting } from './player-setting.js';
import { playerStyles } from './player-styles.js';
import { bestFor, keepSize, readSize, sizeName, wireChoice } from './size-choice.js';
import { ReplayFinder } from './replay-finder.js';
import { MEDIA_EVENTS, withMediaApi } from './media-api.js';
import { parseSource } from './tabcast-media.js';

const words = strings.player;
/** A window that is being drawn larger is not asked at every pixel. */
const RESIZED_MS = 300;
/** Controls come so long after the picture was handed on for show, and at the latest after so long without one. */
const CONTROLS_AFTER_MS = 100;
const CONTROLS_LATEST_MS = 1500;
/** In a live show there is nowhere to seek to. */
const LIVE_HOTKEYS = 'noarrowleft noarrowright noj nol';

export class TabcastPlayer extends withMediaApi(LitElement) {
    static properties = {
        src: { type: String, reflect: true },
        nocontrols: { type: Boolean, reflect: true },
        status: { state: true },
        hasStatistics: { state: true },
        hasMenu: { state: true },
    };

    static styles = playerStyles;

    #media = /** @type {import('./tabcast-media.js').TabcastMedia} */ (document.createElement('tabcast-media'));
    #replay = new ReplayFinder(this);
    #size = readSize();
    /** What the relay was asked for on behalf of #size. @type {import('../wire/messages.js').Choice} */
    #asked = 'auto';
    /** And the best that *Auto* may take, for the player's size. */
    #best = 0;
    #resizes = new ResizeObserver(() => this.#onResize());
    /** @type {ReturnType<typeof setTimeout>|undefined} */ #resizeTimer;
    /** @type {ReturnType<typeof setTimeout>|undefined} */ #controlsTimer;

    constructor() {
        super();
        this.src = '';
        this.nocontrols = false;
        /** @type {import('../watch/watch-messages.js').Status} */ this.status = 'connecting';
        this.hasStatistics = false;
        this.hasMenu = false;
        this.#media.slot = 'media';
        this.viewer.setSetting(readSetting());
        this.viewer.addEventListener('settingchange', () => this.requestUpdate());
        this.viewer.addEventListener('renditions', () => this.#askForSize());
        this.viewer.addEventListener('quality', () => this.requestUpdate());
        this.#media.addEventListener('resize', () => this.requestUpdate());
        for (const type of [...MEDIA_EVENTS, 'error']) this.#media.addEventListener(type, () => this.#pass(type));
        this.#media.addEventListener('status', (event) => this.#takeStatus(/** @type {CustomEvent} */ (event).detail.status));
        this.addEventListener('keydown', (event) => this.#onKey(event));
    }

    /** The facade: room of the chat, all media calls. One for the element's whole life. */
    get viewer() {
        return this.#media.viewer;
    }

    /** Opens what `src` names, anew when it is open. */
    load() {
        this.status = 'connecting';
        this.#media.load();
    }

    /** What was chosen, as this show has it; sizes come and go. */
    #askForSize() {
        const { renditions } = this.viewer.room;
        const choice = wireChoice(this.#size, renditions);
        const { width, height } = this.#media.getBoundingClientRect();
        const best = choice === 'auto' ? bestFor({ width: width * devicePixelRatio, height: height * devicePixelRatio }, renditions, this.#best) : 0;
        if (choice !== this.#asked || best !== this.#best) this.viewer.chooseRendition(choice, best);
        this.#asked = choice;
        this.#best = best;
        this.requestUpdate();
    }

    /** Once the size has come to rest. */
    #onResize() {
        clearTimeout(this.#resizeTimer);
        this.#resizeTimer = setTimeout(() => this.isConnected && this.#askForSize(), RESIZED_MS);
    }

    connectedCallback() {
        super.connectedCallback();
        this.#resizes.observe(this.#media);
        this.#wantControls(CONTROLS_LATEST_MS);
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#resizes.disconnect();
        clearTimeout(this.#resizeTimer);
        clearTimeout(this.#controlsTimer);
    }

    /** Has the controls made after so long; the last call counts. @param {number} ms */
    #wantControls(ms) {
        clearTimeout(this.#controlsTimer);
        this.#controlsTimer = setTimeout(() => this.#isBare || this.#makeControls(), ms);
    }

    /** In halves: what the viewer does meanwhile is heard in between. */
    async #makeControls() {
        await import('./player-controls.js');
        this.#controlsTimer = setTimeout(() => import('./player-frame.js'));
    }

    /** @param {CustomEvent<{choice: import('./size-choice.js').SizeChoice}>} event */
    #chooseSize({ detail: { choice } }) {
        this.#size = choice;
        keepSize(choice);
        this.#askForSize();
    }

    /** Fires a media event again as this element's own. @param {string} type */
    #pass(type) {
        if (type === 'progress' && this.hasStatistics) this.requestUpdate();
        if (type === 'emptied') {
            this.#asked = 'auto'; // a new show knows nothing of it
            this.#best = 0;
        }
        if (type === 'volumechange' || type === 'emptied' || type === 'error' || type === 'loadedmetadata') this.requestUpdate();
        this.dispatchEvent(new Event(type));
    }

    /** @param {import('../watch/watch-messages.js').Status} status */
    #takeStatus(status) {
        this.status = status;
        // The picture that this tells of is still on its way to the screen.
        if (status !== 'connecting' && status !== 'waiting') this.#wantControls(CONTROLS_AFTER_MS);
        const isOver = status === 'ended' || (status === 'failed' && this.error?.reason === 'not-found');
        if (isOver && this.viewer.kind === 'live' && this.viewer.showId) this.#replay.find(this.viewer.showId);
        else this.#replay.forget();
        this.dispatchEvent(new CustomEvent('status', { detail: { status } }));
    }

    /** Digits are tenths of the length; the rest is media-chrome's. @param {KeyboardEvent} event */
    #onKey(event) {
        if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || this.nocontrols) return;
        if (event.key === 'i') this.#toggleStatistics();
        if (!/^[0-9]$/.test(event.key) || !Number.isFinite(this.duration)) return;
        event.preventDefault();
        this.currentTime = (this.duration * Number(event.key)) / 10;
    }

    /** @param {CustomEvent<{setting: import('../watch/viewer.js').Setting}>} event */
    #choose({ detail: { setting } }) {
        this.viewer.setSetting(setting);
        keepSetting(setting);
    }

    #toggleStatistics() {
        this.hasStatistics = !this.hasStatistics;
    }

    /** A click on the picture gives it the keys. Not the controller, which as no stop of Tab's would keep Tab from its controls, too. */
    #takeFocus() {
        if (!this.shadowRoot?.activeElement) this.#media.focus({ preventScroll: true });
    }

    // ---- what is shown --------------------------------------------------------------------------------

    /** @param {import('lit').PropertyValues<this>} changed */
    willUpdate(changed) {
        if (!changed.has('src')) return;
        for (const name of ['autoplay', 'noautoplay', 'muted']) this.#media.toggleAttribute(name, this.hasAttribute(name));
        this.#media.src = this.src;
        // Opens before the controls are made, which takes longer than connecting; render() then gives it its place.
        if (this.isConnected && !this.#media.isConnected) this.append(this.#media);
        this.status = 'connecting';
    }

    get #isBare() {
        return this.nocontrols || this.slot === 'media';
    }

    render() {
        if (this.#isBare) return html`${this.#media}`;
        const isLive = parseSource(this.src).kind === 'live';
        return html`<media-controller nomutedpref autohide=${this.hasMenu ? -1 : 3} hotkeys=${isLive ? LIVE_HOTKEYS : ''}
            keyboardforwardseekoffset="5" keyboardbackwardseekoffset="5" @pointerup=${this.#takeFocus}>
            ${this.#media}
            ${this.viewer.isSoundBlocked ? this.#renderSoundButton() : nothing}
            ${this.hasStatistics ? this.#renderStatistics(isLive) : nothing}
            ${this.#renderWords()}
            <media-control-bar>
                ${this.#renderPlay()}${this.#renderSound()}
                ${isLive ? this.#renderLive() : this.#renderTime()}
                <tabcast-player-menu .isLive=${isLive} .setting=${this.viewer.setting} .hasStatistics=${this.hasStatistics}
                    .sizes=${this.viewer.room.renditions} .size=${this.#size} .sizeNow=${this.videoWidth > 0 ? sizeName({ width: this.videoWidth, height: this.videoHeight }) : ''} @size=${this.#chooseSize}
                    @toggle=${(/** @type {CustomEvent} */ event) => (this.hasMenu = event.detail.isOpen)} @choose=${this.#choose} @statistics=${this.#toggleStatistics}></tabcast-player-menu>
                <media-fullscreen-button notooltip><span slot="enter">${icon(maximize, 24)}</span><span slot="exit">${icon(minimize, 24)}</span></media-fullscreen-button>
            </media-control-bar>
        </media-controller>`;
    }

    #renderPlay() {
        return html`<media-play-button notooltip><span slot="play">${icon(play, 24)}</span><span slot="pause">${icon(pause, 24)}</span></media-play-button>`;
    }

    #renderSound() {
        return html`<media-mute-button notooltip>
                <span slot="off">${icon(volumeX, 24)}</span><span slot="low">${icon(volume1, 24)}</span>
                <span slot="medium">${icon(volume2, 24)}</span><span slot="high">${icon(volume2, 24)}</span>
            </media-mute-button><media-volume-range></media-volume-range>`;
    }

    #renderLive() {
        return html`<media-live-button></media-live-button><span class="gap"></span>`;
    }

    #renderTime() {
        return html`<media-time-range></media-time-range><media-time-display showduration notoggle></media-time-display>`;
    }

    /** @param {boolean} isLive */
    #renderStatistics(isLive) {
        return html`<tabcast-player-statistics slot="top-chrome" noautohide .stats=${this.stats} .isLive=${isLive}
            .size=${{ width: this.videoWidth, height: this.videoHeight }} @close=${this.#toggleStatistics}></tabcast-player-statistics>`;
    }

    #renderSoundButton() {
        return html`<button slot="top-chrome" class="button sound" type="button" noautohide @click=${() => this.viewer.setMuted(false)}>
            ${icon(volumeX)}${words.tapForSound}
        </button>`;
    }

    #renderWords() {
        const content = this.#wordsOf(this.status);
        return html`<div slot="centered-chrome" class="place" noautohide role="status">${content}</div>`;
    }

    /** @param {import('../watch/watch-messages.js').Status} status */
    #wordsOf(status) {
        switch (status) {
            case 'connecting':
                return this.src === '' ? nothing : this.#renderBusy(words.connecting);
            case 'waiting':
                return this.#renderBusy(words.waiting);
            case 'scheduled':
                return html`<div class="words card"><h2>${words.scheduledTitle}</h2><p>${words.scheduled}</p></div>`;
            case 'away':
                return html`<div class="words card late"><p>${words.away}</p></div>`;
            case 'reconnecting':
                return html`<div class="words card late"><div class="spinner"></div><p>${words.reconnecting}</p></div>`;
            case 'paused':
                return this.viewer.kind === 'replay' && this.readyState > 0 ? html`<div class="begin" aria-hidden="true">${icon(play, 32)}</div>` : nothing;
            case 'ended':
                return this.viewer.kind === 'live' ? this.#renderEnded() : nothing;
            case 'failed':
                return this.#renderFailed();
            case 'playing':
                return this.#renderSoundAlone();
            default:
                throw new Error(`no case for ${/** @type {any} */ (status)}`);
        }
    }

    /** @param {string} text */
    #renderBusy(text) {
        return html`<div class="words"><div class="spinner"></div><span class="visually-hidden">${text}</span></div>`;
    }

    /** Where the picture would be, when there is none to be had. */
    #renderSoundAlone() {
        if (!this.viewer.room.isSoundAlone) return nothing;
        return html`<div class="words card alone">${icon(volume2, 28)}<p>${this.#size === 'audio' ? words.audioOnly : words.audioOnlySlow}</p></div>`;
    }

    #renderEnded() {
        const { url, isLooking } = this.#replay;
        return html`<div class="words card">
            <h2>${words.endedTitle}</h2>
            ${url
                ? html`<a class="button" href=${url}>${icon(play)}${words.watchReplay}</a>`
                : html`<p>${isLooking ? words.endedPreparing : words.endedNoReplay}</p>`}
        </div>`;
    }

    #renderFailed() {
        const { error } = this;
        // The show may be over: then its replay is what one came for.
        if (error?.reason === 'not-found' && this.#replay.url) return this.#renderEnded();
        // What closed a live show's socket is no fault of the player.
        const isOurs = this.viewer.kind === 'replay' || !['not-found', 'network', 'refused', 'changed'].includes(error?.reason ?? '');
        const text = (isOurs ? words.failed[error?.reason ?? ''] : undefined) ?? strings.closed(error?.reason ?? '', error?.message ?? '');
        return html`<div class="words card" role="alert">
            <h2>${words.failedTitle}</h2>
            <p>${text}</p>
            <button class="button" type="button" @click=${() => this.load()}>${icon(rotateCw)}${words.retry}</button>
        </div>`;
    }
}

customElements.define('tabcast-player', TabcastPlayer);
