// SPDX-License-Identifier: MIT
// Viewers who come and go: 500 of a small show, 20 of them leaving and 20 others joining each second, half of the leavers
// without a goodbye. Memory must stay flat, every descriptor come back, and nothing leak:
//   node tests/bench/churn/churn.mjs [--seconds 600] [--viewers 500] [--rate 20] [--binary FILE]
// With a relay built by the preset `asan`, LeakSanitizer has the last word (its own memory then says nothing of ours).
import { readFile, readdir } from 'node:fs/promises';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Source } from '../../contract/lib/media.mjs';
import { publish } from '../../contract/lib/peer.mjs';
import { createShow, startRelay, until } from '../../e2e/lib/relay.mjs';

const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '600' }, viewers: { type: 'string', default: '500' }, rate: { type: 'string', default: '20' }, binary: { type: 'string' } },
});
const [SECONDS, VIEWERS, RATE] = [values.seconds, values.viewers, values.rate].map(Number);
const PICTURES_PER_SECOND = 30;
const SAMPLE_MS = 2000;

const relay = await startRelay({ binary: values.binary, args: ['--log-level', 'warn'], env: { ASAN_OPTIONS: 'detect_leaks=1' } });
const port = Number(new URL(relay.url).port);
const isSanitized = (await readFile(`/proc/${relay.pid}/maps`, 'latin1')).includes('asan') || (await readFile(`/proc/${relay.pid}/status`, 'utf8')).match(/VmSize:\s+(\d+)/)[1] > 1e9;
const residentKb = async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${relay.pid}/status`, 'utf8'))[1]);
const descriptors = async () => (await readdir(`/proc/${relay.pid}/fd`)).length;
const metric = async (name) => Number(new RegExp(`^tabcast_${name} (\\d+)`, 'm').exec(await (await fetch(`${relay.url}/metrics`, { headers: { connection: 'close' } })).text())[1]);
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

await metric('connections');
const before = { descriptors: await descriptors(), sessions: await metric('sessions') };
const show = await createShow(relay.url, 'Come and go');
const publisher = await publish(relay.url, show);
const source = new Source();
publisher.send(source.init());
let pictures = 0;
const begun = performance.now();
const camera = setInterval(() => {
    for (const due = ((performance.now() - begun) * PICTURES_PER_SECOND) / 1000; pictures < due; pictures++) {
        publisher.send(source.video(Math.round((pictures * 1000) / PICTURES_PER_SECOND), { isKey: pictures % 60 === 0, bytes: 300 }));
        publisher.send(source.audio(Math.round((pictures * 1000) / PICTURES_PER_SECOND)));
    }
}, 10);

const seats = new Set();
const joined = { count: 0, served: 0, lost: 0 };
function frame(opcode, payload) {
    const length = payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255];
    return Buffer.concat([Buffer.from([0x80 | opcode, ...length, 0, 0, 0, 0]), payload]);
}
function join() {
    const socket = net.connect(port, '127.0.0.1');
    const seat = { socket, bytes: 0, isLeaving: false };
    seats.add(seat);
    joined.count++;
    socket.write(`GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: tabcast.v1\r\n\r\n`);
    socket.write(frame(1, Buffer.from(`{"type":"hello","version":1,"role":"watch","show":"${show.id}"}`)));
    socket.on('data', (chunk) => (seat.bytes += chunk.length));
    socket.on('error', () => {});
    socket.on('close', () => {
        joined.lost += !seat.isLeaving;
        seats.delete(seat);
    });
}
function leave(withGoodbye) {
    const [seat] = seats;
    seats.delete(seat);
    joined.served += seat.bytes > 1000;
    seat.isLeaving = true;
    if (withGoodbye) seat.socket.write(frame(8, Buffer.from([3, 232])));
    else seat.socket.resetAndDestroy();
}

for (let i = 0; i < VIEWERS; i++) join();
await until(async () => (await metric('viewers')) === VIEWERS, 'everybody has joined', 60_000);
const memory = [];
const start = performance.now();
for (let done = 0; performance.now() - start < SECONDS * 1000; ) {
    await sleep(20);
    for (const due = Math.floor(((performance.now() - start) * RATE) / 1000); done < due; done++) {
        leave(done % 2 === 0);
        join();
    }
    if (memory.length < (performance.now() - start) / SAMPLE_MS) memory.push(await residentKb());
}
const left = seats.size;
const lost = joined.lost;
while (seats.size) leave(seats.size % 2 === 0);
clearInterval(camera);
publisher.say({ type: 'end' });
await publisher.closedWith();
await until(async () => (await metric('sessions')) === before.sessions && (await metric('connections')) <= 1, 'all have gone');
const after = await until(async () => (await descriptors()) <= before.descriptors && { descriptors: await descriptors() }, 'the descriptors are back');
const third = Math.ceil(memory.length / 3);
const [early, late] = [median(memory.slice(third, 2 * third)), median(memory.slice(2 * third))];
await relay.stop();
const leak = /LeakSanitizer|AddressSanitizer/.exec(relay.log);

console.log(`| ${VIEWERS} viewers, ${RATE} leaving and joining each second, ${SECONDS} s | |\n|---|---|`);
console.log(`| joined, of the leavers served, lost | ${joined.count}, ${joined.served}, ${lost} |`);
console.log(`| resident memory, second and last third${isSanitized ? ' (with a sanitizer)' : ''} | ${(early / 1024).toFixed(1)} MB, ${(late / 1024).toFixed(1)} MB |`);
console.log(`| descriptors before and after | ${before.descriptors}, ${after.descriptors} |`);
console.log(`| ended | status 0, ${isSanitized ? (leak ? leak[0] : 'LeakSanitizer has found nothing') : 'no sanitizer'} |`);
const isFine = left === VIEWERS && lost === 0 && !leak && joined.served >= joined.count - VIEWERS && (isSanitized || late < early * 1.05 + 1024);
if (!isFine) console.log(`FAILED: ${left} seats at the end`);
process.exitCode = isFine ? 0 : 1;
