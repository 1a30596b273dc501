// SPDX-License-Identifier: MIT
// The show's line to the relay, and its sound: what must not wait behind the encoding of a picture (8 to 30 ms). Owns the
// Connection and the sound's encoder; takes pictures as whole messages from the publish worker (remote-line.js). Sound
// goes out as soon as it is encoded, but never in front of INIT nor behind `end`. Runs in the line worker, in tests in Node.
//
//   worklet ─► SoundPipeline ─┐
//   publish worker ─► port ───┴► Connection

import { Connection } from '../wire/connection.js';
import { WIRE_INIT } from '../wire/header.js';
import { TAKEN_MESSAGES } from './line-messages.js';
import { SoundPipeline } from './sound-pipeline.js';

/** @typedef {import('./line-messages.js').ToLine} ToLine */
/** @typedef {import('./line-messages.js').FromLine} FromLine */

const SOUND_BEAT_MS = 20;
const STATE_BEAT_MS = 500;
/** Until the quality says something else. */
const FIRST_BITRATE_BPS = 96_000;
/** What a broadcast listens to. */
const EVENTS = ['welcome', 'reconnecting', 'close', ...TAKEN_MESSAGES];

export class Line {
    #port;
    #onClose;
    #sound;
    /** @type {Connection|null} */
    #connection = null;
    #serial = 0;
    #session = 0;
    /** INIT went out on the present connection, and `end` did not. */
    #isSoundDue = false;
    #originMs = NaN;
    /** @type {number[]} lengths that the publish worker has not heard of */
    #soundSent = [];
    /** @type {any[]} */
    #timers = [];

    /**
     * @param {MessagePort} port to the publish worker
     * @param {import('../codec/encoder-module.js').EncoderModule} module
     * @param {() => void} [onClose]
     */
    constructor(port, module, onClose = () => {}) {
        this.#port = port;
        this.#onClose = onClose;
        this.#sound = new SoundPipeline(module, FIRST_BITRATE_BPS, (encode, capturedMs) => this.#takeSound(encode, capturedMs));
        port.onmessage = ({ data }) => this.#guard(() => this.#take(data));
        this.#timers = [
            setInterval(() => this.#guard(() => this.#sound.tick()), SOUND_BEAT_MS),
            setInterval(() => this.#tellSound(), STATE_BEAT_MS),
        ];
        this.#post({ type: 'ready', sound: this.#soundState });
    }

    /** @param {() => void} work */
    #guard(work) {
        try {
            work();
        } catch (error) {
            const { code = 'failed', message = String(error) } = /** @type {any} */ (error);
            this.#post({ type: 'fault', code, message });
        }
    }

    /** @param {FromLine} message */
    #post(message) {
        this.#port.postMessage(message);
    }

    /** @param {ToLine} message */
    #take(message) {
        switch (message.type) {
            case 'connect':
                this.#connect(message);
                break;
            case 'send':
                if (message.session !== this.#session) break;
                if (message.message.type === 'end') this.#isSoundDue = false;
                this.#connection?.send(message.message);
                break;
            case 'media':
                if (message.session !== this.#session) break;
                if (this.#connection?.sendMedia(message.bytes) && message.bytes[0] === WIRE_INIT) this.#isSoundDue = true;
                break;
            case 'disconnect':
                if (message.serial === this.#serial) this.#disconnect();
                break;
            case 'sound-port':
                this.#sound.usePort(message.port);
                break;
            case 'sound-live':
                this.#originMs = message.originMs;
                this.#sound.setLive(!Number.isNaN(message.originMs));
                break;
            case 'sound-set':
                if (message.profile !== undefined) this.#sound.setProfile(message.profile);
                if (message.bitrateBps !== undefined) this.#sound.setBitrate(message.bitrateBps);
                if (message.isStrained !== undefined) this.#sound.setStrained(message.isStrained);
                this.#tellSound();
                break;
            case 'close':
                this.#close();
                break;
            default:
                throw new Error(`no case for ${/** @type {any} */ (message).type}`);
        }
    }

    /** @param {import('./line-messages.js').ConnectMessage} message */
    #connect({ serial, options }) {
        this.#disconnect();
        const connection = new Connection(options);
        this.#connection = connection;
        this.#serial = serial;
        for (const name of EVENTS) {
            connection.addEventListener(name, (event) => {
                if (connection === this.#connection) this.#tell(name, /** @type {any} */ (event).detail);
            });
        }
        connection.open().catch(() => {}); // `close` tells the same
    }

    /** @param {string} name @param {any} detail */
    #tell(name, detail) {
        if (name === 'welcome' || name === 'reconnecting' || name === 'close') this.#isSoundDue = false;
        if (name === 'welcome') this.#session += 1;
        // What is acknowledged must be known as sent, and what no ack of this socket will cover before the next one's are counted.
        if (name === 'ack' || name === 'reconnecting') this.#tellSent();
        this.#post({ type: 'event', serial: this.#serial, session: this.#session, name, detail });
    }

    #tellSent() {
        if (this.#soundSent.length === 0) return;
        this.#post({ type: 'sound-sent', serial: this.#serial, bytes: this.#soundSent });
        this.#soundSent = [];
    }

    #disconnect() {
        const connection = this.#connection;
        this.#connection = null;
        this.#isSoundDue = false;
        this.#soundSent = [];
        connection?.close();
    }

    /**
     * @param {(timestampUs: number) => Uint8Array<ArrayBuffer>} encode
     * @param {number} capturedMs
     */
    #takeSound(encode, capturedMs) {
        const timestampUs = Math.round((capturedMs - this.#originMs) * 1000);
        if (!this.#isSoundDue || !(timestampUs >= 0)) return;
        const bytes = encode(timestampUs);
        if (this.#connection?.sendMedia(bytes)) this.#soundSent.push(bytes.byteLength);
    }

    get #soundState() {
        const { track, settings, filledMs } = this.#sound;
        return { track, settings, filledMs };
    }

    #tellSound() {
        this.#post({ type: 'sound', sound: this.#soundState });
    }

    #close() {
        for (const timer of this.#timers) clearInterval(timer);
        this.#disconnect();
        this.#sound.close();
        this.#port.close();
        this.#onClose();
    }
}
