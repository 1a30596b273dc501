// SPDX-License-Identifier: MIT
// Faster and slower with the pitch kept: length by count, pitch by zero crossings and by spectrum, joints by what no clean
// signal has (a step between two samples), on tones, a chord, made-up speech and, where espeak-ng is, spoken speech.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { HISTORY_FRAMES, TimeStretch } from '../../web/watch/time-stretch.js';
import { makeRandom } from './helpers/live-simulation.js';

const RATE = 48_000;
const QUANTUM = 128;
const CAPACITY = 1 << 19;

/** Plays all of `source` (mono or channels) at `rate`, in the blocks of a device. */
function stretch(source, rate, { lookAhead = 4800 } = {}) {
    const channels = Array.isArray(source) ? source : [source];
    const rings = channels.map((samples) => {
        const ring = new Float32Array(CAPACITY);
        ring.set(samples);
        return ring;
    });
    const player = new TimeStretch(rings, CAPACITY - 1);
    const out = channels.map(() => []);
    const block = channels.map(() => new Float32Array(QUANTUM));
    for (;;) {
        const end = Math.min(channels[0].length, player.at + lookAhead);
        const frames = player.play(block, QUANTUM, rate, end, false);
        block.forEach((samples, c) => out[c].push(...samples.subarray(0, frames)));
        if (frames < QUANTUM && end === channels[0].length) break;
    }
    return out.map((samples) => Float32Array.from(samples));
}

const tone = (hertz, seconds, amplitude = 0.5) => Float32Array.from({ length: seconds * RATE }, (_, i) => amplitude * Math.sin((2 * Math.PI * hertz * i) / RATE));

/** Rising zero crossings, each placed between its samples: the mean frequency. */
function pitchOf(samples) {
    let first = NaN;
    let last = NaN;
    let count = -1;
    for (let i = 1; i < samples.length; i++) {
        if (!(samples[i - 1] < 0 && samples[i] >= 0)) continue;
        last = i - samples[i] / (samples[i] - samples[i - 1]);
        if (Number.isNaN(first)) first = last;
        count++;
    }
    return (count * RATE) / (last - first);
}

/** The largest change of slope from one sample to the next: a click is one far above the signal's own. */
function roughness(samples) {
    let worst = 0;
    for (let i = 2; i < samples.length; i++) worst = Math.max(worst, Math.abs(samples[i] - 2 * samples[i - 1] + samples[i - 2]));
    return worst;
}

const powerOf = (/** @type {Float32Array} */ samples) => samples.reduce((sum, v) => sum + v * v, 0);

/** Power of one frequency, as share of all. */
function shareOf(samples, hertz) {
    const k = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
    let a = 0;
    let b = 0;
    let power = 0;
    for (let i = 0; i < samples.length; i++) {
        const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / samples.length);
        const s = samples[i] * window + k * a - b;
        b = a;
        a = s;
        power += (samples[i] * window) ** 2;
    }
    return (2 * (a * a + b * b - k * a * b)) / (power * samples.length);
}

test('rate 1: the same samples', () => {
    const source = tone(440, 1);
    assert.deepEqual(stretch(source, 1)[0], source);
});

for (const rate of [0.92, 0.95, 0.98, 1.02, 1.05, 1.08]) {
    for (const hertz of [110, 440, 1000, 3000]) {
        test(`a tone of ${hertz} Hz at ${rate}: another length, the same pitch, no click`, () => {
            const source = tone(hertz, 4);
            const [out] = stretch(source, rate);
            const expected = source.length / rate;
            assert.ok(Math.abs(out.length - expected) < 1600, `${out.length} frames, ${expected} expected`);
            assert.ok(Math.abs(pitchOf(out) / hertz - 1) < 0.002, `${pitchOf(out)} Hz`);
            assert.ok(roughness(out) < 1.6 * roughness(source) + 1e-4, `roughness ${roughness(out)} against ${roughness(source)}`);
            assert.ok(out.every((v) => Math.abs(v) <= 0.502), 'no louder');
            const level = powerOf(out) / powerOf(source);
            assert.ok(level * rate > 0.9, `no softer: ${level}`);
        });
    }
}

test('a chord keeps its notes', () => {
    const notes = [261.63, 329.63, 392];
    const source = notes.map((n) => tone(n, 3, 0.2)).reduce((a, b) => a.map((v, i) => v + b[i]));
    const plain = notes.map((n) => shareOf(source, n));
    for (const rate of [0.94, 1.06]) {
        const [out] = stretch(source, rate);
        notes.forEach((n, i) => assert.ok(shareOf(out, n) > 0.5 * plain[i], `${n} Hz at ${rate}: ${shareOf(out, n)} of ${plain[i]}`));
        assert.ok(roughness(out) < 2 * roughness(source));
    }
});

test('the channels stay together', () => {
    const left = tone(300, 2);
    const [a, b] = stretch([left, left.map((v) => -v)], 1.07);
    assert.ok(a.every((v, i) => Math.abs(v + b[i]) < 1e-6));
});

/** Voiced and unvoiced pieces, pauses between them, a pitch that glides. */
function madeUpSpeech(seconds) {
    const random = makeRandom(5);
    let phase = 0;
    return Float32Array.from({ length: seconds * RATE }, (_, i) => {
        const t = i / RATE;
        const part = Math.floor(t / 0.18) % 4;
        phase += (2 * Math.PI * (120 + 30 * Math.sin(t * 3))) / RATE;
        const edge = Math.sin((Math.PI * (t % 0.18)) / 0.18);
        if (part === 2) return 0;
        if (part === 3) return 0.03 * edge * (random() - 0.5);
        return edge * [1, 2, 3, 5, 8].reduce((sum, h) => sum + (0.12 / h) * Math.sin(h * phase), 0);
    });
}

function spokenSpeech() {
    const { status, stdout } = spawnSync('espeak-ng', ['--stdout', '-s', '150', 'Good evening. The curtain rises, and everybody is on the stage.'], { maxBuffer: 1 << 24 });
    if (status !== 0 || !stdout || stdout.length < 1000) return null;
    const hertz = stdout.readUInt32LE(24);
    const pcm = new Int16Array(stdout.buffer.slice(stdout.byteOffset + 44, stdout.byteOffset + 44 + ((stdout.length - 44) & ~1)));
    return Float32Array.from({ length: Math.floor((pcm.length * RATE) / hertz) - 2 }, (_, i) => {
        const at = (i * hertz) / RATE;
        const n = Math.floor(at);
        return (pcm[n] * (1 - (at - n)) + pcm[n + 1] * (at - n)) / 32768;
    });
}

for (const [name, make] of [['made-up speech', () => madeUpSpeech(6)], ['spoken speech', spokenSpeech]]) {
    test(`${name}: length as asked, no step that the clip does not have, loudness kept`, (t) => {
        const source = make();
        if (source === null) return t.skip('no espeak-ng here');
        for (const rate of [0.92, 1.05, 1.08]) {
            const [out] = stretch(source, rate);
            assert.ok(Math.abs(out.length - source.length / rate) < 1600, `${out.length} of ${source.length} at ${rate}`);
            assert.ok(roughness(out) < 1.5 * roughness(source) + 1e-3, `at ${rate}: ${roughness(out)} against ${roughness(source)}`);
            const level = (powerOf(out) * rate) / powerOf(source);
            assert.ok(level > 0.85 && level < 1.15, `${level} of the power`);
        }
        return undefined;
    });
}

test('with too little ahead it waits for a joint, and the ideal place waits with it', () => {
    const source = tone(440, 4);
    const ring = new Float32Array(CAPACITY);
    ring.set(source);
    const player = new TimeStretch([ring], CAPACITY - 1);
    const block = [new Float32Array(QUANTUM)];
    for (let i = 0; i < 400; i++) player.play(block, QUANTUM, 1.08, player.at + QUANTUM, false);
    assert.equal(player.at, 400 * QUANTUM, 'nothing could be left out');
    assert.ok(player.ideal - player.at <= 1200);
    player.play(block, QUANTUM, 1.08, source.length);
    assert.ok(player.at > 401 * QUANTUM, 'it is made up as soon as there is something');
});

/** Plays a tone of which the packets of 20 ms come as `lateMs` says, each so much too late; blocks that went out whole. */
function playWithDroughts(source, lateFramesOf) {
    const ring = new Float32Array(CAPACITY);
    ring.set(source);
    const player = new TimeStretch([ring], CAPACITY - 1);
    const out = [];
    const block = [new Float32Array(QUANTUM)];
    let isWhole = true;
    for (let now = 0; now < source.length - 9600; now += QUANTUM) {
        let end = 960;
        while (end + 960 <= source.length && now >= end - 200 + lateFramesOf(end / 960)) end += 960;
        const frames = player.play(block, QUANTUM, 1, end);
        block[0].fill(0, frames);
        if (now > 48_000) isWhole &&= frames === QUANTUM;
        out.push(...block[0]);
    }
    return { out: Float32Array.from(out), isWhole, player };
}

for (const hertz of [150, 440, 1000]) {
    test(`a packet 15 ms late now and then: ${hertz} Hz goes on without a hole or a click, and nothing is lost`, () => {
        const source = tone(hertz, 4);
        const { out, isWhole, player } = playWithDroughts(source, (packet) => (packet > 60 && packet % 25 === 0 ? 720 : 0));
        assert.ok(isWhole, 'every block was filled');
        assert.ok(roughness(out) < 3 * roughness(source) + 1e-3, `roughness ${roughness(out)} against ${roughness(source)}`);
        for (let i = 48_000; i + 480 < out.length; i += 480) assert.ok(powerOf(out.subarray(i, i + 480)) > 0.5 * powerOf(source.subarray(i, i + 480)), `softer at ${i}`);
        assert.ok(player.at < source.length - 9600, 'what was played once more is behind now');
    });
}

test('a long drought is bridged for up to 48 ms and then silent, and the place stays where the next packet goes on', () => {
    const ring = new Float32Array(CAPACITY);
    ring.set(tone(440, 1));
    const player = new TimeStretch([ring], CAPACITY - 1);
    const block = [new Float32Array(QUANTUM)];
    let made = 0;
    for (let i = 0; i < 600; i++) made += player.play(block, QUANTUM, 1, 24_000);
    assert.ok(made - 24_000 > 300 && made - 24_000 <= 2304, `${made - 24_000} frames more than there were`);
    assert.equal(player.at, 24_000);
});

test('slower right behind a jump it does not play again what was never played', () => {
    const ring = new Float32Array(CAPACITY).fill(9);
    ring.set(tone(440, 1), 10_000);
    const player = new TimeStretch([ring], CAPACITY - 1);
    player.moveTo(10_000);
    const block = [new Float32Array(QUANTUM)];
    for (let i = 0; i < 200; i++) {
        player.play(block, QUANTUM, 0.92, 58_000);
        assert.ok(block[0].every((v) => Math.abs(v) <= 0.501), `block ${i}`);
    }
    assert.ok(player.at < 10_000 + 200 * QUANTUM * 0.95);
    assert.ok(HISTORY_FRAMES >= 768);
});
