// SPDX-License-Identifier: MIT
// A show that has just gone live, with as little media as makes it so.
import { Source } from './media.mjs';
import { publish } from './peer.mjs';

/** One picture and one piece of sound, acknowledged: the show is live. Returns the creator's Peer. */
export async function goLive(relay, show) {
    const peer = await publish(relay.url, show);
    const source = new Source();
    for (const m of [source.init(), source.video(0, { isKey: true }), source.audio(0)]) peer.send(m);
    await peer.text('ack');
    return peer;
}
