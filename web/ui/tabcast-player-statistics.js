// SPDX-License-Identifier: MIT
// <tabcast-player-statistics>: what the player knows of itself, over the picture: the way of a picture from glass to glass in
// parts, rates, losses, sound against picture. Shows `stats`; says `close`. Numbers that are not known are a dash.
import { LitElement, css, html, nothing } from 'lit';
import { strings } from '../words/strings.js';
import { icon, x } from './icons.js';
import { statisticsRows } from './player-statistics-rows.js';

const words = strings.player;

export class TabcastPlayerStatistics extends LitElement {
    static properties = {
        stats: { attribute: false },
        size: { attribute: false },
        isLive: { attribute: false },
    };

    static styles = css`
        :host {
            display: block;
            align-self: flex-start;
            box-sizing: border-box;
            max-width: calc(100% - 1.5rem);
            max-height: calc(100cqh - 5rem);
            overflow: auto;
            margin: 0.75rem;
            padding: 0.5rem 0.75rem 0.75rem;
            border-radius: var(--radius-md, 0.875rem);
            background: rgb(8 5 3 / 0.84);
            color: var(--on-picture, #fff8ee);
            font: 400 0.8125rem/1.45 var(--font-text, system-ui, sans-serif);
            font-variant-numeric: tabular-nums;
        }
        header {
            display: flex;
            align-items: center;
            justify-content: space-between;
            gap: 1rem;
        }
        h2 {
            margin: 0;
            font: 600 0.875rem/1.2 var(--font-text, system-ui, sans-serif);
        }
        button {
            display: grid;
            place-items: center;
            width: 2.75rem;
            height: 2.75rem;
            margin: -0.375rem -0.625rem -0.375rem 0;
            padding: 0;
            border: 0;
            border-radius: 999px;
            background: none;
            color: inherit;
            cursor: pointer;
        }
        button:hover {
            background: rgb(255 248 238 / 0.14);
        }
        button:focus-visible {
            outline: 3px solid var(--accent, #ffb648);
            outline-offset: -3px;
        }
        dl {
            display: grid;
            grid-template-columns: auto minmax(0, 1fr);
            gap: 0 0.875rem;
            margin: 0;
        }
        @container (max-width: 26rem) {
            :host {
                max-width: calc(100% - 0.75rem);
                max-height: calc(100cqh - 4rem);
                margin: 0.375rem;
                padding-inline: 0.5rem;
                font-size: 0.75rem;
                line-height: 1.3;
            }
            dl {
                column-gap: 0.5rem;
            }
        }
        dt {
            color: var(--on-picture-muted, #d9c9b6);
        }
        dd {
            margin: 0;
            overflow-wrap: anywhere;
        }
    `;

    constructor() {
        super();
        /** @type {import('../watch/watch-messages.js').Stats|null} */ this.stats = null;
        /** @type {{width: number, height: number}} */ this.size = { width: 0, height: 0 };
        this.isLive = false;
    }

    render() {
        if (this.stats === null) return nothing;
        return html`<section aria-label=${words.statistics}>
            <header>
                <h2>${words.statistics}</h2>
                <button type="button" aria-label=${words.closeStatistics} @click=${() => this.dispatchEvent(new Event('close'))}>${icon(x, 18)}</button>
            </header>
            <dl>${statisticsRows(this.stats, this.size, this.isLive).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
        </section>`;
    }
}

customElements.define('tabcast-player-statistics', TabcastPlayerStatistics);
