// SPDX-License-Identifier: MIT
// `/studio`: the studio takes the stage's place, the chat of its show stands beside it.
import { css, html } from 'lit';
import '../ui/tabcast-chat.js';
import '../ui/tabcast-studio.js';
import { strings } from '../words/strings.js';
import { PageElement } from './page-element.js';
import { theatreStyles } from './theatre-styles.js';

class TabcastStudioPage extends PageElement {
    static properties = { room: { state: true }, isLive: { state: true } };

    static pageStyles = [
        theatreStyles,
        css`
            tabcast-studio-page {
                display: flex;
                flex-direction: column;
                flex: 1;
                min-height: 0;
            }
            .workshop {
                grid-template-rows: auto minmax(16rem, 1fr);
                grid-template-areas: 'studio' 'seats';
            }
            .workshop > tabcast-studio {
                grid-area: studio;
                min-width: 0;
            }
            @media (min-width: 1000px) {
                .workshop {
                    grid-template-rows: minmax(0, 1fr);
                    grid-template-areas: 'studio seats';
                }
            }
        `,
    ];

    /** @type {AbortController|null} */ #life = null;

    constructor() {
        super();
        /** @type {import('../ui/tabcast-chat.js').Room|null} */ this.room = null;
        /** While live a phone shows picture, controls and chat within one screen; before, the form may be longer. */
        this.isLive = false;
    }

    /** The studio makes its publisher when it has come to the page. */
    async firstUpdated() {
        const studio = /** @type {any} */ (this.querySelector('tabcast-studio'));
        await studio.updateComplete;
        const { publisher } = studio;
        this.room = publisher;
        this.#life = new AbortController();
        const { signal } = this.#life;
        publisher.addEventListener('change', () => (this.isLive = publisher.phase !== 'off' && publisher.phase !== 'connecting'), { signal });
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        this.#life?.abort();
    }

    render() {
        return html`<h1 class="visually-hidden">${strings.studioPage.heading}</h1>
            <div class=${`theatre workshop ${this.isLive ? 'fits' : ''}`}>
                <tabcast-studio></tabcast-studio>
                <div class="seats"><tabcast-chat .room=${this.room} idle-text=${strings.studioPage.chatWaiting}></tabcast-chat></div>
            </div>`;
    }
}

customElements.define('tabcast-studio-page', TabcastStudioPage);
