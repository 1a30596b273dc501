// SPDX-License-Identifier: MIT
// The threads: one that writes in groups, some that read.
#include "relay/store_sqlite.h"

#include "relay/store_sqlite_db.h"
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Reads are short and mostly found in memory; two keep one long list from holding up the rest.
#define READERS_COUNT 2
// Ops of one transaction: what 1024 of them write is checkpointed in one go, and none waits longer
// than some 20 ms for its group.
#define GROUP_COUNT 1024
#define BACKUP_STEP_PAGES 256
#define BACKUP_SLEEP_MS 5
#define BACKUP_TRIES_COUNT 2000

struct queue {
    struct store_op *first, *last;
    pthread_cond_t is_wanted;
};

struct sqlite_store {
    pthread_mutex_t lock;
    struct queue writes, reads; // under the lock
    bool is_closing;            // under the lock
    struct store_db writer_db, reader_dbs[READERS_COUNT];
    pthread_t writer, readers[READERS_COUNT];
    unsigned reader_count;
    bool has_writer;
    unsigned next_reader; // which connection the next reader thread takes; under the lock
};

// Takes up to `count` ops, waiting for the first. NULL: none will come any more.
static struct store_op *take(struct sqlite_store *s, struct queue *q, size_t count) {
    pthread_mutex_lock(&s->lock);
    while (!q->first && !s->is_closing)
        pthread_cond_wait(&q->is_wanted, &s->lock);
    struct store_op *const first = q->first;
    struct store_op *last = first;
    for (size_t i = 1; last && last->next && i < count; i++)
        last = last->next;
    if (last) {
        q->first = last->next;
        last->next = NULL;
    }
    pthread_mutex_unlock(&s->lock);
    return first;
}

static enum store_status run(struct store_db *db, enum store_statement statement) {
    return store_db_run(db, db->statements[statement], NULL);
}

// False: the transaction is lost, and with it all that was done in it.
static bool write_one(struct store_db *db, struct store_op *op) {
    if (run(db, SQL_step) != STORE_OK)
        return false;
    store_db_do(db, op);
    if (op->status == STORE_FAILED || sqlite3_get_autocommit(db->sqlite) ||
        (op->status != STORE_OK && run(db, SQL_step_undo) != STORE_OK))
        return false;
    return run(db, SQL_step_keep) == STORE_OK;
}

static void write_group(struct store_db *db, struct store_op *group) {
    bool is_fine = run(db, SQL_begin) == STORE_OK;
    for (struct store_op *op = group; op && is_fine; op = op->next)
        is_fine = write_one(db, op);
    is_fine = is_fine && run(db, SQL_commit) == STORE_OK;
    if (is_fine)
        return;
    if (!sqlite3_get_autocommit(db->sqlite))
        run(db, SQL_rollback);
    for (struct store_op *op = group; op; op = op->next)
        op->status = STORE_FAILED;
}

static void *write_thread(void *state) {
    struct sqlite_store *const s = state;
    for (struct store_op *group; (group = take(s, &s->writes, GROUP_COUNT));) {
        write_group(&s->writer_db, group);
        store_op_done(group);
    }
    return NULL;
}

static void *read_thread(void *state) {
    struct sqlite_store *const s = state;
    pthread_mutex_lock(&s->lock);
    struct store_db *const db = &s->reader_dbs[s->next_reader++];
    pthread_mutex_unlock(&s->lock);
    for (struct store_op *op; (op = take(s, &s->reads, 1));) {
        store_db_do(db, op);
        store_op_done(op);
    }
    return NULL;
}

static void submit(void *state, struct store_op *op) {
    struct sqlite_store *const s = state;
    struct queue *const q = store_op_is_write(op->kind) ? &s->writes : &s->reads;
    pthread_mutex_lock(&s->lock);
    assert(!s->is_closing);
    if (q->first)
        q->last->next = op;
    else
        q->first = op;
    q->last = op;
    pthread_cond_signal(&q->is_wanted);
    pthread_mutex_unlock(&s->lock);
}

static void close_store(void *state) {
    struct sqlite_store *const s = state;
    pthread_mutex_lock(&s->lock);
    s->is_closing = true;
    pthread_cond_broadcast(&s->writes.is_wanted);
    pthread_cond_broadcast(&s->reads.is_wanted);
    pthread_mutex_unlock(&s->lock);
    if (s->has_writer)
        pthread_join(s->writer, NULL);
    for (unsigned i = 0; i < s->reader_count; i++)
        pthread_join(s->readers[i], NULL);
    for (unsigned i = 0; i < READERS_COUNT; i++)
        store_db_close(&s->reader_dbs[i]);
    store_db_close(&s->writer_db); // the last one puts the log into the file
    pthread_cond_destroy(&s->writes.is_wanted);
    pthread_cond_destroy(&s->reads.is_wanted);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

// Signals are the event loop's.
static bool start_threads(struct sqlite_store *s) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    s->has_writer = pthread_create(&s->writer, NULL, write_thread, s) == 0;
    while (s->reader_count < READERS_COUNT &&
           pthread_create(&s->readers[s->reader_count], NULL, read_thread, s) == 0)
        s->reader_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return s->has_writer && s->reader_count;
}

struct store *store_sqlite_open(const struct store_config *config, const char *path,
                                char error[STORE_ERROR_BYTES]) {
    static const struct store_backend backend = {submit, close_store};
    struct sqlite_store *const s = calloc(1, sizeof(*s));
    struct store *store = NULL;
    snprintf(error, STORE_ERROR_BYTES, "out of memory");
    if (!s)
        return NULL;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->writes.is_wanted, NULL);
    pthread_cond_init(&s->reads.is_wanted, NULL);
    bool is_fine = store_db_open(&s->writer_db, path, true, error) == 0;
    for (unsigned i = 0; i < READERS_COUNT && is_fine; i++)
        is_fine = store_db_open(&s->reader_dbs[i], path, false, error) == 0;
    if (is_fine && start_threads(s))
        store = store_create(config, &backend, s);
    if (!store)
        close_store(s);
    return store;
}

// --- Backup

static int backup_fail(sqlite3 *from, sqlite3 *to, const char *path, const char *part,
                       char error[STORE_ERROR_BYTES]) {
    sqlite3 *const said = to && sqlite3_errcode(to) != SQLITE_OK ? to : from;
    snprintf(error, STORE_ERROR_BYTES, "%.100s: %.140s", path,
             said ? sqlite3_errmsg(said) : "out of memory");
    sqlite3_close(from);
    sqlite3_close(to);
    remove(part);
    return -1;
}

int store_sqlite_backup(const char *path, const char *to, char error[STORE_ERROR_BYTES]) {
    char part[1024];
    sqlite3 *source = NULL, *target = NULL;
    if (snprintf(part, sizeof(part), "%s.part", to) >= (int)sizeof(part)) {
        snprintf(error, STORE_ERROR_BYTES, "the name of the backup is too long");
        return -1;
    }
    remove(part);
    const int fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    if (sqlite3_open_v2(path, &source, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_open_v2(part, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
            SQLITE_OK)
        return backup_fail(source, target, path, part, error);
    // One reading transaction: else each write of the relay would start the copy anew.
    sqlite3_busy_timeout(source, 1000);
    sqlite3_exec(source, "BEGIN; SELECT count(*) FROM sqlite_schema;", NULL, NULL, NULL);
    sqlite3_backup *const backup = sqlite3_backup_init(target, "main", source, "main");
    int status = backup ? SQLITE_OK : SQLITE_ERROR;
    for (int tries = 0; status == SQLITE_OK || status == SQLITE_BUSY || status == SQLITE_LOCKED;) {
        status = sqlite3_backup_step(backup, BACKUP_STEP_PAGES);
        if (status == SQLITE_BUSY || status == SQLITE_LOCKED) {
            if (++tries > BACKUP_TRIES_COUNT)
                break;
            sqlite3_sleep(BACKUP_SLEEP_MS);
        }
    }
    if (backup)
        sqlite3_backup_finish(backup);
    if (status != SQLITE_DONE)
        return backup_fail(source, target, path, part, error);
    sqlite3_exec(source, "COMMIT", NULL, NULL, NULL);
    // Not WAL: a backup is one file.
    if (sqlite3_exec(target, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
        return backup_fail(source, target, path, part, error);
    sqlite3_close(source);
    sqlite3_close(target);
    if (rename(part, to) == 0)
        return 0;
    snprintf(error, STORE_ERROR_BYTES, "%.200s cannot be written", to);
    remove(part);
    return -1;
}
