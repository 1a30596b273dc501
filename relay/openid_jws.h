// SPDX-License-Identifier: MIT
// Signatures of ID tokens (RFC 7515, compact form): RS256 and ES256, nothing else, whatever the
// token itself asks for. Implemented by openid_cjose.c. Any thread.
#ifndef TABCAST_RELAY_OPENID_JWS_H
#define TABCAST_RELAY_OPENID_JWS_H

#include "relay/openid_documents.h"

// What the token says of its signature; not to be believed, but to find the key by. False: it is no
// token, or of another kind.
bool openid_jws_head(struct openid_signed_by *out, const char *token);
// Whether `key` (openid_key_find) signed it: then its payload, as text, and its length. False: no,
// or the key is too weak, or the payload does not fit.
bool openid_jws_verify(char *out, size_t cap, size_t *len, const char *token, const char *key,
                       size_t key_len);

#endif
