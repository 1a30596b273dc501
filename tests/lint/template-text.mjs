// SPDX-License-Identifier: MIT
// Finds text for people that stands in an html`` template itself: words belong into web/words/, where every language has them.

const ATTRIBUTES = /\s(aria-label|aria-description|aria-roledescription|alt|title|placeholder|label|heading|text|idle-text)="([^"]*)"/g;
const WORD = /\p{L}{2,}/u;
/** Where an expression stands in a template. */
const HOLE = '\u0000';

/** End of the string or comment that begins at `at`, or `at` when none does. */
function skip(source, at) {
    const two = source.slice(at, at + 2);
    const end = (index) => (index < 0 ? source.length : index);
    if (two === '//') return end(source.indexOf('\n', at));
    if (two === '/*') return end(source.indexOf('*/', at + 2)) + 2;
    if (source[at] !== '"' && source[at] !== "'") return at;
    let i = at + 1;
    while (i < source.length && source[i] !== source[at] && source[i] !== '\n') i += source[i] === '\\' ? 2 : 1;
    return i + 1;
}

/** Reads code up to the brace that closes it; adds every html`` template to `found`. Returns where it stopped. */
function readCode(source, start, found) {
    let depth = 0;
    for (let i = start; i < source.length; ) {
        const after = skip(source, i);
        if (after !== i) i = after;
        else if (source[i] === '`') i = readTemplate(source, i + 1, /\bhtml\s*$/.test(source.slice(Math.max(0, i - 8), i)) ? found : null, found);
        else if (source[i] === '}' && depth === 0) return i + 1;
        else {
            depth += source[i] === '{' ? 1 : source[i] === '}' ? -1 : 0;
            i += 1;
        }
    }
    return source.length;
}

/** Reads a template up to its closing quote; `into` null: not HTML. Returns where it stopped. */
function readTemplate(source, start, into, found) {
    let text = '';
    let i = start;
    while (i < source.length && source[i] !== '`') {
        if (source.startsWith('${', i)) {
            const after = readCode(source, i + 2, found);
            text += HOLE + source.slice(i, after).replace(/[^\n]/g, '');
            i = after;
        } else {
            const length = source[i] === '\\' ? 2 : 1;
            text += source.slice(i, i + length);
            i += length;
        }
    }
    into?.push({ text, index: start });
    return i + 1;
}

/** @returns {string[]} findings as sentences, `file:line: …` */
export function checkTemplates(name, source) {
    const templates = [];
    for (let i = 0; i < source.length; ) i = readCode(source, i, templates);
    const findings = [];
    for (const { text, index } of templates) {
        const lineOf = (offset) => source.slice(0, index).split('\n').length + text.slice(0, offset).split('\n').length - 1;
        for (const match of text.matchAll(ATTRIBUTES)) if (WORD.test(match[2])) findings.push(`${name}:${lineOf(match.index)}: ${match[1]}="${match[2]}" belongs into web/words/`);
        const between = text.replace(/<!--[\s\S]*?-->|<style[\s\S]*?<\/style>|<[^>]*>/g, (tag) => tag.replace(/[^\n]/g, HOLE));
        for (const match of between.matchAll(/[^\u0000\n]+/g)) if (WORD.test(match[0])) findings.push(`${name}:${lineOf(match.index)}: the text "${match[0].trim()}" belongs into web/words/`);
    }
    return findings;
}
