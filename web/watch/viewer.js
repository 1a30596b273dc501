// SPDX-License-Identifier: MIT
// The facade of watching, for the page: one object that plays a live show or a replay and behaves like a media
// element, and that is the room of a live show for the chat. Holds what the worker told last, never more: a call
// asks, an event says what came of it. Wires worker, surface and sound; knows no DOM but the place of its picture.
//
//   const viewer = new Viewer({ place });  viewer.open({ kind: 'live', url: '/live/ID.webm', showId });  viewer.play();
//
// Media events: loadstart durationchange loadedmetadata loadeddata canplay canplaythrough resize play playing pause waiting
// seeking seeked timeupdate progress volumechange ended emptied; `settingchange`. Room events (detail = the message of docs/protocol.md): welcome
// history chat presence state reconnecting close error renditions quality. Besides: `status` {status}; `error` {code, message, isFatal} also for what ends it.

import { socketUrl } from '../wire/connection.js';
import { takeWorker } from './early-worker.js';
import { RoomState } from './room-state.js';
import { ViewerSound } from './viewer-sound.js';
import { VideoSurface } from './video-surface.js';
import { NO_STATS, timeRanges } from './viewer-values.js';

export { startEarly } from './early-worker.js';

/** @typedef {import('./watch-messages.js').ToWorker} ToWorker */
/** @typedef {import('./watch-messages.js').ToPage} ToPage */
/** @typedef {import('./watch-messages.js').Status} Status */
/** @typedef {import('./watch-messages.js').Setting} Setting */
/** @typedef {import('./watch-messages.js').Stats} Stats */
/** @typedef {import('./watch-messages.js').Progress} Progress */

/**
 * @typedef {object} OpenOptions
 * @property {'live'|'replay'} kind
 * @property {string} url      live: any address of the relay; replay: the file's
 * @property {string} [showId] live
 * @property {string} [name]   live: to be called in the chat
 */

const HAVE_NOTHING = 0;
const HAVE_CURRENT_DATA = 2;
const HAVE_ENOUGH_DATA = 4;

export class Viewer extends EventTarget {
    #place;
    /** @type {Worker|null} */ #worker = null;
    /** @type {VideoSurface|null} */ #surface = null;
    #sound = new ViewerSound(() => this.#emit('volumechange'));
    /** @type {AbortController|null} */ #life = null;
    /** @type {OpenOptions|null} */ #options = null;
    /** @type {Status} */ #status = 'connecting';
    #room = new RoomState();
    /** @type {Progress|null} */ #progress = null;
    /** @type {{code: string, message: string}|null} */ #error = null;
    /** @type {{resolve: () => void, reject: (reason: unknown) => void}[]} */ #plays = [];
    #isPaused = true;
    #hasEnded = false;
    /** @type {Setting} */ #setting = 'normal';
    #readyState = HAVE_NOTHING;
    #durationMs = NaN;
    #seekMs = NaN;
    #width = 0;
    #height = 0;

    /** @param {{place: Node}} parts place: where the picture's element goes */
    constructor({ place }) {
        super();
        this.#place = place;
    }

    // ---- opening and closing --------------------------------------------------------------------------

    /** Opens paused; what was open is closed. @param {OpenOptions} options */
    open(options) {
        this.close();
        this.#options = options;
        this.#life = new AbortController();
        const { signal } = this.#life;
        this.#surface = new VideoSurface(this.#place, {
            seen: (timestampUs, localMs) => this.#post({ type: 'seen', timestampUs, localMs }),
            ready: () => this.#post({ type: 'surface' }),
        });
        const worker = takeWorker();
        this.#worker = worker;
        worker.addEventListener('message', ({ data }) => this.#take(data), { signal });
        worker.addEventListener('error', (event) => this.#fail('worker', event.message || 'the player could not be loaded'), { signal });
        document.addEventListener('visibilitychange', () => this.#tellVisibility(), { signal });
        const { sink, transfer } = this.#surface.takeSink();
        const url = new URL(options.url, location.href);
        if (options.kind === 'live') {
            const showId = options.showId ?? '';
            this.#post({ type: 'open', kind: 'live', url: socketUrl(url), showId, name: options.name, setting: this.#setting, sink }, transfer);
        } else {
            this.#post({ type: 'open', kind: 'replay', url: url.href, sink, isPlaying: false }, transfer);
        }
        this.#tellVisibility();
        this.#sound.setNear(options.kind === 'live' && this.#setting === 'closest');
        this.#sound.open((message, transfer) => this.#post(message, transfer), signal);
        this.#emit('loadstart');
    }

    /** Idempotent; may be opened again. */
    close() {
        if (this.#worker === null) return;
        this.#post({ type: 'close' });
        this.#life?.abort();
        this.#worker = null;
        this.#surface?.close();
        this.#surface = null;
        this.#sound.close();
        this.#settlePlays(new DOMException('closed', 'AbortError'));
        this.#options = null;
        this.#isPaused = true;
        this.#hasEnded = false;
        this.#readyState = HAVE_NOTHING;
        this.#status = 'connecting';
        this.#room = new RoomState();
        this.#progress = null;
        this.#error = null;
        this.#durationMs = NaN;
        this.#seekMs = NaN;
        this.#width = 0;
        this.#height = 0;
        this.#emit('emptied');
    }

    // ---- what one may ask for -------------------------------------------------------------------------

    /** @returns {Promise<void>} resolves when it plays */
    play() {
        const played = new Promise((/** @type {(value: void) => void} */ resolve, reject) => this.#plays.push({ resolve: () => resolve(), reject }));
        if (this.#worker === null || this.#error !== null) {
            this.#settlePlays(new DOMException(this.#error?.message ?? 'nothing is open', 'NotSupportedError'));
            return played;
        }
        this.#sound.play(this.kind === 'replay');
        if (this.#isPaused) {
            this.#isPaused = false;
            this.#hasEnded = false;
            this.#post({ type: 'play' });
            this.#emit('play');
        }
        if (this.#status === 'playing') this.#settlePlays();
        return played;
    }

    pause() {
        if (this.#isPaused || this.#worker === null) return;
        this.#isPaused = true;
        this.#sound.pause();
        this.#post({ type: 'pause' });
        this.#settlePlays(new DOMException('paused', 'AbortError'));
        this.#emit('pause');
    }

    /** Live: to the live edge, whatever the time. @param {number} seconds */
    seek(seconds) {
        if (this.#worker === null || !Number.isFinite(seconds)) return;
        this.#seekMs = Math.max(0, seconds * 1000);
        this.#hasEnded = false;
        this.#post({ type: 'seek', timeMs: this.#seekMs });
        this.#emit('seeking');
        this.#emit('timeupdate');
    }

    /** @param {number} volume 0 … 1 */
    setVolume(volume) {
        if (!(volume >= 0 && volume <= 1)) throw new DOMException(`volume ${volume}`, 'IndexSizeError');
        this.#sound.setVolume(volume);
    }

    /** Unmuting within a gesture also wakes sound that the browser held back. @param {boolean} isMuted */
    setMuted(isMuted) {
        this.#sound.setMuted(isMuted);
    }

    /** How live shows are played: in step (`normal`) or nearest to live (`closest`). @param {Setting} setting */
    setSetting(setting) {
        if (setting === this.#setting) return;
        this.#setting = setting;
        this.#sound.setNear(this.kind === 'live' && setting === 'closest');
        if (this.kind === 'live') this.#post({ type: 'setting', setting });
        this.#emit('settingchange');
    }

    /** Which of `renditions` a live show is wanted in: one, the best that gets through and is not better than `best`, or none but the sound. @param {import('../wire/messages.js').Choice} choice */
    chooseRendition(choice, best = 0) {
        if (this.kind === 'live') this.#post({ type: 'rendition', choice, best });
    }

    /** @param {string} text @returns {boolean} false: not connected, the line is not sent */
    sendChat(text) {
        return this.#sendToRoom({ type: 'say', text });
    }

    /** @param {string} name @returns {boolean} false: not connected */
    setName(name) {
        return this.#sendToRoom({ type: 'name', name });
    }

    /** @param {ToWorker} message */
    #sendToRoom(message) {
        if (this.#room.isIn) this.#post(message);
        return this.#room.isIn;
    }

    // ---- what is so -----------------------------------------------------------------------------------

    get kind() {
        return this.#options?.kind ?? null;
    }

    get showId() {
        return this.#options?.showId ?? null;
    }

    get status() {
        return this.#status;
    }

    get paused() {
        return this.#isPaused;
    }

    get ended() {
        return this.#hasEnded;
    }

    get seeking() {
        return !Number.isNaN(this.#seekMs);
    }

    get muted() {
        return this.#sound.muted;
    }

    /** Muted because the browser wants a gesture first: offer one. */
    get isSoundBlocked() {
        return this.#sound.isBlocked;
    }

    get setting() {
        return this.#setting;
    }

    /** What a live show's room has told: the sizes on offer, what of them we are given. */
    get room() { return this.#room; }

    get volume() {
        return this.#sound.volume;
    }

    get readyState() {
        return this.#readyState;
    }

    get error() {
        return this.#error;
    }

    get videoWidth() {
        return this.#width;
    }

    get videoHeight() {
        return this.#height;
    }

    /** Seconds; Infinity for a live show, NaN while unknown. */
    get duration() {
        return this.#durationMs / 1000;
    }

    /** Seconds on the show's clock. */
    get currentTime() {
        if (this.seeking) return this.#seekMs / 1000;
        if (this.#progress === null) return 0;
        const { timeMs, localMs, rate } = this.#progress;
        const nowMs = performance.timeOrigin + performance.now();
        return Math.min(timeMs + Math.max(0, nowMs - localMs) * rate, this.#durationMs || Infinity) / 1000;
    }

    get buffered() {
        return timeRanges((this.#progress?.buffered ?? []).map(([from, to]) => [from / 1000, to / 1000]));
    }

    get seekable() {
        if (this.kind === 'replay') return timeRanges(this.#durationMs > 0 ? [[0, this.duration]] : []);
        const edge = this.liveEdge;
        return timeRanges(Number.isFinite(edge) ? [[edge, edge]] : []);
    }

    /** Seconds: what is presented there is live. NaN for a replay. */
    get liveEdge() {
        if (this.kind !== 'live' || this.#progress === null) return NaN;
        const { liveEdgeMs, localMs } = this.#progress;
        return (liveEdgeMs + performance.timeOrigin + performance.now() - localMs) / 1000;
    }

    /** @returns {Stats} */
    get stats() {
        return this.#progress?.stats ?? NO_STATS;
    }

    // ---- the worker -------------------------------------------------------------------------------------

    /** @param {ToWorker} message @param {Transferable[]} [transfer] */
    #post(message, transfer = []) {
        this.#worker?.postMessage(message, transfer);
    }

    #tellVisibility() {
        this.#post({ type: 'hidden', isHidden: document.visibilityState === 'hidden' });
    }

    /** @param {ToPage} message */
    #take(message) {
        switch (message.type) {
            case 'picture':
                this.#surface?.drawFrame(message.frame);
                break;
            case 'pixels':
                this.#surface?.drawPixels(message.width, message.height, message.rgba);
                break;
            case 'progress':
                this.#takeProgress(message);
                break;
            case 'status':
                this.#takeStatus(message.status);
                break;
            case 'size':
                this.#takeSize(message.width, message.height);
                break;
            case 'metadata':
                this.#durationMs = message.durationMs ?? Infinity;
                this.#emit('durationchange');
                break;
            case 'seeked':
                this.#takeSeeked(message.timeMs);
                break;
            case 'room':
                this.#room.take(message.event, message.detail);
                this.#emit(message.event, message.detail);
                break;
            case 'failed':
                this.#fail(message.code, message.message);
                break;
            case 'ready':
                break;
            default:
                throw new Error(`no case for ${/** @type {any} */ (message).type}`);
        }
    }

    /** @param {Progress} progress */
    #takeProgress(progress) {
        const before = this.#progress;
        this.#progress = progress;
        this.#emit('progress');
        if (before === null || before.timeMs !== progress.timeMs) this.#emit('timeupdate');
    }

    /** @param {number} width @param {number} height */
    #takeSize(width, height) {
        this.#width = width;
        this.#height = height;
        this.#emit('resize');
        if (this.#readyState !== HAVE_NOTHING) return;
        // Behind the page's next frame, so that the picture comes first.
        requestAnimationFrame(() => setTimeout(() => this.#sound.prepare()));
        this.#readyState = HAVE_CURRENT_DATA;
        this.#emit('loadedmetadata');
        this.#emit('loadeddata');
        // Status and first picture come in either order.
        if (this.#status === 'playing' || this.#status === 'paused') this.#reach(HAVE_ENOUGH_DATA);
    }

    /** @param {number} timeMs of the place */
    #takeSeeked(timeMs) {
        // Another seek was asked for meanwhile: its own answer comes.
        if (this.kind === 'replay' && Math.abs(timeMs - Math.min(this.#seekMs, this.#durationMs || Infinity)) > 1) return;
        this.#seekMs = NaN;
        this.#emit('seeked');
        this.#emit('timeupdate');
    }

    /** @param {Status} status */
    #takeStatus(status) {
        const before = this.#status;
        this.#status = status;
        if (status === 'playing') {
            this.#reach(HAVE_ENOUGH_DATA);
            this.#settlePlays();
            this.#emit('playing');
        } else if (status === 'paused') {
            if (this.#readyState >= HAVE_CURRENT_DATA) this.#reach(HAVE_ENOUGH_DATA);
        } else if (status === 'ended') {
            this.#end();
        } else if (before === 'playing' && !this.#isPaused) {
            this.#readyState = HAVE_CURRENT_DATA;
            this.#emit('waiting');
        }
        this.#emit('status', { status });
    }

    /** @param {number} readyState */
    #reach(readyState) {
        if (this.#readyState >= readyState) return;
        if (this.#readyState === HAVE_NOTHING) {
            this.#emit('loadedmetadata');
            this.#emit('loadeddata');
        }
        this.#readyState = readyState;
        this.#emit('canplay');
        this.#emit('canplaythrough');
    }

    #end() {
        this.#hasEnded = true;
        this.#settlePlays();
        this.#emit('timeupdate');
        if (!this.#isPaused) {
            this.#isPaused = true;
            this.#sound.pause();
            this.#emit('pause');
        }
        this.#emit('ended');
    }

    /** @param {string} code @param {string} message */
    #fail(code, message) {
        if (this.#error !== null) return;
        this.#error = { code, message };
        this.#status = 'failed';
        this.#settlePlays(new DOMException(message, 'NotSupportedError'));
        this.#emit('error', { code, message, isFatal: true });
        this.#emit('status', { status: 'failed' });
    }

    /** @param {DOMException} [reason] none: it plays */
    #settlePlays(reason) {
        for (const { resolve, reject } of this.#plays.splice(0)) {
            if (reason) reject(reason);
            else resolve();
        }
    }

    /** @param {string} type @param {any} [detail] */
    #emit(type, detail) {
        this.dispatchEvent(detail === undefined ? new Event(type) : new CustomEvent(type, { detail }));
    }
}
