// SPDX-License-Identifier: MIT
#include "relay/store_sqlite_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A list longer than this is asked for in pages.
#define LIST_FIRST_COUNT 16

void row_text(char *out, size_t cap, sqlite3_stmt *s, int column) {
    const char *const text = (const char *)sqlite3_column_text(s, column);
    snprintf(out, cap, "%s", text ? text : "");
}

void row_hash(uint8_t out[SECRET_HASH_LEN], sqlite3_stmt *s, int column) {
    const void *const bytes = sqlite3_column_blob(s, column);
    memset(out, 0, SECRET_HASH_LEN);
    if (bytes && sqlite3_column_bytes(s, column) == SECRET_HASH_LEN)
        memcpy(out, bytes, SECRET_HASH_LEN);
}

void row_account(struct store_account *out, sqlite3_stmt *s) {
    ROW_TEXT(out->id, 0);
    ROW_TEXT(out->name, 1);
    ROW_TEXT(out->canonical, 2);
    ROW_TEXT(out->display_name, 3);
    ROW_TEXT(out->password_hash, 4);
    const int role = sqlite3_column_int(s, 5);
    out->role = role > ROLE_MEMBER && role < ROLE_COUNT ? (enum account_role)role : ROLE_MEMBER;
    out->created_us = sqlite3_column_int64(s, 6);
    ROW_TEXT(out->bio, 7);
    ROW_TEXT(out->links, 8);
    out->banned_us = sqlite3_column_int64(s, 9);
    out->email[0] = '\0'; // behind these columns where a statement has it
}

void row_session(struct store_session *out, sqlite3_stmt *s, int from) {
    ROW_TEXT(out->id, from);
    ROW_TEXT(out->account_id, from + 1);
    row_hash(out->token_hash, s, from + 2);
    out->created_us = sqlite3_column_int64(s, from + 3);
    out->expires_us = sqlite3_column_int64(s, from + 4);
    ROW_TEXT(out->address, from + 5);
    ROW_TEXT(out->agent, from + 6);
}

void row_show(struct store_show *out, sqlite3_stmt *s) {
    ROW_TEXT(out->id, 0);
    ROW_TEXT(out->account_id, 1);
    row_hash(out->key_hash, s, 2);
    ROW_TEXT(out->about.title, 3);
    ROW_TEXT(out->about.description, 4);
    ROW_TEXT(out->about.category, 5);
    ROW_TEXT(out->about.tags, 6);
    out->about.starts_us = sqlite3_column_int64(s, 7);
    // What is not known is shown to nobody by mistake.
    const int visibility = sqlite3_column_int(s, 8);
    out->about.visibility = visibility >= SHOW_PUBLIC && visibility < SHOW_VISIBILITY_COUNT
                                ? (enum show_visibility)visibility
                                : SHOW_PRIVATE;
    out->about.is_unrecorded = sqlite3_column_int(s, 9) != 0;
    const int state = sqlite3_column_int(s, 10);
    out->state = state == STORE_SHOW_SCHEDULED || state == STORE_SHOW_LIVE
                     ? (enum store_show_state)state
                     : STORE_SHOW_ENDED;
    out->is_cancelled = sqlite3_column_int(s, 11) != 0;
    out->created_us = sqlite3_column_int64(s, 12);
    out->started_us = sqlite3_column_int64(s, 13);
    out->ended_us = sqlite3_column_int64(s, 14);
    ROW_TEXT(out->creator_name, 15);
    ROW_TEXT(out->creator_display_name, 16);
    out->about.price_coins = (uint32_t)sqlite3_column_int64(s, 17);
    out->about.length_min = (uint16_t)sqlite3_column_int(s, 18);
    ROW_TEXT(out->about.language, 19);
    ROW_TEXT(out->about.invited, 20);
    ROW_TEXT(out->about.password_hash, 21);
    out->about.cover_s = sqlite3_column_int64(s, 22);
}

enum store_status row_status(int stepped) {
    return stepped == SQLITE_ROW    ? STORE_OK
           : stepped == SQLITE_DONE ? STORE_NOT_FOUND
                                    : STORE_FAILED;
}

enum store_status row_changed_one(struct store_db *db, sqlite3_stmt *s) {
    int changed = 0;
    const enum store_status status = store_db_run(db, s, &changed);
    return status == STORE_OK && !changed ? STORE_NOT_FOUND : status;
}

enum store_status row_list(struct store_op *op, sqlite3_stmt *s, size_t row_bytes,
                           void (*read)(void *out, sqlite3_stmt *s)) {
    enum store_status status = STORE_OK;
    size_t cap = op->out.count;
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
        void *const row = (char *)op->out.rows + op->out.count++ * row_bytes;
        memset(row, 0, row_bytes);
        read(row, s);
    }
    sqlite3_reset(s);
    return status == STORE_OK && stepped != SQLITE_DONE ? STORE_FAILED : status;
}

static void read_show_row(void *out, sqlite3_stmt *s) { row_show(out, s); }

enum store_status row_list_shows(struct store_op *op, sqlite3_stmt *s) {
    return row_list(op, s, sizeof(struct store_show), read_show_row);
}
