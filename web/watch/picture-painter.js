// SPDX-License-Identifier: MIT
// Two ways to put a VideoFrame on a canvas of the page, and the choice between them by what they cost here: 2D everywhere,
// WebGL where there is a graphics card (on a processor it costs three times as much). The browser converts the colours in
// both, by the one matrix each frame carries. Used by video-surface.js where there is no MediaStreamTrackGenerator.

/** Renderers that are a processor in disguise. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;
/** Pictures measured of each; the first ones, which compile and allocate, do not count. */
const TRIAL_COUNT = 20;
const TRIAL_SKIPPED = 5;
/** WebGL must be this much cheaper to be worth another context. */
const WORTH = 0.8;

const VERTEX = `attribute vec2 corner; varying vec2 at;
void main() { at = vec2(corner.x, 1.0 - corner.y); gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0); }`;
const FRAGMENT = `precision mediump float; varying vec2 at; uniform sampler2D picture;
void main() { gl_FragColor = vec4(texture2D(picture, at).rgb, 1.0); }`;

/** @typedef {'2d'|'webgl'} PainterKind */

/**
 * @typedef {object} Painter
 * @property {PainterKind} kind
 * @property {HTMLCanvasElement} canvas
 * @property {(frame: VideoFrame) => void} paint at the canvas' size, which is made the picture's; the frame stays the caller's
 */

/** @param {HTMLCanvasElement} canvas @param {number} width @param {number} height @returns {boolean} it has changed */
function fit(canvas, width, height) {
    if (canvas.width === width && canvas.height === height) return false;
    canvas.width = width;
    canvas.height = height;
    return true;
}

/** @implements {Painter} */
export class Painter2d {
    kind = /** @type {const} */ ('2d');
    #context;

    /** @param {HTMLCanvasElement} canvas */
    constructor(canvas) {
        this.canvas = canvas;
        this.#context = canvas.getContext('2d', { alpha: false });
    }

    /** @param {VideoFrame} frame */
    paint(frame) {
        fit(this.canvas, frame.displayWidth, frame.displayHeight);
        this.#context?.drawImage(frame, 0, 0);
    }

    /** Where there is no VideoFrame. @param {ImageData} pixels */
    put(pixels) {
        fit(this.canvas, pixels.width, pixels.height);
        this.#context?.putImageData(pixels, 0, 0);
    }
}

/** @implements {Painter} */
export class PainterGl {
    kind = /** @type {const} */ ('webgl');
    #gl;

    /**
     * @param {HTMLCanvasElement} canvas
     * @param {{isSoftwareAllowed?: boolean}} [options]
     * @throws where there is no WebGL, or only a processor's
     */
    constructor(canvas, { isSoftwareAllowed = false } = {}) {
        this.canvas = canvas;
        const gl = canvas.getContext('webgl', { alpha: false, antialias: false, depth: false, desynchronized: true });
        if (gl === null) throw new Error('no WebGL');
        if (!isSoftwareAllowed && isSoftware(gl)) throw new Error('WebGL without a graphics card');
        this.#gl = gl;
        this.#prepare(gl);
    }

    /** @param {WebGLRenderingContext} gl */
    #prepare(gl) {
        const program = /** @type {WebGLProgram} */ (gl.createProgram());
        for (const [type, source] of /** @type {[number, string][]} */ ([[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]])) {
            const shader = /** @type {WebGLShader} */ (gl.createShader(type));
            gl.shaderSource(shader, source);
            gl.compileShader(shader);
            gl.attachShader(program, shader);
        }
        gl.linkProgram(program);
        if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`WebGL: ${gl.getProgramInfoLog(program)}`);
        gl.useProgram(program);
        gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
        gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
        gl.enableVertexAttribArray(0);
        gl.vertexAttribPointer(gl.getAttribLocation(program, 'corner'), 2, gl.FLOAT, false, 0, 0);
        gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
        // No power of two: neither repeated nor reduced in steps.
        for (const [name, value] of [[gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE], [gl.TEXTURE_MIN_FILTER, gl.LINEAR]]) {
            gl.texParameteri(gl.TEXTURE_2D, name, value);
        }
    }

    /** @param {VideoFrame} frame @throws when the context was lost */
    paint(frame) {
        const gl = this.#gl;
        if (gl.isContextLost()) throw new Error('the WebGL context was lost');
        if (fit(this.canvas, frame.displayWidth, frame.displayHeight)) gl.viewport(0, 0, this.canvas.width, this.canvas.height);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, frame);
        gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }

    /** Waits until the card is done, so that what was painted is what was measured. */
    finish() {
        this.#gl.finish();
    }

    close() {
        this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
    }
}

/** @param {WebGLRenderingContext} gl */
function isSoftware(gl) {
    const info = gl.getExtension('WEBGL_debug_renderer_info');
    const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
    return SOFTWARE.test(name);
}

/** Which way is cheaper: first 2D is measured, then WebGL. Pure. */
export class PainterTrial {
    /** @type {Record<PainterKind, number[]>} */
    #costs = { '2d': [], webgl: [] };

    /** What to paint the next picture with; the answer once both are known stays. @returns {PainterKind} */
    get next() {
        if (this.#costs['2d'].length < TRIAL_COUNT) return '2d';
        if (this.#costs.webgl.length < TRIAL_COUNT) return 'webgl';
        return this.#median('webgl') < WORTH * this.#median('2d') ? 'webgl' : '2d';
    }

    get isOver() {
        return this.#costs.webgl.length >= TRIAL_COUNT;
    }

    /** @param {PainterKind} kind @param {number} costMs */
    add(kind, costMs) {
        if (this.#costs[kind].length < TRIAL_COUNT) this.#costs[kind].push(costMs);
    }

    /** @param {PainterKind} kind */
    #median(kind) {
        const sorted = this.#costs[kind].slice(TRIAL_SKIPPED).sort((a, b) => a - b);
        return sorted[sorted.length >> 1];
    }
}
