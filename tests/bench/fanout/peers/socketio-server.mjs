// SPDX-License-Identifier: MIT
// The same on socket.io, in its own words: rooms, and an event with a binary or a text argument.
import { createServer } from './listen.mjs';
import { Server } from 'socket.io';

const http = createServer(process.argv[2]);
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, maxHttpBufferSize: 1 << 21 });

io.on('connection', (socket) => {
    socket.on('watch', (room) => socket.join(`room${room}`));
    socket.on('publish', (room) => {
        socket.on('m', (bytes) => socket.to(`room${room}`).emit('m', bytes));
        socket.on('t', (text) => socket.to(`room${room}`).emit('t', text));
    });
});
http.listen(0, '127.0.0.1', () => console.log(`port ${http.address().port}`));
