// SPDX-License-Identifier: MIT
// The player in real browsers on a real relay: a live show by muted autoplay, with sound, through pause, loss and
// return of the creator, to its end; its replay with exact seeks; what is said when there is nothing to play. The
// creator is a prepared film, so that pictures are known by their counters and nothing but the player is under test.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { quantile } from '../bench/glass/latency.mjs';
import { readCounter } from '../media/barcode.mjs';
import { makeClip } from '../media/make-clip.mjs';
import { violations } from './lib/axe.mjs';
import { collectErrors, launchChromium, launchFirefox } from './lib/browsers.mjs';
import { createShow, startRelay, until } from './lib/relay.mjs';
import { encodeClip, startWirePublisher } from './lib/wire-publisher.mjs';

const FPS = 30;
const SECONDS = 12;
/** A replay that was recorded for so long, to have more than one key frame to seek to. */
const SHOW_MS = 9000;
let folder, file, relay, chromium, firefox;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tabcast-player-'));
    const clip = await makeClip({ out: folder, source: process.env.TABCAST_TEST_FILM, width: 640, height: 360, fps: FPS, seconds: SECONDS });
    file = encodeClip({ ...clip, out: path.join(folder, 'clip.webm'), bitrate: '800k' });
    relay = await startRelay();
    chromium = await launchChromium({ autoplay: false });
    firefox = await launchFirefox();
});

after(async () => {
    await firefox?.close();
    await chromium?.close();
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
});

/** What the element says of itself, in both drivers. */
const read = (page) =>
    page.evaluate(() => {
        const player = document.querySelector('tabcast-player');
        if (!player?.viewer) return null;
        const { paused, ended, muted, volume, currentTime, duration, readyState, videoWidth, videoHeight, seeking, stats, viewer, error } = player;
        return { paused, ended, muted, volume, currentTime, isEndless: duration === Infinity, duration, readyState, videoWidth, videoHeight, seeking, stats,
            status: viewer.status, error, quality: player.getVideoPlaybackQuality() };
    });

const reach = (page, what, probe, timeoutMs) =>
    until(async () => {
        const state = await read(page);
        return state && probe(state) ? state : null;
    }, what, timeoutMs);

/** The counter of the picture on show, from the <video> or <canvas> itself. */
async function shownCounter(page) {
    const luma = await page.evaluate(() => {
        const sink = document.querySelector('tabcast-player').shadowRoot.querySelector('video, canvas');
        const canvas = document.createElement('canvas');
        canvas.width = 80;
        canvas.height = 4;
        const pen = canvas.getContext('2d');
        const width = sink.videoWidth ?? sink.width;
        const height = sink.videoHeight ?? sink.height;
        pen.drawImage(sink, 0, height / 45, width, height / 45, 0, 0, 80, 4);
        const { data } = pen.getImageData(0, 1, 80, 1);
        return Array.from({ length: 20 }, (_, i) => data[(i * 4 + 2) * 4 + 1]);
    });
    return readCounter(luma);
}

/** A finished show of SHOW_MS. */
let recorded;
async function recordedShow() {
    recorded ??= (async () => {
        const publisher = await startWirePublisher(relay.url, { file, title: 'To be seen again' });
        await until(() => Date.now() - publisher.zero > SHOW_MS, 'the show to be long enough', SHOW_MS * 3);
        await publisher.end();
        const { id } = publisher.show;
        return until(async () => {
            const answer = await fetch(`${relay.url}/api/v1/replays/${id}`);
            return answer.ok ? answer.json() : null;
        }, 'the replay');
    })();
    return recorded;
}

test('live in Chromium: muted autoplay, sound by a tap, pause, keys, loss and return, end', { timeout: 300_000 }, async (t) => {
    let publisher = await startWirePublisher(relay.url, { file, title: 'Live' });
    t.after(() => publisher.drop());
    const page = await chromium.context.newPage();
    t.after(() => page.close());
    const errors = collectErrors(page);
    // Whatever is evaluated in a page counts as a gesture there: not before its sound was refused to begin by itself.
    await page.addInitScript(() => {
        window.AudioContext = class extends AudioContext {
            constructor(options) {
                super(options);
                setTimeout(() => console.debug(`sound is ${this.state}`), 1000);
            }
        };
    });
    const refused = page.waitForEvent('console', { predicate: (m) => m.text().startsWith('sound is'), timeout: 60_000 });
    await page.goto(`${relay.url}/show/${publisher.show.id}`);
    assert.equal((await refused).text(), 'sound is suspended');
    const first = await reach(page, 'the first picture', (s) => s.stats.framesShown > 0);
    assert.equal(first.videoWidth, 640);
    assert.equal(first.videoHeight, 360);
    assert.ok(first.isEndless, 'a live show has no end');

    await t.test('plays muted, offers sound, and the picture moves on', async () => {
        await page.getByRole('button', { name: 'Tap for sound' }).waitFor();
        const muted = await reach(page, 'pictures', (s) => s.stats.framesShown > 45 && s.status === 'playing');
        assert.equal(muted.muted, true);
        assert.equal(muted.paused, false);
        assert.equal(muted.readyState, 4);
        assert.equal(muted.stats.isSoundMaster, false);
        const counters = new Set();
        await until(async () => {
            counters.add(await shownCounter(page));
            return counters.size >= 8;
        }, 'eight different pictures');
        assert.ok(![...counters].includes(-1), 'each can be read');
    });

    await t.test('a tap brings sound, and sound leads the time', async () => {
        await page.getByRole('button', { name: 'Tap for sound' }).click();
        const state = await reach(page, 'sound', (s) => s.stats.isSoundMaster);
        assert.equal(state.muted, false);
        await page.getByRole('button', { name: 'Tap for sound' }).waitFor({ state: 'detached' });
        const latencies = [];
        await until(async () => {
            latencies.push((await read(page)).stats.latencyMs);
            return latencies.length >= 20;
        }, 'twenty latencies');
        t.diagnostic(`latency told by the player, p50 ${quantile(latencies, 0.5).toFixed(0)} ms`);
        assert.ok(quantile(latencies, 0.5) > 20 && quantile(latencies, 0.5) < 1500, `${latencies}`);
    });

    await t.test('buttons and keys: pause, play, mute', async () => {
        const player = page.getByRole('region', { name: 'Player' });
        await player.getByRole('button', { name: 'Pause' }).click();
        const paused = await reach(page, 'pause', (s) => s.paused && s.status === 'paused');
        await player.getByRole('button', { name: 'Jump to live' }).waitFor();
        await player.getByRole('button', { name: 'Play', exact: true }).click();
        const playing = await reach(page, 'play', (s) => !s.paused && s.status === 'playing' && s.stats.framesShown > paused.stats.framesShown + 10);
        assert.ok(playing.stats.latencyMs < 2000, `back at live: ${playing.stats.latencyMs} ms`);
        await page.keyboard.press('k');
        await reach(page, 'pause by k', (s) => s.paused);
        await page.keyboard.press('k');
        await reach(page, 'play by k', (s) => !s.paused && s.status === 'playing');
        await page.keyboard.press('m');
        await reach(page, 'mute by m', (s) => s.muted);
        await player.getByRole('button', { name: 'Unmute' }).click();
        await reach(page, 'sound again', (s) => !s.muted);
        await page.keyboard.press('ArrowDown');
        await reach(page, 'less volume', (s) => s.volume < 1);
    });

    await t.test('closest to live by the menu and the keyboard alone, kept for the next time', async () => {
        await page.evaluate(() => document.querySelector('tabcast-player').shadowRoot.querySelector('tabcast-media').focus());
        const opener = page.getByRole('button', { name: 'Settings' });
        await opener.focus();
        await page.keyboard.press('ArrowDown');
        await page.getByRole('menuitemradio', { name: /^Normal/, checked: true }).waitFor();
        const before = (await read(page)).volume;
        // From the quality past Normal.
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await page.getByRole('menu').waitFor({ state: 'detached' });
        assert.equal((await read(page)).volume, before, 'arrows walk in the menu, they do not turn the volume');
        assert.equal(await opener.evaluate((button) => button.getRootNode().activeElement === button), true, 'focus is back');
        const near = await reach(page, 'the other setting', (s) => s.stats.setting === 'closest' && s.status === 'playing' && s.stats.latencyMs < 200);
        t.diagnostic(`closest to live: ${near.stats.latencyMs.toFixed(0)} ms, sound ${near.stats.offsetMs.toFixed(0)} ms behind`);
        assert.equal(await page.evaluate(() => localStorage.getItem('tabcast-clock')), 'closest');
        await reach(page, 'sound not far behind', (s) => s.stats.offsetMs > -45 && s.stats.offsetMs < 65);
        await opener.click();
        await page.getByRole('menuitemradio', { name: /^Normal/ }).click();
        await reach(page, 'normal again', (s) => s.stats.setting === 'normal');
    });

    await t.test('statistics for nerds: by key and by menu, on a phone too, and closed again', async () => {
        const size = page.viewportSize();
        await page.evaluate(() => document.querySelector('tabcast-player').shadowRoot.querySelector('tabcast-media').focus());
        await page.keyboard.press('i');
        const numbers = page.getByRole('region', { name: 'Statistics for nerds' });
        await numbers.getByText('640 × 360').waitFor();
        await until(async () => /capture \S+, encode \S+, network \d+, buffer \d+, decode \d+, render \d+/.test(await numbers.innerText()), 'every part that can be known');
        for (const name of ['Glass to glass', 'Sound behind picture', 'Jitter', 'Bit rate', 'Clock']) await numbers.getByText(name).waitFor();
        await page.setViewportSize({ width: 360, height: 740 });
        const box = await numbers.boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= 360, `within the screen of a phone: ${JSON.stringify(box)}`);
        assert.deepEqual((await violations(page)).filter((line) => line.includes('tabcast-player')), []);
        await numbers.getByRole('button', { name: 'Close the statistics' }).click();
        await numbers.waitFor({ state: 'detached' });
        await page.getByRole('button', { name: 'Settings' }).click();
        const item = page.getByRole('menuitemcheckbox', { name: /Statistics/ });
        const place = await item.boundingBox();
        assert.ok(place.x >= 0 && place.x + place.width <= 360 && place.height >= 44, `a finger finds it: ${JSON.stringify(place)}`);
        await item.click();
        await numbers.waitFor();
        await page.setViewportSize(size);
        await page.keyboard.press('i');
        await numbers.waitFor({ state: 'detached' });
    });

    await t.test('full screen and back', async () => {
        await page.getByRole('button', { name: 'Full screen' }).click();
        await until(() => page.evaluate(() => document.fullscreenElement?.localName === 'tabcast-player'), 'full screen');
        await page.getByRole('button', { name: 'Leave full screen' }).waitFor();
        await page.keyboard.press('f');
        await until(() => page.evaluate(() => document.fullscreenElement === null), 'the page');
    });

    await t.test('the creator is lost and comes back', async () => {
        const before = await read(page);
        publisher.drop();
        await page.getByText('The creator lost the connection').first().waitFor();
        assert.equal((await read(page)).status, 'away');
        publisher = await startWirePublisher(relay.url, { file, show: publisher.show });
        await reach(page, 'the show to go on', (s) => s.status === 'playing' && s.stats.framesShown > before.stats.framesShown + 30);
        assert.ok((await read(page)).currentTime > before.currentTime, 'the clock goes on');
    });

    await t.test('nothing stands in the way of those who do not see', async () => {
        const found = (await violations(page)).filter((line) => line.includes('tabcast-player'));
        assert.deepEqual(found, []);
    });

    await t.test('the end leads to the replay', async () => {
        await publisher.end();
        const link = page.getByRole('link', { name: 'Watch the replay' });
        await link.waitFor();
        await link.click();
        await reach(page, 'the replay', (s) => s.stats.framesShown > 0 && !s.isEndless);
    });
    // The replay is asked for before it is there.
    assert.deepEqual(errors.filter((e) => !/404/.test(e)), []);
});

test('live in Firefox: numbered pictures on a canvas', { timeout: 240_000 }, async (t) => {
    const publisher = await startWirePublisher(relay.url, { file, title: 'For the fox' });
    t.after(() => publisher.drop());
    const page = await firefox.browser.newPage();
    t.after(() => page.close());
    const errors = collectErrors(page);
    await page.goto(`${relay.url}/show/${publisher.show.id}`);
    const state = await reach(page, 'pictures', (s) => s.stats.framesShown > 60, 60_000);
    assert.equal(state.videoWidth, 640);
    const counters = new Set();
    await until(async () => {
        counters.add(await shownCounter(page));
        return counters.size >= 8;
    }, 'eight different pictures');
    assert.ok([...counters].every((c) => c >= 0 && c < FPS * SECONDS), `${[...counters]}`);
    assert.deepEqual(errors, []);
});

for (const browser of ['Chromium', 'Firefox']) {
    test(`replay in ${browser}: exact seeks, play, end, again`, { timeout: 300_000 }, async (t) => {
        const replay = await recordedShow();
        const page = browser === 'Chromium' ? await chromium.context.newPage() : await firefox.browser.newPage();
        t.after(() => page.close());
        const errors = collectErrors(page);
        await page.goto(`${relay.url}${replay.url}`);
        const first = await reach(page, 'the first picture', (s) => s.readyState === 4);
        assert.equal(first.paused, true);
        assert.ok(Math.abs(first.duration - replay.durationMs / 1000) < 0.1, `${first.duration}`);

        await t.test('each seek shows exactly the picture of that time', async () => {
            // −1 is no picture: ready is said a moment before the browser has painted the first.
            const origin = (await until(async () => (await shownCounter(page)) + 1, 'a picture to be painted')) - 1;
            for (const seconds of [4.02, 1.52, 7.49, 7.52, 0.02, 5.99]) {
                await page.evaluate((place) => {
                    const player = document.querySelector('tabcast-player');
                    return new Promise((resolve) => {
                        player.addEventListener('seeked', resolve, { once: true });
                        player.currentTime = place;
                    });
                }, seconds);
                // The file's times lie up to 20 ms after the clip's (the sound's look-ahead and whole milliseconds).
                const expected = [Math.floor((seconds - 0.02) * FPS) + origin, Math.floor(seconds * FPS) + origin];
                await until(async () => expected.includes(await shownCounter(page)), `picture ${expected} at ${seconds} s`, 5000);
                assert.equal((await read(page)).currentTime, seconds);
            }
        });

        await t.test('plays to its end, and again from the beginning', async () => {
            await page.evaluate(() => {
                const player = document.querySelector('tabcast-player');
                window.__events = [];
                for (const type of ['play', 'playing', 'pause', 'seeking', 'seeked', 'ended', 'error']) player.addEventListener(type, () => window.__events.push(type));
                player.currentTime = player.duration - 2;
                player.play();
            });
            await reach(page, 'the end', (s) => s.ended, 20_000);
            const events = await page.evaluate(() => window.__events);
            assert.deepEqual(events.filter((e) => e !== 'seeked' && e !== 'playing'), ['seeking', 'play', 'pause', 'ended']);
            await page.evaluate(() => document.querySelector('tabcast-player').play());
            const again = await reach(page, 'the beginning', (s) => !s.paused && s.status === 'playing' && s.currentTime < 5);
            assert.equal(again.ended, false);
            assert.ok(again.quality.totalVideoFrames > 0);
        });
        assert.deepEqual(errors, []);
    });
}

test('replay by keys and the bar', { timeout: 120_000 }, async (t) => {
    const replay = await recordedShow();
    const page = await chromium.context.newPage();
    t.after(() => page.close());
    await page.goto(`${relay.url}${replay.url}`);
    await reach(page, 'the first picture', (s) => s.readyState === 4);
    const player = page.getByRole('region', { name: 'Player' });
    await player.getByRole('button', { name: 'Play', exact: true }).click();
    const playing = await reach(page, 'sound at once, for a click is a gesture', (s) => s.status === 'playing' && s.stats.isSoundMaster);
    assert.equal(playing.muted, false);
    await page.keyboard.press('k');
    await page.keyboard.press('5');
    await reach(page, 'the middle', (s) => s.paused && !s.seeking && Math.abs(s.currentTime - s.duration / 2) < 0.01);
    await page.keyboard.press('j');
    await reach(page, 'five seconds back', (s) => !s.seeking && s.currentTime < 1);
    await page.keyboard.press('ArrowRight');
    await reach(page, 'and forth', (s) => !s.seeking && s.currentTime > 4);
    const bar = player.getByRole('slider', { name: 'Seek' });
    const box = await bar.boundingBox();
    await page.mouse.click(box.x + box.width * 0.25, box.y + box.height / 2);
    await reach(page, 'a quarter', (s) => !s.seeking && Math.abs(s.currentTime / s.duration - 0.25) < 0.05);
    assert.deepEqual((await violations(page)).filter((line) => line.includes('tabcast-player')), []);
});

test('says what is so when there is nothing to play', { timeout: 180_000 }, async (t) => {
    const replay = await recordedShow();
    const page = await chromium.context.newPage();
    t.after(() => page.close());
    await page.goto(`${relay.url}${replay.url}`);
    await reach(page, 'the player', (s) => s.readyState > 0);
    const open = (src) => page.evaluate((value) => document.querySelector('tabcast-player').setAttribute('src', value), src);

    await open('/replays/aaaaaaaaaaaa.webm');
    await page.getByRole('alert').getByText('no such recording').waitFor();
    assert.deepEqual((await read(page)).error.reason, 'not-found');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('alert').waitFor();

    await open(`/live/${replay.id}.webm`);
    await page.getByRole('region', { name: 'Player' }).getByRole('link', { name: 'Watch the replay' }).waitFor();

    const show = await createShow(relay.url, 'Later today');
    await open(`/live/${show.id}.webm`);
    await page.getByText('Starts soon').waitFor();
    const publisher = await startWirePublisher(relay.url, { file, show });
    t.after(() => publisher.drop());
    await reach(page, 'the show to begin', (s) => s.isEndless && s.stats.framesShown > 10);
    await page.getByText('Starts soon').waitFor({ state: 'detached' });
});
