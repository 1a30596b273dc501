// SPDX-License-Identifier: MIT
// What a browser's VideoFrame shows of itself to web/publish, around made-up pictures; and the decision and the sound that go with
// them. Encodes and asserts nothing.

import { makePicture } from './made-media.js';

export const decision = { bitrateBps: 500_000, cpuUsed: -8, scale: 1, framesPerSecond: 30, lesser: 2 };
export const sound = { channels: 2, preSkip: 312 };

/** Around made-up I420. */
export function i420Frame(width, height, number = 0) {
    const picture = makePicture(width, height, number);
    return {
        format: 'I420',
        displayWidth: width,
        displayHeight: height,
        visibleRect: { x: 0, y: 0, width, height },
        async copyTo(target, { layout }) {
            layout.forEach(({ offset, stride }, plane) => {
                const from = picture.layout[plane];
                const rows = plane === 0 ? height : height / 2;
                for (let y = 0; y < rows; y++) {
                    const start = from.offset + y * from.stride;
                    target.set(picture.buffer.subarray(start, start + from.stride), offset + y * stride);
                }
            });
        },
    };
}

/** A frame of one colour in a format of one plane with four bytes a pixel. */
export function colourFrame(format, width, height, [r, g, b]) {
    const pixel = format.startsWith('BGR') ? [b, g, r, 255] : [r, g, b, 255];
    return {
        format,
        displayWidth: width,
        displayHeight: height,
        visibleRect: { x: 0, y: 0, width, height },
        async copyTo(target, { layout: [{ offset, stride }] }) {
            for (let y = 0; y < height; y++) {
                for (let x = 0; x < width; x++) target.set(pixel, offset + y * stride + x * 4);
            }
        },
    };
}

/** A frame whose copy is under way until `arrive` is called. */
export function slowFrame(format, width, height) {
    const frame = colourFrame(format, width, height, [0, 0, 255]);
    const { copyTo } = frame;
    let arrive;
    const arrived = new Promise((resolve) => (arrive = resolve));
    return { ...frame, arrive, copyTo: (...where) => arrived.then(() => copyTo(...where)) };
}
