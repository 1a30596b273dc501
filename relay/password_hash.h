// SPDX-License-Identifier: MIT
// Argon2id (RFC 9106), as libsodium encodes it. Implemented by password_sodium.c. One hash takes
// 19 MiB and some 20 to 40 ms of a core, on purpose: never call this on an event loop
// (passwords.h).
#ifndef TABCAST_RELAY_PASSWORD_HASH_H
#define TABCAST_RELAY_PASSWORD_HASH_H

#include "relay/relay_limits.h"
#include <stdbool.h>
#include <stddef.h>

// Hashes with a salt of its own. False when memory is out.
bool password_hash(char out[LIMIT_PASSWORD_HASH_BYTES + 1], const char *password, size_t len);
bool password_matches(const char *hash, const char *password, size_t len);
// Overwrites a secret, also where a compiler sees that nobody reads it any more.
void password_forget(void *secret, size_t len);

#endif
