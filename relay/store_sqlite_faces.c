// SPDX-License-Identifier: MIT
// Accounts' pictures in SQL: small, and so kept where a backup finds them.
#include "relay/store_sqlite_rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static enum store_status face_set(struct store_db *db, struct store_op *op) {
    sqlite3_stmt *const s = store_db_bind(db, SQL_face_set, "t", op->in.id);
    sqlite3_bind_blob(s, 2, op->out.rows, (int)op->out.count, SQLITE_TRANSIENT);
    const enum store_status status = store_db_run(db, s, NULL);
    sqlite3_clear_bindings(s);
    return status;
}

static enum store_status face_find(struct store_db *db, struct store_op *op) {
    sqlite3_stmt *const s = store_db_bind(db, SQL_face_find, "t", op->in.name);
    enum store_status status = row_status(sqlite3_step(s));
    if (status == STORE_OK) {
        const void *const bytes = sqlite3_column_blob(s, 1);
        const int len = sqlite3_column_bytes(s, 1);
        ROW_TEXT(op->row.account.display_name, 0);
        if (bytes && len > 0) {
            op->out.rows = malloc((size_t)len);
            if (op->out.rows) {
                memcpy(op->out.rows, bytes, (size_t)len);
                op->out.count = (size_t)len;
            } else {
                status = STORE_BUSY;
            }
        }
    }
    sqlite3_reset(s);
    return status;
}

enum store_status store_db_face(struct store_db *db, struct store_op *op) {
    switch (op->kind) {
    case STORE_FACE_SET:
        return face_set(db, op);
    case STORE_FACE_DELETE:
        return store_db_run(db, store_db_bind(db, SQL_face_delete, "t", op->in.id), NULL);
    case STORE_FACE_FIND:
        return face_find(db, op);
    default:
        assert(false && "an op about faces");
        return STORE_FAILED;
    }
}
