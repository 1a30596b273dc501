// SPDX-License-Identifier: MIT
// Chance and secrets: ids nobody can guess, keys that are kept only as hashes. Implemented by
// random_sodium.c. Any thread after random_start.
#ifndef TABCAST_RELAY_RANDOM_H
#define TABCAST_RELAY_RANDOM_H

#include "shared/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECRET_HASH_LEN 32

// Once, before anything else here. 0, or -1 when the system has no randomness to give.
int random_start(void);

// A show's, session's id: LIMIT_ID_CHARS characters of [a-z2-7] and NUL.
void random_id(char out[LIMIT_ID_CHARS + 1]);
// A show's key: 32 random bytes in unpadded base64url and NUL.
void random_key(char out[LIMIT_KEY_CHARS + 1]);
uint32_t random_below(uint32_t limit);
void random_bytes(void *out, size_t len);

void secret_hash(uint8_t out[SECRET_HASH_LEN], const char *secret);
// SHA-256, where a standard asks for it.
void secret_sha256(uint8_t out[SECRET_HASH_LEN], const char *text);
// Of `text` under `key`, which may have any length.
void secret_mac(uint8_t out[SECRET_HASH_LEN], const char *key, const char *text);
// In a time that does not depend on where they differ.
bool secret_hash_equals(const uint8_t a[SECRET_HASH_LEN], const uint8_t b[SECRET_HASH_LEN]);

#endif
