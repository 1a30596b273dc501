// SPDX-License-Identifier: MIT
// One show for whoever asks: its document as far as they may see it, and the pass that the right
// password buys.
#include "relay/account_call.h"
#include "relay/api_json.h"
#include "relay/control.h"
#include "relay/json_writer.h"
#include "relay/show_entry.h"
#include "relay/show_keeper.h"
#include "relay/time_text.h"
#include "shared/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// --- Its document

static char *write_show(const struct relay *r, const struct show *show,
                        const struct show_visitor *visitor, enum show_entry entry, size_t *len) {
    struct show_door door;
    show_door_of(&door, show);
    const struct api_show_item item = {.show = show,
                                       .replay = replays_find(&r->replays, show->id),
                                       .is_locked = entry != SHOW_ENTRY_OPEN,
                                       .is_owners =
                                           show_may(show_door_actor(&door, visitor), SHOW_EDIT)};
    return api_json_show(&item, len);
}

static void on_found(void *ctx, enum store_status status, const struct store_show *rows,
                     size_t count) {
    struct account_call *const a = ctx;
    const struct show_visitor visitor = {
        .person = person_of(&a->account), .pass = a->pass, .unix_us = a->unix_us};
    struct show show;
    struct show_door door;
    size_t len = 0;
    if (account_call_failed(a, count || status != STORE_OK ? status : STORE_NOT_FOUND,
                            SHOW_MISSING))
        return;
    show_from_store(&show, rows);
    show_door_of(&door, &show);
    const enum show_entry entry = show_door_entry(&door, &visitor);
    if (entry == SHOW_ENTRY_HIDDEN) {
        account_call_failed(a, STORE_NOT_FOUND, SHOW_MISSING);
        return;
    }
    char *const json = write_show(a->relay, &show, &visitor, entry, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void find_kept(struct account_call *a) {
    account_call_failed(a, store_show_find(a->relay->store, a->id, on_found, a), "");
}

void show_get(struct call *c) {
    struct relay *const relay = c->api->relay;
    const struct show *const show = shows_find(&relay->shows, c->id);
    struct show_door door;
    enum show_entry entry;
    size_t len = 0;
    if (!show && relay->accounts) {
        struct account_call *const a = account_call_begin(c, false, NULL);
        if (a)
            account_call_identify(a, c->request->token, find_kept);
        return;
    }
    if (show)
        show_door_of(&door, show);
    if (!show) {
        http_problem(c->out, 404, "Not found", SHOW_MISSING);
    } else if (show_entry_find(c, &door, &entry)) {
        const struct show_visitor visitor = {.person = c->request->person,
                                             .pass = c->request->pass,
                                             .unix_us = relay_unix_us(relay, c->now_us)};
        char *const json =
            entry == SHOW_ENTRY_HIDDEN ? NULL : write_show(relay, show, &visitor, entry, &len);
        if (entry == SHOW_ENTRY_HIDDEN)
            http_problem(c->out, 404, "Not found", SHOW_MISSING);
        else
            http_json(c->out, 200, json, len);
    }
}

// --- A pass for the password: guessed as slowly as an account's, by address and altogether

static void tell_pass(struct account_call *a) {
    char pass[SHOW_PASS_CHARS + 1], cookie[HTTP_SET_COOKIE_BYTES], at[TIME_TEXT_LEN + 1];
    const int64_t expires_s = a->unix_us / 1000000 + LIMIT_PASS_S;
    const size_t cap = 512;
    struct json_writer w;
    show_pass_write(pass, a->id, a->about.password_hash, expires_s);
    show_pass_cookie(cookie, a->id, pass, LIMIT_PASS_S, a->is_secure);
    time_text_write(at, expires_s * 1000000);
    char *const json = malloc(cap);
    json_writer_init(&w, json, json ? cap : 0);
    json_object_begin(&w, NULL);
    json_text(&w, "pass", pass);
    json_text(&w, "expiresAt", at);
    json_object_end(&w);
    account_call_answer(a, 201, json, w.is_overflown ? 0 : w.len, cookie, NULL);
}

static void on_checked(void *ctx, bool is_right) {
    struct account_call *const a = ctx;
    if (!is_right) {
        log_event(a->relay->log, a->unix_us, LOG_LEVEL_WARN, "show-password-refused",
                  LOG_TEXT("show", a->id), LOG_TEXT("address", a->address));
        account_call_problem(a, 403, "Forbidden", "The password is another one.", 0);
        return;
    }
    guess_limits_give(&a->accounts->guesses, a->canonical, a->address, false, a->now_us);
    tell_pass(a);
}

static void check(struct account_call *a, const struct show_about *about) {
    if (about->visibility != SHOW_PASSWORD) {
        account_call_problem(a, 404, "Not found", "There is no such show, or it has no password.",
                             0);
        return;
    }
    a->about = *about;
    // Not an account's name: none has a blank.
    snprintf(a->canonical, sizeof(a->canonical), "show %.*s", LIMIT_ID_CHARS, a->id);
    uint32_t wait_s = guess_limits_take(&a->accounts->guesses, a->canonical, a->address, a->now_us);
    if (!wait_s)
        wait_s = guess_limits_take_account(&a->accounts->guesses, a->canonical, false, a->now_us);
    if (wait_s)
        account_call_problem(a, 429, "Too many requests",
                             "Too many wrong passwords; wait a little.", wait_s);
    else if (!a->accounts->passwords ||
             !passwords_check(a->accounts->passwords, a->about.password_hash, a->body.password,
                              on_checked, a))
        account_call_busy(a);
}

static void on_kept(void *ctx, enum store_status status, const struct store_show *rows,
                    size_t count) {
    struct account_call *const a = ctx;
    if (!account_call_failed(a, count || status != STORE_OK ? status : STORE_NOT_FOUND,
                             "There is no such show, or it has no password."))
        check(a, &rows->about);
}

static bool read_password(struct call *c, char password[LIMIT_PASSWORD_BYTES + 1]) {
    if (strncasecmp(c->request->content_type, "application/json", 16) != 0) {
        http_problem(c->out, 415, "Unsupported media type", "Send it as application/json.");
        return false;
    }
    if (utf8_is_valid((const uint8_t *)c->body, c->body_len) &&
        show_pass_request_read(password, c->body, c->body_len) == 0)
        return true;
    http_problem(c->out, 422, "Unprocessable content", "password: missing, or too long.");
    return false;
}

void show_pass_create(struct call *c) {
    char password[LIMIT_PASSWORD_BYTES + 1] = "";
    if (!read_password(c, password))
        return;
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (!a)
        return;
    memcpy(a->body.password, password, sizeof(password));
    password_forget(password, sizeof(password));
    const struct show *const show = shows_find(&a->relay->shows, a->id);
    if (show)
        check(a, &show->about);
    else
        account_call_failed(a, store_show_find(a->relay->store, a->id, on_kept, a), "");
}
