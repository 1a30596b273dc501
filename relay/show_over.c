// SPDX-License-Identifier: MIT
// What can still be changed of a show that is over: who may watch its replay. Such a show may be in
// the store alone, so that is asked first.
#include "relay/account_call.h"
#include "relay/api_json.h"
#include "relay/show_body.h"
#include "relay/show_entry.h"
#include "relay/show_keeper.h"
#include "relay/show_news.h"
#include <stdlib.h>
#include <string.h>

// Beside the call: what the store has, and the body until it is read.
struct change {
    struct store_show kept;
    size_t len;
    char body[];
};

static void on_edited(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    const struct change *const change = a->blob;
    struct show *const known = shows_find(&a->relay->shows, a->id);
    struct show show;
    size_t len = 0;
    if (show_body_names_nobody(a, status) || account_call_failed(a, status, ""))
        return;
    if (known)
        known->about = change->kept.about;
    show_from_store(&show, &change->kept);
    show_set_replay_door(a->relay, &change->kept);
    log_event(a->relay->log, a->unix_us, LOG_LEVEL_INFO, "replay-door-changed",
              LOG_TEXT("show", a->id), LOG_TEXT("account", a->account.id),
              LOG_TEXT("visibility", show_visibility_name(show.about.visibility)),
              LOG_TEXT("address", a->address));
    show_news_invited(a->relay, &show, a->unix_us);
    const struct api_show_item item = {
        .show = &show, .replay = replays_find(&a->relay->replays, a->id), .is_owners = true};
    char *const json = api_json_show(&item, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void keep(struct account_call *a) {
    struct change *const change = a->blob;
    change->kept.about = a->about;
    account_call_failed(
        a, store_show_edit(a->accounts->store, &change->kept, a->unix_us, on_edited, a), "");
}

// All but the door is as it was.
static bool is_door_alone(const struct show_about *before, const struct show_about *after) {
    return strcmp(before->title, after->title) == 0 &&
           strcmp(before->description, after->description) == 0 &&
           strcmp(before->category, after->category) == 0 &&
           strcmp(before->tags, after->tags) == 0 && before->starts_us == after->starts_us &&
           before->is_unrecorded == after->is_unrecorded &&
           before->price_coins == after->price_coins && before->length_min == after->length_min &&
           strcmp(before->language, after->language) == 0;
}

static void change_door(struct account_call *a, struct change *change) {
    struct show_about *const about = &change->kept.about;
    const struct show_about before = *about;
    if (!show_body_read_later(a, about, change->body, change->len))
        return;
    if (!is_door_alone(&before, about)) {
        account_call_problem(a, 409, "Conflict",
                             "The show has ended; only who may see its replay can be changed.", 0);
        return;
    }
    a->about = *about;
    show_body_hash(a, keep);
}

static void on_found(void *ctx, enum store_status status, const struct store_show *rows,
                     size_t count) {
    struct account_call *const a = ctx;
    const struct show_visitor visitor = {
        .person = person_of(&a->account), .pass = a->pass, .unix_us = a->unix_us};
    struct change *const change = a->blob;
    struct show_door door;
    if (account_call_failed(a, count || status != STORE_OK ? status : STORE_NOT_FOUND,
                            SHOW_MISSING))
        return;
    change->kept = *rows;
    show_door_of_kept(&door, rows);
    if (show_door_entry(&door, &visitor) == SHOW_ENTRY_HIDDEN)
        account_call_problem(a, 404, "Not found", SHOW_MISSING, 0);
    else if (!show_may(show_door_actor(&door, &visitor), SHOW_EDIT))
        account_call_problem(a, 403, "Forbidden", "This is not your show.", 0);
    else if (rows->state != STORE_SHOW_ENDED || rows->is_cancelled)
        account_call_problem(a, 409, "Conflict", "The show is not over.", 0);
    else
        change_door(a, change);
}

static void find(struct account_call *a) {
    account_call_failed(a, store_show_find(a->accounts->store, a->id, on_found, a), "");
}

void show_change_over(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (!a)
        return;
    struct change *const change = malloc(sizeof(*change) + c->body_len);
    a->blob = change;
    if (!change) {
        account_call_busy(a);
        return;
    }
    change->len = c->body_len;
    memcpy(change->body, c->body, c->body_len);
    account_call_authenticate(a, c->request->token, find);
}
