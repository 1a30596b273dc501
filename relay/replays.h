// SPDX-License-Identifier: MIT
// The catalogue of replays, newest first, found by id. Filled at start from the folder of
// recordings (replay_scan.h) and by the recorder's events. Pure: no I/O.
#ifndef TABCAST_RELAY_REPLAYS_H
#define TABCAST_RELAY_REPLAYS_H

#include "relay/show_door.h"
#include <stddef.h>
#include <stdint.h>

struct replay {
    char id[LIMIT_ID_CHARS + 1];
    char title[LIMIT_TITLE_BYTES + 1];
    int64_t started_at_ms; // Unix
    uint64_t duration_ms;
    uint64_t size_bytes;
    uint8_t has_poster;
    uint8_t is_unlisted;    // found by its address alone
    struct show_door *door; // owned; NULL = open to who has the address
};

struct replays {
    struct replay **by_time; // newest first; ties by id
    struct replay **by_id;
    size_t count;
    size_t capacity;
};

int replays_init(struct replays *r, size_t capacity); // 0, or -1 when out of memory
void replays_dispose(struct replays *r);

const struct replay *replays_find(const struct replays *r, const char *id);
// Copies *replay, whose door it takes; one of the same id is replaced. 0, or -1 when full or out of
// memory; then the door is freed.
int replays_put(struct replays *r, const struct replay *replay);

// Keeps it out of lists, behind `take_door` if that is not NULL. Frees the door when there is no
// such replay.
void replays_hide(struct replays *r, const char *id, struct show_door *take_door);
// Forgets it; nothing when there is no such replay.
void replays_remove(struct replays *r, const char *id);
// It is open to all again, and in the lists.
void replays_open(struct replays *r, const char *id);

// Index in by_time of the first replay behind (older than) the given one: where the next page
// begins.
size_t replays_after(const struct replays *r, int64_t started_at_ms, const char *id);

#endif
