// SPDX-License-Identifier: MIT
// The yardstick: a WebRTC loopback between two pages of one browser, VP8, same camera and microphone, same bitrate cap.
import http from 'node:http';

/** A blank page on a secure-context origin. */
export async function serveBlank() {
    const server = http.createServer((_, answer) => {
        answer.setHeader('content-type', 'text/html');
        answer.end('<!doctype html><meta charset=utf-8><title>yardstick</title><video autoplay playsinline style="width:100%"></video>');
    });
    await new Promise((r) => server.listen(0, '127.0.0.1', r));
    return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

const send = async ({ width, height, fps, bitrateBps }) => {
    const stream = await navigator.mediaDevices.getUserMedia({
        video: { width, height, frameRate: fps },
        audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    const pc = (window.pc = new RTCPeerConnection());
    for (const track of stream.getTracks()) pc.addTrack(track, stream);
    const transceiver = pc.getTransceivers().find((t) => t.sender.track.kind === 'video');
    const codecs = RTCRtpSender.getCapabilities('video').codecs.filter((c) => /vp8|rtx/i.test(c.mimeType));
    transceiver.setCodecPreferences(codecs);
    await pc.setLocalDescription(await pc.createOffer());
    await new Promise((r) => {
        if (pc.iceGatheringState === 'complete') r();
        pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && r();
    });
    window.setCap = async () => {
        const parameters = transceiver.sender.getParameters();
        parameters.encodings[0].maxBitrate = bitrateBps;
        parameters.degradationPreference = 'maintain-resolution';
        await transceiver.sender.setParameters(parameters);
    };
    return pc.localDescription.sdp;
};

const receive = async (sdp) => {
    const pc = (window.pc = new RTCPeerConnection());
    pc.ontrack = (event) => {
        const video = document.querySelector('video');
        if (video.srcObject) return;
        video.srcObject = event.streams[0];
        window.remoteStream = event.streams[0];
    };
    await pc.setRemoteDescription({ type: 'offer', sdp });
    await pc.setLocalDescription(await pc.createAnswer());
    await new Promise((r) => {
        if (pc.iceGatheringState === 'complete') r();
        pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && r();
    });
    return pc.localDescription.sdp;
};

/**
 * Connects two new pages, of one context or of one each; the probe (already injected there) logs both ends.
 * @param {object} contexts a browser context, or {publisher, viewer}
 * @returns {Promise<{publisher: object, viewer: object, close: () => Promise<void>}>}
 */
export async function openWebRtc(contexts, blankUrl, settings) {
    const publisher = await (contexts.publisher ?? contexts).newPage();
    const viewer = await (contexts.viewer ?? contexts).newPage();
    await Promise.all([publisher.goto(blankUrl), viewer.goto(blankUrl)]);
    const offer = await publisher.evaluate(send, settings);
    const answer = await viewer.evaluate(receive, offer);
    await publisher.evaluate(async (sdp) => {
        await window.pc.setRemoteDescription({ type: 'answer', sdp });
        await window.setCap();
    }, answer);
    await viewer.waitForFunction(() => document.querySelector('video').videoWidth > 0);
    await viewer.evaluate(async () => {
        await window.__probe.listenTo(window.remoteStream);
        window.__probe.watch('video');
    });
    return {
        publisher,
        viewer,
        async close() {
            await publisher.close();
            await viewer.close();
        },
    };
}
