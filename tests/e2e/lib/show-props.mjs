// SPDX-License-Identifier: MIT
// What a show needs to look like one in a picture: pieces of a film (TABCAST_TEST_FILM) as clips, camera and stills, and
// people in the seats who say something. Needs ffmpeg.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import WebSocket from 'ws';
import { Connection, socketUrl } from '../../../web/wire/connection.js';
import { makeClip } from '../../media/make-clip.mjs';

export const FILM = process.env.TABCAST_TEST_FILM;

const TALK = [
    ['Marguerite', 'Good evening everybody!'],
    ['Anselm', 'Hello from a very rainy Bergen'],
    ['Ines', 'is that pencil 2B or 4B?'],
    ['Marguerite', 'mine is a carpenter\'s pencil, wish me luck'],
    ['Tomás', 'The light on that branch is wonderful'],
    ['Anselm', 'he looks as if he knew we are watching'],
    ['Ines', 'Could you hold the sketch closer, please?'],
];

/** What a full house says, with what strains a chat: no spaces, no end, other scripts, the other direction. */
export const MUCH_TALK = [
    ...TALK,
    ['Юлия', 'добрый вечер из Томска'],
    ['Marguerite', 'I have drawn the goose. The goose disapproves.'],
    ['نورا', 'مساء الخير، هذا جميل جدا'],
    ['Anselm', 'where can I read more? https://birds.example/sketches/of/birds/that/cannot/sit/still/even/for/one/second?page=2&sort=newest'],
    ['Bartholomäus-Maximilian von und zu Hohenlohe', 'Ich zeichne seit vierzig Jahren und habe noch nie einen Vogel gesehen, der so lange auf einem Ast sitzt, ohne dass jemand ihn dafür bezahlt hätte.'],
    ['Ines', 'hahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahaha'],
    ['小林', 'とても静かで、いい番組ですね'],
    ['Tomás', '👏👏👏'],
    ['Юлия', 'one more minute, please'],
    ['Ines', 'the wing, the wing!'],
];

function ffmpeg(args) {
    const made = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { maxBuffer: 1 << 26 });
    if (made.status !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${made.stderr}`);
    return made.stdout;
}

/** Part of the film as a file for a creator; undefined is the demo's own clip. */
export function cut(folder, name, start, seconds) {
    if (!FILM) return undefined;
    const out = path.join(folder, `${name}.mkv`);
    ffmpeg(['-ss', String(start), '-t', String(seconds), '-i', FILM, '-c:v', 'ffv1', '-c:a', 'pcm_s16le', '-ac', '2', out]);
    return out;
}

/** The studio's camera: a piece of the film without counters, or the tests' clip. @returns {Promise<{camera: string, microphone: string}>} */
export async function camera(folder, width = 1280, height = 720) {
    if (!FILM) return makeClip({ out: folder, width, height, fps: 30, seconds: 6 });
    const files = { camera: path.join(folder, 'camera.y4m'), microphone: path.join(folder, 'microphone.wav') };
    const piece = ['-ss', '16', '-t', '3.5', '-i', FILM];
    ffmpeg([...piece, '-an', '-vf', `scale=${width}:${height}:force_original_aspect_ratio=increase,crop=${width}:${height},fps=30`, '-pix_fmt', 'yuv420p', files.camera]);
    ffmpeg([...piece, '-vn', '-ac', '2', '-ar', '48000', files.microphone]);
    return files;
}

/** One picture of the file as a small JPEG. @returns {Buffer} */
export function still(file, second) {
    return ffmpeg(['-ss', String(second), '-i', file, '-frames:v', '1', '-vf', 'scale=640:360:force_original_aspect_ratio=increase,crop=640:360', '-pix_fmt', 'yuvj420p', '-q:v', '4', '-f', 'mjpeg', '-']);
}

/**
 * People in the room who say their lines and stay.
 * @param {string} relayUrl @param {string} showId @param {number} count @param {string[][]} [talk] name, line
 * @returns {Promise<() => void>}
 */
export async function fillSeats(relayUrl, showId, count, talk = TALK) {
    const seats = new Map();
    const sit = async (name) => {
        const connection = new Connection({ url: socketUrl(relayUrl), role: 'watch', show: showId, name, WebSocket });
        await connection.open();
        seats.set(name, connection);
        return connection;
    };
    for (const [name, text] of talk) {
        const seat = seats.get(name) ?? (await sit(name));
        const heard = new Promise((resolve) => {
            const take = (event) => {
                if (event.detail.text !== text) return;
                seat.removeEventListener('chat', take);
                resolve();
            };
            seat.addEventListener('chat', take);
        });
        seat.send({ type: 'chat', text });
        await heard;
    }
    for (let i = seats.size; i < count; i += 1) await sit(`guest ${i}`);
    return () => seats.forEach((seat) => seat.close());
}
