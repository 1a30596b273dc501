// SPDX-License-Identifier: MIT
// What each op is in SQL: binds, runs, reads rows.
#include "relay/store_sqlite_db.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A list longer than this is asked for in pages.
#define LIST_FIRST_COUNT 16

static void read_text(char *out, size_t cap, sqlite3_stmt *s, int column) {
    const char *const text = (const char *)sqlite3_column_text(s, column);
    snprintf(out, cap, "%s", text ? text : "");
}
#define TEXT(field, column) read_text(field, sizeof(field), s, column)

static void read_hash(uint8_t out[SECRET_HASH_LEN], sqlite3_stmt *s, int column) {
    const void *const bytes = sqlite3_column_blob(s, column);
    memset(out, 0, SECRET_HASH_LEN);
    if (bytes && sqlite3_column_bytes(s, column) == SECRET_HASH_LEN)
        memcpy(out, bytes, SECRET_HASH_LEN);
}

static void read_account(struct store_account *out, sqlite3_stmt *s) {
    TEXT(out->id, 0);
    TEXT(out->name, 1);
    TEXT(out->canonical, 2);
    TEXT(out->display_name, 3);
    TEXT(out->password_hash, 4);
    const int role = sqlite3_column_int(s, 5);
    out->role = role > ROLE_MEMBER && role < ROLE_COUNT ? (enum account_role)role : ROLE_MEMBER;
    out->created_us = sqlite3_column_int64(s, 6);
}

static void read_session(struct store_session *out, sqlite3_stmt *s, int from) {
    TEXT(out->id, from);
    TEXT(out->account_id, from + 1);
    read_hash(out->token_hash, s, from + 2);
    out->created_us = sqlite3_column_int64(s, from + 3);
    out->expires_us = sqlite3_column_int64(s, from + 4);
    TEXT(out->address, from + 5);
    TEXT(out->agent, from + 6);
}

static void read_show(struct store_show *out, sqlite3_stmt *s) {
    TEXT(out->id, 0);
    TEXT(out->account_id, 1);
    read_hash(out->key_hash, s, 2);
    TEXT(out->title, 3);
    TEXT(out->description, 4);
    const int state = sqlite3_column_int(s, 5);
    out->state = state == STORE_SHOW_SCHEDULED || state == STORE_SHOW_LIVE
                     ? (enum store_show_state)state
                     : STORE_SHOW_ENDED;
    out->created_us = sqlite3_column_int64(s, 6);
    out->started_us = sqlite3_column_int64(s, 7);
    out->ended_us = sqlite3_column_int64(s, 8);
}

// After a SELECT of one row: 0 rows is STORE_NOT_FOUND.
static enum store_status row_status(int stepped) {
    return stepped == SQLITE_ROW    ? STORE_OK
           : stepped == SQLITE_DONE ? STORE_NOT_FOUND
                                    : STORE_FAILED;
}

static enum store_status changed_one(struct store_db *db, sqlite3_stmt *s) {
    int changed = 0;
    const enum store_status status = store_db_run(db, s, &changed);
    return status == STORE_OK && !changed ? STORE_NOT_FOUND : status;
}

// --- Accounts

static enum store_status find_account(struct store_db *db, struct store_op *op, const char *name) {
    sqlite3_stmt *const s = store_db_bind(db, SQL_account_find, "tt", name, op->in.address);
    const enum store_status status = row_status(sqlite3_step(s));
    if (status == STORE_OK) {
        read_account(&op->row.account, s);
        op->out.is_known_address = sqlite3_column_int(s, 7) != 0;
    }
    sqlite3_reset(s);
    return status;
}

static enum store_status account_create(struct store_db *db, struct store_op *op) {
    const struct store_account a = op->row.account;
    enum store_status status = STORE_OK;
    if (op->in.has_hash)
        status =
            changed_one(db, store_db_bind(db, SQL_invitation_use, "bi", op->in.hash, a.created_us));
    if (status == STORE_OK)
        status = store_db_run(db,
                              store_db_bind(db, SQL_account_insert, "tttttiii", a.id, a.name,
                                            a.canonical, a.display_name, a.password_hash,
                                            (int64_t)a.role, a.created_us, (int64_t)ROLE_ADMIN),
                              NULL);
    return status == STORE_OK ? find_account(db, op, a.canonical) : status;
}

static enum store_status account_find(struct store_db *db, struct store_op *op) {
    return find_account(db, op, op->in.name);
}

static enum store_status account_set_password(struct store_db *db, struct store_op *op) {
    enum store_status status = changed_one(
        db, store_db_bind(db, SQL_account_set_password, "tt", op->in.id, op->in.password_hash));
    if (status == STORE_OK)
        status = store_db_run(
            db, store_db_bind(db, SQL_sessions_delete_but, "tt", op->in.id, op->in.other_id), NULL);
    return status;
}

static enum store_status account_set_role(struct store_db *db, struct store_op *op) {
    return changed_one(
        db, store_db_bind(db, SQL_account_set_role, "ti", op->in.name, (int64_t)op->in.role));
}

static enum store_status invitation_create(struct store_db *db, struct store_op *op) {
    const struct store_invitation *const i = &op->row.invitation;
    return store_db_run(
        db,
        store_db_bind(db, SQL_invitation_insert, "bii", i->code_hash, i->created_us, i->expires_us),
        NULL);
}

// --- Sessions

static enum store_status session_create(struct store_db *db, struct store_op *op) {
    const struct store_session *const n = &op->row.login.session;
    enum store_status status = store_db_run(
        db,
        store_db_bind(db, SQL_session_insert, "bttiitt", n->token_hash, n->id, n->account_id,
                      n->created_us, n->expires_us, n->address, n->agent),
        NULL);
    if (status == STORE_OK)
        status = store_db_run(
            db,
            store_db_bind(db, SQL_session_trim, "ti", n->account_id, (int64_t)LIMIT_SESSIONS_COUNT),
            NULL);
    return status;
}

static enum store_status session_find(struct store_db *db, struct store_op *op) {
    sqlite3_stmt *const s = store_db_bind(db, SQL_session_find, "bi", op->in.hash, op->in.now_us);
    const enum store_status status = row_status(sqlite3_step(s));
    if (status == STORE_OK) {
        read_account(&op->row.login.account, s);
        read_session(&op->row.login.session, s, 7);
    }
    sqlite3_reset(s);
    return status;
}

static enum store_status session_delete(struct store_db *db, struct store_op *op) {
    return changed_one(db, store_db_bind(db, SQL_session_delete, "tt", op->in.id, op->in.other_id));
}

static enum store_status session_delete_all(struct store_db *db, struct store_op *op) {
    return store_db_run(db, store_db_bind(db, SQL_sessions_delete_but, "tt", op->in.id, ""), NULL);
}

static enum store_status expire(struct store_db *db, struct store_op *op) {
    const enum store_status status =
        store_db_run(db, store_db_bind(db, SQL_sessions_expire, "i", op->in.now_us), NULL);
    if (status != STORE_OK)
        return status;
    return store_db_run(db, store_db_bind(db, SQL_invitations_expire, "i", op->in.now_us), NULL);
}

// --- Shows

static enum store_status show_create(struct store_db *db, struct store_op *op) {
    const struct store_show *const n = &op->row.show;
    return store_db_run(db,
                        store_db_bind(db, SQL_show_insert, "ttbttiiii", n->id, n->account_id,
                                      n->key_hash, n->title, n->description, (int64_t)n->state,
                                      n->created_us, n->started_us, n->ended_us),
                        NULL);
}

static enum store_status show_update(struct store_db *db, struct store_op *op) {
    const struct store_show *const n = &op->row.show;
    return changed_one(db,
                       store_db_bind(db, SQL_show_update, "tttiii", n->id, n->title, n->description,
                                     (int64_t)n->state, n->started_us, n->ended_us));
}

static enum store_status show_delete(struct store_db *db, struct store_op *op) {
    return changed_one(db, store_db_bind(db, SQL_show_delete, "t", op->in.id));
}

// --- Lists

typedef void read_row(void *out, sqlite3_stmt *s);
static void read_session_row(void *out, sqlite3_stmt *s) { read_session(out, s, 0); }
static void read_show_row(void *out, sqlite3_stmt *s) { read_show(out, s); }

static enum store_status list(struct store_op *op, sqlite3_stmt *s, size_t row_bytes,
                              read_row *read) {
    enum store_status status = STORE_OK;
    size_t cap = 0;
    int stepped;
    while ((stepped = sqlite3_step(s)) == SQLITE_ROW) {
        if (op->out.count == cap) {
            cap = cap ? cap * 2 : LIST_FIRST_COUNT;
            void *const grown = realloc(op->out.rows, cap * row_bytes);
            if (!grown) {
                status = STORE_BUSY;
                break;
            }
            op->out.rows = grown;
        }
        read((char *)op->out.rows + op->out.count++ * row_bytes, s);
    }
    sqlite3_reset(s);
    return status == STORE_OK && stepped != SQLITE_DONE ? STORE_FAILED : status;
}

static enum store_status session_list(struct store_db *db, struct store_op *op) {
    return list(op,
                store_db_bind(db, SQL_session_list, "tii", op->in.id, op->in.now_us,
                              (int64_t)LIMIT_SESSIONS_COUNT),
                sizeof(struct store_session), read_session_row);
}

static enum store_status show_list_open(struct store_db *db, struct store_op *op) {
    return list(op, store_db_bind(db, SQL_show_list_open, "i", (int64_t)op->in.limit),
                sizeof(struct store_show), read_show_row);
}

static enum store_status (*const table[STORE_OP_COUNT])(struct store_db *db,
                                                        struct store_op *op) = {
    [STORE_ACCOUNT_CREATE] = account_create,
    [STORE_ACCOUNT_FIND] = account_find,
    [STORE_ACCOUNT_SET_PASSWORD] = account_set_password,
    [STORE_ACCOUNT_SET_ROLE] = account_set_role,
    [STORE_INVITATION_CREATE] = invitation_create,
    [STORE_SESSION_CREATE] = session_create,
    [STORE_SESSION_FIND] = session_find,
    [STORE_SESSION_LIST] = session_list,
    [STORE_SESSION_DELETE] = session_delete,
    [STORE_SESSION_DELETE_ALL] = session_delete_all,
    [STORE_EXPIRE] = expire,
    [STORE_SHOW_CREATE] = show_create,
    [STORE_SHOW_UPDATE] = show_update,
    [STORE_SHOW_DELETE] = show_delete,
    [STORE_SHOW_LIST_OPEN] = show_list_open,
};

void store_db_do(struct store_db *db, struct store_op *op) {
    assert(op->kind < STORE_OP_COUNT);
    op->status = table[op->kind](db, op);
}
