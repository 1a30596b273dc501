// SPDX-License-Identifier: MIT
// What of an OpenID provider is believed: its addresses, its discovery document, what a token says.
// A token's signature is openid_jws.h's. And what an account is called that somebody from there
// gets. Pure; time is an argument.
#ifndef TABCAST_RELAY_OPENID_TRUST_H
#define TABCAST_RELAY_OPENID_TRUST_H

#include "relay/openid_documents.h"

// Clocks of two machines differ by so much at most.
#define OPENID_CLOCKS_S 120

// http or https to 127.0.0.1, [::1] or localhost.
bool openid_is_loopback(const char *url);
// https, or, with `may_loop`, loopback; a host, nobody's name before it, no fragment, printable.
bool openid_url_is_safe(const char *url, bool may_loop);

// NULL, or what is wrong with the document that was found for `issuer`.
const char *openid_provider_fault(const struct openid_provider *p, const char *issuer);
// NULL, or what is wrong with the claims of a token whose signature holds (Core 3.1.3.7).
const char *openid_claims_fault(const struct openid_claims *c, const char *issuer,
                                const char *client_id, const char *nonce, int64_t now_s);

// A name for an account (account_names.h): out of what they are called there, or "member". From the
// second try on (`number` > 0) with the number behind it.
void openid_name_propose(char out[LIMIT_ACCOUNT_NAME_BYTES + 1], const char *username,
                         uint32_t number);

#endif
