// SPDX-License-Identifier: MIT
// Injected into a viewer's page beside probe.js, for sources without counter and beep: how many different pictures the
// player shows, and how loud it is.
(() => {
    /** @type {AnalyserNode[]} */
    const taps = [];
    const connect = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (target, ...rest) {
        if (target instanceof AudioDestinationNode) {
            const tap = new AnalyserNode(this.context, { fftSize: 2048 });
            connect.call(this, tap);
            taps.push(tap);
        }
        return connect.call(this, target, ...rest);
    };
    const canvas = document.createElement('canvas');
    canvas.width = 32;
    canvas.height = 18;
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    const samples = new Float32Array(2048);

    function look() {
        const sink = document.querySelector('tabcast-player')?.shadowRoot?.querySelector('video, canvas');
        if (!(sink?.videoWidth ?? sink?.width)) return '';
        pen.drawImage(sink, 0, 0, 32, 18);
        return pen.getImageData(0, 0, 32, 18).data.join();
    }
    function level() {
        let loudest = 0;
        for (const tap of taps) {
            tap.getFloatTimeDomainData(samples);
            loudest = Math.max(loudest, Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length));
        }
        return loudest;
    }
    /** @param {number} ms @returns {Promise<{pictures: number, level: number}>} different pictures; highest level (RMS, 0…1) */
    window.__senses = async (ms) => {
        const seen = new Set();
        let loudest = 0;
        for (const end = performance.now() + ms; performance.now() < end; ) {
            seen.add(look());
            loudest = Math.max(loudest, level());
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        seen.delete('');
        return { pictures: seen.size, level: loudest };
    };
})();
