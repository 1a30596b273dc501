// SPDX-License-Identifier: MIT
// Making shows, changing them, cancelling them, their keys. What may be done by whom stands in
// show_rights.c. A change is answered once it is on disk.
#include "relay/account_call.h"
#include "relay/api_json.h"
#include "relay/insiders.h"
#include "relay/room.h"
#include "relay/session.h"
#include "relay/show_answer.h"
#include "relay/show_body.h"
#include "relay/show_entry.h"
#include "relay/show_keeper.h"
#include "relay/show_news.h"
#include <stdio.h>
#include <string.h>

static void log_show(const struct account_call *a, const char *event, const struct show *show) {
    log_event(a->relay->log, a->unix_us, LOG_LEVEL_INFO, event, LOG_TEXT("show", show->id),
              LOG_TEXT("title", show->about.title), LOG_TEXT("account", a->account.id),
              LOG_TEXT("address", a->address));
}

// --- Made by an account

static void answer_created(struct account_call *a, const struct show *show) {
    char location[64];
    size_t len = 0;
    snprintf(location, sizeof(location), "/api/v1/shows/%s", show->id);
    const struct api_show_item item = {.show = show, .key = a->token, .is_owners = true};
    char *const json = api_json_show(&item, &len);
    account_call_answer(a, 201, json, len, NULL, location);
}

static void on_key_renewed(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    struct show *const show = shows_find(&a->relay->shows, a->id);
    if (account_call_failed(a, show ? status : STORE_NOT_FOUND, "This show is gone."))
        return;
    secret_hash(show->key_hash, a->token);
    answer_created(a, show);
}

// The same request once more: the answer to the first one was lost, and with it the key. There is
// one show, and its key is the one told now.
static void answer_again(struct account_call *a, const struct store_show *made) {
    uint8_t hash[SECRET_HASH_LEN];
    const struct show *const show = shows_find(&a->relay->shows, made->id);
    if (!show || show->state != SHOW_SCHEDULED) {
        account_call_problem(a, 409, "Conflict",
                             "This show was made before, and has begun or ended since.", 0);
        return;
    }
    memcpy(a->id, made->id, sizeof(made->id));
    secret_hash(hash, a->token);
    account_call_failed(
        a, store_show_set_key(a->accounts->store, made->id, hash, on_key_renewed, a), "");
}

static void on_created(void *ctx, enum store_status status, const struct store_show *rows,
                       size_t count) {
    struct account_call *const a = ctx;
    struct show *const show = shows_find(&a->relay->shows, a->id);
    if (status != STORE_OK && show && !show->room)
        shows_remove(&a->relay->shows, show);
    if (status == STORE_TAKEN && count) {
        answer_again(a, rows);
        return;
    }
    if (show_body_names_nobody(a, status) ||
        account_call_failed(a, show || status != STORE_OK ? status : STORE_FAILED, ""))
        return;
    a->relay->metrics.shows_created++;
    log_show(a, "show-created", show);
    show_news_invited(a->relay, show, show->created_unix_us);
    answer_created(a, show);
}

static void keep_new(struct account_call *a) {
    struct shows *const shows = &a->relay->shows;
    struct store_show kept;
    uint8_t request[SECRET_HASH_LEN];
    if (shows_count_of(shows, a->account.id) >= LIMIT_SHOWS_OF_ACCOUNT_COUNT) {
        account_call_problem(a, 409, "Conflict",
                             "You have 50 shows announced; cancel or hold one of them first.", 0);
        return;
    }
    struct show *const show = shows_add(shows, a->about.title, "", a->token, a->now_us, a->unix_us);
    if (!show) {
        account_call_busy(a);
        return;
    }
    show->about = a->about;
    memcpy(show->account_id, a->account.id, sizeof(show->account_id));
    memcpy(show->creator_name, a->account.name, sizeof(show->creator_name));
    memcpy(show->creator_display_name, a->account.display_name, sizeof(show->creator_display_name));
    memcpy(a->id, show->id, sizeof(show->id));
    show_to_store(&kept, show, a->unix_us);
    secret_hash(request, a->request_key);
    const enum store_status status = store_show_create(
        a->accounts->store, &kept, a->request_key[0] ? request : NULL, on_created, a);
    if (status != STORE_OK)
        shows_remove(shows, show);
    account_call_failed(a, status, "");
}

static void create_owned(struct account_call *a) { show_body_hash(a, keep_new); }

// --- Made by anybody

static void create_as_guest(struct call *c, const struct show_about *about) {
    struct relay *const relay = c->api->relay;
    char key[LIMIT_KEY_CHARS + 1];
    struct show *const show =
        shows_add(&relay->shows, about->title, "", key, c->now_us, relay_unix_us(relay, c->now_us));
    if (!show) {
        http_problem(c->out, 503, "Service unavailable",
                     "This relay knows too many shows; try again later.");
        c->out->retry_after_s = 60;
        return;
    }
    show->about = *about;
    relay->metrics.shows_created++;
    log_event(relay->log, relay_unix_us(relay, c->now_us), LOG_LEVEL_INFO, "show-created",
              LOG_TEXT("show", show->id), LOG_TEXT("title", show->about.title),
              LOG_TEXT("address", c->request->address));
    show_answer_created(relay, show, key, c->out);
}

void show_create(struct call *c) {
    struct relay *const relay = c->api->relay;
    const uint64_t per_minute = relay->config.shows_per_minute;
    struct show_about about;
    char password[LIMIT_PASSWORD_BYTES + 1] = "";
    if (!show_body_is_from_here(c))
        return;
    // Counted in thousandths of a show, so that a rate per minute is a whole number per second.
    if (!address_limit_take(&relay->creations, c->request->address, c->now_us,
                            per_minute * 1000 / 60 + 1, per_minute * 1000, 1000)) {
        http_problem(c->out, 429, "Too many requests",
                     "Too many shows from one address; wait a minute.");
        c->out->retry_after_s = 60;
        return;
    }
    if (!show_body_read(c, &about, password, true))
        return;
    if (c->request->request_key[0] == '?') {
        http_problem(c->out, 400, "Bad request", "Idempotency-Key: at most 64 bytes.");
    } else if (c->request->token[0] && relay->accounts) {
        struct account_call *const a = account_call_begin(c, true, NULL);
        if (!a)
            return;
        a->about = about;
        memcpy(a->body.password, password, sizeof(password));
        memcpy(a->request_key, c->request->request_key, sizeof(a->request_key));
        account_call_authenticate(a, c->request->token, create_owned);
    } else if (relay->config.needs_account || show_is_closed(about.visibility)) {
        http_problem(c->out, 401, "Unauthorized", "Please sign in to make a show.");
    } else {
        create_as_guest(c, &about);
    }
    password_forget(password, sizeof(password));
}

// --- One show

static void begin_change(struct call *c, void (*next)(struct account_call *a)) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, next);
}

// --- Changing it

static void on_edited(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    struct show *const show = shows_find(&a->relay->shows, a->id);
    size_t len = 0;
    if ((show && show_body_names_nobody(a, status)) ||
        account_call_failed(a, show ? status : STORE_NOT_FOUND, "This show is gone."))
        return;
    const bool is_other_door = show_door_differs(&show->about, &a->about);
    show->about = a->about;
    if (is_other_door && show->room)
        insiders_door_changed(show->room, a->now_us);
    log_show(a, "show-changed", show);
    show_news_invited(a->relay, show, a->unix_us);
    const struct api_show_item item = {.show = show, .is_owners = true};
    char *const json = api_json_show(&item, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void keep_edited(struct account_call *a) {
    struct store_show kept;
    const struct show *const show = show_entry_allowed(a, SHOW_EDIT);
    if (!show)
        return;
    if (show->state == SHOW_ENDED) {
        account_call_problem(a, 409, "Conflict", "The show has ended; it stays as it was.", 0);
        return;
    }
    show_to_store(&kept, show, a->unix_us);
    a->about.cover_s = show->about.cover_s; // is changed apart (cover_api.c)
    kept.about = a->about;
    account_call_failed(a, store_show_edit(a->accounts->store, &kept, a->unix_us, on_edited, a),
                        "");
}

// Only the owner's password is worth a worker's time.
static void edit(struct account_call *a) {
    if (show_entry_allowed(a, SHOW_EDIT))
        show_body_hash(a, keep_edited);
}

void show_change(struct call *c) {
    const struct show *const show = shows_find(&c->api->relay->shows, c->id);
    struct show_about about = {0};
    char password[LIMIT_PASSWORD_BYTES + 1] = "";
    if (!show_body_is_from_here(c))
        return;
    if (c->api->relay->accounts && (!show || (show->state == SHOW_ENDED && !show->is_cancelled))) {
        show_change_over(c);
        return;
    }
    if (show)
        about = show->about;
    if (!show_body_read(c, &about, password, false))
        return;
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (!a)
        return;
    a->about = about;
    memcpy(a->body.password, password, sizeof(password));
    password_forget(password, sizeof(password));
    account_call_authenticate(a, c->request->token, edit);
}

// --- Cancelling, and taking that back

static void on_kept(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (!account_call_failed(a, status, "This show is gone."))
        account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

static void keep_state(struct account_call *a, struct show *show) {
    struct store_show kept;
    show->touched_us = a->now_us;
    if (show->room)
        room_tell_state(show->room, a->now_us);
    show_to_store(&kept, show, a->unix_us);
    account_call_failed(a, store_show_update(a->accounts->store, &kept, on_kept, a), "");
}

static void cancel(struct account_call *a) {
    struct show *const show = show_entry_allowed(a, SHOW_CANCEL);
    if (!show)
        return;
    if (show->state == SHOW_ENDED) {
        account_call_problem(a, 409, "Conflict", "The show has ended already.", 0);
        return;
    }
    log_show(a, "show-cancelled", show);
    if (show->state == SHOW_SCHEDULED) {
        show->state = SHOW_ENDED;
        show->is_cancelled = true;
        keep_state(a, show);
        return;
    }
    room_end(show->room, a->now_us); // its recording becomes a replay
    account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

void show_cancel(struct call *c) { begin_change(c, cancel); }

static void restore(struct account_call *a) {
    struct show *const show = show_entry_allowed(a, SHOW_RESTORE);
    if (!show)
        return;
    if (!show->is_cancelled) {
        account_call_problem(a, 409, "Conflict", "The show was not cancelled.", 0);
        return;
    }
    log_show(a, "show-restored", show);
    show->state = SHOW_SCHEDULED;
    show->is_cancelled = false;
    keep_state(a, show);
}

void show_restore(struct call *c) { begin_change(c, restore); }

// --- A new key

static void on_new_key(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    struct show *const show = shows_find(&a->relay->shows, a->id);
    size_t len = 0;
    if (account_call_failed(a, show ? status : STORE_NOT_FOUND, "This show is gone."))
        return;
    secret_hash(show->key_hash, a->token);
    show->touched_us = a->now_us;
    if (show->room && show->room->publisher) // who came with the old one
        session_refuse(show->room->publisher, REFUSAL_KEY_CHANGED, a->now_us);
    log_show(a, "show-key-changed", show);
    const struct api_show_item item = {.show = show, .key = a->token, .is_owners = true};
    char *const json = api_json_show(&item, &len);
    account_call_answer(a, 201, json, len, NULL, NULL);
}

static void renew_key(struct account_call *a) {
    uint8_t hash[SECRET_HASH_LEN];
    const struct show *const show = show_entry_allowed(a, SHOW_NEW_KEY);
    if (!show)
        return;
    if (show->state == SHOW_ENDED) {
        account_call_problem(a, 409, "Conflict", "The show has ended.", 0);
        return;
    }
    random_key(a->token);
    secret_hash(hash, a->token);
    account_call_failed(a, store_show_set_key(a->accounts->store, show->id, hash, on_new_key, a),
                        "");
}

void show_new_key(struct call *c) { begin_change(c, renew_key); }
