// SPDX-License-Identifier: MIT
#include "relay/admin_json.h"

#include "relay/account_json.h"
#include "relay/json_document.h"
#include <stdio.h>

#define SMALL_BYTES 1024
// What stands beside an account; each byte of an address may be written as six.
#define ITEM_BYTES (SMALL_BYTES + 6 * LIMIT_EMAIL_BYTES)

static void put_account(struct json_writer *w, const struct store_account *account,
                        bool sees_email) {
    json_object_begin(w, NULL);
    account_json_put_members(w, account);
    json_time_or_none(w, "bannedAt", account->banned_us);
    if (sees_email && account->email[0])
        json_text(w, "email", account->email);
    else
        json_none(w, "email");
    json_object_end(w);
}

char *admin_json_account(const struct store_account *account, bool sees_email, size_t *len) {
    struct json_writer w;
    if (!json_document_begin(&w, account_json_bytes(account) + ITEM_BYTES))
        return NULL;
    put_account(&w, account, sees_email);
    return json_document_end(&w, len);
}

char *admin_json_accounts(const struct store_account *rows, size_t count, bool has_more,
                          bool sees_email, size_t *len) {
    struct json_writer w;
    size_t cap = SMALL_BYTES;
    for (size_t i = 0; i < count; i++)
        cap += account_json_bytes(&rows[i]) + ITEM_BYTES;
    if (!json_document_begin(&w, cap))
        return NULL;
    json_object_begin(&w, NULL);
    json_array_begin(&w, "items");
    for (size_t i = 0; i < count; i++)
        put_account(&w, &rows[i], sees_email);
    json_array_end(&w);
    if (has_more && count)
        json_text(&w, "next", rows[count - 1].canonical);
    else
        json_none(&w, "next");
    json_object_end(&w);
    return json_document_end(&w, len);
}

char *admin_json_reset(const char *name, const char *code, int64_t expires_us, size_t *len) {
    struct json_writer w;
    char url[96];
    if (!json_document_begin(&w, SMALL_BYTES))
        return NULL;
    snprintf(url, sizeof(url), "/reset#%s", code); // behind '#' it is sent to nobody
    json_object_begin(&w, NULL);
    json_text(&w, "name", name);
    json_text(&w, "code", code);
    json_text(&w, "url", url);
    json_time_or_none(&w, "expiresAt", expires_us);
    json_object_end(&w);
    return json_document_end(&w, len);
}

char *admin_json_overview(const struct relay *r, const struct store_counts *counts,
                          const struct admin_storage *storage, size_t *len) {
    struct json_writer w;
    uint64_t live = 0;
    for (size_t i = 0; i < r->shows.count; i++)
        live +=
            r->shows.by_id[i]->state == SHOW_LIVE || r->shows.by_id[i]->state == SHOW_RECONNECTING;
    if (!json_document_begin(&w, SMALL_BYTES))
        return NULL;
    json_object_begin(&w, NULL);
    json_u64(&w, "accounts", counts->accounts);
    json_u64(&w, "banned", counts->banned);
    json_u64(&w, "sessions", counts->sessions);
    json_u64(&w, "shows", counts->shows);
    json_u64(&w, "live", live);
    json_u64(&w, "viewers", r->viewer_count);
    json_u64(&w, "replays", r->replays.count);
    json_object_begin(&w, "storage");
    json_u64(&w, "replaysBytes", storage->replays_bytes);
    json_u64(&w, "databaseBytes", storage->database_bytes);
    json_u64(&w, "freeBytes", storage->free_bytes);
    json_object_end(&w);
    json_object_end(&w);
    return json_document_end(&w, len);
}
