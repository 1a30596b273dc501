// SPDX-License-Identifier: MIT
// Every message between the publish worker (remote-line.js) and the line worker (line.js), in one list. Local times are
// performance.timeOrigin + performance.now(), which workers share.

/** @typedef {import('../wire/connection.js').ConnectionOptions} ConnectionOptions */

/** The relay's messages that a broadcast takes as they are (broadcast.js); the line hands on no other. */
export const TAKEN_MESSAGES = /** @type {const} */ (['state', 'history', 'chat', 'presence', 'join', 'leave', 'people', 'you', 'face', 'ack', 'keyframe', 'wanted', 'warning', 'error']);

/**
 * Publish worker to line worker. `serial` counts connections, `session` the welcomes of all of them: what was said to an older one is
 * of no use, and in front of `start` and INIT it would end the show.
 * @typedef {{type: 'connect', serial: number, options: ConnectionOptions}} ConnectMessage the last connection is closed
 * @typedef {{type: 'send', session: number, message: import('../wire/messages.js').ClientMessage}} SendMessage
 * @typedef {{type: 'media', session: number, bytes: Uint8Array<ArrayBuffer>}} MediaMessage transferred; INIT lets the sound follow
 * @typedef {{type: 'disconnect', serial: number}} DisconnectMessage
 * @typedef {{type: 'sound-port', port: MessagePort}} SoundPortMessage the worklet's end sends SoundBlock
 * @typedef {{type: 'sound-live', originMs: number}} SoundLiveMessage local time at which the show's clock was zero; NaN: not live
 * @typedef {{type: 'sound-set', profile?: import('./sound-choice.js').SoundProfile, bitrateBps?: number, isStrained?: boolean}} SoundSetMessage
 *   bitrateBps: of music; what is left out stays
 * @typedef {{type: 'close'}} CloseMessage the worker ends itself
 * @typedef {ConnectMessage|SendMessage|MediaMessage|DisconnectMessage|SoundPortMessage|SoundLiveMessage|SoundSetMessage
 *           |CloseMessage} ToLine
 */

/**
 * What the sound's encoder is, and has done.
 * @typedef {object} SoundState
 * @property {{channels: number, preSkip: number}} track for INIT
 * @property {import('../codec/audio-encoder.js').AudioSettings} settings
 * @property {number} filledMs silence put in where the device gave nothing, total
 */

/**
 * Line worker to publish worker.
 * @typedef {{type: 'ready', sound: SoundState}} ReadyMessage the sound's encoder is loaded
 * @typedef {{type: 'event', serial: number, session: number, name: string, detail: any}} EventMessage of the connection
 * @typedef {{type: 'sound-sent', serial: number, bytes: number[]}} SoundSentMessage length of each message of sound since the last one of these
 * @typedef {{type: 'sound', sound: SoundState}} SoundMessage after each change, and twice a second
 * @typedef {{type: 'fault', code: string, message: string}} FaultMessage the sound's encoder cannot go on, or did not load
 * @typedef {ReadyMessage|EventMessage|SoundSentMessage|SoundMessage|FaultMessage} FromLine
 */

export {};
