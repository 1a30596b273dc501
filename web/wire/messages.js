// SPDX-License-Identifier: MIT
// Every text message of docs/protocol.md, section 2: what members it has, how it is built and how it
// is checked, both ways. Unknown members are ignored, unknown types, wrong types of known members and
// duplicate members are refused. Pure; used by the page's workers, by Node tools and by tests.

import {
    LIMIT_CHAT_HISTORY_COUNT,
    LIMIT_CHAT_TEXT_BYTES,
    LIMIT_ID_CHARS,
    LIMIT_KEY_CHARS,
    LIMIT_NAME_BYTES,
    LIMIT_RENDITIONS_COUNT,
    LIMIT_TEXT_MESSAGE_BYTES,
} from './limits.js';
import { WIRE_VERSION } from './header.js';

/** History alone may be longer than LIMIT_TEXT_MESSAGE_BYTES (docs/protocol.md). */
const HISTORY_BYTES = 256 * 1024;

/** @typedef {'watch'|'publish'} Role */
/** @typedef {'auto'|'audio'|0|1|2} Choice what a viewer asks for: the best it can take, sound alone, one rendition */
/** @typedef {{rendition:number, width:number, height:number}} RenditionInfo */
/** @typedef {'scheduled'|'live'|'reconnecting'|'ended'} ShowState */

/**
 * Client to relay.
 * @typedef {{type:'hello', version:1, role:Role, show:string, key?:string, name?:string}} HelloMessage
 * @typedef {{type:'start', timestampMs:number}} StartMessage
 * @typedef {{type:'end'}} EndMessage
 * @typedef {{type:'chat', text:string}} SayMessage
 * @typedef {{type:'keyframe'}} KeyframeMessage
 * @typedef {{type:'lag', behindMs:number, bufferedMs:number, framesDropped:number,
 *            framesDecoded:number, hidden:boolean, newestMs?:number}} LagMessage
 * @typedef {{type:'time', t:number}} TimeMessage
 * @typedef {{type:'timing', captureMs:number, encodeMs:number}} TimingMessage the creator's share in the latency; comes to the room too
 * @typedef {{type:'name', name:string}} NameMessage
 * @typedef {{type:'quality', choice:Choice, best?:number}} ChooseMessage best: in auto, nothing better than this rendition
 * @typedef {{type:'withdraw', rendition:number}} WithdrawMessage not the best one
 * @typedef {{type:'programme', version:1}} ListenMessage instead of hello
 * @typedef {HelloMessage|StartMessage|EndMessage|SayMessage|KeyframeMessage|LagMessage|TimeMessage
 *           |NameMessage|TimingMessage|ChooseMessage|WithdrawMessage|ListenMessage} ClientMessage
 */

/**
 * Relay to client.
 * @typedef {{id:string, title:string, description:string, state:ShowState}} ShowInfo
 * @typedef {{session:string, name:string, account?:string}} Person account: the name in /@NAME; guests, and who wants to be one, have none
 * @typedef {{type:'welcome', version:1, session:string, role:Role, name:string, account?:string, isInvisible?:boolean, show:ShowInfo,
 *            now:number, epochMs:number|null, mediaTimeMs:number, viewers:number,
 *            limits:{mediaMessageBytes:number, chatTextBytes:number}}} WelcomeMessage
 * @typedef {{type:'chat', id:number, session:string, name:string, account?:string, text:string, at:number,
 *            sentAt:number, role:Role}} ChatMessage
 * @typedef {{type:'history', messages:ChatMessage[]}} HistoryMessage
 * @typedef {{type:'state', state:ShowState, epochMs:number|null}} StateMessage
 * @typedef {{type:'presence', viewers:number}} PresenceMessage
 * @typedef {{type:'join', session:string, name:string, account?:string}} JoinMessage
 * @typedef {{type:'leave', session:string, name:string, account?:string}} LeaveMessage
 * @typedef {{type:'people', people:Person[]}} PeopleMessage who is there, the newest of them
 * @typedef {{type:'you', session:string, name:string, account?:string, isInvisible:boolean}} YouMessage as whom one is seen from now on; without account as a guest
 * @typedef {{type:'face', account:string, version:number}} FaceMessage a member's picture is another one
 * @typedef {{type:'ack', bytes:number, timestampUs:number, recording:'on'|'off'|'lagging'}} AckMessage
 * @typedef {{type:'quality', stage:'none'|'no-tl2'|'base'|'keys'|'audio'|'closed', rendition:number}} QualityMessage
 * @typedef {{type:'keyframe', rendition:number}} KeyframeWish
 * @typedef {{type:'renditions', renditions:RenditionInfo[]}} RenditionsMessage what is on offer, the best first
 * @typedef {{type:'wanted', renditions:number[]}} WantedMessage what the publisher is to encode
 * @typedef {{id:string, state:ShowState|'replay', viewers:number}} ProgrammeItem
 * @typedef {{type:'programme', isWhole:boolean, shows:ProgrammeItem[]}} ProgrammeMessage all that is on, or what has changed
 * @typedef {{type:'time', t:number, now:number}} TimeReplyMessage
 * @typedef {{type:'warning', code:string, message:string}} WarningMessage
 * @typedef {{type:'error', code:string, message:string}} ErrorMessage
 * @typedef {WelcomeMessage|HistoryMessage|StateMessage|ChatMessage|PresenceMessage|JoinMessage
 *           |LeaveMessage|PeopleMessage|YouMessage|FaceMessage|AckMessage|KeyframeWish|RenditionsMessage|WantedMessage|QualityMessage|TimeReplyMessage|ProgrammeMessage|WarningMessage
 *           |ErrorMessage|TimingMessage} RelayMessage
 */

/** A text message this file refuses; `value` is the offending part. */
export class MessageError extends Error {
    /**
     * @param {string} what
     * @param {unknown} value
     */
    constructor(what, value) {
        super(`message refused: ${what}`);
        this.name = 'MessageError';
        this.code = 'bad-message';
        this.value = value;
    }
}

const encoder = new TextEncoder();

/**
 * Length in UTF-8.
 * @param {string} text
 */
export function utf8Length(text) {
    return encoder.encode(text).byteLength;
}

/**
 * Chat as the relay will take it: other control characters out, newlines kept, ends trimmed, cut to
 * the limit between two characters. Empty when nothing is left.
 * @param {string} text
 */
export function cleanChatText(text) {
    let clean = text
        .replace(/\r\n?/g, '\n')
        .replace(/\t/g, ' ')
        .replace(/\p{Surrogate}/gu, '')
        // eslint-disable-next-line no-control-regex
        .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '')
        .trim();
    if (utf8Length(clean) > LIMIT_CHAT_TEXT_BYTES) clean = cutToBytes(clean, LIMIT_CHAT_TEXT_BYTES);
    return clean;
}

/**
 * The longest beginning of `text` that fits into `limit` bytes of UTF-8 and splits no character.
 * @param {string} text
 * @param {number} limit
 */
export function cutToBytes(text, limit) {
    let bytes = 0;
    let end = 0;
    for (const character of text) {
        bytes += utf8Length(character);
        if (bytes > limit) break;
        end += character.length;
    }
    return text.slice(0, end);
}

// ---- kinds of member ------------------------------------------------------------------------------

/** @typedef {(value: unknown) => boolean} Check */

/** @type {Check} */
const isNumber = (v) => typeof v === 'number' && Number.isFinite(v);
/** @type {Check} */
const isTime = (v) => isNumber(v) && /** @type {number} */ (v) >= 0;
/** @type {Check} */
const isCount = (v) => Number.isSafeInteger(v) && /** @type {number} */ (v) >= 0;
/** @type {Check} */
const isBoolean = (v) => typeof v === 'boolean';
/** @type {Check} */
const isString = (v) => typeof v === 'string';
/** @type {Check} */
const isName = (v) => isText(v, LIMIT_NAME_BYTES) && !(/** @type {string} */ (v).includes('\n'));
/** @type {Check} */
const isChatText = (v) => isText(v, LIMIT_CHAT_TEXT_BYTES);
/** @type {Check} */
const isTimeOrNull = (v) => v === null || isTime(v);
/** @type {Check} */
const isShare = (v) => typeof v === 'number' && v >= 0 && v <= TIMING_LIMIT_MS;
/** @type {Check} */
const isVersion = (v) => v === WIRE_VERSION;
/** @type {Check} */
const isRole = (v) => v === 'watch' || v === 'publish';
/** @type {Check} */
const isShowState = (v) => v === 'scheduled' || v === 'live' || v === 'reconnecting' || v === 'ended';
/** @type {Check} */
const isRecordingState = (v) => v === 'on' || v === 'off' || v === 'lagging';
/** @type {Check} */
const isSlowStage = (v) => isString(v) && SLOW_STAGES.has(/** @type {string} */ (v));
/** @type {Check} */
const isRendition = (v) => isCount(v) && /** @type {number} */ (v) < LIMIT_RENDITIONS_COUNT;
/** @type {Check} */
const isChoice = (v) => v === 'auto' || v === 'audio' || isRendition(v);
/** @type {Check} */
const isRenditions = (v) => Array.isArray(v) && v.length <= LIMIT_RENDITIONS_COUNT && v.every(isRendition);
/** @type {Check} */
const isRenditionInfo = (v) => isObject(v) && isRendition(v.rendition) && isCount(v.width) && isCount(v.height);
/** @type {Check} */
const isRenditionInfos = (v) => Array.isArray(v) && v.length <= LIMIT_RENDITIONS_COUNT && v.every(isRenditionInfo);
/** @type {Check} */
const isLesser = (v) => isRendition(v) && v !== 0;
/** @type {Check} */
const isShowId = (v) => isString(v) && SHOW_ID.test(/** @type {string} */ (v));
/** @type {Check} */
const isShowKey = (v) => isString(v) && SHOW_KEY.test(/** @type {string} */ (v));

const SLOW_STAGES = new Set(['none', 'no-tl2', 'base', 'keys', 'audio', 'closed']);
/** A creator's share in the latency is no more than this. */
const TIMING_LIMIT_MS = 60_000;
const SHOW_ID = new RegExp(`^[a-z2-7]{${LIMIT_ID_CHARS}}$`);
const SHOW_KEY = new RegExp(`^[A-Za-z0-9_-]{${LIMIT_KEY_CHARS}}$`);

/**
 * @param {unknown} value
 * @param {number} limitBytes
 */
function isText(value, limitBytes) {
    if (typeof value !== 'string' || value.length === 0) return false;
    // eslint-disable-next-line no-control-regex
    if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/u.test(value)) return false;
    return utf8Length(value) <= limitBytes;
}

/** @type {Check} */
const isShowInfo = (v) =>
    isObject(v) &&
    isShowId(v.id) &&
    isString(v.title) &&
    isString(v.description) &&
    isShowState(v.state);
/** @type {Check} */
const isProgramme = (v) => Array.isArray(v) && v.every((item) => isObject(item) && isShowId(item.id) && (isShowState(item.state) || item.state === 'replay') && isCount(item.viewers));
/** @type {Check} */
const isPeople = (v) => Array.isArray(v) && v.every((one) => isObject(one) && misfit(RELAY_TABLE.join, one) === null);
/** @type {Check} */
const isLimits = (v) => isObject(v) && isCount(v.mediaMessageBytes) && isCount(v.chatTextBytes);
/** @type {Check} */
const isChatLine = (v) => isObject(v) && v.type === 'chat' && misfit(RELAY_TABLE.chat, v) === null;
/** @type {Check} */
const isChatLines = (v) =>
    Array.isArray(v) && v.length <= LIMIT_CHAT_HISTORY_COUNT && v.every(isChatLine);

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Members of each message; a name ending in `?` may be absent.
 * @typedef {Record<string, Check>} Members
 * @type {Record<ClientMessage['type'], Members>}
 */
const CLIENT_TABLE = {
    hello: { version: isVersion, role: isRole, show: isShowId, 'key?': isShowKey, 'name?': isName },
    start: { timestampMs: isTime },
    end: {},
    chat: { text: isChatText },
    keyframe: {},
    lag: {
        behindMs: isNumber,
        bufferedMs: isNumber,
        framesDropped: isCount,
        framesDecoded: isCount,
        hidden: isBoolean,
        'newestMs?': isTime,
    },
    time: { t: isNumber },
    name: { name: isName },
    timing: { captureMs: isShare, encodeMs: isShare },
    quality: { choice: isChoice, 'best?': isRendition },
    withdraw: { rendition: isLesser },
    programme: { version: isVersion },
};

/** @type {Record<RelayMessage['type'], Members>} */
const RELAY_TABLE = {
    welcome: {
        version: isVersion,
        session: isString,
        role: isRole,
        name: isString,
        'account?': isString,
        'isInvisible?': isBoolean,
        show: isShowInfo,
        now: isTime,
        epochMs: isTimeOrNull,
        mediaTimeMs: isTime,
        viewers: isCount,
        limits: isLimits,
    },
    history: { messages: isChatLines },
    state: { state: isShowState, epochMs: isTimeOrNull },
    chat: {
        id: isCount,
        session: isString,
        name: isString,
        'account?': isString,
        text: isChatText,
        at: isTime,
        sentAt: isTime,
        role: isRole,
    },
    presence: { viewers: isCount },
    join: { session: isString, name: isString, 'account?': isString },
    leave: { session: isString, name: isString, 'account?': isString },
    people: { people: isPeople },
    you: { session: isString, name: isString, 'account?': isString, isInvisible: isBoolean },
    face: { account: isString, version: isCount },
    ack: { bytes: isCount, timestampUs: isCount, recording: isRecordingState },
    keyframe: { rendition: isRendition },
    renditions: { renditions: isRenditionInfos },
    wanted: { renditions: isRenditions },
    quality: { stage: isSlowStage, rendition: isCount },
    time: { t: isNumber, now: isTime },
    timing: { captureMs: isShare, encodeMs: isShare },
    programme: { isWhole: isBoolean, shows: isProgramme },
    warning: { code: isString, message: isString },
    error: { code: isString, message: isString },
};

/**
 * The name of the first member that is missing or of a wrong type, or null when all fit.
 * @param {Members} members
 * @param {Record<string, unknown>} message
 */
function misfit(members, message) {
    for (const [label, check] of Object.entries(members)) {
        const isOptional = label.endsWith('?');
        const name = isOptional ? label.slice(0, -1) : label;
        if (!Object.hasOwn(message, name)) {
            if (isOptional) continue;
            return name;
        }
        if (!check(message[name])) return name;
    }
    return null;
}

/**
 * @param {Record<string, Members>} table
 * @param {unknown} message
 * @returns {void}
 */
function requireFit(table, message) {
    if (!isObject(message)) throw new MessageError('not an object', message);
    const { type } = message;
    if (typeof type !== 'string' || !Object.hasOwn(table, type)) {
        throw new MessageError('unknown type', type);
    }
    const name = misfit(table[type], message);
    if (name !== null) throw new MessageError(`${type}.${name} is missing or wrong`, message[name]);
    if (type === 'hello' && message.role === 'publish' && message.key === undefined) {
        throw new MessageError('hello.key is missing or wrong', undefined);
    }
}

// ---- reading --------------------------------------------------------------------------------------

/**
 * @param {string} text
 * @param {Record<string, Members>} table
 * @param {number} limitBytes
 */
function parse(text, table, limitBytes) {
    if (text.length > limitBytes || utf8Length(text) > limitBytes) {
        throw new MessageError('longer than the limit', text.length);
    }
    let message;
    try {
        message = JSON.parse(text);
    } catch {
        throw new MessageError('not JSON', text.slice(0, 80));
    }
    const twice = duplicateMember(text);
    if (twice !== null) throw new MessageError('the same member twice', twice);
    requireFit(table, message);
    return message;
}

/**
 * Checks a text message that came from the relay.
 * @param {string} text
 * @returns {RelayMessage}
 * @throws {MessageError}
 */
export function parseRelayMessage(text) {
    const message = parse(text, RELAY_TABLE, HISTORY_BYTES);
    if (message.type !== 'history' && utf8Length(text) > LIMIT_TEXT_MESSAGE_BYTES) {
        throw new MessageError('longer than the limit', text.length);
    }
    return message;
}

/**
 * Checks a text message that a client sent (Node tools and tests; the relay has its own in C).
 * @param {string} text
 * @returns {ClientMessage}
 * @throws {MessageError}
 */
export function parseClientMessage(text) {
    return parse(text, CLIENT_TABLE, LIMIT_TEXT_MESSAGE_BYTES);
}

/**
 * JSON.parse keeps the last of two members of one name; the protocol refuses both. Finds the first name
 * that stands twice in one object of `text`, which must be valid JSON; null when there is none.
 * @param {string} text
 */
function duplicateMember(text) {
    /** @type {(Set<string>|null)[]} one set of names per open object, null per open array */
    const open = [];
    const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
    for (let match = token.exec(text); match !== null; match = token.exec(text)) {
        const [lexeme] = match;
        if (lexeme === '{') open.push(new Set());
        else if (lexeme === '[') open.push(null);
        else if (lexeme === '}' || lexeme === ']') open.pop();
        else if (isMemberName(text, token.lastIndex)) {
            const names = open[open.length - 1];
            const name = JSON.parse(lexeme);
            if (names?.has(name)) return name;
            names?.add(name);
        }
    }
    return null;
}

/**
 * A string is a member's name when a colon follows it.
 * @param {string} text
 * @param {number} position just behind the string
 */
function isMemberName(text, position) {
    let at = position;
    while (at < text.length && ' \t\r\n'.includes(text[at])) at++;
    return text[at] === ':';
}

// ---- writing --------------------------------------------------------------------------------------

/**
 * JSON of a client's message, checked first, so that a mistake of ours shows here and not as a close
 * of the socket.
 * @param {ClientMessage} message
 * @returns {string}
 * @throws {MessageError}
 */
export function formatClientMessage(message) {
    requireFit(CLIENT_TABLE, message);
    const text = JSON.stringify(message);
    if (utf8Length(text) > LIMIT_TEXT_MESSAGE_BYTES) {
        throw new MessageError('longer than the limit', text.length);
    }
    return text;
}

/**
 * JSON of a relay's message (Node tests that play the relay).
 * @param {RelayMessage} message
 * @returns {string}
 * @throws {MessageError}
 */
export function formatRelayMessage(message) {
    requireFit(RELAY_TABLE, message);
    return JSON.stringify(message);
}

/**
 * @param {{role:Role, show:string, key?:string, name?:string}} members
 * @returns {HelloMessage}
 */
export function helloMessage({ role, show, key, name }) {
    return {
        type: 'hello',
        version: 1,
        role,
        show,
        ...(key === undefined ? {} : { key }),
        ...(name === undefined || name === '' ? {} : { name: cutToBytes(name, LIMIT_NAME_BYTES) }),
    };
}

/**
 * @param {number} timestampMs
 * @returns {StartMessage}
 */
export function startMessage(timestampMs) {
    return { type: 'start', timestampMs };
}

/** @returns {ListenMessage} */
export function programmeMessage() {
    return { type: 'programme', version: 1 };
}

/** @returns {EndMessage} */
export function endMessage() {
    return { type: 'end' };
}

/**
 * @param {string} text
 * @returns {SayMessage}
 */
export function chatMessage(text) {
    return { type: 'chat', text: cleanChatText(text) };
}

/** @returns {KeyframeMessage} */
export function keyframeMessage() {
    return { type: 'keyframe' };
}

/**
 * @param {Omit<LagMessage, 'type'>} members
 * @returns {LagMessage}
 */
export function lagMessage({ behindMs, bufferedMs, framesDropped, framesDecoded, hidden, newestMs }) {
    return { type: 'lag', behindMs, bufferedMs, framesDropped, framesDecoded, hidden, ...(newestMs === undefined ? {} : { newestMs }) };
}

/**
 * @param {Omit<TimingMessage, 'type'>} members ms, means of the last pictures
 * @returns {TimingMessage}
 */
export function timingMessage({ captureMs, encodeMs }) {
    const share = (/** @type {number} */ ms) => Math.min(TIMING_LIMIT_MS, Math.max(0, Math.round(ms * 10) / 10));
    return { type: 'timing', captureMs: share(captureMs), encodeMs: share(encodeMs) };
}

/**
 * @param {number} t
 * @returns {TimeMessage}
 */
export function timeMessage(t) {
    return { type: 'time', t };
}

/**
 * @param {string} name
 * @returns {NameMessage}
 */
export function nameMessage(name) {
    return { type: 'name', name: cutToBytes(name, LIMIT_NAME_BYTES) };
}

/**
 * @param {Choice} choice
 * @param {number} [best] in auto: nothing better than this rendition
 * @returns {ChooseMessage}
 */
export function chooseMessage(choice, best = 0) {
    return { type: 'quality', choice, ...(choice === 'auto' && best > 0 ? { best } : {}) };
}

/**
 * @param {number} rendition
 * @returns {WithdrawMessage}
 */
export function withdrawMessage(rendition) {
    return { type: 'withdraw', rendition };
}
