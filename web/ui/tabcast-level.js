// SPDX-License-Identifier: MIT
// How loud it is, as a bar of lamps. Asks its `source` (an object with `level`, 0…1) once per picture of the screen, so that
// nothing else has to render. Stands still while the page is hidden.
import { LitElement, css, html } from 'lit';
import { studioStrings } from '../words/studio.js';

/** A screen reader is told at most this often. */
const TOLD_EACH_MS = 1000;

export class TabcastLevel extends LitElement {
    static properties = { source: { attribute: false }, told: { state: true } };

    static styles = css`
        :host {
            display: block;
            width: 7rem;
            height: 0.5rem;
        }
        .bar {
            height: 100%;
            border-radius: var(--radius-full);
            background: color-mix(in srgb, currentColor 22%, transparent);
            overflow: hidden;
        }
        .fill {
            height: 100%;
            border-radius: inherit;
            /* Green while there is room, amber where it gets loud. */
            background: linear-gradient(90deg, var(--good) 60%, var(--accent) 88%);
            clip-path: inset(0 100% 0 0);
        }
    `;

    #frame = 0;
    #toldMs = 0;

    constructor() {
        super();
        /** @type {{level: number}|null} */ this.source = null;
        this.told = 0;
    }

    connectedCallback() {
        super.connectedCallback();
        this.#draw();
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        cancelAnimationFrame(this.#frame);
    }

    #draw() {
        this.#frame = requestAnimationFrame((nowMs) => {
            const level = this.source?.level ?? 0;
            const fill = /** @type {HTMLElement|null} */ (this.renderRoot?.querySelector('.fill'));
            if (fill) fill.style.clipPath = `inset(0 ${(100 - level * 100).toFixed(1)}% 0 0)`;
            if (nowMs - this.#toldMs > TOLD_EACH_MS) {
                this.#toldMs = nowMs;
                this.told = Math.round(level * 100);
            }
            this.#draw();
        });
    }

    render() {
        return html`<div class="bar" role="meter" aria-label=${studioStrings.level} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${this.told}><div class="fill"></div></div>`;
    }
}

customElements.define('tabcast-level', TabcastLevel);
