// SPDX-License-Identifier: MIT
// The part of JSON Schema which relay/openapi.json uses; any other keyword is an error, so that no rule is
// believed to hold that nobody checks.

const IGNORED = new Set(['description', 'default']);

/** Lists what of `value` does not fit, as sentences; `resolve` finds what a $ref names. */
export function misfits(value, schema, resolve, at = '$') {
    const found = [];
    for (const [keyword, rule] of Object.entries(schema)) {
        if (IGNORED.has(keyword)) continue;
        const check = KEYWORDS[keyword];
        if (!check) throw new Error(`schema keyword ${keyword} at ${at} is not known here`);
        found.push(...check(value, rule, resolve, at, schema));
    }
    return found;
}

const typeOf = (value) =>
    value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
const isObject = (value) => typeOf(value) === 'object';

const KEYWORDS = {
    $ref: (value, name, resolve, at) => misfits(value, resolve(name), resolve, at),
    type: (value, rule, _, at) => {
        const type = typeOf(value);
        const allowed = [rule].flat();
        return allowed.includes(type) || (type === 'integer' && allowed.includes('number')) ? [] : [`${at} is ${type}, not ${allowed}`];
    },
    enum: (value, rule, _, at) => (rule.includes(value) ? [] : [`${at} is ${JSON.stringify(value)}, none of ${rule}`]),
    pattern: (value, rule, _, at) => (new RegExp(rule).test(value) ? [] : [`${at} ${JSON.stringify(value)} does not match ${rule}`]),
    minimum: (value, rule, _, at) => (value >= rule ? [] : [`${at} ${value} < ${rule}`]),
    maximum: (value, rule, _, at) => (value <= rule ? [] : [`${at} ${value} > ${rule}`]),
    anyOf: (value, rules, resolve, at) =>
        rules.some((rule) => misfits(value, rule, resolve, at).length === 0) ? [] : [`${at} fits none of anyOf`],
    items: (value, rule, resolve, at) => (Array.isArray(value) ? value.flatMap((item, i) => misfits(item, rule, resolve, `${at}[${i}]`)) : []),
    required: (value, names, _, at) => (isObject(value) ? names.filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`) : []),
    properties: (value, rules, resolve, at) =>
        isObject(value) ? Object.entries(rules).flatMap(([name, rule]) => (name in value ? misfits(value[name], rule, resolve, `${at}.${name}`) : [])) : [],
    additionalProperties: (value, rule, _, at, schema) =>
        rule === false && isObject(value) ? Object.keys(value).filter((name) => !(name in schema.properties)).map((name) => `${at}.${name} is not described`) : [],
};
