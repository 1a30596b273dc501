// SPDX-License-Identifier: MIT
// One WebSocket to the relay from hello to close: says hello, waits for welcome, keeps the relay's
// clock, turns messages into typed events and comes back after a loss if asked to. Works in a Worker,
// a page and in Node (given a WebSocket class). Knows no media and no DOM; never plays, never encodes.
//
//   idle ─open()─► connecting ─socket─► greeting ─welcome─► open ─lost─► waiting ─► connecting …
//                                                             └─ close(), fatal code, signal ─► closed

import { WIRE_SUBPROTOCOL, WIRE_SUBPROTOCOL_PUBLISH, WireError, readHeader } from './header.js';
import { closeReason } from './close-codes.js';
import { RelayClock } from './relay-clock.js';
import {
    MessageError,
    formatClientMessage,
    helloMessage,
    parseRelayMessage,
    timeMessage,
} from './messages.js';

/** @typedef {import('./header.js').Header} Header */
/** @typedef {import('./messages.js').Role} Role */
/** @typedef {import('./messages.js').ClientMessage} ClientMessage */
/** @typedef {import('./messages.js').RelayMessage} RelayMessage */
/** @typedef {import('./messages.js').WelcomeMessage} WelcomeMessage */
/** @typedef {'idle'|'connecting'|'greeting'|'open'|'waiting'|'closed'} ConnectionState */

/**
 * @typedef {object} ReconnectPolicy
 * @property {number} [firstDelayMs] before the first new attempt; doubles from then on
 * @property {number} [maxDelayMs]
 * @property {number} [giveUpAfterMs] without a welcome since the loss; Infinity by default
 */

/**
 * @typedef {object} ConnectionOptions
 * @property {string} url ws: or wss: (`socketUrl` makes it from a page's address)
 * @property {Role} role
 * @property {string} show
 * @property {string} [key]
 * @property {string} [name]
 * @property {boolean|ReconnectPolicy} [reconnect] false by default
 * @property {AbortSignal} [signal] closes the connection for good
 * @property {any} [WebSocket] the class to use; the global one by default
 * @property {() => number} [random] 0…1, for the jitter
 */

const DEFAULT_POLICY = { firstDelayMs: 250, maxDelayMs: 5000, giveUpAfterMs: Infinity };
/** The relay waits 10 s for a hello; we wait as long for its welcome. */
const WELCOME_TIMEOUT_MS = 10_000;
/** Round trips at the beginning: five in half a second find a quiet moment (relay allows 10/s). */
const FIRST_ROUND_TRIPS = 5;
const FIRST_INTERVAL_MS = 110;
/** Later one each 10 s: follows drift, keeps proxies awake (they cut at 30–60 s), notices dead sockets. */
const LATER_INTERVAL_MS = 10_000;
const SILENCE_LIMIT_MS = 25_000;
/** On a way back a socket that does not open soon is given up for a new one (the system asks again after 1, 3 and 7 s only). */
const FIRST_RETURN_TIMEOUT_MS = 2000;
/**
 * Where something came all the time, silence is noticed by beats: after three the relay is asked for the time, after six the
 * socket is taken for dead, long before the system says so (after an outage of 5 s it tries again at 6.2 s). Beats and not
 * a clock, since a worker that was busy has what came meanwhile still before it.
 */
const BEAT_MS = 500;
const PROBE_BEATS = 3;
const DEAD_BEATS = 6;

/**
 * Event of a Connection. `detail` by type:
 * `welcome history state chat presence join leave people you face ack keyframe renditions wanted quality timing warning error`: the message ·
 * `media`: `{header, bytes}` (whole message) · `refused`: the error of a message we refuse ·
 * `reconnecting`: `{attempt, delayMs, reason}` · `close`: CloseReason, once, when it is over.
 */
export class ConnectionEvent extends Event {
    /**
     * @param {string} type
     * @param {any} [detail]
     */
    constructor(type, detail) {
        super(type);
        this.detail = detail;
    }
}

/** Rejects `open()`; `code` is the name of the close reason or of the relay's error. */
export class ConnectionError extends Error {
    /**
     * @param {string} code
     * @param {string} message
     */
    constructor(code, message) {
        super(message);
        this.name = 'ConnectionError';
        this.code = code;
    }
}

/**
 * The socket's address for a page's address.
 * @param {string|URL} pageUrl
 */
export function socketUrl(pageUrl) {
    const url = new URL('/ws', pageUrl);
    url.protocol = url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss:' : 'ws:';
    return url.href;
}

/** Local Unix time with fractions, monotonic within this worker. */
export function localNow() {
    return performance.timeOrigin + performance.now();
}

export class Connection extends EventTarget {
    /** @type {ConnectionOptions} */ #options;
    /** @type {Required<ReconnectPolicy>|null} */ #policy;
    /** @type {ConnectionState} */ #state = 'idle';
    /** @type {WebSocket|null} */ #socket = null;
    /** @type {WelcomeMessage|null} */ #welcome = null;
    /** @type {number|null} */ #epochMs = null;
    /** @type {import('./messages.js').ErrorMessage|null} */ #lastError = null;
    /** @type {{resolve: (w: WelcomeMessage) => void, reject: (e: Error) => void}|null} */ #opening = null;
    /** @type {any} */ #timer = null;
    /** @type {any} */ #clockTimer = null;
    /** @type {any} */ #beat = null;
    #silentBeats = 0;
    /** Media, or acks of it, have come since the last silence was looked into. */
    #isFlowing = false;
    #isProbing = false;
    #clock = new RelayClock();
    #roundTrips = 0;
    #heardMs = 0;
    #attempt = 0;
    #lostMs = 0;
    #wasWelcomed = false;

    /** @param {ConnectionOptions} options */
    constructor(options) {
        super();
        this.#options = options;
        this.#policy = options.reconnect
            ? { ...DEFAULT_POLICY, ...(options.reconnect === true ? {} : options.reconnect) }
            : null;
        const { signal } = options;
        signal?.addEventListener('abort', () => this.close(), { once: true });
    }

    get state() {
        return this.#state;
    }

    /** The relay's welcome of the present connection, or null. */
    get welcome() {
        return this.#welcome;
    }

    /** Unix ms at which the show first went live, on the relay's clock; null before. */
    get epochMs() {
        return this.#epochMs;
    }

    get roundTripMs() {
        return this.#clock.roundTripMs;
    }

    /** Bytes the browser has not handed to the system: a lower bound of what is under way, no more. */
    get bufferedAmount() {
        return this.#socket?.bufferedAmount ?? 0;
    }

    /** Relay's Unix time in ms now, as well as it is known. */
    relayNow() {
        return localNow() + this.#clock.offsetMs;
    }

    /** The show's clock now in ms, or null before the show first went live. */
    showNow() {
        return this.#epochMs === null ? null : this.relayNow() - this.#epochMs;
    }

    /**
     * Connects and says hello. Resolves with the first welcome; rejects with ConnectionError when the
     * first attempt fails for good (with `reconnect` only when a fatal code or `giveUpAfterMs` says so).
     * @returns {Promise<WelcomeMessage>}
     */
    open() {
        if (this.#state !== 'idle') throw new Error(`Connection.open() in state ${this.#state}`);
        return new Promise((resolve, reject) => {
            this.#opening = { resolve, reject };
            if (this.#options.signal?.aborted) this.close();
            else this.#connect();
        });
    }

    /**
     * Sends a control or chat message. False when there is no welcome yet or any more: it is not kept.
     * @param {ClientMessage} message
     */
    send(message) {
        if (this.#state !== 'open' || this.#socket === null) return false;
        this.#socket.send(formatClientMessage(message));
        return true;
    }

    /**
     * Sends a whole media message. Its bytes must not lie in shared memory (browsers refuse that).
     * @param {Uint8Array} message
     */
    sendMedia(message) {
        if (this.#state !== 'open' || this.#socket === null) return false;
        this.#socket.send(message);
        return true;
    }

    /** Ends it for good; `close` is fired once. Idempotent. */
    close() {
        if (this.#state === 'closed') return;
        this.#finish({ code: 1000, name: 'closed', message: 'Closed by this page.', isFatal: true });
    }

    // ---- the socket -------------------------------------------------------------------------------

    #connect() {
        this.#state = 'connecting';
        this.#lastError = null;
        const Socket = this.#options.WebSocket ?? globalThis.WebSocket;
        /** @type {WebSocket} */
        let socket;
        try {
            const subprotocols = this.#options.role === 'publish' ? [WIRE_SUBPROTOCOL_PUBLISH, WIRE_SUBPROTOCOL] : [WIRE_SUBPROTOCOL];
            socket = new Socket(this.#options.url, subprotocols);
        } catch (error) {
            this.#finish({ ...closeReason(1006), name: 'bad-url', message: String(error), isFatal: true });
            return;
        }
        socket.binaryType = 'arraybuffer';
        this.#socket = socket;
        /** @type {(type: string, listener: (event: any) => void) => void} */
        const on = (type, listener) => {
            // npm ws knows no `signal` option, so each listener asks whether its socket still counts.
            socket.addEventListener(type, (event) => {
                if (this.#socket === socket) listener(event);
            });
        };
        on('open', () => this.#greet());
        on('message', (event) => this.#receive(event.data));
        on('error', () => {}); // npm ws throws without a listener; `close` follows and says more
        on('close', (event) => this.#lose(event.code));
        const returnMs = FIRST_RETURN_TIMEOUT_MS * 2 ** (this.#attempt - 1);
        const timeoutMs = this.#wasWelcomed ? Math.min(WELCOME_TIMEOUT_MS, returnMs) : WELCOME_TIMEOUT_MS;
        this.#timer = setTimeout(() => this.#lose(4005), timeoutMs);
    }

    #greet() {
        this.#state = 'greeting';
        this.#socket?.send(formatClientMessage(helloMessage(this.#options)));
    }

    /** @param {unknown} data */
    #receive(data) {
        this.#heardMs = localNow();
        this.#silentBeats = 0;
        this.#isProbing = false;
        if (typeof data !== 'string') {
            this.#receiveMedia(new Uint8Array(/** @type {ArrayBuffer} */ (data)));
            return;
        }
        let message;
        try {
            message = parseRelayMessage(data);
        } catch (error) {
            if (!(error instanceof MessageError)) throw error;
            this.#emit('refused', error);
            return;
        }
        this.#take(message);
    }

    /** @param {Uint8Array} bytes */
    #receiveMedia(bytes) {
        this.#isFlowing = true;
        try {
            this.#emit('media', { header: readHeader(bytes), bytes });
        } catch (error) {
            if (!(error instanceof WireError)) throw error;
            this.#emit('refused', error);
        }
    }

    /** @param {RelayMessage} message */
    #take(message) {
        switch (message.type) {
            case 'welcome':
                this.#takeWelcome(message);
                break;
            case 'time':
                this.#clock.addRoundTrip(message.t, localNow(), message.now);
                return;
            case 'state':
                this.#epochMs = message.epochMs;
                break;
            case 'error':
                // Only an error that a close follows explains that close.
                if (!message.code.startsWith('chat-')) this.#lastError = message;
                break;
            case 'ack':
                this.#isFlowing = true;
                break;
            case 'history':
            case 'chat':
            case 'presence':
            case 'join':
            case 'leave':
            case 'people':
            case 'you':
            case 'face':
            case 'keyframe':
            case 'renditions':
            case 'wanted':
            case 'quality':
            case 'timing':
            case 'warning':
                break;
            default:
                throw new Error(`no case for ${/** @type {any} */ (message).type}`);
        }
        this.#emit(message.type, message);
    }

    /** @param {WelcomeMessage} message */
    #takeWelcome(message) {
        clearTimeout(this.#timer);
        this.#state = 'open';
        this.#welcome = message;
        this.#epochMs = message.epochMs;
        this.#attempt = 0;
        this.#wasWelcomed = true;
        this.#clock.reset();
        this.#clock.addOneWay(this.#heardMs, message.now);
        this.#roundTrips = 0;
        this.#askTime();
        this.#isFlowing = false;
        this.#beat = setInterval(() => this.#listen(), BEAT_MS);
        this.#opening?.resolve(message);
        this.#opening = null;
    }

    #askTime() {
        if (this.#state !== 'open') return;
        if (localNow() - this.#heardMs > SILENCE_LIMIT_MS) {
            this.#lose(1006);
            return;
        }
        this.send(timeMessage(localNow()));
        this.#roundTrips += 1;
        this.#clockTimer = setTimeout(
            () => this.#askTime(),
            this.#roundTrips < FIRST_ROUND_TRIPS ? FIRST_INTERVAL_MS : LATER_INTERVAL_MS,
        );
    }

    /** Once a beat. A silence that a show makes (it is over, its creator is away) is asked about once. */
    #listen() {
        this.#silentBeats += 1;
        if (this.#silentBeats === PROBE_BEATS && this.#isFlowing) {
            this.#isFlowing = false;
            this.#isProbing = true;
            this.send(timeMessage(localNow()));
        } else if (this.#silentBeats === DEAD_BEATS && this.#isProbing) {
            this.#lose(1006);
        }
    }

    // ---- loss and return --------------------------------------------------------------------------

    /** @param {number} code of the close */
    #lose(code) {
        const reason = closeReason(code);
        this.#dropSocket();
        if (this.#lastError !== null && reason.isFatal) {
            reason.name = this.#lastError.code;
            reason.message = this.#lastError.message;
        }
        // After a loss the relay may hold our old socket for a moment and call us the second publisher.
        const isOwnGhost = code === 4004 && this.#wasWelcomed;
        if (this.#policy === null || (reason.isFatal && !isOwnGhost)) {
            this.#finish(reason);
            return;
        }
        this.#waitAndReturn(this.#policy, reason);
    }

    /**
     * @param {Required<ReconnectPolicy>} policy
     * @param {import('./close-codes.js').CloseReason} reason
     */
    #waitAndReturn(policy, reason) {
        const now = localNow();
        if (this.#attempt === 0) this.#lostMs = now;
        const longest = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** this.#attempt);
        // Full jitter over the upper half: a restarted relay is not met by everybody at once.
        const delayMs = longest * (0.5 + 0.5 * (this.#options.random ?? Math.random)());
        if (now + delayMs - this.#lostMs > policy.giveUpAfterMs) {
            this.#finish({ ...reason, isFatal: true });
            return;
        }
        this.#attempt += 1;
        this.#state = 'waiting';
        this.#timer = setTimeout(() => this.#connect(), delayMs);
        this.#emit('reconnecting', { attempt: this.#attempt, delayMs, reason });
    }

    #dropSocket() {
        clearTimeout(this.#timer);
        clearTimeout(this.#clockTimer);
        clearInterval(this.#beat);
        const socket = this.#socket;
        this.#socket = null;
        this.#welcome = null;
        if (socket !== null && socket.readyState <= 1) socket.close();
    }

    /** @param {import('./close-codes.js').CloseReason} reason */
    #finish(reason) {
        this.#state = 'closed';
        this.#dropSocket();
        this.#opening?.reject(new ConnectionError(reason.name, reason.message));
        this.#opening = null;
        this.#emit('close', reason);
    }

    /**
     * @param {string} type
     * @param {any} detail
     */
    #emit(type, detail) {
        this.dispatchEvent(new ConnectionEvent(type, detail));
    }
}
