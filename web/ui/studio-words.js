// SPDX-License-Identifier: MIT
// The studio's words: what is said of a show that is made, in sentences first and in numbers for those who ask. Pure.

/** @typedef {import('../publish/publish-messages.js').PublishStats} PublishStats */
/** @typedef {import('../publish/publisher.js').ShowPhase} ShowPhase */

export const studioStrings = {
    heading: 'Studio',
    title: 'Title',
    titleHint: 'What is your show about?',
    titleMissing: 'Give your show a title first, so that people know what they come for.',
    titleTooLong: 'That title is a little too long.',
    camera: 'Camera',
    microphone: 'Microphone',
    quality: 'Quality',
    sound: 'Sound',
    sounds: { speech: 'Speech, one voice with little data', music: 'Music, stereo' },
    microphoneSound: 'What the browser does to the microphone',
    switches: { echoCancellation: 'Echo cancellation', noiseSuppression: 'Noise suppression' },
    noneFound: 'None found yet',
    unnamedCamera: (/** @type {number} */ n) => `Camera ${n}`,
    unnamedMicrophone: (/** @type {number} */ n) => `Microphone ${n}`,
    qualities: {
        '360p': '360p, for slow connections',
        '480p': '480p, plain',
        '720p': '720p, good for most shows',
        '1080p': '1080p, for fast machines and lines',
    },
    goLive: 'Go live',
    endShow: 'End show',
    shareScreen: 'Share screen',
    stopSharing: 'Stop sharing',
    mute: 'Mute microphone',
    unmute: 'Unmute microphone',
    settings: 'Settings',
    level: 'Microphone level',
    preview: 'Your picture, as viewers see it',
    controls: 'Show controls',

    turnOnTitle: 'Your stage is dark',
    turnOnText: 'Turn on camera and microphone to see yourself before anybody else does.',
    turnOn: 'Turn on camera',
    opening: 'Looking for camera and microphone…',
    cameraGone: 'No picture at the moment',
    tryAgain: 'Try again',
    chooseAnother: 'Choose another',
    dismiss: 'Dismiss',
    clickForSound: 'The browser holds the sound back until you click somewhere on this page.',

    endTitle: 'End the show?',
    endText: 'It ends for everybody who watches. The recording stays as its replay.',
    keepOn: 'Keep going',

    overTitle: (/** @type {string} */ length) => `The curtain has fallen after ${length}.`,
    overText: 'Thank you for the show. Its replay is being prepared.',
    overLink: 'To the replay',
    interrupted: (/** @type {string} */ title) => `Your show “${title}” is still on and waits for you.`,
    resume: 'Continue the show',
    startFailed: 'The show could not begin.',
    relayAway: 'The server does not answer. Check your network, then press "Go live" again.',
    encoderFault: 'The encoder has stopped. Reload this page: your show waits half a minute and can be continued.',

    cameIn: (/** @type {string} */ name) => `${name} came in`,
    sharedScreen: 'You share your screen',
    muted: 'Microphone muted',
    address: 'Address for viewers',
    numbers: 'Numbers',
    numberNames: {
        size: 'Picture',
        sizes: 'Smaller sizes',
        framesPerSecond: 'Pictures a second',
        bitrate: 'Sent, picture and sound',
        target: 'Wanted for the picture',
        encode: 'Encoding a picture',
        copy: 'Taking a picture in',
        send: 'From the camera to the line',
        sound: 'Sound',
        ack: 'Until the server has it',
        dropped: 'Pictures left out',
        keyframes: 'Key frames',
        recording: 'Recording',
    },
    recording: { on: 'running', off: 'off', lagging: 'behind' },
    sizeStates: { sent: '', idle: 'nobody watches', 'given-up': 'given up' },
};

/** Sound and picture of a show are late by this much when the line is full. */
const SLOW_ACK_MS = 600;

/**
 * How the picture is, in a few words.
 * @param {PublishStats} stats
 * @param {number} wantedFramesPerSecond
 * @param {boolean} isScreen a still screen sends few pictures and is fine
 */
export function pictureWords(stats, wantedFramesPerSecond, isScreen) {
    if (stats.framesPerSecond < 0.4 && stats.framesEncoded === 0) return 'no picture yet';
    if (stats.reducedBy === 'network') return 'picture reduced, because the connection is slow';
    if (stats.reducedBy === 'machine') return 'picture reduced, because this computer is busy';
    if (stats.ackDelayMs > SLOW_ACK_MS) return 'the connection is slow just now';
    if (!isScreen && stats.framesPerSecond < wantedFramesPerSecond * 0.75) return 'picture stutters a little';
    if (stats.lesserGivenUpBy === 'network') return 'picture good; its smaller sizes rest, because the connection is slow';
    if (stats.lesserGivenUpBy === 'machine') return 'picture good; its smaller sizes rest, because this computer is busy';
    return 'picture good';
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
    switch (phase) {
        case 'off':
            return hasPicture
                ? 'Only you can see this. Give your show a title, then go live.'
                : 'Turn on your camera or share your screen, then go live.';
        case 'connecting':
            return 'The curtain is opening…';
        case 'live': {
            const picture = hasPicture ? pictureWords(stats, wantedFramesPerSecond, isScreen) : 'no picture, but they hear you';
            return `You are live: ${stats.viewers.toLocaleString('en')} watching, ${picture}`;
        }
        case 'reconnecting':
            return 'The connection was lost. Your viewers wait; trying again…';
        case 'ending':
            return 'The curtain is falling…';
        default:
            throw new Error(`no sentence for ${/** @type {string} */ (phase)}`);
    }
}

/** 2 512 000 -> "2.5 Mbit/s", 96 000 -> "96 kbit/s". @param {number} bps */
export function formatBitrate(bps) {
    if (bps >= 999_500) return `${(bps / 1e6).toFixed(1)} Mbit/s`;
    return `${Math.round(bps / 1000)} kbit/s`;
}

/** The three figures that stand below the sentence. @param {PublishStats} stats */
export function shortNumbers(stats) {
    return `${Math.round(stats.framesPerSecond)} fps · ${formatBitrate(stats.bitrateBps)} · ${stats.encodeMs.toFixed(0)} ms to encode`;
}

/** "640 × 360, 480 kbit/s", or why there is none. @param {import('../publish/publish-messages.js').RenditionStats} rendition */
function sizeWords({ width, height, state, bitrateBps }) {
    return `${width} × ${height}, ${state === 'sent' ? formatBitrate(bitrateBps) : studioStrings.sizeStates[state]}`;
}

/**
 * All figures, for who wants to know.
 * @param {PublishStats} stats
 * @returns {[name: string, value: string][]}
 */
export function allNumbers(stats) {
    const names = studioStrings.numberNames;
    const [best, ...lesser] = stats.renditions;
    const { busy, network, encoder } = stats.dropReasons;
    const milliseconds = (/** @type {number} */ ms) => `${ms.toFixed(1)} ms`;
    return [
        [names.size, best ? `${best.width} × ${best.height}` : '–'],
        [names.sizes, lesser.length > 0 ? lesser.map(sizeWords).join('; ') : '–'],
        [names.framesPerSecond, stats.framesPerSecond.toFixed(1)],
        [names.bitrate, formatBitrate(stats.bitrateBps)],
        [names.target, best ? formatBitrate(best.targetBitrateBps) : '–'],
        [names.encode, `${milliseconds(stats.encodeMs)}${stats.threads > 1 ? `, ${stats.threads} threads` : ''}`],
        [names.copy, milliseconds(stats.copyMs)],
        [names.send, `${milliseconds(stats.sendMs)}, of it waiting ${milliseconds(stats.waitMs)}`],
        [names.sound, stats.sound ? `${stats.sound.application}, ${formatBitrate(stats.soundBitrateBps)}` : '–'],
        [names.ack, `${Math.round(stats.ackDelayMs)} ms`],
        [names.dropped, `${stats.framesDropped} (${busy} busy, ${network} network, ${encoder} encoder)`],
        [names.keyframes, String(stats.keyframes)],
        [names.recording, studioStrings.recording[stats.recording]],
    ];
}
