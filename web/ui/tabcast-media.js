// SPDX-License-Identifier: MIT
// <tabcast-media src>: a live show or replay as a bare media element, without controls; fits `slot="media"` of media-chrome.
// What HTMLMediaElement has under a name, this has under the same name, as far as it makes sense. Holds no truth:
// everything is asked of the viewer (web/watch/viewer.js), whose media events are fired here again.
//
//   src         /live/ID.webm or any other WebM file over HTTP, e.g. /replays/ID.webm
//   autoplay    replays: play as soon as possible (live shows always do, unless `noautoplay`)
//   muted       begin without sound
import { Viewer } from '../watch/viewer.js';
import { MEDIA_EVENTS, withMediaApi } from './media-api.js';

/** Told of besides: `status` {status}. */
const OWN_EVENTS = ['status'];

const style = new CSSStyleSheet();
style.replaceSync(`
    :host { display: block; position: relative; background: #000; overflow: hidden; }
    :host([hidden]) { display: none; }
    ::slotted(*) { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
`);

/** @param {string} src @returns {{kind: 'live'|'replay', url: string, showId?: string}} */
export function parseSource(src) {
    const match = /\/live\/([a-z2-7]{12})\.webm(?:[?#]|$)/.exec(src);
    return match ? { kind: 'live', url: src, showId: match[1] } : { kind: 'replay', url: src };
}

export class TabcastMedia extends withMediaApi(HTMLElement) {
    static observedAttributes = ['src'];

    #isLoading = false;
    #viewer;

    constructor() {
        super();
        const root = this.attachShadow({ mode: 'open' });
        root.adoptedStyleSheets = [style];
        root.append(document.createElement('slot'));
        // The picture is a child, so that it is found where this element stands, as a <video> would be.
        this.#viewer = new Viewer({ place: this });
        for (const type of MEDIA_EVENTS) this.viewer.addEventListener(type, () => this.dispatchEvent(new Event(type)));
        for (const type of OWN_EVENTS) {
            this.viewer.addEventListener(type, (event) => this.dispatchEvent(new CustomEvent(type, { detail: /** @type {CustomEvent} */ (event).detail })));
        }
        // The room's errors (a chat line refused) have this name too; only what ends the show is the media's.
        this.viewer.addEventListener('error', (event) => {
            if (/** @type {CustomEvent} */ (event).detail?.isFatal) this.dispatchEvent(new Event('error'));
        });
    }

    get viewer() {
        return this.#viewer;
    }

    /** Opens at once: the worker connects while the page is still being made. */
    connectedCallback() {
        if (this.src !== '' && this.viewer.kind === null && !this.#isLoading) this.#open();
    }

    disconnectedCallback() {
        // Moved within the document it is connected again before this comes true.
        queueMicrotask(() => {
            if (!this.isConnected) this.viewer.close();
        });
    }

    /** @param {string} _name @param {string|null} before @param {string|null} now */
    attributeChangedCallback(_name, before, now) {
        if (before !== now && this.isConnected) this.load();
    }

    get src() {
        return this.getAttribute('src') ?? '';
    }

    set src(src) {
        this.setAttribute('src', src);
    }

    /** Opens what `src` names, anew when it is open. */
    load() {
        if (this.#isLoading) return;
        this.#isLoading = true;
        queueMicrotask(() => {
            this.#isLoading = false;
            this.#open();
        });
    }

    #open() {
        if (!this.isConnected) return;
        if (this.src === '') {
            this.viewer.close();
            return;
        }
        const options = parseSource(this.src);
        this.viewer.open(options);
        if (this.hasAttribute('muted')) this.viewer.setMuted(true);
        const isAuto = options.kind === 'live' ? !this.hasAttribute('noautoplay') : this.autoplay;
        if (isAuto) this.viewer.play().catch(() => {});
    }
}

customElements.define('tabcast-media', TabcastMedia);
