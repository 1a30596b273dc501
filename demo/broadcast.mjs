// SPDX-License-Identifier: MIT
// One show from a clip: encodes what is due with the studio's own WebAssembly encoder and sends it through the page's own
// Connection. Owns both encoders and the pace; sends nothing while the relay is away and begins with a key frame
// when it is back. Ends by end() or when the connection is over.
import { AudioEncoder, VideoEncoder, initMessage } from '../web/codec/encoder-module.js';
import { Connection, socketUrl } from '../web/wire/connection.js';
import { WIRE_POSTER, frameMessage } from '../web/wire/header.js';
import { chatMessage, endMessage, startMessage } from '../web/wire/messages.js';
import { MediaClock } from './media-clock.mjs';
import { makePoster } from './poster.mjs';
import { RelaySocket } from './relay-socket.mjs';

const SOUND_US = 10_000;
const POSTER_EVERY_US = 20_000_000;
const KEY_FRAME_GAP_US = 1_000_000;
const END_TIMEOUT_MS = 5000;

export class Broadcast {
    #options;
    #source;
    #module;
    #log;
    #video;
    #audio;
    #connection;
    /** @type {MediaClock|null} */ #clock = null;
    #isSending = false;
    #wantsKey = false;
    #lastKeyUs = -KEY_FRAME_GAP_US;
    #posterDueUs = 0;
    #sequences = { init: 0, poster: 0 };
    #timer = null;
    #over;

    /** What went out, for people and for tests. */
    stats = { pictures: 0, picturesLate: 0, picturesDropped: 0, sounds: 0, bytes: 0, encodeMs: 0, stalls: 0, returns: 0, viewers: 0 };

    /**
     * @param {object} options
     * @param {import('../web/codec/encoder-module.js').EncoderModule} options.module
     * @param {import('./clip-source.mjs').ClipSource} options.source
     * @param {{ id: string, key: string }} options.show
     * @param {string} options.url the relay's
     * @param {string} options.name shown in chat
     * @param {string} options.greeting said once; empty for none
     * @param {{ width: number, height: number, fps: number, bitrateBps: number, cpuUsed: number }} options.video
     * @param {import('./sent-log.mjs').SentLog} [options.log]
     * @param {(line: string) => void} options.say
     */
    constructor(options) {
        const { module, source, show, url, video, log } = options;
        this.#options = options;
        this.#module = module;
        this.#source = source;
        this.#log = log;
        this.#video = new VideoEncoder(module, { ...video, framesPerSecond: video.fps, profile: 'camera', temporalLayers: 3 });
        this.#audio = new AudioEncoder(module, { channels: 2, bitrateBps: 96_000, application: 'music' });
        this.#connection = new Connection({
            url: socketUrl(url),
            role: 'publish',
            show: show.id,
            key: show.key,
            name: options.name,
            reconnect: true,
            WebSocket: RelaySocket,
        });
        this.#over = new Promise((resolve) => this.#listen(resolve));
    }

    /** Resolves with the reason when the show or the connection is over. */
    run() {
        // A failed first attempt is told by `close` as well.
        this.#connection.open().catch(() => {});
        return this.#over;
    }

    /** Says that the show ends and waits until the relay has agreed. */
    async end() {
        if (!this.#connection.send(endMessage())) this.#connection.close();
        const timer = setTimeout(() => this.#connection.close(), END_TIMEOUT_MS);
        await this.#over;
        clearTimeout(timer);
    }

    #listen(resolve) {
        const on = (type, listener) => this.#connection.addEventListener(type, (event) => listener(event.detail));
        on('welcome', (welcome) => this.#start(welcome));
        on('keyframe', () => (this.#wantsKey = true));
        on('presence', ({ viewers }) => (this.stats.viewers = viewers));
        on('warning', ({ message }) => this.#options.say(`the relay warns: ${message}`));
        on('error', ({ message }) => this.#options.say(`the relay says: ${message}`));
        on('refused', (error) => this.#options.say(`a message of the relay is not understood: ${error.message}`));
        on('reconnecting', ({ attempt, reason }) => {
            this.#isSending = false;
            if (attempt === 1) this.#options.say(`${reason.message} (${reason.code})`);
        });
        on('close', (reason) => {
            this.#isSending = false;
            clearTimeout(this.#timer);
            this.#video.close();
            this.#audio.close();
            resolve(reason);
        });
    }

    /** After each welcome: the show's clock goes on, the stream begins anew. */
    #start(welcome) {
        const nowMs = performance.now();
        const isFirst = this.#clock === null;
        const mediaUs = Math.ceil(welcome.mediaTimeMs * 1000);
        this.#clock ??= new MediaClock({ nowMs, mediaUs, pictureUs: 1e6 / this.#options.video.fps, soundUs: SOUND_US });
        this.#clock.advanceTo(mediaUs, nowMs);
        this.#clock.catchUp(nowMs);
        this.#connection.send(startMessage(Math.max(this.#clock.now(nowMs) / 1000, welcome.mediaTimeMs)));
        const init = initMessage(this.#module, { video: this.#video, audio: this.#audio, rendition: 0, sequence: this.#sequences.init++,
            timestampUs: Math.floor(this.#clock.now(nowMs)) });
        this.#connection.sendMedia(init);
        this.#isSending = true;
        this.#wantsKey = true;
        this.#lastKeyUs = -KEY_FRAME_GAP_US;
        if (isFirst) {
            if (this.#options.greeting) this.#connection.send(chatMessage(this.#options.greeting));
            this.#options.say(`live as ${welcome.show.title}`);
            this.#tick();
        } else {
            this.stats.returns++;
            this.#options.say('live again');
        }
    }

    /** Does what is due, then sleeps until the next piece is. */
    #tick() {
        if (this.#connection.state === 'closed') return;
        const clock = /** @type {MediaClock} */ (this.#clock);
        if (clock.catchUp(performance.now())) this.stats.stalls++;
        while (clock.soundDueUs <= clock.now(performance.now()) && this.#sendSound(clock));
        while (clock.pictureDueUs <= clock.now(performance.now()) && this.#sendPicture(clock));
        const dueUs = Math.min(clock.soundDueUs, clock.pictureDueUs) - clock.now(performance.now());
        this.#timer = setTimeout(() => this.#tick(), Math.max(2, dueUs / 1000));
    }

    #send(message) {
        if (!this.#connection.sendMedia(message)) return false;
        this.stats.bytes += message.length;
        this.#log?.add(message);
        return true;
    }

    /** False when the clip has nothing yet. */
    #sendSound(clock) {
        if (!this.#source.readSound(this.#audio.input)) return false;
        if (this.#isSending) {
            this.#send(this.#audio.encode({ timestampUs: clock.soundDueUs }));
            this.stats.sounds++;
        }
        clock.soundTaken();
        return true;
    }

    #sendPicture(clock) {
        const picture = this.#source.takePicture();
        if (picture === null) return false;
        const timestampUs = clock.pictureDueUs;
        clock.pictureTaken();
        // One in flight, the newest wins: a picture whose successor is due as well is not worth encoding.
        const isOutdated = this.#source.hasPicture && clock.pictureDueUs <= clock.now(performance.now());
        if (isOutdated) this.stats.picturesLate++;
        else if (this.#isSending) this.#encode(picture, timestampUs);
        this.#source.pictureDone(picture);
        return true;
    }

    #encode(picture, timestampUs) {
        const { width, height } = this.#options.video;
        copyPicture(this.#video.input, picture, width, height);
        const forceKey = this.#wantsKey && timestampUs - this.#lastKeyUs >= KEY_FRAME_GAP_US;
        const startedMs = performance.now();
        const message = this.#video.encode({ timestampUs, forceKey });
        this.stats.encodeMs += performance.now() - startedMs;
        if (forceKey) {
            this.#wantsKey = false;
            this.#lastKeyUs = timestampUs;
        }
        if (message === null) {
            this.stats.picturesDropped++;
            return;
        }
        this.#send(message);
        this.stats.pictures++;
        if (timestampUs >= this.#posterDueUs) this.#sendPoster(Buffer.from(picture), timestampUs);
    }

    /** In the background; a show without its card picture is a show. */
    #sendPoster(picture, timestampUs) {
        this.#posterDueUs = timestampUs + POSTER_EVERY_US;
        const { width, height } = this.#options.video;
        makePoster(picture, width, height).then(
            (jpeg) => {
                const header = { kind: WIRE_POSTER, flags: 0, rendition: 0, temporalId: 0, sequence: this.#sequences.poster++, timestampUs };
                if (this.#isSending) this.#connection.sendMedia(frameMessage(header, jpeg));
            },
            (error) => this.#options.say(`no poster: ${error.message}`),
        );
    }
}

/** I420 without gaps into the encoder's planes with their own strides. */
function copyPicture({ buffer, layout }, picture, width, height) {
    let from = 0;
    layout.forEach(({ offset, stride }, plane) => {
        const columns = plane === 0 ? width : width >> 1;
        const rows = plane === 0 ? height : height >> 1;
        for (let y = 0; y < rows; y++, from += columns) {
            buffer.set(picture.subarray(from, from + columns), offset + y * stride);
        }
    });
}
