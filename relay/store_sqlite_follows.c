// SPDX-License-Identifier: MIT
// Who follows whom, reminders, and what is told of them, in SQL. Notifications are not kept: they
// follow from the shows' own times, so that nobody's going live writes a row for each follower.
#include "relay/store_sqlite_rows.h"

#include <assert.h>

static enum store_status profile(struct store_db *db, struct store_op *op) {
    sqlite3_stmt *const s = store_db_bind(db, SQL_account_profile, "tt", op->in.name, op->in.id);
    const enum store_status status = row_status(sqlite3_step(s));
    if (status == STORE_OK) {
        row_account(&op->row.profile.account, s);
        op->row.profile.followers_count = (uint64_t)sqlite3_column_int64(s, ROW_ACCOUNT_COLUMNS);
        op->row.profile.is_followed = sqlite3_column_int(s, ROW_ACCOUNT_COLUMNS + 1) != 0;
    }
    sqlite3_reset(s);
    return status;
}

static enum store_status follow(struct store_db *db, struct store_op *op) {
    sqlite3_stmt *const s =
        store_db_bind(db, SQL_follow_count, "ti", op->in.id, (int64_t)LIMIT_FOLLOWS_COUNT - 1);
    const enum store_status full = row_status(sqlite3_step(s));
    sqlite3_reset(s);
    if (full != STORE_NOT_FOUND)
        return full == STORE_OK ? STORE_BUSY : full;
    return row_changed_one(
        db, store_db_bind(db, SQL_follow_insert, "tti", op->in.id, op->in.name, op->in.now_us));
}

static void read_account_row(void *out, sqlite3_stmt *s) { row_account(out, s); }

static void read_notification(void *out, sqlite3_stmt *s) {
    struct store_notification *const n = out;
    row_show(&n->show, s);
    const int kind = sqlite3_column_int(s, ROW_SHOW_COLUMNS);
    n->kind = kind >= NOTIFY_SCHEDULED && kind <= NOTIFY_INVITED
                  ? (enum store_notification_kind)kind
                  : NOTIFY_REMINDED;
    n->at_us = sqlite3_column_int64(s, ROW_SHOW_COLUMNS + 1);
    n->is_unread = sqlite3_column_int(s, ROW_SHOW_COLUMNS + 2) != 0;
}

enum store_status store_db_follow(struct store_db *db, struct store_op *op) {
    switch (op->kind) {
    case STORE_ACCOUNT_PROFILE:
        return profile(db, op);
    case STORE_FOLLOW:
        return follow(db, op);
    case STORE_UNFOLLOW:
        return store_db_run(db, store_db_bind(db, SQL_follow_delete, "tt", op->in.id, op->in.name),
                            NULL);
    case STORE_FOLLOW_LIST:
        return row_list(
            op, store_db_bind(db, SQL_follow_list, "ti", op->in.id, (int64_t)LIMIT_FOLLOWS_COUNT),
            sizeof(struct store_account), read_account_row);
    case STORE_REMIND:
        return store_db_run(db,
                            store_db_bind(db, SQL_reminder_insert, "tti", op->in.id,
                                          op->in.other_id, op->in.now_us),
                            NULL);
    case STORE_UNREMIND:
        return store_db_run(
            db, store_db_bind(db, SQL_reminder_delete, "tt", op->in.id, op->in.other_id), NULL);
    case STORE_NOTIFICATION_LIST:
        return row_list(op,
                        store_db_bind(db, SQL_notification_list, "ti", op->in.id,
                                      (int64_t)LIMIT_NOTIFICATIONS_COUNT),
                        sizeof(struct store_notification), read_notification);
    case STORE_NOTIFICATIONS_READ:
        return row_changed_one(
            db, store_db_bind(db, SQL_notifications_read, "ti", op->in.id, op->in.now_us));
    default:
        assert(false && "an op about following");
        return STORE_FAILED;
    }
}
