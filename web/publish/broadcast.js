// SPDX-License-Identifier: MIT
// The show's way to the relay: says hello and start, puts INIT in front of the media, counts what the acks say, comes back
// after a loss and takes the clock up again. Owns the connection and the show's clock. Encodes nothing.

import { localNow } from '../wire/connection.js';
import { WIRE_POSTER, frameMessage } from '../wire/header.js';
import { LIMIT_RENDITIONS_COUNT, LIMIT_TIMESTAMP_US } from '../wire/limits.js';
import { chatMessage, endMessage, nameMessage, startMessage, timingMessage, withdrawMessage } from '../wire/messages.js';
import { AckTracker } from './ack-tracker.js';
import { TAKEN_MESSAGES } from './line-messages.js';
import { RateMeter } from './rate-meter.js';
import { ShowClock } from './source-clock.js';

/** @typedef {import('../wire/messages.js').RelayMessage} RelayMessage */
/** @typedef {import('./publish-messages.js').ToPage} ToPage */
/** @typedef {import('./remote-line.js').RemoteConnection} RemoteConnection */

/**
 * The relay keeps a show 30 s for its publisher; a little longer, so that its own answer (not found) has the last word.
 */
const RETURN_POLICY = { firstDelayMs: 250, maxDelayMs: 3000, giveUpAfterMs: 40_000 };
/** Without the relay's goodbye the end is taken for done. */
const END_TIMEOUT_MS = 5000;

export class Broadcast {
    #post;
    #onBegin;
    #onPause;
    #onKeyframeWish;
    #onWanted;
    #connect;
    /** @type {RemoteConnection|null} */
    #connection = null;
    #clock = new ShowClock();
    #hasInit = false;
    #isLive = false;
    #isEnding = false;
    #liveSinceMs = NaN;
    #posterSequence = 0;
    acks = new AckTracker();
    /** Bytes of media. */
    sent = new RateMeter();
    soundSent = new RateMeter();
    /** Of each rendition: pictures, and their bytes. */
    picturesSent = Array.from({ length: LIMIT_RENDITIONS_COUNT }, () => new RateMeter());
    viewers = 0;
    /** @type {'on'|'off'|'lagging'} */
    recording = 'off';

    /**
     * @param {object} calls
     * @param {(message: ToPage) => void} calls.post
     * @param {() => void} calls.onBegin         a connection stands: media may be sent, INIT first
     * @param {() => void} calls.onPause         it is lost, or over
     * @param {(rendition: number) => void} calls.onKeyframeWish
     * @param {(renditions: number[]) => void} calls.onWanted these are watched; on a new connection none but the best, until told
     * @param {(options: import('../wire/connection.js').ConnectionOptions) => RemoteConnection} calls.connect by the line worker
     */
    constructor({ post, onBegin, onPause, onKeyframeWish, onWanted, connect }) {
        this.#connect = connect;
        this.#post = post;
        this.#onBegin = onBegin;
        this.#onPause = onPause;
        this.#onKeyframeWish = onKeyframeWish;
        this.#onWanted = onWanted;
    }

    /** True while media can be sent: not before the welcome, and nothing behind `end`. */
    get isOpen() {
        return this.#connection?.state === 'open' && !this.#isEnding;
    }

    /** True until INIT was sent on the present connection. */
    get wantsInit() {
        return !this.#hasInit;
    }

    get liveForMs() {
        return Number.isNaN(this.#liveSinceMs) ? 0 : localNow() - this.#liveSinceMs;
    }

    /** Show time in µs of something captured at a local time; negative when that was before the show. @param {number} localMs */
    showUs(localMs) {
        return this.#clock.isRunning ? this.#clock.toShowUs(localMs) : -1;
    }

    /** Local time at which the show's clock was zero; NaN before. */
    get originMs() {
        return this.#clock.originMs;
    }

    /** @param {import('./publish-messages.js').GoLiveMessage} message */
    goLive({ url, show, key, name }) {
        this.#connection?.close();
        const connection = this.#connect({ url, role: 'publish', show, key, name, reconnect: RETURN_POLICY });
        this.#connection = connection;
        /** @type {(type: string, listener: (detail: any) => void) => void} */
        const on = (type, listener) => {
            connection.addEventListener(type, (event) => {
                if (connection === this.#connection) listener(/** @type {any} */ (event).detail);
            });
        };
        on('welcome', (welcome) => this.#begin(welcome));
        on('reconnecting', ({ attempt, delayMs, reason }) => {
            this.#pause();
            this.#post({ type: 'reconnecting', attempt, delayMs, message: reason.message });
        });
        on('close', (reason) => this.#finish(reason));
        for (const type of TAKEN_MESSAGES) {
            on(type, (message) => this.#take(message));
        }
    }

    /** The show ends for everybody. */
    end() {
        const connection = this.#connection;
        if (connection === null || this.#isEnding) return;
        this.#isEnding = true;
        if (!connection.send(endMessage())) {
            connection.close();
            return;
        }
        setTimeout(() => connection.close(), END_TIMEOUT_MS);
    }

    /** @param {string} text */
    chat(text) {
        const message = chatMessage(text);
        if (message.text !== '') this.#connection?.send(message);
    }

    /** @param {string} name */
    rename(name) {
        if (name.trim() !== '') this.#connection?.send(nameMessage(name.trim()));
    }

    /** Of the best rendition. @param {Uint8Array<ArrayBuffer>} message */
    sendInit(message) {
        this.#hasInit = true;
        this.#send(message);
    }

    /** Of another one: from now on it may be wanted. @param {Uint8Array<ArrayBuffer>} message */
    sendOffer(message) {
        this.#send(message);
    }

    /** @param {number} rendition not to be had any more */
    withdraw(rendition) {
        this.#connection?.send(withdrawMessage(rendition));
    }

    /** @param {Uint8Array<ArrayBuffer>} message @param {number} [rendition] */
    sendPicture(message, rendition = 0) {
        this.picturesSent[rendition].add(localNow(), message.byteLength);
        this.#send(message);
    }

    /** The line sends the sound by itself. @param {number[]} lengths of its messages */
    noteSound(lengths) {
        const nowMs = localNow();
        for (const bytes of lengths) {
            this.soundSent.add(nowMs, bytes);
            this.sent.add(nowMs, bytes);
            this.acks.sent(bytes, nowMs);
        }
    }

    /** @param {Uint8Array} jpeg */
    sendPoster(jpeg) {
        if (!this.isOpen || this.wantsInit) return;
        const timestampUs = Math.min(LIMIT_TIMESTAMP_US, Math.max(0, this.showUs(localNow())));
        const header = { kind: WIRE_POSTER, flags: 0, rendition: 0, temporalId: 0, sequence: this.#posterSequence++, timestampUs };
        this.#send(frameMessage(header, jpeg));
    }

    /** For the viewers' statistics; at most once a second. @param {{captureMs: number, encodeMs: number}} timing */
    sendTiming(timing) {
        if (this.isOpen && !this.wantsInit) this.#connection?.send(timingMessage(timing));
    }

    close() {
        const connection = this.#connection;
        this.#connection = null;
        connection?.close();
    }

    /** @param {Uint8Array<ArrayBuffer>} message */
    #send(message) {
        const bytes = message.byteLength; // gone with the message
        if (!this.#connection?.sendMedia(message)) return;
        const nowMs = localNow();
        this.acks.sent(bytes, nowMs);
        this.sent.add(nowMs, bytes);
    }

    /** @param {import('../wire/messages.js').WelcomeMessage} welcome */
    #begin(welcome) {
        this.acks.reset();
        this.#hasInit = false;
        this.viewers = welcome.viewers;
        const nowMs = localNow();
        this.#clock.startAt(nowMs, welcome.mediaTimeMs);
        if (Number.isNaN(this.#liveSinceMs)) this.#liveSinceMs = nowMs - welcome.mediaTimeMs;
        this.#connection?.send(startMessage(this.#clock.toShowMs(nowMs)));
        this.#post({ type: 'room', message: welcome });
        this.#onWanted([0]);
        this.#onBegin();
    }

    /** @param {RelayMessage} message */
    #take(message) {
        switch (message.type) {
            case 'ack':
                this.acks.acked(message.bytes, localNow());
                this.recording = message.recording;
                this.#tellLive();
                return;
            case 'keyframe':
                this.#onKeyframeWish(message.rendition);
                return;
            case 'wanted':
                this.#onWanted(message.renditions);
                return;
            case 'presence':
                this.viewers = message.viewers;
                break;
            case 'state':
                if (message.state === 'live') this.#tellLive();
                break;
            default:
                break;
        }
        this.#post({ type: 'room', message });
    }

    /** The relay has our start: told by the room's state, or by its first ack after a return. */
    #tellLive() {
        if (this.#isLive) return;
        this.#isLive = true;
        this.#post({ type: 'live' });
    }

    #pause() {
        this.#isLive = false;
        this.#onPause();
    }

    /** @param {import('../wire/close-codes.js').CloseReason} reason */
    #finish(reason) {
        this.#connection = null;
        this.#pause();
        const isFault = !(this.#isEnding || reason.name === 'ended');
        this.#isEnding = false;
        this.#liveSinceMs = NaN;
        this.#clock = new ShowClock();
        this.#post({ type: 'ended', code: reason.name, message: reason.message, isFault });
    }
}
