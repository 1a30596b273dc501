// SPDX-License-Identifier: MIT
// One browser makes a show, another watches it: what arrives, how late, and in which state both were. For the table
// (pairs.mjs) and for the end-to-end test.
import { until } from '../../e2e/lib/relay.mjs';
import { joinBeeps, joinPictures, quantile, soundAgainstPicture } from '../glass/latency.mjs';
import { openPage } from './engines.mjs';

/** The counters of source.js run up to 65535, those of a clip as long as it is. */
const COUNTER_LOOP_MS = 2_000_000;
const SETTLE_MS = 3000;
/** A browser that stands still must not hold up the rest. */
const LIMIT_MS = 75_000;
/** A tab that was hidden is looked at for so long when it is back. */
const BACK_MS = 3000;

/**
 * @typedef {object} Side
 * @property {'chromium'|'firefox'|'webkit'} engine
 * @property {boolean} hasSharedMemory
 * @property {boolean} isHidden
 */
/** @typedef {{relayUrl: string, desktop: object, clip: {camera: string, microphone: string, seconds: number}, seconds: number}} Setting */

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const clear = (page) => page.evaluate(() => {
    for (const key of ['captured', 'spoken', 'shown', 'heard']) window.__probe[key].length = 0;
});
const probeOf = (page) => page.evaluate(() => {
    const { captured, spoken, shown, heard, unreadable } = window.__probe;
    return { captured, spoken, shown, heard, unreadable };
});

/** By the studio's own button. @returns {Promise<string>} the show's id */
export async function goLive(page, title) {
    await page.goto(`${page.url}/studio`);
    await until(() => page.evaluate(() => Boolean(document.querySelector('tabcast-studio')?.shadowRoot?.querySelector('#title'))), 'the studio');
    await page.evaluate(async (words) => {
        const studio = document.querySelector('tabcast-studio');
        const field = studio.shadowRoot.querySelector('#title');
        field.value = words;
        field.dispatchEvent(new Event('input', { bubbles: true }));
        await studio.updateComplete;
        [...studio.shadowRoot.querySelectorAll('button')].find((button) => /go live/i.test(button.textContent)).click();
    }, title);
    await until(() => page.evaluate(() => {
        const studio = document.querySelector('tabcast-studio');
        return studio.publisher.phase === 'live' || (studio.notices.length > 0 && Promise.reject(new Error(studio.notices.map((n) => n.text).join('; '))));
    }), `${page.engine} to be live`, 40000);
    return page.evaluate(async (words) => {
        const { items } = await (await fetch('/api/v1/shows?state=live')).json();
        return items.find((show) => show.title === words).id;
    }, title);
}

export async function endShow(page) {
    await page.evaluate(() => document.querySelector('tabcast-studio').publisher.endShow());
}

/** Opens the show with sound and waits for pictures. */
export async function watch(page, showId) {
    await page.goto(`${page.url}/show/${showId}`);
    const stats = () => page.evaluate(() => {
        const { viewer } = document.querySelector('tabcast-player') ?? {};
        return viewer && { ...viewer.stats, status: viewer.status, error: viewer.error, hasSound: !viewer.muted };
    });
    await until(async () => ((await stats())?.framesDecoded ?? 0) > 5, `pictures in ${page.engine}`, 40000).catch(async (error) => {
        throw new Error(`${error.message}; ${JSON.stringify(await stats().catch((e) => e.message))}`);
    });
    await page.evaluate(() => {
        document.querySelector('tabcast-player').viewer.setMuted(false);
        return window.__probe.watch('video, canvas', document.querySelector('tabcast-player').shadowRoot);
    });
}

/**
 * @param {{publisher: Side, viewer: Side}} pair
 * @param {Setting} setting
 * @returns {Promise<{fps: number, pictures: number, unreadable: number, beeps: number, p50: number, p95: number, offset: number, captured: number,
 *   isSoundMaster: boolean, hasSharedMemory: [boolean, boolean]}>} fps and pictures: with a new counter; a hidden viewer's when it is back
 */
export async function runPair(pair, setting) {
    const pages = [];
    let timer;
    const tooLong = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`not done within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
    });
    try {
        return await Promise.race([playPair(pair, setting, pages), tooLong]);
    } finally {
        clearTimeout(timer);
        for (const page of pages.reverse()) await page.close();
    }
}

/** @param {object[]} pages opened here, closed by the caller */
async function playPair(pair, setting, pages) {
    const open = (side) => openPage(side.engine, { ...setting, hasSharedMemory: side.hasSharedMemory });
    const publisher = await open(pair.publisher);
    pages.push(publisher);
    const showId = await goLive(publisher, `${pair.publisher.engine} to ${pair.viewer.engine}`);
    const viewer = await open(pair.viewer);
    pages.push(viewer);
    await watch(viewer, showId);
    if (pair.publisher.isHidden) await publisher.hide();
    await pause(SETTLE_MS);
    if (pair.viewer.isHidden) await viewer.hide();
    const result = await measure(publisher, viewer, pair, setting);
    await endShow(publisher);
    return result;
}

async function measure(publisher, viewer, pair, { clip, seconds }) {
    await clear(publisher);
    await clear(viewer);
    await pause(seconds * 1000);
    const { heard } = await probeOf(viewer);
    let watchedSeconds = seconds;
    if (pair.viewer.isHidden) {
        await viewer.show();
        await clear(viewer);
        watchedSeconds = BACK_MS / 1000;
        await pause(BACK_MS);
    }
    const sink = await probeOf(viewer);
    const source = await probeOf(publisher);
    const loopMs = pair.publisher.engine === 'chromium' ? clip.seconds * 1000 : COUNTER_LOOP_MS;
    const pictures = joinPictures(source.captured, sink.shown, loopMs);
    const beeps = joinBeeps(source.spoken, heard);
    const latencies = pictures.map((p) => p.latency);
    const hasMemory = () => typeof SharedArrayBuffer === 'function';
    return {
        pictures: pictures.length,
        fps: pictures.length / watchedSeconds,
        captured: source.captured.length / (seconds + (pair.viewer.isHidden ? watchedSeconds : 0)),
        unreadable: sink.unreadable,
        beeps: beeps.length,
        p50: quantile(latencies, 0.5),
        p95: quantile(latencies, 0.95),
        offset: quantile(soundAgainstPicture(beeps, pictures), 0.5),
        isSoundMaster: await viewer.evaluate(() => document.querySelector('tabcast-player').stats.isSoundMaster),
        hasSharedMemory: [await publisher.evaluate(hasMemory), await viewer.evaluate(hasMemory)],
    };
}
