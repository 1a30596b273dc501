// SPDX-License-Identifier: MIT
// A number and its word, for languages where one is said otherwise than any other number, as in English and German. A
// language with more forms gets a function of its own here. Pure.

/** From here on numbers are grouped: 1,200. Below, every language we have writes them as they are. */
const GROUPED_FROM = 1000;

/** @param {string} locale @returns {(count: number, one: string, other: string) => string} "1 show", "1,200 shows"; `count` is whole, not negative */
export function countIn(locale) {
    // Made when a number needs it: its rules are read from the browser's data, 20 to 70 ms in which no picture is shown.
    /** @type {Intl.NumberFormat | undefined} */
    let numbers;
    const write = (/** @type {number} */ count) => (count < GROUPED_FROM ? String(count) : (numbers ??= new Intl.NumberFormat(locale)).format(count));
    return (count, one, other) => `${write(count)} ${count === 1 ? one : other}`;
}
