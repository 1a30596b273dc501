// SPDX-License-Identifier: MIT
// Calls a function again and again when it wants to be called: at a time, at once, or earlier when something
// came. Timers of a worker are not throttled with the tab; below 4 ms, where they are clamped, and for "at once",
// a message to itself is used, which lets socket and page messages in between.

import { localNow } from '../wire/connection.js';

/** Nested timers are never shorter than this (HTML standard). */
const TIMER_CLAMP_MS = 4;

export class TurnLoop {
    #turn;
    #channel = new MessageChannel();
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    #timer;
    #isPosted = false;
    #isClosed = false;

    /** @param {(nowMs: number) => number} turn returns the local time of the next turn; Infinity: only by wake() */
    constructor(turn) {
        this.#turn = turn;
        this.#channel.port1.onmessage = () => {
            this.#isPosted = false;
            this.#run();
        };
    }

    /** A turn as soon as what runs now is done; many calls make one turn. */
    wake() {
        if (this.#isPosted || this.#isClosed) return;
        this.#isPosted = true;
        this.#channel.port2.postMessage(null);
    }

    #run() {
        if (this.#isClosed) return;
        clearTimeout(this.#timer);
        const dueMs = this.#turn(localNow());
        const waitMs = dueMs - localNow();
        if (waitMs <= 0) this.wake();
        else if (Number.isFinite(waitMs)) this.#timer = setTimeout(() => this.#run(), Math.max(TIMER_CLAMP_MS, waitMs));
    }

    /** Idempotent. */
    close() {
        this.#isClosed = true;
        clearTimeout(this.#timer);
        this.#channel.port1.close();
    }
}
