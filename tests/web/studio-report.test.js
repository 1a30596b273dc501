// SPDX-License-Identifier: MIT
// web/ui/studio-report.js: what a creator is told of a show whose smaller sizes are made, rest, or are given up.
import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyStats } from '../../web/publish/publish-messages.js';
import { allNumbers, pictureWords, stateSentence } from '../../web/ui/studio-report.js';

const rendition = (number, width, height, state, bitrateBps = 0) => ({ rendition: number, width, height, state, bitrateBps, framesPerSecond: 30, targetBitrateBps: bitrateBps, cpuUsed: -6 });
const live = (more = {}) => ({ ...emptyStats(), framesPerSecond: 30, framesEncoded: 900, viewers: 3, ...more });

test('the smaller sizes, each with its bits or why it has none', () => {
    const stats = live({ renditions: [rendition(0, 1280, 720, 'sent', 2_400_000), rendition(1, 640, 360, 'sent', 480_000), rendition(2, 320, 180, 'idle')] });
    assert.equal(Object.fromEntries(allNumbers(stats))['Smaller sizes'], '640 × 360, 480 kbit/s; 320 × 180, nobody watches');
    stats.renditions[2].state = 'given-up';
    assert.match(Object.fromEntries(allNumbers(stats))['Smaller sizes'], /320 × 180, given up$/);
    assert.equal(Object.fromEntries(allNumbers(live({ renditions: stats.renditions.slice(0, 1) })))['Smaller sizes'], '–');
});

test('what is given up is said with its reason, the worse thing first', () => {
    assert.equal(pictureWords(live(), 30, false), 'picture good');
    assert.equal(pictureWords(live({ lesserGivenUpBy: 'network' }), 30, false), 'picture good; its smaller sizes rest, because the connection is slow');
    assert.equal(pictureWords(live({ lesserGivenUpBy: 'machine' }), 30, false), 'picture good; its smaller sizes rest, because this computer is busy');
    assert.match(pictureWords(live({ lesserGivenUpBy: 'network', reducedBy: 'network' }), 30, false), /^picture reduced/);
    const sentence = stateSentence({ phase: 'live', stats: live({ lesserGivenUpBy: 'network' }), wantedFramesPerSecond: 30, isScreen: false, hasPicture: true });
    assert.match(sentence, /^You are live: 3 watching, picture good; its smaller sizes rest/);
});

test('a picture that was there and stands still is not "no picture yet"', () => {
    assert.equal(pictureWords(live({ framesPerSecond: 0, framesEncoded: 0 }), 30, false), 'no picture yet');
    assert.equal(pictureWords(live({ framesPerSecond: 0, ackDelayMs: 1500 }), 30, false), 'the connection is slow just now');
});
