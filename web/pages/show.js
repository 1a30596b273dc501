// SPDX-License-Identifier: MIT
// `/show/ID`, first things first: the player's worker, then the page (show-page.js). The page's code and its first layout keep
// the browser's main thread busy for a tenth of a second; a worker asked for before that, and given a breath to start in, has
// the codec ready when the player has its place.
import { startEarly } from '../watch/viewer.js';

/** Long enough for a worker to start (10 to 20 ms were seen), too short for anybody to notice. */
const BREATH_MS = 40;

await Promise.race([startEarly(), new Promise((resolve) => setTimeout(resolve, BREATH_MS))]);
await import('./show-page.js');
