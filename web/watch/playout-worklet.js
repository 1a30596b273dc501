// SPDX-License-Identifier: MIT
// The AudioWorklet that plays what the watch worker decoded: reads the ring, nothing else. Gets either the
// ring's memory or, where that cannot be shared, a port to the worker (audio-port.js).

import { PortRingReader } from './audio-port.js';
import { RingReader } from './audio-ring.js';

class PlayoutProcessor extends AudioWorkletProcessor {
    /** @type {{read: RingReader['read']}|null} */
    #reader;
    #isClosed = false;

    /** @param {{processorOptions: {memory?: import('./audio-ring.js').RingMemory}}} options */
    constructor({ processorOptions: { memory } }) {
        super();
        this.#reader = memory ? new RingReader(memory) : null;
        this.port.onmessage = ({ data }) => {
            if (data.type === 'port') this.#reader = new PortRingReader(data.port);
            else if (data.type === 'close') this.#isClosed = true;
        };
    }

    /**
     * @param {Float32Array[][]} _inputs
     * @param {Float32Array[][]} outputs
     */
    process(_inputs, outputs) {
        this.#reader?.read(outputs[0], currentFrame);
        return !this.#isClosed;
    }
}

registerProcessor('tabcast-playout', PlayoutProcessor);
