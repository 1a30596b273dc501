// SPDX-License-Identifier: MIT
// E-mail addresses in SQL. That one belongs to one account alone is a constraint, so that of two
// who confirm it at once one is told.
#include "relay/mail_address.h"
#include "relay/store_sqlite_rows.h"

#include <assert.h>
#include <string.h>

static enum store_status email_find(struct store_db *db, struct store_op *op, const char *id) {
    sqlite3_stmt *const s = store_db_bind(db, SQL_email_find, "ti", id, op->in.now_us);
    const enum store_status status = row_status(sqlite3_step(s));
    if (status == STORE_OK) {
        struct store_email *const e = &op->row.email;
        ROW_TEXT(e->account_name, 0);
        ROW_TEXT(e->address, 1);
        ROW_TEXT(e->waiting, 2);
        e->waiting_until_us = sqlite3_column_int64(s, 3);
    }
    sqlite3_reset(s);
    return status;
}

static enum store_status email_wait(struct store_db *db, struct store_op *op) {
    const struct store_email_link *const l = &op->row.email_link;
    return store_db_run(db,
                        store_db_bind(db, SQL_email_link_insert, "ttbii", l->account_id, l->address,
                                      l->code_hash, l->created_us, l->expires_us),
                        NULL);
}

static enum store_status email_confirm(struct store_db *db, struct store_op *op) {
    struct store_email_link link = {0};
    char folded[LIMIT_EMAIL_BYTES + 1];
    sqlite3_stmt *const s =
        store_db_bind(db, SQL_email_link_find, "bi", op->in.hash, op->in.now_us);
    enum store_status status = row_status(sqlite3_step(s));
    if (status == STORE_OK) {
        ROW_TEXT(link.account_id, 0);
        ROW_TEXT(link.address, 1);
    }
    sqlite3_reset(s);
    if (status == STORE_OK && !mail_address_read(folded, link.address))
        status = STORE_NOT_FOUND; // of an older program that took what this one does not
    if (status == STORE_OK)
        status = store_db_run(
            db, store_db_bind(db, SQL_email_confirm, "ttt", link.account_id, link.address, folded),
            NULL);
    if (status == STORE_OK)
        status =
            store_db_run(db, store_db_bind(db, SQL_email_link_delete, "t", link.account_id), NULL);
    return status == STORE_OK ? email_find(db, op, link.account_id) : status;
}

static enum store_status email_end(struct store_db *db, struct store_op *op) {
    const enum store_status status =
        store_db_run(db, store_db_bind(db, SQL_email_link_delete, "t", op->in.id), NULL);
    return status == STORE_OK
               ? store_db_run(db, store_db_bind(db, SQL_email_delete, "t", op->in.id), NULL)
               : status;
}

static enum store_status account_find_email(struct store_db *db, struct store_op *op) {
    sqlite3_stmt *const s =
        store_db_bind(db, SQL_account_find_email, "t", op->row.email_link.address);
    const enum store_status status = row_status(sqlite3_step(s));
    if (status == STORE_OK) {
        struct store_account *const a = &op->row.account;
        row_account(a, s);
        ROW_TEXT(a->email, ROW_ACCOUNT_COLUMNS);
    }
    sqlite3_reset(s);
    return status;
}

enum store_status store_db_email(struct store_db *db, struct store_op *op) {
    switch (op->kind) {
    case STORE_EMAIL_FIND:
        return email_find(db, op, op->in.id);
    case STORE_EMAIL_WAIT:
        return email_wait(db, op);
    case STORE_EMAIL_CONFIRM:
        return email_confirm(db, op);
    case STORE_EMAIL_END:
        return email_end(db, op);
    case STORE_ACCOUNT_FIND_EMAIL:
        return account_find_email(db, op);
    default:
        assert(false && "an op about e-mail addresses");
        return STORE_FAILED;
    }
}
