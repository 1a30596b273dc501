// SPDX-License-Identifier: MIT
// An empty place that invites the next step: the ghost light, a heading, a sentence, and whatever is slotted in.
//
//   <tabcast-empty-stage heading="…" text="…"><a class="button primary" href="/studio">…</a></tabcast-empty-stage>
//
// `level` is the heading's, 1 to 3. `fill` takes the whole of its container (in the player's place); otherwise it keeps a wide picture's shape.
import { LitElement, css, html, nothing } from 'lit';
import { controlStyles } from './control-styles.js';
import { ghostLight } from './ghost-light.js';

export class TabcastEmptyStage extends LitElement {
    static properties = { heading: { type: String }, text: { type: String }, fill: { type: Boolean, reflect: true }, level: { type: Number } };

    static styles = [
        controlStyles,
        css`
            :host {
                position: relative;
                display: grid;
                min-height: clamp(23rem, 32vw, 30rem);
                border-radius: var(--radius-lg);
                overflow: hidden;
                background: #120c08;
                color: var(--on-picture);
                box-shadow: var(--shadow-lg);
            }
            :host([fill]) {
                position: absolute;
                inset: 0;
                min-height: 0;
                border-radius: 0;
                box-shadow: none;
            }
            .ghost-light {
                position: absolute;
                inset: 0;
                width: 100%;
                height: 100%;
            }
            .lamp circle {
                transform-origin: 400px 142px;
                animation: breathe 5s ease-in-out infinite;
            }
            @keyframes breathe {
                50% {
                    transform: scale(1.06);
                    opacity: 0.86;
                }
            }
            .words {
                position: relative;
                align-self: end;
                justify-self: center;
                display: grid;
                gap: var(--space-2);
                justify-items: center;
                width: 100%;
                padding: var(--space-6) var(--space-5) var(--space-4);
                text-align: center;
                background: linear-gradient(transparent, rgb(9 5 3 / 0.66) 40%, rgb(9 5 3 / 0.88));
            }
            h1,
            h2,
            h3 {
                margin: 0;
                font: 600 var(--title-lg) / 1.15 var(--font-title);
                letter-spacing: -0.01em;
                text-wrap: balance;
            }
            p {
                margin: 0;
                max-width: 34rem;
                color: var(--on-picture-muted);
                text-wrap: balance;
            }
            .next {
                display: flex;
                flex-wrap: wrap;
                justify-content: center;
                gap: var(--space-2);
                margin-top: var(--space-2);
            }
            :host([fill]) .words {
                padding: var(--space-4);
            }
            @media (max-width: 600px) {
                :host([fill]) :is(h1, h2, h3) {
                    font-size: var(--title-sm);
                }
                :host([fill]) p {
                    font-size: var(--text-sm);
                }
                /* What is said reaches up to the lamp there. */
                :host([fill]) .words {
                    background: linear-gradient(transparent, rgb(9 5 3 / 0.78) 2rem, rgb(9 5 3 / 0.88));
                }
            }
        `,
    ];

    constructor() {
        super();
        this.heading = '';
        this.text = '';
        this.fill = false;
        this.level = 2;
    }

    render() {
        const heading = [html`<h1>${this.heading}</h1>`, html`<h2>${this.heading}</h2>`, html`<h3>${this.heading}</h3>`][this.level - 1];
        return html`${ghostLight}<div class="words" role=${this.fill ? 'status' : nothing}>${heading}<p>${this.text}</p><div class="next"><slot></slot></div></div>`;
    }
}

customElements.define('tabcast-empty-stage', TabcastEmptyStage);
