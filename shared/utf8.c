// SPDX-License-Identifier: MIT
// Owns the check of text from outside. Decodes one code point at a time (RFC 3629, table of section
// 4).
#include "shared/utf8.h"

// Reads one code point at bytes[*at], moves *at behind it. False: not UTF-8.
static bool next_code_point(uint32_t *out, const uint8_t *bytes, size_t len, size_t *at) {
    const uint8_t lead = bytes[*at];
    uint32_t smallest; // below this the form is overlong
    unsigned follow;   // continuation bytes
    uint32_t value;
    if (lead < 0x80) {
        *out = lead;
        *at += 1;
        return true;
    } else if (lead >= 0xC2 && lead <= 0xDF) {
        follow = 1, value = lead & 0x1Fu, smallest = 0x80;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        follow = 2, value = lead & 0x0Fu, smallest = 0x800;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        follow = 3, value = lead & 0x07u, smallest = 0x10000;
    } else {
        return false;
    }
    if (len - *at <= follow)
        return false;
    for (unsigned i = 1; i <= follow; i++) {
        const uint8_t c = bytes[*at + i];
        if ((c & 0xC0) != 0x80)
            return false;
        value = value << 6 | (c & 0x3Fu);
    }
    if (value < smallest || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return false;
    *out = value;
    *at += 1 + follow;
    return true;
}

static bool is_control(uint32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F);
}

bool utf8_is_valid(const uint8_t *bytes, size_t len) {
    uint32_t code_point;
    for (size_t at = 0; at < len;) {
        if (!next_code_point(&code_point, bytes, len, &at))
            return false;
    }
    return true;
}

static bool is_printable(const uint8_t *bytes, size_t len, bool newline_allowed) {
    uint32_t code_point;
    for (size_t at = 0; at < len;) {
        if (!next_code_point(&code_point, bytes, len, &at))
            return false;
        if (is_control(code_point) && !(newline_allowed && code_point == '\n'))
            return false;
    }
    return true;
}

bool utf8_is_text(const uint8_t *bytes, size_t len) { return is_printable(bytes, len, true); }

bool utf8_is_line(const uint8_t *bytes, size_t len) { return is_printable(bytes, len, false); }
