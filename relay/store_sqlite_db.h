// SPDX-License-Identifier: MIT
// One connection to the SQLite file with its prepared statements, and what is done with one op on
// it. Belongs to one thread. Included by store_sqlite*.c alone.
#ifndef TABCAST_RELAY_STORE_SQLITE_DB_H
#define TABCAST_RELAY_STORE_SQLITE_DB_H

#include "relay/store_backend.h"
#include "relay/store_sqlite.h"
#include <sqlite3.h>

// Names in sql/store.sql.
#define STORE_STATEMENTS(X)                                                                        \
    X(begin)                                                                                       \
    X(commit)                                                                                      \
    X(rollback)                                                                                    \
    X(step)                                                                                        \
    X(step_keep)                                                                                   \
    X(step_undo)                                                                                   \
    X(account_insert)                                                                              \
    X(account_find)                                                                                \
    X(account_set_password)                                                                        \
    X(account_set_role)                                                                            \
    X(account_set_profile)                                                                         \
    X(account_rename_shows)                                                                        \
    X(account_any)                                                                                 \
    X(account_exists)                                                                              \
    X(account_profile)                                                                             \
    X(account_list)                                                                                \
    X(account_set_banned)                                                                          \
    X(counts)                                                                                      \
    X(invitation_insert)                                                                           \
    X(invitation_count)                                                                            \
    X(invitation_list)                                                                             \
    X(invitation_delete)                                                                           \
    X(reset_insert)                                                                                \
    X(reset_find)                                                                                  \
    X(reset_delete)                                                                                \
    X(resets_expire)                                                                               \
    X(factor_find)                                                                                 \
    X(factor_begin)                                                                                \
    X(factor_confirm)                                                                              \
    X(factor_spend)                                                                                \
    X(factor_end)                                                                                  \
    X(recovery_insert)                                                                             \
    X(recovery_spend)                                                                              \
    X(identity_insert)                                                                             \
    X(identity_find)                                                                               \
    X(identity_of)                                                                                 \
    X(identity_delete)                                                                             \
    X(email_find)                                                                                  \
    X(email_link_insert)                                                                           \
    X(email_link_find)                                                                             \
    X(email_confirm)                                                                               \
    X(email_delete)                                                                                \
    X(email_link_delete)                                                                           \
    X(email_links_expire)                                                                          \
    X(account_find_email)                                                                          \
    X(settings_find)                                                                               \
    X(settings_set)                                                                                \
    X(face_set)                                                                                    \
    X(face_delete)                                                                                 \
    X(face_find)                                                                                   \
    X(push_add)                                                                                    \
    X(push_trim)                                                                                   \
    X(push_delete)                                                                                 \
    X(push_forget)                                                                                 \
    X(push_list)                                                                                   \
    X(push_list_invited)                                                                           \
    X(errand_insert)                                                                               \
    X(errand_list)                                                                                 \
    X(errand_clear)                                                                                \
    X(invitation_use)                                                                              \
    X(invitations_expire)                                                                          \
    X(session_insert)                                                                              \
    X(session_trim)                                                                                \
    X(session_find)                                                                                \
    X(session_list)                                                                                \
    X(session_delete)                                                                              \
    X(sessions_delete_but)                                                                         \
    X(sessions_expire)                                                                             \
    X(show_insert)                                                                                 \
    X(show_find)                                                                                   \
    X(show_find_request)                                                                           \
    X(show_edit)                                                                                   \
    X(show_set_key)                                                                                \
    X(show_update)                                                                                 \
    X(show_delete)                                                                                 \
    X(show_list_open)                                                                              \
    X(show_list_hidden)                                                                            \
    X(show_search)                                                                                 \
    X(show_search_near)                                                                            \
    X(show_list_over)                                                                              \
    X(show_list_of_account)                                                                        \
    X(invited_insert)                                                                              \
    X(invited_list)                                                                                \
    X(invited_delete)                                                                              \
    X(follow_insert)                                                                               \
    X(follow_count)                                                                                \
    X(follow_delete)                                                                               \
    X(follow_list)                                                                                 \
    X(reminder_insert)                                                                             \
    X(reminder_delete)                                                                             \
    X(notification_list)                                                                           \
    X(notifications_read)

enum store_statement {
#define X(name) SQL_##name,
    STORE_STATEMENTS(X)
#undef X
        SQL_COUNT
};

struct store_db {
    sqlite3 *sqlite;
    sqlite3_stmt *statements[SQL_COUNT];
};

// `is_writer` also makes the file and runs the migrations. 0, or -1 with `error`, nothing is open.
int store_db_open(struct store_db *db, const char *path, bool is_writer,
                  char error[STORE_ERROR_BYTES]);
void store_db_close(struct store_db *db);

// The statement with values bound: in `types`, t is text, i an int64_t, b the 32 bytes of a hash
// (NULL: SQL's NULL).
// Never NULL; what cannot be bound makes the step fail.
sqlite3_stmt *store_db_bind(struct store_db *db, enum store_statement statement, const char *types,
                            ...);
// Runs it to its end and resets it; *changed gets how many rows it changed (may be NULL).
enum store_status store_db_run(struct store_db *db, sqlite3_stmt *statement, int *changed);

// Does what the op asks, inside a transaction if it writes; fills status and out.
void store_db_do(struct store_db *db, struct store_op *op);

#endif
