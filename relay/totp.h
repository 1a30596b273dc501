// SPDX-License-Identifier: MIT
// One-time passwords by time (RFC 6238: SHA-1, six digits, 30 s), as every authenticator makes
// them. Implemented by totp_oath.c. Time is an argument.
#ifndef TABCAST_RELAY_TOTP_H
#define TABCAST_RELAY_TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOTP_DIGITS 6
#define TOTP_SECRET_CHARS 32 // base32 of 160 bits (RFC 4226 4, R6)

// Writes a new secret and NUL.
void totp_secret(char out[TOTP_SECRET_CHARS + 1]);

// Whether the code is that of now, or of the 30 s before or behind: clocks differ, and people type.
// *step gets which 30 s it belongs to, so that none is taken twice.
bool totp_matches(int64_t *step, const char *secret, const char *code, int64_t unix_s);

// The address an authenticator reads from a QR code:
// otpauth://totp/SITE:NAME?secret=…&issuer=SITE. False: `cap` is too small. Both may hold anything.
bool totp_uri(char *out, size_t cap, const char *secret, const char *site, const char *name);

#endif
