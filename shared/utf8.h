// SPDX-License-Identifier: MIT
// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
// Pure: no malloc, no I/O, any thread.
#ifndef TABCAST_SHARED_UTF8_H
#define TABCAST_SHARED_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// True when all `len` bytes are whole, valid UTF-8. Empty is valid.
bool utf8_is_valid(const uint8_t *bytes, size_t len);

// True when valid and free of control characters (C0, DEL, C1 U+0080..U+009F); newline (U+000A) is
// allowed: what a chat line or a description may hold.
bool utf8_is_text(const uint8_t *bytes, size_t len);

// The same without newline: names and titles.
bool utf8_is_line(const uint8_t *bytes, size_t len);

#endif
