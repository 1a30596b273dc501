// SPDX-License-Identifier: MIT
// The publish worker's end of the line (line.js): a connection as Broadcast wants one, and the sound as Publishing wants it,
// both at the other side of a port. Knows what was told last; never waits for an answer but for the first.

/** @typedef {import('./line-messages.js').ToLine} ToLine */
/** @typedef {import('./line-messages.js').FromLine} FromLine */
/** @typedef {import('./line-messages.js').SoundState} SoundState */
/** @typedef {(message: ToLine, transfer?: Transferable[]) => void} PostToLine */

export class RemoteLine {
    #port;
    /** @type {RemoteConnection|null} */
    #connection = null;
    #serial = 0;
    sound;
    /** Settles when the sound's encoder is loaded. @type {Promise<void>} */
    ready;
    /** @type {(bytes: number[]) => void} */
    onSoundSent = () => {};
    /** @type {(error: {code: string, message: string}) => void} */
    onFault = () => {};

    /** @param {MessagePort} port of the line worker */
    constructor(port) {
        this.#port = port;
        /** @type {PostToLine} */
        const post = (message, transfer = []) => port.postMessage(message, transfer);
        this.sound = new RemoteSound(post);
        this.ready = new Promise((resolve, reject) => {
            port.onmessage = ({ data }) => this.#take(data, resolve, reject);
        });
        this.ready.catch(() => {}); // whoever prepares a show hears of it
    }

    /** @param {FromLine} message @param {(value: void) => void} resolve @param {(error: unknown) => void} reject of `ready` */
    #take(message, resolve, reject) {
        switch (message.type) {
            case 'ready':
                this.sound.take(message.sound);
                resolve();
                break;
            case 'event':
                if (message.serial === this.#serial) this.#connection?.take(message.name, message.detail, message.session);
                break;
            case 'sound-sent':
                if (message.serial === this.#serial) this.onSoundSent(message.bytes);
                break;
            case 'sound':
                this.sound.take(message.sound);
                break;
            case 'fault':
                reject(message);
                this.onFault(message);
                break;
            default:
                throw new Error(`no case for ${/** @type {any} */ (message).type}`);
        }
    }

    /** Opens a connection in place of the last one. @param {import('../wire/connection.js').ConnectionOptions} options */
    connect(options) {
        this.#serial += 1;
        const serial = this.#serial;
        /** @type {PostToLine} */
        const post = (message, transfer = []) => this.#port.postMessage(message, transfer);
        this.#connection = new RemoteConnection(serial, post);
        post({ type: 'connect', serial, options });
        return this.#connection;
    }

    /** The line worker ends. */
    close() {
        this.#port.postMessage({ type: 'close' });
    }
}

/** What Broadcast needs of a Connection. */
export class RemoteConnection extends EventTarget {
    #serial;
    #post;
    /** @type {import('../wire/connection.js').ConnectionState} */
    #state = 'connecting';
    /** The welcome that was heard last. */
    #session = 0;

    /** @param {number} serial @param {PostToLine} post */
    constructor(serial, post) {
        super();
        this.#serial = serial;
        this.#post = post;
    }

    /** As it was told last. */
    get state() {
        return this.#state;
    }

    /** @param {string} name @param {any} detail @param {number} session welcomes so far */
    take(name, detail, session) {
        this.#session = session;
        if (name === 'welcome') this.#state = 'open';
        else if (name === 'reconnecting') this.#state = 'waiting';
        else if (name === 'close') this.#state = 'closed';
        this.dispatchEvent(Object.assign(new Event(name), { detail }));
    }

    /** @param {import('../wire/messages.js').ClientMessage} message */
    send(message) {
        if (this.#state !== 'open') return false;
        this.#post({ type: 'send', session: this.#session, message });
        return true;
    }

    /** Its bytes are gone afterwards. @param {Uint8Array<ArrayBuffer>} bytes */
    sendMedia(bytes) {
        if (this.#state !== 'open') return false;
        this.#post({ type: 'media', session: this.#session, bytes }, [bytes.buffer]);
        return true;
    }

    /** Ends it for good; `close` is fired once. Idempotent. */
    close() {
        if (this.#state === 'closed') return;
        this.#post({ type: 'disconnect', serial: this.#serial });
        this.take('close', { code: 1000, name: 'closed', message: 'Closed by this page.', isFatal: true }, this.#session);
    }
}

/** The sound at the other side. */
class RemoteSound {
    #post;
    /** @type {SoundState|null} */
    #state = null;

    /** @param {PostToLine} post */
    constructor(post) {
        this.#post = post;
    }

    /** @param {SoundState} state */
    take(state) {
        this.#state = state;
    }

    /** What INIT says of the sound; known once the line is ready. */
    get track() {
        if (this.#state === null) throw new Error('no sound before the line is ready');
        return this.#state.track;
    }

    get settings() {
        return this.#state?.settings ?? null;
    }

    get filledMs() {
        return this.#state?.filledMs ?? 0;
    }

    /** Sound comes through this port from now on. @param {MessagePort} port */
    usePort(port) {
        this.#post({ type: 'sound-port', port }, [port]);
    }

    /** @param {import('./sound-choice.js').SoundProfile} profile */
    setProfile(profile) {
        this.#post({ type: 'sound-set', profile });
    }

    /** @param {number} bitrateBps of music; a voice takes less */
    setBitrate(bitrateBps) {
        this.#post({ type: 'sound-set', bitrateBps });
    }

    /** @param {boolean} isStrained the machine has too much to do */
    setStrained(isStrained) {
        this.#post({ type: 'sound-set', isStrained });
    }

    /** @param {number} originMs local time at which the show's clock was zero; NaN: not live */
    setLive(originMs) {
        this.#post({ type: 'sound-live', originMs });
    }
}
