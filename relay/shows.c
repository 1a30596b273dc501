// SPDX-License-Identifier: MIT
#include "relay/shows.h"

#include "relay/relay_limits.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *show_state_name(enum show_state state) {
    static const char *const names[SHOW_STATE_COUNT] = {"scheduled", "live", "reconnecting",
                                                        "ended"};
    return names[state];
}

bool show_id_is_valid(const char *id, size_t len) {
    if (len != LIMIT_ID_CHARS)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!((id[i] >= 'a' && id[i] <= 'z') || (id[i] >= '2' && id[i] <= '7')))
            return false;
    return true;
}

int shows_init(struct shows *s, size_t capacity) {
    *s = (struct shows){.by_id = calloc(capacity, sizeof(struct show *)), .capacity = capacity};
    return s->by_id ? 0 : -1;
}

static void show_destroy(struct show *show) {
    message_unref(show->poster);
    free(show);
}

void shows_dispose(struct shows *s) {
    for (size_t i = 0; i < s->count; i++)
        show_destroy(s->by_id[i]);
    free(s->by_id);
    *s = (struct shows){0};
}

// Index of the first show whose id is not below `id`.
static size_t lower_bound(const struct shows *s, const char *id) {
    size_t low = 0, high = s->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(s->by_id[middle]->id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct show *shows_find(const struct shows *s, const char *id) {
    const size_t at = lower_bound(s, id);
    return at < s->count && strcmp(s->by_id[at]->id, id) == 0 ? s->by_id[at] : NULL;
}

void shows_forget_old(struct shows *s, uint64_t now_us) {
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        struct show *const show = s->by_id[i];
        const uint64_t idle_us = now_us > show->touched_us ? now_us - show->touched_us : 0;
        const uint64_t patience_us =
            show->account_id[0] ? LIMIT_SHOW_OF_ACCOUNT_IDLE_US : LIMIT_SHOW_IDLE_US;
        const bool is_old =
            !show->room && ((show->state == SHOW_SCHEDULED && idle_us > patience_us) ||
                            (show->state == SHOW_ENDED && idle_us > LIMIT_SHOW_ENDED_US));
        if (is_old && show->state == SHOW_SCHEDULED && s->on_forget)
            s->on_forget(s->on_forget_ctx, show);
        if (is_old)
            show_destroy(show);
        else
            s->by_id[kept++] = show;
    }
    s->count = kept;
}

static void insert(struct shows *s, struct show *show) {
    const size_t at = lower_bound(s, show->id);
    memmove(s->by_id + at + 1, s->by_id + at, (s->count - at) * sizeof(*s->by_id));
    s->by_id[at] = show;
    s->count++;
}

struct show *shows_restore(struct shows *s, const struct show *kept) {
    if (s->count == s->capacity || shows_find(s, kept->id))
        return NULL;
    struct show *const show = malloc(sizeof(*show));
    if (!show)
        return NULL;
    *show = *kept;
    insert(s, show);
    return show;
}

size_t shows_count_of(const struct shows *s, const char *account_id) {
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++)
        count +=
            s->by_id[i]->state != SHOW_ENDED && strcmp(s->by_id[i]->account_id, account_id) == 0;
    return count;
}

void shows_remove(struct shows *s, struct show *show) {
    const size_t at = lower_bound(s, show->id);
    assert(at < s->count && s->by_id[at] == show && !show->room);
    s->count--;
    memmove(s->by_id + at, s->by_id + at + 1, (s->count - at) * sizeof(*s->by_id));
    show_destroy(show);
}

struct show *shows_add(struct shows *s, const char *title, const char *description,
                       char key[LIMIT_KEY_CHARS + 1], uint64_t now_us, int64_t unix_us) {
    if (s->count == s->capacity)
        shows_forget_old(s, now_us);
    if (s->count == s->capacity)
        return NULL;
    struct show *const show = calloc(1, sizeof(*show));
    if (!show)
        return NULL;
    do
        random_id(show->id);
    while (shows_find(s, show->id));
    random_key(key);
    secret_hash(show->key_hash, key);
    snprintf(show->about.title, sizeof(show->about.title), "%s", title);
    snprintf(show->about.description, sizeof(show->about.description), "%s", description);
    show->created_unix_us = unix_us;
    show->touched_us = now_us;
    insert(s, show);
    return show;
}
