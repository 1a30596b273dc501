// SPDX-License-Identifier: MIT
// With password_sodium.c the only file that includes libsodium.
#include "relay/random.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

int random_start(void) { return sodium_init() < 0 ? -1 : 0; }

void random_id(char out[LIMIT_ID_CHARS + 1]) {
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint8_t bytes[LIMIT_ID_CHARS];
    randombytes_buf(bytes, sizeof(bytes));
    for (unsigned i = 0; i < LIMIT_ID_CHARS; i++)
        out[i] = alphabet[bytes[i] & 31];
    out[LIMIT_ID_CHARS] = '\0';
}

void random_key(char out[LIMIT_KEY_CHARS + 1]) {
    uint8_t bytes[32];
    static_assert(
        sodium_base64_ENCODED_LEN(sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING) ==
            LIMIT_KEY_CHARS + 1,
        "43 characters and NUL");
    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2base64(out, LIMIT_KEY_CHARS + 1, bytes, sizeof(bytes),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof(bytes));
}

uint32_t random_below(uint32_t limit) { return randombytes_uniform(limit); }

void random_bytes(void *out, size_t len) { randombytes_buf(out, len); }

void secret_hash(uint8_t out[SECRET_HASH_LEN], const char *secret) {
    // A key is 256 random bits: a plain hash is enough, there is nothing to guess slowly.
    crypto_generichash(out, SECRET_HASH_LEN, (const uint8_t *)secret, strlen(secret), NULL, 0);
}

void secret_sha256(uint8_t out[SECRET_HASH_LEN], const char *text) {
    crypto_hash_sha256(out, (const uint8_t *)text, strlen(text));
}

void secret_mac(uint8_t out[SECRET_HASH_LEN], const char *key, const char *text) {
    uint8_t short_key[SECRET_HASH_LEN];
    secret_hash(short_key, key);
    crypto_generichash(out, SECRET_HASH_LEN, (const uint8_t *)text, strlen(text), short_key,
                       sizeof(short_key));
    sodium_memzero(short_key, sizeof(short_key));
}

bool secret_hash_equals(const uint8_t a[SECRET_HASH_LEN], const uint8_t b[SECRET_HASH_LEN]) {
    return sodium_memcmp(a, b, SECRET_HASH_LEN) == 0;
}
