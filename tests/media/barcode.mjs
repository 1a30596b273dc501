// SPDX-License-Identifier: MIT
// A frame counter that survives lossy coding: the top 1/15 of the picture holds N+4 equal cells: white, black,
// N bits (most significant first), even parity, odd parity. 20 cells for N = 16.
export const COUNTER_BITS = 16;
export const CELLS = COUNTER_BITS + 4;
const WHITE = 235;
const BLACK = 16;

/** @returns {boolean[]} one per cell, true = white */
export function counterCells(value) {
    const bits = [];
    for (let i = COUNTER_BITS - 1; i >= 0; i--) bits.push(Boolean((value >> i) & 1));
    const odd = bits.filter(Boolean).length % 2 === 1;
    return [true, false, ...bits, odd, !odd];
}

/** Draws the counter into a raw I420 picture in place. */
export function drawCounter(i420, width, height, value) {
    const rows = Math.floor(height / 15) & ~1;
    const cells = counterCells(value);
    const row = Buffer.alloc(width);
    for (let x = 0; x < width; x++) row[x] = cells[Math.min(CELLS - 1, Math.floor((x * CELLS) / width))] ? WHITE : BLACK;
    for (let y = 0; y < rows; y++) row.copy(i420, y * width);
    const chromaWidth = width >> 1;
    const u = width * height;
    const v = u + chromaWidth * (height >> 1);
    i420.fill(128, u, u + chromaWidth * (rows >> 1));
    i420.fill(128, v, v + chromaWidth * (rows >> 1));
}

/**
 * Reads the counter from one luma sample (0..255) per cell centre.
 * @param {ArrayLike<number>} luma CELLS values
 * @returns {number} the counter, or -1 when it cannot be read
 */
export function readCounter(luma) {
    const white = luma[0];
    const black = luma[1];
    if (white - black < 60) return -1;
    const threshold = (white + black) / 2;
    let value = 0;
    let ones = 0;
    for (let i = 0; i < COUNTER_BITS; i++) {
        const bit = luma[2 + i] > threshold ? 1 : 0;
        value = value * 2 + bit;
        ones += bit;
    }
    const even = luma[CELLS - 2] > threshold ? 1 : 0;
    const odd = luma[CELLS - 1] > threshold ? 1 : 0;
    if (even !== ones % 2 || odd === even) return -1;
    return value;
}
