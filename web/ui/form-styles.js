// SPDX-License-Identifier: MIT
// Forms and plain pages about accounts: one column a thumb can follow, cards of light instead of borders.
import { css } from 'lit';

export const formStyles = css`
    /* Until a page is there its foot stays out of sight: nothing moves. */
    .plain[aria-busy='true'],
    .profile[aria-busy='true'] {
        min-height: 100dvh;
    }
    .plain {
        width: min(100% - 2 * var(--gutter), 46rem);
        margin: clamp(1rem, 4vw, 3rem) auto var(--space-8);
        display: grid;
        gap: var(--space-5);
        align-content: start;
    }
    .plain.narrow {
        width: min(100% - 2 * var(--gutter), 27rem);
    }
    .plain h1 {
        font-size: var(--title-lg);
        overflow-wrap: anywhere;
    }
    .plain h2 {
        font-size: var(--title-sm);
    }
    .plain > p {
        margin: 0;
    }
    .lead {
        margin: 0;
        color: var(--ink-muted);
        text-wrap: pretty;
    }
    .card {
        display: grid;
        gap: var(--space-4);
        padding: clamp(1rem, 3vw, 1.75rem);
        border-radius: var(--radius-lg);
        background: var(--surface);
        box-shadow: var(--shadow-md);
        min-width: 0;
    }
    .input {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: var(--space-1);
        min-width: 0;
    }
    .input > label:not(.button),
    .input > .label,
    fieldset > legend {
        padding: 0;
        font-weight: 600;
        font-size: var(--text-sm);
    }
    .hint {
        margin: 0;
        color: var(--ink-muted);
        font-size: var(--text-sm);
        overflow-wrap: anywhere;
    }
    .fault {
        margin: 0;
        padding: var(--space-3) var(--space-4);
        border-radius: var(--radius-md);
        background: var(--warn-soft);
        color: var(--ink);
        font-size: var(--text-sm);
    }
    .said {
        margin: 0;
        color: var(--good);
        font-weight: 600;
        font-size: var(--text-sm);
    }
    textarea.field {
        min-height: 8rem;
        resize: vertical;
    }
    textarea.field[rows] {
        min-height: 5.5rem;
    }
    /* On paper what is raised would be white on white. */
    .card .button:not(.primary, .quiet),
    .card .pill {
        background: var(--surface-hover);
    }
    /* Without an edge it would hang in the air where a row begins with it. */
    .card .button.quiet:not(.icon-button) {
        box-shadow: inset 0 0 0 1px var(--line);
    }
    .item .row {
        margin-top: var(--space-1);
        column-gap: var(--space-2);
    }
    .item .row .button {
        padding-inline: 0.875rem;
    }
    fieldset > legend {
        margin-bottom: var(--space-1);
    }
    fieldset {
        display: grid;
        gap: var(--space-2);
        margin: 0;
        padding: 0;
        border: 0;
        min-width: 0;
    }
    .choice {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 var(--space-3);
        align-items: center;
        min-height: var(--touch);
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius-md);
        background: var(--surface-raised);
        cursor: pointer;
    }
    .choice input {
        grid-row: 1 / 3;
        width: 1.25rem;
        height: 1.25rem;
        margin: 0;
        accent-color: var(--accent);
    }
    .choice .hint {
        grid-column: 2;
    }
    .pair,
    .three {
        display: grid;
        gap: var(--space-4);
    }
    @media (min-width: 640px) {
        .pair {
            grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        .three {
            grid-template-columns: repeat(3, minmax(0, 1fr));
        }
    }
    img.cover {
        width: min(100%, 24rem);
        aspect-ratio: 16 / 9;
        object-fit: cover;
        border-radius: var(--radius-md);
    }
    .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
    }
    .row.apart {
        justify-content: space-between;
    }
    .items {
        display: grid;
        gap: var(--space-3);
        margin: 0;
        padding: 0;
        list-style: none;
    }
    .item {
        display: grid;
        gap: var(--space-2);
        padding: var(--space-3) var(--space-4);
        border-radius: var(--radius-md);
        background: var(--surface-raised);
        overflow-wrap: anywhere;
    }
    .item.row {
        display: flex;
    }
    .item strong {
        font: 600 var(--text-lg) / 1.25 var(--font-title);
    }
    .item p {
        margin: 0;
        color: var(--ink-muted);
        font-size: var(--text-sm);
    }
    .key {
        font: 0.875rem/1.5 var(--font-digits);
        overflow-wrap: anywhere;
        user-select: all;
    }
    .file:focus-within {
        outline: 3px solid var(--accent-text);
        outline-offset: 2px;
    }
    tabcast-own-face {
        display: grid;
        gap: var(--space-3);
    }
    .narrow-form {
        display: grid;
        gap: var(--space-4);
        max-width: 26rem;
    }
    .steps {
        display: grid;
        gap: var(--space-5);
        margin: 0;
        padding-left: 1.4rem;
    }
    .scan {
        display: grid;
        gap: var(--space-3);
        margin-top: var(--space-3);
        max-width: 26rem;
    }
    .qr {
        width: min(100%, 13rem);
        border-radius: var(--radius-md);
    }
    .codes {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr));
        gap: var(--space-2);
        margin: 0;
        padding: 0;
        list-style: none;
    }
    .codes li {
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius-md);
        background: var(--surface-raised);
    }
    details > summary {
        display: inline-flex;
        align-items: center;
        min-height: var(--touch);
        cursor: pointer;
        font-weight: 600;
        font-size: var(--text-sm);
    }
    details[open] > summary {
        margin-bottom: var(--space-3);
    }
    .plain .wait {
        height: 7rem;
        border-radius: var(--radius-lg);
        background: var(--surface);
    }
`;
