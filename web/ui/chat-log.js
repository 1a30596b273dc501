// SPDX-License-Identifier: MIT
// The lines of a chat in the order of their ids, each once, the oldest forgotten beyond a cap. Pure: no DOM, no clock.

/**
 * @typedef {object} ChatLine as the relay sends it (docs/protocol.md)
 * @property {number} id
 * @property {string} session
 * @property {string} name
 * @property {string} [account] of /@NAME; none of guests
 * @property {string} text
 * @property {number} at show's clock, ms
 * @property {number} [sentAt] Unix ms
 * @property {string} [role] 'publish' for the creator
 */

/** A page that stays open through a long show must not grow for ever. */
const KEPT_LINES_COUNT = 500;
/** Lines of one person within this time stand under one name. */
const GROUP_MS = 120_000;
export const NAME_COLOURS_COUNT = 8;

export class ChatLog {
    /** @type {ChatLine[]} */ #lines = [];

    /** @returns {readonly ChatLine[]} */
    get lines() {
        return this.#lines;
    }

    /**
     * Puts a line at its place. False when it is known already (history repeats lines after a reconnect).
     * @param {ChatLine} line
     */
    add(line) {
        const lines = this.#lines;
        let index = lines.length;
        while (index > 0 && lines[index - 1].id > line.id) index -= 1;
        if (index > 0 && lines[index - 1].id === line.id) return false;
        if (index === 0 && lines.length >= KEPT_LINES_COUNT) return false;
        lines.splice(index, 0, line);
        if (lines.length > KEPT_LINES_COUNT) lines.shift();
        return true;
    }

    /** @param {ChatLine[]} history @returns {number} how many were new */
    addAll(history) {
        return history.filter((line) => this.add(line)).length;
    }

    clear() {
        this.#lines = [];
    }

    /** Whether line `index` goes on under the name above it. @param {number} index */
    isContinued(index) {
        const line = this.#lines[index];
        const above = this.#lines[index - 1];
        if (!above || above.session !== line.session || above.name !== line.name) return false;
        const time = (/** @type {ChatLine} */ l) => l.sentAt ?? l.at;
        return time(line) - time(above) < GROUP_MS;
    }
}

/** A person keeps one colour within a show. @param {string} session @returns {number} 0…NAME_COLOURS_COUNT-1 */
export function nameColour(session) {
    let hash = 2166136261; // FNV-1a
    for (let i = 0; i < session.length; i += 1) hash = Math.imul(hash ^ session.charCodeAt(i), 16777619);
    return (hash >>> 0) % NAME_COLOURS_COUNT;
}
