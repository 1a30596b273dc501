// SPDX-License-Identifier: MIT
#include "relay/site_tools.h"

#include "relay/recording_dir.h"
#include "relay/replay_files.h"
#include "relay/store.h"
#include "relay/store_file.h"
#include "relay/store_tools.h"
#include "relay/time_text.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int complain(const char *what) {
    fprintf(stderr, "tabcast: %s\n", what);
    return 1;
}

static int open_recordings(const char *data_dir) {
    char path[512];
    snprintf(path, sizeof(path), "%s/recordings", data_dir);
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        fprintf(stderr, "tabcast: %s: %s\n", path, strerror(errno));
    return fd;
}

// --- Shows

static void print_shows(void *ctx, enum store_status status, const struct store_show *rows,
                        size_t count) {
    static const char *const states[] = {"scheduled", "live", "ended"};
    char created[TIME_TEXT_LEN + 1];
    *(enum store_status *)ctx = status;
    for (size_t i = 0; i < count; i++) {
        time_text_write(created, rows[i].created_us);
        printf("%s\t%s\t%s\t%s\t%s\n", rows[i].id, states[rows[i].state], created,
               rows[i].creator_name[0] ? rows[i].creator_name : "-", rows[i].about.title);
    }
}

int site_tools_shows(const char *data_dir) {
    enum store_status status = STORE_FAILED;
    struct store *const s = store_tools_open(data_dir);
    if (!s)
        return 1;
    if (store_show_list_open(s, LIMIT_SHOWS_COUNT, print_shows, &status) == STORE_OK)
        store_drain(s);
    store_close(s);
    return status == STORE_OK ? 0 : complain("the store cannot be read");
}

static void on_done(void *ctx, enum store_status status) { *(enum store_status *)ctx = status; }

static int send_errand(const char *data_dir, enum store_errand_kind kind, const char *id) {
    enum store_status status = STORE_FAILED;
    struct store_errand errand = {.kind = kind};
    struct store *const s = store_tools_open(data_dir);
    if (!s)
        return 1;
    memcpy(errand.subject, id, sizeof(errand.subject));
    if (store_errand_add(s, &errand, on_done, &status) == STORE_OK)
        store_drain(s);
    store_close(s);
    return status == STORE_OK ? 0 : complain("the store cannot be written");
}

int site_tools_end_show(const char *data_dir, const char *id) {
    return recording_id_is_valid(id) && strlen(id) == LIMIT_ID_CHARS
               ? send_errand(data_dir, ERRAND_END_SHOW, id)
               : complain("an id is twelve letters and digits; see `tabcast show list`");
}

// --- Replays

int site_tools_delete_replay(const char *data_dir, const char *id) {
    struct replay replay;
    if (!recording_id_is_valid(id) || strlen(id) != LIMIT_ID_CHARS)
        return complain("an id is twelve letters and digits; see `tabcast replay list`");
    const int fd = open_recordings(data_dir);
    if (fd < 0)
        return 1;
    const bool is_there = replay_read(fd, id, &replay) == 0;
    const int status = is_there ? recording_discard(fd, id) : -ENOENT;
    if (status == 0)
        (void)recording_remove_file(fd, id, RECORDING_REPLAY_TMP);
    close(fd);
    if (status == -ENOENT)
        return complain("there is no such replay");
    if (status != 0)
        return complain(strerror(-status));
    return send_errand(data_dir, ERRAND_FORGET_REPLAY, id);
}

int site_tools_storage(const char *data_dir) {
    static const char *const names[] = {STORE_FILE, STORE_FILE "-wal"};
    struct replays replays;
    struct statvfs space;
    struct stat info;
    char path[512];
    uint64_t films = 0, database = 0;
    const int fd = open_recordings(data_dir);
    if (fd < 0)
        return 1;
    if (replays_init(&replays, LIMIT_REPLAYS_COUNT) != 0) {
        close(fd);
        return complain("out of memory");
    }
    const int count = replay_scan(fd, &replays);
    for (size_t i = 0; i < replays.count; i++)
        films += replays.by_id[i]->size_bytes;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", data_dir, names[i]);
        if (stat(path, &info) == 0)
            database += (uint64_t)info.st_size;
    }
    printf("replays\t%zu\t%" PRIu64 "\ndatabase\t1\t%" PRIu64 "\n", replays.count, films, database);
    if (fstatvfs(fd, &space) == 0)
        printf("free\t-\t%" PRIu64 "\n", (uint64_t)space.f_bavail * space.f_frsize);
    replays_dispose(&replays);
    close(fd);
    return count < 0 ? 1 : 0;
}
