// SPDX-License-Identifier: MIT
// A peer that says nothing for a minute but answers PINGs is kept; one that answers none is cut.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShow, startRelay, until } from '../e2e/lib/relay.mjs';
import { watch } from './lib/peer.mjs';

test('PINGs keep the quiet and find the dead', async () => {
    const relay = await startRelay();
    const show = await createShow(relay.url, 'Quiet');
    const quiet = await watch(relay.url, show.id);
    const dead = await watch(relay.url, show.id);
    let pings = 0;
    quiet.socket.on('ping', () => pings++);
    dead.socket._socket.pause();
    await until(() => pings === 1, 'a PING after 20 s', 40_000);
    await until(() => pings === 2, 'another after 20 s more', 40_000);
    const viewers = async () => (await (await fetch(`${relay.url}/api/v1/shows/${show.id}`)).json()).viewers;
    await until(async () => (await viewers()) === 1, 'the dead one cut', 40_000);
    await until(() => pings === 3, 'a third PING, beyond the limit of the dead', 40_000);
    assert.equal(quiet.closed, null);
    quiet.end();
    dead.end();
    await relay.stop();
});
