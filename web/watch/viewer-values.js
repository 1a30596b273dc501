// SPDX-License-Identifier: MIT
// Values of the viewer's face that need no state: statistics before there are any, time ranges as media elements have them. Pure.

import { NO_PARTS } from './latency-split.js';

/** @typedef {import('./watch-messages.js').Stats} Stats */

/** @type {Stats} */
export const NO_STATS = Object.freeze({
    latencyMs: NaN, bufferedMs: 0, framesDecoded: 0, framesDropped: 0, framesShown: 0, framesCorrupted: 0, rendition: 0,
    decoder: 'wasm', sink: '', setting: 'normal', parts: NO_PARTS, framesPerSecond: 0, jitterMs: NaN, soundJitterMs: NaN, soundLeadMs: NaN, offsetMs: NaN,
    bitrateBps: 0, decodeMs: 0, rate: 1, isSoundMaster: false, stalls: 0, jumps: 0,
});

/** TimeRanges of our own. @param {[number, number][]} ranges seconds */
export function timeRanges(ranges) {
    const at = (/** @type {number} */ i) => {
        if (!(i >= 0 && i < ranges.length)) throw new DOMException(`no range ${i} of ${ranges.length}`, 'IndexSizeError');
        return ranges[i];
    };
    return { length: ranges.length, start: (/** @type {number} */ i) => at(i)[0], end: (/** @type {number} */ i) => at(i)[1] };
}
