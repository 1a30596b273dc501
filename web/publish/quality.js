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

/** Halves of the best one, while they are worth having: the shorter side of the least. */
const LEAST_SIDE = 160;
const MOST_LESSER = 2;

/** What pictures of so many pixels are given, as libwebrtc's simulcast table has it; between its rows in proportion. */
const SIMULCAST = Object.freeze([
    { pixels: 320 * 180, bitrateBps: 150_000 },
    { pixels: 640 * 360, bitrateBps: 500_000 },
    { pixels: 960 * 540, bitrateBps: 1_200_000 },
    { pixels: 1280 * 720, bitrateBps: 2_500_000 },
]);

/** @param {number} pixels */
function simulcastBps(pixels) {
    const above = Math.max(1, SIMULCAST.findIndex((row) => row.pixels >= pixels));
    const [low, high] = [SIMULCAST[above - 1], SIMULCAST[above]];
    const part = (pixels - low.pixels) / (high.pixels - low.pixels);
    return Math.max(80_000, Math.round(low.bitrateBps + part * (high.bitrateBps - low.bitrateBps)));
}

/** @typedef {{width: number, height: number, bitrateBps: number}} LesserSize */

/**
 * The smaller sizes a show is offered in beside its best one, the largest first.
 * @param {{width: number, height: number}} best
 * @returns {LesserSize[]}
 */
export function lesserSizes({ width, height }) {
    const sizes = [];
    for (let part = 2; sizes.length < MOST_LESSER && Math.min(width, height) / part >= LEAST_SIDE; part *= 2) {
        const size = { width: even(width / part), height: even(height / part) };
        sizes.push({ ...size, bitrateBps: simulcastBps(size.width * size.height) });
    }
    return sizes;
}
