// SPDX-License-Identifier: MIT
// The creator's side as one object for the page: devices, preview, going live, the room. Wires capture (page), the audio
// thread and the publish worker together; decides nothing about media itself. No DOM beyond what capturing needs.
//
//   events  change   something of the getters below has changed
//           stats    a new `stats`
//           device   DeviceProblem {code, kind, message}
//           live · reconnecting {attempt, delayMs, message} · ended {code, message, isFault}
//           fault    {code, message}: the encoder cannot go on
//           the room's: welcome history state chat presence join leave people you face warning error, and close when it is over

import { socketUrl } from '../wire/connection.js';
import { AudioCapture } from './audio-capture.js';
import { DeviceError, deviceProblem } from './device-errors.js';
import { fitTrack, isAllowed, listDevices, openDevices, openScreen } from './devices.js';
import { Microphone } from './microphone.js';
import { PictureCapture } from './picture-capture.js';
import { emptyStats } from './publish-messages.js';
import { DEFAULT_QUALITY, qualityOf } from './quality.js';
import { DEFAULT_SOUND, soundChoiceOf } from './sound-choice.js';
import { WakeLock } from './wake-lock.js';

export { QUALITIES } from './quality.js';
export { soundChoiceOf } from './sound-choice.js';

/** @typedef {import('./device-errors.js').DeviceProblem} DeviceProblem */
/** @typedef {import('./devices.js').DeviceList} DeviceList */
/** @typedef {import('./publish-messages.js').PublishStats} PublishStats */
/** @typedef {import('./publish-messages.js').ToPage} ToPage */
/** @typedef {import('./publish-messages.js').ToWorker} ToWorker */
/** @typedef {'off'|'connecting'|'live'|'reconnecting'|'ending'} ShowPhase */

/** Rejects goLive(); `code` is the relay's or the connection's name for it. */
export class PublishError extends Error {
    /** @param {string} code @param {string} message */
    constructor(code, message) {
        super(message);
        this.name = 'PublishError';
        this.code = code;
    }
}

/** @param {string|undefined} wished @param {string} present */
const isOther = (wished, present) => wished !== undefined && wished !== present;

export class Publisher extends EventTarget {
    /** @type {Worker|null} */ #worker = null;
    /** @type {Promise<AudioCapture|null>|null} */ #audioOpening = null;
    /** @type {AudioCapture|null} */ #audio = null;
    /** @type {MediaStreamTrack|null} */ #camera = null;
    #microphone = new Microphone({
        openAudio: () => this.#openAudio(),
        onProblem: (problem) => this.#emit('device', problem),
        onChange: () => this.#changed(),
    });
    /** @type {MediaStreamTrack|null} */ #screen = null;
    /** @type {MediaStreamTrack|null} */ #screenSound = null;
    /** @type {MediaStreamTrack|null} the track that is being captured */ #shown = null;
    /** @type {MediaStream|null} */ #stream = null;
    /** @type {DeviceList} */ #devices = { cameras: [], microphones: [] };
    /** @type {ShowPhase} */ #phase = 'off';
    /** @type {{resolve: () => void, reject: (e: Error) => void}|null} */ #going = null;
    /** @type {(() => void)[]} */ #onEnded = [];
    #capture = new PictureCapture((message, transfer) => this.#postMessage(message, transfer));
    #quality = qualityOf(DEFAULT_QUALITY);
    #sound = DEFAULT_SOUND;
    #isMuted = false;
    #isPrepared = false;
    /** The room's history replaces what the room of the last show said. */
    #isNewRoom = false;
    #wakeLock = new WakeLock();
    #stats = emptyStats();
    #abort = new AbortController();

    constructor() {
        super();
        const { signal } = this.#abort;
        navigator.mediaDevices?.addEventListener('devicechange', () => this.#refreshDevices(), { signal });
        document.addEventListener('visibilitychange', () => this.#stayAwake(), { signal });
        document.addEventListener('click', () => this.#audio?.resume(), { signal, capture: true });
    }

    /** True when the browser would open camera and microphone without asking anybody. */
    static isAllowed() {
        return isAllowed();
    }

    // ---- state ------------------------------------------------------------------------------------

    /** What viewers see, for a preview; null while there is no picture. */
    get stream() {
        return this.#stream;
    }

    /** 0…1 of what viewers hear. */
    get level() {
        return this.#audio?.level ?? 0;
    }

    get stats() {
        return this.#stats;
    }

    get phase() {
        return this.#phase;
    }

    /** How pictures get to the worker in this browser. */
    get capturePath() {
        return this.#capture.path;
    }

    /** Choices for camera and microphone. */
    get devices() {
        return this.#devices;
    }

    get quality() {
        return this.#quality;
    }

    get cameraId() {
        return this.#camera?.getSettings().deviceId ?? '';
    }

    get microphoneId() {
        return this.#microphone.id;
    }

    /** As chosen; of an open microphone, as the browser does it. */
    get sound() {
        const { profile, echoCancellation, noiseSuppression } = this.#sound;
        return {
            profile,
            echoCancellation: this.#microphone.does('echoCancellation') ?? echoCancellation,
            noiseSuppression: this.#microphone.does('noiseSuppression') ?? noiseSuppression,
        };
    }

    get hasCamera() {
        return this.#camera !== null;
    }

    get hasMicrophone() {
        return this.#microphone.isOpen;
    }

    get isSharing() {
        return this.#screen !== null;
    }

    /** True while the browser keeps the sound from running, until somebody clicks: viewers hear silence. */
    get isSoundHeld() {
        return this.#audio !== null && !this.#audio.isRunning;
    }

    get isMuted() {
        return this.#isMuted;
    }

    /** The encoder is loaded and warm. */
    get isPrepared() {
        return this.#isPrepared;
    }

    // ---- devices ----------------------------------------------------------------------------------

    /**
     * Opens what of camera and microphone is not open yet, or another one than is. What cannot be had is told by `device`
     * events and in the result; the rest works.
     * @param {{videoDeviceId?: string, audioDeviceId?: string, quality?: string}} [wish]
     * @returns {Promise<DeviceProblem[]>}
     */
    async openCamera({ videoDeviceId, audioDeviceId, quality } = {}) {
        if (quality !== undefined) this.setQuality(quality);
        this.#prepare();
        // Who chooses one device is not asked about the other.
        const isChoice = videoDeviceId !== undefined || audioDeviceId !== undefined;
        const wantsVideo = isChoice ? isOther(videoDeviceId, this.cameraId) : this.#camera === null;
        const wantsAudio = isChoice ? isOther(audioDeviceId, this.microphoneId) : !this.#microphone.isOpen;
        if (!wantsVideo && !wantsAudio) return [];
        const wish = { videoDeviceId, audioDeviceId, wantsVideo, wantsAudio, quality: this.#quality, sound: this.#sound };
        let opened = await openDevices(wish);
        // A phone opens one camera at a time: let the old one go and try once more.
        if (this.#camera !== null && wantsVideo && opened.problems.some((p) => p.code === 'in-use')) {
            opened.audio?.stop();
            this.#dropCamera();
            opened = await openDevices(wish);
        }
        if (this.#abort.signal.aborted) {
            opened.video?.stop();
            opened.audio?.stop();
            return [];
        }
        if (opened.video !== null) this.#setCamera(opened.video);
        if (opened.audio !== null) await this.#microphone.use(opened.audio);
        await this.#refreshDevices();
        for (const problem of opened.problems) this.#emit('device', problem);
        this.#changed();
        return opened.problems;
    }

    /**
     * Viewers see a screen, window or tab instead of the camera, and hear its sound beside the microphone. In a click.
     * @returns {Promise<DeviceProblem[]>}
     */
    async shareScreen() {
        this.#prepare();
        const { video, audio, problems } = await openScreen(this.#quality);
        if (video === null || this.#abort.signal.aborted) {
            video?.stop();
            audio?.stop();
            for (const problem of problems) this.#emit('device', problem);
            return problems;
        }
        this.#stopScreenTracks();
        this.#screen = video;
        this.#screenSound = audio;
        video.addEventListener('ended', () => {
            if (this.#screen !== video) return;
            this.stopScreen();
            this.#emit('device', deviceProblem('sharing-ended', 'screen'));
        });
        this.#showTrack();
        (await this.#openAudio())?.setScreen(audio);
        return [];
    }

    /** Back to the camera. */
    stopScreen() {
        if (this.#screen === null) return;
        this.#stopScreenTracks();
        this.#audio?.setScreen(null);
        this.#showTrack();
    }

    /** Mutes the microphone; a shared screen's sound goes on. @param {boolean} isMuted */
    setMuted(isMuted) {
        this.#isMuted = isMuted;
        this.#audio?.setMuted(isMuted);
        this.#changed();
    }

    /** @param {string} id of a Quality */
    setQuality(id) {
        const quality = qualityOf(id);
        if (quality.id === this.#quality.id) return;
        this.#quality = quality;
        this.#postMessage({ type: 'quality', quality });
        this.#fit(1);
        this.#changed();
    }

    /** At any time; what is left out stays. @param {Partial<import('./sound-choice.js').SoundChoice>} choice */
    async setSound(choice) {
        const last = this.#sound;
        this.#sound = soundChoiceOf({ ...last, ...choice });
        if (this.#sound.profile !== last.profile) this.#postMessage({ type: 'sound-profile', profile: this.#sound.profile });
        this.#changed();
        await this.#microphone.process(this.#sound);
    }

    // ---- the show ---------------------------------------------------------------------------------

    /**
     * Resolves when the relay has the show on. In a click, because browsers let sound run only then.
     * @param {{showId: string, key: string, name?: string, url?: string}} show url: of the relay's socket, this page's by default
     * @returns {Promise<void>} rejects with PublishError or DeviceError
     */
    async goLive({ showId, key, name, url = socketUrl(location.href) }) {
        if (this.#phase !== 'off') throw new PublishError('already-live', 'This tab is live already.');
        this.#audio?.resume();
        if (this.#shown === null) throw new DeviceError(deviceProblem('no-device', 'camera'));
        this.#prepare();
        this.#isNewRoom = true;
        this.#setPhase('connecting');
        await this.#openAudio();
        this.#audio?.resume();
        return new Promise((resolve, reject) => {
            this.#going = { resolve, reject };
            this.#postMessage({ type: 'go-live', url, show: showId, key, ...(name ? { name } : {}) });
        });
    }

    /** Ends the show for everybody; resolves when it is over. */
    endShow() {
        if (this.#phase === 'off') return Promise.resolve();
        this.#setPhase('ending');
        this.#postMessage({ type: 'end-show' });
        return new Promise((/** @type {(value: void) => void} */ resolve) => this.#onEnded.push(resolve));
    }

    /** @param {string} text @returns {boolean} false when there is no connection: the line was not sent */
    sendChat(text) {
        if (this.#phase !== 'live') return false;
        this.#postMessage({ type: 'chat', text });
        return true;
    }

    /** @param {string} name */
    setName(name) {
        this.#postMessage({ type: 'name', name });
    }

    /** Lets go of everything; a show that is on is not ended, it waits half a minute for its creator. Idempotent. */
    close() {
        if (this.#abort.signal.aborted) return;
        this.#abort.abort();
        this.#capture.close();
        this.#camera?.stop();
        this.#microphone.stop();
        this.#stopScreenTracks();
        this.#audioOpening?.then((audio) => audio?.close());
        this.#postMessage({ type: 'close' });
        this.#stayAwake();
        this.#stream = null;
    }

    // ---- tracks -----------------------------------------------------------------------------------

    /** @param {MediaStreamTrack} track */
    #setCamera(track) {
        this.#camera?.stop();
        this.#camera = track;
        track.contentHint = 'motion';
        track.addEventListener('ended', () => {
            if (this.#camera !== track) return;
            this.#dropCamera();
            this.#emit('device', deviceProblem('unplugged', 'camera'));
        });
        this.#showTrack();
    }

    #dropCamera() {
        this.#camera?.stop();
        this.#camera = null;
        this.#showTrack();
    }

    #stopScreenTracks() {
        this.#screen?.stop();
        this.#screenSound?.stop();
        this.#screen = null;
        this.#screenSound = null;
    }

    /** The screen if one is shared, else the camera, goes to the worker and to the preview. */
    #showTrack() {
        const track = this.#screen ?? this.#camera;
        if (track !== this.#shown) {
            this.#shown = track;
            this.#stream = track === null ? null : new MediaStream([track]);
            this.#capture.show(track, track === this.#screen ? 'screen' : 'camera');
        }
        this.#changed();
    }

    /** Sound runs from the first device on; without an AudioContext the worker sends silence. */
    #openAudio() {
        this.#audioOpening ??= AudioCapture.open((port) => this.#postMessage({ type: 'sound-port', port }, [port])).then(
            (audio) => {
                this.#audio = audio;
                audio.setMuted(this.#isMuted);
                return audio;
            },
            () => {
                this.#emit('device', deviceProblem('failed', 'microphone'));
                return null;
            },
        );
        return this.#audioOpening;
    }

    /** @param {number} scale of the quality's size */
    #fit(scale) {
        const { width, height } = this.#quality;
        const size = { ...this.#quality, width: Math.round(width * scale), height: Math.round(height * scale) };
        fitTrack(this.#camera, 'camera', size);
        fitTrack(this.#screen, 'screen', size);
    }

    async #refreshDevices() {
        this.#devices = await listDevices();
        this.#changed();
    }

    // ---- the worker -------------------------------------------------------------------------------

    #prepare() {
        if (this.#worker !== null) return;
        const worker = new Worker(new URL('./publish-worker.js', import.meta.url), { type: 'module', name: 'publish' });
        this.#worker = worker;
        worker.onmessage = ({ data }) => this.#receive(data);
        // Sound and socket have a worker of their own (line.js), made here: in Firefox a worker's own worker may never start.
        const line = new Worker(new URL('./line-worker.js', import.meta.url), { type: 'module', name: 'line' });
        for (const each of [worker, line]) {
            each.onerror = (event) => this.#emit('fault', { code: 'failed', message: event.message ?? 'The worker did not start.' });
        }
        const { port1, port2 } = new MessageChannel();
        line.postMessage({ port: port1 }, [port1]);
        this.#postMessage({ type: 'prepare', quality: this.#quality, line: port2 }, [port2]);
        this.#postMessage({ type: 'sound-profile', profile: this.#sound.profile });
    }

    #stayAwake() {
        const isVisible = document.visibilityState === 'visible';
        this.#wakeLock.hold(this.#phase !== 'off' && isVisible && !this.#abort.signal.aborted);
    }

    /** @param {ToWorker} message @param {Transferable[]} [transfer] */
    #postMessage(message, transfer = []) {
        this.#worker?.postMessage(message, transfer);
    }

    /** @param {ToPage} message */
    #receive(message) {
        switch (message.type) {
            case 'prepared':
                this.#isPrepared = true;
                this.#changed();
                break;
            case 'mailbox-free':
                this.#capture.onFree(message.generation);
                break;
            case 'track-refused':
                this.#capture.onTrackRefused(message.generation);
                break;
            case 'tick':
                this.#capture.onTick();
                break;
            case 'fit':
                this.#fit(message.scale);
                break;
            case 'live':
                this.#onLive();
                break;
            case 'reconnecting':
                if (this.#phase === 'live') this.#setPhase('reconnecting');
                this.#emit('reconnecting', message);
                break;
            case 'ended':
                this.#onOver(message);
                break;
            case 'room':
                this.#onRoom(message.message);
                break;
            case 'stats':
                this.#stats = message.stats;
                this.#emit('stats', message.stats);
                break;
            case 'fault':
                this.#emit('fault', { code: message.code, message: message.message });
                break;
            default:
                throw new Error(`no case for ${/** @type {any} */ (message).type}`);
        }
    }

    #onLive() {
        if (this.#phase === 'connecting' || this.#phase === 'reconnecting') this.#setPhase('live');
        this.#going?.resolve();
        this.#going = null;
        this.#emit('live', {});
    }

    /** @param {import('../wire/messages.js').RelayMessage} message */
    #onRoom(message) {
        const replace = message.type === 'history' && this.#isNewRoom;
        if (message.type === 'history') this.#isNewRoom = false;
        this.#emit(message.type, replace ? { ...message, replace } : message);
    }

    /** @param {import('./publish-messages.js').EndedMessage} message */
    #onOver({ code, message, isFault }) {
        this.#setPhase('off');
        this.#going?.reject(new PublishError(code, message));
        this.#going = null;
        for (const resolve of this.#onEnded.splice(0)) resolve();
        this.#emit('ended', { code, message, isFault });
        this.#emit('close', { isFatal: true });
    }

    /** @param {ShowPhase} phase */
    #setPhase(phase) {
        const hasTurned = (phase === 'off') !== (this.#phase === 'off');
        this.#phase = phase;
        if (hasTurned) this.#stayAwake();
        this.#changed();
    }

    #changed() {
        this.#emit('change', {});
    }

    /** @param {string} type @param {any} detail */
    #emit(type, detail) {
        if (!this.#abort.signal.aborted) this.dispatchEvent(new CustomEvent(type, { detail }));
    }
}
