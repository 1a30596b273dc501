// SPDX-License-Identifier: MIT
// The contract of stores held by SQLite, and what is its own: backups, damaged and newer files.
#include "relay/store_sqlite.h"
#include "tests/unit/store_contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/tabcast-store-XXXXXX";
static char path[64], copy[64];

static struct store *open_file(const struct store_config *config, void *where) {
    char error[STORE_ERROR_BYTES];
    struct store *const s = store_sqlite_open(config, where, error);
    if (!s)
        print_error("%s\n", error);
    return s;
}

static void erase_file(void *where) {
    static const char *const suffixes[] = {"", "-wal", "-shm", ".part"};
    char name[128];
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        snprintf(name, sizeof(name), "%s%s", (char *)where, suffixes[i]);
        unlink(name);
    }
}

static struct store *open_or_fail(const char *where) {
    const struct store_config config = {0};
    struct store *const s = open_file(&config, (void *)(uintptr_t)where);
    assert_non_null(s);
    return s;
}

struct seen {
    size_t done, failed, rows;
};
static void on_made(void *ctx, enum store_status status, const struct store_show *rows,
                    size_t count) {
    struct seen *const seen = ctx;
    (void)rows;
    (void)count;
    seen->done++;
    seen->failed += status != STORE_OK;
}
static void on_shows(void *ctx, enum store_status status, const struct store_show *shows,
                     size_t count) {
    struct seen *const seen = ctx;
    (void)shows;
    seen->failed += status != STORE_OK;
    seen->rows = count;
}

static void add_shows(struct store *s, struct seen *seen, size_t count) {
    struct store_show show = {.about = {.title = "T"}};
    for (size_t i = 0; i < count; i++) {
        random_id(show.id);
        assert_int_equal(store_show_create(s, &show, NULL, on_made, seen), STORE_OK);
    }
}

static size_t count_shows(const char *where) {
    struct seen seen = {0};
    struct store *const s = open_or_fail(where);
    assert_int_equal(store_show_list_open(s, 100000, on_shows, &seen), STORE_OK);
    store_drain(s);
    store_close(s);
    assert_int_equal(seen.failed, 0);
    return seen.rows;
}

static void a_backup_beside_writes_is_whole(void **state) {
    (void)state;
    char error[STORE_ERROR_BYTES];
    struct seen seen = {0};
    erase_file(path);
    erase_file(copy);
    struct store *const s = open_or_fail(path);
    add_shows(s, &seen, 2000);
    store_drain(s);
    add_shows(s, &seen, 2000); // written while it is being copied
    assert_int_equal(store_sqlite_backup(path, copy, error), 0);
    store_drain(s);
    store_close(s);
    assert_int_equal(seen.done, 4000);
    assert_int_equal(seen.failed, 0);
    const size_t copied = count_shows(copy);
    assert_true(copied >= 2000 && copied <= 4000);
    assert_int_equal(count_shows(path), 4000);
    // Again, over the old one; and where it cannot be.
    assert_int_equal(store_sqlite_backup(path, copy, error), 0);
    assert_int_equal(count_shows(copy), 4000);
    assert_int_equal(store_sqlite_backup(path, "/nowhere/at/all", error), -1);
    assert_true(strlen(error) > 0);
    assert_int_equal(store_sqlite_backup("/nowhere/at/all", copy, error), -1);
    assert_int_equal(count_shows(copy), 4000); // not touched
}

// Overwrites bytes of the file.
static void poke(const char *where, long offset, const char *bytes, size_t len) {
    FILE *const f = fopen(where, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, offset, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    fclose(f);
}

static void files_that_are_no_store_are_refused(void **state) {
    (void)state;
    const struct store_config config = {0};
    char error[STORE_ERROR_BYTES];
    erase_file(path);
    store_close(open_or_fail(path));
    poke(path, 60, "\0\0\1\0", 4); // user_version 256: of a newer program
    assert_null(store_sqlite_open(&config, path, error));
    assert_non_null(strstr(error, "newer"));
    poke(path, 0, "not a database, not at all", 26);
    assert_null(store_sqlite_open(&config, path, error));
    assert_non_null(strstr(error, "not a database"));
    assert_null(store_sqlite_open(&config, "/nowhere/at/all", error));
    assert_true(strlen(error) > 0);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_backup_beside_writes_is_whole),
        cmocka_unit_test(files_that_are_no_store_are_refused),
    };
    const struct store_maker maker = {open_file, erase_file, path};
    if (random_start() != 0 || !mkdtemp(dir))
        return 1;
    snprintf(path, sizeof(path), "%s/store.db", dir);
    snprintf(copy, sizeof(copy), "%s/copy.db", dir);
    const int failed = store_contract_run(&maker) + cmocka_run_group_tests(tests, NULL, NULL);
    erase_file(path);
    erase_file(copy);
    rmdir(dir);
    return failed;
}
