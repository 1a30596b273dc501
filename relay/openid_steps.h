// SPDX-License-Identifier: MIT
// Steps that openid_api.c (signing in) and openid_link_api.c (an account's own) share: a request
// about the OpenID provider while it waits for it. As in account_call.h each step ends with the
// next one accepted, or with exactly one answer.
#ifndef TABCAST_RELAY_OPENID_STEPS_H
#define TABCAST_RELAY_OPENID_STEPS_H

#include "relay/account_call.h"
#include "relay/openid.h"

// Behind a->blob.
struct openid_call {
    char cookie[OPENID_PASS_CHARS + 1];
    struct openid_return said;
    struct openid_flow flow;
    void (*next)(struct account_call *a);
    // Of who came back.
    struct store_identity identity;
    char username[LIMIT_NAME_BYTES + 1];
    char name[LIMIT_NAME_BYTES + 1];
    uint32_t tries; // for a name
};

// As account_call_begin. NULL: answered; without a provider 404. With `kind` a body of
// account_request.h; with `returns` the page's word of who came back, in said.
struct account_call *openid_call_begin(struct call *c, bool is_change,
                                       const enum account_request_kind *kind, bool returns);
struct openid_call *openid_call_of(const struct account_call *a);

// Begins a flow for a->account (guests sign in): answers 201 with the address to go to and the
// cookie.
void openid_flow_start(struct account_call *a);
// Goes on with `next` once the provider has told who came back from such a flow; else answers.
void openid_flow_finish(struct account_call *a, void (*next)(struct account_call *a));

#endif
