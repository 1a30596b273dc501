// SPDX-License-Identifier: MIT
// A text as a QR code, drawn as one path (the modules are computed by lean-qr). Dark on light in every theme: cameras
// expect it so. Pure.
import { html } from 'lit';
import { generate } from 'lean-qr';

const QUIET = 4; // modules of margin (ISO/IEC 18004)

/** @param {string} text @returns {{size: number, path: string}} size with its margin; the dark modules, a run of them per rectangle */
export function qrPath(text) {
    const code = generate(text);
    let path = '';
    for (let y = 0; y < code.size; y++)
        for (let x = 0; x < code.size; x++) {
            if (!code.get(x, y)) continue;
            const from = x;
            while (code.get(x + 1, y)) x++;
            path += `M${from + QUIET} ${y + QUIET}h${x - from + 1}v1h-${x - from + 1}z`;
        }
    return { size: code.size + 2 * QUIET, path };
}

/** @param {string} text @param {string} label what it is, for who does not see it */
export function qrCode(text, label) {
    const { size, path } = qrPath(text);
    return html`<svg class="qr" role="img" aria-label=${label} viewBox=${`0 0 ${size} ${size}`} shape-rendering="crispEdges">
        <path fill="#fff" d=${`M0 0h${size}v${size}h-${size}z`}></path><path fill="#000" d=${path}></path></svg>`;
}
