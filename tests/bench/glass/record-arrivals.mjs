// SPDX-License-Identifier: MIT
// Records when a real show's messages arrive: a Chromium tab goes live, a Node viewer notes arrivals, in the middle of it other
// programs take the processor. Prints the recording that tests/web/live-traces.test.js plays to the player.
//   node record-arrivals.mjs [--source FILM] [--seconds 30] [--busy 2] > tests/golden/arrivals-busy-machine.json
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import WebSocket from 'ws';
import { Connection, localNow } from '../../../web/wire/connection.js';
import { launchChromium } from '../../e2e/lib/browsers.mjs';
import { startRelay } from '../../e2e/lib/relay.mjs';
import { makeClip } from '../../media/make-clip.mjs';
import { endShow, goLive } from './tabcast.mjs';

const { values: o } = parseArgs({ options: { source: { type: 'string' }, seconds: { type: 'string', default: '30' }, busy: { type: 'string', default: '2' } } });
const seconds = Number(o.seconds);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-arrivals-'));
const clip = await makeClip({ out: folder, source: o.source, seconds: 10, width: 1280, height: 720, fps: 30 });
const relay = await startRelay();
const browser = await launchChromium({ camera: clip.camera, microphone: clip.microphone, autoplay: true });
const rows = [];
try {
    const page = await browser.context.newPage();
    const showUrl = await goLive(page, relay.url, 'Arrivals');
    const url = `${relay.url.replace('http', 'ws')}/ws`;
    const connection = new Connection({ url, role: 'watch', show: showUrl.split('/').pop(), WebSocket });
    let sinceMs = NaN;
    connection.addEventListener('media', ({ detail: { header, bytes } }) => {
        if (Number.isNaN(sinceMs)) return;
        const { kind, flags, temporalId, timestampUs } = header;
        rows.push([kind, flags, temporalId, Math.round(timestampUs / 100) / 10, Math.round((localNow() - sinceMs) * 10) / 10, bytes.length]);
    });
    await connection.open();
    await wait(3000);
    sinceMs = localNow();
    await wait((seconds / 3) * 1000);
    const loops = Array.from({ length: Number(o.busy) }, () => spawn(process.execPath, ['-e', 'for(;;);']));
    await wait((seconds / 3) * 1000);
    for (const loop of loops) loop.kill();
    await wait((seconds / 3) * 1000);
    connection.close();
    await endShow(page);
} finally {
    await browser.close();
    await relay.stop();
    await rm(folder, { recursive: true, force: true });
}
const firstMs = rows[0][3];
console.log(JSON.stringify({
    what: `${seconds} s of a show of 1280 x 720, ${o.busy} busy loops in the middle third, 2 cores`,
    columns: ['kind', 'flags', 'temporalId', 'timestampMs', 'arrivalMs', 'bytes'],
    rows: rows.map(([kind, flags, layer, timeMs, atMs, len]) => [kind, flags, layer, Math.round((timeMs - firstMs) * 10) / 10, atMs, len]),
}).replaceAll('],[', '],\n['));
