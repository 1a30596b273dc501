// SPDX-License-Identifier: MIT
// The look of the studio: the preview is the room, everything one needs stands in one bar within a thumb's reach.
import { css } from 'lit';

export const studioStyles = css`
    :host {
        display: block;
        min-width: 0;
        padding-bottom: var(--space-4);
    }
    .room {
        /* What stands below it: the words and the bar; with the fields more. */
        --below: 13rem;
        position: relative;
        z-index: 0;
        aspect-ratio: 16 / 9;
        width: min(100%, max(20rem, calc((100dvh - var(--top-bar) - var(--below)) * 16 / 9)));
        margin-inline: auto;
        background: #000;
        color: var(--on-picture);
        overflow: hidden;
    }
    .room.with-fields {
        --below: 22.5rem;
    }
    video {
        display: block;
        width: 100%;
        height: 100%;
        object-fit: contain;
    }
    .dark {
        position: absolute;
        inset: 0;
    }
    .over {
        position: absolute;
        inset: auto 0 0;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
        padding: var(--space-6) var(--space-4) var(--space-3);
        background: linear-gradient(transparent, var(--scrim));
        /* Pictures are dark in both themes. */
        --good: #8fce9a;
        --accent: #ffb648;
        pointer-events: none;
    }
    .corner {
        position: absolute;
        inset: var(--space-3) auto auto var(--space-3);
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
    }
    .pill {
        font-variant-numeric: tabular-nums;
    }
    .pill.arrival {
        max-width: 14rem;
        overflow: hidden;
        text-overflow: ellipsis;
    }
    .pill.note {
        background: var(--scrim);
        color: var(--on-picture);
    }

    /* what is so, in words */
    .words {
        display: grid;
        gap: var(--space-1);
        padding: var(--space-3) var(--space-4) 0;
    }
    .state {
        margin: 0;
        font: 600 var(--text-lg) / 1.3 var(--font-title);
        text-wrap: balance;
    }
    .numbers {
        color: var(--ink-muted);
        font-size: var(--text-sm);
        font-variant-numeric: tabular-nums;
    }
    .numbers summary {
        display: inline-flex;
        align-items: center;
        gap: var(--space-2);
        min-height: 2rem;
        border-radius: var(--radius-sm);
        cursor: pointer;
        list-style: none;
    }
    .numbers summary::-webkit-details-marker {
        display: none;
    }
    .numbers dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(11rem, 40%), 1fr));
        gap: var(--space-3) var(--space-4);
        margin: var(--space-2) 0 var(--space-2);
        padding: var(--space-4);
        border-radius: var(--radius-md);
        background: var(--surface);
    }
    .numbers dt {
        color: var(--ink-faint);
        font-size: var(--text-xs);
    }
    .numbers dd {
        margin: 0;
        color: var(--ink);
    }

    /* what wants an answer */
    .notices {
        display: grid;
        gap: var(--space-2);
        padding: var(--space-3) var(--space-4) 0;
    }
    .notices:empty {
        display: none;
    }
    .notice {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
        padding: var(--space-3) var(--space-4);
        border-radius: var(--radius-md);
        background: var(--warn-soft);
        font-size: var(--text-sm);
    }
    .notice p {
        flex: 1 1 10rem;
        margin: 0;
    }
    .notice .offered {
        order: 1;
        flex-basis: 100%;
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
    }
    /* On paper a raised button would be white on white. */
    .notice.good,
    .bar {
        --surface-raised: var(--surface-hover);
    }
    .notice.good {
        background: var(--surface);
    }

    .setup {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: var(--space-3) var(--space-4);
        padding: var(--space-3) var(--space-4) 0;
    }
    .setup .wide {
        grid-column: 1 / -1;
    }
    .switches {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 0 var(--space-4);
    }
    label.switch {
        display: inline-flex;
        align-items: center;
        gap: var(--space-2);
        min-height: var(--touch);
        margin: 0;
        color: var(--ink);
        font: 400 var(--text-sm) / 1.4 var(--font-text);
    }
    .switch input {
        width: 1.25rem;
        height: 1.25rem;
        accent-color: var(--accent);
    }
    label {
        display: block;
        margin-bottom: var(--space-1);
        color: var(--ink-muted);
        font: 600 var(--text-xs) / 1.4 var(--font-text);
    }
    .title.field {
        font: 600 var(--title-sm) / 1.3 var(--font-title);
    }
    .fault {
        margin: var(--space-1) 0 0;
        color: var(--accent-text);
        font-size: var(--text-sm);
    }

    /* the one bar */
    .bar {
        position: sticky;
        bottom: 0;
        z-index: 3;
        display: flex;
        align-items: center;
        gap: var(--space-2);
        margin: var(--space-4) var(--space-4) 0;
        padding: var(--space-2);
        border-radius: var(--radius-full);
        background: var(--surface);
        box-shadow: var(--shadow-md);
    }
    .bar .space {
        flex: 1;
    }
    .bar .button[aria-pressed='true'] {
        background: var(--accent-soft);
        color: var(--accent-text);
    }
    .bar .button {
        min-width: var(--touch);
    }

    dialog {
        width: min(28rem, calc(100vw - 2rem));
        padding: var(--space-5);
        border: 0;
        border-radius: var(--radius-lg);
        background: var(--surface);
        color: var(--ink);
        box-shadow: var(--shadow-lg);
    }
    dialog::backdrop {
        background: var(--scrim);
    }
    dialog h2 {
        margin: 0;
        font: 600 var(--title-sm) / 1.2 var(--font-title);
    }
    dialog p {
        margin: var(--space-2) 0 0;
        color: var(--ink-muted);
    }
    .actions {
        display: flex;
        flex-wrap: wrap;
        justify-content: end;
        gap: var(--space-2);
        margin-top: var(--space-5);
    }

    @media (max-width: 999.98px) {
        .room,
        .room.with-fields {
            width: min(100%, calc(52dvh * 16 / 9));
        }
        .setup {
            grid-template-columns: minmax(0, 1fr);
        }
        .bar {
            margin: var(--space-3) 0 0;
            padding: var(--space-2) var(--space-3) max(var(--space-2), env(safe-area-inset-bottom));
            border-radius: var(--radius-lg) var(--radius-lg) 0 0;
        }
        .numbers summary {
            min-height: var(--touch);
        }
        .bar .word {
            display: none;
        }
        .bar .main .word {
            display: inline;
        }
        .bar .button:not(.main) {
            width: var(--touch);
            padding: 0;
        }
    }
    @media (min-width: 1000px) {
        .room {
            border-radius: var(--radius-lg);
            box-shadow: 0 10px 40px rgb(0 0 0 / 0.4);
        }
        .words,
        .notices,
        .setup {
            padding-inline: var(--space-2);
        }
        .setup .switches {
            grid-column: span 2;
        }
        .bar {
            bottom: var(--space-3);
            margin-inline: 0;
        }
    }
`;
