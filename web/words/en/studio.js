// SPDX-License-Identifier: MIT
// The studio's words (../../ui/studio-report.js makes sentences and numbers of them). Whatever is added here is added in
// ../de/studio.js too: the types and tests/web/words.test.js ask for it (docs/decisions/0031-languages.md). Elements import
// ../studio.js. Pure.
import { countIn } from '../counting.js';

const plural = countIn('en');

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
    wentOut: (/** @type {string} */ name) => `${name} left`,
    audience: (/** @type {string} */ count) => `Who is here: ${count}`,
    audienceEmpty: 'Nobody yet.',
    audienceList: 'Who is here',
    audienceMore: (/** @type {string} */ count) => `and ${count} more`,
    audienceProfile: (/** @type {string} */ name) => `${name}, opens in a new tab`,
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
    numberValues: {
        threads: (/** @type {number} */ n) => plural(n, 'thread', 'threads'),
        send: (/** @type {string} */ all, /** @type {string} */ waiting) => `${all}, of it waiting ${waiting}`,
        dropped: (/** @type {number} */ all, /** @type {number} */ busy, /** @type {number} */ network, /** @type {number} */ encoder) => `${all} (${busy} busy, ${network} network, ${encoder} encoder)`,
        applications: { speech: 'speech', music: 'music' },
    },
    /** The three figures below the sentence. */
    short: (/** @type {string} */ fps, /** @type {string} */ bitrate, /** @type {string} */ encodeMs) => `${fps} fps · ${bitrate} · ${encodeMs} ms to encode`,

    /** How the picture is, in a few words. */
    pictures: {
        none: 'no picture yet',
        reducedByNetwork: 'picture reduced, because the connection is slow',
        reducedByMachine: 'picture reduced, because this computer is busy',
        slow: 'the connection is slow just now',
        stutters: 'picture stutters a little',
        smallerRestByNetwork: 'picture good; its smaller sizes rest, because the connection is slow',
        smallerRestByMachine: 'picture good; its smaller sizes rest, because this computer is busy',
        good: 'picture good',
        soundAlone: 'no picture, but they hear you',
    },
    /** The one sentence about the state. */
    state: {
        ready: 'Only you can see this. Give your show a title, then go live.',
        off: 'Turn on your camera or share your screen, then go live.',
        connecting: 'The curtain is opening…',
        live: (/** @type {number} */ viewers, /** @type {string} */ picture) => `You are live: ${plural(viewers, 'watching', 'watching')}, ${picture}`,
        reconnecting: 'The connection was lost. Your viewers wait; trying again…',
        ending: 'The curtain is falling…',
    },

    /** What is wrong with a camera, a microphone or a screen: English is what publish/device-errors.js says already. */
    device: (/** @type {string} */ _code, /** @type {string} */ _kind, /** @type {string} */ message) => message,
    /** What the relay warns of (relay/room.c), in its own words. */
    warning: (/** @type {string} */ message) => message,
};
