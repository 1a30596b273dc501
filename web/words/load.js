// SPDX-License-Identifier: MIT
// Gets the words of the page's language, and no others. The files are named by `new URL(…, import.meta.url)`, which the build
// turns into bundles of their own; boot.js asks the browser for them early, so this finds them there or under way.
import { language } from './languages.js';

/** @param {Record<string, URL>} files language -> its words @returns {Promise<any>} the module of the page's language */
export const loadWords = (files) => import((files[language]).href);
