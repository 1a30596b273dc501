// SPDX-License-Identifier: MIT
// What accounts have chosen, in SQL: a row for whoever has chosen anything.
#include "relay/store_sqlite_rows.h"

#include <assert.h>

static enum store_status find(struct store_db *db, struct store_op *op) {
    struct store_settings *const found = &op->row.settings;
    sqlite3_stmt *const s = store_db_bind(db, SQL_settings_find, "t", op->in.id);
    const enum store_status status = row_status(sqlite3_step(s));
    *found = (struct store_settings){0};
    if (status == STORE_OK) {
        found->is_invisible = sqlite3_column_int(s, 0) != 0;
        found->mutes_invitations = sqlite3_column_int(s, 1) != 0;
    }
    sqlite3_reset(s);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}

enum store_status store_db_settings(struct store_db *db, struct store_op *op) {
    const struct store_settings *const chosen = &op->row.settings;
    switch (op->kind) {
    case STORE_SETTINGS_FIND:
        return find(db, op);
    case STORE_SETTINGS_SET:
        return store_db_run(db,
                            store_db_bind(db, SQL_settings_set, "tii", op->in.id,
                                          (int64_t)chosen->is_invisible,
                                          (int64_t)chosen->mutes_invitations),
                            NULL);
    default:
        assert(false && "an op about settings");
        return STORE_FAILED;
    }
}
