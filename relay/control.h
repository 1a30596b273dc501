// SPDX-License-Identifier: MIT
// The text messages of docs/protocol.md as structs, and back. Reading (json_jansson*.c, the only
// files that include jansson) is strict: one JSON object, no member twice, known types only, every
// known member of the right type and within its limit; unknown members are ignored. Writing
// (control_write.c) cannot fail but for space. Pure: no I/O, no clock.
#ifndef TABCAST_RELAY_CONTROL_H
#define TABCAST_RELAY_CONTROL_H

#include "relay/refusal.h"
#include "relay/show_about.h"
#include "shared/limits.h"
#include "shared/webm_writer.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum control_type {
    CONTROL_HELLO,
    CONTROL_START,
    CONTROL_END,
    CONTROL_CHAT,
    CONTROL_KEYFRAME,
    CONTROL_LAG,
    CONTROL_TIME,
    CONTROL_NAME,
    CONTROL_TIMING,
    CONTROL_QUALITY,
    CONTROL_WITHDRAW,
    CONTROL_PROGRAMME,
    CONTROL_TYPE_COUNT
};

// What the programme says of a show.
enum programme_state {
    PROGRAMME_NOTHING, // not told of
    PROGRAMME_SCHEDULED,
    PROGRAMME_LIVE,
    PROGRAMME_RECONNECTING,
    PROGRAMME_ENDED,
    PROGRAMME_REPLAY, // ended, and its replay is there
};

// What a viewer asks for: the rendition of that number, or one of these.
enum control_choice { CHOICE_AUDIO = LIMIT_RENDITIONS_COUNT, CHOICE_AUTO };

// Strings from outside are NUL-terminated, valid UTF-8, and hold no NUL of their own.
struct control_message {
    enum control_type type;
    union {
        struct {
            bool is_publisher;
            bool has_key;
            char show[LIMIT_ID_CHARS + 1];   // "" when it cannot be an id
            char key[LIMIT_KEY_CHARS + 1];   // "" when it cannot be a key
            char name[LIMIT_NAME_BYTES + 1]; // "" when not given
        } hello;
        struct {
            int64_t timestamp_us;
        } start;
        struct {
            // Longer texts are no fault that closes: is_valid tells whether this may be said.
            bool is_valid;
            char text[LIMIT_CHAT_TEXT_BYTES + 1];
        } chat;
        struct {
            uint64_t behind_us;
            uint64_t buffered_us;
            uint64_t newest_us; // newest media time received; UINT64_MAX: not said
            uint64_t frames_dropped;
            uint64_t frames_decoded;
            bool is_hidden;
        } lag;
        struct {
            double t;
        } time;
        struct {
            char name[LIMIT_NAME_BYTES + 1];
        } name;
        struct {
            int64_t capture_us;
            int64_t encode_us;
        } timing;
        struct {
            uint8_t choice; // a rendition, or enum control_choice
            uint8_t best;   // nothing better in CHOICE_AUTO; 0 when not said
        } quality;
        struct {
            uint8_t rendition; // never the best one
        } withdraw;
    };
};

// Returns REFUSAL_NONE and fills *out, or why not. The bytes must be valid UTF-8 (utf8.h).
enum refusal control_read(struct control_message *out, const char *json, size_t len);

// What a client may say of a show: all of it anew (`is_new`, a title is needed), or what shall
// change in *about. Returns NULL, or the name of the member that is missing or wrong ("" = not a
// JSON object at all); then *about is not to be used.
// `password` gets the one that opens the show, "" when none is given; whoever calls overwrites it.
const char *show_request_read(struct show_about *about, char password[LIMIT_PASSWORD_BYTES + 1],
                              bool is_new, const char *json, size_t len);
// What was said to have a show opened: its password. 0 or -1.
int show_pass_request_read(char password[LIMIT_PASSWORD_BYTES + 1], const char *json, size_t len);

// The sidecar beside a recording (ID.json), as far as the relay reads it. Missing members stay
// zero.
struct replay_sidecar {
    char title[LIMIT_TITLE_BYTES + 1];
    int64_t started_at_ms;
    uint64_t duration_ms;
    uint64_t size_bytes;
};
int replay_sidecar_read(struct replay_sidecar *out, const char *json, size_t len); // 0 or -1

// Writers: the length, or 0 when `cap` is too small. LIMIT_TEXT_MESSAGE_BYTES is always enough: in
// a welcome that would be longer (a description of quotation marks) the description is left out;
// the API tells it.
struct control_welcome {
    const char *session, *role, *name;
    const char *account; // "" or NULL = a guest
    bool is_invisible;   // the account is not shown to others
    const char *show, *title, *description, *state;
    int64_t now_us; // Unix
    bool has_epoch;
    int64_t epoch_us; // Unix time of media time zero
    uint64_t media_time_us;
    uint32_t viewers;
};
struct control_chat_line {
    uint64_t id;
    const char *session, *name, *role, *text;
    const char *account; // "" or NULL = none is shown
    int64_t at_us;       // show's clock
    int64_t sent_at_us;  // Unix
};

size_t control_write_welcome(char *out, size_t cap, const struct control_welcome *m);
size_t control_write_chat(char *out, size_t cap, const struct control_chat_line *m);
size_t control_write_state(char *out, size_t cap, const char *state, bool has_epoch,
                           int64_t epoch_us);
size_t control_write_presence(char *out, size_t cap, uint32_t viewers);
// Somebody in a room, as others are told.
struct control_person {
    const char *session, *name;
    const char *account; // "" = a guest
};
size_t control_write_coming(char *out, size_t cap, bool is_join,
                            const struct control_person *person);
size_t control_write_people(char *out, size_t cap, const struct control_person *people,
                            size_t count);
// As whom others see it from now on.
size_t control_write_you(char *out, size_t cap, const struct control_person *you,
                         bool is_invisible);
// To all: the picture of an account is another one; `version` tells it apart from those before.
size_t control_write_face(char *out, size_t cap, const char *account, uint64_t version);
size_t control_write_ack(char *out, size_t cap, uint64_t bytes, uint64_t timestamp_us,
                         const char *recording);
// What a viewer gets now: the name of the slow-viewer stage, and the rendition.
size_t control_write_quality(char *out, size_t cap, const char *stage, unsigned rendition);
// What the publisher says of its share in the latency.
size_t control_write_timing(char *out, size_t cap, int64_t capture_us, int64_t encode_us);
size_t control_write_keyframe(char *out, size_t cap, unsigned rendition);
// The sizes on offer; `tracks` has LIMIT_RENDITIONS_COUNT of them, width 0: not on offer.
size_t control_write_renditions(char *out, size_t cap, const struct webm_tracks *tracks);
// What the publisher is to encode: bit r is set for rendition r.
size_t control_write_wanted(char *out, size_t cap, unsigned renditions);
struct control_programme_item {
    char show[LIMIT_ID_CHARS + 1];
    enum programme_state state;
    uint32_t viewers;
};
// `is_whole`: all that is on; else what has changed.
size_t control_write_programme(char *out, size_t cap, const struct control_programme_item *items,
                               size_t count, bool is_whole);
size_t control_write_time(char *out, size_t cap, double t, int64_t now_us);
// `type` is "warning" or "error".
size_t control_write_notice(char *out, size_t cap, const char *type, const char *code,
                            const char *message);

#endif
