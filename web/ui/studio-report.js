// SPDX-License-Identifier: MIT
// What a creator is told of the show that is made: one sentence first, and numbers for those who ask. Pure.
import { studioStrings as words } from '../words/studio.js';
import { formatNumber } from './format.js';

/** @typedef {import('../publish/publish-messages.js').PublishStats} PublishStats */
/** @typedef {import('../publish/publisher.js').ShowPhase} ShowPhase */

/** Sound and picture of a show are late by this much when the line is full. */
const SLOW_ACK_MS = 600;

/**
 * How the picture is, in a few words.
 * @param {PublishStats} stats
 * @param {number} wantedFramesPerSecond
 * @param {boolean} isScreen a still screen sends few pictures and is fine
 */
export function pictureWords(stats, wantedFramesPerSecond, isScreen) {
    const { pictures } = words;
    if (stats.framesPerSecond < 0.4 && stats.framesEncoded === 0) return pictures.none;
    if (stats.reducedBy === 'network') return pictures.reducedByNetwork;
    if (stats.reducedBy === 'machine') return pictures.reducedByMachine;
    if (stats.ackDelayMs > SLOW_ACK_MS) return pictures.slow;
    if (!isScreen && stats.framesPerSecond < wantedFramesPerSecond * 0.75) return pictures.stutters;
    if (stats.lesserGivenUpBy === 'network') return pictures.smallerRestByNetwork;
    if (stats.lesserGivenUpBy === 'machine') return pictures.smallerRestByMachine;
    return pictures.good;
}

/**
 * The one sentence about the state.
 * @param {object} what
 * @param {ShowPhase} what.phase
 * @param {PublishStats} what.stats
 * @param {number} what.wantedFramesPerSecond
 * @param {boolean} what.isScreen
 * @param {boolean} what.hasPicture
 */
export function stateSentence({ phase, stats, wantedFramesPerSecond, isScreen, hasPicture }) {
    const { state } = words;
    switch (phase) {
        case 'off':
            return hasPicture ? state.ready : state.off;
        case 'connecting':
            return state.connecting;
        case 'live':
            return state.live(stats.viewers, hasPicture ? pictureWords(stats, wantedFramesPerSecond, isScreen) : words.pictures.soundAlone);
        case 'reconnecting':
            return state.reconnecting;
        case 'ending':
            return state.ending;
        default:
            throw new Error(`no sentence for ${/** @type {string} */ (phase)}`);
    }
}

/** 2 512 000 -> "2.5 Mbit/s", 96 000 -> "96 kbit/s". @param {number} bps */
export function formatBitrate(bps) {
    if (bps >= 999_500) return `${formatNumber(bps / 1e6, 1)} Mbit/s`;
    return `${formatNumber(bps / 1000)} kbit/s`;
}

/** The three figures that stand below the sentence. @param {PublishStats} stats */
export const shortNumbers = (stats) => words.short(formatNumber(stats.framesPerSecond), formatBitrate(stats.bitrateBps), formatNumber(stats.encodeMs));

/** "640 × 360, 480 kbit/s", or why there is none. @param {import('../publish/publish-messages.js').RenditionStats} rendition */
function sizeWords({ width, height, state, bitrateBps }) {
    return `${width} × ${height}, ${state === 'sent' ? formatBitrate(bitrateBps) : words.sizeStates[state]}`;
}

/**
 * All figures, for who wants to know.
 * @param {PublishStats} stats
 * @returns {[name: string, value: string][]}
 */
export function allNumbers(stats) {
    const { numberNames: names, numberValues: values } = words;
    const [best, ...lesser] = stats.renditions;
    const { busy, network, encoder } = stats.dropReasons;
    const milliseconds = (/** @type {number} */ ms) => `${formatNumber(ms, 1)} ms`;
    return [
        [names.size, best ? `${best.width} × ${best.height}` : '–'],
        [names.sizes, lesser.length > 0 ? lesser.map(sizeWords).join('; ') : '–'],
        [names.framesPerSecond, formatNumber(stats.framesPerSecond, 1)],
        [names.bitrate, formatBitrate(stats.bitrateBps)],
        [names.target, best ? formatBitrate(best.targetBitrateBps) : '–'],
        [names.encode, `${milliseconds(stats.encodeMs)}${stats.threads > 1 ? `, ${values.threads(stats.threads)}` : ''}`],
        [names.copy, milliseconds(stats.copyMs)],
        [names.send, values.send(milliseconds(stats.sendMs), milliseconds(stats.waitMs))],
        [names.sound, stats.sound ? `${values.applications[stats.sound.application]}, ${formatBitrate(stats.soundBitrateBps)}` : '–'],
        [names.ack, `${formatNumber(stats.ackDelayMs)} ms`],
        [names.dropped, values.dropped(stats.framesDropped, busy, network, encoder)],
        [names.keyframes, formatNumber(stats.keyframes)],
        [names.recording, words.recording[stats.recording]],
    ];
}
