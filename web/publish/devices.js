// SPDX-License-Identifier: MIT
// Opens cameras, microphones and screens, one by one where both together fail, and lists what there is. Hands tracks out;
// who takes them stops them. Throws nothing the page could not say in words: every failure is a DeviceProblem.

import { DeviceError, deviceProblem, problemOf } from './device-errors.js';

/** @typedef {import('./device-errors.js').DeviceKind} DeviceKind */
/** @typedef {import('./device-errors.js').DeviceProblem} DeviceProblem */
/** @typedef {import('./quality.js').Quality} Quality */
/** @typedef {import('./sound-choice.js').SoundChoice} SoundChoice */
/** @typedef {{id: string, label: string}} DeviceChoice */
/** @typedef {{cameras: DeviceChoice[], microphones: DeviceChoice[]}} DeviceList */
/**
 * @typedef {object} OpenedDevices
 * @property {MediaStreamTrack|null} video
 * @property {MediaStreamTrack|null} audio
 * @property {DeviceProblem[]} problems one per kind that was wanted and could not be had; one of both where they lack the same
 */

function mediaDevices() {
    if (!navigator.mediaDevices) {
        throw new DeviceError(deviceProblem(globalThis.isSecureContext ? 'unsupported-browser' : 'insecure', 'devices'));
    }
    return navigator.mediaDevices;
}

/** @param {string|undefined} deviceId @param {Quality} quality @returns {MediaTrackConstraints} */
function videoConstraints(deviceId, quality) {
    return {
        ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
        width: { ideal: quality.width },
        height: { ideal: quality.height },
        frameRate: { ideal: quality.framesPerSecond },
    };
}

/** @param {string|undefined} deviceId @param {SoundChoice} sound @returns {MediaTrackConstraints} */
function audioConstraints(deviceId, { echoCancellation, noiseSuppression }) {
    return { ...(deviceId ? { deviceId: { exact: deviceId } } : {}), echoCancellation, noiseSuppression };
}

/**
 * @param {object} wish
 * @param {string} [wish.videoDeviceId] the browser's choice when absent
 * @param {string} [wish.audioDeviceId]
 * @param {boolean} wish.wantsVideo
 * @param {boolean} wish.wantsAudio
 * @param {Quality} wish.quality
 * @param {SoundChoice} wish.sound
 * @returns {Promise<OpenedDevices>}
 */
export async function openDevices({ videoDeviceId, audioDeviceId, wantsVideo, wantsAudio, quality, sound }) {
    const video = wantsVideo ? videoConstraints(videoDeviceId, quality) : false;
    const audio = wantsAudio ? audioConstraints(audioDeviceId, sound) : false;
    try {
        return tracksOf(await mediaDevices().getUserMedia({ video, audio }), []);
    } catch (error) {
        const kind = wantsVideo && wantsAudio ? 'devices' : wantsVideo ? 'camera' : 'microphone';
        const problem = problemOf(error, kind);
        if (kind !== 'devices' || problem.code === 'insecure' || problem.code === 'unsupported-browser') {
            return { video: null, audio: null, problems: [problem] };
        }
        // A person who said no is not asked twice; one device that is blocked for good does not block the other.
        if (problem.code === 'permission-denied') {
            const isBlocked = { camera: await isDenied('camera'), microphone: await isDenied('microphone') };
            if (isBlocked.camera === isBlocked.microphone) return { video: null, audio: null, problems: [problem] };
            return openOneOfTwo(video, audio, isBlocked);
        }
        return openOneOfTwo(video, audio, { camera: false, microphone: false });
    }
}

/**
 * Each by itself, after both together failed.
 * @param {MediaTrackConstraints|boolean} video
 * @param {MediaTrackConstraints|boolean} audio
 * @param {{camera: boolean, microphone: boolean}} isBlocked
 */
async function openOneOfTwo(video, audio, isBlocked) {
    /** @type {DeviceProblem[]} */
    const problems = [];
    /** @type {(constraints: MediaStreamConstraints, kind: 'camera'|'microphone') => Promise<MediaStream|null>} */
    const open = async (constraints, kind) => {
        if (isBlocked[kind]) {
            problems.push(deviceProblem('permission-denied', kind));
            return null;
        }
        try {
            return await mediaDevices().getUserMedia(constraints);
        } catch (error) {
            problems.push(problemOf(error, kind));
            return null;
        }
    };
    const withVideo = await open({ video }, 'camera');
    const withAudio = await open({ audio }, 'microphone');
    return {
        video: withVideo?.getVideoTracks()[0] ?? null,
        audio: withAudio?.getAudioTracks()[0] ?? null,
        problems: asOne(problems),
    };
}

/** Two that fail alike are told as one. @param {DeviceProblem[]} problems */
function asOne(problems) {
    const [first, second] = problems;
    return first && first.code === second?.code ? [deviceProblem(first.code, 'devices')] : problems;
}

/** @param {'camera'|'microphone'} kind */
async function isDenied(kind) {
    try {
        const name = /** @type {PermissionName} */ (kind);
        return (await navigator.permissions.query({ name })).state === 'denied';
    } catch {
        return false; // a browser that does not tell
    }
}

/**
 * True when the browser would open camera and microphone without asking anybody.
 * @returns {Promise<boolean>}
 */
export async function isAllowed() {
    try {
        const names = /** @type {PermissionName[]} */ (['camera', 'microphone']);
        const states = await Promise.all(names.map((name) => navigator.permissions.query({ name })));
        return states.every(({ state }) => state === 'granted');
    } catch {
        return false;
    }
}

/** The browser makes a large screen small enough; it does so better and cheaper than the encoder's own scaling. @param {Quality} quality */
function screenConstraints({ width, height, framesPerSecond }) {
    return { width: { max: width }, height: { max: height }, frameRate: { max: framesPerSecond } };
}

/**
 * Asks an open track for the size of another quality. One that cannot keeps its own; the encoder makes it fit.
 * @param {MediaStreamTrack|null} track
 * @param {'camera'|'screen'} kind
 * @param {Quality} quality
 */
export function fitTrack(track, kind, quality) {
    const { width, height, framesPerSecond } = quality;
    const camera = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: framesPerSecond } };
    track?.applyConstraints(kind === 'screen' ? screenConstraints(quality) : camera).catch(() => {});
}

/** Switches the browser can tell of; what it does not tell counts as done. @param {MediaStreamTrack} track @param {SoundChoice} sound */
function isProcessed(track, sound) {
    const settings = /** @type {Record<string, unknown>} */ (track.getSettings());
    return [/** @type {const} */ ('echoCancellation'), /** @type {const} */ ('noiseSuppression')].every(
        (name) => settings[name] === undefined || Boolean(settings[name]) === sound[name],
    );
}

/**
 * Has the browser process an open microphone's sound as chosen. Firefox changes the track; Chromium, which says it did
 * and does not, opens the device anew: beside the old track, so that nothing is missed, or where it then only gives what the
 * old one has, after stopping it.
 * @param {MediaStreamTrack} track ended afterwards if it had to be stopped and the device cannot be had again
 * @param {SoundChoice} sound
 * @returns {Promise<{track: MediaStreamTrack|null, problem: DeviceProblem|null}>} track: to be used in its place, or null: it is as chosen
 */
export async function processTrack(track, sound) {
    const { echoCancellation, noiseSuppression } = sound;
    if (isProcessed(track, sound)) return { track: null, problem: null };
    await track.applyConstraints({ echoCancellation, noiseSuppression }).catch(() => {});
    if (isProcessed(track, sound)) return { track: null, problem: null };
    const audio = audioConstraints(track.getSettings().deviceId, sound);
    const open = async () => (await mediaDevices().getUserMedia({ audio })).getAudioTracks()[0];
    try {
        const beside = await open();
        if (isProcessed(beside, sound)) return { track: beside, problem: null };
        beside.stop();
        track.stop();
        return { track: await open(), problem: null };
    } catch (error) {
        return { track: null, problem: problemOf(error, 'microphone') };
    }
}

/**
 * A window, tab or screen, with its sound where the browser gives it. Needs a click.
 * @param {Quality} quality
 * @returns {Promise<OpenedDevices>}
 */
export async function openScreen(quality) {
    try {
        if (!mediaDevices().getDisplayMedia) throw new DeviceError(deviceProblem('no-device', 'screen'));
        const stream = await mediaDevices().getDisplayMedia({
            video: screenConstraints(quality),
            audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
        });
        return tracksOf(stream, []);
    } catch (error) {
        return { video: null, audio: null, problems: [problemOf(error, 'screen')] };
    }
}

/**
 * What can be chosen. Labels are empty until the browser was allowed to open one.
 * @returns {Promise<DeviceList>}
 */
export async function listDevices() {
    const devices = navigator.mediaDevices ? await navigator.mediaDevices.enumerateDevices() : [];
    /** @type {(kind: MediaDeviceKind) => DeviceChoice[]} */
    const ofKind = (kind) =>
        devices
            .filter((device) => device.kind === kind && device.deviceId !== '')
            .map(({ deviceId, label }) => ({ id: deviceId, label }));
    return { cameras: ofKind('videoinput'), microphones: ofKind('audioinput') };
}

/**
 * @param {MediaStream} stream
 * @param {DeviceProblem[]} problems
 * @returns {OpenedDevices}
 */
function tracksOf(stream, problems) {
    return { video: stream.getVideoTracks()[0] ?? null, audio: stream.getAudioTracks()[0] ?? null, problems };
}
