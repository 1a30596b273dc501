// SPDX-License-Identifier: MIT
// Every message between the page (viewer.js) and the watch worker (watch-worker.js), in one list. Times are
// ms; "local" is performance.timeOrigin + performance.now(), which page and worker share.

/** @typedef {import('./live-timing.js').Setting} Setting */

/**
 * Where pictures go. `generator`: the writable of a MediaStreamTrackGenerator (transferred). `canvas`: as `picture`
 * messages to the page.
 * @typedef {{kind: 'generator', writable: WritableStream<VideoFrame>} | {kind: 'canvas'}} SinkSpec
 */

/**
 * Page to worker.
 * @typedef {{type: 'open', kind: 'live', url: string, showId: string, name?: string, setting: Setting, sink: SinkSpec}} OpenLive
 *   url: ws: or wss: address of the relay
 * @typedef {{type: 'open', kind: 'replay', url: string, sink: SinkSpec, isPlaying: boolean}} OpenReplay
 * @typedef {{type: 'play'}} Play
 * @typedef {{type: 'pause'}} Pause
 * @typedef {{type: 'seek', timeMs: number}} Seek live: any time means the live edge
 * @typedef {{type: 'sound', memory: import('./audio-ring.js').RingMemory}} SoundByMemory a ring both sides share
 * @typedef {{type: 'sound', port: MessagePort}} SoundByPort where memory cannot be shared (audio-port.js)
 * @typedef {{type: 'device', isRunning: boolean, contextTimeS: number, localMs: number}} Device a few times a second
 * @typedef {{type: 'hidden', isHidden: boolean}} Hidden
 * @typedef {{type: 'seen', timestampUs: number, localMs: number}} Seen this picture came on the screen; a few samples a second
 * @typedef {{type: 'surface'}} SurfaceReady the <video> of a generator takes pictures from now on
 * @typedef {{type: 'setting', setting: Setting}} ChooseSetting live: in step, or closest to live
 * @typedef {{type: 'rendition', choice: import('../wire/messages.js').Choice, best: number}} ChooseRendition live; best: in auto, nothing better than this one
 * @typedef {{type: 'say', text: string}} Say
 * @typedef {{type: 'name', name: string}} Name
 * @typedef {{type: 'close'}} Close the worker ends itself
 * @typedef {OpenLive|OpenReplay|Play|Pause|Seek|SoundByMemory|SoundByPort|Device|Hidden|Seen|SurfaceReady|ChooseSetting|ChooseRendition|Say|Name|Close} ToWorker
 */

/**
 * What the picture's place should say:
 * `connecting` to the relay, or to the file · `scheduled` the show has not begun · `waiting` for data · `playing` ·
 * `paused` · `away` the creator lost its connection · `reconnecting` we lost ours · `ended` · `failed` for good
 * @typedef {'connecting'|'scheduled'|'waiting'|'playing'|'paused'|'away'|'reconnecting'|'ended'|'failed'} Status
 */

/**
 * @typedef {object} Stats
 * @property {number} latencyMs      live: relay's clock now − moment of the picture on show; NaN for a replay
 * @property {number} bufferedMs     received and not yet presented
 * @property {number} framesDecoded  total
 * @property {number} framesDropped  total: came, but were never shown
 * @property {number} framesShown    total
 * @property {number} framesCorrupted total
 * @property {number} rendition      0 is the best
 * @property {'wasm'} decoder
 * @property {string} sink           'video' or 'canvas'
 * @property {import('./live-timing.js').Setting} setting
 * @property {import('./latency-split.js').LatencyParts} parts of the latency; NaN where it is not known
 * @property {number} framesPerSecond shown, over the last second
 * @property {number} jitterMs       of arriving pictures: worst less best, over ten seconds
 * @property {number} soundJitterMs  the same of sound
 * @property {number} soundLeadMs    what the sound device reads ahead
 * @property {number} offsetMs       sound against picture as the player knows it: late sound is +; NaN without sound
 * @property {number} bitrateBps     of all media, over the last second
 * @property {number} decodeMs       mean per picture
 * @property {number} rate           of playing, near 1
 * @property {boolean} isSoundMaster sound decides the time; else the local clock
 * @property {number} stalls         times the sound ran dry
 * @property {number} jumps          to the live edge
 */

/**
 * Worker to page.
 * @typedef {{type: 'ready'}} Ready the worker runs; it loads the codec meanwhile
 * @typedef {{type: 'metadata', durationMs: number|null, isSeekable: boolean}} Metadata null: live, without an end
 * @typedef {{type: 'size', width: number, height: number}} Size of the picture on show
 * @typedef {{type: 'status', status: Status}} StatusChange
 * @typedef {{type: 'progress', timeMs: number, localMs: number, rate: number, liveEdgeMs: number,
 *            buffered: [number, number][], stats: Stats}} Progress
 *   four times a second and after each change; timeMs was presented at localMs; rate 0: it stands
 * @typedef {{type: 'seeked', timeMs: number}} Seeked
 * @typedef {{type: 'picture', frame: VideoFrame}} PictureMessage transferred; the page closes it
 * @typedef {{type: 'pixels', width: number, height: number, rgba: ArrayBuffer}} Pixels where VideoFrame is missing
 * @typedef {{type: 'room', event: string, detail: any}} RoomEvent welcome, history, chat, presence, you, face, state, reconnecting, close, error, renditions, quality
 * @typedef {{type: 'failed', code: string, message: string}} Failed for good; message is for people
 * @typedef {Ready|Metadata|Size|StatusChange|Progress|Seeked|PictureMessage|Pixels|RoomEvent|Failed} ToPage
 */

/** @typedef {(message: ToPage, transfer?: Transferable[]) => void} PostToPage */

export {};
