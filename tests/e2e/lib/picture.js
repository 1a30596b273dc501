// SPDX-License-Identifier: MIT
// Injected into pages under test: reads the frame counter off whatever the player shows. Needs nothing of the page but
// a <video> or <canvas> somewhere inside <tabcast-player>.
(() => {
    const find = (root) => {
        for (const element of root.querySelectorAll('video, canvas')) {
            if ((element.videoWidth ?? element.width) >= 160) return element;
        }
        for (const element of root.querySelectorAll('*')) {
            const inner = element.shadowRoot && find(element.shadowRoot);
            if (inner) return inner;
        }
        return null;
    };
    const canvas = document.createElement('canvas');
    canvas.width = 80;
    canvas.height = 4;
    const pen = canvas.getContext('2d', { willReadFrequently: true });

    /** @returns {number} the counter of the picture in view, -1 when there is none or it cannot be read */
    const counter = () => {
        const sink = find(document.querySelector('tabcast-player').shadowRoot);
        if (!sink) return -1;
        const width = sink.videoWidth ?? sink.width;
        const height = sink.videoHeight ?? sink.height;
        pen.drawImage(sink, 0, height / 45, width, height / 45, 0, 0, 80, 4);
        const data = pen.getImageData(0, 1, 80, 1).data;
        const luma = Array.from({ length: 20 }, (_, i) => data[(i * 4 + 2) * 4 + 1]);
        if (luma[0] - luma[1] < 60) return -1;
        const cut = (luma[0] + luma[1]) / 2;
        const bits = luma.slice(2).map((x) => (x > cut ? 1 : 0));
        const ones = bits.slice(0, 16).reduce((a, b) => a + b, 0);
        if (bits[16] !== ones % 2 || bits[17] === bits[16]) return -1;
        return bits.slice(0, 16).reduce((value, bit) => value * 2 + bit, 0);
    };

    /** @returns {Promise<number[]>} the different counters seen in `ms` */
    const counters = async (ms) => {
        const seen = new Set();
        const end = performance.now() + ms;
        while (performance.now() < end) {
            const c = counter();
            if (c >= 0) seen.add(c);
            await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        return [...seen];
    };
    window.__picture = { counter, counters };
})();
