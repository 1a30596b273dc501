// SPDX-License-Identifier: MIT
// Pictures of any format and size to wire messages in up to three sizes, and the rehearsal before a show: web/publish with the real
// encoder, in Node.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Demuxer, VideoDecoder } from '../../web/codec/player-module.js';
import { OfferBook } from '../../web/publish/offer-book.js';
import { qualityOf } from '../../web/publish/quality.js';
import { Rehearsal } from '../../web/publish/rehearsal.js';
import { VideoPipeline } from '../../web/publish/video-pipeline.js';
import { localNow } from '../../web/wire/connection.js';
import { WIRE_INIT, WIRE_KEY, payloadOf, readHeader } from '../../web/wire/header.js';
import { loadEncoder, loadPlayer, loadThreadedEncoder } from './helpers/codec.js';
import { colourFrame, decision, i420Frame, slowFrame, sound } from './helpers/made-frames.js';

let module;
let player;

before(async () => {
    module = await loadEncoder();
    player = await loadPlayer();
});

/** Decodes a stream; middle Y, U, V and size of each picture. */
function decode(messages) {
    const demuxer = new Demuxer(player);
    const decoder = new VideoDecoder(player);
    const pictures = [];
    for (const message of messages) demuxer.push(payloadOf(message));
    for (let packet = demuxer.next(); packet !== null; packet = demuxer.next()) {
        const { width, height, buffer, layout } = decoder.decode(packet);
        const bytes = new Uint8Array(buffer);
        const middle = ({ offset, stride }, w, h) => bytes[offset + (h >> 1) * stride + (w >> 1)];
        pictures.push({
            width,
            height,
            yuv: [middle(layout[0], width, height), middle(layout[1], width >> 1, height >> 1), middle(layout[2], width >> 1, height >> 1)],
        });
    }
    demuxer.close();
    decoder.close();
    return pictures;
}

test('another size or another kind of picture: INIT and a key frame, the numbers go on', async () => {
    const video = new VideoPipeline(module, qualityOf('720p'), decision);
    const plan = [
        ...Array(5).fill([i420Frame(320, 180), 'camera']),
        ...Array(5).fill([i420Frame(240, 180), 'camera']),
        ...Array(5).fill([i420Frame(240, 180), 'screen']),
    ];
    const out = [];
    for (const [i, [frame, kind]] of plan.entries()) {
        await video.takeIn(frame, kind);
        const picture = video.encode(i * 33_333);
        out.push({ ...picture, init: picture.isNewStream ? video.init(sound, i * 33_333) : null });
    }
    video.close();
    const headers = out.map(({ message }) => readHeader(message));
    assert.deepEqual(headers.map((h) => h.sequence), plan.map((_, i) => i));
    assert.deepEqual(out.flatMap((o, i) => (o.isNewStream ? [i] : [])), [0, 5, 10]);
    assert.deepEqual(out.flatMap((o, i) => (o.isKeyframe ? [i] : [])), [0, 5, 10]);
    assert.deepEqual(headers.flatMap((h, i) => (h.flags & WIRE_KEY ? [i] : [])), [0, 5, 10]);
    const inits = out.flatMap(({ init }) => (init ? [readHeader(init)] : []));
    assert.deepEqual(inits.map((h) => [h.kind, h.sequence]), [[WIRE_INIT, 0], [WIRE_INIT, 1], [WIRE_INIT, 2]]);
    assert.equal(video.keyframes, 3);
    // One decoder plays through both changes, as a recording's reader does.
    const sizes = decode([out[0].init, ...out.map(({ message }) => message)]).map(({ width }) => width);
    assert.deepEqual(sizes, plan.map(([frame]) => frame.displayWidth));
});

test('another module takes over as another size does, with threads and back', async () => {
    const threaded = await loadThreadedEncoder(2);
    const video = new VideoPipeline(module, qualityOf('720p'), decision);
    const messages = [];
    const seen = [];
    for (let i = 0; i < 9; i++) {
        if (i === 3) video.useModule(threaded);
        if (i === 6) video.useModule(module);
        await video.takeIn(i420Frame(640, 360, i), 'camera');
        const { message, isKeyframe, isNewStream } = video.encode(i * 33_333);
        if (i === 0) messages.push(video.init(sound, 0));
        messages.push(message);
        seen.push([readHeader(message).sequence, isKeyframe, isNewStream, video.threads]);
    }
    video.close();
    threaded.close();
    assert.deepEqual(seen, Array.from({ length: 9 }, (_, i) => [i, i % 3 === 0, i % 3 === 0, i >= 3 && i < 6 ? 2 : 1]));
    assert.equal(decode(messages).length, 9);
});

test('a rehearsal tries threads and hands them on only when they were worth it', async () => {
    const quality = qualityOf('360p');
    const loads = [];
    const rehearse = async (cores, load) => {
        const rehearsal = new Rehearsal(module, quality, decision, load, cores);
        for (let i = 0; i < 400 && !rehearsal.isOver; i++) {
            await rehearsal.take(i420Frame(640, 360, i % 20), 'camera');
            await new Promise((resolve) => setTimeout(resolve, 1)); // the module loads meanwhile
        }
        assert.equal(rehearsal.isOver, true);
        const { verdict } = rehearsal;
        const taken = rehearsal.takeModule();
        await rehearsal.close();
        return { verdict, taken };
    };
    const load = async (threads) => {
        const made = await loadThreadedEncoder(threads);
        let isClosed = false;
        loads.push({ threads, isClosed: () => isClosed });
        return Object.assign(made, { close: ((close) => () => ((isClosed = true), close()))(made.close) });
    };
    const tried = await rehearse(2, load);
    assert.deepEqual(loads.map(({ threads }) => threads), [2]);
    assert.ok(tried.verdict.oneMs > 0 && tried.verdict.manyMs > 0);
    assert.equal(tried.taken !== null, tried.verdict.threads === 2);
    assert.equal(loads[0].isClosed(), tried.taken === null); // not taken: its workers end
    tried.taken?.close();
    // One core, no shared memory, or a module that does not load: one thread, and no more is tried.
    for (const [cores, loader] of [[1, load], [2, null], [2, () => Promise.reject(new Error('no'))]]) {
        const { verdict, taken } = await rehearse(cores, loader);
        assert.deepEqual([verdict.threads, taken], [1, null]);
    }
    assert.equal(loads.length, 1);
});

test('what is closed while a picture comes in gives its memory back afterwards, and nothing fails', async () => {
    const frame = slowFrame('RGBA', 640, 360);
    const rehearsal = new Rehearsal(module, qualityOf('360p'), decision, null);
    const taking = rehearsal.take(frame, 'camera');
    let isClosed = false;
    const closing = rehearsal.close().then(() => (isClosed = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(isClosed, false, 'the copy still writes there');
    frame.arrive();
    await taking;
    await closing;

    const video = new VideoPipeline(module, qualityOf('360p'), decision);
    const late = slowFrame('RGBA', 640, 360);
    const last = video.takeIn(late, 'camera');
    const gone = video.close();
    late.arrive();
    await Promise.all([last, gone]);
    assert.equal(video.encode(0), null);
});

test('a wish makes the next picture a key frame, once; times always ascend', async () => {
    const video = new VideoPipeline(module, qualityOf('720p'), decision);
    const keys = [];
    const times = [];
    for (const [i, timestampUs] of [0, 33_000, 66_000, 66_000, 50_000, 99_000].entries()) {
        await video.takeIn(i420Frame(160, 90, i), 'camera');
        if (i === 3) video.wishKeyframe();
        const { message, isKeyframe } = video.encode(timestampUs);
        keys.push(isKeyframe);
        times.push(readHeader(message).timestampUs);
    }
    video.close();
    assert.deepEqual(keys, [true, false, false, true, false, false]);
    assert.deepEqual(times, [0, 33_000, 66_000, 67_000, 68_000, 99_000]);
});

test('the last picture can be encoded again without a frame', async () => {
    const video = new VideoPipeline(module, qualityOf('720p'), decision);
    assert.equal(video.encode(0), null, 'before the first there is none');
    await video.takeIn(colourFrame('RGBX', 64, 64, [255, 0, 0]), 'screen');
    const first = video.encode(0);
    video.wishKeyframe();
    const again = video.encode(1_000_000);
    assert.equal(again.isKeyframe, true);
    const pictures = decode([video.init(sound, 0), first.message, again.message]);
    video.close();
    assert.ok(Math.abs(pictures[0].yuv[2] - pictures[1].yuv[2]) <= 3);
});

test('every format of a browser comes out in its colours, scaled into the quality', async () => {
    // BT.601, limited range: what players take VP8 for.
    const red = [82, 90, 240];
    for (const format of ['RGBA', 'RGBX', 'BGRA', 'BGRX']) {
        const video = new VideoPipeline(module, qualityOf('360p'), { ...decision, scale: 0.5 });
        await video.takeIn(colourFrame(format, 800, 450, [255, 0, 0]), 'screen');
        const picture = video.encode(0);
        const [{ width, height, yuv }] = decode([video.init(sound, 0), picture.message]);
        video.close();
        assert.deepEqual([width, height], [320, 180], format);
        yuv.forEach((value, i) => assert.ok(Math.abs(value - red[i]) <= 4, `${format}: ${yuv} is not ${red}`));
    }
});

test('less than the full size: of what the source was, not of what it has become by being asked', async () => {
    const video = new VideoPipeline(module, qualityOf('720p'), decision);
    const sizes = [];
    const take = async (width, height) => {
        await video.takeIn(i420Frame(width, height), 'camera');
        sizes.push(`${video.size.width}x${video.size.height}`);
    };
    await take(640, 360);
    video.apply({ ...decision, scale: 0.5 });
    await take(640, 360);
    await take(320, 180); // the camera followed
    await take(324, 182); // or nearly
    video.apply(decision);
    await take(320, 180); // not yet back
    await take(640, 360);
    video.apply({ ...decision, scale: 0.5 });
    await take(360, 640); // turned
    video.beginSource();
    await take(320, 180); // another, smaller one
    video.close();
    assert.deepEqual(sizes, ['640x360', '320x180', '320x180', '320x180', '320x180', '640x360', '180x320', '160x90']);
});

/** One picture in all sizes that are watched. */
async function takeAll(video, number, kind = 'camera') {
    await video.takeIn(i420Frame(1280, 720, number), kind);
    const best = video.encode(number * 33_333);
    return { best, lesser: video.encodeLesser(number * 33_333) };
}

test('three sizes of one picture, each a stream of its own that decodes; who is not watched is not encoded', async () => {
    const video = new VideoPipeline(module, qualityOf('720p'), { ...decision, bitrateBps: 2_500_000 });
    const streams = [[], [], []];
    const counts = [];
    for (let i = 0; i < 12; i++) {
        if (i === 3) video.setWanted([0, 2]);
        if (i === 6) video.setWanted([0, 1, 2]);
        const { best, lesser } = await takeAll(video, i);
        if (i === 0) {
            assert.deepEqual(video.offers.map(({ rendition, width, height }) => [rendition, width, height]), [[1, 640, 360], [2, 320, 180]]);
            streams[0].push(video.init(sound, 0));
            for (const offer of video.offers) streams[offer.rendition].push(video.initOf(offer, sound, 0));
        }
        streams[0].push(best.message);
        for (const { offer, message } of lesser) streams[offer.rendition].push(message);
        counts.push(lesser.map(({ offer }) => offer.rendition).join());
    }
    assert.deepEqual(counts, [...Array(3).fill(''), ...Array(3).fill('2'), ...Array(6).fill('1,2')]);
    assert.ok(video.lesserMs(localNow()).every((ms) => ms > 0));
    const lesserKeys = (list) => list.slice(1).flatMap((message, i) => (readHeader(message).flags & WIRE_KEY ? [i] : []));
    assert.deepEqual([lesserKeys(streams[1]), lesserKeys(streams[2])], [[0], [0]], 'each begins with a key frame, once');
    video.wishKeyframe(1);
    assert.equal(video.isKeyframeWished, true);
    const { best, lesser } = await takeAll(video, 12);
    assert.equal(best.isKeyframe, false, 'a wish is for one rendition');
    assert.deepEqual(lesser.map(({ message }) => readHeader(message).flags & WIRE_KEY), [WIRE_KEY, 0]);
    video.close();
    streams.forEach((stream, rendition) => {
        const headers = stream.map((message) => readHeader(message));
        assert.ok(headers.every((header) => header.rendition === rendition));
        assert.deepEqual(headers.slice(1).map(({ sequence }) => sequence), headers.slice(1).map((_, i) => i));
        assert.deepEqual([...new Set(decode(stream).map(({ width }) => width))], [1280 >> rendition]);
    });
});

test('a smaller rendition that is given up and comes back goes on with its numbers, from a key frame on', async () => {
    const video = new VideoPipeline(module, qualityOf('720p'), decision);
    video.setWanted([0, 1]);
    const headers = [];
    for (let i = 0; i < 9; i++) {
        if (i === 3) video.apply({ ...decision, lesser: 0 });
        if (i === 6) video.apply({ ...decision, lesser: 1 });
        const { lesser } = await takeAll(video, i);
        assert.equal(video.offers.length, i < 3 ? 2 : i < 6 ? 0 : 1);
        headers.push(...lesser.map(({ message }) => readHeader(message)));
    }
    video.close();
    assert.deepEqual(headers.map(({ sequence }) => sequence), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(headers.flatMap(({ flags }, i) => (flags & WIRE_KEY ? [i] : [])), [0, 3]);
});

test('the smaller ones follow the best one to another module', async () => {
    const threaded = await loadThreadedEncoder(2);
    const video = new VideoPipeline(module, qualityOf('720p'), decision);
    video.setWanted([0, 1]);
    await takeAll(video, 0);
    video.useModule(threaded);
    assert.equal(video.encodeLesser(40_000).length, 1, 'before the best one has followed');
    const { best, lesser } = await takeAll(video, 2);
    assert.equal(best.isNewStream, true);
    assert.deepEqual(lesser.map(({ message }) => readHeader(message).sequence), [2]);
    await video.close();
    threaded.close();
});

test('what the relay has to be told of offers', () => {
    const book = new OfferBook();
    const big = { rendition: 1, width: 640, height: 360 };
    const small = { rendition: 2, width: 320, height: 180 };
    assert.deepEqual(book.changes([big, small]), { fresh: [big, small], gone: [] });
    assert.deepEqual(book.changes([big, small]), { fresh: [], gone: [] });
    assert.deepEqual(book.changes([big]), { fresh: [], gone: [2] });
    const turned = { rendition: 1, width: 360, height: 640 };
    assert.deepEqual(book.changes([turned, small]), { fresh: [turned, small], gone: [] });
    book.reset();
    assert.deepEqual(book.changes([turned]), { fresh: [turned], gone: [] });
});
