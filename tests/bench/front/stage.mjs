// SPDX-License-Identifier: MIT
// What is attacked: a relay, plain or with a certificate, one show that goes on at 30 pictures a second, a replay of some
// megabytes, and one viewer who counts what it gets.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { Source } from '../../contract/lib/media.mjs';
import { Peer } from '../../contract/lib/peer.mjs';
import { startRelay, until } from '../../e2e/lib/relay.mjs';
import { WIRE_GAP } from '../../../web/wire/header.js';

const PICTURES_PER_SECOND = 30;
const REPLAY_PICTURES = 40;
const REPLAY_PICTURE_BYTES = 200_000;

/** An authority of our own and a certificate for localhost by it, as a proper one is. */
export function makeCertificate(folder) {
    const at = (name) => path.join(folder, name);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    openssl('req', '-x509', ...key, '-days', '300', '-subj', '/CN=Tabcast bench', '-keyout', at('ca.key'), '-out', at('ca.pem'));
    openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', at('key.pem'), '-out', at('request.pem'));
    writeFileSync(at('extensions'), 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n');
    openssl('x509', '-req', '-in', at('request.pem'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-days', '90', '-extfile', at('extensions'), '-out', at('cert.pem'));
    return { authority: at('ca.pem'), args: ['--tls-cert', at('cert.pem'), '--tls-key', at('key.pem')] };
}

/** One request on a connection of its own. @returns {Promise<{status: number, text: string}>} */
export function ask(url, { method = 'GET', body } = {}) {
    const { request } = url.startsWith('https:') ? https : http;
    const headers = { connection: 'close', ...(body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {}) };
    return new Promise((resolve, reject) => {
        const sent = request(url, { method, headers, agent: false, rejectUnauthorized: false }, (answer) => {
            let text = '';
            answer.on('data', (chunk) => (text += chunk)).on('end', () => resolve({ status: answer.statusCode, text })).on('error', reject);
        });
        sent.on('error', reject).end(body);
    });
}

async function join(url, hello) {
    const peer = await new Peer(url, { rejectUnauthorized: false, origin: url }).opened();
    peer.say({ type: 'hello', version: 1, ...hello });
    peer.welcome = await peer.text('welcome');
    return peer;
}

async function createShow(url, title) {
    const { status, text } = await ask(`${url}/api/v1/shows`, { method: 'POST', body: JSON.stringify({ title }) });
    if (status !== 201) throw new Error(`POST /api/v1/shows: ${status} ${text}`);
    return JSON.parse(text);
}

async function publish(url, show) {
    const publisher = await join(url, { role: 'publish', show: show.id, key: show.key });
    publisher.say({ type: 'start', timestampMs: publisher.welcome.mediaTimeMs });
    return publisher;
}

/** A finished show that takes a slow reader long. @returns {Promise<string>} where it is */
async function makeReplay(url) {
    const show = await createShow(url, 'To be read slowly');
    const publisher = await publish(url, show);
    const source = new Source();
    publisher.send(source.init());
    for (let i = 0; i < REPLAY_PICTURES; i++) {
        publisher.send(source.video(i * 33, { isKey: i === 0, bytes: REPLAY_PICTURE_BYTES }));
        await publisher.until(() => i < 4 || publisher.texts.some(({ type, bytes }) => type === 'ack' && bytes > (i - 4) * REPLAY_PICTURE_BYTES), 'acknowledgements');
    }
    publisher.say({ type: 'end' });
    await publisher.closedWith();
    return until(async () => {
        const { status, text } = await ask(`${url}/api/v1/replays/${show.id}`);
        return status === 200 && JSON.parse(text).mediaUrl;
    }, 'the replay');
}

/** Counts a viewer's messages: what is missing, and how long nothing came. */
class Tally {
    #next = new Map();
    #heardMs = performance.now();
    messages = 0;
    lost = 0;
    pauseMs = 0;

    /** @param {import('../../../web/wire/header.js').Header} header */
    take({ kind, rendition, sequence, flags }) {
        const nowMs = performance.now();
        const key = `${kind}/${rendition}`;
        const next = this.#next.get(key) ?? sequence;
        this.lost += sequence - next + (flags & WIRE_GAP ? 1 : 0);
        this.#next.set(key, sequence + 1);
        this.pauseMs = Math.max(this.pauseMs, nowMs - this.#heardMs);
        this.#heardMs = nowMs;
        this.messages += 1;
    }

    /** What came since the last call. */
    read() {
        const { messages, lost } = this;
        const pauseMs = Math.max(this.pauseMs, performance.now() - this.#heardMs);
        Object.assign(this, { messages: 0, lost: 0, pauseMs: 0 });
        return { messages, lost, pauseMs };
    }
}

/** @param {{args?: string[], binary?: string}} options */
export async function openStage({ args = [], binary } = {}) {
    const relay = await startRelay({ binary, args });
    const { url } = relay;
    const replay = await makeReplay(url);
    const show = await createShow(url, 'Under attack');
    const publisher = await publish(url, show);
    const source = new Source();
    publisher.send(source.init());
    const begunMs = performance.now();
    let pictures = 0;
    const camera = setInterval(() => {
        for (const due = ((performance.now() - begunMs) * PICTURES_PER_SECOND) / 1000; pictures < due; pictures++) {
            const timestampMs = Math.round((pictures * 1000) / PICTURES_PER_SECOND);
            publisher.send(source.video(timestampMs, { isKey: pictures % 60 === 0, bytes: 4000 }));
            publisher.send(source.audio(timestampMs));
        }
    }, 10);
    const viewer = await join(url, { role: 'watch', show: show.id });
    await viewer.until(() => viewer.media.length > 30, 'the show');
    const tally = new Tally();
    viewer.socket.on('message', (_, isBinary) => {
        if (isBinary) tally.take(viewer.media.pop().header); // kept nowhere
    });
    return {
        relay,
        url,
        replay,
        live: `/live/${show.id}.webm`,
        tally,
        get isViewerThere() {
            return viewer.closed === null && !viewer.texts.some(({ type, stage }) => type === 'quality' && stage !== 'none');
        },
        async close() {
            clearInterval(camera);
            viewer.end();
            publisher.end();
            await relay.stop();
        },
    };
}
