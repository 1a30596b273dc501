// SPDX-License-Identifier: MIT
// A new password by a link that an admin made. Guests ask; the code says who they are.
#include "relay/account_call.h"
#include "relay/account_json.h"
#include "relay/account_names.h"
#include "relay/insiders.h"
#include <string.h>

#define GONE "This link was used, has expired, or a newer one was made."

static void on_set(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    size_t len = 0;
    if (account_call_failed(a, status, GONE))
        return;
    insiders_signed_out(a->relay, a->account.id, "", "", a->now_us);
    account_call_log(a, "password-reset");
    char *const json = account_json(&a->account, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void on_hash(void *ctx, const char *hash) {
    struct account_call *const a = ctx;
    uint8_t code[SECRET_HASH_LEN];
    secret_hash(code, a->body.code);
    if (!hash)
        account_call_busy(a);
    else
        account_call_failed(
            a, store_reset_use(a->accounts->store, code, a->unix_us, hash, on_set, a), GONE);
}

// Looked up first: who has no code makes nobody hash.
static void on_found(void *ctx, enum store_status status, const struct store_account *account,
                     bool is_known_address) {
    struct account_call *const a = ctx;
    (void)is_known_address;
    if (account_call_failed(a, status, GONE))
        return;
    a->account = *account;
    guess_limits_give(&a->accounts->guesses, "", a->address, true, a->now_us);
    const char *const fault = account_password_fault(a->body.password, a->account.name);
    if (fault)
        account_call_problem(a, 422, "Unprocessable content", fault, 0);
    else if (!a->accounts->passwords ||
             !passwords_hash(a->accounts->passwords, a->body.password, on_hash, a))
        account_call_busy(a);
}

void password_reset(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_RESET;
    struct account_call *const a = account_call_begin(c, true, &kind);
    uint8_t code[SECRET_HASH_LEN];
    if (!a || !account_call_take_code(a, code))
        return;
    account_call_failed(a, store_reset_find(a->accounts->store, code, a->unix_us, on_found, a),
                        GONE);
}
