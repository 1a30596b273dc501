// SPDX-License-Identifier: MIT
// A camera of known colours: a canvas with eight patches that takes getUserMedia's place in a page, and what a recording made of
// them, decoded by ffmpeg, beside what BT.601 (limited range) says they are.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

export const WIDTH = 640;
export const HEIGHT = 360;
const COLUMNS = 4;
/** Two rows of four: what is painted, and its Y, U, V (ITU-R BT.601, limited range). */
const COLOURS = [
    ['#ff0000', [82, 90, 240]], ['#00ff00', [145, 54, 34]], ['#0000ff', [41, 240, 110]], ['#ffffff', [235, 128, 128]],
    ['#ffff00', [210, 16, 146]], ['#00ffff', [170, 166, 16]], ['#ff00ff', [107, 202, 222]], ['#808080', [126, 128, 128]],
];
/** VP8 at this bitrate, and a browser's own rounding on the way. */
const TOLERANCE = 6;

/** Runs in the page before its scripts: the camera is a canvas with patches and something that moves between them. */
export function paintedCamera({ width, height, columns, colours, withoutProcessor }) {
    if (withoutProcessor) delete window.MediaStreamTrackProcessor;
    let canvas;
    let number = 0;
    const paint = () => {
        const pen = canvas.getContext('2d');
        const [w, h] = [canvas.width / columns, canvas.height / 2];
        colours.forEach((colour, i) => {
            pen.fillStyle = colour;
            pen.fillRect((i % columns) * w, Math.floor(i / columns) * h, w, h);
        });
        pen.fillStyle = number++ % 2 ? '#000' : '#fff';
        pen.fillRect(0, h - 4, canvas.width, 8);
    };
    window.__turn = () => {
        [canvas.width, canvas.height] = [canvas.height, canvas.width];
        paint();
    };
    navigator.mediaDevices.getUserMedia = async ({ video, audio }) => {
        const stream = new MediaStream();
        if (video) {
            canvas = Object.assign(document.createElement('canvas'), { width, height });
            paint();
            setInterval(paint, 33);
            stream.addTrack(canvas.captureStream(30).getVideoTracks()[0]);
        }
        if (audio && !stream.getVideoTracks().length) throw new DOMException('none', 'NotFoundError');
        return stream;
    };
}
/** The argument of paintedCamera. */
export const setUp = (withoutProcessor = false) => ({ width: WIDTH, height: HEIGHT, columns: COLUMNS, colours: COLOURS.map(([colour]) => colour), withoutProcessor });

/** Mean Y, U, V in the middle of each patch of the picture at this second. */
function patches(file, second, width = WIDTH, height = HEIGHT) {
    const raw = execFileSync('ffmpeg', ['-v', 'error', '-ss', String(second), '-i', file, '-an', '-frames:v', '1', '-pix_fmt', 'yuv444p', '-f', 'rawvideo', '-'], { maxBuffer: 1 << 28 });
    assert.equal(raw.length, width * height * 3, 'a picture of that size');
    const [w, h] = [width / COLUMNS, height / 2];
    return COLOURS.map((_, i) => [0, 1, 2].map((plane) => {
        let sum = 0;
        for (let y = 0; y < 16; y++) for (let x = 0; x < 16; x++) {
            const row = Math.round((Math.floor(i / COLUMNS) + 0.5) * h) - 8 + y;
            sum += raw[plane * width * height + row * width + Math.round(((i % COLUMNS) + 0.5) * w) - 8 + x];
        }
        return Math.round(sum / 256);
    }));
}

/** Fails unless the picture at this second of a file has the colours that were painted. */
export function assertColours(file, second, what) {
    const found = patches(file, second);
    const off = COLOURS.map(([colour, wanted], i) => ({ colour, wanted, found: found[i] })).filter(({ wanted, found: got }) => wanted.some((v, k) => Math.abs(v - got[k]) > TOLERANCE));
    assert.deepEqual(off, [], what);
}
