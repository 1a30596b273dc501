// SPDX-License-Identifier: MIT
// The empty stage as a picture: curtains drawn aside, boards, and the ghost light, the one lamp a theatre leaves
// burning when everybody has gone home. Dark in both themes, like any picture. Decoration only.
import { svg } from 'lit';

/** One half of the curtain: folds that narrow towards the tie, mirrored for the other side. */
const FOLDS = [0, 26, 52, 78, 104, 130];

const drape = (/** @type {string} */ transform) => svg`<g transform=${transform}>
    ${FOLDS.map((x, i) => svg`<path fill=${i % 2 ? 'url(#gl-fold)' : 'url(#gl-fold-dark)'}
        d=${`M${x - 8} 0H${x + 26}C${x + 22 - i * 2} 150 ${x * 0.55 + 30} 250 ${x * 0.34 + 30} 300C${x * 0.45 + 26} 350 ${x * 0.6 + 24} 400 ${x * 0.66 + 24} 450H${x * 0.62 - 10}C${x * 0.5} 390 ${x * 0.3} 340 ${x * 0.28} 300C${x * 0.4} 240 ${x - 6} 150 ${x - 8} 0Z`}></path>`)}
    <path fill="#c98a3c" opacity=".8" d="M-8 292C30 312 60 312 84 296L82 306C60 322 28 322-8 302Z"></path>
</g>`;

const boards = Array.from({ length: 13 }, (_, i) => {
    const x = (i - 6) * 34;
    return svg`<path stroke="#0d0806" stroke-opacity=".55" stroke-width="1.5" d=${`M${400 + x} 268L${400 + x * 3.6} 450`}></path>`;
});

const lamps = Array.from({ length: 9 }, (_, i) => {
    const x = 80 + i * 80;
    return svg`<ellipse cx=${x} cy="438" rx="15" ry="6" fill="#0d0806"></ellipse><path d=${`M${x - 11} 436a11 9 0 0 1 22 0Z`} fill="#5d4126"></path>`;
});

export const ghostLight = svg`<svg class="ghost-light" viewBox="0 0 800 450" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
    <defs>
        <radialGradient id="gl-air" cx=".5" cy=".32" r=".66"><stop offset="0" stop-color="#6b4720"></stop><stop offset=".32" stop-color="#38240f"></stop><stop offset=".7" stop-color="#170f0a"></stop><stop offset="1" stop-color="#0c0806"></stop></radialGradient>
        <radialGradient id="gl-halo"><stop offset="0" stop-color="#ffe2ab" stop-opacity=".95"></stop><stop offset=".16" stop-color="#ffc468" stop-opacity=".5"></stop><stop offset=".5" stop-color="#ffa53c" stop-opacity=".14"></stop><stop offset="1" stop-color="#ffa53c" stop-opacity="0"></stop></radialGradient>
        <radialGradient id="gl-pool"><stop offset="0" stop-color="#ffc873" stop-opacity=".62"></stop><stop offset=".5" stop-color="#ffac48" stop-opacity=".2"></stop><stop offset="1" stop-color="#ffac48" stop-opacity="0"></stop></radialGradient>
        <linearGradient id="gl-fold" x1="0" x2="1"><stop offset="0" stop-color="#2a1a12"></stop><stop offset=".55" stop-color="#5a3c29"></stop><stop offset="1" stop-color="#23150e"></stop></linearGradient>
        <linearGradient id="gl-fold-dark" x1="0" x2="1"><stop offset="0" stop-color="#1c110b"></stop><stop offset=".6" stop-color="#41291b"></stop><stop offset="1" stop-color="#180e09"></stop></linearGradient>
        <linearGradient id="gl-floor" x1="0" x2="0" y1="0" y2="1"><stop offset="0" stop-color="#2b1a0e"></stop><stop offset="1" stop-color="#120a06"></stop></linearGradient>
        <linearGradient id="gl-valance" x1="0" x2="0" y1="0" y2="1"><stop offset="0" stop-color="#150c08"></stop><stop offset="1" stop-color="#4a3020"></stop></linearGradient>
    </defs>
    <path fill="url(#gl-air)" d="M0 0h800v450H0z"></path>
    <path fill="url(#gl-floor)" d="M0 268h800v182H0z"></path>
    ${boards}
    <ellipse cx="400" cy="312" rx="290" ry="56" fill="url(#gl-pool)"></ellipse>
    <path fill="#0a0604" opacity=".55" d="M404 308l130 40-14 6-124-42z"></path>
    <g class="lamp">
        <circle cx="400" cy="142" r="190" fill="url(#gl-halo)"></circle>
        <path stroke="#120a06" stroke-width="4.5" stroke-linecap="round" d="M400 172V310"></path>
        <path fill="#120a06" d="M368 314c6-8 21-9 32-9s26 1 32 9c-10 5-54 5-64 0z"></path>
        <path fill="#1b100a" d="M392 164h16l-2 13h-12z"></path>
        <path fill="#fff4dc" d="M400 121c12 0 20 8 20 20 0 9-9 14-11 23h-18c-2-9-11-14-11-23 0-12 8-20 20-20z"></path>
        <path fill="none" stroke="#1b100a" stroke-opacity=".62" stroke-width="1.6" d="M392 166c-17-9-24-48 8-54 32 6 25 45 8 54M400 112v54M375 140c14 6 36 6 50 0"></path>
    </g>
    ${drape('translate(0 0)')}
    ${drape('translate(800 0) scale(-1 1)')}
    <path fill="url(#gl-valance)" d="M0 0h800v30c-33 34-67 34-100 8-33 30-67 30-100 4-33 26-67 26-100 2-33 24-67 24-100 0-33 24-67 24-100 0-33 24-67 24-100-2-33 22-67 22-100-4-33 26-67 22-100-8z"></path>
    <path fill="none" stroke="#c98a3c" stroke-width="3" opacity=".75" d="M0 30c33 30 67 34 100 8 33 26 67 26 100 4 33 26 67 26 100 2 33 24 67 24 100 0 33 24 67 24 100 0 33 24 67 24 100-2 33 26 67 26 100-4 33 26 67 26 100-8"></path>
    ${lamps}
</svg>`;
