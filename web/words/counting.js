// SPDX-License-Identifier: MIT
// A number and its word, for languages that know one and many (Intl.PluralRules says which it is). A language with more
// forms gets a function of its own here. Pure.

/** @param {string} locale @returns {(count: number, one: string, other: string) => string} "1 show", "1,200 shows" */
export function countIn(locale) {
    const rules = new Intl.PluralRules(locale);
    const numbers = new Intl.NumberFormat(locale);
    return (count, one, other) => `${numbers.format(count)} ${rules.select(count) === 'one' ? one : other}`;
}
