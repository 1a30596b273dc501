// SPDX-License-Identifier: MIT
#include "relay/show_entry.h"

#include "relay/account_call.h"
#include <stdlib.h>

// --- Who asks: the account of the token, found by the store

struct identity {
    struct http_later later; // first
    uint64_t asked_at;       // relay->identity_changes then
};

static void on_session(void *ctx, enum store_status status, const struct store_session *session,
                       const struct store_account *account) {
    struct identity *const i = ctx;
    struct http_response *const out = http_later_take(&i->later);
    if (out && (status == STORE_OK || status == STORE_NOT_FOUND)) {
        out->kind = HTTP_BODY_AGAIN;
        out->identified_at = i->asked_at;
        out->person = status == STORE_OK ? person_of(account) : (struct person){0};
        if (status == STORE_OK)
            memcpy(out->session_id, session->id, sizeof(out->session_id));
    } else if (out) {
        http_problem(out, 503, "Service unavailable",
                     "The relay has too much to do at the moment; please try again.");
        out->retry_after_s = 2;
    }
    http_later_done(&i->later);
    free(i);
}

static void identify(struct call *c) {
    uint8_t hash[SECRET_HASH_LEN];
    const int64_t unix_us = relay_unix_us(c->api->relay, c->now_us);
    struct identity *const i = calloc(1, sizeof(*i));
    secret_hash(hash, c->request->token);
    if (i)
        i->asked_at = c->api->relay->identity_changes;
    if (i && store_session_find(c->api->relay->store, hash, unix_us, on_session, i) == STORE_OK) {
        http_later_begin(&i->later, c->out);
        return;
    }
    free(i);
    http_problem(c->out, 503, "Service unavailable",
                 "The relay has too much to do at the moment; please try again.");
    c->out->retry_after_s = 2;
}

// --- The door

bool show_entry_find(struct call *c, const struct show_door *door, enum show_entry *entry) {
    const struct http_request *const request = c->request;
    const struct show_visitor visitor = {.person = request->person,
                                         .pass = request->pass,
                                         .unix_us = relay_unix_us(c->api->relay, c->now_us)};
    const bool is_old =
        request->is_identified && request->identified_at != c->api->relay->identity_changes;
    *entry = door ? show_door_entry(door, &visitor) : SHOW_ENTRY_OPEN;
    if (!is_old && (*entry == SHOW_ENTRY_OPEN || !request->token[0] || request->is_identified ||
                    !c->api->relay->accounts))
        return true;
    identify(c);
    return false;
}

void show_entry_missing(struct http_response *out) {
    http_problem(out, 404, "Not found", SHOW_MISSING);
}

void show_entry_refuse(struct http_response *out, const struct show_door *door,
                       enum show_entry entry) {
    if (entry == SHOW_ENTRY_HIDDEN)
        show_entry_missing(out);
    else if (door->visibility == SHOW_PASSWORD)
        http_problem(out, 403, "Forbidden", "This show has a password; say it on its page first.");
    else
        http_problem(out, 403, "Forbidden", "This show is for those whom its creator invited.");
}

bool show_entry_lets(struct call *c, const struct show_door *door) {
    enum show_entry entry;
    if (!show_entry_find(c, door, &entry))
        return false;
    if (entry == SHOW_ENTRY_OPEN)
        return true;
    show_entry_refuse(c->out, door, entry);
    return false;
}

bool show_entry_lets_to(struct call *c, const struct show *show, const struct replay *replay) {
    struct show_door door;
    if (show)
        show_door_of(&door, show);
    return show_entry_lets(c, show ? &door : replay ? replay->door : NULL);
}

struct show *show_entry_allowed(struct account_call *a, enum show_action action) {
    struct show *const show = shows_find(&a->relay->shows, a->id);
    const struct show_visitor visitor = {
        .person = person_of(&a->account), .pass = a->pass, .unix_us = a->unix_us};
    struct show_door door;
    if (show)
        show_door_of(&door, show);
    if (!show || show_door_entry(&door, &visitor) == SHOW_ENTRY_HIDDEN)
        account_call_problem(a, 404, "Not found", SHOW_MISSING, 0);
    else if (!show_may(show_door_actor(&door, &visitor), action))
        account_call_problem(a, 403, "Forbidden", "This is not your show.", 0);
    else
        return show;
    return NULL;
}
