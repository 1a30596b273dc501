// SPDX-License-Identifier: MIT
// The page in German: numbers, times, sentences, and what the relay says. A document that says lang="de" is all it takes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { emptyStats } from '../../web/publish/publish-messages.js';

let format, report, account, languages, relay, statistics, names;

before(async () => {
    globalThis.document = { documentElement: { lang: 'de' } };
    format = await import('../../web/ui/format.js');
    report = await import('../../web/ui/studio-report.js');
    account = await import('../../web/words/account.js');
    ({ languages } = await import('../../web/words/show-languages.js'));
    relay = await import('../../web/words/relay.js');
    statistics = await import('../../web/ui/player-statistics-rows.js');
    names = await import('../../web/ui/own-name.js');
    delete globalThis.document;
});

test('times', () => {
    const now = Date.parse('2026-01-31T12:00:00Z');
    assert.equal(format.formatWhen('2026-01-31T20:15:00Z', now, 'UTC'), 'Heute, 20:15');
    assert.equal(format.formatWhen('2026-02-01T20:00:00Z', now, 'UTC'), 'Morgen, 20:00');
    assert.equal(format.formatWhen('2026-01-30T09:00:00Z', now, 'UTC'), 'Gestern, 09:00');
    assert.match(format.formatWhen('2026-02-07T20:00:00Z', now, 'UTC'), /^Sa\.?,? 7\. Februar, 20:00$/);
    assert.equal(format.formatWhen('2025-03-11T08:00:00Z', now, 'UTC'), '11. März 2025');
    assert.equal(format.onStageFor('2026-01-31T09:45:00Z', now), 'seit 2\u00a0Std. 15\u00a0Min. auf der Bühne');
    assert.equal(format.formatMonth('2025-11-20T10:00:00Z'), 'November 2025');
});

test('numbers', () => {
    assert.equal(format.formatBytes(9_940), '9,9 kB');
    assert.equal(format.formatBytes(12), '12 Byte');
    assert.equal(format.formatCount(1234567), '1.234.567');
    assert.equal(report.formatBitrate(2_512_000), '2,5 Mbit/s');
});

test('the studio\'s sentence and figures', () => {
    const stats = { ...emptyStats(), framesPerSecond: 29.97, framesEncoded: 900, viewers: 1, bitrateBps: 2_512_000, encodeMs: 7.2, lesserGivenUpBy: 'network' };
    const sentence = report.stateSentence({ phase: 'live', stats, wantedFramesPerSecond: 30, isScreen: false, hasPicture: true });
    assert.equal(sentence, 'Du bist live: 1 sieht zu, Bild gut; seine kleineren Größen ruhen, weil die Verbindung langsam ist');
    assert.equal(report.shortNumbers(stats), '30 Bilder/s · 2,5 Mbit/s · 7 ms Kodieren');
    assert.equal(Object.fromEntries(report.allNumbers(stats))['Bilder pro Sekunde'], '30,0');
});

test('the names of languages and categories', () => {
    assert.equal(Object.fromEntries(languages).de, 'Deutsch');
    assert.equal(account.categories.theatre, 'Theater');
    const names = languages.map(([, name]) => name);
    assert.deepEqual(names, [...names].sort((a, b) => a.localeCompare(b, 'de')));
});

test('the relay\'s sentences; one that nobody has put into words stays English', async () => {
    assert.equal(await relay.inPageLanguage('Name or password is not right.'), 'Name oder Passwort stimmt nicht.');
    assert.equal(await relay.inPageLanguage('bio: missing, too long, or not what it should be.'), 'bio: fehlt, ist zu lang oder nicht, was es sein soll.');
    assert.equal(await relay.inPageLanguage('password: at least 8 bytes are needed.'), 'Das Passwort braucht mindestens 8 Zeichen.');
    assert.equal(await relay.inPageLanguage('Login $& does not answer as it should; please try again later.'), 'Login $& antwortet nicht, wie es soll; bitte versuch es später noch einmal.');
    assert.equal(await relay.inPageLanguage('Something quite new.'), 'Something quite new.');
    assert.equal(await relay.inPageLanguage(''), '');
});

test('a guest whom the relay named; a name of one\'s own stays', () => {
    assert.match(readFileSync(new URL('../../relay/presence.c', import.meta.url), 'utf8'), /"Guest %04u"/);
    assert.equal(names.shownName('Guest 0042'), 'Gast 0042');
    assert.equal(names.shownName('Guest 42 of Honour'), 'Guest 42 of Honour');
});

test('the player\'s statistics', () => {
    const stats = { parts: {}, setting: 'closest', framesPerSecond: 30, framesShown: 5, framesDropped: 0, framesCorrupted: 0, bitrateBps: 1000, rate: 1.0005, isSoundMaster: true, stalls: 0, jumps: 1 };
    const rows = Object.fromEntries(statistics.statisticsRows(stats, { width: 640, height: 360 }, true));
    assert.equal(rows.Uhr, 'das Tongerät, 1,001 ×');
    assert.equal(rows.Einstellung, 'So live wie möglich');
    assert.equal(rows.Unterbrechungen, '0 im Ton, 1 Sprung zum Live-Bild');
});
