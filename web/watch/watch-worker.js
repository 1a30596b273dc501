// SPDX-License-Identifier: MIT
// The watch worker: one show or replay from socket or file to picture and sound. Loads the codec while the
// connection is made, makes the stages, runs the turns, tells the page what changed. All messages are in
// watch-messages.js. Ends itself on `close`.

import { AudioDecoder, CodecError, Demuxer, ReplayIndex, VideoDecoder, loadPlayerModule } from '../codec/player-module.js';
import { localNow } from '../wire/connection.js';
import { PortRing } from './audio-port.js';
import { RingWriter } from './audio-ring.js';
import { AudioStage } from './audio-stage.js';
import { LiveSession } from './live-session.js';
import { ReplaySession } from './replay-session.js';
import { TurnLoop } from './turn-loop.js';
import { CanvasSink, PixelSink } from './video-sink-canvas.js';
import { GeneratorSink } from './video-sink-generator.js';
import { VideoStage } from './video-stage.js';

/** @typedef {import('./watch-messages.js').ToWorker} ToWorker */
/** @typedef {import('./watch-messages.js').SinkSpec} SinkSpec */
/** @typedef {import('./watch-messages.js').PostToPage} PostToPage */

const scope = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));
/** Positions and statistics to the page; a seek bar and numbers need no more. */
const PROGRESS_INTERVAL_MS = 250;

/** @type {PostToPage} */
const post = (message, transfer = []) => scope.postMessage(message, transfer);

// Begun before anybody asks: a worker that was started early has its codec when the page has its player.
const loading = loadPlayerModule();
loading.catch(() => {}); // whoever opens a show hears of it
post({ type: 'ready' });

/** @param {SinkSpec} spec */
function createSink(spec) {
    if (spec.kind === 'generator') return new GeneratorSink(spec.writable);
    return typeof VideoFrame === 'function' ? new CanvasSink(post) : new PixelSink(post);
}

class WatchWorker {
    #life = new AbortController();
    #loop = new TurnLoop((nowMs) => this.#turn(nowMs));
    /** @type {LiveSession|ReplaySession|null} */
    #session = null;
    /** @type {import('./video-stage.js').PictureSink|null} the video stage's */
    #sink = null;
    /** @type {VideoStage|null} */
    #video = null;
    /** @type {AudioStage|null} */
    #audio = null;
    #status = '';
    #width = 0;
    #height = 0;
    #progressMs = -Infinity;

    /** @param {ToWorker} message */
    take(message) {
        try {
            if (message.type === 'open') this.#open(message);
            else if (message.type === 'close') this.#close();
            else this.#pass(message);
        } catch (error) {
            this.#fail(error);
        }
    }

    /** @param {import('./watch-messages.js').OpenLive|import('./watch-messages.js').OpenReplay} options */
    #open(options) {
        /** @type {import('../codec/player-module.js').PlayerModule} */
        let module;
        const codec = loading.then((loaded) => {
            module = loaded;
        });
        this.#sink = createSink(options.sink);
        this.#video = new VideoStage({ createDecoder: () => new VideoDecoder(module), sink: this.#sink });
        this.#audio = new AudioStage({ createDecoder: (track) => new AudioDecoder(module, track) });
        const parts = {
            video: this.#video,
            audio: this.#audio,
            createDemuxer: () => new Demuxer(module),
            createIndex: () => new ReplayIndex(module),
            post,
            wake: () => this.#loop.wake(),
            onError: (/** @type {unknown} */ error) => this.#fail(error),
            signal: this.#life.signal,
        };
        this.#session = options.kind === 'live' ? new LiveSession({ ...parts, options }) : new ReplaySession({ ...parts, options });
        this.#session.open(codec).catch((error) => this.#fail(error));
        this.#loop.wake();
    }

    /** @param {ToWorker} message */
    #pass(message) {
        const session = this.#session;
        if (session === null) throw new Error(`${message.type} before open`);
        switch (message.type) {
            case 'play':
                session.play();
                break;
            case 'pause':
                session.pause();
                break;
            case 'seek':
                session.seek(message.timeMs);
                break;
            case 'sound':
                this.#audio?.setRing('memory' in message ? new RingWriter(message.memory) : new PortRing(message.port));
                break;
            case 'device':
                this.#audio?.observeDevice(message);
                break;
            case 'hidden':
                session.setHidden(message.isHidden);
                break;
            case 'seen':
                if (session instanceof LiveSession) session.see(message);
                break;
            case 'surface':
                if (this.#sink instanceof GeneratorSink) this.#sink.open();
                break;
            case 'setting':
                if (session instanceof LiveSession) session.setSetting(message.setting);
                break;
            case 'rendition':
                if (session instanceof LiveSession) session.choose(message.choice, message.best);
                break;
            case 'say':
                if (session instanceof LiveSession) session.say(message.text);
                break;
            case 'name':
                if (session instanceof LiveSession) session.setName(message.name);
                break;
            case 'open':
            case 'close':
                break;
            default:
                throw new Error(`no case for ${/** @type {any} */ (message).type}`);
        }
        // A device's pair or a picture seen changes nothing by itself; the rest should show at once.
        if (message.type !== 'device' && message.type !== 'seen' && message.type !== 'surface') {
            this.#progressMs = -Infinity;
            this.#loop.wake();
        }
    }

    /** @param {number} nowMs */
    #turn(nowMs) {
        const session = this.#session;
        if (session === null) return Infinity;
        try {
            const next = session.tick(nowMs);
            this.#tell(session, nowMs);
            return Math.min(next, nowMs + PROGRESS_INTERVAL_MS);
        } catch (error) {
            this.#fail(error);
            return Infinity;
        }
    }

    /** What changed for the page. @param {LiveSession|ReplaySession} session @param {number} nowMs */
    #tell(session, nowMs) {
        const { width, height } = /** @type {VideoStage} */ (this.#video);
        if (width !== this.#width || height !== this.#height) {
            this.#width = width;
            this.#height = height;
            post({ type: 'size', width, height });
        }
        const status = session.status(nowMs);
        if (status === this.#status && nowMs - this.#progressMs < PROGRESS_INTERVAL_MS) return;
        this.#progressMs = nowMs;
        post(session.progress(nowMs));
        if (status === this.#status) return;
        this.#status = status;
        post({ type: 'status', status });
    }

    /** The end of this show here: the codec crashed or the stream is none. @param {unknown} error */
    #fail(error) {
        if (this.#life.signal.aborted) return;
        const code = error instanceof CodecError ? error.code : 'internal';
        const message = error instanceof Error ? error.message : String(error);
        if (!(error instanceof CodecError)) console.error(error);
        this.#life.abort();
        this.#session?.close();
        this.#loop.close();
        post({ type: 'failed', code, message });
        post({ type: 'status', status: 'failed' });
    }

    #close() {
        this.#life.abort();
        this.#session?.close();
        this.#loop.close();
        scope.close();
    }
}

const worker = new WatchWorker();
scope.onmessage = (/** @type {MessageEvent<ToWorker>} */ event) => worker.take(event.data);
