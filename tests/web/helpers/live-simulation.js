// SPDX-License-Identifier: MIT
// A live show in simulated time: a creator, a network, a sound device and the real LivePlayback between them.
// Only the codec is replaced, by one whose sound carries its own time as sample values, so that what the
// simulated speaker plays tells exactly which moment of the show is audible.
import { RingReader, RingWriter, createRingMemory } from '../../../web/watch/audio-ring.js';
import { AudioStage } from '../../../web/watch/audio-stage.js';
import { LivePlayback } from '../../../web/watch/live-playback.js';
import { VideoStage } from '../../../web/watch/video-stage.js';
import { WIRE_AUDIO, WIRE_GAP, WIRE_INIT, WIRE_KEY, WIRE_SYNC, WIRE_VIDEO, frameMessage } from '../../../web/wire/header.js';

const FRAME_MS = 1000 / 30;
const PACKET_MS = 10;
const QUANTUM = 128;
/** libvpx' pattern of three temporal layers; SYNC where a layer references only layer 0. */
const LAYERS = [0, 2, 1, 2, 0, 2, 1, 2];
const SYNC_AT = new Set([1, 2]);
const KEY_EVERY = 90;

/** A seeded random number 0…1, so that each run is the same. */
export function makeRandom(seed) {
    let state = seed >>> 0;
    return () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 4294967296;
    };
}

/** Messages of a show with the time at which the creator's tab has them ready. */
export function makeShow({ seconds, micPpm = 0, encodeMs = 12, fromMs = 0 }) {
    const out = [{ readyMs: fromMs, timeMs: fromMs, kind: WIRE_INIT, flags: 0, temporalId: 0, sequence: 0 }];
    for (let i = 0; i * FRAME_MS < seconds * 1000; i++) {
        const isKey = i % KEY_EVERY === 0;
        const place = (i % KEY_EVERY) % LAYERS.length;
        out.push({
            readyMs: fromMs + i * FRAME_MS + encodeMs,
            timeMs: fromMs + i * FRAME_MS,
            kind: WIRE_VIDEO,
            flags: (isKey ? WIRE_KEY : 0) | (SYNC_AT.has(place) ? WIRE_SYNC : 0),
            temporalId: isKey ? 0 : LAYERS[place],
            sequence: i,
        });
    }
    const packetMs = PACKET_MS * (1 + micPpm / 1e6);
    for (let i = 0; i * packetMs < seconds * 1000; i++) {
        out.push({
            readyMs: fromMs + (i + 1) * packetMs + 2,
            timeMs: fromMs + i * packetMs,
            kind: WIRE_AUDIO,
            flags: WIRE_KEY,
            temporalId: 0,
            sequence: i,
        });
    }
    return out.sort((a, b) => a.readyMs - b.readyMs);
}

/** A network that delivers in order, as TCP does: each message after its delay, and not before its predecessors. */
export function deliver(messages, delayMs) {
    let last = -Infinity;
    return messages.map((message) => {
        last = Math.max(last, message.readyMs + delayMs(message));
        return { ...message, arrivalMs: last };
    });
}

const messageOf = (m) =>
    frameMessage(
        { kind: m.kind, flags: m.flags, rendition: 0, temporalId: m.temporalId, sequence: m.sequence, timestampUs: Math.round(m.timeMs * 1000) },
        Uint8Array.of(m.kind),
    );

class FakeDemuxer {
    tracks = null;
    #queue = [];
    push(bytes) {
        if (bytes[0] !== WIRE_INIT) this.#queue.push(bytes);
    }
    next() {
        const data = this.#queue.shift();
        if (data === undefined) return null;
        this.tracks = { video: { width: 1280, height: 720 }, audio: { channels: 1, preSkip: 0 } };
        return { track: data[0] === WIRE_VIDEO ? 1 : 2, timestampUs: 0, isKeyframe: false, pointer: 0, length: 1, data };
    }
    close() {}
}

export class FakeAudioDecoder {
    #frames;
    constructor(packetMs = PACKET_MS) {
        this.#frames = packetMs * 48;
    }
    decode({ timestampUs }) {
        const from = timestampUs / 1000;
        return { timestampUs, frames: this.#frames, channels: [Float32Array.from({ length: this.#frames }, (_, i) => from + i / 48)] };
    }
    reset() {}
    close() {}
}

/** The speaker: takes quanta in bursts as devices do, and remembers what is heard when. */
export class FakeDevice {
    #reader;
    #contextFrame = 0;
    #startMs = NaN;
    #nextBurstMs = NaN;
    #stall = { fromMs: Infinity, untilMs: Infinity };
    #ppm;
    #burstMs;
    #latencyMs;
    #outputs = [new Float32Array(QUANTUM), new Float32Array(QUANTUM)];
    /** {atMs, timeMs} of the 100th sample of each block; timeMs 0: silence */
    heard = [];

    constructor(memory, { ppm = 0, burstMs = 10, latencyMs = 30 }) {
        this.#reader = new RingReader(memory);
        this.#ppm = ppm;
        this.#burstMs = burstMs;
        this.#latencyMs = latencyMs;
    }
    start(nowMs) {
        this.#startMs = nowMs;
        this.#nextBurstMs = nowMs;
    }
    get isRunning() {
        return !Number.isNaN(this.#startMs);
    }
    /** The system takes the processor away: nothing is read, and the context's clock stands. */
    stall(nowMs, ms) {
        this.#stall = { fromMs: nowMs, untilMs: nowMs + ms };
        this.#nextBurstMs += ms;
    }
    /** The sound goes to another device from now on: another latency, other bursts; the context's clock goes on. */
    change({ latencyMs, burstMs }) {
        this.#latencyMs = latencyMs;
        this.#burstMs = burstMs;
    }
    /** Context frame that should have been read by now. */
    #frameAt(nowMs) {
        const { fromMs, untilMs } = this.#stall;
        const stoodMs = Math.max(0, Math.min(nowMs, untilMs) - fromMs);
        return (nowMs - stoodMs - this.#startMs) * 48 * (1 + this.#ppm / 1e6);
    }
    run(nowMs) {
        while (this.isRunning && nowMs >= this.#nextBurstMs) {
            const until = this.#frameAt(this.#nextBurstMs + this.#burstMs);
            while (this.#contextFrame < until) {
                this.#reader.read(this.#outputs, this.#contextFrame);
                const stoodMs = nowMs > this.#stall.fromMs ? this.#stall.untilMs - this.#stall.fromMs : 0;
                const atMs = this.#startMs + stoodMs + (this.#contextFrame + 100) / (48 * (1 + this.#ppm / 1e6)) + this.#latencyMs;
                this.heard.push({ atMs, timeMs: this.#outputs[0][100] });
                this.#contextFrame += QUANTUM;
            }
            this.#nextBurstMs += this.#burstMs;
        }
    }
    /** As AudioContext.getOutputTimestamp() says it. */
    pair(nowMs, noiseMs) {
        return { isRunning: true, contextTimeS: this.#frameAt(nowMs - this.#latencyMs) / 48_000, localMs: nowMs + noiseMs };
    }
}

/**
 * @param {object} o
 * @param {object[]} o.arrivals of deliver()
 * @param {number} o.untilMs
 * @param {number} [o.packetMs] of one packet of sound
 * @param {number} [o.joinMs] when the viewer joins; earlier messages since the newest key frame come at once
 * @param {number|null} [o.soundFromMs] when the device begins to run; null: never
 * @param {(message: object) => boolean} [o.isLost] left out without a word
 * @param {(stageMs: number) => number} [o.decodeCostMs]
 * @param {'normal'|'closest'} [o.setting]
 * @param {number} [o.sinkDelayMs] from the sink to the screen
 * @param {{fromMs: number, untilMs: number}} [o.asleep] the worker does not run; use with a stalled device and a network that waits
 */
export function simulate(o) {
    const { joinMs = 0, soundFromMs = 0, device: deviceOptions = {}, isLost = () => false, script = {} } = o;
    const random = makeRandom(7);
    let nowMs = joinMs;
    let workMs = 0;
    const shown = [];
    let openPictures = 0;
    const sink = {
        delayMs: o.sinkDelayMs ?? 0,
        kind: 'simulated',
        take({ timestampUs, width, height }) {
            openPictures++;
            let isOpen = true;
            return {
                timestampUs, width, height,
                close() {
                    if (isOpen) openPictures--;
                    isOpen = false;
                },
            };
        },
        show(picture) {
            shown.push({ atMs: nowMs + (o.sinkDelayMs ?? 0), timeMs: picture.timestampUs / 1000 });
            picture.close();
        },
        close() {},
    };
    const createDecoder = () => ({
        decode({ timestampUs }) {
            workMs += o.decodeCostMs?.(nowMs) ?? 3;
            return { timestampUs, width: 1280, height: 720 };
        },
        close() {},
    });
    const video = new VideoStage({ createDecoder, sink, measure: () => nowMs + workMs });
    const audio = new AudioStage({ createDecoder: () => new FakeAudioDecoder(o.packetMs) });
    const wishes = [];
    const playback = new LivePlayback({ video, audio, createDemuxer: () => new FakeDemuxer(), onWish: () => wishes.push(nowMs) });
    playback.setSetting(o.setting ?? 'normal', joinMs);
    const memory = createRingMemory({ isShared: true });
    const writer = new RingWriter(memory);
    audio.setRing(writer);
    const device = new FakeDevice(memory, deviceOptions);

    const backlog = o.arrivals.filter((m) => m.arrivalMs <= joinMs);
    const keyAt = backlog.findLastIndex((m) => (m.flags & WIRE_KEY) !== 0 && m.kind === WIRE_VIDEO);
    const held = backlog.filter((m, i) => m.kind === WIRE_INIT || (i >= keyAt && m.timeMs >= backlog[keyAt].timeMs - 1));
    const queue = [...held.map((m) => ({ ...m, arrivalMs: joinMs })), ...o.arrivals.filter((m) => m.arrivalMs > joinMs)];
    playback.welcome(joinMs, joinMs);

    const rates = [];
    const positions = [];
    let at = 0;
    let nextTurnMs = joinMs;
    let nextPairMs = joinMs;
    let busyUntilMs = joinMs;
    for (; nowMs < o.untilMs; nowMs += 0.5) {
        if (soundFromMs !== null && !device.isRunning && nowMs >= soundFromMs) device.start(nowMs);
        device.run(nowMs);
        if (nowMs < busyUntilMs) continue;
        script[nowMs]?.({ playback, audio, video, device });
        if (o.asleep && nowMs >= o.asleep.fromMs && nowMs < o.asleep.untilMs) continue;
        if (device.isRunning && nowMs >= nextPairMs) {
            audio.observeDevice(device.pair(nowMs, (random() - 0.5) * 6));
            nextPairMs = nowMs + 100;
        }
        let hasNews = false;
        while (at < queue.length && queue[at].arrivalMs <= nowMs) {
            const message = queue[at++];
            if (isLost(message)) continue;
            const bytes = messageOf(message);
            playback.receive({ ...message, rendition: 0, timestampUs: Math.round(message.timeMs * 1000) }, bytes, nowMs);
            hasNews = true;
        }
        if (!hasNews && nowMs < nextTurnMs) continue;
        workMs = 0;
        nextTurnMs = playback.tick(nowMs);
        busyUntilMs = nowMs + workMs;
        rates.push({ atMs: nowMs, rate: playback.rate });
        positions.push({ atMs: nowMs, timeMs: playback.positionMs(nowMs) });
    }
    const stallsOf = writer.starvedFrames / 48;
    const counts = { ...video.counts, ...playback.counts };
    playback.close();
    return { shown, heard: device.heard, rates, positions, wishes, starvedMs: stallsOf, counts, openPictures, leadMs: audio.leadMs, video };
}

/** Sound minus picture at each picture shown while sound is heard: late sound is +. */
export function soundAgainstPicture({ shown, heard }) {
    const out = [];
    let i = 0;
    for (const picture of shown) {
        while (i < heard.length && heard[i].atMs < picture.atMs) i++;
        const sound = heard[i];
        if (sound === undefined || sound.timeMs < 1) continue;
        const audibleMs = sound.timeMs - (sound.atMs - picture.atMs);
        out.push(picture.timeMs - audibleMs);
    }
    return out;
}

export function quantile(values, share) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Latencies of the pictures shown in a span. */
export const latencies = ({ shown }, fromMs = 0, untilMs = Infinity) =>
    shown.filter((s) => s.atMs >= fromMs && s.atMs < untilMs).map((s) => s.atMs - s.timeMs);

export { WIRE_GAP, WIRE_VIDEO, WIRE_AUDIO };
