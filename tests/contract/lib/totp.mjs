// SPDX-License-Identifier: MIT
// Codes of an authenticator (RFC 6238), apart from the relay's own.
import { createHmac } from 'node:crypto';
import { until } from '../../e2e/lib/relay.mjs';

const STEP_MS = 30_000;

export function codeAt(secret, step) {
    const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))).update(counter).digest();
    return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** The current step, with enough of it left that the one before stays good for a while. */
export async function freshStep() {
    await until(() => Date.now() % STEP_MS < STEP_MS / 2, 'the first half of a step', STEP_MS);
    return Math.floor(Date.now() / STEP_MS);
}
