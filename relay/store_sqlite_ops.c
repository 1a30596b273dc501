// SPDX-License-Identifier: MIT
// What each op is in SQL: binds, runs, reads rows.
#include "relay/store_sqlite_rows.h"
#include <assert.h>

// --- Accounts

static enum store_status find_account(struct store_db *db, struct store_op *op, const char *name) {
    sqlite3_stmt *const s = store_db_bind(db, SQL_account_find, "tt", name, op->in.address);
    const enum store_status status = row_status(sqlite3_step(s));
    if (status == STORE_OK) {
        row_account(&op->row.account, s);
        op->out.is_known_address = sqlite3_column_int(s, ROW_ACCOUNT_COLUMNS) != 0;
        ROW_TEXT(op->row.account.email, ROW_ACCOUNT_COLUMNS + 1);
    }
    sqlite3_reset(s);
    return status;
}

enum store_status store_db_account_create(struct store_db *db, struct store_op *op) {
    const struct store_account a = op->row.account;
    enum store_status status = STORE_OK;
    if (op->in.has_hash)
        status = row_changed_one(
            db, store_db_bind(db, SQL_invitation_use, "bi", op->in.hash, a.created_us));
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
    enum store_status status = row_changed_one(
        db, store_db_bind(db, SQL_account_set_password, "tt", op->in.id, op->in.password_hash));
    if (status == STORE_OK)
        status = store_db_run(
            db, store_db_bind(db, SQL_sessions_delete_but, "tt", op->in.id, op->in.other_id), NULL);
    return status;
}

static enum store_status account_set_role(struct store_db *db, struct store_op *op) {
    return row_changed_one(
        db, store_db_bind(db, SQL_account_set_role, "ti", op->in.name, (int64_t)op->in.role));
}

static enum store_status account_set_profile(struct store_db *db, struct store_op *op) {
    const struct store_account *const a = &op->row.account;
    const enum store_status status =
        row_changed_one(db, store_db_bind(db, SQL_account_set_profile, "tttt", a->id,
                                          a->display_name, a->bio, a->links));
    return status == STORE_OK
               ? store_db_run(db, store_db_bind(db, SQL_account_rename_shows, "t", a->id), NULL)
               : status;
}

static enum store_status account_any(struct store_db *db, struct store_op *op) {
    sqlite3_stmt *const s = store_db_bind(db, SQL_account_any, "");
    const enum store_status status = row_status(sqlite3_step(s));
    (void)op;
    sqlite3_reset(s);
    return status;
}

// --- Sessions

static enum store_status session_create(struct store_db *db, struct store_op *op) {
    const struct store_session *const n = &op->row.login.session;
    enum store_status status = row_changed_one(
        db, store_db_bind(db, SQL_session_insert, "bttiitt", n->token_hash, n->id, n->account_id,
                          n->created_us, n->expires_us, n->address, n->agent));
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
        row_account(&op->row.login.account, s);
        row_session(&op->row.login.session, s, ROW_ACCOUNT_COLUMNS);
        op->row.login.session.is_invisible =
            sqlite3_column_int(s, ROW_ACCOUNT_COLUMNS + ROW_SESSION_COLUMNS) != 0;
    }
    sqlite3_reset(s);
    return status;
}

static enum store_status session_delete(struct store_db *db, struct store_op *op) {
    return row_changed_one(db,
                           store_db_bind(db, SQL_session_delete, "tt", op->in.id, op->in.other_id));
}

static enum store_status session_delete_all(struct store_db *db, struct store_op *op) {
    return store_db_run(db, store_db_bind(db, SQL_sessions_delete_but, "tt", op->in.id, ""), NULL);
}

static enum store_status expire(struct store_db *db, struct store_op *op) {
    static const enum store_statement statements[] = {SQL_sessions_expire, SQL_invitations_expire,
                                                      SQL_resets_expire, SQL_email_links_expire};
    enum store_status status = STORE_OK;
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]) && status == STORE_OK; i++)
        status = store_db_run(db, store_db_bind(db, statements[i], "i", op->in.now_us), NULL);
    return status;
}

// --- Lists

static void read_session_row(void *out, sqlite3_stmt *s) { row_session(out, s, 0); }

static enum store_status session_list(struct store_db *db, struct store_op *op) {
    return row_list(op,
                    store_db_bind(db, SQL_session_list, "tii", op->in.id, op->in.now_us,
                                  (int64_t)LIMIT_SESSIONS_COUNT),
                    sizeof(struct store_session), read_session_row);
}

static enum store_status (*const table[STORE_OP_COUNT])(struct store_db *db,
                                                        struct store_op *op) = {
    [STORE_ACCOUNT_CREATE] = store_db_account_create,
    [STORE_ACCOUNT_FIND] = account_find,
    [STORE_ACCOUNT_SET_PASSWORD] = account_set_password,
    [STORE_ACCOUNT_SET_ROLE] = account_set_role,
    [STORE_ACCOUNT_LIST] = store_db_admin,
    [STORE_ACCOUNT_SET_BANNED] = store_db_admin,
    [STORE_COUNT] = store_db_admin,
    [STORE_INVITATION_CREATE] = store_db_admin,
    [STORE_INVITATION_LIST] = store_db_admin,
    [STORE_INVITATION_DELETE] = store_db_admin,
    [STORE_RESET_CREATE] = store_db_admin,
    [STORE_RESET_FIND] = store_db_admin,
    [STORE_RESET_USE] = store_db_admin,
    [STORE_FACTOR_FIND] = store_db_factor,
    [STORE_FACTOR_BEGIN] = store_db_factor,
    [STORE_FACTOR_CONFIRM] = store_db_factor,
    [STORE_FACTOR_SPEND] = store_db_factor,
    [STORE_FACTOR_RECOVER] = store_db_factor,
    [STORE_FACTOR_END] = store_db_factor,
    [STORE_IDENTITY_JOIN] = store_db_identity,
    [STORE_IDENTITY_ADD] = store_db_identity,
    [STORE_IDENTITY_FIND] = store_db_identity,
    [STORE_IDENTITY_OF] = store_db_identity,
    [STORE_IDENTITY_REMOVE] = store_db_identity,
    [STORE_EMAIL_FIND] = store_db_email,
    [STORE_EMAIL_WAIT] = store_db_email,
    [STORE_EMAIL_CONFIRM] = store_db_email,
    [STORE_EMAIL_END] = store_db_email,
    [STORE_ACCOUNT_FIND_EMAIL] = store_db_email,
    [STORE_SETTINGS_FIND] = store_db_settings,
    [STORE_SETTINGS_SET] = store_db_settings,
    [STORE_FACE_SET] = store_db_face,
    [STORE_FACE_DELETE] = store_db_face,
    [STORE_FACE_FIND] = store_db_face,
    [STORE_PUSH_ADD] = store_db_push,
    [STORE_PUSH_DELETE] = store_db_push,
    [STORE_PUSH_FORGET] = store_db_push,
    [STORE_PUSH_LIST] = store_db_push,
    [STORE_PUSH_LIST_INVITED] = store_db_push,
    [STORE_ERRAND_ADD] = store_db_admin,
    [STORE_ERRAND_LIST] = store_db_admin,
    [STORE_ERRAND_CLEAR] = store_db_admin,
    [STORE_SESSION_CREATE] = session_create,
    [STORE_SESSION_FIND] = session_find,
    [STORE_SESSION_LIST] = session_list,
    [STORE_SESSION_DELETE] = session_delete,
    [STORE_SESSION_DELETE_ALL] = session_delete_all,
    [STORE_EXPIRE] = expire,
    [STORE_ACCOUNT_SET_PROFILE] = account_set_profile,
    [STORE_ACCOUNT_ANY] = account_any,
    [STORE_ACCOUNT_PROFILE] = store_db_follow,
    [STORE_SHOW_CREATE] = store_db_show,
    [STORE_SHOW_FIND] = store_db_show,
    [STORE_SHOW_EDIT] = store_db_show,
    [STORE_SHOW_SET_KEY] = store_db_show,
    [STORE_SHOW_UPDATE] = store_db_show,
    [STORE_SHOW_DELETE] = store_db_show,
    [STORE_SHOW_LIST_OPEN] = store_db_show,
    [STORE_SHOW_LIST_HIDDEN] = store_db_show,
    [STORE_SHOW_SEARCH] = store_db_show,
    [STORE_FOLLOW] = store_db_follow,
    [STORE_UNFOLLOW] = store_db_follow,
    [STORE_FOLLOW_LIST] = store_db_follow,
    [STORE_REMIND] = store_db_follow,
    [STORE_UNREMIND] = store_db_follow,
    [STORE_NOTIFICATION_LIST] = store_db_follow,
    [STORE_NOTIFICATIONS_READ] = store_db_follow,
};

void store_db_do(struct store_db *db, struct store_op *op) {
    assert(op->kind < STORE_OP_COUNT);
    op->status = table[op->kind](db, op);
}
