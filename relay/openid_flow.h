// SPDX-License-Identifier: MIT
// One way to an OpenID provider and back. All of its secrets come of one value that the browser
// keeps in a cookie and a key that the relay keeps to itself, so nothing has to be remembered for
// guests who leave and may never come back, and what one browser began no other can finish. Pure.
#ifndef TABCAST_RELAY_OPENID_FLOW_H
#define TABCAST_RELAY_OPENID_FLOW_H

#include "relay/http_token.h"
#include "relay/openid_documents.h"
#include "relay/random.h"

#define OPENID_COOKIE "tabcast_openid"
#define OPENID_END_CHARS 8 // of when it ends, hexadecimal
// A flow: its end and a random key. Or a pass to the second factor: its end, an account, a MAC.
#define OPENID_FLOW_CHARS (OPENID_END_CHARS + LIMIT_KEY_CHARS)
#define OPENID_PASS_CHARS (OPENID_END_CHARS + LIMIT_ID_CHARS + LIMIT_KEY_CHARS)

struct openid_flow {
    char state[LIMIT_KEY_CHARS + 1];
    char nonce[LIMIT_KEY_CHARS + 1];
    char verifier[LIMIT_KEY_CHARS + 1];  // RFC 7636 4.1
    char challenge[LIMIT_KEY_CHARS + 1]; // of it: S256
};

void openid_flow_begin(char out[OPENID_FLOW_CHARS + 1], int64_t now_s);
// Of a flow that signs in ("" as account), or that links the provider to this account. False:
// `value` is no flow, or has ended.
bool openid_flow_open(struct openid_flow *out, const char *key, const char *value,
                      const char *account_id, int64_t now_s);

// Who has been at the provider and has a second factor to show yet.
void openid_pass_write(char out[OPENID_PASS_CHARS + 1], const char *key, const char *account_id,
                       int64_t now_s);
bool openid_pass_read(char account_id[LIMIT_ID_CHARS + 1], const char *key, const char *pass,
                      int64_t now_s);

// The value of Set-Cookie, and of ours among those a request brings; "" = there is none.
void openid_cookie(char out[HTTP_SET_COOKIE_BYTES], const char *value, unsigned seconds,
                   bool is_secure);
void openid_cookie_find(char out[OPENID_PASS_CHARS + 1], const char *cookies);

// Adds `name=value` to a form or a query, percent-encoded, with a & where it is not the first.
// False: no room.
bool openid_form_add(char *form, size_t cap, const char *name, const char *value);
// Where the browser is sent. False: too long.
bool openid_authorization_url(char *out, size_t cap, const char *endpoint, const char *client_id,
                              const char *redirect_uri, const struct openid_flow *flow);

#endif
