// SPDX-License-Identifier: MIT
// A WebSocket peer that keeps all it receives; tests wait for what they expect, never for time to pass.
import { createRequire } from 'node:module';
import { readHeader } from '../../../web/wire/header.js';

const { WebSocket } = createRequire(new URL('../../package.json', import.meta.url))('ws');
const WAIT_MS = 15_000;

export class Peer {
    texts = [];
    media = [];
    closed = null; // {code, reason}
    #waiters = new Set();

    constructor(url, { protocol = 'tabcast.v1', ...options } = {}) {
        this.socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, protocol === null ? [] : [protocol].flat(), {
            perMessageDeflate: false,
            ...options,
        });
        this.socket.binaryType = 'nodebuffer';
        this.socket.on('message', (data, isBinary) => {
            if (isBinary) {
                const bytes = new Uint8Array(data);
                this.media.push({ header: readHeader(bytes), bytes: data });
            } else {
                this.texts.push(JSON.parse(data.toString()));
            }
            this.#check();
        });
        this.socket.on('close', (code, reason) => {
            this.closed = { code, reason: reason.toString() };
            this.#check();
        });
        this.failed = null;
        this.socket.on('error', (error) => {
            this.failed = error;
            this.#check();
        });
    }

    #check() {
        for (const waiter of this.#waiters) waiter();
    }

    /** Resolves with what `probe` returns once that is truthy. */
    until(probe, what) {
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => {
                this.#waiters.delete(check);
                reject(new Error(`waited for ${what}; texts ${JSON.stringify(this.texts.slice(-5))}, ${this.media.length} media, closed ${JSON.stringify(this.closed)}`));
            }, WAIT_MS);
            const check = () => {
                const value = probe();
                if (!value) return;
                clearTimeout(timer);
                this.#waiters.delete(check);
                resolve(value);
            };
            this.#waiters.add(check);
            check();
        });
    }

    opened() {
        return new Promise((resolve, reject) => {
            if (this.socket.readyState === WebSocket.OPEN) resolve(this);
            this.socket.once('open', () => resolve(this));
            this.socket.once('error', reject);
        });
    }

    say(message) {
        this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    }

    send(bytes) {
        this.socket.send(bytes);
    }

    /** The n-th text of a type (from 0). */
    text(type, n = 0) {
        return this.until(() => this.texts.filter((t) => t.type === type)[n], `text ${type} #${n}`);
    }

    async closedWith() {
        return this.until(() => this.closed, 'close');
    }

    end() {
        this.socket.terminate();
    }
}

async function join(url, hello) {
    const peer = await new Peer(url).opened();
    peer.say({ type: 'hello', version: 1, ...hello });
    peer.welcome = await peer.until(
        () => peer.texts.find((t) => t.type === 'welcome' || t.type === 'error'),
        'welcome or error',
    );
    return peer;
}

export function watch(url, show, more = {}) {
    return join(url, { role: 'watch', show, ...more });
}

/** Says hello as the show's publisher; with `start`, also starts. */
export async function publish(url, show, { start = true, ...more } = {}) {
    const peer = await join(url, { role: 'publish', show: show.id, key: show.key, ...more });
    if (start && peer.welcome.type === 'welcome') {
        peer.say({ type: 'start', timestampMs: peer.welcome.mediaTimeMs });
        await peer.until(() => peer.texts.some((t) => t.type === 'state' && t.state === 'live'), 'live');
    }
    return peer;
}
