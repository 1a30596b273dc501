// SPDX-License-Identifier: MIT
// Replays that their makers have deleted: put aside for an hour, so that this can be taken back,
// then gone for good. What is kept of them is the name of the film alone (recording_dir.h), so a
// restart changes nothing. Blocks for renames. Under the relay's lock.
#ifndef TABCAST_RELAY_DISCARDS_H
#define TABCAST_RELAY_DISCARDS_H

#include "relay/relay_limits.h"
#include "shared/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct relay;

struct discards {
    struct discard {
        char id[LIMIT_ID_CHARS + 1];
        int64_t since_s; // Unix
    } items[LIMIT_DISCARDS_COUNT];
    size_t count;
};

// Once at start: those of before.
void discards_read(struct relay *r, int dir_fd);
// The replay leaves the catalogue. When there are too many the oldest goes for good. 0, or a
// negative errno, and nothing has changed.
int discards_add(struct relay *r, int dir_fd, const char *id, int64_t unix_s);
bool discards_has(const struct relay *r, const char *id);
// It is in the catalogue again, behind the door its show has now. 0 or a negative errno.
int discards_take_back(struct relay *r, int dir_fd, const char *id);
// Deletes what has been there for an hour; cheap when there is nothing to do.
void discards_poll(struct relay *r, int dir_fd, int64_t unix_s);

#endif
