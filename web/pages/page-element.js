// SPDX-License-Identifier: MIT
// What all pages share: they render into the document itself (a page has one stage and one chat, which scripts and
// tests find by their tag names) and bring their styles along. Every page gets the bar and the footer by this import.
import { LitElement } from 'lit';
import { controlStyles } from '../ui/control-styles.js';
import { FocusKeeper } from '../ui/focus-keeper.js';
import { applyThemeColor } from '../ui/theme.js';
import '../ui/tabcast-top-bar.js';

applyThemeColor();

/** @param {import('lit').CSSResult[]} styles */
function adopt(styles) {
    const sheets = styles.map((style) => /** @type {CSSStyleSheet} */ (style.styleSheet));
    document.adoptedStyleSheets = [...new Set([...document.adoptedStyleSheets, ...sheets])];
}

export class PageElement extends LitElement {
    /** @type {import('lit').CSSResult[]} of the document, not of a shadow tree */
    static pageStyles = [];

    constructor() {
        super();
        new FocusKeeper(this);
    }

    createRenderRoot() {
        adopt([controlStyles, .../** @type {typeof PageElement} */ (this.constructor).pageStyles]);
        return this;
    }
}
