// SPDX-License-Identifier: MIT
// In German: the studio's words. The types hold the keys against ../en/studio.js.
import { countIn } from '../counting.js';

const plural = countIn('de');

/** What the relay warns of (relay/room.c). @type {Record<string, string>} */
const warnings = {
    'This show cannot be recorded.': 'Diese Show lässt sich nicht aufzeichnen.',
    'The relay\'s disk is too slow: the recording has gaps.': 'Die Festplatte des Servers ist zu langsam: Die Aufzeichnung hat Lücken.',
    'The relay\'s disk is full: recording has paused.': 'Die Festplatte des Servers ist voll: Die Aufzeichnung pausiert.',
    'The recording goes on.': 'Die Aufzeichnung geht weiter.',
};

/** A device with its article, by kind (publish/device-errors.js). @type {Record<string, {yours: string, other: string}>} */
const devices = {
    camera: { yours: 'deine Kamera', other: 'eine andere Kamera' },
    microphone: { yours: 'dein Mikrofon', other: 'ein anderes Mikrofon' },
    screen: { yours: 'deinen Bildschirm', other: 'einen anderen' },
    devices: { yours: 'Kamera und Mikrofon', other: 'andere' },
};
const AGAIN = 'drücke dann auf „Noch einmal versuchen“';

/** @type {Record<string, (kind: string) => string>} by code */
const deviceFaults = {
    'permission-denied': (kind) => `Der Browser darf ${devices[kind].yours} nicht benutzen. Klick auf das Symbol neben der Adresse der Seite, erlaube es dort und ${AGAIN}.`,
    'no-device': (kind) =>
        kind === 'screen'
            ? 'Dieser Browser hat keinen Bildschirm zum Teilen gefunden. Versuch es an einem Computer, oder nimm deine Kamera.'
            : `${kind === 'camera' ? 'Es wurde keine Kamera gefunden' : kind === 'microphone' ? 'Es wurde kein Mikrofon gefunden' : 'Weder Kamera noch Mikrofon wurden gefunden'}. Schließ etwas an und ${AGAIN}.`,
    'in-use': (kind) => `Ein anderes Programm oder ein anderer Tab benutzt ${devices[kind].yours}. Schließ es dort (meist ist es ein Videoanruf) und ${AGAIN}.`,
    'unsupported-settings': (kind) => `Diese Einstellungen passen nicht: ${subject(kind)} ${kind === 'devices' ? 'können' : 'kann'} sie nicht. Wähle eine geringere Qualität oder ${devices[kind].other}.`,
    insecure: () => 'Browser geben Kamera und Mikrofon nur an sichere Adressen. Öffne diese Seite über https://, oder auf diesem Rechner als http://localhost.',
    'unsupported-browser': () => 'Dieser Browser kann von einer Kamera keine Bilder für eine Show nehmen. Nimm ein aktuelles Chrome, Edge oder Firefox.',
    cancelled: () => 'Es wurde nichts geteilt. Drücke noch einmal auf „Bildschirm teilen“ und wähle ein Fenster, einen Tab oder den ganzen Bildschirm.',
    unplugged: (kind) =>
        kind === 'camera'
            ? 'Deine Kamera wurde abgezogen. Das Publikum sieht ihr letztes Bild und hört dich. Steck sie wieder ein, wähle eine andere oder teile deinen Bildschirm.'
            : 'Dein Mikrofon wurde abgezogen. Das Publikum sieht dich, hört aber nichts. Steck es wieder ein oder wähle ein anderes.',
    'sharing-ended': () => 'Der Bildschirm wird nicht mehr geteilt.',
    failed: (kind) => `${subject(kind)} ließ${kind === 'devices' ? 'en' : ''} sich nicht starten. Zieh den Stecker und steck ihn wieder ein, oder wähle ${devices[kind].other}, und ${AGAIN}.`,
};

/** As the one that does something. @param {string} kind */
const subject = (kind) => (kind === 'screen' ? 'Dein Bildschirm' : devices[kind].yours[0].toUpperCase() + devices[kind].yours.slice(1));

/** @type {typeof import('../en/studio.js').studioStrings} */
export const studioStrings = {
    heading: 'Studio',
    title: 'Titel',
    titleHint: 'Worum geht es in deiner Show?',
    titleMissing: 'Gib deiner Show zuerst einen Titel, damit alle wissen, was sie erwartet.',
    titleTooLong: 'Dieser Titel ist ein wenig zu lang.',
    camera: 'Kamera',
    microphone: 'Mikrofon',
    quality: 'Qualität',
    sound: 'Ton',
    sounds: { speech: 'Sprache, eine Stimme mit wenig Daten', music: 'Musik, Stereo' },
    microphoneSound: 'Was der Browser am Mikrofon verändert',
    switches: { echoCancellation: 'Echo unterdrücken', noiseSuppression: 'Rauschen unterdrücken' },
    noneFound: 'Noch nichts gefunden',
    unnamedCamera: (n) => `Kamera ${n}`,
    unnamedMicrophone: (n) => `Mikrofon ${n}`,
    qualities: {
        '360p': '360p, für langsame Verbindungen',
        '480p': '480p, einfach',
        '720p': '720p, für die meisten Shows',
        '1080p': '1080p, für schnelle Rechner und Leitungen',
    },
    goLive: 'Live gehen',
    endShow: 'Beenden',
    shareScreen: 'Bildschirm teilen',
    stopSharing: 'Nicht mehr teilen',
    mute: 'Mikrofon stummschalten',
    unmute: 'Mikrofon einschalten',
    settings: 'Einstellungen',
    level: 'Pegel des Mikrofons',
    preview: 'Dein Bild, wie das Publikum es sieht',
    controls: 'Bedienung der Show',

    turnOnTitle: 'Deine Bühne ist dunkel',
    turnOnText: 'Schalte Kamera und Mikrofon ein, dann siehst du dich, bevor es jemand anderes tut.',
    turnOn: 'Kamera einschalten',
    opening: 'Kamera und Mikrofon werden gesucht…',
    cameraGone: 'Im Moment kein Bild',
    tryAgain: 'Noch einmal versuchen',
    chooseAnother: 'Anderes Gerät wählen',
    dismiss: 'Schließen',
    clickForSound: 'Der Browser hält den Ton zurück, bis du irgendwo auf dieser Seite klickst.',

    endTitle: 'Show beenden?',
    endText: 'Sie endet für alle, die zusehen. Die Aufzeichnung bleibt.',
    keepOn: 'Weitermachen',

    overTitle: (length) => `Der Vorhang ist nach ${length} gefallen.`,
    overText: 'Danke für die Show. Ihre Aufzeichnung wird vorbereitet.',
    overLink: 'Zur Aufzeichnung',
    interrupted: (title) => `Deine Show „${title}“ läuft noch und wartet auf dich.`,
    resume: 'Show fortsetzen',
    startFailed: 'Die Show konnte nicht beginnen.',
    relayAway: 'Der Server antwortet nicht. Sieh nach deinem Netz und drücke dann noch einmal auf „Live gehen“.',
    encoderFault: 'Das Kodieren hat aufgehört. Lade diese Seite neu: Deine Show wartet eine halbe Minute und lässt sich fortsetzen.',

    cameIn: (name) => `${name} ist da`,
    wentOut: (name) => `${name} ist gegangen`,
    audience: (count) => `Wer da ist: ${count}`,
    audienceEmpty: 'Noch niemand.',
    audienceList: 'Wer da ist',
    audienceMore: (count) => `und ${count} mehr`,
    audienceProfile: (name) => `${name}, öffnet sich in einem neuen Tab`,
    sharedScreen: 'Du teilst deinen Bildschirm',
    muted: 'Mikrofon stumm',
    address: 'Adresse für das Publikum',
    numbers: 'Zahlen',
    numberNames: {
        size: 'Bild',
        sizes: 'Kleinere Größen',
        framesPerSecond: 'Bilder pro Sekunde',
        bitrate: 'Gesendet, Bild und Ton',
        target: 'Gewünscht für das Bild',
        encode: 'Ein Bild kodieren',
        copy: 'Ein Bild übernehmen',
        send: 'Von der Kamera auf die Leitung',
        sound: 'Ton',
        ack: 'Bis der Server es hat',
        dropped: 'Ausgelassene Bilder',
        keyframes: 'Schlüsselbilder',
        recording: 'Aufzeichnung',
    },
    recording: { on: 'läuft', off: 'aus', lagging: 'hängt nach' },
    sizeStates: { sent: '', idle: 'niemand sieht zu', 'given-up': 'aufgegeben' },
    numberValues: {
        threads: (n) => plural(n, 'Thread', 'Threads'),
        send: (all, waiting) => `${all}, davon gewartet ${waiting}`,
        dropped: (all, busy, network, encoder) => `${all} (${busy} Rechner, ${network} Netz, ${encoder} Kodierung)`,
        applications: { speech: 'Sprache', music: 'Musik' },
    },
    short: (fps, bitrate, encodeMs) => `${fps} Bilder/s · ${bitrate} · ${encodeMs} ms Kodieren`,

    pictures: {
        none: 'noch kein Bild',
        reducedByNetwork: 'Bild verkleinert, weil die Verbindung langsam ist',
        reducedByMachine: 'Bild verkleinert, weil dieser Rechner viel zu tun hat',
        slow: 'die Verbindung ist gerade langsam',
        stutters: 'das Bild stockt ein wenig',
        smallerRestByNetwork: 'Bild gut; seine kleineren Größen ruhen, weil die Verbindung langsam ist',
        smallerRestByMachine: 'Bild gut; seine kleineren Größen ruhen, weil dieser Rechner viel zu tun hat',
        good: 'Bild gut',
        soundAlone: 'kein Bild, aber sie hören dich',
    },
    state: {
        ready: 'Das siehst nur du. Gib deiner Show einen Titel und geh dann live.',
        off: 'Schalte deine Kamera ein oder teile deinen Bildschirm und geh dann live.',
        connecting: 'Der Vorhang öffnet sich…',
        live: (viewers, picture) => `Du bist live: ${plural(viewers, 'sieht zu', 'sehen zu')}, ${picture}`,
        reconnecting: 'Die Verbindung ist verloren gegangen. Dein Publikum wartet; sie wird wiederhergestellt…',
        ending: 'Der Vorhang fällt…',
    },

    device: (code, kind, message) => deviceFaults[code]?.(kind) ?? message,
    warning: (message) => warnings[message] ?? message,
};
