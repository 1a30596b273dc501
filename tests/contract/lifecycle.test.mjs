// SPDX-License-Identifier: MIT
// The program: start, options, end, crash and the repair behind it.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createShow, relayBinary, startRelay, until } from '../e2e/lib/relay.mjs';
import { Source } from './lib/media.mjs';
import { publish, watch } from './lib/peer.mjs';

const run = promisify(execFile);
const failing = (args) => run(relayBinary, args).then(() => assert.fail('it should have failed'), (error) => error);

test('--version and --help', async () => {
    assert.match((await run(relayBinary, ['--version'])).stdout, /^tabcast \d+\.\d+\.\d+\n$/);
    const { stdout } = await run(relayBinary, ['--help']);
    assert.equal((await run(relayBinary, ['serve', '--help'])).stdout, stdout);
    assert.equal((await run(relayBinary, ['account', 'create', '-h'])).stdout, stdout);
    for (const word of ['--listen', '--data', '--max-rooms', 'TABCAST_MAX_ROOMS', 'replay repair']) assert.ok(stdout.includes(word), word);
});

test('wrong options say what is wrong and exit 2', async () => {
    for (const [args, word] of [[['serve', '--nonsense'], 'nonsense'], [['serve', '--max-rooms', 'x'], 'max-rooms'], [['serve', '--listen', 'nowhere'], 'listen'], [['dance'], 'usage']]) {
        const error = await failing(args);
        assert.equal(error.code, 2);
        assert.ok(error.stderr.includes(word), error.stderr);
    }
});

test('a taken port and a folder that cannot be are told', async () => {
    const relay = await startRelay();
    const error = await failing(['serve', '--listen', new URL(relay.url).host, '--data', relay.dataDir]);
    assert.equal(error.code, 1);
    assert.match(error.stderr, /cannot listen on/);
    assert.match((await failing(['serve', '--listen', '127.0.0.1:0', '--data', '/proc/nothing'])).stderr, /nothing/);
    await relay.stop();
});

test('TCP shares lines the way that was asked for, and what the kernel does not offer is told', async () => {
    const error = await failing(['serve', '--listen', '127.0.0.1:0', '--data', tmpdir(), '--tcp-congestion', 'nonsense']);
    assert.equal(error.code, 1);
    assert.match(error.stderr, /tcp-congestion: the kernel does not offer "nonsense"; it offers: .*\breno\b/);
    const relay = await startRelay({ args: ['--tcp-congestion', 'reno'] }); // each kernel has it
    await until(() => /started .*congestion=reno/.test(relay.log), 'the log');
    await relay.stop();
});

test('config file and environment are read, flags win', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-config-'));
    const config = path.join(folder, 'tabcast.conf');
    await writeFile(config, '# a test\nlog-format = json\nmax-members = 1\n');
    const relay = await startRelay({ args: ['--config', config, '--max-members', '2'], env: { TABCAST_SHOWS_PER_MINUTE: '1' } });
    const show = await createShow(relay.url, 'x');
    await assert.rejects(createShow(relay.url, 'y'), /429/);
    const [ann, bob, eve] = [await watch(relay.url, show.id), await watch(relay.url, show.id), await watch(relay.url, show.id)];
    assert.equal((await eve.closedWith()).code, 4006);
    for (const peer of [ann, bob, eve]) peer.end();
    await relay.stop();
    const lines = relay.log.split('\n').filter((l) => l.startsWith('{')).map((l) => JSON.parse(l));
    assert.ok(lines.some((l) => l.event === 'show-created' && l.show === show.id));
    assert.doesNotMatch(relay.log, new RegExp(show.key));
    await rm(folder, { recursive: true });
});

test('SIGTERM ends shows, finalises, closes and exits 0', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'tabcast-term-'));
    const relay = await startRelay({ dataDir });
    const show = await createShow(relay.url, 'Term');
    const publisher = await publish(relay.url, show);
    const viewer = await watch(relay.url, show.id);
    const waiting = await watch(relay.url, (await createShow(relay.url, 'Not begun')).id);
    const source = new Source();
    for (const m of [source.init(), source.video(0, { isKey: true }), source.audio(5)]) publisher.send(m);
    await viewer.until(() => viewer.media.length === 3, 'media');
    const plain = await fetch(`${relay.url}/live/${show.id}.webm`);
    const body = plain.arrayBuffer();
    await until(async () => (await (await fetch(`${relay.url}/api/v1/shows/${show.id}`)).json()).viewers === 2, 'two viewers');
    await relay.stop();
    assert.equal((await viewer.closedWith()).code, 1000);
    assert.equal((await publisher.closedWith()).code, 1000);
    assert.equal((await waiting.closedWith()).code, 1001);
    assert.equal(viewer.texts.at(-1).state, 'ended');
    assert.ok((await body).byteLength > 0);
    const files = await readdir(path.join(dataDir, 'recordings'));
    assert.ok(files.includes(`${show.id}.webm`), String(files));
    assert.ok(!files.some((f) => f.includes('.part.')), String(files));

    const again = await startRelay({ dataDir });
    const { items } = await (await fetch(`${again.url}/api/v1/replays`)).json();
    assert.deepEqual(items.map((r) => [r.id, r.title]), [[show.id, 'Term']]);
    await again.stop();
    const list = await run(relayBinary, ['replay', 'list', '--data', dataDir]);
    assert.match(list.stdout, new RegExp(`^${show.id}\t.*\tTerm\n$`));
    await rm(dataDir, { recursive: true });
});

test('kill -9 leaves a recording which the next start, or `replay repair`, finalises', async () => {
    for (const how of ['start', 'repair']) {
        const dataDir = await mkdtemp(path.join(tmpdir(), 'tabcast-kill-'));
        const relay = await startRelay({ dataDir });
        const show = await createShow(relay.url, 'Killed');
        const publisher = await publish(relay.url, show);
        const source = new Source();
        publisher.send(source.init());
        for (let t = 0; t < 3000; t += 20) {
            publisher.send(source.video(t, { isKey: t % 1000 === 0, bytes: 900 }));
            publisher.send(source.audio(t));
        }
        const written = async () => Number(/recorder_frames_written_total (\d+)/.exec(await (await fetch(`${relay.url}/metrics`)).text())[1]);
        await until(async () => (await written()) >= 300, 'all frames written');
        await relay.kill();
        if (how === 'repair') assert.match((await run(relayBinary, ['replay', 'repair', '--data', dataDir])).stdout, new RegExp(`^${show.id}\trepaired`));
        const again = await startRelay({ dataDir });
        const replay = await until(async () => (await (await fetch(`${again.url}/api/v1/replays`)).json()).items[0], 'the repaired replay');
        assert.equal(replay.id, show.id);
        assert.ok(replay.durationMs >= 2900, String(replay.durationMs));
        await again.stop();
        await rm(dataDir, { recursive: true });
    }
});

test('a second SIGINT ends at once', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'tabcast-int-'));
    const child = spawn(relayBinary, ['serve', '--listen', '127.0.0.1:0', '--data', dataDir], { stdio: ['ignore', 'pipe', 'ignore'] });
    const url = await new Promise((resolve) => child.stdout.once('data', (d) => resolve(/http:\S+/.exec(d)[0])));
    const show = await createShow(url, 'x');
    const viewer = await watch(url, show.id);
    viewer.socket._socket.pause(); // never answers a close
    child.kill('SIGINT');
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(code, 0);
    viewer.end();
    await rm(dataDir, { recursive: true });
});
