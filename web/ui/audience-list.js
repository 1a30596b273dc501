// SPDX-License-Identifier: MIT
// Who is in a show's room, as its creator is told: the relay's `people`, `join` and `leave`. Of a crowd it tells the newest
// alone, so there may be more in the room than here. Pure.

/** @typedef {import('../wire/messages.js').Person} Person */

/** A creator's page must not grow with a crowd. */
const KEPT_COUNT = 200;

export class AudienceList {
    /** @type {Person[]} newest first */ #people = [];

    /** Newest first. @returns {readonly Person[]} */
    get people() {
        return this.#people;
    }

    /** All anew, newest first. @param {Person[]} people */
    set(people) {
        this.#people = people.slice(0, KEPT_COUNT);
    }

    /** Who is in already has another name, and keeps the place. @param {Person} person @returns {boolean} whether they are new */
    join(person) {
        const at = this.#people.findIndex(({ session }) => session === person.session);
        this.#people = at < 0 ? [person, ...this.#people].slice(0, KEPT_COUNT) : this.#people.map((one, i) => (i === at ? person : one));
        return at < 0;
    }

    /** @param {{session: string}} person */
    leave({ session }) {
        this.#people = this.#people.filter((one) => one.session !== session);
    }
}
