// SPDX-License-Identifier: MIT
// What admins do, in SQL: the list of accounts, bans, invitations, resets, errands.
#include "relay/account_names.h"
#include "relay/store_sqlite_rows.h"

#include <assert.h>
#include <string.h>

// --- Accounts

static void read_account_row(void *out, sqlite3_stmt *s) {
    struct store_account *const a = out;
    row_account(a, s);
    ROW_TEXT(a->email, ROW_ACCOUNT_COLUMNS);
}

static enum store_status account_list(struct store_db *db, struct store_op *op) {
    const struct store_account_query q = op->row.account_query;
    char canonical[LIMIT_ACCOUNT_NAME_BYTES + 1];
    (void)account_name_read(canonical, q.words); // "" when it is no name: display names then
    return row_list(
        op,
        store_db_bind(db, SQL_account_list, "ttti", q.words, canonical, q.after, (int64_t)q.limit),
        sizeof(struct store_account), read_account_row);
}

static enum store_status set_banned(struct store_db *db, struct store_op *op) {
    enum store_status status = row_changed_one(
        db, store_db_bind(db, SQL_account_set_banned, "ti", op->in.id, op->in.now_us));
    if (status == STORE_OK && op->in.now_us)
        status =
            store_db_run(db, store_db_bind(db, SQL_sessions_delete_but, "tt", op->in.id, ""), NULL);
    if (status == STORE_OK && op->in.now_us)
        status = store_db_run(db, store_db_bind(db, SQL_reset_delete, "t", op->in.id), NULL);
    return status;
}

static enum store_status count(struct store_db *db, struct store_op *op) {
    sqlite3_stmt *const s = store_db_bind(db, SQL_counts, "");
    const enum store_status status = row_status(sqlite3_step(s));
    if (status == STORE_OK)
        op->row.counts = (struct store_counts){
            (uint64_t)sqlite3_column_int64(s, 0), (uint64_t)sqlite3_column_int64(s, 1),
            (uint64_t)sqlite3_column_int64(s, 2), (uint64_t)sqlite3_column_int64(s, 3)};
    sqlite3_reset(s);
    return status;
}

// --- Invitations

static enum store_status invitation_create(struct store_db *db, struct store_op *op) {
    const struct store_invitation *const i = &op->row.invitation;
    sqlite3_stmt *const s =
        store_db_bind(db, SQL_invitation_count, "i", (int64_t)LIMIT_INVITATIONS_COUNT - 1);
    const enum store_status full = row_status(sqlite3_step(s));
    sqlite3_reset(s);
    if (full != STORE_NOT_FOUND)
        return full == STORE_OK ? STORE_BUSY : full;
    return store_db_run(db,
                        store_db_bind(db, SQL_invitation_insert, "biitt", i->code_hash,
                                      i->created_us, i->expires_us, i->id, i->creator_name),
                        NULL);
}

static void read_invitation(void *out, sqlite3_stmt *s) {
    struct store_invitation *const i = out;
    ROW_TEXT(i->id, 0);
    row_hash(i->code_hash, s, 1);
    i->created_us = sqlite3_column_int64(s, 2);
    i->expires_us = sqlite3_column_int64(s, 3);
    ROW_TEXT(i->creator_name, 4);
}

// --- Resets

static enum store_status reset_create(struct store_db *db, struct store_op *op) {
    const struct store_reset *const r = &op->row.reset;
    return store_db_run(db,
                        store_db_bind(db, SQL_reset_insert, "tbiii", r->account_id, r->code_hash,
                                      r->created_us, r->expires_us, (int64_t)r->is_mailed),
                        NULL);
}

static enum store_status reset_find(struct store_db *db, struct store_op *op,
                                    struct store_account *out) {
    sqlite3_stmt *const s = store_db_bind(db, SQL_reset_find, "bi", op->in.hash, op->in.now_us);
    const enum store_status status = row_status(sqlite3_step(s));
    if (status == STORE_OK)
        row_account(out, s);
    sqlite3_reset(s);
    return status;
}

static enum store_status reset_use(struct store_db *db, struct store_op *op) {
    struct store_account account;
    enum store_status status = reset_find(db, op, &account);
    if (status == STORE_OK)
        status = row_changed_one(db, store_db_bind(db, SQL_account_set_password, "tt", account.id,
                                                   op->in.password_hash));
    if (status == STORE_OK)
        status = store_db_run(db, store_db_bind(db, SQL_sessions_delete_but, "tt", account.id, ""),
                              NULL);
    if (status == STORE_OK)
        status = store_db_run(db, store_db_bind(db, SQL_reset_delete, "t", account.id), NULL);
    return status;
}

// --- Errands

static void read_errand(void *out, sqlite3_stmt *s) {
    struct store_errand *const e = out;
    const int kind = sqlite3_column_int(s, 1);
    e->number = sqlite3_column_int64(s, 0);
    e->kind = kind >= 0 && kind < ERRAND_COUNT ? (enum store_errand_kind)kind : ERRAND_COUNT;
    ROW_TEXT(e->subject, 2);
}

enum store_status store_db_admin(struct store_db *db, struct store_op *op) {
    switch (op->kind) {
    case STORE_ACCOUNT_LIST:
        return account_list(db, op);
    case STORE_ACCOUNT_SET_BANNED:
        return set_banned(db, op);
    case STORE_COUNT:
        return count(db, op);
    case STORE_INVITATION_CREATE:
        return invitation_create(db, op);
    case STORE_INVITATION_LIST:
        return row_list(op, store_db_bind(db, SQL_invitation_list, "i", op->in.now_us),
                        sizeof(struct store_invitation), read_invitation);
    case STORE_INVITATION_DELETE:
        return row_changed_one(db, store_db_bind(db, SQL_invitation_delete, "t", op->in.id));
    case STORE_RESET_CREATE:
        return reset_create(db, op);
    case STORE_RESET_FIND:
        return reset_find(db, op, &op->row.account);
    case STORE_RESET_USE:
        return reset_use(db, op);
    case STORE_ERRAND_ADD:
        return store_db_run(db,
                            store_db_bind(db, SQL_errand_insert, "it", (int64_t)op->row.errand.kind,
                                          op->row.errand.subject),
                            NULL);
    case STORE_ERRAND_LIST:
        return row_list(op, store_db_bind(db, SQL_errand_list, "i", (int64_t)LIMIT_ERRANDS_COUNT),
                        sizeof(struct store_errand), read_errand);
    case STORE_ERRAND_CLEAR:
        return store_db_run(db, store_db_bind(db, SQL_errand_clear, "i", op->in.now_us), NULL);
    default:
        assert(false && "an op of admins");
        return STORE_FAILED;
    }
}
