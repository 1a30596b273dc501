// SPDX-License-Identifier: MIT
// What an element with a `viewer` needs to look like a media element: the members of HTMLMediaElement that make sense
// here, under their names, all asked of the viewer. Used by tabcast-media.js and tabcast-player.js.

/** @typedef {import('../watch/viewer.js').Viewer} Viewer */

/** Fired by the viewer and, again, by each element that has it. */
export const MEDIA_EVENTS = [
    'loadstart', 'durationchange', 'loadedmetadata', 'loadeddata', 'canplay', 'canplaythrough', 'resize', 'play', 'playing', 'pause',
    'waiting', 'seeking', 'seeked', 'timeupdate', 'progress', 'volumechange', 'ended', 'emptied',
];

/** HTMLMediaElement.error.code by our codes; anything else is a fault of the network. */
const DECODE_CODES = ['bad-stream', 'demux-failed', 'decode-failed', 'crashed', 'internal', 'worker', 'out-of-memory', 'too-large'];
const MEDIA_ERR_NETWORK = 2;
const MEDIA_ERR_DECODE = 3;

/**
 * @template {new (...args: any[]) => HTMLElement} T
 * @param {T} Base
 */
export const withMediaApi = (Base) =>
    class MediaApi extends Base {
        /** @abstract @returns {Viewer} */
        get viewer() {
            throw new Error('an element with the media API has a viewer');
        }

        get autoplay() {
            return this.hasAttribute('autoplay');
        }

        set autoplay(isAuto) {
            this.toggleAttribute('autoplay', isAuto);
        }

        play() {
            return this.viewer.play();
        }

        pause() {
            this.viewer.pause();
        }

        get paused() {
            return this.viewer.paused;
        }

        get ended() {
            return this.viewer.ended;
        }

        get seeking() {
            return this.viewer.seeking;
        }

        get muted() {
            return this.viewer.muted;
        }

        set muted(isMuted) {
            this.viewer.setMuted(isMuted);
        }

        get defaultMuted() {
            return this.hasAttribute('muted');
        }

        get volume() {
            return this.viewer.volume;
        }

        set volume(volume) {
            this.viewer.setVolume(volume);
        }

        get currentTime() {
            return this.viewer.currentTime;
        }

        set currentTime(seconds) {
            this.viewer.seek(seconds);
        }

        get duration() {
            return this.viewer.duration;
        }

        get readyState() {
            return this.viewer.readyState;
        }

        get videoWidth() {
            return this.viewer.videoWidth;
        }

        get videoHeight() {
            return this.viewer.videoHeight;
        }

        get buffered() {
            return this.viewer.buffered;
        }

        get seekable() {
            return this.viewer.seekable;
        }

        get playbackRate() {
            return 1;
        }

        /** media-chrome's name for what kind of stream it is. */
        get streamType() {
            if (this.viewer.kind === null) return 'unknown';
            return this.viewer.kind === 'live' ? 'live' : 'on-demand';
        }

        /** media-chrome: not before this it counts as live. */
        get liveEdgeStart() {
            return this.viewer.liveEdge - 1.5;
        }

        /** Like a MediaError, and our own code with it. */
        get error() {
            const { error } = this.viewer;
            if (error === null) return null;
            const code = DECODE_CODES.includes(error.code) ? MEDIA_ERR_DECODE : MEDIA_ERR_NETWORK;
            return { code, message: error.message, reason: error.code };
        }

        get stats() {
            return this.viewer.stats;
        }

        getVideoPlaybackQuality() {
            const { framesShown, framesDropped, framesCorrupted } = this.viewer.stats;
            return {
                creationTime: performance.now(),
                totalVideoFrames: framesShown + framesDropped,
                droppedVideoFrames: framesDropped,
                corruptedVideoFrames: framesCorrupted,
            };
        }
    };
