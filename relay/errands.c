// SPDX-License-Identifier: MIT
#include "relay/errands.h"

#include "relay/room.h"
#include "relay/show_keeper.h"
#include "relay/store.h"
#include <string.h>

#define ASK_US 1000000ULL

static void end_show(struct relay *r, struct show *show, uint64_t now_us) {
    if (show->state == SHOW_LIVE || show->state == SHOW_RECONNECTING) {
        room_end(show->room, now_us); // its recording becomes a replay
        return;
    }
    if (show->state != SHOW_SCHEDULED)
        return;
    show->state = SHOW_ENDED;
    show->is_cancelled = true;
    show->touched_us = now_us;
    if (show->room)
        room_tell_state(show->room, now_us);
    show_save(r, show, now_us);
}

void errands_end_shows_of(struct relay *r, const char *account_id, uint64_t now_us) {
    for (size_t i = 0; i < r->shows.count; i++)
        if (strcmp(r->shows.by_id[i]->account_id, account_id) == 0)
            end_show(r, r->shows.by_id[i], now_us);
}

static void run(struct errands *e, const struct store_errand *errand) {
    struct relay *const r = e->relay;
    struct show *const show = shows_find(&r->shows, errand->subject);
    log_event(r->log, relay_unix_us(r, e->now_us), LOG_LEVEL_INFO, "errand",
              LOG_NUMBER("kind", errand->kind), LOG_TEXT("subject", errand->subject));
    switch (errand->kind) {
    case ERRAND_END_SHOWS_OF:
        errands_end_shows_of(r, errand->subject, e->now_us);
        return;
    case ERRAND_END_SHOW:
        if (show)
            end_show(r, show, e->now_us);
        return;
    case ERRAND_FORGET_REPLAY:
        replays_remove(&r->replays, errand->subject);
        return;
    case ERRAND_COUNT:
        return; // of a newer command: nobody knows what it was
    }
}

static void on_cleared(void *ctx, enum store_status status) {
    struct errands *const e = ctx;
    (void)status; // what stays is done again, which changes nothing
    e->is_asking = false;
}

static void on_errands(void *ctx, enum store_status status, const struct store_errand *rows,
                       size_t count) {
    struct errands *const e = ctx;
    e->is_asking = false;
    if (status != STORE_OK || !count)
        return;
    for (size_t i = 0; i < count; i++)
        run(e, &rows[i]);
    e->is_asking =
        store_errand_clear(e->relay->store, rows[count - 1].number, on_cleared, e) == STORE_OK;
}

void errands_poll(struct errands *e, uint64_t now_us) {
    e->now_us = now_us;
    if (e->is_asking || (e->asked_us && now_us - e->asked_us < ASK_US))
        return;
    e->asked_us = now_us;
    e->is_asking = store_errand_list(e->relay->store, on_errands, e) == STORE_OK;
}
