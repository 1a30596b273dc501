// SPDX-License-Identifier: MIT
// What went wrong with a camera, a microphone or a screen, as a code and a sentence that says what to do. Pure.

/** @typedef {'camera'|'microphone'|'screen'|'devices'} DeviceKind `devices`: camera and microphone together */
/**
 * @typedef {'permission-denied'|'no-device'|'in-use'|'unsupported-settings'|'insecure'|'cancelled'|'unplugged'|'sharing-ended'
 *           |'unsupported-browser'|'failed'} DeviceCode
 */
/** @typedef {{code: DeviceCode, kind: DeviceKind, message: string}} DeviceProblem */

export class DeviceError extends Error {
    /** @param {DeviceProblem} problem */
    constructor({ code, kind, message }) {
        super(message);
        this.name = 'DeviceError';
        this.code = code;
        this.kind = kind;
    }
}

/** @type {Record<DeviceKind, string>} */
const NAMES = {
    camera: 'camera',
    microphone: 'microphone',
    screen: 'screen',
    devices: 'camera and microphone',
};

/** @type {Record<string, DeviceCode>} names of DOMException by getUserMedia and getDisplayMedia */
const CODES = {
    NotAllowedError: 'permission-denied',
    SecurityError: 'permission-denied',
    NotFoundError: 'no-device',
    DevicesNotFoundError: 'no-device',
    NotReadableError: 'in-use',
    TrackStartError: 'in-use',
    AbortError: 'in-use',
    OverconstrainedError: 'unsupported-settings',
};

/**
 * @param {DeviceCode} code
 * @param {DeviceKind} kind
 * @returns {DeviceProblem}
 */
export function deviceProblem(code, kind) {
    return { code, kind, message: sentence(code, kind) };
}

/**
 * Puts what a capture call threw into words.
 * @param {unknown} error
 * @param {DeviceKind} kind
 * @returns {DeviceProblem}
 */
export function problemOf(error, kind) {
    if (error instanceof DeviceError) return { code: error.code, kind: error.kind, message: error.message };
    const name = /** @type {{name?: string}|null} */ (error)?.name ?? '';
    const code = CODES[name] ?? 'failed';
    // Closing the picker of screens is a choice, not a fault.
    if (kind === 'screen' && code === 'permission-denied') return deviceProblem('cancelled', kind);
    return deviceProblem(code, kind);
}

/**
 * @param {DeviceCode} code
 * @param {DeviceKind} kind
 */
function sentence(code, kind) {
    const name = NAMES[kind];
    switch (code) {
        case 'permission-denied':
            return `The browser may not use your ${name}. Click the symbol beside the page's address, allow the ${name}, then press "Try again".`;
        case 'no-device':
            return kind === 'screen'
                ? 'This browser found no screen to share. Try from a computer, or use your camera.'
                : `${kind === 'devices' ? 'Neither a camera nor a microphone' : `No ${name}`} was found. Plug one in, then press "Try again".`;
        case 'in-use':
            return `Your ${name} ${kind === 'devices' ? 'are' : 'is'} held by another program or tab. Close it there (video calls are the usual case), then press "Try again".`;
        case 'unsupported-settings':
            return `Your ${name} cannot do these settings. Choose a lower quality or another ${name}.`;
        case 'insecure':
            return 'Browsers give camera and microphone only to safe addresses. Open this page by https://, or as http://localhost on this machine.';
        case 'unsupported-browser':
            return 'This browser cannot take pictures from a camera for a show. Use a current Chrome, Edge or Firefox.';
        case 'cancelled':
            return 'Nothing was shared. Press "Share screen" again and choose a window, a tab or the whole screen.';
        case 'unplugged':
            return kind === 'camera'
                ? 'Your camera was unplugged. Viewers see its last picture and hear you. Plug it in again, choose another one or share your screen.'
                : `Your ${name} was unplugged. Viewers see you but hear nothing. Plug it in again or choose another one.`;
        case 'sharing-ended':
            return 'Sharing of the screen has ended.';
        case 'failed':
            return kind === 'devices'
                ? `Your ${name} could not be started. Unplug them and plug them in again, or choose others, then press "Try again".`
                : `Your ${name} could not be started. Unplug it and plug it in again, or choose another one, then press "Try again".`;
        default:
            throw new Error(`no sentence for ${/** @type {string} */ (code)}`);
    }
}
