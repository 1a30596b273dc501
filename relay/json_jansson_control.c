// SPDX-License-Identifier: MIT
// The text messages of the WebSocket: a table names each and its reader.
#include "relay/control.h"

#include "relay/json_jansson.h"
#include "relay/relay_limits.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

// 10^15 µs are 31 years: beyond any time a peer may mean, far below what int64 holds.
#define LIMIT_NUMBER_MS 1e12

static bool read_us(int64_t *out, const json_t *value) {
    const double ms = json_number_value(value);
    if (!json_is_number(value) || !(ms >= 0) || ms > LIMIT_NUMBER_MS)
        return false;
    *out = (int64_t)llround(ms * 1000.0);
    return true;
}

static enum refusal read_hello(struct control_message *out, const json_t *root) {
    const json_t *const version = json_object_get(root, "version");
    const char *const role = json_string_value(json_object_get(root, "role"));
    const json_t *const show = json_object_get(root, "show");
    const json_t *const key = json_object_get(root, "key");
    const json_t *const name = json_object_get(root, "name");

    if (!json_is_number(version))
        return REFUSAL_MEMBERS;
    if (json_number_value(version) != WIRE_VERSION)
        return REFUSAL_VERSION; // before all else: another version's members may differ
    if (!role || (strcmp(role, "watch") != 0 && strcmp(role, "publish") != 0) ||
        !json_is_string(show))
        return REFUSAL_MEMBERS;
    out->hello.is_publisher = role[0] == 'p';
    if (jansson_copy_text(out->hello.show, sizeof(out->hello.show), show) < 0)
        out->hello.show[0] = '\0';
    if (key && !json_is_string(key))
        return REFUSAL_MEMBERS;
    out->hello.has_key = key != NULL;
    if (!key || jansson_copy_text(out->hello.key, sizeof(out->hello.key), key) != LIMIT_KEY_CHARS)
        out->hello.key[0] = '\0';
    if (out->hello.is_publisher && !key)
        return REFUSAL_MEMBERS;
    if (name && (jansson_copy_text(out->hello.name, sizeof(out->hello.name), name) < 0 ||
                 !jansson_is_line(out->hello.name)))
        return REFUSAL_MEMBERS;
    return REFUSAL_NONE;
}

static enum refusal read_start(struct control_message *out, const json_t *root) {
    return read_us(&out->start.timestamp_us, json_object_get(root, "timestampMs"))
               ? REFUSAL_NONE
               : REFUSAL_MEMBERS;
}

static enum refusal read_nothing(struct control_message *out, const json_t *root) {
    (void)out;
    (void)root;
    return REFUSAL_NONE;
}

static enum refusal read_chat(struct control_message *out, const json_t *root) {
    const json_t *const text = json_object_get(root, "text");
    if (!json_is_string(text))
        return REFUSAL_MEMBERS;
    const int len = jansson_copy_text(out->chat.text, sizeof(out->chat.text), text);
    out->chat.is_valid = len > 0 && utf8_is_text((const uint8_t *)out->chat.text, (size_t)len);
    return REFUSAL_NONE;
}

static enum refusal read_lag(struct control_message *out, const json_t *root) {
    const json_t *const behind = json_object_get(root, "behindMs");
    const json_t *const buffered = json_object_get(root, "bufferedMs");
    const json_t *const hidden = json_object_get(root, "hidden");
    const json_t *const newest = json_object_get(root, "newestMs");
    if (!json_is_number(behind) || !json_is_number(buffered) || !json_is_boolean(hidden))
        return REFUSAL_MEMBERS;
    // A clock that is not settled yet may say a little less than nothing.
    int64_t behind_us = 0, buffered_us = 0, newest_us = 0;
    if ((json_number_value(behind) > 0 && !read_us(&behind_us, behind)) ||
        (json_number_value(buffered) > 0 && !read_us(&buffered_us, buffered)) ||
        (newest && !read_us(&newest_us, newest)))
        return REFUSAL_MEMBERS;
    out->lag.newest_us = newest ? (uint64_t)newest_us : UINT64_MAX;
    out->lag.behind_us = (uint64_t)behind_us;
    out->lag.buffered_us = (uint64_t)buffered_us;
    out->lag.is_hidden = json_is_true(hidden);
    if (!jansson_read_count(&out->lag.frames_dropped, json_object_get(root, "framesDropped")) ||
        !jansson_read_count(&out->lag.frames_decoded, json_object_get(root, "framesDecoded")))
        return REFUSAL_MEMBERS;
    return REFUSAL_NONE;
}

static enum refusal read_time(struct control_message *out, const json_t *root) {
    const json_t *const t = json_object_get(root, "t");
    if (!json_is_number(t))
        return REFUSAL_MEMBERS;
    out->time.t = json_number_value(t);
    return REFUSAL_NONE;
}

static enum refusal read_name(struct control_message *out, const json_t *root) {
    const int len =
        jansson_copy_text(out->name.name, sizeof(out->name.name), json_object_get(root, "name"));
    return len > 0 && jansson_is_line(out->name.name) ? REFUSAL_NONE : REFUSAL_MEMBERS;
}

static enum refusal read_timing(struct control_message *out, const json_t *root) {
    return read_us(&out->timing.capture_us, json_object_get(root, "captureMs")) &&
                   read_us(&out->timing.encode_us, json_object_get(root, "encodeMs")) &&
                   out->timing.capture_us <= LIMIT_TIMING_US &&
                   out->timing.encode_us <= LIMIT_TIMING_US
               ? REFUSAL_NONE
               : REFUSAL_MEMBERS;
}

static bool read_rendition(uint8_t *out, const json_t *value) {
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) >= LIMIT_RENDITIONS_COUNT)
        return false;
    *out = (uint8_t)json_integer_value(value);
    return true;
}

static enum refusal read_quality(struct control_message *out, const json_t *root) {
    const json_t *const choice = json_object_get(root, "choice");
    const char *const word = json_string_value(choice);
    if (word && strcmp(word, "auto") == 0)
        out->quality.choice = CHOICE_AUTO;
    else if (word && strcmp(word, "audio") == 0)
        out->quality.choice = CHOICE_AUDIO;
    else if (!read_rendition(&out->quality.choice, choice))
        return REFUSAL_MEMBERS;
    const json_t *const best = json_object_get(root, "best");
    out->quality.best = 0;
    return !best || read_rendition(&out->quality.best, best) ? REFUSAL_NONE : REFUSAL_MEMBERS;
}

static enum refusal read_programme(struct control_message *out, const json_t *root) {
    const json_t *const version = json_object_get(root, "version");
    (void)out;
    return !json_is_number(version)                     ? REFUSAL_MEMBERS
           : json_number_value(version) != WIRE_VERSION ? REFUSAL_VERSION
                                                        : REFUSAL_NONE;
}

static enum refusal read_withdraw(struct control_message *out, const json_t *root) {
    return read_rendition(&out->withdraw.rendition, json_object_get(root, "rendition")) &&
                   out->withdraw.rendition != 0
               ? REFUSAL_NONE
               : REFUSAL_MEMBERS;
}

static const struct {
    const char *name;
    enum refusal (*read)(struct control_message *out, const json_t *root);
} types[CONTROL_TYPE_COUNT] = {
    [CONTROL_HELLO] = {"hello", read_hello},
    [CONTROL_START] = {"start", read_start},
    [CONTROL_END] = {"end", read_nothing},
    [CONTROL_CHAT] = {"chat", read_chat},
    [CONTROL_KEYFRAME] = {"keyframe", read_nothing},
    [CONTROL_LAG] = {"lag", read_lag},
    [CONTROL_TIME] = {"time", read_time},
    [CONTROL_NAME] = {"name", read_name},
    [CONTROL_TIMING] = {"timing", read_timing},
    [CONTROL_QUALITY] = {"quality", read_quality},
    [CONTROL_WITHDRAW] = {"withdraw", read_withdraw},
    [CONTROL_PROGRAMME] = {"programme", read_programme},
};

enum refusal control_read(struct control_message *out, const char *json, size_t len) {
    json_t *const root = jansson_load_object(json, len);
    if (!root)
        return REFUSAL_NOT_JSON;
    enum refusal result = REFUSAL_UNKNOWN_TYPE;
    const json_t *const type = json_object_get(root, "type");
    memset(out, 0, sizeof(*out));
    for (unsigned i = 0; json_is_string(type) && i < CONTROL_TYPE_COUNT; i++) {
        if (strcmp(json_string_value(type), types[i].name) == 0) {
            out->type = (enum control_type)i;
            result = types[i].read(out, root);
            break;
        }
    }
    json_decref(root);
    return result;
}
