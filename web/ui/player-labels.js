// SPDX-License-Identifier: MIT
// Our words for media-chrome's controls. Imported before any of them is defined, so that none is ever named otherwise.
import { addTranslation, setLanguage } from 'media-chrome/dist/utils/i18n.js';
import { language } from '../words/languages.js';
import { strings } from '../words/strings.js';

const words = strings.player;

addTranslation(language, {
    ...words.controls,
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
// The page's language, not the browser's: controls in another one would be a mixture.
setLanguage(language);
