// SPDX-License-Identifier: MIT
// A relay with everything on it that a page can show: people with and without shows, a show on stage with people in its
// seats, shows announced, closed, called off and over, names and titles as long as they may be. And an empty one.
import net from 'node:net';
import path from 'node:path';
import { codeAt } from '../../contract/lib/totp.mjs';
import { PASSWORD, member } from '../../contract/lib/client.mjs';
import { startRelay, until } from './relay.mjs';
import { startLine } from './reconnect-proxy.mjs';
import { FILM, MUCH_TALK, camera, fillSeats, still } from './show-props.mjs';
import { encodeClip, startWirePublisher } from './wire-publisher.mjs';

const HOUR_MS = 3_600_000;
const LONG_TITLE = 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz, gelesen von Menschen, die es auswendig können, mit Pausen für Tee und Gebäck';
const LONG_NAME = 'Bartholomäus-Maximilian von und zu Hohenlohe-Schillingsfürst';
const ABOUT = 'We draw what **will not hold still**: wrens, sparrows, and the neighbour’s very opinionated goose.\n\n- paper, any kind\n- a pencil, 2B or softer\n- patience, if you have some';
const RELAY_ARGS = ['--accounts-per-minute', '1000', '--sign-ins-per-minute', '10000'];

async function freePort() {
    const server = net.createServer();
    const port = await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
    await new Promise((resolve) => server.close(resolve));
    return port;
}

const later = (hours) => new Date(Date.now() + hours * HOUR_MS).toISOString().replace(/\.\d+/, '');

/** What an answer is, or an error that names it. */
async function made(asked) {
    const { status, body } = await asked;
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
}

class House {
    /** Name -> the cookie of their session. @type {Map<string, string>} */ cookies = new Map();
    /** Name -> id of a show. @type {Record<string, string>} */ shows = {};
    #fresh = 0;
    #ends = [];

    constructor(relay, empty, folder) {
        this.relay = relay;
        this.url = relay.url;
        this.emptyUrl = empty.url;
        this.folder = folder;
        this.#ends.push(() => relay.stop(), () => empty.stop());
    }

    /** The same house over a line that can break. @returns {Promise<Awaited<ReturnType<typeof startLine>>>} */
    async layLine() {
        const line = await startLine(() => Number(new URL(this.url).port));
        this.#ends.push(() => line.stop());
        return line;
    }

    /** Somebody with an account; their session is kept for the browser. */
    async invite(name, more) {
        const client = await member(this.relay, name, more);
        const answer = await client.signIn(name);
        this.cookies.set(name, answer.headers.get('set-cookie').split(';')[0].split('=')[1]);
        return client;
    }

    /** Somebody nobody has met before. @returns {Promise<string>} their name */
    async newcomer() {
        const name = `newcomer${(this.#fresh += 1)}`;
        await this.invite(name, { displayName: 'Pebble' });
        return name;
    }

    /** Shows that were, one picture each, and the one that is on. */
    async play(clip, owner) {
        const over = [['morning', 'Morning Light, Take Two', 5], ['stream', 'The Stream Behind the House', 12], ['roots', 'Roots, Moss and Very Old Trees', 24]];
        const publishers = await Promise.all(over.map(async ([name, title, second]) => {
            const show = await made(owner.ask('POST', 'shows', { title }));
            this.shows[name] = show.id;
            return startWirePublisher(this.url, { file: clip.webm, show, poster: still(clip.camera, second) });
        }));
        const leave = await fillSeats(this.url, this.shows.stream, 0);
        await new Promise((resolve) => setTimeout(resolve, 4000)); // their length
        leave();
        for (const publisher of publishers) await publisher.end();
        for (const [name] of over) await until(async () => (await owner.ask('GET', `replays/${this.shows[name]}`)).status === 200, `the replay of ${name}`);
        await made(owner.ask('PATCH', `shows/${this.shows.roots}`, { visibility: 'password', password: 'open sesame' }));
        const live = await made(owner.ask('POST', 'shows', { title: 'Drawing Birds That Cannot Sit Still', description: ABOUT, category: 'art', language: 'en' }));
        this.shows.live = live.id;
        const publisher = await startWirePublisher(this.url, { file: clip.webm, show: live, poster: still(clip.camera, 18) });
        this.#ends.push(() => publisher.drop(), await fillSeats(this.url, live.id, 38));
        await until(async () => (await owner.ask('GET', `shows/${live.id}`)).body.state === 'live', 'the show to be on');
    }

    /**
     * A show for a state that changes it, in no list: `shows.extra`, sent by `extra`.
     * @param {{isTalkative?: boolean}} [about] people are there who say much
     */
    async playExtra({ isTalkative = false } = {}) {
        const show = await made(this.extraOwner.ask('POST', 'shows', { title: 'Sketches by Candlelight', description: ABOUT, visibility: 'unlisted' }));
        const publisher = await startWirePublisher(this.url, { file: this.clip.webm, show });
        this.shows.extra = show.id;
        this.extra = publisher;
        this.#ends.push(() => publisher.drop());
        if (isTalkative) this.#ends.push(await fillSeats(this.url, show.id, 0, MUCH_TALK));
        await until(async () => (await this.extraOwner.ask('GET', `shows/${show.id}`)).body.state === 'live', 'the extra show to be on');
    }

    /** Somebody comes into the extra show, says a line and stays. */
    async say(name, line) {
        this.#ends.push(await fillSeats(this.url, this.shows.extra, 0, [[name, line]]));
    }

    async announce(clip, owner, longNamed) {
        const add = async (name, who, about, second) => {
            const show = await made(who.ask('POST', 'shows', about));
            this.shows[name] = show.id;
            if (second !== undefined) await made(this.#cover(who, show.id, still(clip.camera, second)));
        };
        await add('coming', owner, { title: 'An Evening with Clay', description: ABOUT, startsAt: later(26), lengthMinutes: 75, priceCoins: 3, category: 'art', tags: ['clay', 'beginners'] }, 9);
        await add('locked', owner, { title: 'Dress Rehearsal', visibility: 'password', password: 'open sesame', priceCoins: 12, lengthMinutes: 95, startsAt: later(50), language: 'de' });
        await add('private', owner, { title: 'Only for Anselm', visibility: 'private', invited: ['anselm'], startsAt: later(74) });
        await add('cancelled', owner, { title: 'Kites in the Rain', startsAt: later(30) });
        await owner.ask('DELETE', `shows/${this.shows.cancelled}`);
        await add('long', longNamed, { title: LONG_TITLE, startsAt: later(5), lengthMinutes: 1435, priceCoins: 1_000_000, category: 'learning', language: 'de' });
        await add('untimed', longNamed, { title: 'Sometime soon', description: 'No hour yet.' });
    }

    async #cover(who, id, jpeg) {
        const answer = await fetch(`${this.url}/api/v1/shows/${id}/cover`, { method: 'POST', headers: { 'content-type': 'image/jpeg', authorization: `Bearer ${who.token}` }, body: jpeg });
        return { status: answer.status, body: await answer.json() };
    }

    /** With a second factor that is on. */
    async guard(client) {
        const { secret } = await made(client.ask('POST', 'accounts/me/second-factor', { currentPassword: PASSWORD }));
        await made(client.ask('POST', 'accounts/me/second-factor/confirm', { code: codeAt(secret, Math.floor(Date.now() / 30_000)) }));
    }

    async close() {
        for (const end of this.#ends.reverse()) await end();
    }
}

/** @param {string} folder for its files @returns {Promise<House>} */
export async function openFullHouse(folder) {
    const port = await freePort();
    // Mail and the OpenID provider are offered; nobody is at the other end.
    const relay = await startRelay({ port, args: [...RELAY_ARGS, '--public-url', `http://127.0.0.1:${port}`, '--smtp-url', 'smtp://127.0.0.1:9', '--mail-from', 'Shows <shows@example.org>',
        '--oidc-issuer', 'http://127.0.0.1:9', '--oidc-client-id', 'tabcast', '--oidc-name', 'Example ID'] });
    const house = new House(relay, await startRelay({ args: RELAY_ARGS }), folder);
    const clip = await camera(folder, 854, 480);
    clip.webm = encodeClip({ camera: clip.camera, microphone: clip.microphone, out: path.join(folder, 'clip.webm'), bitrate: '1M' });
    clip.camera = FILM ?? clip.camera;
    house.clip = clip;
    const owner = await house.invite('marguerite', { displayName: 'Marguerite D.' });
    const anselm = await house.invite('anselm', { displayName: 'Anselm' });
    const longNamed = await house.invite('bartholomaeus', { displayName: LONG_NAME });
    house.extraOwner = await house.invite('tomas', { displayName: 'Tomás' });
    await house.guard(await house.invite('zora', { displayName: 'Zora & the Owls' }));
    await made(owner.ask('PATCH', 'accounts/me', { bio: 'I draw birds, and *sometimes* they let me.\n\nFridays at eight, from a kitchen in Lyon.', links: ['https://example.org/marguerite', 'https://birds.example/sketches'] }));
    for (const follower of [anselm, longNamed]) await made(follower.ask('POST', 'follows', { name: 'marguerite' }));
    await made(anselm.ask('POST', 'accounts/me/email', { address: 'anselm@example.org', currentPassword: PASSWORD, language: 'en' }));
    await house.announce(clip, owner, longNamed);
    await house.play(clip, owner);
    house.invitation = (await made(owner.ask('POST', 'invitations'))).code;
    return house;
}
