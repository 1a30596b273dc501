// SPDX-License-Identifier: MIT
// A show's 16:9 picture; while there is none, the closed curtain. A new `src` is loaded and decoded behind the old
// picture and then takes its place, so nothing flickers; a picture that cannot be had leaves things as they are.
import { LitElement, css, html, nothing } from 'lit';

export class TabcastPoster extends LitElement {
    static properties = { src: { type: String }, shown: { state: true } };

    static styles = css`
        :host {
            position: relative;
            display: block;
            aspect-ratio: 16 / 9;
            overflow: hidden;
            background: #1c1410;
        }
        .curtain,
        img {
            position: absolute;
            inset: 0;
            width: 100%;
            height: 100%;
        }
        img {
            object-fit: cover;
            animation: rise var(--calm) var(--ease);
        }
        @keyframes rise {
            from {
                opacity: 0;
            }
        }
        /* Heavy folds, lit from below by the footlights. The same in both themes: it is a picture. */
        .curtain {
            background:
                radial-gradient(ellipse 70% 55% at 50% 108%, rgb(255 178 80 / 0.42), transparent 70%),
                linear-gradient(rgb(0 0 0 / 0.5), transparent 35%),
                repeating-linear-gradient(90deg, #1d130e 0, #4b3324 3.2%, #5a3f2d 4.4%, #2a1b13 7.4%, #1d130e 8.3333%);
        }
        .curtain::after {
            content: '';
            position: absolute;
            inset: auto 0 0;
            height: 5%;
            background: linear-gradient(#c98a3c, #7d5222);
            opacity: 0.55;
        }
        @media (prefers-reduced-motion: reduce) {
            img {
                animation: none;
            }
        }
    `;

    constructor() {
        super();
        /** @type {string|null} */ this.src = null;
        /** @type {string|null} */ this.shown = null;
    }

    /** @param {import('lit').PropertyValues<this>} changed */
    willUpdate(changed) {
        if (changed.has('src')) this.#load(this.src);
    }

    /** @param {string|null} src */
    async #load(src) {
        if (!src) {
            this.shown = null;
            return;
        }
        const image = new Image();
        image.src = src;
        try {
            await image.decode();
        } catch {
            return;
        }
        if (this.src === src) this.shown = src;
    }

    render() {
        return html`<div class="curtain"></div>${this.shown ? html`<img src=${this.shown} alt="">` : nothing}`;
    }
}

customElements.define('tabcast-poster', TabcastPoster);
