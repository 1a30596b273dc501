// SPDX-License-Identifier: MIT
// Reading rows, for store_sqlite_ops.c, store_sqlite_shows.c, store_sqlite_follows.c and
// store_sqlite_admin.c: columns in the order of sql/store.sql into the structs of store.h.
#ifndef TABCAST_RELAY_STORE_SQLITE_ROWS_H
#define TABCAST_RELAY_STORE_SQLITE_ROWS_H

#include "relay/store_sqlite_db.h"

#define ROW_ACCOUNT_COLUMNS 10 // what follows an account begins here
#define ROW_SESSION_COLUMNS 7  // and so many are a session's
#define ROW_SHOW_COLUMNS 24    // of the view show_rows

void row_account(struct store_account *out, sqlite3_stmt *s);
void row_text(char *out, size_t cap, sqlite3_stmt *s, int column);
void row_hash(uint8_t out[SECRET_HASH_LEN], sqlite3_stmt *s, int column);
#define ROW_TEXT(field, column) row_text(field, sizeof(field), s, column)
void row_session(struct store_session *out, sqlite3_stmt *s, int from);
void row_show(struct store_show *out, sqlite3_stmt *s);

// After a SELECT of one row: 0 rows is STORE_NOT_FOUND.
enum store_status row_status(int stepped);
// Runs a statement that changes one row; none is STORE_NOT_FOUND.
enum store_status row_changed_one(struct store_db *db, sqlite3_stmt *s);

// All rows into op->out, each of row_bytes.
enum store_status row_list(struct store_op *op, sqlite3_stmt *s, size_t row_bytes,
                           void (*read)(void *out, sqlite3_stmt *s));
// The same for shows.
enum store_status row_list_shows(struct store_op *op, sqlite3_stmt *s);

// What store_db_do calls for ops about shows, about following, and of admins.
enum store_status store_db_show(struct store_db *db, struct store_op *op);
enum store_status store_db_follow(struct store_db *db, struct store_op *op);
enum store_status store_db_factor(struct store_db *db, struct store_op *op);
// Uses up the invitation, if any; hands out the account as it now is.
enum store_status store_db_account_create(struct store_db *db, struct store_op *op);
enum store_status store_db_identity(struct store_db *db, struct store_op *op);
enum store_status store_db_email(struct store_db *db, struct store_op *op);
enum store_status store_db_settings(struct store_db *db, struct store_op *op);
enum store_status store_db_face(struct store_db *db, struct store_op *op);
enum store_status store_db_push(struct store_db *db, struct store_op *op);
enum store_status store_db_admin(struct store_db *db, struct store_op *op);

#endif
