// SPDX-License-Identifier: MIT
// Node has CustomEvent from 19 on; browsers always had it. Import before what makes one.
globalThis.CustomEvent ??= class CustomEvent extends Event {
    /** @param {string} type @param {{detail?: unknown}} [init] */
    constructor(type, init = {}) {
        super(type);
        this.detail = init.detail ?? null;
    }
};
