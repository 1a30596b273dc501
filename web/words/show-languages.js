// SPDX-License-Identifier: MIT
// The languages that shows may be in, by their names in the page's language. A file of its own, since the names take a
// phone's browser a twentieth of a second: only where one chooses are they asked for. Pure.
import { language, locale } from './languages.js';

/** What shows may be in, as ISO 639 has it; the relay takes any. */
const SHOW_LANGUAGES = ['ar', 'bn', 'cs', 'da', 'de', 'el', 'en', 'es', 'fa', 'fi', 'fr', 'he', 'hi', 'hu', 'id', 'it', 'ja', 'ko', 'nb', 'nl', 'pl', 'pt', 'ro', 'ru', 'sv', 'sw', 'th', 'tr', 'uk', 'ur', 'vi', 'zh'];

const names = new Intl.DisplayNames([language], { type: 'language', fallback: 'code' });

/** Code and name ("de", "German"), by name. @type {[string, string][]} */
export const languages = SHOW_LANGUAGES.map((code) => /** @type {[string, string]} */ ([code, names.of(code) ?? code])).sort((a, b) => a[1].localeCompare(b[1], locale));
