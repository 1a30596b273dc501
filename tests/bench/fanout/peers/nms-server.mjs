// SPDX-License-Identifier: MIT
// node-media-server with HTTP-FLV on the port given and nothing else.
import NodeMediaServer from 'node-media-server';

const port = Number(process.argv[2]);
new NodeMediaServer({ bind: '127.0.0.1', http: { port }, webadmin: { enable: false }, auth: { play: false, publish: false }, notify: {}, record: {}, relay: {} }).run();
