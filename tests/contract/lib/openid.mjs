// SPDX-License-Identifier: MIT
// Two OpenID providers on loopback: oidc-provider, which is certified and does as the specification says, and one that
// says whatever a test tells it to; and a browser without a screen that goes there and back.
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export const SECRET = 'a secret of the client / with + odd % letters:';

async function listen(server) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${server.address().port}`;
}

const stop = (server) =>
    new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
    });

export const rsaKey = (bits = 2048) => generateKeyPairSync('rsa', { modulusLength: bits });
export const ecKey = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve });
export const jwk = (pair, more) => ({ ...pair.publicKey.export({ format: 'jwk' }), use: 'sig', ...more });
const encode = (what) => Buffer.from(typeof what === 'string' ? what : JSON.stringify(what)).toString('base64url');

/** A JWT in compact form. @param {{alg: string, kid?: string}} header @param {any} key a pair, or the bytes of an HMAC's */
export function token(header, claims, key) {
    const input = `${encode(header)}.${encode(claims)}`;
    const hash = `sha${header.alg.slice(2)}`;
    if (header.alg === 'none') return `${input}.`;
    if (header.alg.startsWith('HS')) return `${input}.${createHmac(hash, key).update(input).digest('base64url')}`;
    const signature = createSign(hash).update(input).sign({ key: key.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
}

/**
 * The provider listens first, so that the relay can be told of it, and serves once it knows the relay.
 * @param {object[]} clients of oidc-provider, without redirect_uris
 */
export async function certifiedProvider(clients) {
    const { default: Provider } = await import('oidc-provider');
    let handle = (request, response) => response.writeHead(503).end();
    const server = createServer((request, response) => handle(request, response));
    const issuer = await listen(server);
    const keys = [
        { ...rsaKey().privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' },
        { ...ecKey().privateKey.export({ format: 'jwk' }), kid: 'two', use: 'sig', alg: 'ES256' },
    ];
    return {
        issuer,
        /** @param {string[]} sites whose /sign-in people are sent back to */
        serve(...sites) {
            const provider = new Provider(issuer, {
                clients: clients.map((client) => ({ grant_types: ['authorization_code'], response_types: ['code'], redirect_uris: sites.map((site) => `${site}/sign-in`), ...client })),
                jwks: { keys },
                cookies: { keys: ['of the tests'] },
                claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
                // A login is "subject", or "subject as preferred.name".
                findAccount: (_, id) => {
                    const [sub, name = id] = id.split(' as ');
                    return { accountId: id, claims: () => ({ sub, preferred_username: name, name: `${name} of the provider` }) };
                },
            });
            handle = provider.callback();
        },
        stop: () => stop(server),
    };
}

/** Says what `say` holds: a test changes it. */
export async function hostileProvider() {
    const keys = { rsa: rsaKey(), ec: ecKey() };
    const say = {};
    const asked = [];
    const server = createServer(async (request, response) => {
        let body = '';
        for await (const piece of request) body += piece;
        const path = request.url.split('?')[0];
        asked.push({ path, body, authorization: request.headers.authorization ?? '' });
        const answer = say[path];
        const made = typeof answer === 'function' ? await answer(new URLSearchParams(body)) : answer;
        if (made === undefined) return response.writeHead(404).end();
        const { status = 200, headers = {}, text = JSON.stringify(made) } = made.raw ?? {};
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
    });
    const issuer = await listen(server);
    const provider = { issuer, keys, say, asked, stop: () => stop(server) };
    /** Everything as it should be; `claims` and `header` are what is to be different. */
    provider.behave = (nonce, claims = {}, header = {}, key = keys.rsa) => {
        const now = Math.floor(Date.now() / 1000);
        say['/.well-known/openid-configuration'] = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` };
        say['/keys'] = { keys: [jwk(keys.rsa, { kid: 'rsa', alg: 'RS256' }), jwk(keys.ec, { kid: 'ec' })] };
        const whole = { iss: issuer, sub: 'somebody', aud: 'tabcast', exp: now + 300, iat: now, nonce, preferred_username: 'somebody', ...claims };
        say['/token'] = { access_token: 'a', token_type: 'Bearer', id_token: token({ alg: 'RS256', kid: 'rsa', ...header }, whole, key) };
    };
    return provider;
}

/** One browser's visit to the site: keeps the cookie, and goes to the provider and back. */
export class Visit {
    /** @param {import('./client.mjs').Client} client */
    constructor(client) {
        this.client = client;
        this.cookie = '';
        /** Sent along with everything. */
        this.headers = {};
    }

    async #post(target, body) {
        const answer = await this.client.ask('POST', target, body, { ...this.headers, ...(this.cookie ? { cookie: this.cookie } : {}) });
        const given = answer.headers.get('set-cookie') ?? '';
        if (given.startsWith('tabcast_openid=')) this.cookie = given.split(';')[0];
        return answer;
    }

    async begin(target = 'sessions/openid/begin', body = {}) {
        const answer = await this.#post(target, body);
        if (answer.status === 201) this.query = new URL((this.url = answer.body.url)).searchParams;
        return answer;
    }

    finish(back, target = 'sessions/openid') {
        return this.#post(target, back);
    }
}

/** Through oidc-provider's own forms, as `login`; returns what the site is sent back with. @param {string} url @param {string} login */
export async function walk(url, login) {
    const jar = new Map();
    let target = url;
    let options = {};
    for (let step = 0; step < 12; step++) {
        const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
        const answer = await fetch(target, { redirect: 'manual', ...options, headers: { cookie, ...options.headers } });
        for (const [, name, value] of (answer.headers.get('set-cookie') ?? '').matchAll(/(?:^|, )([\w.-]+)=([^;]*)/g)) if (name !== 'expires') jar.set(name, value);
        const location = answer.headers.get('location');
        const text = await answer.text();
        options = {};
        if (location) {
            target = new URL(location, target).href;
            if (new URL(target).pathname === '/sign-in') return Object.fromEntries(new URL(target).searchParams);
            continue;
        }
        const [, action] = /action="([^"]+)"/.exec(text) ?? [];
        if (!action) throw new Error(`${answer.status} ${target}: ${text.slice(0, 300)}`);
        target = new URL(action, target).href;
        const prompt = text.includes('name="login"') ? { prompt: 'login', login, password: 'x' } : { prompt: 'consent' };
        options = { method: 'POST', body: new URLSearchParams(prompt), headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    }
    throw new Error('the provider sends nobody back');
}
