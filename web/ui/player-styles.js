// SPDX-License-Identifier: MIT
// The player's look: dark controls over the picture in either theme, amber for what moves, red for live alone.
// Measures follow the player's own width, not the window's. Every token has a value of its own, for pages without the theme.
import { css } from 'lit';

export const playerStyles = css`
    :host {
        display: block;
        position: relative;
        container-type: size;
        aspect-ratio: 16 / 9;
        background: #000;
        color: var(--on-picture, #fff8ee);
        --media-primary-color: var(--on-picture, #fff8ee);
        --media-secondary-color: transparent;
        --media-control-background: transparent;
        --media-control-hover-background: rgb(255 248 238 / 0.14);
        --media-control-height: 1.5rem;
        --media-control-padding: 0.625rem;
        --media-range-padding: 0.5rem;
        --media-range-bar-color: var(--accent, #ffb648);
        --media-range-thumb-background: var(--accent, #ffb648);
        --media-range-thumb-width: 0.875rem;
        --media-range-thumb-height: 0.875rem;
        --media-range-track-height: 0.25rem;
        --media-range-track-border-radius: 0.25rem;
        --media-time-range-buffered-color: rgb(255 248 238 / 0.36);
        --media-focus-box-shadow: inset 0 0 0 3px var(--accent, #ffb648);
        --media-font-family: var(--font-text, system-ui, sans-serif);
        --media-font-size: 0.875rem;
        --media-live-button-icon-color: var(--on-picture-muted, #d9c9b6);
        --media-live-button-indicator-color: #ff5a4a;
        --media-tooltip-background-color: rgb(8 5 3 / 0.86);
        --media-preview-background: rgb(8 5 3 / 0.86);
    }
    :host([hidden]),
    [hidden] {
        display: none !important;
    }
    media-controller {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        outline: none;
    }
    /* Before the controls are there: the picture, and the words upon it. */
    media-controller:not(:defined) {
        display: grid;
        place-items: center;
    }
    media-controller:not(:defined) > * {
        grid-area: 1 / 1;
        min-width: 0;
    }
    media-controller:not(:defined) > .sound {
        place-self: start;
    }
    media-control-bar:not(:defined) {
        display: none;
    }
    /* The picture has keys of its own, and says when it listens to them: over what lies on it. */
    media-controller:focus-visible::after {
        content: '';
        position: absolute;
        inset: 0;
        box-shadow: inset 0 0 0 3px var(--accent, #ffb648);
        pointer-events: none;
    }
    tabcast-media {
        width: 100%;
        height: 100%;
    }
    /* Controls stand on a shade that hugs the lower edge. */
    media-control-bar {
        align-items: center;
        padding: 2.5rem 0.5rem 0.25rem;
        background: linear-gradient(transparent, rgb(8 5 3 / 0.72));
    }
    media-control-bar > :is(media-play-button, media-mute-button, media-fullscreen-button, media-live-button) {
        border-radius: 999px;
        min-width: 2.75rem;
        min-height: 2.75rem;
    }
    media-control-bar [slot] {
        display: grid;
        place-items: center;
    }
    media-time-range {
        flex: 1;
        min-width: 3rem;
        margin-inline-start: 0.5rem;
    }
    /* Paler and apart, so that it is not taken for the beginning of the time beside it. */
    media-volume-range {
        width: 5rem;
        margin-inline-end: 0.75rem;
        --media-range-bar-color: var(--on-picture, #fff8ee);
        --media-range-thumb-background: var(--on-picture, #fff8ee);
    }
    media-time-display {
        font-variant-numeric: tabular-nums;
    }
    media-live-button {
        margin-inline-start: 0.25rem;
        --media-font-weight: 600;
        letter-spacing: 0.04em;
    }
    .gap {
        flex: 1;
    }
    @container (max-width: 26rem) {
        media-volume-range {
            display: none;
        }
        media-control-bar {
            padding-inline: 0.25rem;
        }
    }

    /* Words in the picture's place. */
    .place {
        display: grid;
        justify-items: center;
        width: 100%;
    }
    .place:empty {
        display: none;
    }
    .words {
        display: grid;
        justify-items: center;
        gap: 0.5rem;
        box-sizing: border-box;
        max-width: min(30rem, 100% - 2rem);
        line-height: 1.45;
        font-size: 0.9375rem;
        font-family: var(--font-text, system-ui, sans-serif);
        text-align: center;
        text-wrap: balance;
        overflow-wrap: anywhere;
    }
    .words.card {
        padding: 1.25rem 1.5rem;
        border-radius: var(--radius-lg, 1.25rem);
        background: rgb(8 5 3 / 0.78);
    }
    .words h2 {
        margin: 0;
        font: 600 1.375rem/1.2 var(--font-title, Georgia, serif);
    }
    .words p {
        margin: 0;
    }
    .spinner {
        width: 2.5rem;
        height: 2.5rem;
        border-radius: 50%;
        border: 3px solid rgb(255 248 238 / 0.25);
        border-top-color: var(--accent, #ffb648);
        /* Not before it is worth mentioning. */
        animation: turn 0.9s linear infinite, appear 0.2s 0.5s both;
    }
    .late {
        animation: appear 0.2s 0.5s both;
    }
    @keyframes turn {
        to {
            transform: rotate(1turn);
        }
    }
    @keyframes appear {
        from {
            opacity: 0;
        }
    }
    .button {
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
        min-height: 2.75rem;
        padding: 0 1.125rem;
        border: 0;
        border-radius: 999px;
        background: var(--accent, #ffb648);
        color: var(--accent-ink, #221503);
        font: 600 0.9375rem/1 var(--font-text, system-ui, sans-serif);
        text-decoration: none;
        cursor: pointer;
    }
    .button:hover {
        background: var(--accent-hover, #ffc56e);
    }
    .button:focus-visible {
        outline: 3px solid var(--on-picture, #fff8ee);
        outline-offset: 2px;
    }
    .sound {
        align-self: flex-start;
        margin: 0.75rem;
        box-shadow: 0 4px 20px rgb(0 0 0 / 0.5);
    }
    .begin {
        display: grid;
        place-items: center;
        width: 4.5rem;
        height: 4.5rem;
        border-radius: 50%;
        background: var(--accent, #ffb648);
        color: var(--accent-ink, #221503);
        box-shadow: 0 6px 40px var(--glow, rgb(255 170 64 / 0.34));
        pointer-events: none;
    }
    .visually-hidden {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
        white-space: nowrap;
    }
    @media (prefers-reduced-motion: reduce) {
        .spinner {
            animation: appear 0.01s 0.5s both;
        }
    }
`;
