// SPDX-License-Identifier: MIT
#include "relay/password_hash.h"

#include <assert.h>
#include <sodium.h>

// OWASP's second choice for Argon2id: 19 MiB, two passes, one lane. 64 MiB would let eight sign-ins
// at once take what a small server has.
#define PASSES 2
#define MEMORY_BYTES (19ULL * 1024 * 1024)

bool password_hash(char out[LIMIT_PASSWORD_HASH_BYTES + 1], const char *password, size_t len) {
    static_assert(crypto_pwhash_STRBYTES == LIMIT_PASSWORD_HASH_BYTES + 1, "the encoding and NUL");
    return crypto_pwhash_str_alg(out, password, len, PASSES, MEMORY_BYTES,
                                 crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool password_matches(const char *hash, const char *password, size_t len) {
    return crypto_pwhash_str_verify(hash, password, len) == 0;
}

void password_forget(void *secret, size_t len) { sodium_memzero(secret, len); }
