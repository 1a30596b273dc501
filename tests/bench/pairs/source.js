// SPDX-License-Identifier: MIT
// Injected before probe.js into a studio page whose browser takes no camera from a file (Firefox, WebKitGTK): getUserMedia
// opens the browser's mock camera and microphone as asked, then a frame counter is drawn over the camera's picture and a
// beep of 3 kHz each second mixed into the microphone's sound. Logs what probe.js logs of a real camera.
(() => {
    const CELLS = 20;
    const FPS = 30;
    const WIDTH = 640;
    const HEIGHT = 360;
    const BEEP_SECONDS = 0.06;
    const SCHEDULED_SECONDS = 3600;
    const getUserMedia = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
    if (!getUserMedia || location.pathname !== '/studio') return;

    function drawCounter(pen, value) {
        const bits = Array.from({ length: 16 }, (_, i) => Boolean((value >> (15 - i)) & 1));
        const isOdd = bits.filter(Boolean).length % 2 === 1;
        [true, false, ...bits, isOdd, !isOdd].forEach((isWhite, i) => {
            pen.fillStyle = isWhite ? '#ebebeb' : '#101010';
            pen.fillRect((i * WIDTH) / CELLS, 0, WIDTH / CELLS, HEIGHT / 15);
        });
    }

    async function numbered(track) {
        const video = document.createElement('video');
        video.muted = true;
        video.srcObject = new MediaStream([track]);
        await video.play();
        const canvas = document.createElement('canvas');
        canvas.width = WIDTH;
        canvas.height = HEIGHT;
        const pen = canvas.getContext('2d', { alpha: false });
        // A worker's timer keeps its pace in a hidden tab.
        const beat = `setInterval(() => postMessage(0), ${1000 / FPS})`;
        const worker = new Worker(URL.createObjectURL(new Blob([beat], { type: 'text/javascript' })));
        let counter = 0;
        worker.onmessage = () => {
            counter = (counter + 1) & 0xffff;
            pen.drawImage(video, 0, 0, WIDTH, HEIGHT);
            drawCounter(pen, counter);
            window.__probe.captured.push([counter, performance.timeOrigin + performance.now()]);
        };
        window.__source = { worker, video, canvas };
        pen.fillRect(0, 0, WIDTH, HEIGHT);
        // Asked for a pace Firefox leaves out one in five; WebKit without one gives none.
        const isFirefox = navigator.userAgent.includes('Firefox/');
        return (isFirefox ? canvas.captureStream() : canvas.captureStream(FPS)).getVideoTracks()[0];
    }

    async function beeping(track) {
        const context = new AudioContext({ sampleRate: 48000 });
        await context.resume();
        const out = new MediaStreamAudioDestinationNode(context);
        const quiet = new GainNode(context, { gain: 0.1 });
        context.createMediaStreamSource(new MediaStream([track])).connect(quiet).connect(out);
        const tone = new OscillatorNode(context, { frequency: 3000 });
        const gate = new GainNode(context, { gain: 0 });
        tone.connect(gate).connect(out);
        // Where it is made, as the pictures are: what the browser's stream takes from there on is for the studio to know.
        await window.__probe.logSpoken(context, gate);
        tone.start();
        const begin = Math.ceil(context.currentTime) + 1;
        for (let s = 0; s < SCHEDULED_SECONDS; s++) {
            gate.gain.setValueAtTime(0.4, begin + s);
            gate.gain.setValueAtTime(0, begin + s + BEEP_SECONDS);
        }
        return out.stream.getAudioTracks()[0];
    }

    navigator.mediaDevices.getUserMedia = async (constraints) => {
        const stream = await getUserMedia(constraints);
        const tracks = [...stream.getVideoTracks().map(numbered), ...stream.getAudioTracks().map(beeping)];
        return new MediaStream(await Promise.all(tracks));
    };
})();
