// SPDX-License-Identifier: MIT
#include "relay/errands.h"

#include "relay/insiders.h"
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

void errands_ban(struct relay *r, const char *account_id, uint64_t now_us) {
    insiders_banned(r, account_id, now_us); // or its publishers would be told of an ended show
    for (size_t i = 0; i < r->shows.count; i++)
        if (strcmp(r->shows.by_id[i]->account_id, account_id) == 0)
            end_show(r, r->shows.by_id[i], now_us);
}

static void on_account(void *ctx, enum store_status status, const struct store_account *account,
                       bool is_known_address) {
    const struct errands *const e = ctx;
    (void)is_known_address;
    if (status == STORE_OK)
        insiders_have_role(e->relay, account->id, account->role, e->now_us);
}

// The store is asked, since the account may have been changed once more meanwhile.
static void find_role(struct errands *e, const char *account_id) {
    const char *const canonical = insiders_find(e->relay, account_id);
    if (canonical && store_account_find(e->relay->store, canonical, "", on_account, e) != STORE_OK)
        log_event(e->relay->log, relay_unix_us(e->relay, e->now_us), LOG_LEVEL_WARN,
                  "errand-failed", LOG_TEXT("subject", account_id));
}

static void run(struct errands *e, const struct store_errand *errand) {
    struct relay *const r = e->relay;
    struct show *const show = shows_find(&r->shows, errand->subject);
    log_event(r->log, relay_unix_us(r, e->now_us), LOG_LEVEL_INFO, "errand",
              LOG_NUMBER("kind", errand->kind), LOG_TEXT("subject", errand->subject));
    switch (errand->kind) {
    case ERRAND_BAN:
        errands_ban(r, errand->subject, e->now_us);
        return;
    case ERRAND_END_SHOW:
        if (show)
            end_show(r, show, e->now_us);
        return;
    case ERRAND_FORGET_REPLAY:
        replays_remove(&r->replays, errand->subject);
        return;
    case ERRAND_SIGN_OUT:
        insiders_signed_out(r, errand->subject, "", "", e->now_us);
        return;
    case ERRAND_FIND_ROLE:
        find_role(e, errand->subject);
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
