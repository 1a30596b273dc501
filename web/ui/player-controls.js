// SPDX-License-Identifier: MIT
// What the player's bar holds. <tabcast-player> loads it when there is something to control: to define these elements and
// to lay them out keeps the main thread busy, which the first picture would wait for. The player's template names them from
// the beginning; defined, they come to life where they stand. The bar is seen with what comes last (player-frame.js).
import './player-labels.js';
import 'media-chrome/dist/media-fullscreen-button.js';
import 'media-chrome/dist/media-live-button.js';
import 'media-chrome/dist/media-mute-button.js';
import 'media-chrome/dist/media-play-button.js';
import 'media-chrome/dist/media-time-display.js';
import 'media-chrome/dist/media-time-range.js';
import 'media-chrome/dist/media-volume-range.js';
import './tabcast-player-menu.js';
