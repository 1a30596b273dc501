// SPDX-License-Identifier: MIT
// What Web Push takes of cryptography: the relay's key by which push services know it (VAPID, RFC
// 8292), and messages that the browser alone can read (RFC 8291 over RFC 8188's aes128gcm).
// Implemented by webpush_openssl.c. Any thread.
#ifndef TABCAST_RELAY_WEBPUSH_CRYPTO_H
#define TABCAST_RELAY_WEBPUSH_CRYPTO_H

#include "relay/base64url.h"

#define WEBPUSH_POINT_LEN 65 // of P-256, uncompressed
#define WEBPUSH_SCALAR_LEN 32
#define WEBPUSH_AUTH_LEN 16
// Salt, record size, key, one record with its mark and tag.
#define WEBPUSH_OVERHEAD_BYTES (16 + 4 + 1 + WEBPUSH_POINT_LEN + 1 + 16)
#define WEBPUSH_TOKEN_BYTES 512

struct webpush_key {
    uint8_t secret[WEBPUSH_SCALAR_LEN];
    uint8_t point[WEBPUSH_POINT_LEN];
};

// A new pair. False: no randomness.
bool webpush_key_make(struct webpush_key *out);
// The pair of a secret. False: it is none of P-256.
bool webpush_key_read(struct webpush_key *out, const uint8_t secret[WEBPUSH_SCALAR_LEN]);
// Whether it is a point of the curve.
bool webpush_point_is_valid(const uint8_t point[WEBPUSH_POINT_LEN]);

// `out` takes text_len + WEBPUSH_OVERHEAD_BYTES. False: `point` is none, or the library failed.
bool webpush_encrypt(uint8_t *out, const uint8_t point[WEBPUSH_POINT_LEN],
                     const uint8_t auth[WEBPUSH_AUTH_LEN], const uint8_t *text, size_t text_len);

// The value of Authorization: "vapid t=TOKEN, k=KEY". `audience` is the push service's origin,
// `subject` says whom to ask ("mailto:…" or "https:…"). False: too long, or the library failed.
bool webpush_authorization(char out[WEBPUSH_TOKEN_BYTES + 128], const struct webpush_key *key,
                           const char *audience, const char *subject, int64_t expires_s);

#endif
