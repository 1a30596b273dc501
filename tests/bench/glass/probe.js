// SPDX-License-Identifier: MIT
// Injected into the pages under measurement. Logs, in Unix milliseconds, when each numbered picture and each beep
// was captured (`captured`, `spoken`) and shown or heard (`shown`, `heard`). Knows nothing of the players' code: it
// wraps getUserMedia, AudioNode.connect and any <video> or <canvas>.
(() => {
    const CELLS = 20;
    const now = () => performance.timeOrigin + performance.now();
    const probe = (window.__probe = { captured: [], spoken: [], shown: [], heard: [], unreadable: 0 });

    function decode(luma) {
        if (luma[0] - luma[1] < 60) return -1;
        const threshold = (luma[0] + luma[1]) / 2;
        let value = 0;
        let ones = 0;
        for (let i = 0; i < 16; i++) {
            const bit = luma[2 + i] > threshold ? 1 : 0;
            value = value * 2 + bit;
            ones += bit;
        }
        const even = luma[18] > threshold ? 1 : 0;
        const odd = luma[19] > threshold ? 1 : 0;
        return even !== ones % 2 || odd === even ? -1 : value;
    }

    // 3 kHz falls on bin 8 of a 128-sample block at 48 kHz; one Goertzel per block, onset = first loud block after quiet.
    const DETECTOR = `registerProcessor('beep-detector', class extends AudioWorkletProcessor {
        constructor() { super(); this.quiet = 1000; this.base = Infinity; this.k = 2 * Math.cos(2 * Math.PI * 3000 / sampleRate); }
        process(inputs) {
            const x = inputs[0][0];
            // The earliest wall time at which a context time was ever rendered: render jitter only adds.
            this.base = Math.min(this.base + 0.0002, Date.now() - currentTime * 1000);
            if (!x) { this.quiet++; return true; }
            let a = 0, b = 0;
            for (let i = 0; i < x.length; i++) { const s = x[i] + this.k * a - b; b = a; a = s; }
            const amplitude = Math.sqrt(Math.max(0, a * a + b * b - this.k * a * b)) * 2 / x.length;
            if (amplitude > 0.08) { if (this.quiet > 60) this.port.postMessage({ time: currentTime, rendered: this.base + currentTime * 1000 }); this.quiet = 0; }
            else this.quiet++;
            return true;
        } });`;
    const detectorUrl = URL.createObjectURL(new Blob([DETECTOR], { type: 'text/javascript' }));
    const loaded = new WeakMap();
    let hasSpoken = false;
    async function detector(context, onBeep) {
        if (!loaded.has(context)) loaded.set(context, context.audioWorklet.addModule(detectorUrl));
        await loaded.get(context);
        const node = new AudioWorkletNode(context, 'beep-detector', { numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
        node.port.onmessage = (e) => onBeep(e.data);
        return node;
    }

    async function watchCamera(track) {
        const reader = new MediaStreamTrackProcessor({ track: track.clone(), maxBufferSize: 1 }).readable.getReader();
        for (;;) {
            const { value: frame, done } = await reader.read();
            if (done) return;
            const at = now();
            const sourceMs = frame.timestamp / 1000;
            const y = Math.floor(frame.codedHeight / 30) & ~1;
            const width = frame.codedWidth & ~1;
            const rect = { x: 0, y, width, height: 2 };
            const strip = new Uint8Array(frame.allocationSize({ rect }));
            await frame.copyTo(strip, { rect });
            frame.close();
            const luma = Array.from({ length: CELLS }, (_, i) => strip[Math.floor(((i + 0.5) * width) / CELLS)]);
            const counter = decode(luma);
            if (counter >= 0) probe.captured.push([counter, at, sourceMs]);
        }
    }
    /** Logs the beeps of `node` as spoken; a page that makes its own sound calls it where it makes it. */
    probe.logSpoken = async (context, node) => {
        hasSpoken = true;
        node.connect(await detector(context, (b) => probe.spoken.push(b.rendered)));
    };
    async function watchMicrophone(track) {
        const context = new AudioContext({ sampleRate: 48000 });
        const source = context.createMediaStreamSource(new MediaStream([track.clone()]));
        await context.resume();
        await probe.logSpoken(context, source);
        probe.microphoneContext = context;
    }
    const getUserMedia = navigator.mediaDevices?.getUserMedia?.bind(navigator.mediaDevices);
    if (getUserMedia) {
        navigator.mediaDevices.getUserMedia = async (constraints) => {
            const stream = await getUserMedia(constraints);
            if (window.__probeSource !== false) {
                for (const track of stream.getVideoTracks()) if (window.MediaStreamTrackProcessor) watchCamera(track);
                if (!hasSpoken) for (const track of stream.getAudioTracks()) watchMicrophone(track);
            }
            return stream;
        };
    }

    function heardAt(context, time) {
        const stamp = context.getOutputTimestamp();
        // WebKitGTK (2.50) counts performanceTime twice as fast.
        if (stamp.performanceTime > performance.now() + 20) return now() + (time - context.currentTime + (context.outputLatency || 0)) * 1000;
        return performance.timeOrigin + stamp.performanceTime + (time - stamp.contextTime) * 1000;
    }
    const connect = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (target, ...rest) {
        if (target instanceof AudioDestinationNode && !this.__probed) {
            this.__probed = true;
            const context = this.context;
            detector(context, (b) => probe.heard.push(heardAt(context, b.time))).then((node) => connect.call(this, node));
        }
        return connect.call(this, target, ...rest);
    };
    // Sound of a WebRTC stream, which never passes an AudioContext by itself.
    probe.listenTo = async (stream) => {
        const context = new AudioContext({ sampleRate: 48000 });
        const source = context.createMediaStreamSource(stream);
        connect.call(source, await detector(context, (b) => probe.heard.push(heardAt(context, b.time))));
        await context.resume();
    };

    const canvas = new OffscreenCanvas(CELLS * 4, 4);
    const pixels = canvas.getContext('2d', { willReadFrequently: true });
    function look(source, width, height) {
        const at = now();
        pixels.drawImage(source, 0, height / 45, width, height / 45, 0, 0, CELLS * 4, 4);
        const data = pixels.getImageData(0, 1, CELLS * 4, 1).data;
        const counter = decode(Array.from({ length: CELLS }, (_, i) => data[(i * 4 + 2) * 4 + 1]));
        if (counter >= 0) probe.shown.push([counter, at]);
        else probe.unreadable++;
    }
    function find(root, selector) {
        const hit = root.querySelector(selector);
        if (hit) return hit;
        for (const element of root.querySelectorAll('*')) {
            const inner = element.shadowRoot && find(element.shadowRoot, selector);
            if (inner) return inner;
        }
        return null;
    }
    /** Starts to log what the page's player shows; `selector` picks the <video> or <canvas>, through shadow roots. */
    probe.watch = (selector = 'video, canvas', within = document) => {
        const sink = find(within, selector);
        if (!sink) return false;
        if (sink instanceof HTMLVideoElement) {
            const onFrame = () => {
                look(sink, sink.videoWidth, sink.videoHeight);
                sink.requestVideoFrameCallback(onFrame);
            };
            sink.requestVideoFrameCallback(onFrame);
        } else {
            let last = -1;
            const onTick = () => {
                const before = probe.shown.length;
                look(sink, sink.width, sink.height);
                const entry = probe.shown[probe.shown.length - 1];
                if (probe.shown.length > before && entry[0] === last) probe.shown.pop();
                else if (probe.shown.length > before) last = entry[0];
                requestAnimationFrame(onTick);
            };
            requestAnimationFrame(onTick);
        }
        return true;
    };
})();
