// SPDX-License-Identifier: MIT
// A push service of the tests' own: takes what a relay sends by Web Push (RFC 8030), and a browser's side of a subscription,
// which decrypts it (RFC 8291, 8188).
import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import http from 'node:http';

/**
 * @param {(message: {url: string, headers: object, method: string, body: Buffer}) => number} [answer] the status; 201 by itself
 * @returns {Promise<{origin: string, came: {url: string, headers: object, method: string, body: Buffer}[], close: () => void, server: http.Server}>}
 */
export async function startPushService(answer = () => 201) {
    const came = [];
    const server = http.createServer((request, response) => {
        const parts = [];
        request.on('data', (part) => parts.push(part));
        request.on('end', () => {
            const message = { url: request.url, headers: request.headers, method: request.method, body: Buffer.concat(parts) };
            came.push(message);
            response.writeHead(answer(message)).end();
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
        origin: `http://127.0.0.1:${server.address().port}`,
        came,
        server,
        close() {
            server.closeAllConnections();
            server.close();
        },
    };
}

/** A browser's side of a subscription. */
export class Subscription {
    /** @param {{origin: string, came: object[]}} service @param {string} where its path there */
    constructor(service, where) {
        this.service = service;
        this.where = where;
        this.endpoint = `${service.origin}${where}`;
        this.pair = createECDH('prime256v1');
        this.point = this.pair.generateKeys();
        this.auth = randomBytes(16);
    }

    /** As PushSubscription.toJSON() has it. */
    get json() {
        return { endpoint: this.endpoint, expirationTime: null, keys: { p256dh: this.point.toString('base64url'), auth: this.auth.toString('base64url') } };
    }

    messages() {
        return this.service.came.filter((m) => m.url === this.where).map((m) => JSON.parse(this.decrypt(m.body)));
    }

    decrypt(body) {
        const salt = body.subarray(0, 16);
        assert.equal(body.readUInt32BE(16), 4096);
        assert.equal(body[20], 65);
        const sender = body.subarray(21, 86);
        const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.point, sender]);
        const input = Buffer.from(hkdfSync('sha256', this.pair.computeSecret(sender), this.auth, info, 32));
        const key = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: aes128gcm\0', 16));
        const nonce = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: nonce\0', 12));
        const decipher = createDecipheriv('aes-128-gcm', key, nonce);
        decipher.setAuthTag(body.subarray(-16));
        const text = Buffer.concat([decipher.update(body.subarray(86, -16)), decipher.final()]);
        assert.equal(text.at(-1), 2, 'the last record');
        return text.subarray(0, -1).toString();
    }
}
