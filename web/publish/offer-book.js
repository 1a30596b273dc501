// SPDX-License-Identifier: MIT
// What the relay knows of the smaller renditions on the present connection, and what has to be said when they change. Pure.

/** @typedef {{rendition: number, width: number, height: number}} Told */

export class OfferBook {
    /** @type {Map<number, Told>} by rendition */
    #told = new Map();

    /** A new connection knows nothing. */
    reset() {
        this.#told.clear();
    }

    /**
     * What is new or of another size, and what is no more. Taken for said.
     * @template {Told} T
     * @param {T[]} offers
     * @returns {{fresh: T[], gone: number[]}}
     */
    changes(offers) {
        const fresh = offers.filter(({ rendition, width, height }) => {
            const told = this.#told.get(rendition);
            return told?.width !== width || told.height !== height;
        });
        const gone = [...this.#told.keys()].filter((rendition) => !offers.some((offer) => offer.rendition === rendition));
        for (const rendition of gone) this.#told.delete(rendition);
        for (const offer of fresh) this.#told.set(offer.rendition, offer);
        return { fresh, gone };
    }
}
