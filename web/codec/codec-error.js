// SPDX-License-Identifier: MIT
// The one error of web/codec. Every code stands here, so that callers can switch over all of them.
// Pure; any thread.

/**
 * What went wrong, in a word:
 * - `bad-argument`   the caller's fault: a size, rate or order the codec cannot take
 * - `out-of-memory`  the module's fixed memory is full
 * - `encode-failed`  libvpx or libopus refused a picture or sound
 * - `too-large`      a frame or picture is over its cap (LIMIT_MEDIA_MESSAGE_BYTES, LIMIT_VIDEO_SIDE_PIXELS)
 * - `bad-stream`     not the WebM we speak; start again from an init segment
 * - `demux-failed`   FFmpeg and our scanner do not agree on the stream; start again from an init segment
 * - `decode-failed`  this packet is damaged; go on at the next key frame (sound: at the next packet)
 * - `overflow`       more bytes pushed than the demuxer may hold; call next() before pushing more
 * - `closed`         used after close()
 * - `load-failed`    the module could not be fetched, compiled or started
 * - `crashed`        the module trapped: throw it away and load another
 * @typedef {'bad-argument'|'out-of-memory'|'encode-failed'|'too-large'|'bad-stream'|'demux-failed'|'decode-failed'|'overflow'|'closed'|'load-failed'|'crashed'} CodecErrorCode
 */

/** enum codec_status of wasm/codec_status.h, by its negative value. A test compares the two. */
export const STATUS_CODES = Object.freeze(
    /** @type {const} */ ({
        [-1]: 'bad-argument',
        [-2]: 'out-of-memory',
        [-3]: 'encode-failed',
        [-4]: 'too-large',
        [-5]: 'bad-stream',
        [-6]: 'demux-failed',
        [-7]: 'decode-failed',
        [-8]: 'overflow',
    }),
);

export class CodecError extends Error {
    /**
     * @param {CodecErrorCode} code
     * @param {string} message what was being done
     * @param {unknown} [value] the offending value
     */
    constructor(code, message, value) {
        super(`${message}: ${code}${value === undefined ? '' : ` (${String(value)})`}`);
        this.name = 'CodecError';
        this.code = code;
        this.value = value;
    }
}

/**
 * Passes a result of the module on, or throws the error that a negative one stands for.
 * @param {number} status
 * @param {string} doing
 * @returns {number}
 */
export function checkStatus(status, doing) {
    if (status >= 0) return status;
    const code = /** @type {Record<number, CodecErrorCode>} */ (STATUS_CODES)[status];
    throw new CodecError(code ?? 'crashed', doing, code ? undefined : status);
}
