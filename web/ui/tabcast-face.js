// SPDX-License-Identifier: MIT
// <tabcast-face name="ann" size="40">: what somebody looks like, or the first letter of their name; the relay draws it.
// Says nothing to a screen reader: the name stands beside it.
import { LitElement, css, html } from 'lit';

/** Whose picture has changed since this page began: what the browser has kept of it is another one. @type {Map<string, number>} */
const newer = new Map();
/** @type {Set<TabcastFace>} */
const shown = new Set();

/** @param {string} name @param {number} version */
export function renewFace(name, version) {
    newer.set(name, version);
    for (const face of shown) if (face.name === name) face.requestUpdate();
}

export class TabcastFace extends LitElement {
    static properties = { name: { type: String }, size: { type: Number }, version: { type: Number } };

    static styles = css`
        :host {
            display: inline-flex;
            flex: none;
            vertical-align: middle;
        }
        img {
            border-radius: 50%;
            background: var(--surface-raised);
            object-fit: cover;
        }
    `;

    constructor() {
        super();
        this.name = '';
        this.size = 40;
        /** Another one after one's own has changed, or the browser would show what it has kept. */ this.version = 0;
    }

    connectedCallback() {
        super.connectedCallback();
        shown.add(this);
    }

    disconnectedCallback() {
        super.disconnectedCallback();
        shown.delete(this);
    }

    render() {
        const version = this.version || newer.get(this.name);
        const source = `/@${encodeURIComponent(this.name)}/picture${version ? `?v=${version}` : ''}`;
        return html`<img src=${source} width=${this.size} height=${this.size} alt="" loading="lazy" decoding="async">`;
    }
}

customElements.define('tabcast-face', TabcastFace);
