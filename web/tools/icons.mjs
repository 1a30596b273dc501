// SPDX-License-Identifier: MIT
// The icons that cannot be SVG (what systems put on a home screen), drawn from favicon.svg: paths are cut into lines, filled
// by scanlines with 16 samples a pixel, and written as PNG (RFC 2083). Knows as much of SVG as that drawing needs, and
// throws on the rest.
import { deflateSync } from 'node:zlib';

const SAMPLES = 4; // of a pixel, across and down
const CURVE_STEPS = 24;

/** Numbers of a path's data: 'M1 31c3.200 0 5-2' -> [['M', 1, 31], ['c', 3.2, 0, 5, -2]] */
function commands(data) {
    return [...data.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)].map(([, letter, numbers]) => [letter, ...(numbers.match(/[-+]?(?:\d*\.\d+|\d+)/g) ?? []).map(Number)]);
}

/** Points of an arc of a circle (SVG 2, implementation notes B.2.4; both radii alike, no rotation). */
function arc([x0, y0], radius, isLarge, isSweep, [x1, y1]) {
    const [dx, dy] = [(x0 - x1) / 2, (y0 - y1) / 2];
    const half = dx * dx + dy * dy;
    const r = Math.max(radius, Math.sqrt(half));
    const away = (isLarge === isSweep ? -1 : 1) * Math.sqrt(Math.max(0, (r * r - half) / half));
    const [cx, cy] = [away * dy + (x0 + x1) / 2, -away * dx + (y0 + y1) / 2];
    const from = Math.atan2(y0 - cy, x0 - cx);
    let turn = Math.atan2(y1 - cy, x1 - cx) - from;
    if (isSweep && turn < 0) turn += 2 * Math.PI;
    if (!isSweep && turn > 0) turn -= 2 * Math.PI;
    return Array.from({ length: CURVE_STEPS }, (_, i) => from + (turn * (i + 1)) / CURVE_STEPS).map((angle) => [cx + r * Math.cos(angle), cy + r * Math.sin(angle)]);
}

/** How many numbers each command takes at a time. */
const TAKES = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, a: 7, z: 0 };

/** A path as polygons: arrays of points. */
export function polygons(data) {
    const all = [];
    let points = [];
    let [x, y] = [0, 0];
    let handle = null; // the second one of the last curve, for `s`
    const to = (nx, ny) => points.push([(x = nx), (y = ny)]);
    const curve = (ax, ay, bx, by, ex, ey) => {
        const [sx, sy] = [x, y];
        for (let i = 1; i <= CURVE_STEPS; i += 1) {
            const t = i / CURVE_STEPS;
            const u = 1 - t;
            const at = (s, a, b, e) => u * u * u * s + 3 * u * u * t * a + 3 * u * t * t * b + t * t * t * e;
            to(at(sx, ax, bx, ex), at(sy, ay, by, ey));
        }
        handle = [bx, by];
    };
    const step = (kind, n, ox, oy) => {
        const last = handle;
        handle = null;
        switch (kind) {
            case 'm':
                if (points.length > 1) all.push(points);
                points = [];
                return to(n[0] + ox, n[1] + oy);
            case 'l':
                return to(n[0] + ox, n[1] + oy);
            case 'h':
                return to(n[0] + ox, y);
            case 'v':
                return to(x, n[0] + oy);
            case 'c':
                return curve(n[0] + ox, n[1] + oy, n[2] + ox, n[3] + oy, n[4] + ox, n[5] + oy);
            case 's':
                return curve(last ? 2 * x - last[0] : x, last ? 2 * y - last[1] : y, n[0] + ox, n[1] + oy, n[2] + ox, n[3] + oy);
            case 'a':
                if (n[0] !== n[1]) throw new Error('an arc of an ellipse');
                for (const [px, py] of arc([x, y], n[0], n[3] === 1, n[4] === 1, [n[5] + ox, n[6] + oy])) to(px, py);
                return undefined;
            default:
                return points.length ? to(points[0][0], points[0][1]) : undefined;
        }
    };
    for (const [letter, ...numbers] of commands(data)) {
        const kind = letter.toLowerCase();
        const takes = TAKES[kind];
        if (takes === undefined || (takes ? numbers.length % takes || !numbers.length : numbers.length)) throw new Error(`not drawn: ${letter} with ${numbers.length} numbers`);
        for (let i = 0; i < Math.max(1, numbers.length); i += takes || 1) {
            const isRelative = letter === kind;
            step(kind === 'm' && i > 0 ? 'l' : kind, numbers.slice(i, i + takes), isRelative ? x : 0, isRelative ? y : 0);
        }
    }
    if (points.length > 1) all.push(points);
    return all;
}

/** Marks the samples inside (non-zero rule). */
function fill(mask, size, shapes) {
    const edges = shapes.flatMap((points) => points.map((point, i) => [point, points[(i + 1) % points.length]])).filter(([a, b]) => a[1] !== b[1]);
    for (let row = 0; row < size; row += 1) {
        const y = row + 0.5;
        const crossings = [];
        for (const [[ax, ay], [bx, by]] of edges) if (ay <= y !== by <= y) crossings.push([ax + ((y - ay) / (by - ay)) * (bx - ax), by > ay ? 1 : -1]);
        crossings.sort((a, b) => a[0] - b[0]);
        let winding = 0;
        for (let i = 0; i + 1 < crossings.length; i += 1) {
            winding += crossings[i][1];
            if (winding) mask.fill(1, row * size + Math.max(0, Math.ceil(crossings[i][0] - 0.5)), row * size + Math.min(size, Math.ceil(crossings[i + 1][0] - 0.5)));
        }
    }
}

/** Marks the samples within half a width of the lines: round caps, round joints. */
function stroke(mask, size, lines, width) {
    const half = width / 2;
    for (const points of lines)
        for (let i = 0; i + 1 < points.length; i += 1) {
            const [[ax, ay], [bx, by]] = [points[i], points[i + 1]];
            const length2 = (bx - ax) ** 2 + (by - ay) ** 2;
            for (let row = Math.max(0, Math.floor(Math.min(ay, by) - half)); row < Math.min(size, Math.max(ay, by) + half); row += 1)
                for (let column = Math.max(0, Math.floor(Math.min(ax, bx) - half)); column < Math.min(size, Math.max(ax, bx) + half); column += 1) {
                    const [px, py] = [column + 0.5, row + 0.5];
                    const t = length2 ? Math.min(1, Math.max(0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length2)) : 0;
                    if ((px - ax - t * (bx - ax)) ** 2 + (py - ay - t * (by - ay)) ** 2 <= half * half) mask[row * size + column] = 1;
                }
        }
}

const colour = (text) => {
    if (!/^#[0-9a-f]{6}$/i.test(text)) throw new Error(`not a colour that is drawn: ${text}`);
    return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
};

/** Lays a colour over the pixels by how many of their samples are marked. */
function paint(pixels, side, mask, [r, g, b], opacity) {
    const size = side * SAMPLES;
    for (let y = 0; y < side; y += 1)
        for (let x = 0; x < side; x += 1) {
            let count = 0;
            for (let row = 0; row < SAMPLES; row += 1) for (let column = 0; column < SAMPLES; column += 1) count += mask[(y * SAMPLES + row) * size + x * SAMPLES + column];
            if (!count) continue;
            const at = (y * side + x) * 4;
            const over = (count / (SAMPLES * SAMPLES)) * opacity;
            const under = pixels[at + 3] * (1 - over);
            const alpha = over + under;
            [r, g, b].forEach((value, i) => (pixels[at + i] = (value * over + pixels[at + i] * under) / alpha));
            pixels[at + 3] = alpha;
        }
}

const CRC = Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce((/** @type {number} */ c) => (c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1), n));

function chunk(type, data) {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE((body.reduce((crc, byte) => CRC[(crc ^ byte) & 255] ^ (crc >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0, body.length + 4);
    return out;
}

function png(pixels, side, hasAlpha) {
    const channels = hasAlpha ? 4 : 3;
    const rows = Buffer.alloc(side * (side * channels + 1));
    for (let y = 0; y < side; y += 1)
        for (let x = 0; x < side; x += 1)
            for (let i = 0; i < channels; i += 1) rows[y * (side * channels + 1) + 1 + x * channels + i] = Math.round(pixels[(y * side + x) * 4 + i] * (i === 3 ? 255 : 1));
    const head = Buffer.alloc(13);
    head.writeUInt32BE(side, 0);
    head.writeUInt32BE(side, 4);
    head.set([8, hasAlpha ? 6 : 2], 8);
    return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

/**
 * A square PNG of the drawing in its middle.
 * @param {string} svg @param {{side: number, share: number, background?: string}} icon `share` of the side that the drawing
 *   takes; without background what it leaves is clear
 */
export function drawIcon(svg, { side, share, background }) {
    const [, view] = /viewBox="0 0 (\d+) \1"/.exec(svg) ?? [];
    if (!view) throw new Error('the drawing is not square');
    const size = side * SAMPLES;
    const scale = (size * share) / Number(view);
    const margin = (size * (1 - share)) / 2;
    const pixels = new Float64Array(side * side * 4);
    if (background) for (let i = 0; i < pixels.length; i += 4) pixels.set([...colour(background), 1], i);
    for (const [, attributes] of svg.matchAll(/<path ([^>]*)\/>/g)) {
        const { d, fill: inside = '#000000', stroke: line, 'stroke-width': width = '1', 'stroke-opacity': opacity = '1' } = Object.fromEntries([...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
        const shapes = polygons(d).map((points) => points.map(([x, y]) => [margin + x * scale, margin + y * scale]));
        for (const [paintWith, mark, share] of [[inside === 'none' ? null : inside, (mask) => fill(mask, size, shapes), 1], [line, (mask) => stroke(mask, size, shapes, Number(width) * scale), Number(opacity)]]) {
            if (!paintWith) continue;
            const mask = new Uint8Array(size * size);
            mark(mask);
            paint(pixels, side, mask, colour(paintWith), share);
        }
    }
    return png(pixels, side, !background);
}
