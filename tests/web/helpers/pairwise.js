// SPDX-License-Identifier: MIT
// A short list of settings in which every two values of every two settings meet at least once. The same list each time.

/**
 * @param {Record<string, readonly unknown[]>} values per setting
 * @param {readonly Record<string, unknown>[]} [first] settings that are to be in the list whatever they cover
 * @returns {Record<string, any>[]}
 */
export function pairwise(values, first = []) {
    const names = Object.keys(values);
    /** Pairs nobody has met yet, as text. @type {Set<string>} */
    const open = new Set();
    const pair = (a, b) => JSON.stringify([a, b]);
    const pairsOf = (one) => names.flatMap((a, i) => names.slice(i + 1).map((b) => pair([a, one[a]], [b, one[b]])));
    names.forEach((a, i) => names.slice(i + 1).forEach((b) => {
        for (const x of values[a]) for (const y of values[b]) open.add(pair([a, x], [b, y]));
    }));
    const list = [];
    const take = (one) => {
        list.push(one);
        for (const met of pairsOf(one)) open.delete(met);
    };
    first.forEach(take);
    while (open.size > 0) take(bestFor(JSON.parse(open.values().next().value)));
    return list;

    /** Settings with this pair in them; the others are chosen one by one, each to meet the most that is open. */
    function bestFor([[a, x], [b, y]]) {
        const one = { [a]: x, [b]: y };
        for (const name of names.filter((n) => n !== a && n !== b)) {
            const gain = (value) => Object.entries(one).filter(([other, theirs]) => {
                const isBefore = names.indexOf(other) < names.indexOf(name);
                return open.has(isBefore ? pair([other, theirs], [name, value]) : pair([name, value], [other, theirs]));
            }).length;
            // Where several gain the same, not always the first: or the first values would fill the list.
            const rotated = values[name].map((_, i) => values[name][(i + list.length) % values[name].length]);
            one[name] = rotated.reduce((best, value) => (gain(value) > gain(best) ? value : best));
        }
        return one;
    }
}
