// SPDX-License-Identifier: MIT
// The decisions of live playing as sums: how far behind the show's clock to present, and when held sound
// may start. Pure.
//
// What is presented at local time t should be the show's time t − delay, where delay covers, for nearly
// every packet: its way here, and then the sound device's read-ahead or the decoding of a picture. In the setting
// *normal* the picture waits for the sound, and without sound it comes as soon as the jitter allows. In *closest to live*
// each picture is shown as it comes, and the sound follows as near as the device allows.

import { JUMP_MS } from './clock.js';

/** Between data being there and being read: timers, one render quantum. */
const SLACK_MS = 5;
/** The same with nothing in reserve. */
const NEAR_SLACK_MS = 2;
/** In *closest to live* sound may be this much later than the picture; a picture waits beyond. */
export const TRAIL_LIMIT_MS = 52;
/** But no longer than this for a sound that is late by jitter, unless it is later than anybody would bear; a device's own
 *  latency beyond the usual is waited for. */
const WAIT_MOST_MS = 15;
export const TRAIL_MOST_MS = 95;
const USUAL_LEAD_MS = 45;
/** And this much earlier: where pictures come late, the sound waits. */
const LEAD_LIMIT_MS = 30;

/** @typedef {'normal'|'closest'} Setting */

/** Until arrivals were seen, what the relay says about the time now is believed, and this much added. */
const FIRST_GUESS_MS = 60;
/** A start needs this much sound in hand. */
const START_MIN_MS = 10;
/** Held for longer than this although there is sound, it starts with what there is. */
const PATIENCE_MS = 400;

/**
 * @param {object} known
 * @param {number|null} known.audioDelayMs  delayBehindMs() of the sound, null before the first packet
 * @param {number|null} known.videoDelayMs  the same of the picture
 * @param {number} known.leadMs             what the sound device reads ahead
 * @param {number} known.decodeMs           mean time to decode a picture
 * @param {boolean} known.hasSound          sound is the master
 * @param {number} known.pathGuessMs        local time at which the show's clock was zero, by the relay's word
 */
export function presentDelayMs({ audioDelayMs, videoDelayMs, leadMs, decodeMs, hasSound, pathGuessMs }) {
    const guess = pathGuessMs + FIRST_GUESS_MS;
    const forPicture = (videoDelayMs ?? guess) + decodeMs;
    if (!hasSound) return forPicture;
    const forSound = (audioDelayMs ?? guess) + leadMs + SLACK_MS;
    return Math.max(forSound, videoDelayMs === null ? -Infinity : forPicture);
}

/**
 * How far behind the show's clock sound should be in *closest to live*.
 * @param {object} known
 * @param {number|null} known.neededMs     NeededDelay: with so much it would have gone well lately; null: not known
 * @param {number|null} known.audioDelayMs delayBehindMs() of the sound, null before the first packet
 * @param {number} known.leadMs            what the sound device reads ahead
 * @param {number} known.shownDelayMs      how far behind pictures are shown; NaN before the first
 * @param {number} known.pathGuessMs       as above
 */
export function closestDelayMs({ neededMs, audioDelayMs, leadMs, shownDelayMs, pathGuessMs }) {
    const forSound = (neededMs ?? (audioDelayMs ?? pathGuessMs + FIRST_GUESS_MS) + leadMs) + NEAR_SLACK_MS;
    return Number.isNaN(shownDelayMs) ? forSound : Math.max(forSound, shownDelayMs - LEAD_LIMIT_MS);
}

/** In *closest to live*: how long a picture may wait for the sound. @param {number} leadMs what the sound device reads ahead */
export const longestWaitMs = (leadMs) => WAIT_MOST_MS + Math.max(0, leadMs - USUAL_LEAD_MS);

/**
 * @param {object} state
 * @param {number} state.beginMs  first sample in hand
 * @param {number} state.endMs    behind the last sample in hand
 * @param {number} state.wantedMs what the device should read now to be in time
 * @param {number} state.heldMs   how long it has been held
 * @param {boolean} state.isFresh a beginning: what is older than wanted is not missed. Else it goes on after a
 *   hole, and what was not heard yet is heard unless that is far too late
 * @returns {number|null} the time to start from, or null: wait
 */
export function soundStartMs({ beginMs, endMs, wantedMs, heldMs, isFresh }) {
    if (!(endMs - beginMs >= START_MIN_MS)) return null;
    const isImpatient = heldMs > PATIENCE_MS;
    if (wantedMs < beginMs) return isImpatient ? beginMs : null;
    if (!isFresh && wantedMs - beginMs <= JUMP_MS) return beginMs;
    if (wantedMs <= endMs - START_MIN_MS) return wantedMs;
    return isImpatient ? Math.max(beginMs, endMs - START_MIN_MS) : null;
}
