// SPDX-License-Identifier: MIT
#include "relay/base64url.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t base64url_write(char *out, const uint8_t *bytes, size_t len) {
    size_t at = 0;
    unsigned held = 0, bits = 0;
    for (size_t i = 0; i < len; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 6; bits -= 6)
            out[at++] = alphabet[held >> (bits - 6) & 63];
    }
    if (bits)
        out[at++] = alphabet[held << (6 - bits) & 63];
    out[at] = '\0';
    return at;
}

bool base64url_read(uint8_t *out, size_t len, const char *text) {
    const size_t text_len = strcspn(text, "=");
    size_t at = 0;
    unsigned held = 0, bits = 0;
    if (text_len != BASE64URL_CHARS(len) || strspn(text + text_len, "=") + text_len != strlen(text))
        return false;
    for (size_t i = 0; i < text_len; i++) {
        const char *const found = text[i] ? strchr(alphabet, text[i]) : NULL;
        if (!found)
            return false;
        held = (held << 6 | (unsigned)(found - alphabet)) & 0xfff;
        bits += 6;
        if (bits >= 8 && at < len) {
            bits -= 8;
            out[at++] = (uint8_t)(held >> bits);
        }
    }
    return at == len && (held & ((1u << bits) - 1)) == 0;
}

bool base64url_is_text(const char *text, size_t len) {
    size_t i = 0;
    while (i < len && text[i] && strchr(alphabet, text[i]))
        i++;
    return len && i == len && len % 4 != 1;
}
