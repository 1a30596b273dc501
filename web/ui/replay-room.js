// SPDX-License-Identifier: MIT
// A room whose lines are those of a recorded show: given the time of the picture it says each line when its moment
// comes, and after a jump says anew all that had been said by then. Pure: the clock comes from outside.
//
//   const room = new ReplayRoom(lines);  chat.room = room;  player.ontimeupdate = () => room.show(player.currentTime * 1000);
//
// Fires `welcome` never, `history` ({messages, replace: true}) after a jump, `chat` for each line in its time.

/** @typedef {import('./chat-log.js').ChatLine} ChatLine */

/** Time between two updates of a playing picture is far below this; more is a jump (or a tab that slept). */
const JUMP_MS = 5000;
/** What stands in the chat right after a jump, like the history a late viewer gets. */
const HISTORY_COUNT = 100;

export class ReplayRoom extends EventTarget {
    /** @type {ChatLine[]} in the order of time */ #lines;
    /** lines said so far */ #said = 0;
    #atMs = -Infinity;

    /** @param {ChatLine[]} lines */
    constructor(lines) {
        super();
        this.#lines = [...lines].sort((a, b) => a.at - b.at || a.id - b.id);
    }

    get count() {
        return this.#lines.length;
    }

    /** The picture's time is now `timeMs` on the show's clock. @param {number} timeMs */
    show(timeMs) {
        const isJump = timeMs < this.#atMs || timeMs - this.#atMs > JUMP_MS;
        this.#atMs = timeMs;
        const said = this.#countUntil(timeMs);
        if (isJump) {
            const messages = this.#lines.slice(Math.max(0, said - HISTORY_COUNT), said);
            this.dispatchEvent(new CustomEvent('history', { detail: { messages, replace: true } }));
        } else {
            for (const line of this.#lines.slice(this.#said, said)) this.dispatchEvent(new CustomEvent('chat', { detail: line }));
        }
        this.#said = said;
    }

    /** @param {number} timeMs */
    #countUntil(timeMs) {
        let low = 0;
        let high = this.#lines.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.#lines[middle].at <= timeMs) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}

/**
 * Checks what /replays/ID/chat.json holds: an array of chat lines, or an object with `messages`. Leaves out what is not a line.
 * @param {any} body
 * @returns {ChatLine[]}
 */
export function chatLinesOf(body) {
    const items = Array.isArray(body) ? body : (body?.messages ?? body?.items ?? []);
    if (!Array.isArray(items)) return [];
    return items.filter(
        (line) => line !== null && typeof line === 'object' && Number.isFinite(line.id) && Number.isFinite(line.at) &&
            typeof line.text === 'string' && typeof line.name === 'string' && typeof line.session === 'string',
    );
}
