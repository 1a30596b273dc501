// SPDX-License-Identifier: MIT
// npm's WebSocket as web/wire/connection.js wants it: browser's constructor, and no compression of what is compressed.
import WebSocket from 'ws';

export class RelaySocket extends WebSocket {
    /**
     * @param {string} url
     * @param {string[]} subprotocols
     */
    constructor(url, subprotocols) {
        super(url, subprotocols, { perMessageDeflate: false });
    }
}
