// SPDX-License-Identifier: MIT
#include "relay/show_pass.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_hex(char *out, const uint8_t *bytes, size_t len) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

void show_pass_write(char out[SHOW_PASS_CHARS + 1], const char *show_id, const char *password_hash,
                     int64_t expires_s) {
    char said[64];
    uint8_t mac[SECRET_HASH_LEN];
    snprintf(out, 9, "%08" PRIx32, (uint32_t)expires_s);
    snprintf(said, sizeof(said), "pass %s %.8s", show_id, out);
    secret_mac(mac, password_hash, said);
    write_hex(out + 8, mac, sizeof(mac));
}

bool show_pass_is_valid(const char *pass, const char *show_id, const char *password_hash,
                        int64_t unix_us) {
    char wanted[SHOW_PASS_CHARS + 1], end[9];
    if (!password_hash[0] || strlen(pass) != SHOW_PASS_CHARS ||
        strspn(pass, "0123456789abcdef") != SHOW_PASS_CHARS)
        return false;
    snprintf(end, sizeof(end), "%.8s", pass);
    const int64_t expires_s = (int64_t)strtoul(end, NULL, 16);
    show_pass_write(wanted, show_id, password_hash, expires_s);
    uint8_t a[SECRET_HASH_LEN], b[SECRET_HASH_LEN];
    secret_hash(a, pass); // of equal length, and compared without telling where they differ
    secret_hash(b, wanted);
    return secret_hash_equals(a, b) && unix_us / 1000000 < expires_s;
}

void show_pass_cookie(char out[HTTP_SET_COOKIE_BYTES], const char *show_id, const char *pass,
                      unsigned seconds, bool is_secure) {
    snprintf(out, HTTP_SET_COOKIE_BYTES,
             SHOW_PASS_COOKIE "%s=%s; Path=/; Max-Age=%u; HttpOnly; SameSite=Lax%s", show_id, pass,
             seconds, is_secure ? "; Secure" : "");
}

void show_pass_find(char out[SHOW_PASS_CHARS + 1], const char *cookies, const char *show_id) {
    char name[sizeof(SHOW_PASS_COOKIE) + LIMIT_ID_CHARS + 2];
    const int name_len = snprintf(name, sizeof(name), SHOW_PASS_COOKIE "%s=", show_id);
    out[0] = '\0';
    while (*cookies && !out[0]) {
        cookies += strspn(cookies, "; \t");
        const size_t len = strcspn(cookies, ";");
        if (len == (size_t)name_len + SHOW_PASS_CHARS &&
            strncmp(cookies, name, (size_t)name_len) == 0)
            snprintf(out, SHOW_PASS_CHARS + 1, "%.*s", SHOW_PASS_CHARS, cookies + name_len);
        cookies += len;
    }
}
