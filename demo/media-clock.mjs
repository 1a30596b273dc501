// SPDX-License-Identifier: MIT
// Which piece of the clip is due when. The clip's time runs with the show's clock; when the clip falls behind (a stalled
// disk, a suspended machine) its time is moved on, so that the show's clock never goes back. Pure: time comes in.

/** Beyond this the clip does not catch up, it goes on from now. */
const LATE_LIMIT_US = 400_000;

export class MediaClock {
    #startedMs;
    #offsetUs;
    /** The show's clock at the clip's time zero. */
    #clipUs;
    #pictureUs;
    #soundUs;
    #pictures = 0;
    #sounds = 0;

    /**
     * @param {object} options
     * @param {number} options.nowMs     any monotone clock
     * @param {number} options.mediaUs   the show's clock at that moment
     * @param {number} options.pictureUs from picture to picture
     * @param {number} options.soundUs   from packet to packet
     */
    constructor({ nowMs, mediaUs, pictureUs, soundUs }) {
        this.#startedMs = nowMs;
        this.#offsetUs = mediaUs;
        this.#pictureUs = pictureUs;
        this.#soundUs = soundUs;
        this.#clipUs = mediaUs;
    }

    /** The show's clock. */
    now(nowMs) {
        return this.#offsetUs + (nowMs - this.#startedMs) * 1000;
    }

    /** The show's clock must be at least this: moves it and the clip forward, never back. */
    advanceTo(mediaUs, nowMs) {
        const byUs = Math.max(0, mediaUs - this.now(nowMs));
        this.#offsetUs += byUs;
        this.#clipUs += byUs;
    }

    get pictureDueUs() {
        return Math.round(this.#clipUs + this.#pictures * this.#pictureUs);
    }
    get soundDueUs() {
        return Math.round(this.#clipUs + this.#sounds * this.#soundUs);
    }
    pictureTaken() {
        this.#pictures++;
    }
    soundTaken() {
        this.#sounds++;
    }

    /** True when the clip was too late and goes on from now. */
    catchUp(nowMs) {
        const lateUs = this.now(nowMs) - Math.min(this.pictureDueUs, this.soundDueUs);
        if (lateUs <= LATE_LIMIT_US) return false;
        this.#clipUs += lateUs;
        return true;
    }
}
