// SPDX-License-Identifier: MIT
// Made-up pictures and sound for the codec's tests, and what compares them.

/** Texture that drifts, a box that jumps. @param {{ buffer: Uint8Array, layout: { offset: number, stride: number }[] }} planes */
export function drawPicture({ buffer, layout }, width, height, number) {
    const box = height >> 2;
    const boxX = (number * 7) % (width - box);
    const boxY = (number * 3) % (height - box);
    for (let y = 0; y < height; y++) {
        const row = layout[0].offset + y * layout[0].stride;
        for (let x = 0; x < width; x++) {
            const isBox = x >= boxX && x < boxX + box && y >= boxY && y < boxY + box;
            const texture = ((((x + 2 * number) >> 3) * 29) ^ (((y + number) >> 3) * 43)) % 96;
            buffer[row + x] = isBox ? 200 + ((x + y) % 16) : 40 + texture + ((y * 48) / height) | 0;
        }
    }
    for (let y = 0; y < height / 2; y++) {
        for (let x = 0; x < width / 2; x++) {
            buffer[layout[1].offset + y * layout[1].stride + x] = 96 + (x * 64) / width;
            buffer[layout[2].offset + y * layout[2].stride + x] = 112 + ((y + number) % 32);
        }
    }
}

/** Fills 1 kHz at half scale from sample `first` on. @param {Float32Array[]} channels @param {number} first */
export function drawTone(channels, first) {
    for (const samples of channels) {
        for (let i = 0; i < samples.length; i++) samples[i] = 0.5 * Math.sin((2 * Math.PI * 1000 * (first + i)) / 48000);
    }
}

/** Peak signal-to-noise ratio in dB of the Y planes. */
export function psnr(a, b, width, height) {
    let sum = 0;
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            const d = a.buffer[a.layout[0].offset + y * a.layout[0].stride + x] - b.buffer[b.layout[0].offset + y * b.layout[0].stride + x];
            sum += d * d;
        }
    }
    return sum > 0 ? 10 * Math.log10((255 * 255 * width * height) / sum) : 99;
}

/** A picture of its own memory, to compare with. */
export function makePicture(width, height, number) {
    const chroma = (width / 2) * (height / 2);
    const planes = {
        buffer: new Uint8Array(width * height + 2 * chroma),
        layout: [
            { offset: 0, stride: width },
            { offset: width * height, stride: width / 2 },
            { offset: width * height + chroma, stride: width / 2 },
        ],
    };
    drawPicture(planes, width, height, number);
    return planes;
}

export const FRAME_US = 33333;
export const PACKET_US = 10000;

/**
 * A show as it goes over the wire: INIT, then pictures of 30 a second with 10 ms packets of a tone between them.
 * @returns {{ messages: Uint8Array[], dropped: number }}
 */
export function encodeShow({ initMessage, VideoEncoder, AudioEncoder }, module, { width, height, frames, options = {} }) {
    const video = new VideoEncoder(module, { width, height, framesPerSecond: 30, bitrateBps: 600000, cpuUsed: -8, keyIntervalMs: 1000, ...options });
    const audio = new AudioEncoder(module, { channels: 2, bitrateBps: 96000, application: 'music' });
    const messages = [initMessage(module, { video, audio })];
    let dropped = 0;
    let soundUs = 0;
    for (let i = 0; i < frames; i++) {
        drawPicture(video.input, width, height, i);
        const message = video.encode({ timestampUs: i * FRAME_US });
        if (message) messages.push(message);
        else dropped++;
        for (; soundUs < (i + 1) * FRAME_US; soundUs += PACKET_US) {
            drawTone(audio.input, (soundUs * 48) / 1000);
            messages.push(audio.encode({ timestampUs: soundUs }));
        }
    }
    video.close();
    audio.close();
    return { messages, dropped };
}

/** @param {Uint8Array} message @returns {Uint8Array} the WebM behind the header */
export const payload = (message) => message.subarray(16);
