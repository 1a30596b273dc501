// SPDX-License-Identifier: MIT
// Every language of the page has every word: the same files, keys and arguments, nothing left in English by mistake; and what
// relay, wire and devices say in English has its words too.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { deviceProblem } from '../../web/publish/device-errors.js';
import { closeReason } from '../../web/wire/close-codes.js';
import { countIn } from '../../web/words/counting.js';
import { LANGUAGES, chooseLanguage, language, locale } from '../../web/words/languages.js';

const WORDS = new URL('../../web/words/', import.meta.url);
const RELAY = new URL('../../relay/', import.meta.url);
const filesOf = (code) => readdirSync(new URL(`${code}/`, WORDS)).filter((name) => name.endsWith('.js')).sort();
const load = (code, file) => import(new URL(`${code}/${file}`, WORDS));
const OTHERS = Object.keys(LANGUAGES).filter((code) => code !== 'en');

/** Words that are the same in English and in this language, and what stands for no words. */
const SAME = {
    de: ['', 'Tabcast', 'Studio', 'Studio · Tabcast', 'Show · Tabcast', '777777 · Tabcast', 'Chat', 'Live', 'Name', 'Player', 'Pause', 'Normal', 'Links', 'RSS', 'Code', 'Shows', 'Sport'],
};
/** English says these by itself or somewhere else: what media-chrome, wire, devices and relay say. */
const ELSEWHERE = /^strings\.(player\.controls\.|closed$)|^studioStrings\.(device|warning)$/;

/** Path -> word or function, of everything that a file exports. @returns {Map<string, string|Function>} */
function flat(value, path = '', into = new Map()) {
    if (typeof value === 'string' || typeof value === 'function') into.set(path, value);
    else for (const [key, inner] of Object.entries(value)) flat(inner, path ? `${path}.${key}` : key, into);
    return into;
}

/** What a function says of sevens; six, for one takes a list of six. */
const spoken = (value) => (typeof value === 'string' ? value : value(...Array.from({ length: value.length }, () => '777777')));

for (const code of OTHERS) {
    test(`${code} has the files of English, and one for what the relay says`, () => {
        assert.deepEqual(filesOf(code), [...filesOf('en'), 'relay.js'].sort());
    });

    for (const file of filesOf('en')) {
        test(`${code}/${file} has every key of English and no other, with the same arguments`, async () => {
            const english = flat({ ...(await load('en', file)) });
            const other = flat({ ...(await load(code, file)) });
            const keys = (map) => [...map.keys()].filter((path) => !ELSEWHERE.test(path)).sort();
            assert.deepEqual(keys(other), keys(english));
            for (const [path, value] of english) {
                if (ELSEWHERE.test(path)) continue;
                assert.equal(typeof other.get(path), typeof value, path);
                if (typeof value === 'function') assert.equal(other.get(path).length, value.length, `${path}: arguments`);
            }
        });

        test(`${code}/${file} leaves nothing in English`, async () => {
            const english = flat({ ...(await load('en', file)) });
            for (const [path, value] of flat({ ...(await load(code, file)) })) {
                if (ELSEWHERE.test(path)) continue;
                const text = spoken(value);
                assert.doesNotMatch(text, /undefined|NaN|\[object/, path);
                if (!SAME[code].includes(text)) assert.notEqual(text, spoken(english.get(path)), path);
            }
        });
    }
}

test('German quotes as German does, and every quote is closed', async () => {
    for (const file of filesOf('de')) {
        for (const [path, value] of flat({ ...(await load('de', file)) })) {
            const text = ELSEWHERE.test(path) ? '' : spoken(value);
            assert.doesNotMatch(text, /["”]/, path);
            assert.equal(text.split('„').length, text.split('“').length, path);
        }
    }
});

/** A C file's text with the pieces of long strings put together. */
const source = (name) => readFileSync(new URL(name, RELAY), 'utf8').replace(/"\s*\n\s*"/g, '');
/** The sentences in a C file: strings that begin with a capital or name a member, and end like a sentence. */
const sentencesIn = (name) => [...source(name).matchAll(/"((?:[A-Z]|%s:? |\w+: )[^"\\]* [^"\\]*[.?])"/g)].map(([, text]) => text);
/** Whose requests the page makes, and whose refusals people read. */
const SPOKEN_TO_PEOPLE = readdirSync(RELAY).filter((name) => /^(\w+_api|account_call|account_names|second_factor|show_entry|show_see|show_answer|admin_site|show_lists|openid_\w+)\.c$/.test(name));
/** What only a program that asks wrongly is told. */
const FOR_PROGRAMMERS = /^(limit is|cursor is|q and cursor|q, category|sort is|state is|Only GET|This method|Send |Idempotency-Key|endpoint:|isRecorded:|The body is not a JSON|There is no such show, or no time)/;

for (const code of OTHERS) {
    test(`${code}: what the relay says to people has words, and no words are for what it no longer says`, async () => {
        const { sentences } = await load(code, 'relay.js');
        const said = new Set(SPOKEN_TO_PEOPLE.flatMap(sentencesIn));
        assert.ok(said.size > 50, 'the relay\'s sentences were found');
        assert.deepEqual([...said].filter((sentence) => !FOR_PROGRAMMERS.test(sentence) && !(sentence in sentences)), []);
        const everything = readdirSync(RELAY).filter((name) => name.endsWith('.c')).map(source).join('\n');
        assert.deepEqual(Object.keys(sentences).filter((sentence) => !everything.includes(`"${sentence}"`)), []);
    });

    test(`${code}: why a socket was closed, what is wrong with a device, what is wrong with a recording`, async () => {
        const { strings } = await load(code, 'strings.js');
        const { studioStrings } = await load(code, 'studio.js');
        for (const number of [1000, 1001, 1006, 1007, 1009, 1011, 1013, 4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 4008, 4009, 4010]) {
            const { name, message } = closeReason(number);
            assert.notEqual(strings.closed(name, message), message, name);
        }
        assert.deepEqual(/** @type {string[]} */ (readFileSync(new URL('../../web/wire/close-codes.js', import.meta.url), 'utf8').match(/^ {4}\d{4}: \[/gm)).length, 18, 'a code was added: add it above');
        for (const kind of /** @type {const} */ (['camera', 'microphone', 'screen', 'devices'])) {
            for (const problem of /** @type {const} */ (['permission-denied', 'no-device', 'in-use', 'unsupported-settings', 'insecure', 'cancelled', 'unplugged', 'sharing-ended', 'unsupported-browser', 'failed'])) {
                const { message } = deviceProblem(problem, kind);
                const text = studioStrings.device(problem, kind, message);
                assert.notEqual(text, message, `${problem} ${kind}`);
                assert.doesNotMatch(text, /undefined/);
            }
        }
        const warned = [...source('room.c').matchAll(/"recording-[\w-]+",\s*"([^"]+)"/g)].map(([, text]) => text);
        assert.ok(warned.length >= 4);
        for (const message of warned) assert.notEqual(studioStrings.warning(message), message);
    });
}

test('the reader\'s choice, else what the browser wants first of what there is, else English', () => {
    assert.equal(chooseLanguage('de', ['en-US']), 'de');
    assert.equal(chooseLanguage(null, ['de-AT', 'en']), 'de');
    assert.equal(chooseLanguage(null, ['fr-FR', 'DE', 'en']), 'de');
    assert.equal(chooseLanguage(null, ['en-GB', 'de']), 'en');
    assert.equal(chooseLanguage('tlh', ['de']), 'de');
    assert.equal(chooseLanguage('constructor', []), 'en');
    assert.equal(chooseLanguage(null, []), 'en');
    assert.equal(language, 'en', 'no document: English');
    assert.equal(locale, 'en-GB');
});

test('one and many, as Intl counts', () => {
    assert.equal(countIn('en')(1, 'show', 'shows'), '1 show');
    assert.equal(countIn('en')(0, 'show', 'shows'), '0 shows');
    assert.equal(countIn('en')(1200, 'show', 'shows'), '1,200 shows');
    assert.equal(countIn('de')(1, 'Münze', 'Münzen'), '1 Münze');
    assert.equal(countIn('de')(1_000_000, 'Münze', 'Münzen'), '1.000.000 Münzen');
});
