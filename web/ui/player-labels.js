// SPDX-License-Identifier: MIT
// Our words for media-chrome's controls. Imported before any of them is defined, so that none is ever named otherwise.
import { En } from 'media-chrome/dist/lang/en.js';
import { addTranslation, setLanguage } from 'media-chrome/dist/utils/i18n.js';
import { strings } from './strings.js';

const words = strings.player;

addTranslation('en', {
    ...En,
    'video player': words.region,
    play: words.play,
    Play: words.play,
    pause: words.pause,
    Pause: words.pause,
    mute: words.mute,
    Mute: words.mute,
    unmute: words.unmute,
    Unmute: words.unmute,
    volume: words.volume,
    seek: words.seek,
    'enter fullscreen mode': words.fullscreen,
    'Enter fullscreen mode': words.fullscreen,
    'exit fullscreen mode': words.leaveFullscreen,
    'Exit fullscreen mode': words.leaveFullscreen,
    live: words.live,
    'seek to live': words.toLive,
    'playing live': words.atLive,
});
// The page speaks English; controls in the browser's language would be a mixture.
setLanguage('en');
