// SPDX-License-Identifier: MIT
// All text of the page, in one place, one section per element. Functions where words depend on a number.
// Says what is so, what a person did wrong kindly, and the way out. Pure: the build reads it too.

/** @param {number} count @param {string} one @param {string} many */
const plural = (count, one, many) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

export const strings = {
    product: 'Tabcast',
    noscript: 'Tabcast plays and sends pictures with JavaScript and WebAssembly. Please allow JavaScript for this site.',

    pages: {
        home: { title: 'Tabcast', description: 'Live shows from a browser tab, and their replays.' },
        studio: { title: 'Studio · Tabcast', description: 'Go live from this browser tab.' },
        show: { title: 'Show · Tabcast', description: 'Watch and chat, live.' },
        replay: { title: 'Replay · Tabcast', description: 'Watch the recording, with its chat.' },
        notices: { title: 'Notices · Tabcast', description: 'What Tabcast is built on, and the licences.' },
        'not-found': { title: 'Not found · Tabcast', description: 'There is no such page here.' },
    },
    /** @param {string} name */
    pageTitle: (name) => `${name} · Tabcast`,

    topBar: {
        home: 'Tabcast, home',
        studio: 'Studio',
        skip: 'Skip to the page',
        toLight: 'Use the light theme',
        toDark: 'Use the dark theme',
        notices: 'Notices and licences',
        motto: 'A stage in every tab.',
    },

    home: {
        headline: 'Your tab is the stage.',
        lead: 'Go live from this browser tab. Nothing to install; everybody watches and chats on one page, and the recording is there when the curtain falls.',
        goLive: 'Go live from this tab',
        liveNow: 'Live now',
        replays: 'Replays',
        loading: 'Looking who is on stage…',
        emptyLiveTitle: 'The ghost light is on',
        emptyLive: 'Nobody is on stage right now. The next show could be yours.',
        openStudio: 'Open the studio',
        emptyReplaysTitle: 'No replays yet',
        emptyReplays: 'When a show ends, its recording appears here, with the chat in step.',
        failedTitle: 'The relay does not answer',
        failed: 'Shows cannot be listed just now. This page tries again by itself.',
        stale: 'No answer from the relay; showing what was on before.',
        retry: 'Try again',
    },

    card: {
        live: 'Live',
        watching: (/** @type {number} */ viewers) => plural(viewers, 'watching', 'watching'),
        since: (/** @type {string} */ words) => `on stage ${words}`,
        watch: 'Watch now',
        length: (/** @type {string} */ duration) => `Length ${duration}`,
        noPicture: 'No picture yet',
    },

    time: {
        justNow: 'since a moment ago',
        minutes: (/** @type {number} */ n) => `for ${n} min`,
        hours: (/** @type {number} */ h, /** @type {number} */ m) => (m === 0 ? `for ${h} h` : `for ${h} h ${m} min`),
        today: (/** @type {string} */ clock) => `Today, ${clock}`,
        yesterday: (/** @type {string} */ clock) => `Yesterday, ${clock}`,
    },

    show: {
        loading: 'Opening the show…',
        live: 'Live',
        reconnecting: 'Reconnecting',
        ended: 'Ended',
        scheduled: 'Not begun',
        viewers: 'viewers',
        share: 'Share',
        shareTitle: 'Share this page',
        shareHint: 'Copy this address and send it to whom you like:',
        address: 'Address',
        copied: 'Address copied. Send it to whom you like.',
        notFoundTitle: 'No such show',
        notFound: 'Perhaps the address lost a letter on its way, or the show was never announced here.',
        failedTitle: 'The relay does not answer',
        failed: 'The show cannot be opened just now. Trying again by itself.',
        scheduledTitle: 'The curtain has not risen yet',
        scheduledText: 'Stay here: the picture comes by itself when the show begins.',
        endedTitle: 'The curtain has fallen',
        endedText: 'Thank you for watching.',
        endedReplay: 'Watch the replay',
        endedPreparing: 'The replay is being prepared…',
        reconnectingText: 'The creator lost the connection for a moment. Please stay, the show goes on as soon as it is back.',
        toHome: 'What else is on',
    },

    replay: {
        notFoundTitle: 'No such replay',
        notFound: 'It may have been removed, or the show is still going on.',
        failedTitle: 'The relay does not answer',
        failed: 'The replay cannot be opened just now.',
        loading: 'Opening the replay…',
        download: (/** @type {string} */ size) => `Download, ${size}`,
        label: 'Replay',
        chatHint: 'As it was said during the show',
        chatNone: 'Nobody wrote during this show.',
        chatQuiet: 'The chat appears here as it was said.',
    },

    chat: {
        title: 'Chat',
        log: 'Chat messages',
        message: 'Message',
        placeholder: 'Say something kind',
        send: 'Send',
        creator: 'Creator',
        you: 'you',
        empty: 'Nobody has said anything yet. Break the silence?',
        connecting: 'Finding your seat…',
        closed: 'The show has ended; the chat is closed.',
        waiting: 'The connection is away for a moment; the chat comes back with it.',
        unread: (/** @type {number} */ n) => plural(n, 'new message', 'new messages'),
        toNewest: 'To the newest messages',
        rate: 'A little slower, please: that line was not sent. It is back in the field; try again in a moment.',
        invalid: 'That line could not be sent as it is. Shorten it a little, or leave out unusual characters.',
        tooLong: (/** @type {number} */ over) => `${plural(over, 'character', 'characters')} too many.`,
        notSent: 'Not connected just now; the line stays in the field.',
        nameLabel: 'Name',
        nameHint: 'How others see you here',
        changeName: 'change your name',
        saveName: 'Save',
        cancelName: 'Cancel',
        nameEmpty: 'A name needs at least one letter.',
        nameTooLong: 'That name is a little too long.',
        as: (/** @type {string} */ name) => `as ${name}`,
    },

    studioPage: {
        chatWaiting: 'The chat opens when you go live.',
    },

    notFound: {
        title: 'This stage is empty',
        text: 'There is no such page here. The shows are at the front door.',
        home: 'To the shows',
    },

    dialog: { close: 'Close' },
    toast: { region: 'Notices' },
};
