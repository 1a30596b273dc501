// SPDX-License-Identifier: MIT
// Every message between the page (publisher.js) and the publish worker, in one list. Each has a `type`; both sides
// switch over all of them. A VideoFrame, stream or port in a message is transferred: the receiver closes it.

/** @typedef {import('./quality.js').Quality} Quality */
/** @typedef {'camera'|'screen'} SourceKind */

/**
 * How a picture source delivers: `stream` hands the worker a stream of frames (MediaStreamTrackProcessor); `track` the track
 * itself, where workers have the processor; `mailbox` makes the page send one frame each time the worker is free.
 * `generation` counts sources: a frame of an older one is closed unseen.
 */

/**
 * Page to worker.
 * @typedef {{type: 'prepare', quality: Quality, line: MessagePort}} PrepareMessage loads the encoder and warms it up; answered by `prepared`.
 *   line: the line worker's end (line-messages.js)
 * @typedef {{type: 'quality', quality: Quality}} QualityMessage
 * @typedef {{type: 'video-stream', generation: number, kind: SourceKind, readable: ReadableStream<VideoFrame>}} VideoStreamMessage
 * @typedef {{type: 'video-track', generation: number, kind: SourceKind, track: MediaStreamTrack, framesPerSecond: number}} VideoTrackMessage
 *   answered by `track-refused` where the worker cannot read it; the worker stops the track
 * @typedef {{type: 'video-mailbox', generation: number, kind: SourceKind, framesPerSecond: number}} VideoMailboxMessage answered
 *   by `mailbox-free`; framesPerSecond: as the track names it
 * @typedef {{type: 'video-frame', generation: number, frame: VideoFrame, sourceMs: number, arrivedMs: number}} VideoFrameMessage
 *   sourceMs: on the source's own even clock, NaN when it has none; arrivedMs: Unix time at which the page had it
 * @typedef {{type: 'video-none', generation: number}} VideoNoneMessage the source went away; its last picture stays
 * @typedef {{type: 'sound-profile', profile: import('./sound-choice.js').SoundProfile}} SoundProfileMessage
 * @typedef {{type: 'sound-port', port: MessagePort}} SoundPortMessage the worklet's end sends SoundBlock
 * @typedef {{type: 'go-live', url: string, show: string, key: string, name?: string}} GoLiveMessage
 * @typedef {{type: 'end-show'}} EndShowMessage
 * @typedef {{type: 'chat', text: string}} ChatCommand
 * @typedef {{type: 'name', name: string}} NameCommand
 * @typedef {{type: 'close'}} CloseMessage
 * @typedef {PrepareMessage|QualityMessage|VideoStreamMessage|VideoTrackMessage|VideoMailboxMessage|VideoFrameMessage|VideoNoneMessage
 *           |SoundProfileMessage|SoundPortMessage|GoLiveMessage|EndShowMessage|ChatCommand|NameCommand
 *           |CloseMessage} ToWorker
 */

/**
 * Worklet to worker, through the port of `sound-port`. The worker sends `channels` back for reuse.
 * @typedef {{endFrame: number, channels: Float32Array[]}} SoundBlock endFrame: frames of the AudioContext's clock
 *   that had been played when the block was full
 */

/**
 * @typedef {object} RenditionStats
 * @property {number} rendition
 * @property {number} width
 * @property {number} height
 * @property {number} framesPerSecond
 * @property {number} bitrateBps        as sent
 * @property {number} targetBitrateBps
 * @property {number} cpuUsed
 * @property {'sent'|'idle'|'given-up'} state  idle: nobody watches it; given up: machine or line do not carry it
 */
/**
 * @typedef {object} PublishStats
 * @property {number} encodeMs          mean of the last two seconds, without copying
 * @property {number} copyMs            from the frame into the encoder, conversion included
 * @property {number} waitMs            from a picture's capture until it is taken in
 * @property {number} sendMs            from its capture until the socket has it
 * @property {number} framesPerSecond   sent
 * @property {number} bitrateBps        sent, picture and sound
 * @property {number} soundBitrateBps
 * @property {RenditionStats[]} renditions the best first; all that could be made
 * @property {'machine'|'network'|null} lesserGivenUpBy who does not manage the smaller ones
 * @property {number} framesEncoded     total
 * @property {number} framesDropped     total: came but were not sent, whatever the reason
 * @property {{busy: number, network: number, encoder: number}} dropReasons
 * @property {number} keyframes         total
 * @property {import('../codec/audio-encoder.js').AudioSettings|null} sound read back from the encoder; null before there is one
 * @property {number} soundFilledMs     silence put in where the device gave nothing, total
 * @property {number} ackDelayMs
 * @property {number} unackedBytes
 * @property {number} viewers
 * @property {number} liveForMs
 * @property {'on'|'off'|'lagging'} recording
 * @property {'machine'|'network'|null} reducedBy who does not manage the quality that was asked for
 * @property {number} threads           that encode a picture
 * @property {import('./thread-trial.js').ThreadVerdict} threadTrial what the rehearsal found
 */

/**
 * Worker to page. `room` carries a relay message as it came: the room events of publisher.js.
 * @typedef {{type: 'prepared', loadMs: number, warmUpMs: number}} PreparedMessage
 * @typedef {{type: 'mailbox-free', generation: number}} MailboxFreeMessage
 * @typedef {{type: 'track-refused', generation: number}} TrackRefusedMessage
 * @typedef {{type: 'tick'}} TickMessage to a mailbox, at twice the pace of pictures: make a frame now if there is a new one and nobody told
 * @typedef {{type: 'fit', scale: number}} FitMessage please deliver pictures of this share of the quality's size: browsers
 *   make them smaller at a fraction of what it costs here
 * @typedef {{type: 'live'}} LiveMessage the show is on
 * @typedef {{type: 'reconnecting', attempt: number, delayMs: number, message: string}} ReconnectingMessage
 * @typedef {{type: 'ended', code: string, message: string, isFault: boolean}} EndedMessage the connection is over for good
 * @typedef {{type: 'room', message: import('../wire/messages.js').RelayMessage}} RoomMessage
 * @typedef {{type: 'stats', stats: PublishStats}} StatsMessage
 * @typedef {{type: 'fault', code: string, message: string}} FaultMessage the encoder cannot go on
 * @typedef {PreparedMessage|MailboxFreeMessage|TrackRefusedMessage|TickMessage|FitMessage|LiveMessage|ReconnectingMessage|EndedMessage|RoomMessage
 *           |StatsMessage|FaultMessage} ToPage
 */

/** Stats of a publisher that has sent nothing yet. @returns {PublishStats} */
export function emptyStats() {
    return {
        encodeMs: 0,
        copyMs: 0,
        waitMs: 0,
        sendMs: 0,
        framesPerSecond: 0,
        bitrateBps: 0,
        soundBitrateBps: 0,
        renditions: [],
        framesEncoded: 0,
        framesDropped: 0,
        dropReasons: { busy: 0, network: 0, encoder: 0 },
        keyframes: 0,
        sound: null,
        soundFilledMs: 0,
        ackDelayMs: 0,
        unackedBytes: 0,
        viewers: 0,
        liveForMs: 0,
        recording: 'off',
        reducedBy: null,
        lesserGivenUpBy: null,
        threads: 1,
        threadTrial: { threads: 1, oneMs: NaN, manyMs: NaN },
    };
}
