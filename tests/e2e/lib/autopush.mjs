// SPDX-License-Identifier: MIT
// A push service in the place of Firefox's own: speaks the WebSocket protocol between Firefox and its service
// (mozilla-services/autopush-rs, "Push Service WebSocket protocol"), and takes messages for the browser at an endpoint over
// HTTP, as a relay sends them. Firefox makes the keys, decrypts, and wakes the service worker as at home.
import { randomBytes, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { startPushService } from '../../contract/lib/push-service.mjs';

const { WebSocketServer } = createRequire(new URL('../../package.json', import.meta.url))('ws');

/** @returns {Promise<{prefs: Record<string, string|boolean|number>, origin: string, came: object[], acked: string[], close: () => void}>} prefs: for Firefox */
export async function startAutopush() {
    const channels = new Map(); // path of the endpoint -> {socket, channelID}
    const acked = [];
    const service = await startPushService(({ url, headers, body }) => {
        const channel = channels.get(url);
        if (!channel) return 404;
        channel.socket.send(JSON.stringify({ messageType: 'notification', channelID: channel.channelID, version: randomUUID(), ttl: Number(headers.ttl ?? 0), data: body.toString('base64url'), headers: { encoding: headers['content-encoding'] } }));
        return 201;
    });
    const sockets = new WebSocketServer({ server: service.server });
    sockets.on('connection', (socket) => {
        const say = (message) => socket.send(JSON.stringify(message));
        socket.on('message', (bytes) => {
            const message = JSON.parse(bytes.toString());
            if (message.messageType === 'hello') {
                say({ messageType: 'hello', uaid: message.uaid || randomBytes(16).toString('hex'), status: 200, use_webpush: true, broadcasts: {} });
            } else if (message.messageType === 'register') {
                const path = `/wpush/v2/${randomBytes(24).toString('base64url')}`;
                channels.set(path, { socket, channelID: message.channelID });
                say({ messageType: 'register', channelID: message.channelID, status: 200, pushEndpoint: `${service.origin}${path}` });
            } else if (message.messageType === 'unregister') {
                say({ messageType: 'unregister', channelID: message.channelID, status: 200 });
            } else if (message.messageType === 'ack') {
                acked.push(...message.updates.map(({ version, code }) => `${version} ${code}`));
            } else if (Object.keys(message).length === 0) {
                say({}); // a ping
            }
        });
    });
    return {
        ...service,
        acked,
        prefs: {
            'dom.push.enabled': true,
            'dom.push.connection.enabled': true,
            'dom.push.serverURL': `${service.origin.replace('http', 'ws')}/`,
            'dom.push.testing.allowInsecureServerURL': true,
            'permissions.default.desktop-notification': 1,
            'alerts.useSystemBackend': false, // Firefox draws them itself: here is no desktop that would
        },
    };
}
