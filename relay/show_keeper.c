// SPDX-License-Identifier: MIT
#include "relay/show_keeper.h"

#include "relay/relay.h"
#include "relay/room.h"
#include <stdlib.h>
#include <string.h>

#define SAVE_AGAIN_US 1000000ULL

void show_to_store(struct store_show *out, const struct show *show, int64_t unix_us) {
    static const enum store_show_state states[SHOW_STATE_COUNT] = {
        [SHOW_SCHEDULED] = STORE_SHOW_SCHEDULED,
        [SHOW_LIVE] = STORE_SHOW_LIVE,
        [SHOW_RECONNECTING] = STORE_SHOW_LIVE,
        [SHOW_ENDED] = STORE_SHOW_ENDED,
    };
    *out = (struct store_show){.state = states[show->state],
                               .about = show->about,
                               .is_cancelled = show->is_cancelled,
                               .created_us = show->created_unix_us,
                               .started_us = show->started_unix_us,
                               .ended_us = show->state == SHOW_ENDED ? unix_us : 0};
    memcpy(out->id, show->id, sizeof(out->id));
    memcpy(out->key_hash, show->key_hash, sizeof(out->key_hash));
    memcpy(out->account_id, show->account_id, sizeof(out->account_id));
    memcpy(out->creator_name, show->creator_name, sizeof(out->creator_name));
    memcpy(out->creator_display_name, show->creator_display_name,
           sizeof(out->creator_display_name));
}

void show_from_store(struct show *out, const struct store_show *kept) {
    *out = (struct show){.about = kept->about,
                         .state = kept->state == STORE_SHOW_SCHEDULED ? SHOW_SCHEDULED
                                  : kept->state == STORE_SHOW_LIVE    ? SHOW_RECONNECTING
                                                                      : SHOW_ENDED,
                         .is_cancelled = kept->is_cancelled,
                         .created_unix_us = kept->created_us,
                         .started_unix_us = kept->started_us};
    memcpy(out->id, kept->id, sizeof(out->id));
    memcpy(out->key_hash, kept->key_hash, sizeof(out->key_hash));
    memcpy(out->account_id, kept->account_id, sizeof(out->account_id));
    memcpy(out->creator_name, kept->creator_name, sizeof(out->creator_name));
    memcpy(out->creator_display_name, kept->creator_display_name,
           sizeof(out->creator_display_name));
}

// A show that the store does not know was never told to its creator, or is forgotten already.
static void on_saved(void *ctx, enum store_status status) {
    struct relay *const r = ctx;
    if (status != STORE_OK && status != STORE_NOT_FOUND)
        log_event(r->log, 0, LOG_LEVEL_ERROR, "show-not-saved",
                  LOG_TEXT("reason", store_status_name(status)));
}

void show_save(struct relay *r, struct show *show, uint64_t now_us) {
    struct store_show kept;
    if (!r->store)
        return;
    show_to_store(&kept, show, relay_unix_us(r, now_us));
    const bool is_unsaved = store_show_update(r->store, &kept, on_saved, r) != STORE_OK;
    r->unsaved_count += is_unsaved;
    r->unsaved_count -= show->is_unsaved;
    show->is_unsaved = is_unsaved;
}

void show_save_again(struct relay *r, uint64_t now_us) {
    if (!r->unsaved_count || now_us - r->saved_us < SAVE_AGAIN_US)
        return;
    r->saved_us = now_us;
    r->unsaved_count = 0;
    for (size_t i = 0; i < r->shows.count; i++) {
        struct show *const show = r->shows.by_id[i];
        if (!show->is_unsaved)
            continue;
        show->is_unsaved = false;
        show_save(r, show, now_us);
    }
}

// --- After a restart

static void on_deleted(void *ctx, enum store_status status) {
    (void)ctx;
    (void)status; // what stays is forgotten after the next restart
}

static void on_forget(void *ctx, const struct show *show) {
    struct relay *const r = ctx;
    (void)store_show_delete(r->store, show->id, on_deleted, NULL);
}

struct restoring {
    struct relay *relay;
    uint64_t now_us;
    enum store_status status;
};

static void restore(struct restoring *restoring, const struct store_show *kept) {
    struct relay *const r = restoring->relay;
    struct show show;
    show_from_store(&show, kept);
    show.state = SHOW_SCHEDULED;
    show.touched_us = restoring->now_us;
    struct show *const restored =
        show_id_is_valid(show.id, strlen(show.id)) ? shows_restore(&r->shows, &show) : NULL;
    if (!restored || kept->state != STORE_SHOW_LIVE)
        return;
    if (room_restore(r, restored, restoring->now_us))
        return;
    restored->state = SHOW_ENDED;
    show_save(r, restored, restoring->now_us);
}

static void on_shows(void *ctx, enum store_status status, const struct store_show *shows,
                     size_t count) {
    struct restoring *const restoring = ctx;
    restoring->status = status;
    for (size_t i = 0; i < count; i++)
        restore(restoring, &shows[i]);
}

int show_restore_all(struct relay *r, uint64_t now_us) {
    struct restoring restoring = {.relay = r, .now_us = now_us, .status = STORE_FAILED};
    r->shows.on_forget = on_forget;
    r->shows.on_forget_ctx = r;
    if (store_show_list_open(r->store, r->shows.capacity, on_shows, &restoring) != STORE_OK)
        return -1;
    store_drain(r->store);
    if (restoring.status == STORE_OK)
        log_event(r->log, relay_unix_us(r, now_us), LOG_LEVEL_INFO, "shows-restored",
                  LOG_NUMBER("shows", r->shows.count), LOG_NUMBER("live", r->room_count));
    return restoring.status == STORE_OK ? 0 : -1;
}

struct replay_lookup {
    struct relay *relay;
    char id[LIMIT_ID_CHARS + 1];
};

// Without memory for its door nobody gets at it.
static void hide_as(struct relay *r, const struct store_show *kept) {
    struct show_door *door = NULL;
    if (show_is_closed(kept->about.visibility)) {
        door = calloc(1, sizeof(*door));
        if (!door) {
            replays_remove(&r->replays, kept->id);
            return;
        }
        show_door_of_kept(door, kept);
    }
    replays_hide(&r->replays, kept->id, door);
}

void show_set_replay_door(struct relay *r, const struct store_show *kept) {
    if (kept->about.visibility == SHOW_PUBLIC)
        replays_open(&r->replays, kept->id);
    else
        hide_as(r, kept);
}

static void on_hidden(void *ctx, enum store_status status, const struct store_show *shows,
                      size_t count) {
    struct relay *const r = ctx;
    if (status != STORE_OK)
        log_event(r->log, 0, LOG_LEVEL_ERROR, "shows-not-read",
                  LOG_TEXT("reason", store_status_name(status)));
    for (size_t i = 0; i < count; i++)
        hide_as(r, &shows[i]);
}

// Its show was found, or was never kept (a relay without a store made the recording).
static void on_show_of_replay(void *ctx, enum store_status status, const struct store_show *shows,
                              size_t count) {
    struct replay_lookup *const lookup = ctx;
    if (status == STORE_OK && count && shows->about.visibility != SHOW_PUBLIC)
        hide_as(lookup->relay, shows);
    else if (status == STORE_OK || status == STORE_NOT_FOUND)
        replays_open(&lookup->relay->replays, lookup->id);
    free(lookup);
}

void show_add_replay(struct relay *r, struct replay *replay) {
    const struct show *const show = shows_find(&r->shows, replay->id);
    const enum show_visibility visibility = show       ? show->about.visibility
                                            : r->store ? SHOW_PRIVATE
                                                       : SHOW_PUBLIC;
    struct replay_lookup *const lookup = show || !r->store ? NULL : calloc(1, sizeof(*lookup));
    replay->is_unlisted = visibility != SHOW_PUBLIC;
    replay->door = show_is_closed(visibility) ? calloc(1, sizeof(*replay->door)) : NULL;
    if (show && replay->door)
        show_door_of(replay->door, show);
    else if (replay->door)
        *replay->door = (struct show_door){.visibility = SHOW_PRIVATE};
    if (show_is_closed(visibility) && !replay->door) {
        free(lookup); // out of memory: the next start finds it
        return;
    }
    if (replays_put(&r->replays, replay) != 0 || !lookup) {
        free(lookup);
        return;
    }
    lookup->relay = r;
    memcpy(lookup->id, replay->id, sizeof(lookup->id));
    if (store_show_find(r->store, lookup->id, on_show_of_replay, lookup) != STORE_OK)
        free(lookup);
}

void show_hide_replays(struct relay *r) {
    (void)store_show_list_hidden(r->store, on_hidden, r);
    store_drain(r->store);
}
