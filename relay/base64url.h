// SPDX-License-Identifier: MIT
// Base64url without padding (RFC 4648 5). Pure.
#ifndef TABCAST_RELAY_BASE64URL_H
#define TABCAST_RELAY_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASE64URL_CHARS(len) (((len)*4 + 2) / 3)

// Writes the text and NUL: BASE64URL_CHARS(len) + 1 bytes. Returns its length.
size_t base64url_write(char *out, const uint8_t *bytes, size_t len);
// Whether the first `len` characters are such a text of at least one byte.
bool base64url_is_text(const char *text, size_t len);
// Exactly `len` bytes, written in the shortest way; false: it is something else. Padding behind it
// is overlooked.
bool base64url_read(uint8_t *out, size_t len, const char *text);

#endif
