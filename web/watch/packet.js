// SPDX-License-Identifier: MIT
// One coded picture or piece of sound between a source (live-source.js, replay-source.js) and a stage
// (video-stage.js, audio-stage.js). Its bytes are its own: nothing else writes to them.

/**
 * @typedef {object} Packet
 * @property {'video'|'audio'} track
 * @property {number} timestampUs  show's clock, or time in the replay
 * @property {number} timeMs       the same in ms, with fractions
 * @property {boolean} isKey       decoding may start here; always true for sound
 * @property {boolean} isSync      references only temporal layer 0
 * @property {number} temporalId   0 is the base layer
 * @property {number} rendition    0 is the best
 * @property {Uint8Array} data     one VP8 frame or Opus packet
 * @property {number} arrivedMs    local time at which it came; NaN: it was not live
 */

/**
 * @param {Omit<Packet, 'timeMs'|'isSync'|'temporalId'|'rendition'|'arrivedMs'> & Partial<Packet>} fields
 * @returns {Packet}
 */
export function makePacket(fields) {
    return { isSync: false, temporalId: 0, rendition: 0, arrivedMs: NaN, ...fields, timeMs: fields.timestampUs / 1000 };
}
