// SPDX-License-Identifier: MIT
// Signing up, one's own account, a new password.
#include "relay/account_call.h"
#include "relay/account_json.h"
#include "relay/account_names.h"
#include "relay/insiders.h"
#include "relay/presence.h"
#include "shared/utf8.h"
#include <stdio.h>
#include <string.h>

// --- Signing up

static void on_created(void *ctx, enum store_status status, const struct store_account *account,
                       bool is_known_address) {
    struct account_call *const a = ctx;
    size_t len = 0;
    (void)is_known_address;
    if (status == STORE_NOT_FOUND) {
        account_call_problem(a, 403, "Forbidden",
                             "This invitation is not valid, was used, or has expired.", 0);
        return;
    }
    if (account_call_failed(a, status, ""))
        return;
    a->account = *account;
    a->accounts->has_account = true;
    account_call_log(a, "account-created");
    char *const json = account_json(account, &len);
    account_call_answer(a, 201, json, len, NULL, "/api/v1/accounts/me");
}

static void on_hashed(void *ctx, const char *hash) {
    struct account_call *const a = ctx;
    uint8_t invitation[SECRET_HASH_LEN];
    if (!hash) {
        account_call_busy(a);
        return;
    }
    random_id(a->account.id);
    snprintf(a->account.password_hash, sizeof(a->account.password_hash), "%s", hash);
    secret_hash(invitation, a->body.invitation);
    const enum store_status status = store_account_create(
        a->accounts->store, &a->account, a->body.invitation[0] ? invitation : NULL, on_created, a);
    account_call_failed(a, status, "");
}

// What may not be, before any work is done for it. True: answered.
static bool refuse_sign_up(struct account_call *a) {
    const struct accounts_config *const config = &a->accounts->config;
    char network[17];
    const char *const fault = account_password_fault(a->body.password, a->body.name);
    if (config->registration == REGISTRATION_CLOSED ||
        (config->registration == REGISTRATION_INVITATION && !a->body.invitation[0])) {
        account_call_problem(a, 403, "Forbidden",
                             config->registration == REGISTRATION_CLOSED
                                 ? "Nobody can sign up here; ask who runs this site."
                                 : "One needs an invitation to sign up here.",
                             0);
        return true;
    }
    // "me" stands for one's own in addresses.
    if (!account_name_read(a->canonical, a->body.name) || strcmp(a->canonical, "me") == 0) {
        account_call_problem(a, 422, "Unprocessable content",
                             "name: 2 to 32 letters and digits, with . _ - in between.", 0);
        return true;
    }
    if (fault) {
        account_call_problem(a, 422, "Unprocessable content", fault, 0);
        return true;
    }
    guess_address(network, a->address);
    if (address_limit_take(&a->accounts->creations, network, a->now_us,
                           config->accounts_per_minute * 1000ULL / 60 + 1,
                           config->accounts_per_minute * 1000ULL, 1000))
        return false;
    account_call_problem(a, 429, "Too many requests",
                         "Too many accounts from one address; wait a minute.", 60);
    return true;
}

void account_create(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_SIGN_UP;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (!a || refuse_sign_up(a))
        return;
    a->account.role = ROLE_MEMBER;
    a->account.created_us = a->unix_us;
    snprintf(a->account.name, sizeof(a->account.name), "%s", a->body.name);
    snprintf(a->account.canonical, sizeof(a->account.canonical), "%s", a->canonical);
    snprintf(a->account.display_name, sizeof(a->account.display_name), "%s",
             a->body.has_display_name ? a->body.display_name : a->body.name);
    if (!a->accounts->passwords ||
        !passwords_hash(a->accounts->passwords, a->body.password, on_hashed, a))
        account_call_busy(a);
}

// --- One's own

static void tell_own(struct account_call *a) {
    size_t len = 0;
    char *const json = account_json(&a->account, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

void account_get_own(struct call *c) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, tell_own);
}

static void on_own_changed(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "This account is gone."))
        return;
    presence_rename_account(a->relay, &a->account, a->now_us);
    tell_own(a);
}

static void change_own(struct account_call *a) {
    if (a->body.has_display_name)
        memcpy(a->account.display_name, a->body.display_name, sizeof(a->account.display_name));
    if (a->body.has_bio)
        memcpy(a->account.bio, a->body.bio, sizeof(a->account.bio));
    if (a->body.has_links)
        memcpy(a->account.links, a->body.links, sizeof(a->account.links));
    account_call_failed(
        a, store_account_set_profile(a->accounts->store, &a->account, on_own_changed, a), "");
}

void account_change_own(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_PROFILE;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (a)
        account_call_authenticate(a, c->request->token, change_own);
}

// --- Somebody's page

static void on_profile(void *ctx, enum store_status status, const struct store_profile *profile) {
    struct account_call *const a = ctx;
    size_t len = 0;
    if (account_call_failed(a, status, "There is nobody of this name."))
        return;
    char *const json = account_profile_json(profile, a->account.id, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void find_profile(struct account_call *a) {
    account_call_failed(
        a, store_account_profile(a->accounts->store, a->canonical, a->account.id, on_profile, a),
        "");
}

void account_get(struct call *c) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (!a)
        return;
    (void)account_name_read(a->canonical, c->id);
    account_call_identify(a, c->request->token, find_profile);
}

// --- A new password

static void on_changed(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "This account is gone."))
        return;
    insiders_signed_out(a->relay, a->account.id, "", a->session.id, a->now_us);
    account_call_log(a, "password-changed");
    account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

static void on_new_hash(void *ctx, const char *hash) {
    struct account_call *const a = ctx;
    if (!hash)
        account_call_busy(a);
    else
        account_call_failed(a,
                            store_account_set_password(a->accounts->store, a->account.id, hash,
                                                       a->session.id, on_changed, a),
                            "");
}

static void hash_new(struct account_call *a) {
    if (!a->accounts->passwords ||
        !passwords_hash(a->accounts->passwords, a->body.password, on_new_hash, a))
        account_call_busy(a);
}

// An account that was made at an OpenID provider has none yet: who has just signed in there sets
// it.
static void check_fresh(struct account_call *a) {
    if (a->unix_us - a->session.created_us > LIMIT_FRESH_SESSION_S * 1000000LL)
        account_call_problem(
            a, 403, "Forbidden",
            "This account has no password yet. Sign out and in again, then set one within ten "
            "minutes.",
            0);
    else
        hash_new(a);
}

// Somebody with a stolen session may guess no faster than somebody without.
static void check_current(struct account_call *a) {
    const char *const fault = account_password_fault(a->body.password, a->account.name);
    if (fault) {
        account_call_problem(a, 422, "Unprocessable content", fault, 0);
        return;
    }
    if (a->account.password_hash[0])
        account_call_check_password(a, hash_new);
    else
        check_fresh(a);
}

void account_change_password(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_NEW_PASSWORD;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (a)
        account_call_authenticate(a, c->request->token, check_current);
}
