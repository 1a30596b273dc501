// SPDX-License-Identifier: MIT
// The qualities a creator may choose, and what size a picture gets under one. Pure.

/**
 * @typedef {object} Quality
 * @property {QualityId} id
 * @property {number} width            of the box a landscape picture must fit into; turned for portrait
 * @property {number} height
 * @property {number} framesPerSecond
 * @property {number} bitrateBps       of the picture, all layers together
 * @property {number} soundBitrateBps
 */
/** @typedef {'360p'|'480p'|'720p'|'1080p'} QualityId */

/** Bitrates after libwebrtc's simulcast table; sound is stereo, for music from a shared screen too. */
export const QUALITIES = Object.freeze(
    /** @type {Quality[]} */ ([
        { id: '360p', width: 640, height: 360, framesPerSecond: 30, bitrateBps: 700_000, soundBitrateBps: 64_000 },
        { id: '480p', width: 854, height: 480, framesPerSecond: 30, bitrateBps: 1_200_000, soundBitrateBps: 96_000 },
        { id: '720p', width: 1280, height: 720, framesPerSecond: 30, bitrateBps: 2_500_000, soundBitrateBps: 96_000 },
        { id: '1080p', width: 1920, height: 1080, framesPerSecond: 30, bitrateBps: 4_500_000, soundBitrateBps: 128_000 },
    ]),
);

/** @type {QualityId} */
export const DEFAULT_QUALITY = '720p';

/**
 * @param {string} id
 * @returns {Quality} the default one for a name nobody knows
 */
export function qualityOf(id) {
    const found = QUALITIES.find((q) => q.id === id) ?? QUALITIES.find((q) => q.id === DEFAULT_QUALITY);
    if (!found) throw new Error('the default quality is not in the table');
    return found;
}

/** libvpx and the chroma planes want even sides; 16 is the encoder's least. */
const even = (/** @type {number} */ n) => Math.max(16, Math.round(n / 2) * 2);

/**
 * The size a picture is encoded at: inside the box, never enlarged, its shape kept.
 * @param {{width: number, height: number}} source
 * @param {{width: number, height: number}} box   for landscape; turned when the source stands upright
 * @param {number} [scale]  1, or less when the machine or the network asks for it
 */
export function encodedSize(source, box, scale = 1) {
    const isUpright = source.height > source.width;
    const boxWidth = isUpright ? box.height : box.width;
    const boxHeight = isUpright ? box.width : box.height;
    const fit = Math.min(1, boxWidth / source.width, boxHeight / source.height) * scale;
    return { width: even(source.width * fit), height: even(source.height * fit) };
}
