// SPDX-License-Identifier: MIT
// The studio: title, devices with a preview, go live; while live the state in words, the numbers behind a tap, one bar of
// controls, and what wants an answer. Holds no truth of the show: that is the publisher's, whose state is rendered;
// a click asks, and what comes of it arrives as an event.
//
//   studio.publisher   the Publisher, also the room for <tabcast-chat>
//   studio.stats       PublishStats of publish/publish-messages.js
import { LitElement, html, nothing } from 'lit';
import { strings } from '../words/strings.js';
import { studioStrings as words } from '../words/studio.js';
import { ApiError } from './api.js';
import { AudienceList } from './audience-list.js';
import { controlStyles } from './control-styles.js';
import { FocusKeeper } from './focus-keeper.js';
import { formatCount, formatDuration } from './format.js';
import { camera, circleStop, eye, gauge, icon, mic, micOff, screenShare, screenShareOff, settings, triangleAlert, video, x } from './icons.js';
import { readOwnName, shownName } from './own-name.js';
import { createShow, findAnnouncedShow, findInterruptedShow, forgetOwnShow, keepOwnShow } from './own-show.js';
import { allNumbers, shortNumbers, stateSentence } from './studio-report.js';
import { keepSound, readSound, renderSound } from './studio-sound.js';
import { studioStyles } from './studio-styles.js';
import './tabcast-audience.js';
import './tabcast-empty-stage.js';
import './tabcast-level.js';
import './tabcast-share-button.js';
import { Publisher, QUALITIES } from '../publish/publisher.js';
import { LIMIT_TITLE_BYTES } from '../wire/limits.js';

/** @typedef {import('./own-show.js').OwnShow} OwnShow */
/** @typedef {'retry'|'choose'|'screen'} NoticeAction */
/** @typedef {{id: string, text: string, isGood?: boolean, actions: NoticeAction[]}} Notice `id`: a later one replaces it */

const QUALITY_KEY = 'tabcast-quality';
const ARRIVAL_MS = 4000;
const encoder = new TextEncoder();

export class TabcastStudio extends LitElement {
    static properties = {
        showTitle: { state: true },
        titleFault: { state: true },
        notices: { state: true },
        isOpening: { state: true },
        isAsking: { state: true },
        areSettingsOpen: { state: true },
        finished: { state: true },
        arrival: { state: true },
        interrupted: { state: true },
    };

    static styles = [controlStyles, studioStyles];

    /** @type {AbortController} */ #life = new AbortController();
    /** @type {OwnShow|null} announced, not ended */ #show = null;
    #publisher = new Publisher();
    #audience = new AudienceList();
    /** @type {ReturnType<typeof setTimeout>|undefined} */ #arrivalTimer;

    constructor() {
        super();
        new FocusKeeper(this);
        this.showTitle = '';
        this.titleFault = '';
        /** @type {Notice[]} */ this.notices = [];
        this.isOpening = false;
        this.isAsking = false;
        this.areSettingsOpen = false;
        /** @type {{id: string, length: string}|null} */ this.finished = null;
        /** @type {OwnShow|null} */ this.interrupted = null;
        this.arrival = '';
    }

    get publisher() {
        return this.#publisher;
    }

    get stats() {
        return this.#publisher.stats;
    }

    connectedCallback() {
        super.connectedCallback();
        if (this.#life.signal.aborted) {
            this.#life = new AbortController();
            this.#publisher = new Publisher();
        }
        this.#listen();
        this.#begin();
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#life.abort();
        clearTimeout(this.#arrivalTimer);
        this.#publisher.close();
    }

    // ---- what happens ---------------------------------------------------------------------------------

    #listen() {
        const { signal } = this.#life;
        const publisher = this.#publisher;
        /** @type {(type: string, take: (detail: any) => void) => void} */
        const on = (type, take) => publisher.addEventListener(type, (event) => take(/** @type {CustomEvent} */ (event).detail), { signal });
        on('change', () => this.requestUpdate());
        on('stats', () => this.#onStats());
        on('device', (problem) => this.#onDevice(problem));
        on('ended', (end) => this.#onEnded(end));
        on('fault', () => this.#notify({ id: 'encoder', text: words.encoderFault, actions: [] }));
        on('warning', ({ code, message }) => this.#onWarning(code, message));
        on('live', () => this.#forget('start'));
        on('people', ({ people }) => this.#audience.set(people));
        on('join', (person) => this.#onComing(person, true));
        on('leave', (person) => this.#onComing(person, false));
        window.addEventListener('beforeunload', (event) => publisher.phase !== 'off' && event.preventDefault(), { signal });
    }

    async #begin() {
        const { signal } = this.#life;
        this.#publisher.setQuality(readQuality());
        this.#publisher.setSound(readSound());
        this.interrupted = await findInterruptedShow(signal);
        if (this.interrupted) this.showTitle = this.interrupted.title;
        this.#show ??= this.interrupted ? null : await findAnnouncedShow(signal);
        if (this.#show && !this.showTitle) this.showTitle = this.#show.title;
        if (!signal.aborted && (await Publisher.isAllowed())) this.#openCamera();
    }

    /** Who came or went is shown for a moment; a crowd shows its last one. @param {import('../wire/messages.js').Person} person @param {boolean} isIn */
    #onComing(person, isIn) {
        this.requestUpdate();
        if (!isIn) this.#audience.leave(person);
        else if (!this.#audience.join(person)) return; // was here under another name
        clearTimeout(this.#arrivalTimer);
        this.arrival = isIn ? words.cameIn(shownName(person.name)) : words.wentOut(shownName(person.name));
        this.#arrivalTimer = setTimeout(() => (this.arrival = ''), ARRIVAL_MS);
    }

    #onStats() {
        const { phase, hasMicrophone, isSoundHeld } = this.#publisher;
        if (phase === 'off') return;
        const isTold = this.notices.some(({ id }) => id === 'sound');
        if (hasMicrophone && isSoundHeld && !isTold) this.#notify({ id: 'sound', text: words.clickForSound, actions: [] });
        else if (!isSoundHeld && isTold) this.#forget('sound');
        this.requestUpdate();
    }

    /** @param {{code: string, kind: string, message: string}} problem */
    #onDevice({ code, kind, message }) {
        /** @type {Record<string, NoticeAction[]>} */
        const actions = {
            'permission-denied': ['retry', 'screen'],
            'no-device': ['retry', 'screen'],
            'in-use': ['retry', 'choose'],
            'unsupported-settings': ['choose'],
            unplugged: ['retry', 'choose', 'screen'],
            failed: ['retry', 'choose'],
        };
        const offered = kind === 'screen' ? [] : (actions[code] ?? []).filter((a) => kind !== 'microphone' || a !== 'screen');
        this.#notify({ id: kind, text: words.device(code, kind, message), actions: offered });
    }

    /** @param {string} code @param {string} message */
    #onWarning(code, message) {
        const isGood = code === 'recording-recovered';
        this.#notify({ id: 'recording', text: words.warning(message), isGood, actions: [] });
    }

    /** @param {{code: string, message: string, isFault: boolean}} end */
    #onEnded({ code, message, isFault }) {
        if (isFault) this.#notify({ id: 'start', text: strings.closed(code, message), actions: [] });
        else if (this.#show) this.finished = { id: this.#show.id, length: formatDuration(this.stats.liveForMs) };
        if (!isFault) {
            forgetOwnShow();
            this.#show = null;
            this.showTitle = '';
        }
        this.#closeQuestion();
    }

    /** @param {Notice} notice */
    #notify(notice) {
        this.notices = [...this.notices.filter(({ id }) => id !== notice.id), notice];
    }

    /** @param {...string} ids */
    #forget(...ids) {
        this.notices = this.notices.filter(({ id }) => !ids.includes(id));
    }

    // ---- what is asked ----------------------------------------------------------------------------------

    /** @param {{videoDeviceId?: string, audioDeviceId?: string}} [wish] */
    async #openCamera(wish) {
        this.isOpening = true;
        this.#forget('camera', 'microphone', 'devices');
        await this.#publisher.openCamera(wish);
        this.isOpening = false;
    }

    async #onGoLive() {
        const title = this.showTitle.trim();
        this.titleFault = title === '' ? words.titleMissing : encoder.encode(title).length > LIMIT_TITLE_BYTES ? words.titleTooLong : '';
        if (this.titleFault) {
            /** @type {HTMLElement|null} */ (this.renderRoot.querySelector('#title'))?.focus();
            return;
        }
        if (!this.#publisher.hasCamera && !this.#publisher.isSharing) await this.#openCamera();
        // Without any picture there is no show; the device's notice says what to do.
        if (!this.#publisher.stream) return;
        if (this.#show?.title !== title) {
            try {
                this.#show = await createShow(title);
            } catch (error) {
                const detail = error instanceof ApiError && error.status !== 0 ? `${words.startFailed} ${error.message}` : words.relayAway;
                this.#notify({ id: 'start', text: detail, actions: [] });
                return;
            }
        }
        await this.#goLive(this.#show);
    }

    async #onResume() {
        const show = this.interrupted;
        if (!show) return;
        if (!this.#publisher.hasCamera && !this.#publisher.isSharing) await this.#openCamera();
        if (!this.#publisher.stream) return;
        this.#show = show;
        await this.#goLive(show);
    }

    /** @param {OwnShow} show */
    async #goLive(show) {
        this.finished = null;
        this.areSettingsOpen = false;
        this.#forget('start');
        try {
            keepOwnShow(show);
            await this.#publisher.goLive({ showId: show.id, key: show.key, name: readOwnName() ?? undefined });
            this.interrupted = null;
        } catch (error) {
            // What the relay or a device said stands in a notice already (`ended`, `device`).
            const { code } = /** @type {{code?: string}} */ (error);
            if (code === 'not-found') {
                this.#show = null;
                this.interrupted = null;
                forgetOwnShow();
            }
        }
    }

    #onEnd() {
        this.isAsking = true;
        /** @type {HTMLDialogElement|null} */ (this.renderRoot.querySelector('dialog'))?.showModal();
    }

    #closeQuestion() {
        this.isAsking = false;
        /** @type {HTMLDialogElement|null} */ (this.renderRoot.querySelector('dialog'))?.close();
    }

    #onEndConfirmed() {
        this.#closeQuestion();
        this.#publisher.endShow();
    }

    async #onScreen() {
        this.#forget('screen');
        if (this.#publisher.isSharing) this.#publisher.stopScreen();
        else await this.#publisher.shareScreen();
    }

    /** @param {Event} event */
    #onQuality(event) {
        const id = /** @type {HTMLSelectElement} */ (event.target).value;
        this.#publisher.setQuality(id);
        keepQuality(id);
    }

    /** @param {Partial<import('./studio-sound.js').SoundChoice>} choice */
    #onSound(choice) {
        this.#publisher.setSound(choice);
        keepSound(choice);
    }

    /** @param {NoticeAction} action */
    #act(action) {
        switch (action) {
            case 'retry':
                this.#openCamera();
                break;
            case 'choose':
                this.areSettingsOpen = true;
                this.updateComplete.then(() => /** @type {HTMLElement|null} */ (this.renderRoot.querySelector('#camera'))?.focus());
                break;
            case 'screen':
                this.#onScreen();
                break;
            default:
                throw new Error(`no case for ${/** @type {string} */ (action)}`);
        }
    }

    // ---- what is shown ------------------------------------------------------------------------------------

    updated() {
        const preview = /** @type {HTMLVideoElement|null} */ (this.renderRoot.querySelector('video'));
        const { stream } = this.#publisher;
        if (preview && preview.srcObject !== stream) preview.srcObject = stream;
    }

    render() {
        const { phase } = this.#publisher;
        const isOff = phase === 'off';
        return html`<h1 class="visually-hidden">${words.heading}</h1>
            ${this.#renderRoom(phase)}
            <div class="words">
                <p class="state" role="status">${this.#sentence(phase)}</p>
                ${isOff ? nothing : html`<tabcast-audience .people=${this.#audience.people} .viewers=${this.stats.viewers}></tabcast-audience>${this.#renderNumbers()}`}
            </div>
            <div class="notices">${this.#renderFinished()}${this.#renderInterrupted(isOff)}${this.notices.map((notice) => this.#renderNotice(notice))}</div>
            ${isOff || this.areSettingsOpen ? this.#renderSetup(isOff) : nothing}
            ${this.#renderBar(phase)}
            ${this.#renderQuestion()}`;
    }

    /** @param {import('../publish/publisher.js').ShowPhase} phase */
    #sentence(phase) {
        const { stats, stream, isSharing, quality } = this.#publisher;
        return stateSentence({ phase, stats, hasPicture: stream !== null, isScreen: isSharing, wantedFramesPerSecond: quality.framesPerSecond });
    }

    /** @param {import('../publish/publisher.js').ShowPhase} phase */
    #renderRoom(phase) {
        const { stream, isSharing, isMuted, stats } = this.#publisher;
        const hasFields = phase === 'off' || this.areSettingsOpen;
        return html`<div class=${hasFields ? 'room with-fields' : 'room'}>
            <video autoplay muted playsinline aria-label=${words.preview} ?hidden=${!stream}></video>
            ${stream ? nothing : this.#renderDark(phase)}
            <div class="corner">
                ${phase === 'live' ? html`<span class="pill live">${strings.show.live} ${formatDuration(stats.liveForMs)}</span>
                    <span class="pill note">${icon(eye, 14)} <span role="status" aria-label=${strings.show.viewers}>${formatCount(stats.viewers)}</span></span>
                    ${this.arrival ? html`<span class="pill note arrival">${this.arrival}</span>` : nothing}` : nothing}
                ${isSharing ? html`<span class="pill note">${icon(screenShare, 14)} ${words.sharedScreen}</span>` : nothing}
            </div>
            ${stream ? html`<div class="over">${icon(isMuted ? micOff : mic, 18)}${isMuted ? html`<span class="pill note">${words.muted}</span>` : html`<tabcast-level .source=${this.#publisher}></tabcast-level>`}</div>` : nothing}
        </div>`;
    }

    /** @param {import('../publish/publisher.js').ShowPhase} phase */
    #renderDark(phase) {
        const isLive = phase !== 'off';
        const text = this.isOpening ? words.opening : isLive ? words.cameraGone : words.turnOnText;
        return html`<div class="dark"><tabcast-empty-stage fill heading=${isLive ? words.cameraGone : words.turnOnTitle} text=${isLive ? '' : text}>
            <button class="button primary" type="button" ?disabled=${this.isOpening} @click=${() => this.#openCamera()}>${icon(camera)}${words.turnOn}</button>
        </tabcast-empty-stage></div>`;
    }

    #renderNumbers() {
        const { stats } = this.#publisher;
        return html`<details class="numbers">
            <summary>${icon(gauge, 16)}<span>${shortNumbers(stats)}</span><span class="visually-hidden">${words.numbers}</span></summary>
            <dl>${allNumbers(stats).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
        </details>`;
    }

    #renderFinished() {
        if (!this.finished) return nothing;
        return html`<div class="notice good" role="status"><p><strong>${words.overTitle(this.finished.length)}</strong> ${words.overText}</p>
            <a class="button" href=${`/replay/${this.finished.id}`}>${words.overLink}</a></div>`;
    }

    /** @param {boolean} isOff */
    #renderInterrupted(isOff) {
        if (!this.interrupted || !isOff) return nothing;
        return html`<div class="notice" role="alert"><p>${words.interrupted(this.interrupted.title)}</p>
            <button class="button primary" type="button" @click=${this.#onResume}>${words.resume}</button></div>`;
    }

    /** @param {Notice} notice */
    #renderNotice({ id, text, isGood, actions }) {
        /** @type {Record<NoticeAction, string>} */
        const labels = { retry: words.tryAgain, choose: words.chooseAnother, screen: words.shareScreen };
        const offered = actions.filter((action) => action !== 'screen'); // its button stands in the bar
        return html`<div class=${isGood ? 'notice good' : 'notice'} role="alert">${icon(triangleAlert, 18)}<p>${text}</p>
            ${offered.length === 0 ? nothing : html`<div class="offered">${offered.map((action) => html`<button class="button" type="button" @click=${() => this.#act(action)}>${labels[action]}</button>`)}</div>`}
            <button class="button quiet icon-button" type="button" aria-label=${words.dismiss} @click=${() => this.#forget(id)}>${icon(x, 18)}</button></div>`;
    }

    /** @param {boolean} isOff */
    #renderSetup(isOff) {
        const { devices, cameraId, microphoneId, quality, sound } = this.#publisher;
        return html`<div class="setup">
            ${isOff ? html`<div class="wide">
                <label for="title">${words.title}</label>
                <input id="title" class="field title" .value=${this.showTitle} placeholder=${words.titleHint} autocomplete="off" maxlength=${LIMIT_TITLE_BYTES}
                    aria-invalid=${this.titleFault ? 'true' : 'false'} aria-describedby="title-fault"
                    @input=${(/** @type {InputEvent} */ e) => this.#onTitle(/** @type {HTMLInputElement} */ (e.target).value)}
                    @keydown=${(/** @type {KeyboardEvent} */ e) => e.key === 'Enter' && !e.isComposing && this.#onGoLive()}>
                <p class="fault" id="title-fault" role="alert" ?hidden=${!this.titleFault}>${this.titleFault}</p>
            </div>` : nothing}
            <div>${this.#renderSelect('camera', words.camera, devices.cameras, cameraId, words.unnamedCamera, (id) => this.#openCamera({ videoDeviceId: id }))}</div>
            <div>${this.#renderSelect('microphone', words.microphone, devices.microphones, microphoneId, words.unnamedMicrophone, (id) => this.#openCamera({ audioDeviceId: id }))}</div>
            <div><label for="quality">${words.quality}</label>
                <select id="quality" class="field" @change=${this.#onQuality}>${QUALITIES.map(({ id }) => html`<option value=${id} ?selected=${id === quality.id}>${words.qualities[id]}</option>`)}</select></div>
            ${renderSound(sound, (choice) => this.#onSound(choice))}
        </div>`;
    }

    /** @param {string} title */
    #onTitle(title) {
        this.showTitle = title;
        this.titleFault = '';
    }

    /**
     * @param {string} id
     * @param {string} label
     * @param {{id: string, label: string}[]} choices
     * @param {string} chosen
     * @param {(n: number) => string} unnamed
     * @param {(id: string) => void} onChoice
     */
    #renderSelect(id, label, choices, chosen, unnamed, onChoice) {
        const options = choices.map((choice, i) => html`<option value=${choice.id} ?selected=${choice.id === chosen}>${choice.label || unnamed(i + 1)}</option>`);
        return html`<label for=${id}>${label}</label>
            <select id=${id} class="field" ?disabled=${choices.length === 0 || this.isOpening} .value=${chosen}
                @change=${(/** @type {Event} */ e) => onChoice(/** @type {HTMLSelectElement} */ (e.target).value)}>
                ${chosen === '' || choices.length === 0 ? html`<option value="" selected>${words.noneFound}</option>` : nothing}${options}</select>`;
    }

    /** @param {import('../publish/publisher.js').ShowPhase} phase */
    #renderBar(phase) {
        const { isMuted, isSharing, hasMicrophone } = this.#publisher;
        const isOff = phase === 'off';
        const muteWords = isMuted ? words.unmute : words.mute;
        const screenWords = isSharing ? words.stopSharing : words.shareScreen;
        return html`<div class="bar" role="group" aria-label=${words.controls}>
            <button class="button" type="button" aria-label=${muteWords} title=${muteWords} ?disabled=${!hasMicrophone}
                @click=${() => this.#publisher.setMuted(!isMuted)}>${icon(isMuted ? micOff : mic)}<span class="word">${muteWords}</span></button>
            <button class="button" type="button" aria-label=${screenWords} title=${screenWords}
                @click=${this.#onScreen}>${icon(isSharing ? screenShareOff : screenShare)}<span class="word">${screenWords}</span></button>
            ${isOff ? nothing : html`<button class="button icon-button" type="button" aria-label=${words.settings} title=${words.settings} aria-expanded=${this.areSettingsOpen}
                @click=${() => (this.areSettingsOpen = !this.areSettingsOpen)}>${icon(settings)}</button>`}
            <span class="space"></span>
            ${isOff || !this.#show ? nothing : html`<tabcast-share-button .title=${this.#show.title} .url=${`${location.origin}/show/${this.#show.id}`}></tabcast-share-button>`}
            ${isOff || phase === 'connecting'
                ? html`<button class="button primary main" type="button" ?disabled=${!isOff || this.isOpening} @click=${this.#onGoLive}>${icon(video)}<span class="word">${words.goLive}</span></button>`
                : html`<button class="button main" type="button" ?disabled=${phase === 'ending'} @click=${this.#onEnd}>${icon(circleStop)}<span class="word">${words.endShow}</span></button>`}
        </div>`;
    }

    #renderQuestion() {
        return html`<dialog aria-labelledby="end-heading" @close=${() => (this.isAsking = false)}>
            <h2 id="end-heading">${words.endTitle}</h2>
            <p>${words.endText}</p>
            <div class="actions">
                <button class="button quiet" type="button" autofocus @click=${this.#closeQuestion}>${words.keepOn}</button>
                <button class="button primary" type="button" @click=${this.#onEndConfirmed}>${words.endShow}</button>
            </div>
        </dialog>`;
    }
}

function readQuality() {
    try {
        return localStorage.getItem(QUALITY_KEY) ?? '';
    } catch {
        return '';
    }
}

/** @param {string} id */
function keepQuality(id) {
    try {
        localStorage.setItem(QUALITY_KEY, id);
    } catch {
        // Without storage the choice lasts as long as the page.
    }
}

customElements.define('tabcast-studio', TabcastStudio);
