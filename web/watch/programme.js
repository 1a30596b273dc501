// SPDX-License-Identifier: MIT
// The programme as it changes: one socket of the front page, on which the relay tells which public shows are on and, at most once
// a second, what has changed of any. Comes back by itself, later each time and not with everybody else at once. A face for pages,
// like viewer.js; knows no lists and no DOM.
import { WIRE_SUBPROTOCOL } from '../wire/header.js';
import { socketUrl } from '../wire/connection.js';
import { formatClientMessage, parseRelayMessage, programmeMessage, timeMessage } from '../wire/messages.js';

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;
/** Proxies cut what is silent for 30 to 60 s; the relay pings, which scripts do not see. */
const ASK_MS = 20_000;

/** Event `programme`; `detail` is the relay's message. Beside it there is `lost`: the relay does not tell any more, for now. */
export class ProgrammeEvent extends Event {
    /** @param {import('../wire/messages.js').ProgrammeMessage} detail */
    constructor(detail) {
        super('programme');
        this.detail = detail;
    }
}

export class Programme extends EventTarget {
    #url;
    /** @type {any} */ #Socket;
    #random;
    /** @type {WebSocket|null} */ #socket = null;
    /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
    /** @type {ReturnType<typeof setInterval>|undefined} */ #asking;
    #attempt = 0;
    #isOn = false;
    #isHeard = false;

    /** @param {{pageUrl: string, WebSocket?: any, random?: () => number}} options */
    constructor({ pageUrl, WebSocket = globalThis.WebSocket, random = Math.random }) {
        super();
        this.#url = socketUrl(pageUrl);
        this.#Socket = WebSocket;
        this.#random = random;
    }

    /** The relay tells of changes just now: nobody needs to ask. */
    get isHeard() {
        return this.#isHeard;
    }

    open() {
        if (this.#isOn) return;
        this.#isOn = true;
        this.#connect();
    }

    /** Idempotent; open() begins again. */
    close() {
        this.#isOn = false;
        clearTimeout(this.#timer);
        this.#drop();
    }

    #connect() {
        const socket = new this.#Socket(this.#url, [WIRE_SUBPROTOCOL]);
        this.#socket = socket;
        const on = (/** @type {string} */ type, /** @type {(event: any) => void} */ take) => socket.addEventListener(type, (/** @type {any} */ event) => this.#socket === socket && take(event));
        on('open', () => {
            socket.send(formatClientMessage(programmeMessage()));
            this.#asking = setInterval(() => socket.send(formatClientMessage(timeMessage(0))), ASK_MS);
        });
        on('message', ({ data }) => this.#take(data));
        on('error', () => {}); // `close` follows
        on('close', () => this.#comeBack());
    }

    /** @param {unknown} data */
    #take(data) {
        let message;
        try {
            message = parseRelayMessage(String(data));
        } catch {
            return; // a newer relay's word
        }
        if (message.type !== 'programme') return;
        this.#attempt = 0;
        this.#isHeard = true;
        this.dispatchEvent(new ProgrammeEvent(message));
    }

    #comeBack() {
        const wasHeard = this.#isHeard;
        this.#drop();
        if (!this.#isOn) return;
        if (wasHeard) this.dispatchEvent(new Event('lost'));
        const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempt) * (0.5 + this.#random() / 2);
        this.#attempt += 1;
        this.#timer = setTimeout(() => this.#connect(), delayMs);
    }

    #drop() {
        const socket = this.#socket;
        this.#socket = null;
        this.#isHeard = false;
        clearInterval(this.#asking);
        socket?.close();
    }
}
