// SPDX-License-Identifier: MIT
// Numbers and times as the pages say them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatDuration, formatWhen, isoDuration, onStageFor, withoutMarks } from '../../web/ui/format.js';

test('durations grow from seconds to hours and never show nonsense', () => {
    assert.equal(formatDuration(0), '0:00');
    assert.equal(formatDuration(999), '0:00');
    assert.equal(formatDuration(65_000), '1:05');
    assert.equal(formatDuration(3_599_999), '59:59');
    assert.equal(formatDuration(3_723_000), '1:02:03');
    for (const bad of [NaN, Infinity, -1]) assert.equal(formatDuration(bad), '0:00');
    assert.equal(isoDuration(65_500), 'PT65S');
    assert.equal(isoDuration(NaN), 'PT0S');
});

test('how long a show has been on', () => {
    const start = '2025-11-20T20:00:00Z';
    const after = (minutes) => onStageFor(start, Date.parse(start) + minutes * 60_000);
    assert.equal(after(0.5), 'just begun');
    assert.equal(after(1), 'on stage for 1 min');
    assert.equal(after(59.9), 'on stage for 59 min');
    assert.equal(after(60), 'on stage for 1 h');
    assert.equal(after(135), 'on stage for 2 h 15 min');
    // The relay's clock may be ahead of the viewer's.
    assert.equal(after(-3), 'just begun');
    assert.equal(onStageFor(null, 0), 'just begun');
});

test('when something was, by the days of the viewer\'s own time zone', () => {
    const now = Date.parse('2025-11-20T00:30:00Z');
    assert.equal(formatWhen('2025-11-20T00:10:00Z', now, 'UTC'), 'Today, 00:10');
    assert.equal(formatWhen('2025-11-19T23:50:00Z', now, 'UTC'), 'Yesterday, 23:50');
    assert.equal(formatWhen('2025-11-19T23:50:00Z', now, 'Europe/Berlin'), 'Today, 00:50');
    assert.equal(formatWhen('2025-11-11T08:00:00Z', now, 'UTC'), '11 November 2025');
    assert.equal(formatWhen('not a time', now, 'UTC'), '');
    assert.equal(formatWhen(null, now, 'UTC'), '');
});

test('sizes keep two digits and round into the next unit', () => {
    assert.equal(formatBytes(0), '0 bytes');
    assert.equal(formatBytes(999), '999 bytes');
    assert.equal(formatBytes(1000), '1.0 kB');
    assert.equal(formatBytes(9_940), '9.9 kB');
    assert.equal(formatBytes(9_960), '10 kB');
    assert.equal(formatBytes(999_600), '1.0 MB');
    assert.equal(formatBytes(612_345_678), '612 MB');
    assert.equal(formatBytes(5.4e12), '5.4 TB');
    for (const bad of [NaN, -5, Infinity]) assert.equal(formatBytes(bad), '0 bytes');
});

test('Markdown as plain words', () => {
    assert.equal(withoutMarks('# Hello\n\n- a **bold** `word`\n1. [a link](https://a.example) <b>x</b>'), 'Hello\n\n· a bold word\n· a link <b>x</b>');
    assert.equal(withoutMarks('2 * 3 - 1, *so* it is'), '2 * 3 - 1, so it is');
});

test('when something will be', () => {
    const now = Date.parse('2026-01-31T12:00:00Z');
    assert.equal(formatWhen('2026-02-01T20:00:00Z', now, 'UTC'), 'Tomorrow, 20:00');
    // Unicode's tables changed their mind about the comma.
    assert.match(formatWhen('2026-02-07T20:00:00Z', now, 'UTC'), /^Sat,? 7 February, 20:00$/);
});
