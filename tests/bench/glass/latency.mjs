// SPDX-License-Identifier: MIT
// Joins what the probes saw on both sides into latencies. Pure.

/** @param {number[]} values @param {number} share 0..1 */
export function quantile(values, share) {
    if (!values.length) return NaN;
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/**
 * When each picture was taken: by the camera's own clock, laid on ours by the probe's least wait. The probe reads on the page's
 * main thread, whose work must not make a latency smaller.
 * @param {[number, number, number][]} captured counter, Unix ms when the probe had it, ms on the camera's clock
 * @returns {[number, number][]} counter, Unix ms
 */
export function takenAt(captured) {
    const leastMs = Math.min(...captured.map(([, at, sourceMs]) => at - sourceMs));
    return captured.map(([counter, , sourceMs]) => [counter, sourceMs + leastMs]);
}

/**
 * @param {[number, number][]} captured counter, Unix ms
 * @param {[number, number][]} shown counter, Unix ms
 * @param {number} loopMs the counter starts over after this long
 * @returns {{at: number, latency: number, counter: number}[]} one per picture shown for the first time
 */
export function joinPictures(captured, shown, loopMs) {
    const byCounter = new Map();
    for (const [counter, at] of captured) {
        if (!byCounter.has(counter)) byCounter.set(counter, []);
        byCounter.get(counter).push(at);
    }
    const out = [];
    let last = -1;
    for (const [counter, at] of shown) {
        if (counter === last) continue;
        last = counter;
        const times = (byCounter.get(counter) ?? []).filter((t) => t <= at && at - t < loopMs * 0.8);
        if (times.length) out.push({ at, latency: at - times[times.length - 1], counter });
    }
    return out;
}

/** Beeps come once a second, so the newest one spoken within the last 0.95 s is the one heard. */
export function joinBeeps(spoken, heard) {
    const out = [];
    for (const at of heard) {
        const times = spoken.filter((t) => t <= at && at - t < 950);
        if (times.length) out.push({ at, latency: at - times[times.length - 1] });
    }
    return out;
}

/** Sound minus picture for each beep: its latency less the median picture latency within half a second. Late sound is +. */
export function soundAgainstPicture(beeps, pictures) {
    const out = [];
    for (const beep of beeps) {
        const near = pictures.filter((p) => Math.abs(p.at - beep.at) < 500).map((p) => p.latency);
        if (near.length >= 5) out.push(beep.latency - quantile(near, 0.5));
    }
    return out;
}
