// SPDX-License-Identifier: MIT
// A number and its word, for languages that know one and many (Intl.PluralRules says which it is). A language with more
// forms gets a function of its own here. Pure.

/** @param {string} locale @returns {(count: number, one: string, other: string) => string} "1 show", "1,200 shows" */
export function countIn(locale) {
    // Made when first asked for: together they take 70 ms of a slow phone's start, and most pages begin without a number.
    /** @type {Intl.PluralRules | undefined} */
    let rules;
    /** @type {Intl.NumberFormat | undefined} */
    let numbers;
    return (count, one, other) => {
        rules ??= new Intl.PluralRules(locale);
        numbers ??= new Intl.NumberFormat(locale);
        return `${numbers.format(count)} ${rules.select(count) === 'one' ? one : other}`;
    };
}
