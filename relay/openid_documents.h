// SPDX-License-Identifier: MIT
// What comes from outside about OpenID Connect, as structs: a provider's documents (Discovery 3,
// RFC 7517, RFC 6749 5.1, Core 2 and 5.3) and what a browser brings back from it. Read by
// json_jansson_openid.c. Whether what they say is to be believed is for openid_trust.h. Pure.
#ifndef TABCAST_RELAY_OPENID_DOCUMENTS_H
#define TABCAST_RELAY_OPENID_DOCUMENTS_H

#include "relay/relay_limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Members that we do not use are overlooked; those that are absent are "" or 0.
struct openid_provider {
    char issuer[LIMIT_ISSUER_BYTES + 1];
    // Addresses.
    char authorization[LIMIT_OPENID_URL_BYTES + 1];
    char token[LIMIT_OPENID_URL_BYTES + 1];
    char keys[LIMIT_OPENID_URL_BYTES + 1];
    char person[LIMIT_OPENID_URL_BYTES + 1]; // userinfo
    bool takes_basic;                        // how a client shows its secret
    bool names_itself;                       // in each answer: RFC 9207
};

struct openid_tokens {
    char id[LIMIT_OPENID_TOKEN_BYTES + 1];
    char access[LIMIT_OPENID_TOKEN_BYTES + 1];
};

// Which key signed a token, and how.
struct openid_signed_by {
    char algorithm[16];
    char key_id[256];
};

struct openid_claims {
    char issuer[LIMIT_ISSUER_BYTES + 1];
    char subject[LIMIT_SUBJECT_BYTES + 1];
    char nonce[LIMIT_KEY_CHARS + 1];
    char authorized[LIMIT_OPENID_URL_BYTES + 1]; // azp
    bool is_for_us;                              // our client id is in the audience
    size_t audience_count;
    int64_t issued_s, expires_s; // Unix; 0 = not said
    // What they are called there; not checked beyond being lines of text that fit.
    char username[LIMIT_NAME_BYTES + 1];
    char name[LIMIT_NAME_BYTES + 1];
};

// What the page posts: a code and its state; or a code of the second factor alone.
struct openid_return {
    char code[LIMIT_OPENID_CODE_BYTES + 1];
    char state[LIMIT_KEY_CHARS + 1];
    char issuer[LIMIT_ISSUER_BYTES + 1];
    char invitation[LIMIT_KEY_CHARS + 1];
    char factor_code[LIMIT_KEY_CHARS + 1];
};

// Each: NULL, or the member that is missing or wrong ("" = no JSON object).
const char *openid_provider_read(struct openid_provider *out, const char *json, size_t len);
const char *openid_tokens_read(struct openid_tokens *out, const char *json, size_t len);
const char *openid_claims_read(struct openid_claims *out, const char *client_id, const char *json,
                               size_t len);
const char *openid_return_read(struct openid_return *out, const char *json, size_t len);

// The one key of a set that fits, as JSON text: of its id if one is named, made for this algorithm
// (RS256 or ES256, no other) and for signing. Returns its length; 0: there is none, or more than
// one.
size_t openid_key_find(char *out, size_t cap, const struct openid_signed_by *by, const char *json,
                       size_t len);

#endif
