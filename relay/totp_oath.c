// SPDX-License-Identifier: MIT
// The only file that includes liboath.
#include "relay/totp.h"

#include "relay/random.h"
#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_S 30
#define WINDOW 1 // steps before and behind

// Base32 has the alphabet of ids, in capitals: 5 random bits a character.
void totp_secret(char out[TOTP_SECRET_CHARS + 1]) {
    char id[LIMIT_ID_CHARS + 1];
    for (size_t i = 0; i < TOTP_SECRET_CHARS; i++) {
        if (i % LIMIT_ID_CHARS == 0)
            random_id(id);
        const char c = id[i % LIMIT_ID_CHARS];
        out[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    out[TOTP_SECRET_CHARS] = '\0';
}

// In a time that does not depend on where they differ.
static bool is_equal(const char *a, const char *b) {
    unsigned difference = 0;
    for (size_t i = 0; i < TOTP_DIGITS; i++)
        difference |= (unsigned char)(a[i] ^ b[i]);
    return difference == 0;
}

bool totp_matches(int64_t *step, const char *secret, const char *code, int64_t unix_s) {
    char *bytes = NULL, expected[TOTP_DIGITS + 1];
    size_t len = 0;
    bool is_found = false;
    const int64_t now = unix_s / STEP_S;
    if (strlen(code) != TOTP_DIGITS || strspn(code, "0123456789") != TOTP_DIGITS ||
        oath_base32_decode(secret, strlen(secret), &bytes, &len) != OATH_OK)
        return false;
    for (int64_t at = now - WINDOW; at <= now + WINDOW; at++) {
        if (oath_totp_generate(bytes, len, (time_t)(at * STEP_S), STEP_S, 0, TOTP_DIGITS,
                               expected) == OATH_OK &&
            is_equal(expected, code)) {
            *step = at;
            is_found = true;
        }
    }
    explicit_bzero(bytes, len);
    free(bytes);
    return is_found;
}

static size_t put_escaped(char *out, size_t cap, size_t len, const char *text) {
    static const char hex[] = "0123456789ABCDEF";
    for (const unsigned char *p = (const unsigned char *)text; *p && len + 4 < cap; p++) {
        const bool is_plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                              (*p >= '0' && *p <= '9') || strchr("-._~", *p);
        if (is_plain) {
            out[len++] = (char)*p;
        } else {
            out[len++] = '%';
            out[len++] = hex[*p >> 4];
            out[len++] = hex[*p & 15];
        }
    }
    out[len] = '\0';
    return len;
}

bool totp_uri(char *out, size_t cap, const char *secret, const char *site, const char *name) {
    static const char head[] = "otpauth://totp/", issuer[] = "&issuer=";
    if (sizeof(head) + sizeof(issuer) + 16 + strlen(secret) +
            3 * (2 * strlen(site) + strlen(name)) >
        cap)
        return false;
    size_t len = (size_t)snprintf(out, cap, "%s", head);
    len = put_escaped(out, cap, len, site);
    out[len++] = ':';
    len = put_escaped(out, cap, len, name);
    len += (size_t)snprintf(out + len, cap - len, "?secret=%s%s", secret, issuer);
    put_escaped(out, cap, len, site);
    return true;
}
