// SPDX-License-Identifier: MIT
// What the player leaves out when it is late must not be missed: with any pictures of the top temporal layer left out, all others
// decode to the same bytes as with them (docs/protocol.md: no frame references one of layer 2). Real encoder, real decoder.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { VideoEncoder, initMessage, AudioEncoder } from '../../web/codec/encoder-module.js';
import { Demuxer, TRACK_VIDEO, VideoDecoder } from '../../web/codec/player-module.js';
import { TOP_LAYER } from '../../web/watch/layer-shedder.js';
import { readHeader } from '../../web/wire/header.js';
import { loadEncoder, loadPlayer } from './helpers/codec.js';
import { makeRandom } from './helpers/live-simulation.js';
import { FRAME_US, encodeShow, payload } from './helpers/made-media.js';

const WIDTH = 320;
const HEIGHT = 180;

function hashOf({ buffer, layout, width, height }) {
    const hash = createHash('sha256');
    layout.forEach(({ offset, stride }, plane) => {
        const [w, h] = plane === 0 ? [width, height] : [width >> 1, height >> 1];
        for (let y = 0; y < h; y++) hash.update(buffer.subarray(offset + y * stride, offset + y * stride + w));
    });
    return hash.digest('hex');
}

/** Hash of each picture that was decoded, by its timestamp. */
function decodeAll(module, messages, isLeftOut) {
    const demuxer = new Demuxer(module);
    const decoder = new VideoDecoder(module);
    const hashes = new Map();
    for (const message of messages) {
        const header = readHeader(message);
        if (isLeftOut(header)) continue;
        demuxer.push(payload(message).slice());
        for (let packet = demuxer.next(); packet !== null; packet = demuxer.next()) {
            if (packet.track !== TRACK_VIDEO) continue;
            const frame = decoder.decode({ data: packet.data, timestampUs: header.timestampUs });
            if (frame !== null) hashes.set(header.timestampUs, hashOf(frame));
        }
    }
    decoder.close();
    demuxer.close();
    return hashes;
}

for (const profile of ['camera', 'screen']) {
    test(`${profile}: any pictures of the top layer may be left out, the others stay the same to the bit`, async () => {
        const encoderModule = await loadEncoder();
        const { messages } = encodeShow({ initMessage, VideoEncoder, AudioEncoder }, encoderModule, {
            width: WIDTH, height: HEIGHT, frames: 90, options: { temporalLayers: 3, bitrateBps: 400_000, profile },
        });
        const layers = messages.map((m) => readHeader(m)).filter((h) => h.kind === 2).map((h) => h.temporalId);
        assert.ok(layers.filter((layer) => layer === TOP_LAYER).length > 30, 'there are such pictures');
        const module = await loadPlayer();
        const whole = decodeAll(module, messages, () => false);
        assert.ok(whole.size > 80, `${whole.size} pictures`);
        for (const seed of [1, 2, 3]) {
            const random = makeRandom(seed);
            const left = new Set();
            const some = decodeAll(module, messages, ({ kind, temporalId, timestampUs }) => {
                const isOut = kind === 2 && temporalId === TOP_LAYER && random() < 0.4;
                if (isOut) left.add(timestampUs);
                return isOut;
            });
            assert.ok(left.size > 8, `${left.size} left out`);
            assert.equal(some.size, whole.size - left.size);
            for (const [timestampUs, hash] of some) assert.equal(hash, whole.get(timestampUs), `picture ${timestampUs / FRAME_US}`);
        }
    });
}
