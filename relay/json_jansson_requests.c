// SPDX-License-Identifier: MIT
// The bodies of the API's requests: shows and accounts.
#include "relay/control.h"

#include "relay/account_names.h"
#include "relay/account_request.h"
#include "relay/json_jansson.h"
#include "relay/relay_limits.h"
#include "relay/time_text.h"
#include "shared/utf8.h"
#include <stdio.h>
#include <string.h>

// --- Shows

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
    const json_t *const visibility = jansson_member(root, "visibility");
    const json_t *const invited = jansson_member(root, "invited");
    const json_t *const secret = jansson_member(root, "password");
    const json_t *const price = json_object_get(root, "priceCoins");
    const json_t *const length = json_object_get(root, "lengthMinutes");
    const json_t *const language = jansson_member(root, "language");
    uint32_t minutes = about->length_min;
    if (visibility && (!json_is_string(visibility) ||
                       !show_visibility_read(&about->visibility, json_string_value(visibility))))
        return "visibility";
    if (invited && !read_invited(about->invited, invited))
        return "invited";
    if (secret && jansson_copy_text(password, LIMIT_PASSWORD_BYTES + 1, secret) <
                      LIMIT_SHOW_PASSWORD_LEAST_BYTES)
        return "password";
    if (price && !read_whole(&about->price_coins, price, LIMIT_PRICE_COINS))
        return "priceCoins";
    if (length && !read_whole(&minutes, length, LIMIT_SHOW_LENGTH_MIN))
        return "lengthMinutes";
    about->length_min = (uint16_t)minutes;
    if (language && (jansson_copy_text(about->language, sizeof(about->language), language) < 0 ||
                     !show_language_is_sane(about->language)))
        return "language";
    return NULL;
}

// What may be left out of a show, or said.
static const char *read_show_options(struct show_about *about,
                                     char password[LIMIT_PASSWORD_BYTES + 1], const json_t *root) {
    const json_t *const tags = jansson_member(root, "tags");
    const json_t *const category = jansson_member(root, "category");
    const json_t *const starts_at = json_object_get(root, "startsAt");
    const json_t *const is_recorded = jansson_member(root, "isRecorded");
    if (category && (jansson_copy_text(about->category, sizeof(about->category), category) < 0 ||
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
    json_t *const root = jansson_load_object(json, len);
    password[0] = '\0';
    if (!root)
        return "";
    const char *wrong = NULL;
    const json_t *const title = json_object_get(root, "title");
    const json_t *const description = jansson_member(root, "description");
    if (is_new)
        *about = (struct show_about){0};
    if ((is_new || title) && (jansson_copy_text(about->title, sizeof(about->title), title) <= 0 ||
                              !jansson_is_title(about->title)))
        wrong = "title";
    else if (description &&
             (jansson_copy_text(about->description, sizeof(about->description), description) < 0 ||
              !utf8_is_text((const uint8_t *)about->description, strlen(about->description))))
        wrong = "description";
    else
        wrong = read_show_options(about, password, root);
    json_decref(root);
    return wrong;
}

int show_pass_request_read(char password[LIMIT_PASSWORD_BYTES + 1], const char *json, size_t len) {
    json_t *const root = jansson_load_object(json, len);
    const int got = root ? jansson_copy_text(password, LIMIT_PASSWORD_BYTES + 1,
                                             json_object_get(root, "password"))
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
           jansson_is_title(text);
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
    const json_t *const display_name = jansson_member(root, "displayName");
    const json_t *const bio = jansson_member(root, "bio");
    const json_t *const links = jansson_member(root, "links");
    out->has_display_name = display_name != NULL;
    out->has_bio = bio != NULL;
    out->has_links = links != NULL;
    if (display_name &&
        (jansson_copy_text(out->display_name, sizeof(out->display_name), display_name) <= 0 ||
         !jansson_is_title(out->display_name)))
        return "displayName";
    if (bio && (jansson_copy_text(out->bio, sizeof(out->bio), bio) < 0 ||
                (out->bio[0] && !utf8_is_text((const uint8_t *)out->bio, strlen(out->bio)))))
        return "bio";
    return links && !read_links(out->links, links) ? "links" : NULL;
}

static const char *read_password(struct account_request *out, enum account_request_kind kind,
                                 const json_t *root) {
    const json_t *const invitation = jansson_member(root, "invitation");
    if (jansson_copy_text(out->password, sizeof(out->password), json_object_get(root, "password")) <
        0)
        return "password";
    if (kind == ACCOUNT_NEW_PASSWORD &&
        jansson_copy_text(out->current, sizeof(out->current),
                          json_object_get(root, "currentPassword")) < 0)
        return "currentPassword";
    if (kind == ACCOUNT_SIGN_UP && invitation &&
        jansson_copy_text(out->invitation, sizeof(out->invitation), invitation) < 0)
        return "invitation";
    return kind == ACCOUNT_SIGN_UP ? read_profile(out, root) : NULL;
}

static const char *read_settings(struct account_request *out, const json_t *root) {
    const json_t *const is_invisible = jansson_member(root, "isInvisible");
    const json_t *const mutes = jansson_member(root, "mutesInvitations");
    out->has_invisible = is_invisible != NULL;
    out->has_mutes_invitations = mutes != NULL;
    out->settings.is_invisible = json_is_true(is_invisible);
    out->settings.mutes_invitations = json_is_true(mutes);
    if (is_invisible && !json_is_boolean(is_invisible))
        return "isInvisible";
    return mutes && !json_is_boolean(mutes) ? "mutesInvitations" : NULL;
}

static const char *read_admin_change(struct account_request *out, const json_t *root) {
    const json_t *const role = jansson_member(root, "role");
    const json_t *const is_banned = jansson_member(root, "isBanned");
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
    const json_t *const code = jansson_member(root, "code");
    if (!json_is_string(code) && (code || kind != ACCOUNT_SIGN_IN))
        return "code";
    if (code && jansson_copy_text(out->code, sizeof(out->code), code) < 0)
        snprintf(out->code, sizeof(out->code), "?");
    return NULL;
}

static const char *read_factor(struct account_request *out, enum account_request_kind kind,
                               const json_t *root) {
    if (kind != ACCOUNT_FACTOR_CONFIRM &&
        jansson_copy_text(out->current, sizeof(out->current),
                          json_object_get(root, "currentPassword")) < 0)
        return "currentPassword";
    return kind == ACCOUNT_FACTOR_BEGIN ? NULL : read_code(out, kind, root);
}

static const char *read_email(struct account_request *out, enum account_request_kind kind,
                              const json_t *root) {
    const json_t *const language = jansson_member(root, "language");
    const char *const whose = kind == ACCOUNT_FORGOTTEN ? "who" : "address";
    if (kind == ACCOUNT_EMAIL_CONFIRM)
        return read_code(out, kind, root);
    if (language && (!json_is_string(language) ||
                     jansson_copy_text(out->language, sizeof(out->language), language) < 0))
        out->language[0] = '\0';
    if ((kind == ACCOUNT_FORGOTTEN || kind == ACCOUNT_EMAIL) &&
        jansson_copy_text(out->email, sizeof(out->email), json_object_get(root, whose)) <= 0)
        return whose;
    return (kind == ACCOUNT_EMAIL || kind == ACCOUNT_EMAIL_END) &&
                   jansson_copy_text(out->current, sizeof(out->current),
                                     json_object_get(root, "currentPassword")) < 0
               ? "currentPassword"
               : NULL;
}

static const char *read_push(struct account_request *out, enum account_request_kind kind,
                             const json_t *root) {
    const json_t *const keys = json_object_get(root, "keys");
    struct store_push *const p = &out->push;
    if (jansson_copy_text(p->endpoint, sizeof(p->endpoint), json_object_get(root, "endpoint")) <= 0)
        return "endpoint";
    return kind == ACCOUNT_PUSH_ADD &&
                   (jansson_copy_text(p->point, sizeof(p->point),
                                      json_object_get(keys, "p256dh")) <= 0 ||
                    jansson_copy_text(p->auth, sizeof(p->auth), json_object_get(keys, "auth")) <= 0)
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
    json_t *const root = jansson_load_object(json, len);
    if (!root)
        return "";
    const char *wrong = NULL;
    const json_t *const name = json_object_get(root, "name");
    memset(out, 0, sizeof(*out));
    if (kind == ACCOUNT_PROFILE)
        wrong = read_profile(out, root);
    else if (kind == ACCOUNT_SETTINGS)
        wrong = read_settings(out, root);
    else if (kind == ACCOUNT_ADMIN)
        wrong = read_admin_change(out, root);
    else if (kind == ACCOUNT_RESET)
        wrong = read_code_and_password(out, kind, root);
    else if (kind >= ACCOUNT_EMAIL && kind <= ACCOUNT_FORGOTTEN)
        wrong = read_email(out, kind, root);
    else if (kind == ACCOUNT_PUSH_ADD || kind == ACCOUNT_PUSH_END)
        wrong = read_push(out, kind, root);
    else if (kind >= ACCOUNT_FACTOR_BEGIN && kind <= ACCOUNT_FACTOR_OFF)
        wrong = read_factor(out, kind, root);
    else if (kind != ACCOUNT_NEW_PASSWORD &&
             (!json_is_string(name) || (jansson_copy_text(out->name, sizeof(out->name), name) < 0 &&
                                        kind != ACCOUNT_SIGN_IN)))
        wrong = "name";
    else if (kind == ACCOUNT_SIGN_IN)
        wrong = read_code_and_password(out, kind, root);
    else if (kind != ACCOUNT_FOLLOW)
        wrong = read_password(out, kind, root);
    json_decref(root);
    return wrong;
}
