// SPDX-License-Identifier: MIT
// What admins and moderators see of accounts, and do with them (admin_rights.h): the list, roles,
// bans, links for a new password.
#include "relay/account_call.h"
#include "relay/account_names.h"
#include "relay/admin_json.h"
#include "relay/admin_rights.h"
#include "relay/api_json.h"
#include "relay/errands.h"
#include "relay/insiders.h"
#include "shared/utf8.h"
#include <stdio.h>
#include <string.h>

static void forbid(struct account_call *a) {
    account_call_problem(a, 403, "Forbidden", "Your role does not allow this.", 0);
}

// --- The list

static void on_accounts(void *ctx, enum store_status status, const struct store_account *rows,
                        size_t count) {
    struct account_call *const a = ctx;
    const size_t limit = a->account_query.limit - 1; // one more, to know whether there is one
    size_t len = 0;
    if (account_call_failed(a, status, ""))
        return;
    char *const json = admin_json_accounts(rows, count < limit ? count : limit, count > limit,
                                           admin_may(a->account.role, ADMIN_SEE_EMAIL), &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void list(struct account_call *a) {
    if (!admin_may(a->account.role, ADMIN_SEE))
        forbid(a);
    else
        account_call_failed(
            a, store_account_list(a->accounts->store, &a->account_query, on_accounts, a), "");
}

void admin_account_list(struct call *c) {
    const char *const query = c->request->query;
    struct store_account_query wanted = {0};
    struct api_page page;
    if (!api_page_read_limit(&page, query)) {
        http_problem(c->out, 400, "Bad request", "limit is 1 to 100.");
        return;
    }
    (void)http_query_find(query, "q", wanted.words, sizeof(wanted.words));
    (void)http_query_find(query, "cursor", wanted.after, sizeof(wanted.after));
    if (!utf8_is_valid((const uint8_t *)wanted.words, strlen(wanted.words)) ||
        !utf8_is_valid((const uint8_t *)wanted.after, strlen(wanted.after))) {
        http_problem(c->out, 400, "Bad request", "q and cursor are UTF-8.");
        return;
    }
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (!a)
        return;
    a->account_query = wanted;
    a->account_query.limit = page.limit + 1u;
    account_call_authenticate(a, c->request->token, list);
}

// --- One of them: found, then what a->next_target does with it

static void tell(struct account_call *a) {
    size_t len = 0;
    char *const json = admin_json_account(
        &a->target, admin_may_to(&a->account, ADMIN_SEE_EMAIL, &a->target), &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void on_banned(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "This account is gone."))
        return;
    a->target.banned_us = a->body.is_banned ? a->unix_us : 0;
    account_call_log_target(a, a->body.is_banned ? "account-banned" : "account-unbanned");
    if (a->body.is_banned)
        errands_ban(a->relay, a->target.id, a->now_us);
    tell(a);
}

static void set_banned(struct account_call *a) {
    if (!a->body.has_ban || a->body.is_banned == (a->target.banned_us != 0))
        tell(a);
    else
        account_call_failed(a,
                            store_account_set_banned(a->accounts->store, a->target.id,
                                                     a->body.is_banned ? a->unix_us : 0, on_banned,
                                                     a),
                            "");
}

static void on_role(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "This account is gone."))
        return;
    a->target.role = a->body.role;
    insiders_have_role(a->relay, a->target.id, a->target.role, a->now_us);
    account_call_log_target(a, "account-role-changed");
    set_banned(a);
}

static void change(struct account_call *a) {
    if ((a->body.has_role && !admin_may_to(&a->account, ADMIN_SET_ROLE, &a->target)) ||
        (a->body.has_ban && !admin_may_to(&a->account, ADMIN_BAN, &a->target)))
        forbid(a);
    else if (a->body.has_role && a->body.role != a->target.role)
        account_call_failed(a,
                            store_account_set_role(a->accounts->store, a->target.canonical,
                                                   a->body.role, on_role, a),
                            "");
    else
        set_banned(a);
}

static void on_target(void *ctx, enum store_status status, const struct store_account *account,
                      bool is_known_address) {
    struct account_call *const a = ctx;
    (void)is_known_address;
    if (account_call_failed(a, status, "There is nobody of this name."))
        return;
    a->target = *account;
    a->next(a);
}

// Names are public, but only who may see the list learns here whether there is one.
static void find_target(struct account_call *a, void (*next)(struct account_call *a)) {
    if (!admin_may(a->account.role, ADMIN_SEE)) {
        forbid(a);
        return;
    }
    a->next = next;
    (void)account_name_read(a->canonical, a->id);
    account_call_failed(a, store_account_find(a->accounts->store, a->canonical, "", on_target, a),
                        "");
}

static void find_to_change(struct account_call *a) { find_target(a, change); }

void admin_account_change(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_ADMIN;
    struct account_call *const a = account_call_begin(c, true, &kind);
    if (a)
        account_call_authenticate(a, c->request->token, find_to_change);
}

// --- A link for a new password

static void on_reset(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    size_t len = 0;
    if (account_call_failed(a, status, "This account is gone."))
        return;
    account_call_log_target(a, "password-reset-made");
    char *const json =
        admin_json_reset(a->target.name, a->token, a->unix_us + LIMIT_RESET_S * 1000000LL, &len);
    account_call_answer(a, 201, json, len, NULL, NULL);
}

static void make_reset(struct account_call *a) {
    struct store_reset reset = {.created_us = a->unix_us,
                                .expires_us = a->unix_us + LIMIT_RESET_S * 1000000LL};
    if (!admin_may_to(&a->account, ADMIN_RESET, &a->target)) {
        forbid(a);
        return;
    }
    if (a->target.banned_us) {
        account_call_problem(a, 409, "Conflict", "The account is banned; take that back first.", 0);
        return;
    }
    random_key(a->token);
    secret_hash(reset.code_hash, a->token);
    memcpy(reset.account_id, a->target.id, sizeof(reset.account_id));
    account_call_failed(a, store_reset_create(a->accounts->store, &reset, on_reset, a), "");
}

static void find_to_reset(struct account_call *a) { find_target(a, make_reset); }

void admin_account_reset(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, find_to_reset);
}
