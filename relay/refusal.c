// SPDX-License-Identifier: MIT
#include "relay/refusal.h"

#include <assert.h>

static const struct refusal_text texts[REFUSAL_COUNT] = {
    [REFUSAL_NONE] = {"none", "none", 0, ""},
    [REFUSAL_NOT_UTF8] = {"not-utf8", "bad-message", 1007, "The text was not valid UTF-8."},
    [REFUSAL_TOO_LONG] = {"too-long", "bad-message", 1009, "The message is longer than its limit."},
    [REFUSAL_NOT_JSON] = {"not-json", "bad-message", 4000,
                          "The message is not a JSON object, or names a member twice."},
    [REFUSAL_UNKNOWN_TYPE] = {"unknown-type", "bad-message", 4000,
                              "The message is of no known type."},
    [REFUSAL_MEMBERS] = {"members", "bad-message", 4000,
                         "A member of the message is missing or wrong."},
    [REFUSAL_UNEXPECTED] = {"unexpected", "bad-message", 4000,
                            "The message does not fit the state of this connection."},
    [REFUSAL_MEDIA_EARLY] = {"media-early", "bad-message", 4000,
                             "Media came before hello and start."},
    [REFUSAL_MEDIA_HEADER] = {"media-header", "bad-message", 4000,
                              "The media message has a wrong header."},
    [REFUSAL_MEDIA_WEBM] = {"media-webm", "bad-message", 4000,
                            "The media message is not the WebM we speak."},
    [REFUSAL_MEDIA_DISAGREES] =
        {"media-disagrees", "bad-message", 4000,
         "Track, key flag or timestamp of the Cluster disagree with the header."},
    [REFUSAL_MEDIA_NO_INIT] = {"media-no-init", "bad-message", 4000,
                               "Media came before an init segment that describes it."},
    [REFUSAL_MEDIA_TIME] = {"media-time", "bad-message", 4000, "A timestamp went back."},
    [REFUSAL_POSTER] = {"poster", "bad-message", 4000, "The poster is not one JPEG."},
    [REFUSAL_START_TIME] = {"start-time", "bad-message", 4000,
                            "The show's clock must go on from welcome.mediaTimeMs."},
    [REFUSAL_VERSION] = {"version", "unsupported-version", 4001,
                         "This relay speaks version 1 of the protocol; please reload the page."},
    [REFUSAL_NOT_FOUND] = {"not-found", "not-found", 4002,
                           "There is no such show, or it has ended."},
    [REFUSAL_WRONG_KEY] = {"wrong-key", "forbidden", 4003,
                           "The key does not fit this show; use the tab that created it."},
    [REFUSAL_VIEWER_PUBLISHES] = {"viewer-publishes", "forbidden", 4003,
                                  "Only the show's creator may send this."},
    [REFUSAL_ALREADY_PUBLISHING] =
        {"already-publishing", "already-publishing", 4004,
         "The show is already being sent from another tab; end it there first."},
    [REFUSAL_REPLACED] = {"replaced", "already-publishing", 4004,
                          "The show is now being sent from another connection."},
    [REFUSAL_HELLO_TIMEOUT] = {"hello-timeout", "hello-timeout", 4005,
                               "Nothing was said within 10 seconds."},
    [REFUSAL_ROOM_FULL] = {"room-full", "room-full", 4006,
                           "The room is full; please try again later."},
    [REFUSAL_FRAME_UNMASKED] = {"frame-unmasked", "bad-message", 1002,
                                "A client masks its frames (RFC 6455 5.1)."},
    [REFUSAL_FRAME_LENGTH] = {"frame-length", "bad-message", 1002,
                              "A frame does not say its length in the shortest way."},
    [REFUSAL_FRAME_BITS] = {"frame-bits", "bad-message", 1002,
                            "A frame has reserved bits or an unknown opcode."},
    [REFUSAL_FRAME_ORDER] = {"frame-order", "bad-message", 1002,
                             "A frame continues no message, or begins one within another."},
    [REFUSAL_RATE_TEXT] = {"rate-text", "rate", 4007, "Too many messages."},
    [REFUSAL_RATE_CONTROL] = {"rate-control", "rate", 4007, "Too many control frames."},
    [REFUSAL_RATE_MEDIA] = {"rate-media", "rate", 4007, "Too many media messages."},
    [REFUSAL_RATE_BYTES] = {"rate-bytes", "rate", 4007,
                            "More media than this relay takes from one show."},
    [REFUSAL_TOO_SLOW] = {"too-slow", "too-slow", 4008,
                          "The connection is too slow even for sound."},
    [REFUSAL_CHAT_RATE] = {"chat-rate", "chat-rate", 0,
                           "Too fast: wait a second before the next line."},
    [REFUSAL_CHAT_INVALID] = {"chat-invalid", "chat-invalid", 0,
                              "A line has 1 to 1000 bytes and no control characters."},
};

const struct refusal_text *refusal_text(enum refusal r) {
    assert(r < REFUSAL_COUNT);
    return &texts[r];
}
