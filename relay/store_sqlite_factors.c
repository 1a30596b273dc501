// SPDX-License-Identifier: MIT
// Second factors in SQL. What is spent is spent by the statement that looks whether it still is
// good, so that two who bring the same code at once are not both let in.
#include "relay/store_sqlite_rows.h"

#include <assert.h>

static enum store_status factor_find(struct store_db *db, struct store_op *op) {
    sqlite3_stmt *const s = store_db_bind(db, SQL_factor_find, "t", op->in.id);
    const enum store_status status = row_status(sqlite3_step(s));
    if (status == STORE_OK) {
        struct store_factor *const f = &op->row.factor;
        ROW_TEXT(f->secret, 0);
        f->is_on = sqlite3_column_int(s, 1) != 0;
        f->last_step = sqlite3_column_int64(s, 2);
        f->recovery_codes_count = (uint64_t)sqlite3_column_int64(s, 3);
    }
    sqlite3_reset(s);
    return status;
}

static enum store_status factor_begin(struct store_db *db, struct store_op *op) {
    const enum store_status status = row_changed_one(
        db, store_db_bind(db, SQL_factor_begin, "tt", op->in.id, op->row.factor.secret));
    return status == STORE_NOT_FOUND ? STORE_TAKEN : status;
}

static enum store_status factor_confirm(struct store_db *db, struct store_op *op) {
    enum store_status status =
        row_changed_one(db, store_db_bind(db, SQL_factor_confirm, "ti", op->in.id, op->in.now_us));
    for (size_t i = 0; i < LIMIT_RECOVERY_CODES_COUNT && status == STORE_OK; i++)
        status = store_db_run(
            db, store_db_bind(db, SQL_recovery_insert, "tb", op->in.id, op->row.hashes[i]), NULL);
    return status;
}

enum store_status store_db_factor(struct store_db *db, struct store_op *op) {
    switch (op->kind) {
    case STORE_FACTOR_FIND:
        return factor_find(db, op);
    case STORE_FACTOR_BEGIN:
        return factor_begin(db, op);
    case STORE_FACTOR_CONFIRM:
        return factor_confirm(db, op);
    case STORE_FACTOR_SPEND:
        return row_changed_one(db,
                               store_db_bind(db, SQL_factor_spend, "ti", op->in.id, op->in.now_us));
    case STORE_FACTOR_RECOVER:
        return row_changed_one(db,
                               store_db_bind(db, SQL_recovery_spend, "tb", op->in.id, op->in.hash));
    case STORE_FACTOR_END:
        return row_changed_one(db, store_db_bind(db, SQL_factor_end, "t", op->in.id));
    default:
        assert(false && "an op about second factors");
        return STORE_FAILED;
    }
}
