// SPDX-License-Identifier: MIT
// What a creator may choose for the sound, and what the Opus encoder is told for it. Pure.

/** @typedef {'speech'|'music'} SoundProfile */
/**
 * @typedef {object} SoundChoice
 * @property {SoundProfile} profile
 * @property {boolean} echoCancellation takes the loudspeaker's sound out of the microphone's
 * @property {boolean} noiseSuppression
 */

/** Everything sounds right with it, a shared film too; the browser's own processing, because loudspeakers are common. */
export const DEFAULT_SOUND = Object.freeze(/** @type {SoundChoice} */ ({ profile: 'music', echoCancellation: true, noiseSuppression: true }));

/** Of a voice, whatever the picture's quality: more is not heard. */
const SPEECH_BITRATE_BPS = 40_000;

/** libopus' effort: on a machine that cannot even keep up with the picture, less than what is heard. */
export const COMPLEXITY = Object.freeze({ calm: 9, strained: 5 });

/**
 * A choice out of what was kept somewhere; what is missing or strange becomes the default.
 * @param {unknown} value
 * @returns {SoundChoice}
 */
export function soundChoiceOf(value) {
    const { profile, echoCancellation, noiseSuppression } = /** @type {Record<string, unknown>} */ (Object(value));
    const flag = (/** @type {unknown} */ given, /** @type {boolean} */ otherwise) => (typeof given === 'boolean' ? given : otherwise);
    return {
        profile: profile === 'speech' || profile === 'music' ? profile : DEFAULT_SOUND.profile,
        echoCancellation: flag(echoCancellation, DEFAULT_SOUND.echoCancellation),
        noiseSuppression: flag(noiseSuppression, DEFAULT_SOUND.noiseSuppression),
    };
}

/**
 * The encoder's settings. A voice is mixed down to one channel in a stream of two, so that a change needs no new INIT.
 * @param {SoundProfile} profile
 * @param {number} musicBitrateBps of the quality
 */
export function encoderSound(profile, musicBitrateBps) {
    return profile === 'speech'
        ? { application: profile, bitrateBps: Math.min(SPEECH_BITRATE_BPS, musicBitrateBps), isMixedDown: true }
        : { application: profile, bitrateBps: musicBitrateBps, isMixedDown: false };
}
