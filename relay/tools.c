// SPDX-License-Identifier: MIT
#include "relay/tools.h"

#include "relay/finalise.h"
#include "relay/recording_dir.h"
#include "relay/relay_limits.h"
#include "relay/replay_files.h"
#include "relay/time_text.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int open_dir(const char *data_dir, char *path, size_t cap) {
    snprintf(path, cap, "%s/recordings", data_dir);
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        fprintf(stderr, "tabcast: %s: %s\n", path, strerror(errno));
    return fd;
}

int tools_replay_list(const char *data_dir) {
    char path[512];
    struct replays replays;
    const int fd = open_dir(data_dir, path, sizeof(path));
    if (fd < 0)
        return 1;
    if (replays_init(&replays, LIMIT_REPLAYS_COUNT) != 0) {
        close(fd);
        return 1;
    }
    const int count = replay_scan(fd, &replays);
    for (size_t i = 0; i < replays.count; i++) {
        const struct replay *const r = replays.by_time[i];
        char started[TIME_TEXT_LEN + 1];
        time_text_write(started, r->started_at_ms * 1000);
        printf("%s\t%s\t%" PRIu64 ".%03" PRIu64 " s\t%" PRIu64 "\t%s\n", r->id, started,
               r->duration_ms / 1000, r->duration_ms % 1000, r->size_bytes, r->title);
    }
    replays_dispose(&replays);
    close(fd);
    return count < 0 ? 1 : 0;
}

struct repair {
    int dir_fd;
    int status;
};

static void repair_one(void *ctx, const char *id) {
    struct repair *const r = ctx;
    struct finalise_result result = {0};
    const int status = finalise_recording(&result, r->dir_fd, id, NULL);
    if (status == FINALISE_OK)
        printf("%s\trepaired\t%" PRIu64 " bytes\n", id, result.size_bytes);
    else if (status == FINALISE_EMPTY)
        printf("%s\tempty, removed\n", id);
    else
        printf("%s\tfailed: %s\n", id, strerror(-status));
    if (status < 0)
        r->status = 1;
}

int tools_replay_repair(const char *data_dir) {
    char path[512];
    struct repair repair = {.dir_fd = open_dir(data_dir, path, sizeof(path))};
    if (repair.dir_fd < 0)
        return 1;
    if (recording_each_leftover(repair.dir_fd, repair_one, &repair) != 0)
        repair.status = 1;
    close(repair.dir_fd);
    return repair.status;
}
