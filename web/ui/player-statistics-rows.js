// SPDX-License-Identifier: MIT
// The player's statistics in words: names and values, ready to be shown. Pure.
import { strings } from '../words/strings.js';
import { formatNumber } from './format.js';

const words = strings.player.numbers;
const UNKNOWN = '–';

/** @typedef {import('../watch/watch-messages.js').Stats} Stats */

/** @param {number} value @param {number} [digits] */
const number = (value, digits = 0) => (Number.isFinite(value) ? formatNumber(value, digits) : UNKNOWN);
/** @param {number} value */
const ms = (value) => (Number.isFinite(value) ? `${formatNumber(value)} ms` : UNKNOWN);
/** @param {number} value */
const signedMs = (value) => (Number.isFinite(value) ? `${value > 0.5 ? '+' : ''}${formatNumber(value)} ms` : UNKNOWN);

/**
 * @param {Stats} stats
 * @param {{width: number, height: number}} size of the picture
 * @param {boolean} isLive
 * @returns {[string, string][]}
 */
export function statisticsRows(stats, { width, height }, isLive) {
    const { captureMs, encodeMs, networkMs, bufferMs, decodeMs, renderMs } = stats.parts;
    /** @type {[string, string][]} */
    const live = [
        [words.setting, strings.player.clock[stats.setting].name],
        [words.latency, ms(stats.latencyMs)],
        [words.parts, words.partsValue([captureMs, encodeMs, networkMs, bufferMs, decodeMs, renderMs].map((part) => number(part)))],
        [words.offset, signedMs(stats.offsetMs)],
        [words.jitter, words.jitterValue(ms(stats.jitterMs), ms(stats.soundJitterMs))],
    ];
    return [
        [words.picture, words.pictureValue(width, height, number(stats.framesPerSecond))],
        [words.losses, words.lossesValue(stats.framesShown, stats.framesDropped, stats.framesCorrupted)],
        ...(isLive ? live : []),
        [words.bitrate, `${number(stats.bitrateBps / 1000)} kbit/s`],
        [words.buffered, ms(stats.bufferedMs)],
        [words.clock, words.clockValue(stats.isSoundMaster, `${number(stats.rate, 3)} ×`)],
        [words.interruptions, words.interruptionsValue(stats.stalls, stats.jumps)],
        [words.path, words.pathValue(stats.decoder, number(stats.decodeMs, 1), stats.sink)],
    ];
}
