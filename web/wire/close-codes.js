// SPDX-License-Identifier: MIT
// What the close of a socket means: its name, a sentence for people with what helps, and whether
// coming back by oneself makes sense (docs/protocol.md, "Close codes").

/**
 * @typedef {object} CloseReason
 * @property {number} code
 * @property {string} name     machine-readable, stable
 * @property {string} message  English, says what happened and what helps
 * @property {boolean} isFatal true when trying again by oneself cannot help
 */

/** @type {Record<number, [name: string, message: string, isFatal: boolean]>} */
const TABLE = {
    1000: ['ended', 'The show has ended.', true],
    1001: ['going-away', 'The server is restarting. You will be reconnected in a moment.', false],
    1006: ['lost', 'The connection was lost. Check your network; we keep trying.', false],
    1007: ['not-text', 'The server could not read a message of this page. Reload the page.', true],
    1009: ['too-long', 'A message was too large for the server. Choose a lower quality.', true],
    1011: ['server-fault', 'The server had a fault. You will be reconnected in a moment.', false],
    1013: ['busy', 'The server is busy. You will be reconnected in a moment.', false],
    4000: ['bad-message', 'The server did not understand this page. Reload it to get its newest version.', true],
    4001: ['unsupported-version', 'This page and the server differ in version. Reload the page.', true],
    4002: ['not-found', 'There is no such show, or it has ended.', true],
    4003: ['forbidden', 'This show belongs to somebody else: its key does not fit.', true],
    4004: ['already-publishing', 'This show is already live from another tab or device. End it there first.', true],
    4005: ['hello-timeout', 'The connection was too slow to begin. We try again.', false],
    4006: ['room-full', 'This show is full at the moment. Try again a little later.', true],
    4007: ['rate', 'This page sent more than the server allows. Wait a minute, then reload it.', true],
    4008: ['too-slow', 'Your connection is too slow for this show. Other downloads may be in the way; we try again.', false],
    4009: ['locked', 'This show is for those who know its password, or were invited.', true],
    4010: ['banned', 'This account is banned from this site; ask who runs it.', true],
};

/**
 * @param {number} code
 * @returns {CloseReason}
 */
export function closeReason(code) {
    const known = TABLE[code];
    if (known === undefined) {
        return { ...closeReason(1006), code };
    }
    const [name, message, isFatal] = known;
    return { code, name, message, isFatal };
}
