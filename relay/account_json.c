// SPDX-License-Identifier: MIT
#include "relay/account_json.h"

#include "relay/account_names.h"
#include "relay/json_document.h"
#include "relay/openid.h"
#include <stdio.h>
#include <string.h>

// What one object takes beside its texts, which may be six bytes a byte (json_writer.c).
#define ITEM_BYTES 640
#define TEXT_BYTES(len) (6 * (len))

size_t account_json_bytes(const struct store_account *a) {
    return ITEM_BYTES + TEXT_BYTES(strlen(a->name) + strlen(a->display_name) + strlen(a->bio) +
                                   strlen(a->links));
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

void account_json_put_members(struct json_writer *w, const struct store_account *a) {
    json_text(w, "id", a->id);
    json_text(w, "name", a->name);
    json_text(w, "displayName", a->display_name);
    json_text(w, "role", account_role_name(a->role));
    json_text(w, "bio", a->bio);
    put_links(w, a->links);
    json_time(w, "createdAt", a->created_us);
}

static void put_account(struct json_writer *w, const char *key, const struct store_account *a) {
    json_object_begin(w, key);
    account_json_put_members(w, a);
    json_object_end(w);
}

char *account_json(const struct store_account *account, size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, account_json_bytes(account)))
        return NULL;
    put_account(&w, NULL, account);
    return json_document_end(&w, len);
}

char *account_list_json(const struct store_account *accounts, size_t count, size_t *len) {
    struct json_writer w;
    size_t cap = ITEM_BYTES;
    for (size_t i = 0; i < count; i++)
        cap += account_json_bytes(&accounts[i]);
    if (!json_document_begin(&w, cap))
        return NULL;
    json_object_begin(&w, NULL);
    json_array_begin(&w, "items");
    for (size_t i = 0; i < count; i++)
        put_account(&w, NULL, &accounts[i]);
    json_array_end(&w);
    json_none(&w, "next");
    json_object_end(&w);
    return json_document_end(&w, len);
}

char *account_profile_json(const struct store_profile *profile, const char *own_id, size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, account_json_bytes(&profile->account) + ITEM_BYTES))
        return NULL;
    json_object_begin(&w, NULL);
    account_json_put_members(&w, &profile->account);
    json_u64(&w, "followers", profile->followers_count);
    json_bool(&w, "isFollowed", profile->is_followed);
    json_bool(&w, "isOwn", strcmp(profile->account.id, own_id) == 0);
    json_object_end(&w);
    return json_document_end(&w, len);
}

char *account_current_json(const struct account_call *a, const char *registration, size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, account_json_bytes(&a->account) + ITEM_BYTES))
        return NULL;
    json_object_begin(&w, NULL);
    if (a->account.id[0])
        put_account(&w, "account", &a->account);
    else
        json_none(&w, "account");
    json_text(&w, "registration", registration);
    json_bool(&w, "hasAccounts", a->accounts->has_account);
    json_bool(&w, "needsAccount", a->relay->config.needs_account);
    json_bool(&w, "hasPassword", a->account.password_hash[0] != '\0');
    if (a->accounts->openid)
        json_text(&w, "openId", openid_name(a->accounts->openid));
    else
        json_none(&w, "openId");
    json_bool(&w, "sendsMail", a->relay->mailer != NULL);
    json_object_end(&w);
    return json_document_end(&w, len);
}

char *account_session_json(const struct account_call *a, size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, account_json_bytes(&a->account) + ITEM_BYTES))
        return NULL;
    json_object_begin(&w, NULL);
    json_text(&w, "id", a->session.id);
    json_text(&w, "token", a->token);
    json_time(&w, "createdAt", a->session.created_us);
    json_time(&w, "expiresAt", a->session.expires_us);
    put_account(&w, "account", &a->account);
    json_object_end(&w);
    return json_document_end(&w, len);
}

char *account_sessions_json(const struct store_session *sessions, size_t count, const char *current,
                            size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, (count + 1) * (ITEM_BYTES + TEXT_BYTES(LIMIT_AGENT_BYTES))))
        return NULL;
    json_object_begin(&w, NULL);
    json_array_begin(&w, "items");
    for (size_t i = 0; i < count; i++) {
        const bool is_current = strcmp(sessions[i].id, current) == 0;
        json_object_begin(&w, NULL);
        json_text(&w, "id", sessions[i].id);
        json_time(&w, "createdAt", sessions[i].created_us);
        json_time(&w, "expiresAt", sessions[i].expires_us);
        json_text(&w, "address", sessions[i].address);
        json_text(&w, "agent", sessions[i].agent);
        json_bool(&w, "isCurrent", is_current);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_none(&w, "next");
    json_object_end(&w);
    return json_document_end(&w, len);
}

static void put_email(struct json_writer *w, const char *key, const char *address) {
    if (address[0])
        json_text(w, key, address);
    else
        json_none(w, key);
}

char *account_email_json(const struct store_email *email, bool can_send, size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, ITEM_BYTES + TEXT_BYTES(2 * LIMIT_EMAIL_BYTES)))
        return NULL;
    json_object_begin(&w, NULL);
    put_email(&w, "address", email->address);
    put_email(&w, "waiting", email->waiting);
    json_time_or_none(&w, "waitingUntil", email->waiting_until_us);
    json_bool(&w, "canSend", can_send);
    json_object_end(&w);
    return json_document_end(&w, len);
}

char *account_factor_json(bool is_on, uint64_t recovery_codes_count, size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, ITEM_BYTES))
        return NULL;
    json_object_begin(&w, NULL);
    json_bool(&w, "isOn", is_on);
    json_u64(&w, "recoveryCodesLeft", recovery_codes_count);
    json_object_end(&w);
    return json_document_end(&w, len);
}

char *account_factor_secret_json(const char *secret, const char *site, const char *name,
                                 size_t *len) {
    struct json_writer w;
    char uri[2048];
    if (!totp_uri(uri, sizeof(uri), secret, site, name) ||
        !json_document_begin(&w, ITEM_BYTES + sizeof(uri)))
        return NULL;
    json_object_begin(&w, NULL);
    json_text(&w, "secret", secret);
    json_text(&w, "uri", uri);
    json_object_end(&w);
    return json_document_end(&w, len);
}

char *account_recovery_json(char codes[LIMIT_RECOVERY_CODES_COUNT][LIMIT_ID_CHARS + 1],
                            size_t *len) {
    struct json_writer w;
    char code[LIMIT_ID_CHARS + 3];
    if (!json_document_begin(&w, ITEM_BYTES))
        return NULL;
    json_object_begin(&w, NULL);
    json_array_begin(&w, "recoveryCodes");
    for (size_t i = 0; i < LIMIT_RECOVERY_CODES_COUNT; i++) {
        snprintf(code, sizeof(code), "%.4s-%.4s-%.4s", codes[i], codes[i] + 4, codes[i] + 8);
        json_text(&w, NULL, code);
    }
    json_array_end(&w);
    json_object_end(&w);
    return json_document_end(&w, len);
}

static void put_invitation(struct json_writer *w, const struct store_invitation *i,
                           const char *code) {
    json_object_begin(w, NULL);
    json_text(w, "id", i->id);
    json_time(w, "createdAt", i->created_us);
    json_time(w, "expiresAt", i->expires_us);
    if (i->creator_name[0])
        json_text(w, "creator", i->creator_name);
    else
        json_none(w, "creator");
    if (code)
        json_text(w, "code", code);
    json_object_end(w);
}

char *account_invitation_json(const struct store_invitation *invitation, const char *code,
                              size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, ITEM_BYTES))
        return NULL;
    put_invitation(&w, invitation, code);
    return json_document_end(&w, len);
}

char *account_invitations_json(const struct store_invitation *rows, size_t count, size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, (count + 1) * ITEM_BYTES))
        return NULL;
    json_object_begin(&w, NULL);
    json_array_begin(&w, "items");
    for (size_t i = 0; i < count; i++)
        put_invitation(&w, &rows[i], NULL);
    json_array_end(&w);
    json_none(&w, "next");
    json_object_end(&w);
    return json_document_end(&w, len);
}
