// SPDX-License-Identifier: MIT
// The page for addresses that lead nowhere.
import { html } from 'lit';
import { icon, house } from '../ui/icons.js';
import '../ui/tabcast-empty-stage.js';
import { strings } from '../words/strings.js';
import { PageElement } from './page-element.js';

class TabcastNotFoundPage extends PageElement {
    render() {
        const { notFound } = strings;
        return html`<tabcast-empty-stage .level=${1} heading=${notFound.title} text=${notFound.text}>
            <a class="button primary" href="/">${icon(house)}${notFound.home}</a>
        </tabcast-empty-stage>`;
    }
}

customElements.define('tabcast-not-found-page', TabcastNotFoundPage);
