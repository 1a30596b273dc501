// SPDX-License-Identifier: MIT
// Browsers that take Web Push, in SQL.
#include "relay/store_sqlite_rows.h"

#include <assert.h>

static enum store_status push_add(struct store_db *db, struct store_op *op) {
    const struct store_push *const p = &op->row.push;
    const enum store_status status =
        store_db_run(db,
                     store_db_bind(db, SQL_push_add, "tttti", p->endpoint, p->account_id, p->point,
                                   p->auth, op->in.now_us),
                     NULL);
    return status == STORE_OK ? store_db_run(db,
                                             store_db_bind(db, SQL_push_trim, "ti", p->account_id,
                                                           (int64_t)LIMIT_PUSHES_OF_ACCOUNT_COUNT),
                                             NULL)
                              : status;
}

static void read_push(void *out, sqlite3_stmt *s) {
    struct store_push *const p = out;
    ROW_TEXT(p->account_id, 0);
    ROW_TEXT(p->endpoint, 1);
    ROW_TEXT(p->point, 2);
    ROW_TEXT(p->auth, 3);
}

enum store_status store_db_push(struct store_db *db, struct store_op *op) {
    switch (op->kind) {
    case STORE_PUSH_ADD:
        return push_add(db, op);
    case STORE_PUSH_DELETE:
        return row_changed_one(
            db, store_db_bind(db, SQL_push_delete, "tt", op->row.push.endpoint, op->in.id));
    case STORE_PUSH_FORGET:
        return store_db_run(db, store_db_bind(db, SQL_push_forget, "t", op->row.push.endpoint),
                            NULL);
    case STORE_PUSH_LIST:
        return row_list(op,
                        store_db_bind(db, SQL_push_list, "tti", op->in.id, op->in.other_id,
                                      (int64_t)LIMIT_PUSHES_COUNT),
                        sizeof(struct store_push), read_push);
    case STORE_PUSH_LIST_INVITED:
        return row_list(op,
                        store_db_bind(db, SQL_push_list_invited, "tii", op->in.id, op->in.now_us,
                                      (int64_t)LIMIT_PUSHES_COUNT),
                        sizeof(struct store_push), read_push);
    default:
        assert(false && "an op about pushes");
        return STORE_FAILED;
    }
}
