// SPDX-License-Identifier: MIT
// Accounts and sessions as the API shows them: no hash, and a token only in the answer that makes
// it.
#include "relay/account_call.h"
#include "relay/account_names.h"
#include "relay/json_writer.h"
#include "relay/time_text.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Every text of an account or a session escaped to six bytes a byte, and all else.
#define ITEM_BYTES                                                                                 \
    (6 * (LIMIT_NAME_BYTES + LIMIT_ACCOUNT_NAME_BYTES + LIMIT_AGENT_BYTES) +                       \
     2 * (LIMIT_BIO_BYTES + LIMIT_LINKS_BYTES) + 1024)

static void put_time(struct json_writer *w, const char *key, int64_t unix_us) {
    char text[TIME_TEXT_LEN + 1];
    time_text_write(text, unix_us);
    json_text(w, key, text);
}

static void put_links(struct json_writer *w, const char *links) {
    char link[LIMIT_LINK_BYTES + 1];
    json_array_begin(w, "links");
    while (*links) {
        const size_t len = strcspn(links, "\n");
        snprintf(link, sizeof(link), "%.*s", (int)len, links);
        json_text(w, NULL, link);
        links += len + (links[len] == '\n');
    }
    json_array_end(w);
}

static void put_members(struct json_writer *w, const struct store_account *a) {
    json_text(w, "id", a->id);
    json_text(w, "name", a->name);
    json_text(w, "displayName", a->display_name);
    json_text(w, "role", account_role_name(a->role));
    json_text(w, "bio", a->bio);
    put_links(w, a->links);
    put_time(w, "createdAt", a->created_us);
}

static void put_account(struct json_writer *w, const char *key, const struct store_account *a) {
    json_object_begin(w, key);
    put_members(w, a);
    json_object_end(w);
}

static void put_bool(struct json_writer *w, const char *key, bool value) {
    json_raw(w, key, value ? "true" : "false", value ? 4 : 5);
}

static char *finish(const struct json_writer *w, char *json, size_t *len) {
    assert(!w->is_overflown);
    *len = w->len;
    return json;
}

char *account_json(const struct store_account *account, size_t *len) {
    struct json_writer w;
    char *const json = malloc(ITEM_BYTES);
    if (!json)
        return NULL;
    json_writer_init(&w, json, ITEM_BYTES);
    put_account(&w, NULL, account);
    return finish(&w, json, len);
}

char *account_list_json(const struct store_account *accounts, size_t count, size_t *len) {
    struct json_writer w;
    const size_t cap = (count + 1) * ITEM_BYTES;
    char *const json = malloc(cap);
    if (!json)
        return NULL;
    json_writer_init(&w, json, cap);
    json_object_begin(&w, NULL);
    json_array_begin(&w, "items");
    for (size_t i = 0; i < count; i++)
        put_account(&w, NULL, &accounts[i]);
    json_array_end(&w);
    json_null(&w, "next");
    json_object_end(&w);
    return finish(&w, json, len);
}

char *account_profile_json(const struct store_profile *profile, const char *own_id, size_t *len) {
    struct json_writer w;
    char *const json = malloc(ITEM_BYTES);
    if (!json)
        return NULL;
    json_writer_init(&w, json, ITEM_BYTES);
    json_object_begin(&w, NULL);
    put_members(&w, &profile->account);
    json_u64(&w, "followers", profile->followers_count);
    put_bool(&w, "isFollowed", profile->is_followed);
    put_bool(&w, "isOwn", strcmp(profile->account.id, own_id) == 0);
    json_object_end(&w);
    return finish(&w, json, len);
}

char *account_current_json(const struct account_call *a, const char *registration, size_t *len) {
    struct json_writer w;
    char *const json = malloc(ITEM_BYTES);
    if (!json)
        return NULL;
    json_writer_init(&w, json, ITEM_BYTES);
    json_object_begin(&w, NULL);
    if (a->account.id[0])
        put_account(&w, "account", &a->account);
    else
        json_null(&w, "account");
    json_text(&w, "registration", registration);
    put_bool(&w, "hasAccounts", a->accounts->has_account);
    put_bool(&w, "needsAccount", a->relay->config.needs_account);
    json_object_end(&w);
    return finish(&w, json, len);
}

char *account_session_json(const struct account_call *a, size_t *len) {
    struct json_writer w;
    char *const json = malloc(2 * ITEM_BYTES);
    if (!json)
        return NULL;
    json_writer_init(&w, json, 2 * ITEM_BYTES);
    json_object_begin(&w, NULL);
    json_text(&w, "id", a->session.id);
    json_text(&w, "token", a->token);
    put_time(&w, "createdAt", a->session.created_us);
    put_time(&w, "expiresAt", a->session.expires_us);
    put_account(&w, "account", &a->account);
    json_object_end(&w);
    return finish(&w, json, len);
}

char *account_sessions_json(const struct store_session *sessions, size_t count, const char *current,
                            size_t *len) {
    struct json_writer w;
    const size_t cap = (count + 1) * ITEM_BYTES;
    char *const json = malloc(cap);
    if (!json)
        return NULL;
    json_writer_init(&w, json, cap);
    json_object_begin(&w, NULL);
    json_array_begin(&w, "items");
    for (size_t i = 0; i < count; i++) {
        const bool is_current = strcmp(sessions[i].id, current) == 0;
        json_object_begin(&w, NULL);
        json_text(&w, "id", sessions[i].id);
        put_time(&w, "createdAt", sessions[i].created_us);
        put_time(&w, "expiresAt", sessions[i].expires_us);
        json_text(&w, "address", sessions[i].address);
        json_text(&w, "agent", sessions[i].agent);
        put_bool(&w, "isCurrent", is_current);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_null(&w, "next");
    json_object_end(&w);
    return finish(&w, json, len);
}

char *account_invitation_json(const char *code, int64_t expires_us, size_t *len) {
    struct json_writer w;
    char *const json = malloc(ITEM_BYTES);
    if (!json)
        return NULL;
    json_writer_init(&w, json, ITEM_BYTES);
    json_object_begin(&w, NULL);
    json_text(&w, "code", code);
    put_time(&w, "expiresAt", expires_us);
    json_object_end(&w);
    return finish(&w, json, len);
}
