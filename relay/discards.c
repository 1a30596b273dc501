// SPDX-License-Identifier: MIT
#include "relay/discards.h"

#include "relay/recording_dir.h"
#include "relay/relay.h"
#include "relay/replay_files.h"
#include "relay/show_keeper.h"
#include <errno.h>
#include <string.h>

static size_t place_of(const struct discards *d, const char *id) {
    size_t at = 0;
    while (at < d->count && strcmp(d->items[at].id, id) != 0)
        at++;
    return at;
}

static void forget(struct discards *d, size_t at) { d->items[at] = d->items[--d->count]; }

// Its bytes are freed by the recorder's second thread, or at the next start.
static void delete_for_good(struct relay *r, int dir_fd, size_t at) {
    char id[LIMIT_ID_CHARS + 1];
    memcpy(id, r->discards.items[at].id, sizeof(id));
    forget(&r->discards, at);
    if (recording_discard(dir_fd, id) == 0 && r->recorder)
        recorder_sweep(r->recorder, id);
    log_event(r->log, 0, LOG_LEVEL_INFO, "replay-deleted", LOG_TEXT("replay", id));
}

static void note(struct relay *r, int dir_fd, const char *id, int64_t since_s) {
    struct discards *const d = &r->discards;
    if (d->count == LIMIT_DISCARDS_COUNT) {
        size_t oldest = 0;
        for (size_t i = 1; i < d->count; i++)
            if (d->items[i].since_s < d->items[oldest].since_s)
                oldest = i;
        delete_for_good(r, dir_fd, oldest);
    }
    struct discard *const item = &d->items[d->count++];
    memcpy(item->id, id, sizeof(item->id));
    item->since_s = since_s;
}

struct reading {
    struct relay *relay;
    int dir_fd;
};

static void on_gone(void *ctx, const char *id, int64_t unix_s) {
    const struct reading *const reading = ctx;
    note(reading->relay, reading->dir_fd, id, unix_s);
}

void discards_read(struct relay *r, int dir_fd) {
    struct reading reading = {r, dir_fd};
    (void)recording_each_gone(dir_fd, on_gone, &reading);
}

int discards_add(struct relay *r, int dir_fd, const char *id, int64_t unix_s) {
    const int status = recording_put_aside(dir_fd, id, unix_s);
    if (status != 0)
        return status;
    replays_remove(&r->replays, id);
    note(r, dir_fd, id, unix_s);
    return 0;
}

bool discards_has(const struct relay *r, const char *id) {
    return place_of(&r->discards, id) < r->discards.count;
}

int discards_take_back(struct relay *r, int dir_fd, const char *id) {
    const size_t at = place_of(&r->discards, id);
    struct replay replay;
    if (at == r->discards.count)
        return -ENOENT;
    const int status = recording_take_back(dir_fd, id);
    if (status != 0)
        return status;
    forget(&r->discards, at);
    if (replay_read(dir_fd, id, &replay) != 0)
        return -EIO;
    show_add_replay(r, &replay);
    return 0;
}

void discards_poll(struct relay *r, int dir_fd, int64_t unix_s) {
    for (size_t i = r->discards.count; i-- > 0;)
        if (unix_s - r->discards.items[i].since_s >= LIMIT_DISCARD_S)
            delete_for_good(r, dir_fd, i);
}
