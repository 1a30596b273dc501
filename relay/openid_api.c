// SPDX-License-Identifier: MIT
// Signing in at the OpenID provider: it stands in for the password, and for nothing else. Somebody
// who comes for the first time gets an account, as far as signing up is open; nobody is taken for
// somebody else because of a name or an e-mail address.
#include "relay/account_names.h"
#include "relay/openid_steps.h"
#include "relay/openid_trust.h"
#include "relay/second_factor.h"
#include <stdio.h>
#include <string.h>

// Names to try before giving up: three that count on, then numbers by chance.
#define TRIES_COUNT 8

// --- Leaving

void openid_sign_in_begin(struct call *c) {
    struct account_call *const a = openid_call_begin(c, true, NULL, false);
    if (a)
        openid_flow_start(a);
}

// --- Somebody with an account: what is left is a ban and the second factor

static void come_in(struct account_call *a) {
    char pass[OPENID_PASS_CHARS + 1];
    if (a->account.banned_us) {
        account_call_problem(a, 403, "Forbidden",
                             "This account is banned from this site; ask who runs it.", 0);
        return;
    }
    openid_pass_write(pass, openid_key(a->accounts->openid), a->account.id, a->unix_us / 1000000);
    openid_cookie(a->pass_cookie, pass, LIMIT_OPENID_FACTOR_S, a->is_secure);
    second_factor_check(a, account_call_sign_in);
}

// --- Somebody new

static void try_name(struct account_call *a);

static void on_joined(void *ctx, enum store_status status, const struct store_account *account,
                      bool is_known_address) {
    struct account_call *const a = ctx;
    (void)is_known_address;
    if (status == STORE_NOT_FOUND) {
        account_call_problem(a, 403, "Forbidden",
                             "This invitation is not valid, was used, or has expired.", 0);
        return;
    }
    if (status == STORE_TAKEN && ++openid_call_of(a)->tries < TRIES_COUNT) {
        try_name(a);
        return;
    }
    if (account_call_failed(a, status, ""))
        return;
    a->account = *account;
    a->accounts->has_account = true;
    account_call_log(a, "account-created");
    account_call_sign_in(a);
}

static void try_name(struct account_call *a) {
    const struct openid_call *const o = openid_call_of(a);
    uint8_t invitation[SECRET_HASH_LEN];
    openid_name_propose(a->account.name, o->username,
                        !o->tries      ? 0
                        : o->tries < 4 ? o->tries + 1
                                       : 10 + random_below(99990));
    (void)account_name_read(a->account.canonical, a->account.name);
    snprintf(a->account.display_name, sizeof(a->account.display_name), "%s",
             o->name[0] ? o->name : a->account.name);
    secret_hash(invitation, o->said.invitation);
    account_call_failed(a,
                        store_identity_join(a->accounts->store, &a->account,
                                            o->said.invitation[0] ? invitation : NULL, &o->identity,
                                            on_joined, a),
                        "");
}

static void join(struct account_call *a) {
    const struct openid_call *const o = openid_call_of(a);
    const struct accounts_config *const config = &a->accounts->config;
    char network[17];
    if (config->registration == REGISTRATION_CLOSED) {
        account_call_problem(a, 403, "Forbidden",
                             "You have no account here, and nobody can sign up; ask who runs this "
                             "site.",
                             0);
        return;
    }
    if (config->registration == REGISTRATION_INVITATION && !o->said.invitation[0]) {
        account_call_problem(a, 403, "Forbidden",
                             "You have no account here yet, and one needs an invitation. Open the "
                             "link of yours, or type its code where one signs up, and begin there.",
                             0);
        return;
    }
    guess_address(network, a->address);
    if (!address_limit_take(&a->accounts->creations, network, a->now_us,
                            config->accounts_per_minute * 1000ULL / 60 + 1,
                            config->accounts_per_minute * 1000ULL, 1000)) {
        account_call_problem(a, 429, "Too many requests",
                             "Too many accounts from one address; wait a minute.", 60);
        return;
    }
    random_id(a->account.id);
    a->account.role = ROLE_MEMBER;
    a->account.created_us = a->unix_us;
    try_name(a);
}

// --- Coming back

static void on_identity(void *ctx, enum store_status status, const struct store_account *account,
                        bool is_known_address) {
    struct account_call *const a = ctx;
    (void)is_known_address;
    if (status == STORE_NOT_FOUND) {
        join(a);
        return;
    }
    if (account_call_failed(a, status, ""))
        return;
    a->account = *account;
    come_in(a);
}

static void find_identity(struct account_call *a) {
    account_call_failed(
        a, store_identity_find(a->accounts->store, &openid_call_of(a)->identity, on_identity, a),
        "");
}

// The code of the second factor comes in a request of its own, after the provider's word was taken.
static void on_pass(void *ctx, enum store_status status, const struct store_account *account,
                    bool is_known_address) {
    struct account_call *const a = ctx;
    (void)is_known_address;
    if (account_call_failed(a, status, "This account is gone."))
        return;
    a->account = *account;
    memcpy(a->body.code, openid_call_of(a)->said.factor_code, sizeof(a->body.code));
    come_in(a);
}

static void take_code(struct account_call *a) {
    const struct openid_call *const o = openid_call_of(a);
    char account_id[LIMIT_ID_CHARS + 1];
    if (!openid_pass_read(account_id, openid_key(a->accounts->openid), o->cookie,
                          a->unix_us / 1000000)) {
        account_call_problem(a, 403, "Forbidden",
                             "That took too long; please begin the sign-in again.", 0);
        return;
    }
    account_call_failed(a,
                        store_identity_of(a->accounts->store, account_id,
                                          openid_issuer(a->accounts->openid), on_pass, a),
                        "");
}

void openid_sign_in(struct call *c) {
    struct account_call *const a = openid_call_begin(c, true, NULL, true);
    if (!a)
        return;
    if (openid_call_of(a)->said.factor_code[0])
        take_code(a);
    else
        openid_flow_finish(a, find_identity);
}
