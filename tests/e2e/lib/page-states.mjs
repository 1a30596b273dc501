// SPDX-License-Identifier: MIT
// Every page and its states, for every-page.mjs: who looks, where, what is made ready before, what one waits for, and the
// steps by which it comes to further states. Found by what they are, not by words: the pages are seen in every language.
import { PASSWORD } from '../../contract/lib/client.mjs';
import { codeAt } from '../../contract/lib/totp.mjs';

/**
 * @typedef {object} State
 * @property {string|((house: any) => Promise<string>)} [who] a name; else a guest
 * @property {(house: any) => string} at path, or a whole address
 * @property {(page: any, house: any) => Promise<unknown>} [before] the page is loaded
 * @property {(page: any, house: any) => Promise<unknown>} ready
 * @property {[string, (page: any, house: any) => Promise<unknown>][]} [steps] name of a further state, and the way to it
 * @property {'phone'} [only] a size
 * @property {boolean} [isEndless] its beginning will do
 */

const sees = (selector) => (page) => page.locator(selector).first().waitFor();
const clicks = (selector) => (page) => page.locator(selector).first().click();
const both = (...steps) => async (page, house) => {
    for (const step of steps) await step(page, house);
};
const fills = (fields) => async (page) => {
    for (const [selector, text] of Object.entries(fields)) await page.locator(selector).first().fill(text);
};
/** What never comes, or is refused, before the page asks for it. */
const holds = (pattern) => (page) => page.route(pattern, () => {});
const breaks = (pattern) => (page) => page.route(pattern, (route) => route.abort());

const stage = sees('tabcast-empty-stage');
const cards = (page) => page.waitForFunction(() => {
    const all = [...document.querySelectorAll('tabcast-show-card')];
    return all.length > 0 && all.every((card) => {
        const poster = card.shadowRoot?.querySelector('tabcast-poster');
        return poster?.shadowRoot && (!poster.src || poster.shadowRoot.querySelector('img'));
    });
}, null, { timeout: 20_000 });
const plays = (page) => page.waitForFunction(() => document.querySelector('tabcast-player')?.stats?.framesDecoded > 20, null, { timeout: 20_000 });
const controls = (page) => page.waitForFunction(() => customElements.get('media-control-bar'), null, { timeout: 10_000 });
const chat = sees('tabcast-chat .line, tabcast-chat .empty');
const replayIsThere = (page) => page.waitForFunction(() => document.querySelector('tabcast-player')?.duration > 2, null, { timeout: 20_000 });
const account = sees('tabcast-second-factor .pill, tabcast-second-factor form');
const list = sees('main .items li.item');
const submits = clicks('form.card .button.primary');
const devicesFail = (name) => (page) => page.addInitScript((fault) => (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', fault))), name);
const withoutCamera = (page) => page.addInitScript(() => (navigator.permissions.query = () => Promise.resolve(Object.assign(new EventTarget(), { state: 'prompt' }))));
const words = sees('tabcast-player .words.card');
/** A show of its own, played until `step` changes it. */
const extra = (about) => (page, house) => house.playExtra(about);
const atExtra = (house) => `/show/${house.shows.extra}`;
/** Over a line of its own, which `loses` takes away. */
const overLine = async (page, house) => (house.line = await house.layLine());
const loses = async (page, house) => {
    house.line.shut();
    house.line.break();
};
/** What comes late, so as not to flicker, is there. */
const appears = (selector) => (page) => page.waitForFunction((s) => {
    const found = document.querySelector('tabcast-player')?.shadowRoot?.querySelector(s);
    return found && getComputedStyle(found).opacity === '1';
}, selector);
const preview = (page) => page.waitForFunction(() => document.querySelector('tabcast-studio')?.shadowRoot?.querySelector('video')?.videoWidth > 0, null, { timeout: 20_000 });

const goesLive = both(
    fills({ 'tabcast-studio #title': 'Drawing Birds That Cannot Sit Still' }),
    clicks('tabcast-studio .main'),
    sees('tabcast-studio tabcast-audience'),
    (page) => page.waitForFunction(() => document.querySelector('tabcast-studio').stats?.framesEncoded > 45, null, { timeout: 20_000 }),
);

/** @type {Record<string, State>} */
const FRONT = {
    home: { at: () => '/', ready: cards },
    'home-empty': { at: (house) => `${house.emptyUrl}/`, ready: stage },
    'home-loading': { at: () => '/', before: holds('**/api/v1/shows*'), ready: sees('.skeleton') },
    'home-failed': { at: () => '/', before: breaks('**/api/v1/shows*'), ready: stage },
    search: { at: () => '/?q=drawing', ready: cards },
    'search-none': { at: () => '/?q=zzzzzz', ready: sees('p.no-replays') },
    notices: { at: () => '/notices', ready: sees('h1'), isEndless: true },
    'not-found': { at: () => '/no/such/page', ready: stage },
    profile: { at: () => '/@marguerite', ready: cards },
    'profile-long': { at: () => '/@bartholomaeus', ready: cards },
    'profile-empty': { at: () => '/@anselm', ready: stage },
    'profile-failed': { at: () => '/@marguerite', before: breaks('**/api/v1/accounts/*'), ready: stage },
    'profile-none': { at: () => '/@nobody.here', ready: stage },
};

/** @type {Record<string, State>} */
const SHOWS = {
    'show-opening': { at: (house) => `/show/${house.shows.live}`, before: both(holds('**/player-controls*'), holds('**/*.wasm')), ready: both(chat, sees('tabcast-player .spinner')) },
    'show-first-picture': { at: (house) => `/show/${house.shows.live}`, before: holds('**/player-controls*'), ready: both(chat, plays) },
    show: {
        at: (house) => `/show/${house.shows.live}`,
        ready: both(chat, plays, controls),
        steps: [
            ['show-menu', both((page) => page.locator('tabcast-player').hover(), clicks('tabcast-player-menu .opener'), sees('tabcast-player-menu [role=menu]'))],
            ['show-sizes', both(clicks('tabcast-player-menu [aria-haspopup=menu][role=menuitem]'), sees('tabcast-player-menu .back'))],
            ['show-statistics', both((page) => page.keyboard.press('Escape'), (page) => page.keyboard.press('Escape'), (page) => page.keyboard.press('i'), sees('tabcast-player-statistics section'))],
            ['show-name', both((page) => page.keyboard.press('i'), clicks('tabcast-chat .me'), sees('tabcast-chat .naming'))],
        ],
    },
    'show-typing': { only: 'phone', at: (house) => `/show/${house.shows.live}`, ready: both(chat, plays, controls), steps: [
        ['show-keyboard', both((page) => page.locator('tabcast-chat textarea').fill('How do you keep it from flying off?\nMine never sits'), (page) => page.setViewportSize({ width: 390, height: 508 }))],
    ] },
    'show-lost': { at: (house) => `${house.line.url}/show/${house.shows.live}`, before: overLine, ready: both(chat, plays, controls, loses, words, appears('.late')) },
    'show-away': { at: atExtra, before: extra(), ready: both(chat, plays, controls, (page, house) => house.extra.drop(), words, appears('.late')) },
    'show-ended': { at: atExtra, before: extra(), ready: both(chat, plays, controls, (page, house) => house.extra.end(), stage, sees('tabcast-empty-stage a.primary')) },
    'show-chat-full': { at: atExtra, before: extra({ isTalkative: true }), ready: both(chat, plays, controls), steps: [
        ['show-chat-unread', async (page, house) => {
            await page.locator('tabcast-chat .log').evaluate((log) => log.scrollTo(0, 0));
            await house.say('Юлия', 'look at that!');
            await page.locator('tabcast-chat .unread').waitFor();
        }],
        ['show-chat-too-long', both((page) => page.locator('tabcast-chat textarea').fill('It never sits still. '.repeat(60)), sees('tabcast-chat .notice:not([hidden])'))],
    ] },
    'show-waiting': { at: (house) => `/show/${house.shows.coming}`, ready: both(stage, sees('tabcast-show-actions a'), sees('img.cover'), chat) },
    'show-waiting-long': { at: (house) => `/show/${house.shows.long}`, ready: both(stage, sees('tabcast-show-actions a'), chat) },
    'show-over': { at: (house) => `/show/${house.shows.stream}`, ready: both(stage, sees('tabcast-empty-stage a.primary')) },
    'show-cancelled': { at: (house) => `/show/${house.shows.cancelled}`, ready: stage },
    'show-locked': { at: (house) => `/show/${house.shows.locked}`, ready: sees('tabcast-locked form'), steps: [
        ['show-locked-fault', both(fills({ 'tabcast-locked input': 'let me in' }), (page) => page.keyboard.press('Enter'), (page) => page.waitForFunction(() => document.querySelector('tabcast-locked').shadowRoot.querySelector('#fault').textContent))],
    ] },
    'show-none': { at: () => '/show/aaaaaaaaaaaa', ready: stage },
    'show-failed': { at: () => '/show/aaaaaaaaaaaa', before: breaks('**/api/v1/shows/*'), ready: stage },
    'show-player-failed': { at: (house) => `/show/${house.shows.live}`, before: breaks('**/*.wasm'), ready: both(chat, controls, sees('tabcast-player .words.card')) },
    replay: { at: (house) => `/replay/${house.shows.stream}`, ready: both(replayIsThere, controls, sees('tabcast-player .begin, tabcast-player .place:empty')), steps: [
        ['replay-played', both((page) => page.evaluate(() => {
            const player = document.querySelector('tabcast-player');
            player.muted = true;
            return player.play();
        }), (page) => page.waitForFunction(() => document.querySelector('tabcast-player').currentTime > 1.5), (page) => page.evaluate(() => document.querySelector('tabcast-player').pause()), sees('tabcast-player .begin'))],
    ] },
    'replay-opening': { at: (house) => `/replay/${house.shows.stream}`, before: holds('**/api/v1/replays/*'), ready: sees('tabcast-chat .empty') },
    'replay-quiet': { at: (house) => `/replay/${house.shows.morning}`, ready: both(replayIsThere, controls) },
    'replay-locked': { at: (house) => `/replay/${house.shows.roots}`, ready: sees('tabcast-locked form') },
    'replay-none': { at: () => '/replay/aaaaaaaaaaaa', ready: stage },
};

/** @type {Record<string, State>} */
const DOOR = {
    'sign-in': { at: () => '/sign-in', ready: sees('#openid'), steps: [['sign-in-fault', both(fills({ '#name': 'marguerite', '#password': 'not the one' }), submits, sees('.fault:not([hidden])'))]] },
    'sign-in-returned': { at: () => `/sign-in?error=access_denied&state=${'A'.repeat(43)}`, ready: sees('.fault:not([hidden])') },
    'sign-in-code': { at: () => '/sign-in', ready: sees('#openid'), steps: [['sign-in-code-asked', both(fills({ '#name': 'zora', '#password': PASSWORD }), submits, sees('#code'))]] },
    'sign-up': { at: () => '/sign-up', ready: sees('#displayName'), steps: [['sign-up-fault', both(fills({ '#name': 'x y', '#password': 'short' }), submits, sees('.fault:not([hidden])'))]] },
    'sign-up-first': { at: (house) => `${house.emptyUrl}/sign-up`, ready: sees('#displayName') },
    'sign-up-invited': { at: (house) => `/sign-up#${house.invitation}`, ready: sees('#invitation') },
    forgotten: { at: () => '/forgotten', ready: sees('#who'), steps: [['forgotten-sent', both(fills({ '#who': 'anselm' }), submits, sees('main [role=status]'))]] },
    'forgotten-no-mail': { at: (house) => `${house.emptyUrl}/forgotten`, ready: sees('p.card') },
    reset: { at: () => '/reset#abc', ready: sees('#password') },
    'reset-without-code': { at: () => '/reset', ready: sees('.fault:not([hidden])') },
    'confirm-email': { at: () => '/confirm-email#abc', ready: sees('main .button'), steps: [['confirm-email-fault', both(clicks('main .button.primary'), sees('.fault:not([hidden])'))]] },
    'account-guest': { at: () => '/account', ready: stage },
    'schedule-guest': { at: () => '/schedule', ready: stage },
    'admin-guest': { at: () => '/admin', ready: stage },
};

/** @type {Record<string, State>} */
const SIGNED_IN = {
    account: { who: 'marguerite', at: () => '/account', ready: both(account, list), steps: [['account-cancelled', both(clicks('tabcast-own-shows li:has(button + button) button:last-of-type'), sees('.fault[role=status]'))]] },
    'account-new': { who: (house) => house.newcomer(), at: () => '/account', ready: both(account, sees('tabcast-own-shows .hint')), steps: [
        ['account-factor', both(fills({ '#factor-password': PASSWORD }), clicks('tabcast-second-factor form .button'), sees('tabcast-second-factor .qr'))],
        ['account-codes', both(async (page) => {
            const secret = (await page.locator('tabcast-second-factor .key').innerText()).replace(/\s/g, '');
            await page.locator('#factor-code').fill(codeAt(secret, Math.floor(Date.now() / 30_000)));
        }, clicks('tabcast-second-factor .button.primary'), sees('tabcast-second-factor .codes'))],
    ] },
    'account-mail-waits': { who: 'anselm', at: () => '/account', ready: both(account, sees('tabcast-email-setting .lead')) },
    'account-loading': { who: 'anselm', at: () => '/account', before: holds('**/api/v1/sessions/current'), ready: sees('.wait') },
    'account-failed': { who: 'anselm', at: () => '/account', before: breaks('**/api/v1/sessions/current'), ready: stage },
    bell: { who: 'anselm', at: () => '/', ready: both(cards, sees('tabcast-account-menu #bell')), steps: [['bell-open', both(clicks('tabcast-account-menu #bell'), sees('tabcast-account-menu .panel li, tabcast-account-menu .panel .note'))]] },
    'bell-empty': { who: 'zora', at: () => '/@zora', ready: both(stage, clicks('tabcast-account-menu #bell'), sees('tabcast-account-menu .panel .note')) },
    'profile-own': { who: 'marguerite', at: () => '/@marguerite', ready: cards },
    'profile-followed': { who: 'anselm', at: () => '/@marguerite', ready: both(cards, sees('[aria-pressed=true]')) },
    'show-member': { who: 'anselm', at: (house) => `/show/${house.shows.coming}`, ready: both(sees('tabcast-show-actions [aria-pressed=true]'), chat), steps: [['show-reminded', both(clicks('tabcast-show-actions button:nth-of-type(2)'), sees('tabcast-toast p'))]] },
    schedule: { who: 'marguerite', at: () => '/schedule', ready: sees('#title'), steps: [
        ['schedule-private', both(clicks('input[value=private]'), sees('#invited'))],
        ['schedule-fault', both(clicks('input[value=password]'), fills({ '#title': 'Too short', '#password': 'abc' }), submits, sees('.fault:not([hidden])'))],
        ['schedule-made', both(fills({ '#password': 'open sesame' }), submits, sees('code.key'))],
    ] },
    'schedule-change': { who: 'marguerite', at: (house) => `/schedule?show=${house.shows.coming}`, ready: both(sees('#title'), sees('img.cover')) },
    'schedule-door': { who: 'marguerite', at: (house) => `/schedule?show=${house.shows.stream}`, ready: sees('fieldset') },
    'schedule-refused': { who: 'anselm', at: (house) => `/schedule?show=${house.shows.coming}`, ready: stage },
    admin: { who: 'marguerite', at: () => '/admin', ready: list, steps: [
        ['admin-ban', both(clicks('tabcast-admin-accounts .button.quiet'), sees('tabcast-dialog.confirm dialog[open]'))],
        ['admin-link', both((page) => page.keyboard.press('Escape'), clicks('tabcast-admin-accounts li .row:last-child .button:not(.quiet)'), sees('tabcast-dialog.link dialog[open]'))],
    ] },
    'admin-shows': { who: 'marguerite', at: () => '/admin#shows', ready: list },
    'admin-replays': { who: 'marguerite', at: () => '/admin#replays', ready: list },
    'admin-invitations': { who: 'marguerite', at: () => '/admin#invitations', ready: list, steps: [['admin-invited', both(clicks('tabcast-admin-invitations .button.primary'), sees('tabcast-admin-invitations .key'))]] },
    'admin-member': { who: 'anselm', at: () => '/admin', ready: stage },
};

/** @type {Record<string, State>} */
const STUDIO = {
    'studio-lost': { at: (house) => `${house.line.url}/studio`, before: overLine, ready: both(preview, chat, goesLive, loses, (page) => page.waitForFunction(() => document.querySelector('tabcast-studio').publisher.phase === 'reconnecting')) },
    'studio-dark': { at: () => '/studio', before: withoutCamera, ready: both(stage, chat), steps: [['studio-no-title', both(clicks('tabcast-studio .main'), sees('tabcast-studio .fault:not([hidden])'))]] },
    'studio-refused': { at: () => '/studio', before: devicesFail('NotAllowedError'), ready: sees('tabcast-studio .notice') },
    'studio-no-device': { at: () => '/studio', before: devicesFail('NotFoundError'), ready: sees('tabcast-studio .notice') },
    'studio-in-use': { at: () => '/studio', before: devicesFail('NotReadableError'), ready: sees('tabcast-studio .notice') },
    studio: {
        at: () => '/studio',
        ready: both(preview, chat),
        steps: [
            ['studio-live', goesLive],
            ['studio-numbers', both(clicks('tabcast-studio .numbers summary'), clicks('tabcast-audience summary'))],
            ['studio-settings', both(clicks('tabcast-studio .numbers summary'), clicks('tabcast-audience summary'), clicks('tabcast-studio .bar .icon-button'), sees('tabcast-studio .setup'))],
            ['studio-asked', both(clicks('tabcast-studio .bar .icon-button'), clicks('tabcast-studio .main'), sees('tabcast-studio dialog[open]'))],
            ['studio-finished', both(clicks('tabcast-studio dialog .primary'), sees('tabcast-studio .notice.good'))],
        ],
    },
};

/** By the name of their group. */
export const GROUPS = { front: FRONT, shows: SHOWS, door: DOOR, 'signed-in': SIGNED_IN, studio: STUDIO };
