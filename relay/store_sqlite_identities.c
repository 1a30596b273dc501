// SPDX-License-Identifier: MIT
// Identities at OpenID providers in SQL.
#include "relay/store_sqlite_rows.h"

#include <assert.h>

static enum store_status add(struct store_db *db, const struct store_identity *i,
                             const char *account_id, int64_t now_us) {
    return store_db_run(
        db,
        store_db_bind(db, SQL_identity_insert, "ttti", i->issuer, i->subject, account_id, now_us),
        NULL);
}

static enum store_status join(struct store_db *db, struct store_op *op) {
    const enum store_status status = store_db_account_create(db, op);
    const struct store_account *const a = &op->row.joiner.account;
    return status == STORE_OK ? add(db, &op->row.joiner.identity, a->id, a->created_us) : status;
}

static enum store_status find(struct store_op *op, sqlite3_stmt *s) {
    const enum store_status status = row_status(sqlite3_step(s));
    if (status == STORE_OK)
        row_account(&op->row.joiner.account, s);
    sqlite3_reset(s);
    return status;
}

enum store_status store_db_identity(struct store_db *db, struct store_op *op) {
    const struct store_identity *const i = &op->row.joiner.identity;
    switch (op->kind) {
    case STORE_IDENTITY_JOIN:
        return join(db, op);
    case STORE_IDENTITY_ADD:
        return add(db, i, op->in.id, op->in.now_us);
    case STORE_IDENTITY_FIND:
        return find(op, store_db_bind(db, SQL_identity_find, "tt", i->issuer, i->subject));
    case STORE_IDENTITY_OF:
        return find(op, store_db_bind(db, SQL_identity_of, "tt", op->in.id, i->issuer));
    case STORE_IDENTITY_REMOVE:
        return row_changed_one(db,
                               store_db_bind(db, SQL_identity_delete, "tt", op->in.id, i->issuer));
    default:
        assert(false && "an op about identities");
        return STORE_FAILED;
    }
}
