// SPDX-License-Identifier: MIT
// A replay in simulated time: lands on the asked picture, plays in step, waits when packets are missing, ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingWriter, createRingMemory } from '../../web/watch/audio-ring.js';
import { AudioStage } from '../../web/watch/audio-stage.js';
import { makePacket } from '../../web/watch/packet.js';
import { ReplayPlayback } from '../../web/watch/replay-playback.js';
import { VideoStage } from '../../web/watch/video-stage.js';
import { FakeAudioDecoder, FakeDevice, quantile, soundAgainstPicture } from './helpers/live-simulation.js';

const FRAME_MS = 1000 / 30;
const KEY_EVERY = 60;

/** Packets of a recording in the file's order. */
function makeRecording({ videoMs = 12_000, soundMs = 12_000 } = {}) {
    const packets = [];
    for (let i = 0; i * FRAME_MS < videoMs - 1; i++) {
        packets.push(makePacket({ track: 'video', timestampUs: Math.round(i * FRAME_MS * 1000), isKey: i % KEY_EVERY === 0, data: new Uint8Array(1) }));
    }
    for (let i = 0; i * 20 < soundMs; i++) packets.push(makePacket({ track: 'audio', timestampUs: i * 20_000, isKey: true, data: new Uint8Array(1) }));
    return packets.sort((a, b) => a.timestampUs - b.timestampUs);
}

/** A player of the recording whose packets come `speed` times faster than they play. */
class Cinema {
    nowMs = 1_000_000;
    shown = [];
    decoded = 0;
    open = 0;
    #at = 0;
    #nextTurnMs = 0;
    #nextPairMs = 0;
    #credit = 0;

    constructor({ recording = makeRecording(), hasSound = true, speed = 50, durationMs = 12_000 } = {}) {
        this.recording = recording;
        this.speed = speed;
        const sink = {
            delayMs: 0,
            take: ({ timestampUs, width, height }) => {
                this.open++;
                let isOpen = true;
                return { timestampUs, width, height, close: () => void (isOpen && (isOpen = false, this.open--)) };
            },
            show: (picture) => {
                this.shown.push({ atMs: this.nowMs, timeMs: picture.timestampUs / 1000 });
                picture.close();
            },
            close() {},
        };
        const createDecoder = () => ({ decode: ({ timestampUs }) => (this.decoded++, { timestampUs, width: 320, height: 180 }), close() {} });
        this.video = new VideoStage({ createDecoder, sink, measure: () => this.nowMs });
        this.audio = new AudioStage({ createDecoder: () => new FakeAudioDecoder(20) });
        if (recording.some((p) => p.track === 'audio')) this.audio.setTrack({ channels: 1, preSkip: 0 });
        const memory = createRingMemory({ isShared: true });
        this.audio.setRing(new RingWriter(memory));
        this.device = new FakeDevice(memory, {});
        if (hasSound) this.device.start(this.nowMs);
        this.playback = new ReplayPlayback({ video: this.video, audio: this.audio });
        this.playback.setDuration(durationMs);
        this.playback.begin(0, this.nowMs);
    }

    seek(timeMs) {
        this.playback.begin(timeMs, this.nowMs);
        const keyMs = Math.max(0, ...this.recording.filter((p) => p.track === 'video' && p.isKey && p.timeMs <= timeMs).map((p) => p.timeMs));
        this.#at = this.recording.findIndex((p) => p.timeMs >= keyMs - 100);
        this.#nextTurnMs = this.nowMs;
    }

    /** Lets time pass until `isDone()` or for `forMs`. */
    run(forMs, isDone = () => false) {
        const end = this.nowMs + forMs;
        for (; this.nowMs < end && !isDone(); this.nowMs += 0.5) {
            this.device.run(this.nowMs);
            if (this.device.isRunning && this.nowMs >= this.#nextPairMs) {
                this.audio.observeDevice(this.device.pair(this.nowMs, 0));
                this.#nextPairMs = this.nowMs + 50;
            }
            this.#feed();
            if (this.nowMs >= this.#nextTurnMs) this.#nextTurnMs = this.playback.tick(this.nowMs);
        }
        return this;
    }

    #feed() {
        this.#credit = Math.min(50, this.#credit + this.speed * 0.08 * 0.5);
        while (this.#credit >= 1 && this.#at < this.recording.length && this.playback.bufferedMs(this.nowMs) < 5000) {
            this.playback.push(this.recording[this.#at++]);
            this.#credit--;
            this.#nextTurnMs = this.nowMs;
        }
        if (this.#at === this.recording.length) this.playback.setAtEnd();
    }

    get shownMs() {
        return this.shown.at(-1)?.timeMs;
    }

    get state() {
        return this.playback.state;
    }

    assertInStep(fromMs) {
        const errors = soundAgainstPicture({ shown: this.shown.filter((s) => s.atMs >= fromMs), heard: this.device.heard });
        assert.ok(errors.length > 20, `only ${errors.length} pictures with sound`);
        assert.ok(Math.abs(quantile(errors, 0.5)) < 5 && quantile(errors, 0.95) < 20 && quantile(errors, 0.05) > -20,
            `median ${quantile(errors, 0.5)}, ${quantile(errors, 0.05)} … ${quantile(errors, 0.95)} ms`);
    }
}

/** Number of the frame that is on show at a time: the newest that is not younger. */
const frameAt = (timeMs) => Math.floor((timeMs + 0.001) / FRAME_MS);
const numberOf = (timeMs) => Math.round(timeMs / FRAME_MS);

test('opened it shows its first picture and waits', () => {
    const cinema = new Cinema().run(500);
    assert.equal(cinema.shown.length, 1);
    assert.equal(cinema.shownMs, 0);
    assert.equal(cinema.state, 'landed');
    assert.equal(cinema.playback.positionMs(cinema.nowMs), 0);
});

for (const hasSound of [true, false]) {
    test(`plays every picture once, in order, at real pace, and ends (${hasSound ? 'sound' : 'silent'})`, () => {
        const cinema = new Cinema({ hasSound });
        cinema.playback.play();
        const from = cinema.nowMs;
        cinema.run(20_000, () => cinema.state === 'ended');
        assert.equal(cinema.state, 'ended');
        assert.ok(Math.abs(cinema.nowMs - from - 12_000) < 500, `took ${cinema.nowMs - from} ms`);
        assert.deepEqual(cinema.shown.map((s) => numberOf(s.timeMs)), Array.from({ length: 360 }, (_, i) => i));
        assert.equal(cinema.playback.positionMs(cinema.nowMs), 12_000);
        assert.equal(cinema.playback.isPlaying, false);
        if (hasSound) cinema.assertInStep(from + 1000);
        assert.equal(cinema.open, 0);
    });
}

for (const place of [0, 33, 34, 1999.9, 2000, 5017, 8649.9, 8650, 11_990]) {
    test(`a seek to ${place} ms shows exactly the picture of that time, and no other`, () => {
        const cinema = new Cinema().run(300);
        const before = cinema.shown.length;
        cinema.seek(place);
        cinema.run(400);
        assert.equal(cinema.shown.length, before + 1);
        assert.equal(numberOf(cinema.shownMs), frameAt(place));
        assert.equal(cinema.state, 'landed');
        assert.equal(cinema.playback.positionMs(cinema.nowMs), place);
    });
}

test('a seek while playing goes on from there, in step; the newest of many seeks wins', () => {
    const cinema = new Cinema();
    cinema.playback.play();
    cinema.run(3000);
    for (const place of [9000, 2000, 7000]) {
        cinema.seek(place);
        cinema.run(3);
    }
    const at = cinema.nowMs;
    cinema.run(3000);
    assert.ok(Math.abs(cinema.playback.positionMs(cinema.nowMs) - 10_000) < 400, `${cinema.playback.positionMs(cinema.nowMs)}`);
    cinema.assertInStep(at + 500);
    const early = cinema.shown.filter((s) => s.atMs > at && s.timeMs < 6960);
    assert.deepEqual(early, []);
});

test('pause stands exactly, play goes on without loss, in step', () => {
    const cinema = new Cinema();
    cinema.playback.play();
    cinema.run(3000);
    cinema.playback.pause(cinema.nowMs);
    const position = cinema.playback.positionMs(cinema.nowMs);
    const shown = cinema.shown.length;
    cinema.run(2000);
    assert.ok(cinema.shown.length <= shown + 1);
    assert.equal(cinema.playback.positionMs(cinema.nowMs), position);
    const at = cinema.nowMs;
    cinema.playback.play();
    cinema.run(3000);
    assert.ok(Math.abs(cinema.playback.positionMs(cinema.nowMs) - position - 3000) < 150);
    cinema.assertInStep(at + 500);
    const numbers = cinema.shown.map((s) => numberOf(s.timeMs));
    assert.deepEqual(numbers, Array.from({ length: numbers.length }, (_, i) => i), 'no picture left out or twice');
});

test('sound that begins in the middle joins without moving the picture', () => {
    const cinema = new Cinema({ hasSound: false });
    cinema.playback.play();
    cinema.run(3000);
    cinema.device.start(cinema.nowMs);
    const at = cinema.nowMs;
    cinema.run(4000);
    const first = cinema.device.heard.find((h) => h.timeMs > 1);
    assert.ok(first.atMs - at < 500, `sound after ${first.atMs - at} ms`);
    cinema.assertInStep(at + 600);
    const gaps = cinema.shown.slice(1).map((s, i) => s.atMs - cinema.shown[i].atMs);
    assert.ok(Math.max(...gaps.slice(5)) < 45, `a picture stood for ${Math.max(...gaps.slice(5))} ms`);
    assert.ok(Math.min(...gaps.slice(5)) > 22, `a picture stood for ${Math.min(...gaps.slice(5))} ms only`);
});

test('packets that come too slowly: stops, says so, goes on when enough is there', () => {
    const cinema = new Cinema();
    cinema.playback.play();
    cinema.run(2000);
    cinema.speed = 0.1;
    cinema.run(20_000, () => cinema.playback.isWaiting);
    assert.ok(cinema.playback.isWaiting);
    assert.equal(cinema.playback.rate, 0);
    const position = cinema.playback.positionMs(cinema.nowMs);
    cinema.run(1000);
    assert.equal(cinema.playback.positionMs(cinema.nowMs), position);
    cinema.speed = 20;
    const at = cinema.nowMs;
    cinema.run(2000);
    assert.equal(cinema.playback.isWaiting, false);
    assert.equal(cinema.playback.stalls, 1);
    cinema.assertInStep(at + 800);
});

test('a file without sound plays by the local clock', () => {
    const cinema = new Cinema({ recording: makeRecording({ soundMs: 0 }) });
    cinema.playback.play();
    cinema.run(20_000, () => cinema.state === 'ended');
    assert.equal(cinema.state, 'ended');
    assert.equal(cinema.shown.length, 360);
});

test('sound that ends before the picture: the picture plays out', () => {
    const cinema = new Cinema({ recording: makeRecording({ soundMs: 6000 }) });
    cinema.playback.play();
    cinema.run(25_000, () => cinema.state === 'ended');
    assert.equal(cinema.state, 'ended');
    assert.equal(numberOf(cinema.shownMs), 359);
});

test('a picture that ends before the sound: the sound plays out', () => {
    const cinema = new Cinema({ recording: makeRecording({ videoMs: 6000 }) });
    cinema.playback.play();
    cinema.run(25_000, () => cinema.state === 'ended');
    assert.equal(cinema.state, 'ended');
    assert.ok(cinema.device.heard.some((h) => h.timeMs > 11_900));
});

test('a file of sound alone plays and ends', () => {
    const cinema = new Cinema({ recording: makeRecording({ videoMs: 0 }) });
    cinema.playback.play();
    cinema.run(25_000, () => cinema.state === 'ended');
    assert.equal(cinema.state, 'ended');
    assert.ok(cinema.device.heard.some((h) => h.timeMs > 11_900));
});

test('hidden: no pictures, sound goes on; visible: in step again', () => {
    const cinema = new Cinema();
    cinema.playback.play();
    cinema.run(2000);
    cinema.playback.setHidden(true);
    const shown = cinema.shown.length;
    const decoded = cinema.decoded;
    cinema.run(4000);
    assert.equal(cinema.shown.length, shown);
    assert.equal(cinema.decoded, decoded);
    cinema.playback.setHidden(false);
    const at = cinema.nowMs;
    cinema.run(2000);
    cinema.assertInStep(at + 400);
});

test('a seek to the very end ends when played', () => {
    const cinema = new Cinema().run(200);
    cinema.seek(12_000);
    cinema.playback.play();
    cinema.run(3000, () => cinema.state === 'ended');
    assert.equal(cinema.state, 'ended');
    assert.equal(numberOf(cinema.shownMs), 359);
});
