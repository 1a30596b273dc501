// SPDX-License-Identifier: MIT
// A photograph as the relay takes a face: the middle of it, square, 256 pixels, JPEG of at most 48 KiB
// (relay/relay_limits.h, LIMIT_FACE_*). In the browser, so that nobody's camera's original, and where it was taken,
// ever leaves it.

const PIXELS = 256;
const LIMIT_BYTES = 48 * 1024;
const QUALITIES = [0.9, 0.8, 0.6, 0.4];

/** The largest square in the middle. @param {number} width @param {number} height @returns {{x: number, y: number, side: number}} */
export function middleSquare(width, height) {
    const side = Math.min(width, height);
    return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side };
}

/** @param {Blob} file @returns {Promise<Blob|null>} null: it is no picture that this browser reads */
export async function makeFace(file) {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null);
    if (!bitmap) return null;
    try {
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = PIXELS;
        const context = canvas.getContext('2d');
        if (!context) return null;
        const { x, y, side } = middleSquare(bitmap.width, bitmap.height);
        context.fillStyle = '#fff'; // behind what is transparent
        context.fillRect(0, 0, PIXELS, PIXELS);
        context.imageSmoothingQuality = 'high';
        context.drawImage(bitmap, x, y, side, side, 0, 0, PIXELS, PIXELS);
        for (const quality of QUALITIES) {
            const face = await new Promise((/** @type {(blob: Blob|null) => void} */ resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
            if (face && face.size <= LIMIT_BYTES) return face;
        }
        return null;
    } finally {
        bitmap.close();
    }
}
