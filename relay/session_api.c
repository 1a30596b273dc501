// SPDX-License-Identifier: MIT
// Signing in and out, and the list of one's own sessions.
#include "relay/account_call.h"
#include "relay/account_json.h"
#include "relay/account_names.h"
#include "relay/http_token.h"
#include "relay/insiders.h"
#include "relay/second_factor.h"
#include <stdio.h>
#include <string.h>

#define SESSION_US (LIMIT_SESSION_S * 1000000LL)

// --- Signing in: limits, the account, the password, the second factor, the session. A name that
// nobody has goes the same way up to the password, which then is never right.

static void on_session_kept(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    char cookie[HTTP_SET_COOKIE_BYTES], location[64];
    size_t len = 0;
    if (account_call_failed(a, status, "This account is gone."))
        return;
    log_event(a->relay->log, a->unix_us, LOG_LEVEL_INFO, "signed-in",
              LOG_TEXT("account", a->account.id), LOG_TEXT("session", a->session.id),
              LOG_TEXT("address", a->address));
    http_token_cookie(cookie, a->token, LIMIT_SESSION_S, a->is_secure);
    snprintf(location, sizeof(location), "/api/v1/sessions/%s", a->session.id);
    char *const json = account_session_json(a, &len);
    account_call_answer(a, 201, json, len, cookie, location);
}

void account_call_sign_in(struct account_call *a) {
    random_key(a->token);
    random_id(a->session.id);
    secret_hash(a->session.token_hash, a->token);
    memcpy(a->session.account_id, a->account.id, sizeof(a->session.account_id));
    a->session.created_us = a->unix_us;
    a->session.expires_us = a->unix_us + SESSION_US;
    snprintf(a->session.address, sizeof(a->session.address), "%s", a->address);
    snprintf(a->session.agent, sizeof(a->session.agent), "%s", a->agent);
    account_call_failed(
        a, store_session_create(a->accounts->store, &a->session, on_session_kept, a), "");
}

static void on_checked(void *ctx, bool is_right) {
    struct account_call *const a = ctx;
    if (!is_right) {
        log_event(a->relay->log, a->unix_us, LOG_LEVEL_WARN, "sign-in-refused",
                  LOG_TEXT("account", a->account.id), LOG_TEXT("address", a->address));
        account_call_problem(a, 401, "Unauthorized", "Name or password is not right.", 0);
        return;
    }
    guess_limits_give(&a->accounts->guesses, a->canonical, a->address, a->is_known_address,
                      a->now_us);
    if (a->account.banned_us) { // told to nobody without the password
        account_call_problem(a, 403, "Forbidden",
                             "This account is banned from this site; ask who runs it.", 0);
        return;
    }
    second_factor_check(a, account_call_sign_in);
}

static void on_account(void *ctx, enum store_status status, const struct store_account *account,
                       bool is_known_address) {
    struct account_call *const a = ctx;
    if (status != STORE_NOT_FOUND && account_call_failed(a, status, ""))
        return;
    if (account)
        a->account = *account;
    a->is_known_address = is_known_address;
    const uint32_t wait_s =
        guess_limits_take_account(&a->accounts->guesses, a->canonical, is_known_address, a->now_us);
    if (wait_s)
        account_call_problem(a, 429, "Too many requests",
                             "Too many wrong passwords for this name; wait a little.", wait_s);
    else if (!a->accounts->passwords ||
             !passwords_check(a->accounts->passwords, account ? account->password_hash : NULL,
                              a->body.password, on_checked, a))
        account_call_busy(a);
}

void session_create_for(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_SIGN_IN;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (!a)
        return;
    (void)account_name_read(a->canonical, a->body.name); // "" is nobody's
    const uint32_t wait_s =
        guess_limits_take(&a->accounts->guesses, a->canonical, a->address, a->now_us);
    if (wait_s)
        account_call_problem(a, 429, "Too many requests",
                             "Too many wrong passwords; wait a little.", wait_s);
    else
        account_call_failed(
            a, store_account_find(a->accounts->store, a->canonical, a->address, on_account, a), "");
}

// --- Who is signed in: asked by every page, so a guest is no error

static void tell_current(struct account_call *a) {
    size_t len = 0;
    char *const json =
        account_current_json(a, accounts_registration_name(a->accounts->config.registration), &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void on_any(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (status != STORE_NOT_FOUND && account_call_failed(a, status, ""))
        return;
    a->accounts->has_account = status == STORE_OK;
    tell_current(a);
}

static void find_any(struct account_call *a) {
    if (a->accounts->has_account)
        tell_current(a);
    else
        account_call_failed(a, store_account_any(a->accounts->store, on_any, a), "");
}

void session_get_current(struct call *c) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (a)
        account_call_identify(a, c->request->token, find_any);
}

// --- The list

static void on_sessions(void *ctx, enum store_status status, const struct store_session *sessions,
                        size_t count) {
    struct account_call *const a = ctx;
    size_t len = 0;
    if (account_call_failed(a, status, ""))
        return;
    char *const json = account_sessions_json(sessions, count, a->session.id, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void list_own(struct account_call *a) {
    account_call_failed(
        a, store_session_list(a->accounts->store, a->account.id, a->unix_us, on_sessions, a), "");
}

void session_list_own(struct call *c) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, list_own);
}

// --- Signing out

// `session_id`: "" = all of them.
static void ended(struct account_call *a, enum store_status status, const char *session_id) {
    char cookie[HTTP_SET_COOKIE_BYTES] = "";
    if (account_call_failed(a, status, "You have no such session."))
        return;
    insiders_signed_out(a->relay, a->account.id, session_id, "", a->now_us);
    if (!session_id[0] || strcmp(session_id, a->session.id) == 0)
        http_token_cookie(cookie, "", 0, a->is_secure);
    account_call_answer(a, 204, NULL, 0, cookie, NULL);
}

static void on_all_ended(void *ctx, enum store_status status) { ended(ctx, status, ""); }

static void end_all(struct account_call *a) {
    account_call_failed(
        a, store_session_delete_all(a->accounts->store, a->account.id, on_all_ended, a), "");
}

static const char *one_to_end(const struct account_call *a) {
    return a->id[0] ? a->id : a->session.id;
}

static void on_one_ended(void *ctx, enum store_status status) {
    ended(ctx, status, one_to_end(ctx));
}

static void end_one(struct account_call *a) {
    account_call_failed(
        a, store_session_delete(a->accounts->store, a->account.id, one_to_end(a), on_one_ended, a),
        "");
}

void session_end_all(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, end_all);
}

void session_end_one(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, end_one);
}

void session_end_current(struct call *c) { session_end_one(c); } // its path holds no id
