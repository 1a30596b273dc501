// SPDX-License-Identifier: MIT
// Everything the relay refuses on a WebSocket, in one table: the close code and its name as
// docs/protocol.md has them, the label under which /metrics counts it, and the sentence the peer is
// told.
#ifndef TABCAST_RELAY_REFUSAL_H
#define TABCAST_RELAY_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

enum refusal {
    REFUSAL_NONE,
    REFUSAL_NOT_UTF8,
    REFUSAL_TOO_LONG,
    REFUSAL_NOT_JSON,
    REFUSAL_UNKNOWN_TYPE,
    REFUSAL_MEMBERS,
    REFUSAL_UNEXPECTED,
    REFUSAL_MEDIA_EARLY,
    REFUSAL_MEDIA_HEADER,
    REFUSAL_MEDIA_WEBM,
    REFUSAL_MEDIA_DISAGREES,
    REFUSAL_MEDIA_NO_INIT,
    REFUSAL_MEDIA_TIME,
    REFUSAL_POSTER,
    REFUSAL_START_TIME,
    REFUSAL_VERSION,
    REFUSAL_NOT_FOUND,
    REFUSAL_LOCKED,
    REFUSAL_WRONG_KEY,
    REFUSAL_VIEWER_PUBLISHES,
    REFUSAL_ALREADY_PUBLISHING,
    REFUSAL_REPLACED,
    REFUSAL_HELLO_TIMEOUT,
    REFUSAL_ROOM_FULL,
    REFUSAL_FRAME_UNMASKED,
    REFUSAL_FRAME_LENGTH,
    REFUSAL_FRAME_BITS,
    REFUSAL_FRAME_ORDER,
    REFUSAL_RATE_TEXT,
    REFUSAL_RATE_CONTROL,
    REFUSAL_RATE_MEDIA,
    REFUSAL_RATE_BYTES,
    REFUSAL_TOO_SLOW,
    REFUSAL_CHAT_RATE,    // told, the connection stays
    REFUSAL_CHAT_INVALID, // told, the connection stays
    REFUSAL_KEY_CHANGED,
    REFUSAL_BANNED,
    REFUSAL_COUNT
};

struct refusal_text {
    const char *label;   // of the metric, [a-z-]
    const char *code;    // of the `error` message
    uint16_t close_code; // 0: the connection stays open
    const char *message; // what happened and what helps
};

const struct refusal_text *refusal_text(enum refusal r);

#endif
