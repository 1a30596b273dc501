// SPDX-License-Identifier: MIT
// A live show's media messages into the stages' queues: demuxes each, guards against smearing, notes arrivals for the delay.
// What FFmpeg refuses is left out, and the next key frame heals the picture. Decides nothing about time.
//
//   receive() → TemporalGate → Demuxer → VideoStage's or AudioStage's queue

import { CodecError } from '../codec/codec-error.js';
import { TRACK_VIDEO } from '../codec/demuxer.js';
import { WIRE_AUDIO, WIRE_INIT, WIRE_KEY, WIRE_SYNC, WIRE_VIDEO, payloadOf } from '../wire/header.js';
import { makePacket } from './packet.js';
import { TemporalGate } from './temporal-gate.js';

/** @typedef {import('../wire/header.js').Header} Header */
/** @typedef {import('../codec/demuxer.js').Demuxer} Demuxer */
/** @typedef {import('./audio-stage.js').AudioStage} AudioStage */
/** @typedef {import('./video-stage.js').VideoStage} VideoStage */

export class LiveIntake {
    #video;
    #audio;
    #createDemuxer;
    #gate = new TemporalGate();
    /** @type {Demuxer|null} */
    #demuxer = null;
    /** @type {Uint8Array|null} payload of the init segment in use */
    #init = null;
    #initRendition = -1;
    /** messages made before this were held for us by the relay: they say nothing about the path */
    #backlogUntilMs = Infinity;
    /** Messages that FFmpeg did not take, total. */
    refused = 0;
    /** Of media, total. */
    bytes = 0;

    /** @param {{video: VideoStage, audio: AudioStage, createDemuxer: () => Demuxer}} parts */
    constructor({ video, audio, createDemuxer }) {
        this.#video = video;
        this.#audio = audio;
        this.#createDemuxer = createDemuxer;
    }

    /** Nothing but a key frame helps. */
    get isWaitingForKey() {
        return this.#gate.isWaitingForKey;
    }

    /** A connection begins: another path. @param {number} showNowMs */
    welcome(showNowMs) {
        this.#gate.reset();
        this.#video.queue.forgetArrivals();
        this.#audio.queue.forgetArrivals();
        this.#backlogUntilMs = showNowMs;
    }

    /**
     * One media message.
     * @param {Header} header
     * @param {Uint8Array} message header and payload
     * @param {number} nowMs
     */
    receive(header, message, nowMs) {
        this.bytes += message.byteLength;
        const payload = payloadOf(message);
        if (header.kind === WIRE_INIT) this.#takeInit(header, payload);
        else if (header.kind === WIRE_VIDEO) this.#takeVideo(header, payload, nowMs);
        else if (header.kind === WIRE_AUDIO) this.#takeAudio(header, payload, nowMs);
    }

    /** @param {Header} header @param {Uint8Array} payload */
    #takeInit(header, payload) {
        const isSame = this.#init !== null && this.#init.length === payload.length && this.#init.every((b, i) => b === payload[i]);
        if (isSame || (this.#demuxer !== null && header.rendition !== this.#initRendition)) return;
        this.#init = payload.slice();
        this.#initRendition = header.rendition;
        this.#openDemuxer();
    }

    #openDemuxer() {
        this.#demuxer?.close();
        this.#demuxer = null;
        if (this.#init === null) return;
        this.#demuxer = this.#createDemuxer();
        this.#demuxer.push(this.#init);
    }

    /** @param {Header} header @param {Uint8Array} payload @param {number} nowMs */
    #takeVideo(header, payload, nowMs) {
        const isUsable = this.#gate.admit(header);
        this.#observe(this.#video.queue, header, nowMs);
        if (!isUsable) return;
        const packet = this.#demux(header, payload, nowMs);
        if (packet === null) return;
        this.#video.push(packet);
    }

    /** @param {Header} header @param {Uint8Array} payload @param {number} nowMs */
    #takeAudio(header, payload, nowMs) {
        this.#observe(this.#audio.queue, header, nowMs);
        const packet = this.#demux(header, payload, nowMs);
        if (packet !== null) this.#audio.push(packet);
    }

    /** @param {import('./jitter-buffer.js').JitterBuffer} queue @param {Header} header @param {number} nowMs */
    #observe(queue, header, nowMs) {
        const timeMs = header.timestampUs / 1000;
        if (timeMs >= this.#backlogUntilMs) queue.observe(timeMs, nowMs);
    }

    /**
     * One Cluster in, its packet out. The header's time is finer than WebM's.
     * @param {Header} header
     * @param {Uint8Array} payload
     * @param {number} nowMs
     */
    #demux(header, payload, nowMs) {
        if (this.#demuxer === null) return null;
        try {
            this.#demuxer.push(payload);
            const packet = this.#demuxer.next();
            if (packet === null) return null;
            if (this.#demuxer.tracks !== null) this.#audio.setTrack(this.#demuxer.tracks.audio);
            return makePacket({
                track: packet.track === TRACK_VIDEO ? 'video' : 'audio',
                timestampUs: header.timestampUs,
                isKey: (header.flags & WIRE_KEY) !== 0,
                isSync: (header.flags & WIRE_SYNC) !== 0,
                temporalId: header.temporalId,
                rendition: header.rendition,
                arrivedMs: nowMs,
                data: packet.data.slice(),
            });
        } catch (error) {
            if (!(error instanceof CodecError) || error.code === 'crashed') throw error;
            // What the relay let through and FFmpeg did not: begin again, the next key frame heals the picture.
            this.refused += 1;
            this.#gate.reset();
            this.#openDemuxer();
            return null;
        }
    }

    /** Idempotent. */
    close() {
        this.#demuxer?.close();
        this.#demuxer = null;
    }
}
