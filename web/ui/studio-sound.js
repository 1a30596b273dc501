// SPDX-License-Identifier: MIT
// The studio's choices for the sound: speech or music, echo cancellation, noise suppression. Kept in this browser.
import { html } from 'lit';
import { soundChoiceOf } from '../publish/publisher.js';
import { studioStrings as words } from '../words/studio.js';

/** @typedef {ReturnType<typeof soundChoiceOf>} SoundChoice */

const KEY = 'tabcast-sound';
const SWITCHES = /** @type {const} */ (['echoCancellation', 'noiseSuppression']);

/** @returns {SoundChoice} */
export function readSound() {
    try {
        return soundChoiceOf(JSON.parse(localStorage.getItem(KEY) ?? 'null'));
    } catch {
        return soundChoiceOf(null);
    }
}

/** @param {Partial<SoundChoice>} choice what was chosen now */
export function keepSound(choice) {
    try {
        localStorage.setItem(KEY, JSON.stringify({ ...readSound(), ...choice }));
    } catch {
        // Without storage the choice lasts as long as the page.
    }
}

/**
 * @param {SoundChoice} sound
 * @param {(choice: Partial<SoundChoice>) => void} onChoice
 */
export function renderSound(sound, onChoice) {
    const onProfile = (/** @type {Event} */ event) => {
        const { value } = /** @type {HTMLSelectElement} */ (event.target);
        onChoice({ profile: value === 'speech' ? 'speech' : 'music' });
    };
    return html`<div><label for="sound">${words.sound}</label>
            <select id="sound" class="field" .value=${sound.profile} @change=${onProfile}>
                ${(/** @type {const} */ (['speech', 'music'])).map((profile) => html`<option value=${profile} ?selected=${profile === sound.profile}>${words.sounds[profile]}</option>`)}
            </select></div>
        <div class="switches" role="group" aria-label=${words.microphoneSound}>${SWITCHES.map((name) => html`<label class="switch"><input type="checkbox" id=${name} .checked=${sound[name]}
            @change=${(/** @type {Event} */ event) => onChoice({ [name]: /** @type {HTMLInputElement} */ (event.target).checked })}> ${words.switches[name]}</label>`)}</div>`;
}
