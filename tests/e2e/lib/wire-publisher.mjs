// SPDX-License-Identifier: MIT
// A creator that costs almost nothing: sends a WebM file that was encoded before, looped, as wire messages at the
// pace and with the timestamps of a live tab. So a player is measured without an encoder beside it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import WebSocket from 'ws';
import { Demuxer, ReplayIndex, TRACK_VIDEO, loadPlayerModule } from '../../../web/codec/player-module.js';
import { Connection } from '../../../web/wire/connection.js';
import { WIRE_AUDIO, WIRE_INIT, WIRE_KEY, WIRE_POSTER, WIRE_VIDEO, frameMessage } from '../../../web/wire/header.js';
import { endMessage, startMessage } from '../../../web/wire/messages.js';
import { createShow, projectRoot } from './relay.mjs';

/** What a tab needs until a frame is encoded, and a packet of sound is full and encoded. */
const ENCODE_MS = 12;
const PACKET_MS = 22;

/**
 * Encodes once, as a tab would: VP8 with a key frame each 3 s, Opus in packets of 20 ms.
 * @param {{camera: string, microphone: string, out: string, bitrate?: string}} o
 */
export function encodeClip({ camera, microphone, out, bitrate = '2M' }) {
    const r = spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', camera, '-i', microphone, '-map', '0:v', '-map', '1:a', '-c:v', 'libvpx', '-deadline', 'realtime',
        '-cpu-used', '8', '-b:v', bitrate, '-maxrate', bitrate, '-bufsize', bitrate, '-g', '90', '-keyint_min', '90', '-error-resilient', '1', '-auto-alt-ref', '0', '-lag-in-frames', '0',
        '-c:a', 'libopus', '-b:a', '96k', '-frame_duration', '20', '-ac', '2', '-cues_to_front', '1', '-cluster_time_limit', '3000', out]);
    if (r.status !== 0) throw new Error(`ffmpeg: ${r.stderr}`);
    return out;
}

/** One Cluster with one SimpleBlock, known sizes. */
function cluster(track, timeMs, isKey, frame) {
    const head = Buffer.alloc(30);
    let at = head.writeUInt32BE(0x1f43b675, 0);
    const block = 1 + 4 + 4 + frame.length;
    at = head.writeUInt32BE((0x10000000 | (10 + block)) >>> 0, at);
    at = head.writeUInt8(0xe7, at);
    at = head.writeUInt8(0x88, at);
    at = head.writeBigUInt64BE(BigInt(timeMs), at);
    at = head.writeUInt8(0xa3, at);
    at = head.writeUInt32BE((0x10000000 | (4 + frame.length)) >>> 0, at);
    at = head.writeUInt8(0x80 | track, at);
    at = head.writeUInt16BE(0, at);
    at = head.writeUInt8(isKey ? 0x80 : 0, at);
    return Buffer.concat([head.subarray(0, at), frame]);
}

async function readPackets(file) {
    const bytes = new Uint8Array(readFileSync(file));
    const module = await loadPlayerModule({ wasmBytes: readFileSync(`${projectRoot}build/wasm/player.wasm`) });
    const index = new ReplayIndex(module);
    index.push(bytes);
    const demuxer = new Demuxer(module);
    const packets = [];
    demuxer.push(bytes);
    for (let p = demuxer.next(); p; p = demuxer.next()) {
        packets.push({ isVideo: p.track === TRACK_VIDEO, timeMs: p.timestampUs / 1000, isKey: p.isKeyframe, data: Buffer.from(p.data) });
    }
    return { packets, durationMs: Math.round(index.durationMs / 1000) * 1000, tracks: demuxer.tracks };
}

/** Init segment as the protocol wants it: unknown Segment size, Info with the scale, two tracks. */
function initSegment({ video, audio }) {
    const element = (id, body) => Buffer.concat([Buffer.from(id, 'hex'), Buffer.from([0x40 | (body.length >> 8), body.length & 0xff]), body]);
    const uint = (id, value) => element(id, Buffer.from(value.toString(16).padStart(value > 0xffffff ? 8 : value > 0xffff ? 6 : value > 0xff ? 4 : 2, '0'), 'hex'));
    const text = (id, value) => element(id, Buffer.from(value));
    const rate = Buffer.alloc(8);
    rate.writeDoubleBE(48000);
    const opusHead = Buffer.from([...Buffer.from('OpusHead'), 1, audio.channels, audio.preSkip & 255, audio.preSkip >> 8, 0x80, 0xbb, 0, 0, 0, 0, 0]);
    const delay = Math.round((audio.preSkip * 1e9) / 48000);
    return Buffer.concat([
        element('1a45dfa3', Buffer.concat([uint('4286', 1), uint('42f7', 1), uint('42f2', 4), uint('42f3', 8), text('4282', 'webm'), uint('4287', 4), uint('4285', 2)])),
        Buffer.from('1853806701ffffffffffffff', 'hex'),
        element('1549a966', Buffer.concat([uint('2ad7b1', 1000000), text('4d80', 'test'), text('5741', 'test')])),
        element('1654ae6b', Buffer.concat([
            element('ae', Buffer.concat([uint('d7', 1), uint('73c5', 1), uint('9c', 0), uint('83', 1), text('86', 'V_VP8'),
                element('e0', Buffer.concat([uint('b0', video.width), uint('ba', video.height)]))])),
            element('ae', Buffer.concat([uint('d7', 2), uint('73c5', 2), uint('9c', 0), uint('83', 2), text('86', 'A_OPUS'), element('63a2', opusHead),
                uint('56aa', delay), uint('56bb', 80000000), element('e1', Buffer.concat([element('b5', rate), uint('9f', audio.channels)]))])),
        ])),
    ]);
}

/**
 * Goes live with the file, over and over.
 * @param {string} relayUrl
 * @param {{file: string, title?: string, show?: {id: string, key: string}, poster?: Buffer}} options poster: a JPEG
 */
export async function startWirePublisher(relayUrl, { file, title = 'A prepared show', show: given, poster }) {
    const show = given ?? (await createShow(relayUrl, title));
    const { packets, durationMs, tracks } = await readPackets(file);
    class Socket extends WebSocket {
        constructor(url, protocol) {
            super(url, protocol, { perMessageDeflate: false });
        }
    }
    const connection = new Connection({ url: relayUrl.replace(/^http/, 'ws') + '/ws', role: 'publish', show: show.id, key: show.key, WebSocket: Socket });
    let keyframeWishes = 0;
    connection.addEventListener('keyframe', () => keyframeWishes++);
    const welcome = await connection.open();
    connection.send(startMessage(welcome.mediaTimeMs));
    const zero = performance.timeOrigin + performance.now() - welcome.mediaTimeMs;
    connection.sendMedia(frameMessage({ kind: WIRE_INIT, flags: 0, rendition: 0, temporalId: 0, sequence: 0, timestampUs: 0 }, initSegment(tracks)));
    if (poster) connection.sendMedia(frameMessage({ kind: WIRE_POSTER, flags: 0, rendition: 0, temporalId: 0, sequence: 0, timestampUs: 0 }, poster));
    const plan = packets
        .map((p) => ({ ...p, readyMs: p.timeMs + (p.isVideo ? ENCODE_MS : PACKET_MS) }))
        .sort((a, b) => a.readyMs - b.readyMs);
    const sequences = [0, 0];
    const newestUs = [-1, -1];
    let at = 0;
    let isPaused = false;
    const timer = setInterval(() => {
        for (;;) {
            const packet = plan[at % plan.length];
            const loopMs = Math.floor(at / plan.length) * durationMs + welcome.mediaTimeMs;
            if (zero + loopMs + packet.readyMs > performance.timeOrigin + performance.now()) return;
            at++;
            if (isPaused) continue;
            const timestampUs = Math.max(0, Math.round((packet.timeMs + loopMs) * 1000));
            // The encoder's look-ahead lets the sound reach over the seam of the loop.
            const track = packet.isVideo ? 0 : 1;
            if (timestampUs <= newestUs[track]) continue;
            newestUs[track] = timestampUs;
            const payload = cluster(packet.isVideo ? 1 : 2, Math.floor(timestampUs / 1000), packet.isKey || !packet.isVideo, packet.data);
            connection.sendMedia(frameMessage({
                kind: packet.isVideo ? WIRE_VIDEO : WIRE_AUDIO,
                flags: packet.isKey || !packet.isVideo ? WIRE_KEY : 0,
                rendition: 0,
                temporalId: 0,
                sequence: sequences[track]++,
                timestampUs,
            }, payload));
        }
    }, 2);
    return {
        show,
        /** Unix ms at which the clip's time 0 was first taken. */
        zero: zero + welcome.mediaTimeMs,
        durationMs,
        get keyframeWishes() {
            return keyframeWishes;
        },
        /** While true nothing is sent, as if the creator's line stood still and lost what it had. */
        set paused(value) {
            isPaused = value;
        },
        /** The connection is lost without a word; the show is not ended. */
        drop() {
            clearInterval(timer);
            connection.close();
        },
        /** Ends the show. */
        end() {
            clearInterval(timer);
            connection.send(endMessage());
            return new Promise((resolve) => connection.addEventListener('close', resolve, { once: true }));
        },
    };
}
