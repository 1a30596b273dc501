// SPDX-License-Identifier: MIT
// The look of the chat: seats in the dark. The host decides the size; the list scrolls inside.
import { css } from 'lit';

export const chatStyles = css`
    :host {
        display: block;
        min-height: 0;
    }
    section {
        height: 100%;
        display: flex;
        flex-direction: column;
        min-height: 0;
    }
    header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2);
        min-height: 3.25rem;
        padding: 0 var(--space-2) 0 var(--space-4);
    }
    h2 {
        margin: 0;
        font: 600 var(--text-lg) / 1.2 var(--font-title);
    }
    .me {
        min-width: 0;
        padding: 0 var(--space-3);
        font-weight: 400;
    }
    .me-name {
        overflow: hidden;
        text-overflow: ellipsis;
        line-height: 1.4;
    }
    .scroller {
        position: relative;
        flex: 1;
        min-height: 0;
        display: flex;
    }
    .log {
        flex: 1;
        display: flex;
        flex-direction: column;
        min-width: 0;
        margin: 0;
        padding: var(--space-5) var(--space-4) var(--space-3);
        overflow-y: auto;
        overscroll-behavior: contain;
        scrollbar-width: thin;
        scrollbar-color: var(--surface-hover) transparent;
        /* Old lines leave into the dark. */
        mask: linear-gradient(transparent, #000 1.25rem);
    }
    .log:focus-visible {
        outline-offset: -4px;
        border-radius: var(--radius-md);
        mask: none;
    }
    .line {
        margin-top: var(--space-3);
        overflow-wrap: anywhere;
        font-size: var(--text-sm);
        line-height: 1.45;
        animation: arrive var(--calm) var(--ease);
    }
    /* Few lines stand at the bottom, where the next one comes. */
    .line:first-child {
        margin-top: auto;
    }
    .line.continued {
        margin-top: var(--space-1);
    }
    @keyframes arrive {
        from {
            opacity: 0;
            transform: translateY(0.4rem);
        }
    }
    /* Letters that run from right to left, or pretend to, stay within their own name and line. */
    .name,
    .text {
        unicode-bidi: isolate;
    }
    tabcast-face {
        margin-right: 0.2em;
    }
    .name {
        font-weight: 650;
        margin-right: 0.3em;
    }
    .mine {
        margin-left: 0.35em;
        font-weight: 400;
        color: var(--ink-faint);
    }
    .text {
        white-space: pre-wrap;
    }
    .badge {
        display: inline-block;
        margin-right: 0.3em;
        padding: 0 0.5em;
        border-radius: var(--radius-full);
        background: var(--accent);
        color: var(--accent-ink);
        font-size: 0.75rem;
        font-weight: 650;
        line-height: 1.5;
    }
    .colour-0 {
        color: var(--voice-0);
    }
    .colour-1 {
        color: var(--voice-1);
    }
    .colour-2 {
        color: var(--voice-2);
    }
    .colour-3 {
        color: var(--voice-3);
    }
    .colour-4 {
        color: var(--voice-4);
    }
    .colour-5 {
        color: var(--voice-5);
    }
    .colour-6 {
        color: var(--voice-6);
    }
    .colour-7 {
        color: var(--voice-7);
    }
    .empty {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        margin: 0;
        padding: var(--space-5);
        color: var(--ink-muted);
        text-align: center;
        text-wrap: balance;
        pointer-events: none;
    }
    .unread {
        position: absolute;
        inset: auto 0 var(--space-3);
        width: fit-content;
        margin-inline: auto;
        box-shadow: var(--shadow-md);
    }
    .composer {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: end;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-3) var(--space-3);
    }
    textarea {
        resize: none;
        max-height: 8rem;
        border-radius: 1.375rem;
        padding-inline: var(--space-4);
        overflow-y: auto;
        scrollbar-width: none;
    }
    .notice {
        grid-column: 1 / -1;
        margin: 0;
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius-md);
        background: var(--warn-soft);
        font-size: var(--text-sm);
    }
    .closed {
        margin: 0;
        padding: var(--space-4);
        color: var(--ink-muted);
        font-size: var(--text-sm);
        text-align: center;
    }
    .naming {
        display: grid;
        gap: var(--space-1);
        padding: var(--space-3);
    }
    .naming label {
        font-weight: 650;
    }
    .hint {
        color: var(--ink-muted);
        font-size: var(--text-sm);
        margin-bottom: var(--space-1);
    }
    .row {
        display: flex;
        justify-content: end;
        gap: var(--space-2);
        margin-top: var(--space-2);
    }
`;
