// SPDX-License-Identifier: MIT
// The few controls all elements share: buttons, icon buttons, fields, pills, footlights. Add to `static styles`.
import { css } from 'lit';

export const controlStyles = css`
    .button {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: var(--space-2);
        min-height: var(--touch);
        padding: 0 var(--space-4);
        border: 0;
        border-radius: var(--radius-full);
        background: var(--surface-raised);
        color: var(--ink);
        font: 600 var(--text-sm) / 1 var(--font-text);
        text-decoration: none;
        white-space: nowrap;
        cursor: pointer;
        transition: background var(--quick), box-shadow var(--calm), transform var(--quick);
        -webkit-tap-highlight-color: transparent;
    }
    .button:hover {
        background: var(--surface-hover);
    }
    .button:active {
        transform: scale(0.98);
    }
    .button.primary {
        background: var(--accent);
        color: var(--accent-ink);
        box-shadow: 0 4px 24px -4px var(--glow);
    }
    .button.primary:hover {
        background: var(--accent-hover);
        box-shadow: 0 6px 36px -2px var(--glow);
    }
    .button.quiet {
        background: transparent;
        color: var(--ink-muted);
    }
    .button.quiet:hover {
        background: var(--surface-raised);
        color: var(--ink);
    }
    .button.large {
        min-height: 3.25rem;
        padding: 0 var(--space-5);
        font-size: var(--text-md);
    }
    .icon-button {
        padding: 0;
        width: var(--touch);
    }
    .button:disabled,
    .button[aria-disabled='true'] {
        opacity: 0.5;
        cursor: not-allowed;
        box-shadow: none;
    }
    .field {
        width: 100%;
        min-height: var(--touch);
        padding: 0.625rem var(--space-3);
        border: 0;
        border-radius: var(--radius-md);
        background: var(--surface-raised);
        box-shadow: inset 0 0 0 1px var(--line);
        color: var(--ink);
        font: 400 var(--text-md) / 1.5 var(--font-text);
    }
    select.field {
        appearance: none;
        padding-right: 2.25rem;
        text-overflow: ellipsis;
        background-image: linear-gradient(45deg, transparent 50%, var(--ink-muted) 50%), linear-gradient(-45deg, transparent 50%, var(--ink-muted) 50%);
        background-position: right 1.2rem center, right 0.85rem center;
        background-size: 0.36rem 0.36rem;
        background-repeat: no-repeat;
    }
    .field::placeholder {
        color: var(--ink-faint);
        opacity: 1;
    }
    .pill {
        display: inline-flex;
        align-items: center;
        gap: 0.4em;
        padding: 0.28em 0.7em;
        border-radius: var(--radius-full);
        background: var(--surface-raised);
        color: var(--ink-muted);
        font: 600 var(--text-xs) / 1.3 var(--font-text);
        white-space: nowrap;
    }
    .pill.live {
        background: var(--live);
        color: var(--live-ink);
    }
    .pill.live::before {
        content: '';
        width: 0.5em;
        height: 0.5em;
        border-radius: 50%;
        background: currentColor;
        animation: beat 2s ease-in-out infinite;
    }
    @keyframes beat {
        50% {
            opacity: 0.35;
        }
    }
    /* Footlights along a stage's edge. On the lip they throw their light up, and the stage's front stands dark below;
       \`under\` a picture their light falls on the boards. */
    .footlights {
        --lamp-y: 3.25rem;
        height: 5rem;
        margin-top: -3.25rem;
        background:
            radial-gradient(circle 2px at 50% var(--lamp-y), #fff6e2 60%, transparent) center top / 4rem 100% repeat-x,
            radial-gradient(ellipse 0.5rem 0.26rem at 50% var(--lamp-y), var(--accent) 45%, transparent) center top / 4rem 100% repeat-x,
            linear-gradient(transparent 3.35rem, var(--bg-deep) 3.35rem, var(--bg) 4.75rem),
            radial-gradient(ellipse 1.9rem 3rem at 50% var(--lamp-y), var(--glow), var(--glow-soft) 45%, transparent) center top / 4rem 100% repeat-x;
        mask: linear-gradient(90deg, transparent, #000 14%, #000 86%, transparent);
        pointer-events: none;
    }
    .footlights.under {
        --lamp-y: 0.6rem;
        height: 2.5rem;
        margin-top: 0;
        background:
            radial-gradient(circle 2px at 50% var(--lamp-y), #fff6e2 60%, transparent) center top / 4rem 100% repeat-x,
            radial-gradient(ellipse 0.5rem 0.26rem at 50% var(--lamp-y), var(--accent) 45%, transparent) center top / 4rem 100% repeat-x,
            radial-gradient(ellipse 1.9rem 1.8rem at 50% var(--lamp-y), var(--glow), var(--glow-soft) 45%, transparent) center top / 4rem 100% repeat-x;
    }
    .visually-hidden {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
        white-space: nowrap;
    }
    :focus-visible {
        outline: 3px solid var(--accent-text);
        outline-offset: 2px;
    }
    .icon {
        flex: none;
    }
    [hidden] {
        display: none !important;
    }
    *,
    ::before,
    ::after {
        box-sizing: border-box;
    }
    @media (prefers-reduced-motion: reduce) {
        *,
        ::before,
        ::after {
            animation: none !important;
            transition: none !important;
        }
    }
`;
