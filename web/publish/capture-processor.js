// SPDX-License-Identifier: MIT
// Pictures of a track by MediaStreamTrackProcessor (Chromium): the stream of frames is handed to the worker and never
// touches the page again, so it goes on at full pace while the tab is hidden. Owns nothing but the hand-over.

/** @typedef {import('./publish-messages.js').ToWorker} ToWorker */

/** True where the page can use it (Safari has it in workers only, Firefox nowhere). */
export function hasProcessor() {
    return typeof MediaStreamTrackProcessor === 'function';
}

/**
 * @param {object} options
 * @param {MediaStreamTrack} options.track
 * @param {import('./publish-messages.js').SourceKind} options.kind
 * @param {number} options.generation
 * @param {(message: ToWorker, transfer: Transferable[]) => void} options.post
 */
export function startProcessor({ track, kind, generation, post }) {
    // One frame waits at most, the newest: what the encoder cannot take is left out here.
    const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
    post({ type: 'video-stream', generation, kind, readable }, [readable]);
}
