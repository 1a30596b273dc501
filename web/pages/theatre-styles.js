// SPDX-License-Identifier: MIT
// The house in which the show, replay and studio pages sit: the stage takes the width, footlights glow along its edge,
// the seats (chat) stand beside it from 1000 px on. On a phone the picture is pinned and the chat fills the rest.
import { css } from 'lit';

export const theatreStyles = css`
    body:has(.theatre) {
        --gutter: var(--space-4);
    }
    .theatre {
        --seats: clamp(20rem, 27vw, 25rem);
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        grid-template-rows: auto auto minmax(0, 1fr);
        grid-template-areas: 'stage' 'about' 'seats';
        flex: 1;
        min-height: 0;
        overflow-x: clip;
    }
    .theatre .stage {
        grid-area: stage;
        position: relative;
        z-index: 2;
    }
    .theatre .picture {
        position: relative;
        aspect-ratio: 16 / 9;
        width: min(100%, calc((100dvh - var(--top-bar) - 9.5rem) * 16 / 9));
        margin-inline: auto;
        background: #000;
        color: var(--on-picture);
        overflow: hidden;
    }
    .theatre .picture > :not(tabcast-empty-stage) {
        display: block;
        width: 100%;
        height: 100%;
    }
    .theatre .picture > .behind {
        visibility: hidden;
    }
    .theatre .about {
        grid-area: about;
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-2) var(--space-4);
        align-items: start;
        align-content: start;
        padding: var(--space-3) var(--space-4);
    }
    /* A title, its facts and who makes it: what stands below does not move when they come. */
    .theatre .about.coming {
        min-height: 9.5rem;
    }
    .theatre .about > tabcast-show-actions:not(:defined) {
        min-height: var(--touch);
    }
    .theatre .about h1 {
        font-size: var(--title-sm);
        overflow-wrap: anywhere;
    }
    .theatre .facts {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
        grid-column: 1 / -1;
        color: var(--ink-muted);
        font-size: var(--text-sm);
    }
    .theatre .facts .count {
        display: inline-flex;
        align-items: center;
        gap: 0.4em;
        font-variant-numeric: tabular-nums;
    }
    .theatre .description {
        grid-column: 1 / -1;
        margin: 0;
        max-width: 44rem;
        color: var(--ink-muted);
        overflow-wrap: anywhere;
    }
    .theatre .about > .hint-line {
        grid-column: 1 / -1;
        padding: 0;
    }
    .theatre .seats {
        grid-area: seats;
        min-height: 0;
        display: flex;
    }
    .theatre .seats > * {
        flex: 1;
        min-width: 0;
    }
    .theatre .hint-line {
        margin: 0;
        padding: 0 var(--space-4);
        color: var(--ink-muted);
        font-size: var(--text-sm);
    }

    /* A phone: everything within one screen, the chat scrolls by itself. */
    @media (max-width: 999.98px) {
        body:has(.theatre.fits) {
            height: 100dvh;
        }
        body:has(.theatre.fits) > main {
            min-height: 0;
        }
        body:has(.theatre.fits) > tabcast-footer {
            display: none;
        }
        .theatre .picture {
            width: min(100%, calc(56dvh * 16 / 9));
        }
        .theatre .footlights {
            display: none;
        }
        .theatre .seats {
            background: var(--surface);
            border-radius: var(--radius-lg) var(--radius-lg) 0 0;
            padding-bottom: env(safe-area-inset-bottom);
            min-height: 16rem;
        }
        .theatre.waiting .seats {
            height: 70dvh;
        }
        .theatre.fits .description {
            display: none;
        }
    }
    /* A keyboard takes half the screen: what one writes and what the others do stay in sight. */
    @media (max-width: 999.98px) and (max-height: 600px) and (orientation: portrait) {
        .theatre.fits:has(.seats:focus-within) .about {
            display: none;
        }
        .theatre.fits .seats:focus-within {
            min-height: 0;
        }
    }
    /* A phone on its side: the picture is the page, the chat comes below. */
    @media (max-width: 999.98px) and (max-height: 480px) {
        body:has(.theatre.fits) {
            height: auto;
        }
        .theatre .picture {
            width: min(100%, calc(100dvh * 16 / 9));
        }
        .theatre .seats {
            height: 90dvh;
        }
    }

    @media (min-width: 1000px) {
        .theatre {
            grid-template-columns: minmax(0, 1fr) var(--seats);
            grid-template-rows: auto minmax(0, 1fr);
            grid-template-areas: 'stage seats' 'about seats';
            column-gap: var(--space-4);
            padding: 0 var(--space-4) 0 var(--space-4);
        }
        .theatre.alone {
            grid-template-columns: minmax(0, 1fr);
            grid-template-areas: 'stage' 'about';
        }
        .theatre .stage::before {
            /* What the footlights throw up the front of the stage and onto the boards. */
            content: '';
            position: absolute;
            z-index: -1;
            pointer-events: none;
            inset: 50% -3% -3rem;
            background: radial-gradient(ellipse 50% 50% at 50% 50%, var(--glow), var(--glow-soft) 50%, transparent 72%);
        }
        .theatre .picture {
            border-radius: var(--radius-lg);
            box-shadow: 0 10px 40px rgb(0 0 0 / 0.4);
        }
        .theatre .about {
            gap: var(--space-3) var(--space-4);
            padding: var(--space-1) var(--space-2) var(--space-5);
        }
        .theatre .about h1 {
            font-size: var(--title-lg);
        }
        .theatre .seats {
            position: sticky;
            top: var(--space-4);
            height: calc(100dvh - var(--top-bar) - var(--space-4));
            background: var(--surface);
            border-radius: var(--radius-lg);
            box-shadow: var(--shadow-md);
            overflow: hidden;
        }
    }
`;
