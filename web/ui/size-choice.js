// SPDX-License-Identifier: MIT
// In which size live shows are watched: what a viewer chose (a size by name, the best that gets through, or sound alone), what
// that is among the sizes of a show, and this browser's memory of it. Pure but for the memory.

/** @typedef {import('../wire/messages.js').Choice} Choice */
/** @typedef {import('../wire/messages.js').RenditionInfo} RenditionInfo */
/** @typedef {'auto'|'audio'|`${number}p`} SizeChoice */

const KEY = 'tabcast-size';
const NAME = /^[1-9]\d{1,3}p$/;

/** The shorter side names a size, so that a phone held upright has 720p too. @param {{width: number, height: number}} size @returns {`${number}p`} */
export const sizeName = ({ width, height }) => `${Math.min(width, height)}p`;

/**
 * What to ask the relay for. A size that this show does not have is replaced by the next smaller one, or by its smallest.
 * @param {SizeChoice} choice
 * @param {RenditionInfo[]} renditions the best first
 * @returns {Choice}
 */
export function wireChoice(choice, renditions) {
    if (choice === 'auto' || choice === 'audio') return choice;
    const wanted = parseInt(choice, 10);
    const found = renditions.find(({ width, height }) => Math.min(width, height) <= wanted) ?? renditions.at(-1);
    return found === undefined ? 'auto' : /** @type {Choice} */ (found.rendition);
}

/** A picture with this share of the player's pixels is as good as one with all of them. */
const ENOUGH = 0.9;

/**
 * The best size that *Auto* needs in a player so large: more pixels than it has nobody sees.
 * @param {{width: number, height: number}} box of the player, in device pixels; nothing when it is not laid out
 * @param {RenditionInfo[]} renditions the best first
 * @param {number} [now] what it was so far: a smaller one has to have all of the pixels, or a player between two sizes would swing
 * @returns {number} a rendition
 */
export function bestFor({ width, height }, renditions, now = NaN) {
    const [largest] = renditions;
    if (largest === undefined || !(width > 0 && height > 0)) return 0;
    const shown = Math.min(width, (height * largest.width) / largest.height);
    const isEnough = (/** @type {RenditionInfo} */ r) => r.width >= shown * (r.rendition > now ? 1 : ENOUGH);
    return renditions.filter(isEnough).at(-1)?.rendition ?? largest.rendition;
}

/** @returns {SizeChoice} */
export function readSize() {
    try {
        const kept = localStorage.getItem(KEY) ?? '';
        return kept === 'audio' || NAME.test(kept) ? /** @type {SizeChoice} */ (kept) : 'auto';
    } catch {
        return 'auto'; // storage is forbidden here
    }
}

/** @param {SizeChoice} choice */
export function keepSize(choice) {
    try {
        localStorage.setItem(KEY, choice);
    } catch {
        // it holds for this page then
    }
}
