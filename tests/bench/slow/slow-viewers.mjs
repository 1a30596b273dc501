// SPDX-License-Identifier: MIT
// Fifty viewers of a real show of some 8 Mbit/s; five read a tenth of it, one reads nothing for 2 s in each 14:
//   node tests/bench/slow/slow-viewers.mjs [--minutes 10] [--binary FILE] [--bitrate 8000000]
// Prints how far behind they are, what the others notice, memory, and what ffmpeg says of every stream that was
// delivered. The status is 1 when a slow one is more than 2 s behind, the one that pauses is held back, a stream does not
// decode, or memory grows.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { spawnChild } from '../../e2e/lib/children.mjs';
import { decodeComplaints } from '../../e2e/lib/media.mjs';
import { createShow, projectRoot, startRelay, until } from '../../e2e/lib/relay.mjs';
import { watch } from '../../contract/lib/peer.mjs';
import { RawViewer } from './viewer.mjs';

const run = promisify(execFile);
const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '10' }, bitrate: { type: 'string', default: '8000000' }, binary: { type: 'string' }, seconds: { type: 'string' }, keep: { type: 'string' } },
});
const SECONDS = values.seconds ? Number(values.seconds) : Number(values.minutes) * 60;
const VIEWERS = 50;
const SLOW = 5;
const STEP_MS = 50;
const CALM_SECONDS = 15; // all read, before anybody is slow
const SETTLE_SECONDS = 10; // what lies in the kernel's buffers by then is read
const MOST_BEHIND_MS = 2000;
/** Of 86 % that it could read, less what it takes to be back: a key frame's time at most each time. */
const LEAST_PAUSING_SHARE = 0.65;

const quantile = (numbers, share) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? NaN;
const residentKb = async (pid) => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))[1]);

const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-slow-'));
const relay = await startRelay({ dataDir: path.join(folder, 'data'), binary: values.binary, args: ['--threads', '1'] });
let creator;
let failed = false;
const check = (isFine, what) => {
    if (!isFine) console.log(`FAILED: ${what}`);
    failed ||= !isFine;
};
try {
    // Noise, so that the bitrate is reached at a size that costs little to encode.
    const clip = path.join(folder, 'clip.mkv');
    await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=480x270:rate=30,noise=alls=80:allf=t', '-f', 'lavfi', '-i', 'sine=frequency=440', '-t', '8', '-c:v', 'mjpeg', '-q:v', '2', '-c:a', 'pcm_s16le', clip]);
    const show = await createShow(relay.url, 'Slow viewers');
    creator = spawnChild(process.execPath, ['demo/creator.mjs', '--url', relay.url, '--show', show.id, '--key', show.key, '--clip', clip, '--width', '480', '--height', '270', '--bitrate', values.bitrate, '--greeting', ''], { cwd: projectRoot, stdio: 'ignore' });
    const control = await watch(relay.url, show.id);
    await until(() => control.media.length > 30, 'the show', 60_000);
    const { epochMs } = control.texts.findLast((t) => t.type === 'state' && t.epochMs) ?? control.welcome;
    control.end();

    const port = Number(new URL(relay.url).port);
    const delayOf = (timestampUs) => Date.now() - epochMs - timestampUs / 1000;
    const open = (file, allowance) => new RawViewer({ port, show: show.id, delayOf, allowance, file: file === undefined ? undefined : path.join(folder, `viewer-${file}.webm`) });
    const quick = Array.from({ length: VIEWERS - SLOW }, (_, i) => open(i === 0 ? SLOW + 1 : undefined));
    await until(() => quick.every((v) => v.delays.length > 30), 'the quick ones have joined');
    for (const v of quick) v.delays = [];
    const received = async () => Number(/^tabcast_media_received_bytes_total (\d+)/m.exec(await (await fetch(`${relay.url}/metrics`)).text())[1]);
    const receivedBefore = await received();
    await sleep(CALM_SECONDS * 1000);
    const bytesPerSecond = ((await received()) - receivedBefore) / CALM_SECONDS;
    const calm = quick.flatMap((v) => v.delays);
    const rates = { calm: { p50: quantile(calm, 0.5), p99: quantile(calm, 0.99) } };

    // They were never quick: what is late then waits at the relay, as on a thin line, and not in a large buffer on
    // their side, of which only their own reports could tell.
    const slow = Array.from({ length: SLOW }, (_, i) => open(i, 0));
    const pausing = open(SLOW, 0);
    const viewers = [...slow, pausing, ...quick];
    const isSettled = () => Date.now() - begun > SETTLE_SECONDS * 1000;
    const begun = Date.now();
    let given = begun;
    const behind = { first: 0, later: 0 };
    const quickDelays = [];
    const memory = [];
    const pictures = { pausing: pausing.pictures, quick: quick[0].pictures };
    while (Date.now() - begun < SECONDS * 1000) {
        await sleep(STEP_MS);
        const now = Date.now();
        for (const v of slow) v.give(((bytesPerSecond / 10) * (now - given)) / 1000);
        if (((now - begun) / 1000) % 14 < 12) pausing.give((bytesPerSecond * 2 * (now - given)) / 1000);
        given = now;
        for (const v of slow) {
            const most = Math.max(0, ...v.delays);
            v.delays = [];
            behind[isSettled() ? 'later' : 'first'] = Math.max(behind[isSettled() ? 'later' : 'first'], most);
        }
        for (const v of quick) {
            if (quickDelays.length < 3e6) quickDelays.push(...v.delays);
            v.delays = [];
        }
        if (memory.length < (now - begun) / 5000) memory.push(await residentKb(relay.pid));
    }
    const share = (pausing.pictures - pictures.pausing) / (quick[0].pictures - pictures.quick);
    rates.slow = { p50: quantile(quickDelays, 0.5), p99: quantile(quickDelays, 0.99) };
    for (const v of viewers) check(!v.error && !v.closed, `a viewer was lost: ${v.error ?? 'closed'}`);
    await Promise.all(viewers.map((v) => v.end()));

    console.log(`${VIEWERS} viewers at ${((bytesPerSecond * 8) / 1e6).toFixed(1)} Mbit/s for ${SECONDS} s, ${SLOW} of them read a tenth\n`);
    console.log('| | |\n|---|---|');
    console.log(`| slow ones behind at most: first ${SETTLE_SECONDS} s, later | ${behind.first.toFixed(0)} ms, ${behind.later.toFixed(0)} ms |`);
    console.log(`| pictures they got, of ${quick[0].pictures} | ${slow.map((v) => v.pictures).join(', ')} |`);
    console.log(`| where they ended | ${slow.map((v) => v.stages.at(-1)).join(', ')} |`);
    console.log(`| pausing 2 s in 14: share of the pictures | ${(share * 100).toFixed(0)} % (${((12 / 14) * 100).toFixed(0)} % would be all it read) |`);
    console.log(`| the others' p50 / p99 before, during | ${rates.calm.p50.toFixed(0)} / ${rates.calm.p99.toFixed(0)} ms, ${rates.slow.p50.toFixed(0)} / ${rates.slow.p99.toFixed(0)} ms |`);
    const third = Math.ceil(memory.length / 3);
    const [early, late] = [quantile(memory.slice(third, 2 * third), 0.5), quantile(memory.slice(2 * third), 0.5)];
    console.log(`| resident memory, second and last third | ${(early / 1024).toFixed(1)} MB, ${(late / 1024).toFixed(1)} MB |`);
    for (let i = 0; i <= SLOW + 1; i++) {
        const file = path.join(folder, `viewer-${i}.webm`);
        const complaints = await decodeComplaints(file);
        console.log(`| ffmpeg on ${i < SLOW ? 'a slow one' : i === SLOW ? 'the pausing one' : 'a quick one'} (${((await stat(file)).size / 1e6).toFixed(1)} MB) | ${complaints || 'no message'} |`);
        check(complaints === '', 'a delivered stream does not decode');
    }
    check(Math.max(behind.first, behind.later) <= MOST_BEHIND_MS, 'a slow viewer is more than 2 s behind');
    check(share >= LEAST_PAUSING_SHARE, 'who pauses gets too little');
    check(late < early * 1.1 + 2048, 'memory grows');
} finally {
    creator?.kill('SIGKILL');
    await relay.kill();
    if (!values.keep) await rm(folder, { recursive: true, force: true });
    else console.log(`kept: ${folder}`);
}
process.exitCode = failed ? 1 : 0;
