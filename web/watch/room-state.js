// SPDX-License-Identifier: MIT
// What a live show's room has told a viewer last: whether it is in it, which sizes are on offer, and which it is given. Pure.

/** @typedef {import('../wire/messages.js').RenditionInfo} RenditionInfo */
/** @typedef {import('../wire/messages.js').QualityMessage} QualityMessage */

export class RoomState {
    /** The room has welcomed us and not gone since; the picture may be elsewhere. */
    isIn = false;
    /** The sizes on offer, the best first. @type {RenditionInfo[]} */
    renditions = [];
    /** What we are given, null: everything of the best. @type {QualityMessage|null} */
    #given = null;

    /** Pictures do not come, because they were not asked for or do not get through. */
    get isSoundAlone() {
        return this.#given?.stage === 'audio';
    }

    /** @param {string} event @param {any} detail a room event */
    take(event, detail) {
        switch (event) {
            case 'welcome': // a new connection begins with everything of the best
                this.isIn = true;
                this.#given = null;
                break;
            case 'reconnecting':
            case 'close':
                this.isIn = false;
                break;
            case 'renditions':
                this.renditions = detail.renditions;
                break;
            case 'quality':
                this.#given = detail;
                break;
            default:
                break;
        }
    }
}
