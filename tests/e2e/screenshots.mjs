// SPDX-License-Identifier: MIT
// Takes the pictures of docs/images/ from a real relay with real shows: a studio tab with a film as camera, creators
// without a browser, people in the chat. Wide and phone, dark and light.
//
//   TABCAST_TEST_FILM=FILE node tests/e2e/screenshots.mjs [--out DIR]
//
// Without a film the shows are the demo's clip and the camera is the tests' clip. Needs ffmpeg with libwebp. All pages in all
// their states, for who looks after them: every-page.mjs.
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { goLive } from '../bench/glass/tabcast.mjs';
import { launchChromium } from './lib/browsers.mjs';
import { startCreator } from './lib/creator.mjs';
import { startRelay, until } from './lib/relay.mjs';
import { camera, cut, fillSeats } from './lib/show-props.mjs';

const { values: options } = parseArgs({ options: { out: { type: 'string', default: fileURLToPath(new URL('../../docs/images', import.meta.url)) } } });
const LARGEST_BYTES = 300 * 1024;
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

const isShowing = (page) => page.waitForFunction(() => document.querySelector('tabcast-player')?.stats?.framesDecoded > 30, null, { timeout: 40000 });

/** What one waits for before each picture. */
const READY = {
    home: async (page) => {
        await page.getByRole('region', { name: 'Live now' }).waitFor();
        await page.waitForFunction(() => [...document.querySelectorAll('tabcast-show-card')].every((card) => card.shadowRoot.querySelector('tabcast-poster').shadowRoot.querySelector('img')), null, { timeout: 60000 });
    },
    show: async (page) => {
        await isShowing(page);
        await page.getByText('Anything soft will do').waitFor();
    },
    replay: async (page) => {
        await page.waitForFunction(() => document.querySelector('tabcast-player')?.duration > 3, null, { timeout: 20000 });
        await page.evaluate(() => {
            const player = document.querySelector('tabcast-player');
            player.muted = true;
            return player.play();
        });
        await page.waitForFunction(() => document.querySelector('tabcast-player').currentTime > 2.5, null, { timeout: 20000 });
        await page.mouse.move(300, 200); // the controls come with the pointer
        await page.mouse.move(310, 205);
    },
    empty: (page) => page.getByRole('heading', { name: 'The ghost light is on' }).waitFor(),
};

/** PNG by name, for the picture made of pictures. */
const taken = new Map();

async function shoot(page, name) {
    await page.evaluate(() => {
        scrollTo(0, 0);
        return document.fonts.ready;
    });
    const png = await page.screenshot({ animations: 'disabled', caret: 'hide' });
    taken.set(name, png);
    const file = path.join(options.out, `${name}.webp`);
    for (const quality of [90, 82, 74]) {
        const made = spawnSync('ffmpeg', ['-v', 'error', '-y', '-f', 'png_pipe', '-i', '-', '-c:v', 'libwebp', '-quality', String(quality), file], { input: png, encoding: 'utf8' });
        if (made.status !== 0) throw new Error(made.stderr);
        const { size } = await stat(file);
        if (size <= LARGEST_BYTES) return console.log(`${file} ${size} bytes`);
    }
    throw new Error(`${file} stays above ${LARGEST_BYTES} bytes`);
}

const looks = [
    ['', WIDE, 'dark'],
    ['-light', WIDE, 'light'],
    ['-phone', PHONE, 'dark'],
    ['-phone-light', PHONE, 'light'],
];

async function shootAll(context, relayUrl, name, address) {
    for (const [suffix, viewport, colorScheme] of looks) {
        const page = await context.newPage();
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await page.goto(`${relayUrl}${address}`);
        await READY[name](page);
        await shoot(page, `${name}${suffix}`);
        await page.close();
    }
}

/** The README's picture: a desk and a phone at the same show. */
async function shootTogether(context) {
    const page = await context.newPage();
    await page.setViewportSize({ width: 1440, height: 790 });
    const source = (name) => `data:image/png;base64,${taken.get(name).toString('base64')}`;
    await page.setContent(`<style>
        body { margin: 0; height: 100vh; background: radial-gradient(ellipse 70% 60% at 46% 78%, #4a2f12, #17110c 72%); }
        img { position: absolute; border-radius: 14px; box-shadow: 0 0 0 1px #ffffff1a, 0 30px 80px #000c; }
        .wide { left: 36px; top: 48px; width: 1096px; }
        .phone { right: 40px; bottom: 56px; width: 286px; border-radius: 30px; box-shadow: 0 0 0 9px #0b0806, 0 0 0 10px #ffffff2e, 0 30px 80px #000; }
    </style><img class="wide" src="${source('show')}"><img class="phone" src="${source('show-phone')}">`);
    await page.waitForFunction(() => [...document.images].every((image) => image.complete));
    await shoot(page, 'tabcast');
    await page.close();
}

async function main() {
    await mkdir(options.out, { recursive: true });
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-pictures-'));
    const ends = [() => rm(folder, { recursive: true, force: true })];
    try {
        const relay = await startRelay();
        ends.unshift(() => relay.stop());
        const clip = await camera(folder);
        const chromium = await launchChromium({ camera: clip.camera, microphone: clip.microphone, autoplay: true });
        ends.unshift(() => chromium.close());
        const { context } = chromium;
        await shootAll(context, relay.url, 'empty', '/');

        // Two shows that are over: their replays.
        for (const [title, start] of [['Morning Light, Take Two', 5], ['The Stream Behind the House', 12]]) {
            const creator = await startCreator(relay.url, { title, clip: cut(folder, `past-${start}`, start, 6), width: 854, height: 480 });
            const leave = await fillSeats(relay.url, creator.show.id, 0);
            await new Promise((resolve) => setTimeout(resolve, 8000)); // its length
            leave();
            await creator.stop();
        }

        const studio = await context.newPage();
        await studio.setViewportSize(WIDE);
        const showUrl = await goLive(studio, relay.url, 'Drawing Birds That Cannot Sit Still');
        const id = showUrl.split('/').pop();
        const leave = await fillSeats(relay.url, id, 38);
        ends.unshift(leave);
        await studio.getByText('Could you hold the sketch closer').waitFor();
        for (const line of ['Of course, one moment.', 'It is a 4B. Anything soft will do.']) {
            await studio.getByRole('textbox', { name: 'Message' }).fill(line);
            await studio.getByRole('textbox', { name: 'Message' }).press('Enter');
            await studio.getByRole('log').getByText(line).waitFor();
        }
        // A busy machine may keep the picture reduced; that is a picture too.
        await studio.getByText(/picture good/).waitFor({ timeout: 60000 }).catch(() => {});
        await studio.evaluate(() => document.querySelector('tabcast-chat').shadowRoot.activeElement?.blur());
        for (const [suffix, viewport, colorScheme] of looks) {
            await studio.bringToFront();
            await studio.setViewportSize(viewport);
            await studio.emulateMedia({ colorScheme });
            await shoot(studio, `studio${suffix}`);
        }
        await shootAll(context, relay.url, 'show', `/show/${id}`);
        // The second show begins late: encoding two at once would cost the first its picture.
        const other = await startCreator(relay.url, { title: 'Roots, Moss and Very Old Trees', clip: cut(folder, 'other', 24, 4), width: 854, height: 480 });
        ends.unshift(() => other.stop());
        await until(async () => (await fetch(`${relay.url}/posters/${id}.jpg`)).ok, 'the show\'s poster', 60000);
        await shootAll(context, relay.url, 'home', '/');
        const { items } = await (await fetch(`${relay.url}/api/v1/replays`)).json();
        await shootAll(context, relay.url, 'replay', `/replay/${items.find((r) => r.title.startsWith('The Stream')).id}`);
        await shootTogether(context);
    } finally {
        for (const end of ends) await end();
    }
}

await main();
