// SPDX-License-Identifier: MIT
// The only file that includes jansson: JSON from outside into typed structs, strictly. Tables name
// each message and its reader; every string is copied into a field of fixed size, so nothing of
// jansson's lives on.
#include "relay/control.h"

#include "relay/account_names.h"
#include "relay/account_request.h"
#include "relay/assets.h"
#include "relay/relay_limits.h"
#include "relay/time_text.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

// Duplicates are refused, and so is anything behind the object (jansson's default). NUL in strings
// is refused, too.
#define STRICT JSON_REJECT_DUPLICATES
// 10^15 µs are 31 years: beyond any time a peer may mean, far below what int64 holds.
#define LIMIT_NUMBER_MS 1e12

static json_t *load_object(const char *json, size_t len) {
    json_t *const root = json_loadb(json, len, STRICT, NULL);
    if (root && !json_is_object(root)) {
        json_decref(root);
        return NULL;
    }
    return root;
}

// Copies a string member with its NUL. Returns its length, or -1 when it is no string or does not
// fit.
static int copy_text(char *out, size_t cap, const json_t *value) {
    if (!json_is_string(value) || json_string_length(value) >= cap)
        return -1;
    memcpy(out, json_string_value(value), json_string_length(value) + 1);
    return (int)json_string_length(value);
}

static bool is_line(const char *text) { return utf8_is_line((const uint8_t *)text, strlen(text)); }

static bool read_us(int64_t *out, const json_t *value) {
    const double ms = json_number_value(value);
    if (!json_is_number(value) || !(ms >= 0) || ms > LIMIT_NUMBER_MS)
        return false;
    *out = (int64_t)llround(ms * 1000.0);
    return true;
}

static bool read_count(uint64_t *out, const json_t *value) {
    if (!json_is_number(value) || !(json_number_value(value) >= 0) ||
        json_number_value(value) > 9e15)
        return false;
    *out = (uint64_t)json_number_value(value);
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
    if (copy_text(out->hello.show, sizeof(out->hello.show), show) < 0)
        out->hello.show[0] = '\0';
    if (key && !json_is_string(key))
        return REFUSAL_MEMBERS;
    out->hello.has_key = key != NULL;
    if (!key || copy_text(out->hello.key, sizeof(out->hello.key), key) != LIMIT_KEY_CHARS)
        out->hello.key[0] = '\0';
    if (out->hello.is_publisher && !key)
        return REFUSAL_MEMBERS;
    if (name && (copy_text(out->hello.name, sizeof(out->hello.name), name) < 0 ||
                 !is_line(out->hello.name)))
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
    const int len = copy_text(out->chat.text, sizeof(out->chat.text), text);
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
    if (!read_count(&out->lag.frames_dropped, json_object_get(root, "framesDropped")) ||
        !read_count(&out->lag.frames_decoded, json_object_get(root, "framesDecoded")))
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
        copy_text(out->name.name, sizeof(out->name.name), json_object_get(root, "name"));
    return len > 0 && is_line(out->name.name) ? REFUSAL_NONE : REFUSAL_MEMBERS;
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
    json_t *const root = load_object(json, len);
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

static bool is_title(const char *text) {
    return text[0] && is_line(text) && strspn(text, " ") < strlen(text);
}

// `null` is the same as nothing.
static const json_t *member(const json_t *root, const char *name) {
    const json_t *const value = json_object_get(root, name);
    return json_is_null(value) ? NULL : value;
}

static bool read_tags(char out[LIMIT_TAGS_BYTES + 1], const json_t *tags) {
    size_t i;
    const json_t *item;
    out[0] = '\0';
    json_array_foreach(tags, i,
                       item) if (!json_is_string(item) ||
                                 !show_tags_add(out, json_string_value(item))) return false;
    return json_is_array(tags);
}

static bool read_starts_at(int64_t *out, const json_t *value) {
    *out = 0;
    if (json_is_null(value))
        return true;
    const char *const text = json_string_value(value);
    *out = text ? time_text_read(text) : -1;
    return *out > 0;
}

// A whole number up to `most`; nothing is 0.
static bool read_whole(uint32_t *out, const json_t *value, uint32_t most) {
    if (json_is_null(value)) {
        *out = 0;
        return true;
    }
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > (json_int_t)most)
        return false;
    *out = (uint32_t)json_integer_value(value);
    return true;
}

static bool read_invited(char out[LIMIT_INVITED_BYTES + 1], const json_t *names) {
    size_t i;
    const json_t *item;
    out[0] = '\0';
    if (!json_is_array(names))
        return false;
    json_array_foreach(names, i, item) {
        if (!json_is_string(item) || !show_invite(out, json_string_value(item)))
            return false;
    }
    return true;
}

// Who may watch, what it costs, how long it is, in which language.
static const char *read_show_terms(struct show_about *about,
                                   char password[LIMIT_PASSWORD_BYTES + 1], const json_t *root) {
    const json_t *const visibility = member(root, "visibility");
    const json_t *const invited = member(root, "invited");
    const json_t *const secret = member(root, "password");
    const json_t *const price = json_object_get(root, "priceCoins");
    const json_t *const length = json_object_get(root, "lengthMinutes");
    const json_t *const language = member(root, "language");
    uint32_t minutes = about->length_min;
    if (visibility && (!json_is_string(visibility) ||
                       !show_visibility_read(&about->visibility, json_string_value(visibility))))
        return "visibility";
    if (invited && !read_invited(about->invited, invited))
        return "invited";
    if (secret &&
        copy_text(password, LIMIT_PASSWORD_BYTES + 1, secret) < LIMIT_SHOW_PASSWORD_LEAST_BYTES)
        return "password";
    if (price && !read_whole(&about->price_coins, price, LIMIT_PRICE_COINS))
        return "priceCoins";
    if (length && !read_whole(&minutes, length, LIMIT_SHOW_LENGTH_MIN))
        return "lengthMinutes";
    about->length_min = (uint16_t)minutes;
    if (language && (copy_text(about->language, sizeof(about->language), language) < 0 ||
                     !show_language_is_sane(about->language)))
        return "language";
    return NULL;
}

// What may be left out of a show, or said.
static const char *read_show_options(struct show_about *about,
                                     char password[LIMIT_PASSWORD_BYTES + 1], const json_t *root) {
    const json_t *const tags = member(root, "tags");
    const json_t *const category = member(root, "category");
    const json_t *const starts_at = json_object_get(root, "startsAt");
    const json_t *const is_recorded = member(root, "isRecorded");
    if (category && (copy_text(about->category, sizeof(about->category), category) < 0 ||
                     !show_category_is_known(about->category)))
        return "category";
    if (tags && !read_tags(about->tags, tags))
        return "tags";
    if (starts_at && !read_starts_at(&about->starts_us, starts_at))
        return "startsAt";
    if (is_recorded && !json_is_boolean(is_recorded))
        return "isRecorded";
    if (is_recorded)
        about->is_unrecorded = !json_is_true(is_recorded);
    return read_show_terms(about, password, root);
}

const char *show_request_read(struct show_about *about, char password[LIMIT_PASSWORD_BYTES + 1],
                              bool is_new, const char *json, size_t len) {
    json_t *const root = load_object(json, len);
    password[0] = '\0';
    if (!root)
        return "";
    const char *wrong = NULL;
    const json_t *const title = json_object_get(root, "title");
    const json_t *const description = member(root, "description");
    if (is_new)
        *about = (struct show_about){0};
    if ((is_new || title) &&
        (copy_text(about->title, sizeof(about->title), title) <= 0 || !is_title(about->title)))
        wrong = "title";
    else if (description &&
             (copy_text(about->description, sizeof(about->description), description) < 0 ||
              !utf8_is_text((const uint8_t *)about->description, strlen(about->description))))
        wrong = "description";
    else
        wrong = read_show_options(about, password, root);
    json_decref(root);
    return wrong;
}

int show_pass_request_read(char password[LIMIT_PASSWORD_BYTES + 1], const char *json, size_t len) {
    json_t *const root = load_object(json, len);
    const int got =
        root ? copy_text(password, LIMIT_PASSWORD_BYTES + 1, json_object_get(root, "password"))
             : -1;
    json_decref(root);
    return got < 0 ? -1 : 0;
}

// --- Accounts

// An address that a page may link to: http or https, nothing that could end an attribute.
static bool is_link(const char *text) {
    const size_t len = strlen(text);
    return (strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0) &&
           len <= LIMIT_LINK_BYTES && strchr(text, ':')[3] && strcspn(text, " \"'<>`\\") == len &&
           is_line(text);
}

static bool read_links(char out[LIMIT_LINKS_BYTES + 1], const json_t *links) {
    size_t i, len = 0;
    const json_t *item;
    out[0] = '\0';
    if (!json_is_array(links) || json_array_size(links) > LIMIT_LINKS_COUNT)
        return false;
    json_array_foreach(links, i, item) {
        if (!json_is_string(item) || !is_link(json_string_value(item)))
            return false;
        len += (size_t)snprintf(out + len, LIMIT_LINKS_BYTES + 1 - len, "%s%s", len ? "\n" : "",
                                json_string_value(item));
    }
    return true;
}

static const char *read_profile(struct account_request *out, const json_t *root) {
    const json_t *const display_name = member(root, "displayName");
    const json_t *const bio = member(root, "bio");
    const json_t *const links = member(root, "links");
    out->has_display_name = display_name != NULL;
    out->has_bio = bio != NULL;
    out->has_links = links != NULL;
    if (display_name &&
        (copy_text(out->display_name, sizeof(out->display_name), display_name) <= 0 ||
         !is_title(out->display_name)))
        return "displayName";
    if (bio && (copy_text(out->bio, sizeof(out->bio), bio) < 0 ||
                (out->bio[0] && !utf8_is_text((const uint8_t *)out->bio, strlen(out->bio)))))
        return "bio";
    return links && !read_links(out->links, links) ? "links" : NULL;
}

static const char *read_password(struct account_request *out, enum account_request_kind kind,
                                 const json_t *root) {
    const json_t *const invitation = member(root, "invitation");
    if (copy_text(out->password, sizeof(out->password), json_object_get(root, "password")) < 0)
        return "password";
    if (kind == ACCOUNT_NEW_PASSWORD &&
        copy_text(out->current, sizeof(out->current), json_object_get(root, "currentPassword")) < 0)
        return "currentPassword";
    if (kind == ACCOUNT_SIGN_UP && invitation &&
        copy_text(out->invitation, sizeof(out->invitation), invitation) < 0)
        return "invitation";
    return kind == ACCOUNT_SIGN_UP ? read_profile(out, root) : NULL;
}

static const char *read_admin_change(struct account_request *out, const json_t *root) {
    const json_t *const role = member(root, "role");
    const json_t *const is_banned = member(root, "isBanned");
    out->has_role = role != NULL;
    out->has_ban = is_banned != NULL;
    out->is_banned = json_is_true(is_banned);
    if (role && (!json_is_string(role) || !account_role_read(&out->role, json_string_value(role))))
        return "role";
    return (is_banned && !json_is_boolean(is_banned)) || (!role && !is_banned) ? "isBanned" : NULL;
}

// A code that cannot be one is one that nobody was given.
static const char *read_code(struct account_request *out, enum account_request_kind kind,
                             const json_t *root) {
    const json_t *const code = member(root, "code");
    if (!json_is_string(code) && (code || kind != ACCOUNT_SIGN_IN))
        return "code";
    if (code && copy_text(out->code, sizeof(out->code), code) < 0)
        snprintf(out->code, sizeof(out->code), "?");
    return NULL;
}

static const char *read_factor(struct account_request *out, enum account_request_kind kind,
                               const json_t *root) {
    if (kind != ACCOUNT_FACTOR_CONFIRM &&
        copy_text(out->current, sizeof(out->current), json_object_get(root, "currentPassword")) < 0)
        return "currentPassword";
    return kind == ACCOUNT_FACTOR_BEGIN ? NULL : read_code(out, kind, root);
}

static const char *read_push(struct account_request *out, enum account_request_kind kind,
                             const json_t *root) {
    const json_t *const keys = json_object_get(root, "keys");
    struct store_push *const p = &out->push;
    if (copy_text(p->endpoint, sizeof(p->endpoint), json_object_get(root, "endpoint")) <= 0)
        return "endpoint";
    return kind == ACCOUNT_PUSH_ADD &&
                   (copy_text(p->point, sizeof(p->point), json_object_get(keys, "p256dh")) <= 0 ||
                    copy_text(p->auth, sizeof(p->auth), json_object_get(keys, "auth")) <= 0)
               ? "keys"
               : NULL;
}

static const char *read_code_and_password(struct account_request *out,
                                          enum account_request_kind kind, const json_t *root) {
    const char *const wrong = read_code(out, kind, root);
    return wrong ? wrong : read_password(out, kind, root);
}

const char *account_request_read(struct account_request *out, enum account_request_kind kind,
                                 const char *json, size_t len) {
    json_t *const root = load_object(json, len);
    if (!root)
        return "";
    const char *wrong = NULL;
    const json_t *const name = json_object_get(root, "name");
    memset(out, 0, sizeof(*out));
    if (kind == ACCOUNT_PROFILE)
        wrong = read_profile(out, root);
    else if (kind == ACCOUNT_ADMIN)
        wrong = read_admin_change(out, root);
    else if (kind == ACCOUNT_RESET)
        wrong = read_code_and_password(out, kind, root);
    else if (kind == ACCOUNT_PUSH_ADD || kind == ACCOUNT_PUSH_END)
        wrong = read_push(out, kind, root);
    else if (kind >= ACCOUNT_FACTOR_BEGIN && kind <= ACCOUNT_FACTOR_OFF)
        wrong = read_factor(out, kind, root);
    else if (kind != ACCOUNT_NEW_PASSWORD &&
             (!json_is_string(name) ||
              (copy_text(out->name, sizeof(out->name), name) < 0 && kind != ACCOUNT_SIGN_IN)))
        wrong = "name";
    else if (kind == ACCOUNT_SIGN_IN)
        wrong = read_code_and_password(out, kind, root);
    else if (kind != ACCOUNT_FOLLOW)
        wrong = read_password(out, kind, root);
    json_decref(root);
    return wrong;
}

int replay_sidecar_read(struct replay_sidecar *out, const char *json, size_t len) {
    json_t *const root = load_object(json, len);
    if (!root)
        return -1;
    memset(out, 0, sizeof(*out));
    if (copy_text(out->title, sizeof(out->title), json_object_get(root, "title")) < 0 ||
        !is_line(out->title))
        out->title[0] = '\0';
    uint64_t count = 0;
    const char *const started_at = json_string_value(json_object_get(root, "startedAt"));
    if (started_at && time_text_read(started_at) > 0)
        out->started_at_ms = time_text_read(started_at) / 1000;
    if (read_count(&count, json_object_get(root, "durationMs")))
        out->duration_ms = count;
    if (read_count(&count, json_object_get(root, "sizeBytes")))
        out->size_bytes = count;
    json_decref(root);
    return 0;
}

static int read_manifest_files(struct asset_manifest *out, const json_t *files) {
    size_t i;
    const json_t *item;
    json_array_foreach(files, i, item) {
        if (out->file_count == ASSET_FILES_COUNT)
            return -1;
        struct asset_manifest_file *const file = &out->files[out->file_count++];
        uint64_t br = 0, gz = 0;
        if (copy_text(file->name, sizeof(file->name), json_object_get(item, "file")) <= 0 ||
            file->name[0] == '/' || strstr(file->name, "..") ||
            copy_text(file->type, sizeof(file->type), json_object_get(item, "type")) <= 0 ||
            copy_text(file->etag, sizeof(file->etag), json_object_get(item, "etag")) <= 0)
            return -1;
        if (!read_count(&br, json_object_get(item, "brSize")) ||
            !read_count(&gz, json_object_get(item, "gzSize")))
            return -1;
        file->has_br = br > 0;
        file->has_gz = gz > 0;
        file->is_immutable = json_is_true(json_object_get(item, "immutable"));
    }
    return 0;
}

int asset_manifest_read(struct asset_manifest *out, const char *json, size_t len) {
    json_t *const root = load_object(json, len);
    int result = root ? 0 : -1;
    size_t i;
    const json_t *item;
    memset(out, 0, sizeof(*out));
    json_array_foreach(json_object_get(root, "routes"), i, item) {
        if (json_is_null(json_object_get(item, "route")))
            continue; // 404.html: a page without a place
        struct asset_manifest_route *const route = &out->routes[out->route_count];
        if (out->route_count == ASSET_ROUTES_COUNT ||
            copy_text(route->pattern, sizeof(route->pattern), json_object_get(item, "route")) <=
                0 ||
            copy_text(route->file, sizeof(route->file), json_object_get(item, "file")) <= 0) {
            result = -1;
            break;
        }
        out->route_count++;
    }
    if (result == 0)
        result = read_manifest_files(out, json_object_get(root, "files"));
    json_decref(root);
    return result;
}
