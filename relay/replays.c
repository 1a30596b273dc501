// SPDX-License-Identifier: MIT
#include "relay/replays.h"

#include <stdlib.h>
#include <string.h>

int replays_init(struct replays *r, size_t capacity) {
    *r = (struct replays){.by_time = calloc(capacity, sizeof(struct replay *)),
                          .by_id = calloc(capacity, sizeof(struct replay *)),
                          .capacity = capacity};
    if (r->by_time && r->by_id)
        return 0;
    replays_dispose(r);
    return -1;
}

static void replay_destroy(struct replay *replay) {
    free(replay->door);
    free(replay);
}

void replays_dispose(struct replays *r) {
    for (size_t i = 0; i < r->count; i++)
        replay_destroy(r->by_id[i]);
    free(r->by_time);
    free(r->by_id);
    *r = (struct replays){0};
}

static size_t id_lower_bound(const struct replays *r, const char *id) {
    size_t low = 0, high = r->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(r->by_id[middle]->id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int is_behind(const struct replay *a, int64_t started_at_ms, const char *id) {
    return a->started_at_ms != started_at_ms ? a->started_at_ms < started_at_ms
                                             : strcmp(a->id, id) > 0;
}

size_t replays_after(const struct replays *r, int64_t started_at_ms, const char *id) {
    size_t low = 0, high = r->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (!is_behind(r->by_time[middle], started_at_ms, id))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct replay *replays_find(const struct replays *r, const char *id) {
    const size_t at = id_lower_bound(r, id);
    return at < r->count && strcmp(r->by_id[at]->id, id) == 0 ? r->by_id[at] : NULL;
}

static void insert(struct replay **items, size_t count, size_t at, struct replay *item) {
    memmove(items + at + 1, items + at, (count - at) * sizeof(*items));
    items[at] = item;
}

static void erase_at(struct replay **items, size_t count, size_t at) {
    memmove(items + at, items + at + 1, (count - at - 1) * sizeof(*items));
}

// Takes it out of both orders; the caller owns it then. NULL: there is none.
static struct replay *take_out(struct replays *r, const char *id) {
    const size_t found = id_lower_bound(r, id);
    if (found == r->count || strcmp(r->by_id[found]->id, id) != 0)
        return NULL;
    struct replay *const item = r->by_id[found];
    size_t at = 0;
    while (r->by_time[at] != item)
        at++;
    erase_at(r->by_time, r->count, at);
    erase_at(r->by_id, r->count, found);
    r->count--;
    return item;
}

void replays_remove(struct replays *r, const char *id) {
    struct replay *const item = take_out(r, id);
    if (item)
        replay_destroy(item);
}

int replays_put(struct replays *r, const struct replay *replay) {
    struct replay *item = take_out(r, replay->id);
    if (item)
        free(item->door);
    if (!item && (r->count == r->capacity || !(item = malloc(sizeof(*item))))) {
        free(replay->door);
        return -1;
    }
    *item = *replay;
    insert(r->by_id, r->count, id_lower_bound(r, item->id), item);
    insert(r->by_time, r->count, replays_after(r, item->started_at_ms, item->id), item);
    r->count++;
    return 0;
}

static void set_door(struct replays *r, const char *id, bool is_unlisted,
                     struct show_door *take_door) {
    const size_t at = id_lower_bound(r, id);
    if (at == r->count || strcmp(r->by_id[at]->id, id) != 0) {
        free(take_door);
        return;
    }
    free(r->by_id[at]->door);
    r->by_id[at]->door = take_door;
    r->by_id[at]->is_unlisted = is_unlisted;
}

void replays_hide(struct replays *r, const char *id, struct show_door *take_door) {
    set_door(r, id, true, take_door);
}

void replays_open(struct replays *r, const char *id) { set_door(r, id, false, NULL); }
