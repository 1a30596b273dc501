// SPDX-License-Identifier: MIT
// Whether live shows are played in step or closest to live: this browser remembers what was chosen last.

/** @typedef {import('../watch/viewer.js').Setting} Setting */

const KEY = 'tabcast-clock';

/** @returns {Setting} */
export function readSetting() {
    try {
        return localStorage.getItem(KEY) === 'closest' ? 'closest' : 'normal';
    } catch {
        return 'normal'; // storage is forbidden here
    }
}

/** @param {Setting} setting */
export function keepSetting(setting) {
    try {
        localStorage.setItem(KEY, setting);
    } catch {
        // it holds for this page then
    }
}
