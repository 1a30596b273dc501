// SPDX-License-Identifier: MIT
#include "relay/second_factor.h"

#include <stdio.h>
#include <string.h>

// A bucket counts in thousandths, so that a rate per minute is a whole number per second.
#define ONE 1000
#define PER_SECOND (ONE / 60)
#define BURST (10 * ONE)

bool second_factor_may_try(struct account_call *a) {
    if (address_limit_take(&a->accounts->codes, a->account.id, a->now_us, PER_SECOND, BURST, ONE))
        return true;
    account_call_problem(a, 429, "Too many requests", "Too many wrong codes; wait a minute.", 60);
    return false;
}

void second_factor_was_right(struct account_call *a) {
    address_limit_give(&a->accounts->codes, a->account.id, a->now_us, PER_SECOND, ONE);
}

static void ask_for_code(struct account_call *a) {
    struct http_response *const out = http_later_take(&a->later);
    if (out)
        http_problem_of(out, 401, "urn:tabcast:second-factor", "Second factor needed",
                        a->pass_cookie[0]
                            ? "You have signed in there; send the code of your authenticator, too."
                            : "The password is right; send the code of your authenticator, too.");
    if (out && a->pass_cookie[0])
        snprintf(out->set_cookie, sizeof(out->set_cookie), "%s", a->pass_cookie);
    account_call_end(a);
}

static void on_spent(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (status == STORE_NOT_FOUND) {
        log_event(a->relay->log, a->unix_us, LOG_LEVEL_WARN, "code-refused",
                  LOG_TEXT("account", a->account.id), LOG_TEXT("address", a->address));
        account_call_problem(a, 401, "Unauthorized",
                             "The code is not right, or was used already; wait for the next one.",
                             0);
        return;
    }
    if (account_call_failed(a, status, ""))
        return;
    second_factor_was_right(a);
    a->next(a);
}

// As it was written down: marks between letters and capitals do not matter.
static void fold_recovery(char out[LIMIT_KEY_CHARS + 1], const char *typed) {
    size_t len = 0;
    for (; *typed; typed++)
        if (*typed != '-' && *typed != ' ')
            out[len++] = *typed >= 'A' && *typed <= 'Z' ? (char)(*typed - 'A' + 'a') : *typed;
    out[len] = '\0';
}

static void on_factor(void *ctx, enum store_status status, const struct store_factor *factor) {
    struct account_call *const a = ctx;
    char recovery[LIMIT_KEY_CHARS + 1];
    uint8_t hash[SECRET_HASH_LEN];
    if (status == STORE_NOT_FOUND || (status == STORE_OK && !factor->is_on)) {
        a->next(a);
        return;
    }
    if (account_call_failed(a, status, ""))
        return;
    a->factor = *factor;
    if (!a->body.code[0]) {
        ask_for_code(a);
        return;
    }
    if (!second_factor_may_try(a))
        return;
    struct store *const s = a->accounts->store;
    if (totp_matches(&a->step, factor->secret, a->body.code, a->unix_us / 1000000)) {
        account_call_failed(a, store_factor_spend(s, a->account.id, a->step, on_spent, a), "");
        return;
    }
    fold_recovery(recovery, a->body.code);
    secret_hash(hash, recovery);
    account_call_failed(a, store_factor_recover(s, a->account.id, hash, on_spent, a), "");
}

void second_factor_check(struct account_call *a, void (*next)(struct account_call *a)) {
    a->next = next;
    account_call_failed(a, store_factor_find(a->accounts->store, a->account.id, on_factor, a), "");
}
