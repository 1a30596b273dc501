// SPDX-License-Identifier: MIT
// Invitations: made, listed and revoked by admins. A code is told in the answer that makes it.
#include "relay/account_call.h"
#include "relay/account_json.h"
#include "relay/admin_rights.h"
#include <string.h>

static bool refuse(struct account_call *a) {
    if (admin_may(a->account.role, ADMIN_INVITE))
        return false;
    account_call_problem(a, 403, "Forbidden", "Only an admin invites.", 0);
    return true;
}

// --- Making

static void on_invited(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    size_t len = 0;
    if (account_call_failed(a, status, ""))
        return;
    account_call_log(a, "invitation-created");
    char *const json = account_invitation_json(&a->invitation, a->token, &len);
    account_call_answer(a, 201, json, len, NULL, NULL);
}

static void invite(struct account_call *a) {
    if (refuse(a))
        return;
    random_id(a->invitation.id);
    random_key(a->token);
    secret_hash(a->invitation.code_hash, a->token);
    a->invitation.created_us = a->unix_us;
    a->invitation.expires_us = a->unix_us + LIMIT_INVITATION_S * 1000000LL;
    memcpy(a->invitation.creator_name, a->account.name, sizeof(a->invitation.creator_name));
    account_call_failed(
        a, store_invitation_create(a->accounts->store, &a->invitation, on_invited, a), "");
}

void invitation_create(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, invite);
}

// --- The list

static void on_list(void *ctx, enum store_status status, const struct store_invitation *rows,
                    size_t count) {
    struct account_call *const a = ctx;
    size_t len = 0;
    if (account_call_failed(a, status, ""))
        return;
    char *const json = account_invitations_json(rows, count, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void list(struct account_call *a) {
    if (!refuse(a))
        account_call_failed(a, store_invitation_list(a->accounts->store, a->unix_us, on_list, a),
                            "");
}

void invitation_list(struct call *c) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, list);
}

// --- Revoking

static void on_revoked(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    if (account_call_failed(a, status, "This invitation was used, or has expired."))
        return;
    account_call_log(a, "invitation-revoked");
    account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

static void revoke(struct account_call *a) {
    if (!refuse(a))
        account_call_failed(a, store_invitation_delete(a->accounts->store, a->id, on_revoked, a),
                            "");
}

void invitation_end(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, revoke);
}
