// SPDX-License-Identifier: MIT
// Markdown that people wrote, as nodes: marked reads it, DOMPurify lets through a few plain elements and nothing that
// runs, loads or styles. Loaded when a text is there to be shown (tabcast-text.js).
import DOMPurify from 'dompurify';
import { marked } from 'marked';

const ALLOWED = {
    ALLOWED_TAGS: ['p', 'br', 'strong', 'em', 'del', 'code', 'pre', 'ul', 'ol', 'li', 'blockquote', 'a', 'hr', 'h3', 'h4', 'h5', 'h6'],
    ALLOWED_ATTR: ['href'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: /** @type {const} */ (true),
};
/** A text stands below the page's own headings. */
const LOWEST_HEADING = 6;

/** @param {string} text @returns {DocumentFragment} */
export function renderMarkdown(text) {
    const tokens = marked.lexer(text, { gfm: true, breaks: true });
    marked.walkTokens(tokens, (token) => {
        if (token.type === 'heading') token.depth = Math.min(token.depth + 2, LOWEST_HEADING);
        // HTML in it is text, shown as it was typed.
        if (token.type === 'html') Object.assign(token, { type: 'text', text: escapeHtml(token.raw), escaped: true });
    });
    const nodes = DOMPurify.sanitize(marked.parser(tokens), ALLOWED);
    for (const link of nodes.querySelectorAll('a')) {
        link.rel = 'nofollow ugc noopener noreferrer';
        link.target = '_blank';
    }
    return nodes;
}

/** @param {string} text */
const escapeHtml = (text) => text.replace(/[&<>"]/g, (c) => /** @type {Record<string, string>} */ ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
