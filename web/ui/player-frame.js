// SPDX-License-Identifier: MIT
// What the player's controls stand in, and what tells them of the media: the second half of them (player-controls.js).
import 'media-chrome/dist/media-controller.js';
import 'media-chrome/dist/media-control-bar.js';
