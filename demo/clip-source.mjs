// SPDX-License-Identifier: MIT
// A clip as an endless camera and microphone: one ffmpeg decodes it over and over into I420 pictures and 10 ms
// pieces of 48 kHz stereo float sound. Owns that process and what it has decoded ahead; refuses files without a
// picture. Picture n belongs to source time n / fps, sound n to n * 10 ms: ffmpeg fills what the clip lacks.
import { spawn, spawnSync } from 'node:child_process';

export const SOUND_SAMPLES = 480;
const CHANNELS = 2;
const SOUND_BYTES = SOUND_SAMPLES * CHANNELS * 4;
// Decoded ahead: enough to ride out a stall of this process or of ffmpeg, little against the memory.
const PICTURES_AHEAD = 10;
const SOUNDS_AHEAD = 25;
// However far one stream's share of the file lies behind the other's, no more than this is held of either.
const LIMIT_AHEAD_BYTES = 256 * 1024 * 1024;

// Gaps from 5 ms on are filled (ffmpeg's own 100 ms would let the sound run ahead by as much at each turn of the loop). A
// clip whose streams differ in length still has its sound off by some 10 ms after the first turn.
const SOUND_FILTER = 'aresample=48000:async=1:first_pts=0:min_hard_comp=0.005';

/** Cuts a stream into pieces of one length; tells when it has enough. */
class Pieces {
    #stream;
    #length;
    #wanted;
    /** @type {Buffer[]} */ #ready = [];
    /** @type {Buffer[]} */ #spare = [];
    /** @type {Buffer} */ #filling;
    #filled = 0;

    constructor(stream, length, wanted) {
        this.#stream = stream;
        this.#length = length;
        this.#wanted = wanted;
        this.#filling = Buffer.allocUnsafeSlow(length);
        stream.on('data', (chunk) => this.#add(chunk));
    }

    #add(chunk) {
        for (let at = 0; at < chunk.length; ) {
            const count = chunk.copy(this.#filling, this.#filled, at);
            at += count;
            this.#filled += count;
            if (this.#filled < this.#length) continue;
            this.#ready.push(this.#filling);
            this.#filling = this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#length);
            this.#filled = 0;
        }
        if (this.count * this.#length >= LIMIT_AHEAD_BYTES) this.#stream.pause();
    }

    get count() {
        return this.#ready.length;
    }

    /** The oldest piece, or null. Give it back with done(). */
    take() {
        return this.#ready.shift() ?? null;
    }

    done(piece) {
        this.#spare.push(piece);
    }

    /** ffmpeg writes both streams in turn: one that is full must go on while the other one waits for its share. */
    flow(isOtherEmpty) {
        const isWanted = this.count < this.#wanted || (isOtherEmpty && this.count * this.#length < LIMIT_AHEAD_BYTES);
        if (isWanted) this.#stream.resume();
        else this.#stream.pause();
    }
}

export class ClipSource {
    #ffmpeg;
    #pictures;
    #sounds;
    #isClosed = false;

    /**
     * @param {object} options
     * @param {string} options.clip any file ffmpeg reads
     * @param {string} [options.sound] another file to take the sound from
     * @param {number} options.width
     * @param {number} options.height
     * @param {number} options.fps
     * @param {boolean} [options.hasClock] draws the time of day into the picture
     * @param {(error: Error) => void} options.onFailure ffmpeg ended by itself
     */
    constructor({ clip, sound, width, height, fps, hasClock, onFailure }) {
        const hasSound = sound !== undefined || clipHasSound(clip);
        const soundInput = sound ? ['-stream_loop', '-1', '-i', sound] : hasSound ? [] : ['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo'];
        const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease,pad=${width}:${height}:-1:-1`;
        const clock = hasClock ? `,drawtext=font=Serif:fontsize=h/9:fontcolor=0xf6e7cf:x=(w-tw)/2:y=h*0.72:text='%{localtime\\:%T}'` : '';
        this.#ffmpeg = spawn('ffmpeg', [
            '-v', 'error', '-nostdin', '-stream_loop', '-1', '-i', clip, ...soundInput,
            '-map', '0:v:0', '-vf', `fps=${fps},${fit}${clock},format=yuv420p`, '-f', 'rawvideo', 'pipe:3',
            '-map', sound || !hasSound ? '1:a:0' : '0:a:0', '-af', SOUND_FILTER,
            '-ac', String(CHANNELS), '-f', 'f32le', 'pipe:4',
        ], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
        let complaint = '';
        this.#ffmpeg.stderr.setEncoding('utf8').on('data', (text) => (complaint = (complaint + text).slice(-2000)));
        this.#ffmpeg.on('error', (error) => this.#fail(onFailure, `ffmpeg does not start: ${error.message}`));
        this.#ffmpeg.on('exit', (code) => this.#fail(onFailure, `ffmpeg ended with ${code}: ${complaint.trim()}`));
        this.#pictures = new Pieces(this.#ffmpeg.stdio[3], (width * height * 3) / 2, PICTURES_AHEAD);
        this.#sounds = new Pieces(this.#ffmpeg.stdio[4], SOUND_BYTES, SOUNDS_AHEAD);
    }

    #fail(onFailure, message) {
        if (this.#isClosed) return;
        this.#isClosed = true;
        onFailure(new Error(message));
    }

    #flow() {
        this.#pictures.flow(this.#sounds.count === 0);
        this.#sounds.flow(this.#pictures.count === 0);
    }

    /** True once both have something to give. */
    get isReady() {
        this.#flow();
        return this.#pictures.count > 0 && this.#sounds.count > 0;
    }

    get hasPicture() {
        return this.#pictures.count > 0;
    }

    /** The next picture (I420, rows without gaps), or null when ffmpeg is late. Valid until pictureDone(). */
    takePicture() {
        const picture = this.#pictures.take();
        this.#flow();
        return picture;
    }

    pictureDone(picture) {
        this.#pictures.done(picture);
    }

    /** Writes the next 10 ms into one array per channel; false when ffmpeg is late. */
    readSound(channels) {
        const piece = this.#sounds.take();
        this.#flow();
        if (piece === null) return false;
        const samples = new Float32Array(piece.buffer, piece.byteOffset, SOUND_SAMPLES * CHANNELS);
        channels.forEach((out, channel) => {
            for (let i = 0; i < SOUND_SAMPLES; i++) out[i] = samples[i * CHANNELS + channel];
        });
        this.#sounds.done(piece);
        return true;
    }

    /** Idempotent. */
    close() {
        this.#isClosed = true;
        this.#ffmpeg.kill('SIGKILL');
    }
}

function clipHasSound(clip) {
    const probe = spawnSync('ffprobe', ['-v', 'error', '-select_streams', 'a', '-show_entries', 'stream=index', '-of', 'csv=p=0', clip], { encoding: 'utf8' });
    if (probe.status !== 0) throw new Error(`${clip} cannot be read: ${probe.error?.message ?? probe.stderr.trim()}`);
    return probe.stdout.trim() !== '';
}
