// SPDX-License-Identifier: MIT
// A process that writes to the store is killed at random moments, again and again over the same
// file: every write that was answered must be there, none in part, and the file must open.
#include "relay/store_sqlite.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ROUNDS_COUNT 25
#define IN_FLIGHT_COUNT 64

static char dir[] = "/tmp/tabcast-store-kill-XXXXXX";
static char path[64];

struct write {
    struct store *store;
    int pipe_fd;
    struct store_show show;
};

static void next_write(struct write *w);

static void on_written(void *ctx, enum store_status status, const struct store_show *rows,
                       size_t count) {
    (void)rows;
    (void)count;
    struct write *const w = ctx;
    if (status != STORE_OK || write(w->pipe_fd, w->show.id, sizeof(w->show.id)) < 0)
        _exit(1);
    next_write(w);
}

static void next_write(struct write *w) {
    random_id(w->show.id);
    snprintf(w->show.about.title, sizeof(w->show.about.title), "show %s", w->show.id);
    if (store_show_create(w->store, &w->show, NULL, on_written, w) != STORE_OK)
        _exit(1);
}

// Writes until it is killed; each id goes into the pipe once its write was answered.
static void child(int pipe_fd) {
    static struct write writes[IN_FLIGHT_COUNT];
    const struct store_config config = {0};
    char error[STORE_ERROR_BYTES];
    struct store *const s = store_sqlite_open(&config, path, error);
    if (!s)
        _exit(1);
    for (size_t i = 0; i < IN_FLIGHT_COUNT; i++) {
        writes[i] = (struct write){.store = s, .pipe_fd = pipe_fd};
        next_write(&writes[i]);
    }
    store_drain(s);
    _exit(1);
}

struct ids {
    char (*list)[LIMIT_ID_CHARS + 1];
    size_t count, cap;
};

static void ids_add(struct ids *ids, const char *id) {
    if (ids->count == ids->cap) {
        ids->cap = ids->cap ? ids->cap * 2 : 1024;
        ids->list = realloc(ids->list, ids->cap * sizeof(*ids->list));
        assert_non_null(ids->list);
    }
    memcpy(ids->list[ids->count++], id, LIMIT_ID_CHARS + 1);
}

static int compare(const void *a, const void *b) { return strcmp(a, b); }

static void on_shows(void *ctx, enum store_status status, const struct store_show *shows,
                     size_t count) {
    struct ids *const found = ctx;
    assert_int_equal(status, STORE_OK);
    for (size_t i = 0; i < count; i++) {
        char title[64];
        snprintf(title, sizeof(title), "show %s", shows[i].id);
        assert_string_equal(shows[i].about.title, title);
        ids_add(found, shows[i].id);
    }
}

// Lets a child write and kills it some answers later; notes all it was answered.
static void round_of_kill(struct ids *answered) {
    int fds[2];
    char id[LIMIT_ID_CHARS + 1];
    assert_int_equal(pipe(fds), 0);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(fds[0]);
        child(fds[1]);
    }
    close(fds[1]);
    size_t left = 1 + random_below(2000);
    while (read(fds[0], id, sizeof(id)) == (ssize_t)sizeof(id)) {
        ids_add(answered, id);
        if (left && --left == 0)
            kill(pid, SIGKILL); // the pipe still holds what was answered meanwhile
    }
    close(fds[0]);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void what_was_answered_is_there(void **state) {
    (void)state;
    struct ids answered = {0}, found = {0};
    const struct store_config config = {0};
    char error[STORE_ERROR_BYTES];
    for (int i = 0; i < ROUNDS_COUNT; i++)
        round_of_kill(&answered);
    struct store *const s = store_sqlite_open(&config, path, error);
    assert_non_null(s);
    assert_int_equal(store_show_list_open(s, SIZE_MAX / 2, on_shows, &found), STORE_OK);
    store_drain(s);
    store_close(s);
    assert_true(answered.count >= ROUNDS_COUNT);
    assert_true(found.count >= answered.count);
    qsort(found.list, found.count, sizeof(*found.list), compare);
    for (size_t i = 0; i < answered.count; i++)
        assert_non_null(
            bsearch(answered.list[i], found.list, found.count, sizeof(*found.list), compare));
    print_message("%d kills: %zu writes answered, %zu found\n", ROUNDS_COUNT, answered.count,
                  found.count);
    free(answered.list);
    free(found.list);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_answered_is_there)};
    if (random_start() != 0 || !mkdtemp(dir))
        return 1;
    snprintf(path, sizeof(path), "%s/store.db", dir);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    rmdir(dir);
    return failed;
}
