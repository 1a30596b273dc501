// SPDX-License-Identifier: MIT
// A folder of VP8 test vectors as the WebM project publishes them: NAME.ivf, and beside it NAME.ivf.md5 with the MD5 of all
// pictures, I420, one behind the other. Decodes one with the player's module and tells what it got.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { VideoDecoder } from '../../../web/codec/player-module.js';

/** The vectors' names in a folder. */
export const vectorsIn = (folder) => readdirSync(folder).filter((name) => /^vp80-.*\.ivf$/.test(name)).sort();

/** @returns {string} the MD5 that the folder promises */
export const promisedMd5 = (folder, name) => readFileSync(join(folder, `${name}.md5`), 'utf8').trim().split(/\s+/)[0];

/** The packets of an IVF file. */
export function packetsOf(film) {
    if (film.toString('latin1', 0, 4) !== 'DKIF') throw new Error('no IVF');
    const packets = [];
    for (let at = film.readUInt16LE(6); at < film.length; ) {
        const length = film.readUInt32LE(at);
        packets.push(new Uint8Array(film.subarray(at + 12, at + 12 + length)));
        at += 12 + length;
    }
    return packets;
}

/** @returns {{md5: string, pictures: number, hidden: number, sizes: string[]}} */
export function decodeVector(module, folder, name, options = {}) {
    const decoder = new VideoDecoder(module, options);
    const sum = createHash('md5');
    const sizes = new Set();
    let pictures = 0;
    let hidden = 0;
    packetsOf(readFileSync(join(folder, name))).forEach((data, i) => {
        const frame = decoder.decode({ data, timestampUs: i * 33333 });
        if (frame === null) {
            hidden++;
            return;
        }
        pictures++;
        sizes.add(`${frame.width}x${frame.height}`);
        frame.layout.forEach(({ offset, stride }, plane) => {
            const [width, height] = plane === 0 ? [frame.width, frame.height] : [(frame.width + 1) >> 1, (frame.height + 1) >> 1];
            for (let y = 0; y < height; y++) sum.update(frame.buffer.subarray(offset + y * stride, offset + y * stride + width));
        });
    });
    decoder.close();
    return { md5: sum.digest('hex'), pictures, hidden, sizes: [...sizes] };
}
