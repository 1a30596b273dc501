// SPDX-License-Identifier: MIT
// Injected into a studio page of a browser that takes no camera from a file: camera and microphone are a film that is played
// over and over from /__film.webm, which the proxy in front of the relay hands out.
(() => {
    if (!navigator.mediaDevices || location.pathname !== '/studio') return;
    let film = null;

    async function open() {
        const video = Object.assign(document.createElement('video'), { src: '/__film.webm', loop: true, muted: false });
        const context = new AudioContext({ sampleRate: 48000 });
        const sound = new MediaStreamAudioDestinationNode(context);
        context.createMediaElementSource(video).connect(sound);
        await context.resume();
        await video.play();
        const canvas = Object.assign(document.createElement('canvas'), { width: video.videoWidth, height: video.videoHeight });
        const pen = canvas.getContext('2d', { alpha: false });
        // A worker's timer keeps its pace in a hidden tab.
        const worker = new Worker(URL.createObjectURL(new Blob([`setInterval(() => postMessage(0), ${1000 / 30})`], { type: 'text/javascript' })));
        worker.onmessage = () => pen.drawImage(video, 0, 0);
        pen.drawImage(video, 0, 0);
        return { video, canvas, sound, worker };
    }

    navigator.mediaDevices.getUserMedia = async (wanted) => {
        film ??= open();
        const { canvas, sound } = await film;
        const stream = new MediaStream();
        if (wanted.video) stream.addTrack(canvas.captureStream().getVideoTracks()[0]);
        if (wanted.audio) stream.addTrack(sound.stream.getAudioTracks()[0].clone());
        return stream;
    };
})();
