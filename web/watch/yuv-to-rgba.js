// SPDX-License-Identifier: MIT
// I420, BT.601 limited range, to RGBA in plain JavaScript: the last resort of browsers without VideoFrame. Pure.

/** @typedef {import('../codec/video-decoder.js').DecodedFrame} DecodedFrame */

/**
 * @param {Pick<DecodedFrame, 'buffer'|'layout'|'width'|'height'>} frame
 * @returns {ArrayBuffer} width × height × 4 bytes
 */
export function convertToRgba({ buffer, layout, width, height }) {
    const out = new Uint8ClampedArray(width * height * 4);
    const [y, u, v] = layout;
    let to = 0;
    for (let row = 0; row < height; row++) {
        const yAt = y.offset + row * y.stride;
        const uAt = u.offset + (row >> 1) * u.stride;
        const vAt = v.offset + (row >> 1) * v.stride;
        for (let column = 0; column < width; column++) {
            // 16.16 fixed point: 255/219 × 65536, then the four chroma factors of BT.601 scaled by 255/224.
            const luma = (buffer[yAt + column] - 16) * 76309 + 32768;
            const cb = buffer[uAt + (column >> 1)] - 128;
            const cr = buffer[vAt + (column >> 1)] - 128;
            out[to] = (luma + cr * 104597) >> 16;
            out[to + 1] = (luma - cb * 25675 - cr * 53279) >> 16;
            out[to + 2] = (luma + cb * 132201) >> 16;
            out[to + 3] = 255;
            to += 4;
        }
    }
    return out.buffer;
}
