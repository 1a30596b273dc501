// SPDX-License-Identifier: MIT
// The usual chat or video relay on npm ws: whatever a room's publisher sends goes to all others in it.
import { createServer } from './listen.mjs';
import { WebSocketServer } from 'ws';

const http = createServer(process.argv[2]);
const server = new WebSocketServer({ server: http, perMessageDeflate: false, handleProtocols: (offered) => [...offered][0] ?? false });
const rooms = new Map();

server.on('connection', (socket, request) => {
    const query = new URL(request.url, 'http://x').searchParams;
    const name = query.get('room');
    if (!rooms.has(name)) rooms.set(name, new Set());
    const room = rooms.get(name);
    socket.on('error', () => {});
    if (query.has('publish')) {
        socket.on('message', (data, isBinary) => {
            for (const viewer of room) viewer.send(data, { binary: isBinary });
        });
        return;
    }
    room.add(socket);
    socket.on('close', () => room.delete(socket));
});
http.listen(0, '127.0.0.1', () => console.log(`port ${http.address().port}`));
