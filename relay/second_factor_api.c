// SPDX-License-Identifier: MIT
// One's own second factor: looked at, set up, confirmed by a first code, turned off by password and
// code.
#include "relay/account_call.h"
#include "relay/account_json.h"
#include "relay/second_factor.h"
#include <stdio.h>
#include <string.h>

// --- Looking

static void on_seen(void *ctx, enum store_status status, const struct store_factor *factor) {
    struct account_call *const a = ctx;
    size_t len = 0;
    if (status != STORE_NOT_FOUND && account_call_failed(a, status, ""))
        return;
    const bool is_on = factor && factor->is_on;
    char *const json = account_factor_json(is_on, is_on ? factor->recovery_codes_count : 0, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void look(struct account_call *a) {
    account_call_failed(a, store_factor_find(a->accounts->store, a->account.id, on_seen, a), "");
}

void second_factor_get(struct call *c) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, look);
}

// --- Setting up

static void on_begun(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    size_t len = 0;
    if (status == STORE_TAKEN) {
        account_call_problem(a, 409, "Conflict", "A second factor is on; turn it off first.", 0);
        return;
    }
    if (account_call_failed(a, status, "This account is gone."))
        return;
    char *const json = account_factor_secret_json(a->factor.secret, a->base, a->account.name, &len);
    account_call_answer(a, 201, json, len, NULL, NULL);
}

static void begin(struct account_call *a) {
    totp_secret(a->factor.secret);
    account_call_failed(
        a, store_factor_begin(a->accounts->store, a->account.id, a->factor.secret, on_begun, a),
        "");
}

static void begin_by_password(struct account_call *a) { account_call_check_password(a, begin); }

void second_factor_begin(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_FACTOR_BEGIN;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (!a)
        return;
    // What the authenticator shows beside the name: this site, without a port.
    snprintf(a->base, sizeof(a->base), "%.*s", (int)strcspn(c->request->host, ":"),
             c->request->host);
    account_call_authenticate(a, c->request->token, begin_by_password);
}

// --- Confirming: the codes are told once

static void on_confirmed(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    size_t len = 0;
    if (account_call_failed(a, status, "No second factor is being set up."))
        return;
    second_factor_was_right(a);
    account_call_log(a, "second-factor-on");
    char *const json = account_recovery_json(a->recovery, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void on_pending(void *ctx, enum store_status status, const struct store_factor *factor) {
    struct account_call *const a = ctx;
    uint8_t hashes[LIMIT_RECOVERY_CODES_COUNT][SECRET_HASH_LEN];
    if (account_call_failed(a, status == STORE_OK && factor->is_on ? STORE_NOT_FOUND : status,
                            "No second factor is being set up.") ||
        !second_factor_may_try(a))
        return;
    if (!totp_matches(&a->step, factor->secret, a->body.code, a->unix_us / 1000000)) {
        account_call_problem(a, 403, "Forbidden",
                             "The code is not right. Is the clock of your device?", 0);
        return;
    }
    for (size_t i = 0; i < LIMIT_RECOVERY_CODES_COUNT; i++) {
        random_id(a->recovery[i]);
        secret_hash(hashes[i], a->recovery[i]);
    }
    account_call_failed(
        a,
        store_factor_confirm(a->accounts->store, a->account.id, a->step, hashes, on_confirmed, a),
        "");
}

static void confirm(struct account_call *a) {
    account_call_failed(a, store_factor_find(a->accounts->store, a->account.id, on_pending, a), "");
}

void second_factor_confirm(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_FACTOR_CONFIRM;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (a)
        account_call_authenticate(a, c->request->token, confirm);
}

// --- Turning off

static void on_off(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "No second factor is on."))
        return;
    account_call_log(a, "second-factor-off");
    account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

static void turn_off(struct account_call *a) {
    account_call_failed(a, store_factor_end(a->accounts->store, a->account.id, on_off, a), "");
}

static void check_code(struct account_call *a) { second_factor_check(a, turn_off); }

static void off_by_password(struct account_call *a) { account_call_check_password(a, check_code); }

void second_factor_off(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_FACTOR_OFF;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (a)
        account_call_authenticate(a, c->request->token, off_by_password);
}
