// SPDX-License-Identifier: MIT
// What only admins and moderators are shown, as JSON. Each is from malloc, NULL when out of memory.
#ifndef TABCAST_RELAY_ADMIN_JSON_H
#define TABCAST_RELAY_ADMIN_JSON_H

#include "relay/store.h"

struct relay;

// Bytes of disk.
struct admin_storage {
    uint64_t replays_bytes, database_bytes, free_bytes;
};

// An account with whether it is banned, and for whom it is meant to see it its e-mail address.
char *admin_json_account(const struct store_account *account, bool sees_email, size_t *len);
char *admin_json_accounts(const struct store_account *rows, size_t count, bool has_more,
                          bool sees_email, size_t *len);
// The code, and the page's address with it, are told in this answer alone.
char *admin_json_reset(const char *name, const char *code, int64_t expires_us, size_t *len);
char *admin_json_overview(const struct relay *r, const struct store_counts *counts,
                          const struct admin_storage *storage, size_t *len);

#endif
