// SPDX-License-Identifier: MIT
// Deleting one's replay so that it can be taken back for an hour. Deleting for good is
// admin_site.c's.
#include "relay/account_call.h"
#include "relay/discards.h"
#include "relay/show_entry.h"
#include <errno.h>

static void log_replay(const struct account_call *a, const char *event) {
    log_event(a->relay->log, a->unix_us, LOG_LEVEL_INFO, event, LOG_TEXT("replay", a->id),
              LOG_TEXT("by", a->account.name), LOG_TEXT("address", a->address));
}

static void answer_done(struct account_call *a, int status) {
    if (status == -ENOENT)
        account_call_problem(a, 404, "Not found", SHOW_MISSING, 0);
    else if (status != 0)
        account_call_problem(a, 503, "Service unavailable",
                             "The relay cannot write to its disk; please try again later.", 30);
    else
        account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

// Whether who is signed in may delete the replay of this show. False: answered.
static bool is_allowed(struct account_call *a, enum store_status status,
                       const struct store_show *rows, size_t count) {
    const struct show_visitor visitor = {
        .person = person_of(&a->account), .pass = a->pass, .unix_us = a->unix_us};
    struct show_door door;
    if (account_call_failed(a, count || status != STORE_OK ? status : STORE_NOT_FOUND,
                            SHOW_MISSING))
        return false;
    show_door_of_kept(&door, rows);
    if (show_door_entry(&door, &visitor) == SHOW_ENTRY_HIDDEN)
        account_call_problem(a, 404, "Not found", SHOW_MISSING, 0);
    else if (!show_may(show_door_actor(&door, &visitor), SHOW_DELETE_REPLAY))
        account_call_problem(a, 403, "Forbidden", "This is not your replay.", 0);
    else
        return true;
    return false;
}

static void on_discarded(void *ctx, enum store_status status, const struct store_show *rows,
                         size_t count) {
    struct account_call *const a = ctx;
    if (!is_allowed(a, status, rows, count))
        return;
    const int done = replays_find(&a->relay->replays, a->id)
                         ? discards_add(a->relay, a->recordings_fd, a->id, a->unix_us / 1000000)
                         : -ENOENT;
    if (done == 0)
        log_replay(a, "replay-discarded");
    answer_done(a, done);
}

static void discard(struct account_call *a) {
    account_call_failed(a, store_show_find(a->accounts->store, a->id, on_discarded, a), "");
}

void replay_discard(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, discard);
}

static void on_restored(void *ctx, enum store_status status, const struct store_show *rows,
                        size_t count) {
    struct account_call *const a = ctx;
    if (!is_allowed(a, status, rows, count))
        return;
    if (!discards_has(a->relay, a->id)) {
        account_call_problem(a, 409, "Conflict",
                             "This replay was not deleted, or is gone for good.", 0);
        return;
    }
    const int done = discards_take_back(a->relay, a->recordings_fd, a->id);
    if (done == 0)
        log_replay(a, "replay-restored");
    answer_done(a, done);
}

static void restore(struct account_call *a) {
    account_call_failed(a, store_show_find(a->accounts->store, a->id, on_restored, a), "");
}

void replay_restore(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, restore);
}
