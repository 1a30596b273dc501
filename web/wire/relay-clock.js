// SPDX-License-Identifier: MIT
// The relay's clock as seen from this tab: offsets measured by `time` round trips, of which the one
// with the shortest round trip is believed (its error is at most half of that trip). Pure: takes
// local times as arguments, asks no clock itself.

/** How many of the latest round trips compete; at one each 10 s, two minutes of drift are followed. */
const WINDOW_COUNT = 12;

export class RelayClock {
    /** @type {{offsetMs: number, roundTripMs: number}[]} */
    #samples = [];

    /**
     * One round trip: asked at `sentMs`, answered at `receivedMs` (local), with the relay's time.
     * @param {number} sentMs
     * @param {number} receivedMs
     * @param {number} relayNowMs
     */
    addRoundTrip(sentMs, receivedMs, relayNowMs) {
        const roundTripMs = receivedMs - sentMs;
        if (!(roundTripMs >= 0)) return;
        const offsetMs = relayNowMs - (sentMs + roundTripMs / 2);
        this.#samples.push({ offsetMs, roundTripMs });
        if (this.#samples.length > WINDOW_COUNT) this.#samples.shift();
    }

    /**
     * A message without a question: right but for the time of its way here. Any round trip beats it.
     * @param {number} receivedMs
     * @param {number} relayNowMs
     */
    addOneWay(receivedMs, relayNowMs) {
        this.#samples.push({ offsetMs: relayNowMs - receivedMs, roundTripMs: Infinity });
    }

    /** Forgets all, for a new connection to what may be another relay. */
    reset() {
        this.#samples = [];
    }

    get isKnown() {
        return this.#samples.length > 0;
    }

    /** Shortest round trip in the window, or null while there was none. */
    get roundTripMs() {
        const best = this.#best();
        return best === null || best.roundTripMs === Infinity ? null : best.roundTripMs;
    }

    /** Relay time minus local time, 0 while unknown. */
    get offsetMs() {
        return this.#best()?.offsetMs ?? 0;
    }

    #best() {
        let best = null;
        for (const sample of this.#samples) {
            if (best === null || sample.roundTripMs < best.roundTripMs) best = sample;
        }
        return best;
    }
}
