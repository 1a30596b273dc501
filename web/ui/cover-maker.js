// SPDX-License-Identifier: MIT
// A picture that somebody chose, as the cover of a show: 16:9 from its middle, at most 1280 wide, small enough for the relay.

const WIDTH = 1280;
const RATIO = 16 / 9;
/** The relay takes no more (LIMIT_COVER_BYTES). */
const LIMIT_BYTES = 256 * 1024;
const QUALITIES = [0.85, 0.75, 0.6, 0.45, 0.3];

/**
 * The largest 16:9 in the middle of a picture, and what size it gets.
 * @param {number} width @param {number} height
 */
export function coverFrame(width, height) {
    const [w, h] = width / height > RATIO ? [height * RATIO, height] : [width, width / RATIO];
    const outWidth = Math.max(2, Math.min(WIDTH, Math.round(w)));
    return { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h, outWidth, outHeight: Math.max(2, Math.round(outWidth / RATIO)) };
}

/**
 * @param {Blob} file
 * @returns {Promise<Blob|null>} null: no picture that this browser can read
 */
export async function makeCover(file) {
    let image;
    try {
        image = await createImageBitmap(file);
    } catch {
        return null;
    }
    const { x, y, width, height, outWidth, outHeight } = coverFrame(image.width, image.height);
    const canvas = document.createElement('canvas');
    canvas.width = outWidth;
    canvas.height = outHeight;
    const context = canvas.getContext('2d');
    if (context) context.imageSmoothingQuality = 'high';
    context?.drawImage(image, x, y, width, height, 0, 0, outWidth, outHeight);
    image.close();
    for (const quality of QUALITIES) {
        const blob = await new Promise((/** @type {(blob: Blob|null) => void} */ resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
        if (blob && blob.size <= LIMIT_BYTES) return blob;
    }
    return null;
}
