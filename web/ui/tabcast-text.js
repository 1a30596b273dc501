// SPDX-License-Identifier: MIT
// <tabcast-text .text>: what somebody wrote, in Markdown. Plain text at once; the reader of Markdown is loaded when
// there is something of it to read, and the text is replaced by what it makes.
import { LitElement, css, html } from 'lit';

/** Without any of these Markdown and plain text look alike. */
const MARKS = /[*_`#>[\]~]|^\s*(?:[-+]|\d+[.)])\s|https?:\/\/|\n/m;

export class TabcastText extends LitElement {
    static properties = { text: { attribute: false }, nodes: { state: true } };

    static styles = css`
        :host {
            display: block;
            overflow-wrap: anywhere;
        }
        .plain {
            margin: 0;
            white-space: pre-line;
        }
        :is(p, ul, ol, pre, blockquote, h3, h4, h5, h6) {
            margin: 0 0 0.6em;
        }
        :is(p, ul, ol, pre, blockquote):last-child {
            margin-bottom: 0;
        }
        :is(h3, h4, h5, h6) {
            font: 600 1em/1.3 var(--font-title);
            color: var(--ink);
        }
        h3 {
            font-size: 1.125em;
        }
        ul,
        ol {
            padding-left: 1.3em;
        }
        blockquote {
            padding-left: 0.8em;
            border-left: 3px solid var(--accent);
        }
        code,
        pre {
            font: 0.9em/1.5 var(--font-digits);
            white-space: pre-wrap;
        }
        a {
            color: var(--accent-text);
            text-underline-offset: 0.2em;
        }
        a:focus-visible {
            outline: 3px solid var(--accent-text);
            outline-offset: 2px;
        }
    `;

    constructor() {
        super();
        this.text = '';
        /** @type {DocumentFragment|null} */ this.nodes = null;
    }

    /** @param {import('lit').PropertyValues<this>} changed */
    willUpdate(changed) {
        if (!changed.has('text')) return;
        this.nodes = null;
        if (MARKS.test(this.text)) this.#read(this.text);
    }

    /** @param {string} text */
    async #read(text) {
        const { renderMarkdown } = await import('./markdown.js');
        if (text === this.text) this.nodes = renderMarkdown(text);
    }

    render() {
        return this.nodes ? html`<div>${this.nodes}</div>` : html`<p class="plain">${this.text}</p>`;
    }
}

customElements.define('tabcast-text', TabcastText);
