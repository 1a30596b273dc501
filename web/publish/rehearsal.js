// SPDX-License-Identifier: MIT
// Before the show: pictures of the real source are encoded for nothing. It lets the browser compile what this source needs
// (with the made-up pictures of the warm-up alone the first dozen of a show took 30–100 ms each, because camera noise takes
// other paths through the codec), and it finds out whether a second thread pays (thread-trial.js). Owns the encoders it
// rehearses with, and the module with threads until somebody takes it.

import { warmUpEncoder } from '../codec/encoder-module.js';
import { localNow } from '../wire/connection.js';
import { ThreadTrial, threadsToTry } from './thread-trial.js';
import { VideoPipeline } from './video-pipeline.js';

/** @typedef {import('../codec/encoder-module.js').EncoderModule} EncoderModule */
/** @typedef {import('./publish-messages.js').SourceKind} SourceKind */
/** @typedef {import('./quality.js').Quality} Quality */
/** @typedef {import('./rate-control.js').RateDecision} RateDecision */

export class Rehearsal {
    #quality;
    #decision;
    #trial;
    #threads;
    #loadThreads;
    /** One thread, and more. @type {[VideoPipeline, VideoPipeline|null]} */
    #pipelines;
    /** @type {EncoderModule|null} */
    #module = null;
    #isLoading = false;
    #isClosed = false;
    #count = 0;

    /**
     * @param {EncoderModule} module of one thread
     * @param {Quality} quality
     * @param {RateDecision} decision
     * @param {((threads: number) => Promise<EncoderModule>)|null} loadThreads null where memory cannot be shared
     * @param {number} [cores]
     */
    constructor(module, quality, decision, loadThreads, cores = globalThis.navigator?.hardwareConcurrency ?? 1) {
        this.#quality = quality;
        this.#decision = decision;
        this.#threads = loadThreads === null ? 1 : threadsToTry(quality, cores);
        this.#trial = new ThreadTrial(this.#threads);
        this.#loadThreads = loadThreads;
        this.#pipelines = [new VideoPipeline(module, quality, decision), null];
    }

    /** Nothing is left to rehearse. */
    get isOver() {
        return this.#isClosed || this.#trial.turn === null;
    }

    /** What the trial says so far. */
    get verdict() {
        return this.#trial.verdict;
    }

    /**
     * @param {VideoFrame} frame
     * @param {SourceKind} kind
     */
    async take(frame, kind) {
        const turn = this.#trial.turn;
        if (turn === null || this.#isLoading || this.#isClosed) return;
        const pipeline = this.#pipelines[turn];
        if (pipeline === null) {
            this.#isLoading = true;
            // Not awaited: pictures that come meanwhile are let go, not kept.
            this.#load().catch(() => this.#trial.giveUp()).finally(() => (this.#isLoading = false));
            return;
        }
        await pipeline.takeIn(frame, kind);
        if (this.#isClosed) return;
        const startMs = localNow();
        pipeline.encode(this.#count * 33_333);
        this.#trial.add(localNow() - startMs);
        this.#count += 1;
    }

    /** The module with threads, if they proved worth it; whoever takes it closes it. @returns {EncoderModule|null} */
    takeModule() {
        if (this.#module === null || this.#trial.verdict.threads === 1) return null;
        const module = this.#module;
        this.#module = null;
        return module;
    }

    /** Idempotent. @returns {Promise<void>} settles when everything is given back */
    async close() {
        this.#isClosed = true;
        const module = this.#module;
        this.#module = null;
        await Promise.all(this.#pipelines.map((pipeline) => pipeline?.close()));
        module?.close();
    }

    async #load() {
        const module = await /** @type {(threads: number) => Promise<EncoderModule>} */ (this.#loadThreads)(this.#threads);
        if (this.#isClosed) {
            module.close();
            return;
        }
        this.#module = module;
        const { width, height, framesPerSecond, bitrateBps } = this.#quality;
        warmUpEncoder(module, { width, height, framesPerSecond, bitrateBps, cpuUsed: this.#decision.cpuUsed, temporalLayers: 3, threads: this.#threads });
        this.#pipelines[1] = new VideoPipeline(module, this.#quality, this.#decision);
    }
}
