// SPDX-License-Identifier: MIT
// A raw picture as the JPEG that shows and replays have on their cards: 640 wide, below the wire's limit.
import { spawn } from 'node:child_process';
import { LIMIT_POSTER_BYTES } from '../web/wire/limits.js';

/**
 * @param {Buffer} picture I420, rows without gaps
 * @param {number} width
 * @param {number} height
 * @returns {Promise<Buffer>}
 */
export function makePoster(picture, width, height) {
    return new Promise((resolve, reject) => {
        const ffmpeg = spawn('ffmpeg', ['-v', 'error', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-i', '-',
            '-vf', 'scale=640:-2:out_range=full', '-frames:v', '1', '-pix_fmt', 'yuvj420p', '-q:v', '5', '-f', 'mjpeg', '-'],
        { stdio: ['pipe', 'pipe', 'ignore'] });
        /** @type {Buffer[]} */
        const chunks = [];
        ffmpeg.stdout.on('data', (chunk) => chunks.push(chunk));
        ffmpeg.stdin.on('error', () => {}); // it ended early; its status says so
        ffmpeg.on('error', reject);
        ffmpeg.on('close', (code) => {
            const jpeg = Buffer.concat(chunks);
            if (code !== 0) reject(new Error(`ffmpeg ended with ${code}`));
            else if (jpeg.length > LIMIT_POSTER_BYTES) reject(new Error(`${jpeg.length} bytes are too many`));
            else resolve(jpeg);
        });
        ffmpeg.stdin.end(picture);
    });
}
