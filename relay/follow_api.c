// SPDX-License-Identifier: MIT
// Following creators, reminders, and the notifications that come of both.
#include "relay/account_call.h"
#include "relay/account_json.h"
#include "relay/account_names.h"
#include "relay/api_json.h"
#include "relay/json_writer.h"
#include "relay/show_door.h"
#include "relay/show_entry.h"
#include "relay/show_keeper.h"
#include "relay/time_text.h"
#include <stdlib.h>
#include <string.h>

static void on_done(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (!account_call_failed(a, status, "There is nobody of this name whom you could follow."))
        account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

static void on_reminder(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (!account_call_failed(a, status, SHOW_MISSING))
        account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

// --- Following

static void follow(struct account_call *a) {
    (void)account_name_read(a->canonical, a->body.name);
    account_call_failed(
        a, store_follow(a->accounts->store, a->account.id, a->canonical, a->unix_us, on_done, a),
        "");
}

void follow_create(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_FOLLOW;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (a)
        account_call_authenticate(a, c->request->token, follow);
}

static void unfollow(struct account_call *a) {
    (void)account_name_read(a->canonical, a->id);
    account_call_failed(
        a, store_unfollow(a->accounts->store, a->account.id, a->canonical, on_done, a), "");
}

void follow_end(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, unfollow);
}

static void on_followed(void *ctx, enum store_status status, const struct store_account *accounts,
                        size_t count) {
    struct account_call *const a = ctx;
    size_t len = 0;
    if (account_call_failed(a, status, ""))
        return;
    char *const json = account_list_json(accounts, count, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void list(struct account_call *a) {
    account_call_failed(a, store_follow_list(a->accounts->store, a->account.id, on_followed, a),
                        "");
}

void follow_list(struct call *c) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, list);
}

// --- Reminders

// How far the account gets with a show.
static enum show_entry entry_of(const struct account_call *a, const struct show *show) {
    const struct show_visitor visitor = {
        .person = person_of(&a->account), .pass = a->pass, .unix_us = a->unix_us};
    struct show_door door;
    show_door_of(&door, show);
    return show_door_entry(&door, &visitor);
}

static void remind(struct account_call *a) {
    const struct show *const show = shows_find(&a->relay->shows, a->id);
    // What can still begin is in memory; of the rest nobody need know whether it ever was.
    if (!show || entry_of(a, show) == SHOW_ENTRY_HIDDEN) {
        account_call_failed(a, STORE_NOT_FOUND, SHOW_MISSING);
        return;
    }
    account_call_failed(
        a, store_remind(a->accounts->store, a->account.id, a->id, a->unix_us, on_reminder, a), "");
}

void reminder_create(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, remind);
}

static void unremind(struct account_call *a) {
    account_call_failed(a, store_unremind(a->accounts->store, a->account.id, a->id, on_reminder, a),
                        "");
}

void reminder_end(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, unremind);
}

// --- Notifications

// False: it is of a show that is no longer for them.
static bool put_notification(struct json_writer *w, const struct account_call *a,
                             const struct store_notification *n) {
    const struct relay *const r = a->relay;
    static const char *const kinds[] = {"scheduled", "live", "reminder", "invited"};
    char at[TIME_TEXT_LEN + 1];
    struct show copy;
    const struct show *show = shows_find(&r->shows, n->show.id);
    if (!show) {
        show_from_store(&copy, &n->show);
        show = &copy;
    }
    if (entry_of(a, show) == SHOW_ENTRY_HIDDEN)
        return false;
    time_text_write(at, n->at_us);
    json_object_begin(w, NULL);
    json_text(w, "kind", kinds[n->kind]);
    json_text(w, "at", at);
    json_bool(w, "isUnread", n->is_unread);
    const struct api_show_item item = {.show = show,
                                       .replay = replays_find(&r->replays, show->id),
                                       .is_locked = entry_of(a, show) != SHOW_ENTRY_OPEN};
    api_json_put_show(w, "show", &item);
    json_object_end(w);
    return true;
}

static void on_notifications(void *ctx, enum store_status status,
                             const struct store_notification *rows, size_t count) {
    struct account_call *const a = ctx;
    struct json_writer w;
    const size_t cap = count * (API_SHOW_BYTES + 256) + 128;
    uint64_t unread = 0;
    if (account_call_failed(a, status, ""))
        return;
    char *const json = malloc(cap);
    json_writer_init(&w, json, json ? cap : 0);
    json_object_begin(&w, NULL);
    json_array_begin(&w, "items");
    for (size_t i = 0; i < count && json; i++) {
        if (put_notification(&w, a, &rows[i]))
            unread += rows[i].is_unread;
    }
    json_array_end(&w);
    json_u64(&w, "unread", unread);
    json_none(&w, "next");
    json_object_end(&w);
    account_call_answer(a, 200, json, w.is_overflown ? 0 : w.len, NULL, NULL);
}

static void notify(struct account_call *a) {
    account_call_failed(
        a, store_notification_list(a->accounts->store, a->account.id, on_notifications, a), "");
}

void notification_list(struct call *c) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, notify);
}

static void mark_read(struct account_call *a) {
    account_call_failed(
        a, store_notifications_read(a->accounts->store, a->account.id, a->unix_us, on_done, a), "");
}

void notifications_read(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, mark_read);
}
