// SPDX-License-Identifier: MIT
// Numbers and times as a person says them, in the page's language. Pure: `now` and time zone come as arguments.
import { locale } from '../words/languages.js';
import { strings } from '../words/strings.js';

const pad = (/** @type {number} */ n) => String(n).padStart(2, '0');

/** @type {Map<number, Intl.NumberFormat>} by digits; making one is slow */
const measures = new Map();

/** A measure, with so many digits behind the point: 2.45 -> "2.5", in German "2,5". @param {number} value @param {number} [digits] */
export function formatNumber(value, digits = 0) {
    const format = measures.get(digits) ?? new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });
    measures.set(digits, format);
    return format.format(value);
}

/** How many there are of something: 1 234 -> "1,234". @param {number} count */
export const formatCount = (count) => count.toLocaleString(locale);

/** 3 723 000 -> "1:02:03", 65 000 -> "1:05". @param {number} ms */
export function formatDuration(ms) {
    if (!Number.isFinite(ms) || ms < 0) return '0:00';
    const seconds = Math.floor(ms / 1000);
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** ISO 8601 duration for <time datetime>. @param {number} ms */
export const isoDuration = (ms) => `PT${Math.max(0, Math.floor((Number.isFinite(ms) ? ms : 0) / 1000))}S`;

/** How long a show has been on: "on stage for 12 min". @param {string|null|undefined} startedAt RFC 3339 @param {number} nowMs */
export function onStageFor(startedAt, nowMs) {
    const started = Date.parse(startedAt ?? '');
    if (Number.isNaN(started)) return strings.time.justNow;
    const minutes = Math.floor((nowMs - started) / 60_000);
    if (minutes < 1) return strings.time.justNow;
    if (minutes < 60) return strings.time.minutes(minutes);
    return strings.time.hours(Math.floor(minutes / 60), minutes % 60);
}

/**
 * When something was or will be: "Today, 20:15", "Yesterday, 09:00", "12 November 2025", "Sat, 13 December, 20:00".
 * @param {string|null|undefined} at RFC 3339
 * @param {number} nowMs
 * @param {string} [timeZone] the browser's by default
 */
export function formatWhen(at, nowMs, timeZone) {
    const when = new Date(at ?? '');
    if (Number.isNaN(when.getTime())) return '';
    const day = (/** @type {Date} */ date) => date.toLocaleDateString('en-CA', { timeZone });
    const clock = when.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', timeZone });
    if (day(when) === day(new Date(nowMs))) return strings.time.today(clock);
    if (day(when) === day(new Date(nowMs - 86_400_000))) return strings.time.yesterday(clock);
    if (day(when) === day(new Date(nowMs + 86_400_000))) return strings.time.tomorrow(clock);
    if (when.getTime() > nowMs) return `${when.toLocaleDateString(locale, { weekday: 'short', day: 'numeric', month: 'long', timeZone })}, ${clock}`;
    return when.toLocaleDateString(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone });
}

/** "November 2025" @param {string} at RFC 3339 */
export const formatMonth = (at) => new Date(at).toLocaleDateString(locale, { month: 'long', year: 'numeric' });

/** 1 234 567 -> "1.2 MB" (powers of ten, as file managers say it). @param {number} bytes */
export function formatBytes(bytes) {
    const units = [strings.bytes, 'kB', 'MB', 'GB', 'TB'];
    let value = Number.isFinite(bytes) && bytes > 0 ? bytes : 0;
    let unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
        value /= 1000;
        unit += 1;
    }
    return `${formatNumber(value, unit === 0 || value >= 9.95 ? 0 : 1)} ${units[unit]}`;
}

/** Markdown as plain words, for a place with room for a line or two. @param {string} markdown */
export const withoutMarks = (markdown) =>
    markdown
        .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replace(/^[ \t]*(?:>|#{1,6})[ \t]+/gm, '')
        .replace(/^[ \t]*(?:[-+*]|\d+[.)])[ \t]+/gm, '· ')
        .replace(/\*\*|__|~~|`/g, '')
        .replace(/\*(\S(?:[^*\n]*\S)?)\*/g, '$1')
        .trim();
