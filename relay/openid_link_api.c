// SPDX-License-Identifier: MIT
// The OpenID provider as a way into the account of who is signed in: looked at, linked, unlinked.
// Linking takes the password, as everything does that opens an account for longer than a session
// lasts; unlinking leaves a way in.
#include "relay/json_document.h"
#include "relay/openid_steps.h"
#include <stdio.h>
#include <string.h>

// --- Looking

static void on_seen(void *ctx, enum store_status status, const struct store_account *account,
                    bool is_known_address) {
    struct account_call *const a = ctx;
    struct json_writer w;
    size_t len = 0;
    char *json = NULL;
    (void)account;
    (void)is_known_address;
    if (status != STORE_NOT_FOUND && account_call_failed(a, status, ""))
        return;
    if (json_document_begin(&w, 6 * LIMIT_NAME_BYTES + 128)) {
        json_object_begin(&w, NULL);
        json_text(&w, "name", openid_name(a->accounts->openid));
        json_bool(&w, "isLinked", status == STORE_OK);
        json_bool(&w, "hasPassword", a->account.password_hash[0] != '\0');
        json_object_end(&w);
        json = json_document_end(&w, &len);
    }
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void look(struct account_call *a) {
    account_call_failed(a,
                        store_identity_of(a->accounts->store, a->account.id,
                                          openid_issuer(a->accounts->openid), on_seen, a),
                        "");
}

void openid_link_get(struct call *c) {
    struct account_call *const a = openid_call_begin(c, false, NULL, false);
    if (a)
        account_call_authenticate(a, c->request->token, look);
}

// --- Linking

static void begin_by_password(struct account_call *a) {
    if (a->account.password_hash[0])
        account_call_check_password(a, openid_flow_start);
    else
        account_call_problem(a, 409, "Conflict",
                             "Set a password first: without one there is no other way in.", 0);
}

void openid_link_begin(struct call *c) {
    static const enum account_request_kind kind = ACCOUNT_FACTOR_BEGIN; // the password alone
    struct account_call *const a = openid_call_begin(c, true, &kind, false);
    if (a)
        account_call_authenticate(a, c->request->token, begin_by_password);
}

static void on_linked(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (status == STORE_TAKEN) {
        account_call_problem(a, 409, "Conflict",
                             "This opens another account here already, or your account is linked.",
                             0);
        return;
    }
    if (account_call_failed(a, status, "This account is gone."))
        return;
    account_call_log(a, "openid-linked");
    account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

static void add(struct account_call *a) {
    account_call_failed(a,
                        store_identity_add(a->accounts->store, a->account.id,
                                           &openid_call_of(a)->identity, a->unix_us, on_linked, a),
                        "");
}

static void finish(struct account_call *a) { openid_flow_finish(a, add); }

void openid_link(struct call *c) {
    struct account_call *const a = openid_call_begin(c, true, NULL, true);
    if (a)
        account_call_authenticate(a, c->request->token, finish);
}

// --- Unlinking

static void on_unlinked(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "This account is not linked."))
        return;
    account_call_log(a, "openid-unlinked");
    account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

static void remove_link(struct account_call *a) {
    if (!a->account.password_hash[0])
        account_call_problem(a, 409, "Conflict",
                             "This is the only way into your account; set a password first.", 0);
    else
        account_call_failed(a,
                            store_identity_remove(a->accounts->store, a->account.id,
                                                  openid_issuer(a->accounts->openid), on_unlinked,
                                                  a),
                            "");
}

void openid_link_end(struct call *c) {
    struct account_call *const a = openid_call_begin(c, true, NULL, false);
    if (a)
        account_call_authenticate(a, c->request->token, remove_link);
}
