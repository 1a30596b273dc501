// SPDX-License-Identifier: MIT
#include "relay/store_sqlite_db.h"

#include "relay/store_sql.h"
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// The tabcast command may be writing to the same file.
#define BUSY_MS 10000

static const char *const names[SQL_COUNT] = {
#define X(name) [SQL_##name] = #name,
    STORE_STATEMENTS(X)
#undef X
};

static int fail(struct store_db *db, char error[STORE_ERROR_BYTES], const char *what) {
    snprintf(error, STORE_ERROR_BYTES, "%.80s: %.160s", what,
             db->sqlite ? sqlite3_errmsg(db->sqlite) : "out of memory");
    store_db_close(db);
    return -1;
}

static int pragma_read(sqlite3 *sqlite, const char *text, int *value) {
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(sqlite, text, -1, &statement, NULL);
    if (status == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        *value = sqlite3_column_int(statement, 0);
    else if (status == SQLITE_OK)
        status = SQLITE_ERROR;
    sqlite3_finalize(statement);
    return status;
}

// One migration: all its statements and its number, or nothing of it.
static int migrate_one(sqlite3 *sqlite, int version, const char *text, size_t len) {
    char *const script = sqlite3_mprintf("%.*s PRAGMA user_version = %d;", (int)len, text, version);
    const int status = script ? sqlite3_exec(sqlite, script, NULL, NULL, NULL) : SQLITE_NOMEM;
    sqlite3_free(script);
    return status;
}

// All in one transaction, so that two processes that start at once do not both migrate.
static int migrate(sqlite3 *sqlite) {
    char name[32];
    size_t len;
    int version = 0;
    if (sqlite3_exec(sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return -1;
    int status = pragma_read(sqlite, "PRAGMA user_version", &version);
    for (const char *text; status == SQLITE_OK;) {
        snprintf(name, sizeof(name), "migration_%d", version + 1);
        text = store_sql_find(name, &len);
        if (!text)
            break;
        status = migrate_one(sqlite, ++version, text, len);
    }
    if (status == SQLITE_OK)
        status = sqlite3_exec(sqlite, "COMMIT", NULL, NULL, NULL);
    if (status == SQLITE_OK)
        return 0;
    sqlite3_exec(sqlite, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

// A file written by a newer program may hold what this one would not keep.
static int check_version(sqlite3 *sqlite) {
    char name[32];
    size_t len;
    int version = 0;
    if (pragma_read(sqlite, "PRAGMA user_version", &version) != SQLITE_OK)
        return -1;
    snprintf(name, sizeof(name), "migration_%d", version);
    return version == 0 || store_sql_find(name, &len) ? 0 : 1;
}

static int prepare(struct store_db *db) {
    for (size_t i = 0; i < SQL_COUNT; i++) {
        size_t len = 0;
        const char *const text = store_sql_find(names[i], &len);
        if (!text || sqlite3_prepare_v3(db->sqlite, text, (int)len, SQLITE_PREPARE_PERSISTENT,
                                        &db->statements[i], NULL) != SQLITE_OK)
            return -1;
    }
    return 0;
}

int store_db_open(struct store_db *db, const char *path, bool is_writer,
                  char error[STORE_ERROR_BYTES]) {
    *db = (struct store_db){0};
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (is_writer ? SQLITE_OPEN_CREATE : 0);
    // It holds what passwords and keys were hashed to: nobody else on the machine reads it. SQLite
    // gives the files beside it the same rights.
    const int fd = is_writer ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd >= 0)
        close(fd);
    if (sqlite3_open_v2(path, &db->sqlite, flags, NULL) != SQLITE_OK)
        return fail(db, error, path);
    sqlite3_busy_timeout(db->sqlite, BUSY_MS);
    // A writer that waits for the disk must not be made to wait for readers: WAL. FULL: the log is
    // synced before COMMIT returns.
    const char *const pragmas = is_writer
                                    ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                                      "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 2000;"
                                    : "PRAGMA query_only = ON;";
    if (sqlite3_exec(db->sqlite, pragmas, NULL, NULL, NULL) != SQLITE_OK)
        return fail(db, error, path);
    const int version = check_version(db->sqlite);
    if (version > 0) {
        snprintf(error, STORE_ERROR_BYTES, "%.160s was written by a newer tabcast", path);
        store_db_close(db);
        return -1;
    }
    if (version < 0 || (is_writer && migrate(db->sqlite) != 0) || prepare(db) != 0)
        return fail(db, error, path);
    return 0;
}

void store_db_close(struct store_db *db) {
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(db->statements[i]);
    sqlite3_close(db->sqlite);
    *db = (struct store_db){0};
}

sqlite3_stmt *store_db_bind(struct store_db *db, enum store_statement statement, const char *types,
                            ...) {
    sqlite3_stmt *const s = db->statements[statement];
    va_list args;
    sqlite3_clear_bindings(s);
    va_start(args, types);
    for (int i = 0; types[i]; i++) {
        if (types[i] == 't')
            sqlite3_bind_text(s, i + 1, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        else if (types[i] == 'i')
            sqlite3_bind_int64(s, i + 1, va_arg(args, int64_t));
        else
            sqlite3_bind_blob(s, i + 1, va_arg(args, const uint8_t *), SECRET_HASH_LEN,
                              SQLITE_TRANSIENT); // NULL stays NULL
    }
    va_end(args);
    return s;
}

enum store_status store_db_run(struct store_db *db, sqlite3_stmt *statement, int *changed) {
    int status;
    do
        status = sqlite3_step(statement);
    while (status == SQLITE_ROW);
    if (changed)
        *changed = sqlite3_changes(db->sqlite);
    sqlite3_reset(statement);
    if (status == SQLITE_CONSTRAINT_UNIQUE || status == SQLITE_CONSTRAINT_PRIMARYKEY)
        return STORE_TAKEN;
    if (status == SQLITE_CONSTRAINT_FOREIGNKEY)
        return STORE_NOT_FOUND;
    return status == SQLITE_DONE ? STORE_OK : STORE_FAILED;
}
